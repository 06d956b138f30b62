"""What a number of records changes in the ledger and in its sums, worked out before it is written."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from usagetray.domain.ledger import Names, Record, implausible, joined, responses
from usagetray.edges.store.database import Statement
from usagetray.usage import BANDS, band_of

QUARTER_US = 900 * 1_000_000
COUNTS = "responses, input, cache_write_5m, cache_write_1h, cache_read, output, reasoning, web_searches"
COLUMNS = COUNTS.split(", ")
INSERT_RECORD = f"INSERT OR REPLACE INTO record VALUES ({', '.join('?' * len(Record._fields))})"
INSERT_USAGE = (
    f"INSERT INTO usage VALUES ({', '.join('?' * (4 + len(COLUMNS)))}) ON CONFLICT DO UPDATE SET "
    + ", ".join(f"{each} = {each} + excluded.{each}" for each in COLUMNS)
)
DROP_EMPTY = "DELETE FROM usage WHERE bucket = ? AND place = ? AND terms = ? AND band = ? AND " + " AND ".join(
    f"{each} = 0" for each in COLUMNS
)

Sum = tuple[int, int, int, int]
"""bucket, place, terms, band"""


class Booking:
    """Collects the changes of one transaction."""

    def __init__(self, names: Names, term_like: Callable[[str, int], int]) -> None:
        """`term_like`: the number of the same terms with another model."""
        self.changed = 0
        self._names = names
        self._term_like = term_like
        self._records: list[Record] = []
        self._sums: dict[Sum, list[int]] = {}
        self._taken_from: set[Sum] = set()
        self._aside: list[tuple[str, str, str]] = []
        self._not_aside: list[tuple[str, str]] = []

    def book(self, known: Sequence[Record], told: Sequence[Record]) -> None:
        """`known`: what the ledger has under a key. `told`: what is said of it now, one record for each part."""
        if not known and len(told) == 1:
            self.changed += 1
            self._records.append(told[0])
            self._add(told[0], 1)
            return
        records = {each[1:3]: each for each in known}
        for each in told:
            former = records.get(each[1:3])
            record = each if former is None else joined(former, each, self._names)
            if record != former:
                records[each[1:3]] = record
                self._records.append(record)
        before = responses(known, self._names) if known else []
        after = responses(list(records.values()), self._names)
        if before == after:
            return
        self.changed += 1
        for each in before:
            self._add(each, -1)
        for each in after:
            self._add(each, 1)

    def _add(self, response: Record, sign: int) -> None:
        reason = implausible(response, self._names)
        if reason:
            if sign > 0:
                self._aside.append((response.key, response.part, reason))
            else:
                self._not_aside.append((response.key, response.part))
            return
        bucket, place, terms = response.at // QUARTER_US, response.place, response.terms
        if not response.attempts:
            prompt = response.input + response.cache_write_5m + response.cache_write_1h + response.cache_read
            band = 0 if prompt <= BANDS[1] else band_of(prompt)
            self._count((bucket, place, terms, band), (1, *response[8:15]), sign)
            return
        first = (1, response.reasoning, response.web_searches)
        for model, given, write_5m, write_1h, read, output in json.loads(response.attempts):
            band = band_of(given + write_5m + write_1h + read)
            number = self._term_like(model, terms) if model else terms
            responses_, reasoning, searches = first
            counts = (responses_, given, write_5m, write_1h, read, output, reasoning, searches)
            self._count((bucket, place, number, band), counts, sign)
            first = (0, 0, 0)

    def _count(self, where: Sum, counts: Sequence[int], sign: int) -> None:
        sums = self._sums.get(where)
        if sums is None:
            self._sums[where] = [sign * each for each in counts]
        else:
            for index, each in enumerate(counts):
                sums[index] += sign * each
        if sign < 0:
            self._taken_from.add(where)

    def statements(self) -> tuple[Statement, ...]:
        """In the order in which they have to run."""
        return (
            (INSERT_RECORD, sorted(self._records)),  # sorted: neighbours in the tree are written together
            ("DELETE FROM aside WHERE key = ? AND part = ?", self._not_aside),
            ("INSERT OR REPLACE INTO aside VALUES (?, ?, ?)", self._aside),
            (INSERT_USAGE, self.sums()),
            (DROP_EMPTY, sorted(self._taken_from)),
        )

    def sums(self) -> list[tuple[int, ...]]:
        """Rows to be added to the table of sums, in its order."""
        return sorted((*where, *sums) for where, sums in self._sums.items() if any(sums))
