"""What a number of records changes in the ledger and in its sums, worked out before it is written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType

from usagetray.domain.ledger import MOST_TOKENS, Names, Record, Row, attempts_of, implausible, joined, responses
from usagetray.edges.store.database import Statement
from usagetray.usage import BANDS, band_of

QUARTER_US = 900 * 1_000_000
COUNTS = "responses, input, cache_write_5m, cache_write_1h, cache_read, output, reasoning, web_searches"
COLUMNS = COUNTS.split(", ")
INSERT_RECORD = f"INSERT INTO record VALUES (NULL, {', '.join('?' * len(Record._fields))})"
UPDATE_RECORD = f"UPDATE record SET {', '.join(f'{each} = ?' for each in Record._fields[3:])} WHERE id = ?"
INSERT_USAGE = (
    f"INSERT INTO usage VALUES ({', '.join('?' * (4 + len(COLUMNS)))}) ON CONFLICT DO UPDATE SET "
    + ", ".join(f"{each} = {each} + excluded.{each}" for each in COLUMNS)
)
INSERT_NEWS = f"INSERT INTO unforeseen VALUES (NULL, {', '.join('?' * 11)})"
DROP_EMPTY = "DELETE FROM usage WHERE bucket = ? AND place = ? AND terms = ? AND band = ? AND " + " AND ".join(
    f"{each} = 0" for each in COLUMNS
)

NONE: Mapping[tuple[str, str, int], int] = MappingProxyType({})

Sum = tuple[int, int, int, int]
"""bucket, place, terms, band"""


class Booking:
    """Collects the changes of one transaction."""

    def __init__(
        self,
        names: Names,
        term_like: Callable[[str, int], int],
        replayed: frozenset[int],
        *,
        tells: bool = False,
    ) -> None:
        """`term_like`: the number of the same terms with another model. `replayed`: terms of what is not true.

        `tells`: each response that changes is noted for the forecast.
        """
        self.changed = 0
        self._tells = tells
        self._news: list[tuple[object, ...]] = []
        self._names = names
        self._term_like = term_like
        self._replayed = replayed
        self.new: list[Row] = []
        """Rows that the ledger does not have, in the order in which they are put into it."""
        self._differing: list[Row] = []
        self._sums: dict[Sum, list[int]] = {}
        self._taken_from: set[Sum] = set()
        self._aside: list[tuple[str, str, str]] = []
        self._not_aside: list[tuple[str, str]] = []

    def book(self, known: Sequence[Record], told: Sequence[Record]) -> None:
        """`known`: what the ledger has under a key. `told`: what is said of it now, one record for each part."""
        records = {each[1:3]: each for each in known}
        for each in told:
            former = records.get(each[1:3])
            record = each if former is None else joined(former, each, self._names)
            if record != former:
                records[each[1:3]] = record
                (self.new if former is None else self._differing).append((*record,))
        after = responses(list(records.values()), self._names)
        if not known and not self._tells:
            self.changed += 1
            self._sum_up(after)
            return
        before = responses(known, self._names) if known else []
        if before == after:
            return
        self.changed += 1
        for each in before:
            self._add(each, -1)
        for each in after:
            self._add(each, 1)

    def replace(self, known: Sequence[Record], now: Sequence[Record]) -> None:
        """What the ledger has under a key is taken for something else; the rows are changed by who says so."""
        self.changed += 1
        for each in responses(known, self._names):
            self._add(each, -1)
        for each in responses(now, self._names):
            self._add(each, 1)

    def book_new(self, new: Collection[Row]) -> None:
        """The same for rows of which each is the only one of a key that the ledger does not have."""
        self.changed += len(new)
        self.new += new
        if not self._tells:
            self._sum_up(new)
            return
        for each in new:
            self._add(Record._make(each), 1)

    def _sum_up(self, new: Collection[Row]) -> None:
        """Adds responses. Almost all of a first scan come here: hence one loop over them, and no call for each."""
        sums_of, replayed, long = self._sums, self._replayed, BANDS[1]
        for row in new:
            _, _, _, at, place, _, _, terms, given, write_5m, write_1h, read, output, reasoning, searches, several = row
            prompt = given + write_5m + write_1h + read
            if several or prompt > MOST_TOKENS or output > MOST_TOKENS or terms in replayed:
                self._add(Record._make(row), 1)
                continue
            where = (at // QUARTER_US, place, terms, band_of(prompt) if prompt > long else 0)
            sums = sums_of.get(where)
            if sums is None:
                sums_of[where] = [1, given, write_5m, write_1h, read, output, reasoning, searches]
            else:
                sums[0] += 1
                sums[1] += given
                sums[2] += write_5m
                sums[3] += write_1h
                sums[4] += read
                sums[5] += output
                sums[6] += reasoning
                sums[7] += searches

    def _add(self, response: Record, sign: int) -> None:
        reason = implausible(response, self._names)
        if reason:
            if sign > 0:
                self._aside.append((response.key, response.part, reason))
            else:
                self._not_aside.append((response.key, response.part))
            return
        if self._tells:
            self._news.append((sign, *response[3:5], *response[7:13], response.web_searches, response.attempts))
        bucket, place, terms = response.at // QUARTER_US, response.place, response.terms
        several = attempts_of(response.attempts) if response.attempts else [("", *response[8:13])]
        only_first = (1, response.reasoning, response.web_searches)
        for model, *tokens in several:
            count, reasoning, searches = only_first
            number = self._term_like(model, terms) if model else terms
            where = (bucket, place, number, band_of(sum(tokens[:4])))
            sums = self._sums.setdefault(where, [0] * len(COLUMNS))
            for index, each in enumerate((count, *tokens, reasoning, searches)):
                sums[index] += sign * each
            if sign < 0:
                self._taken_from.add(where)
            only_first = (0, 0, 0)

    def statements(self, numbers: Mapping[tuple[str, str, int], int] = NONE) -> tuple[Statement, ...]:
        """In the order in which they have to run. `numbers`: of the known rows, by key, part and side."""
        return (
            (INSERT_RECORD, self.new),
            (UPDATE_RECORD, [(*row[3:], numbers[row[:3]]) for row in self._differing]),
            ("DELETE FROM aside WHERE key = ? AND part = ?", self._not_aside),
            self.set_aside(),
            (INSERT_USAGE, self.sums()),
            (DROP_EMPTY, sorted(self._taken_from)),
            (INSERT_NEWS, self._news),
        )

    def set_aside(self) -> Statement:
        return ("INSERT OR REPLACE INTO aside VALUES (?, ?, ?)", self._aside)

    def sums(self) -> list[tuple[int, ...]]:
        """Rows to be added to the table of sums, in its order."""
        return sorted((*where, *sums) for where, sums in self._sums.items() if any(sums))
