"""Numbers for texts that many rows share: where responses were made, and all that their price depends on."""

from __future__ import annotations

from collections.abc import Sequence

from usagetray.domain.ledger import REPLAYED, RETOLD, Names
from usagetray.edges.store.database import Database, Statement

PLACE = ("provider", "account", "machine", "project", "folder", "session", "agent", "app", "task")
TERMS = ("model", "tier", "speed", "geo", "flags")

Texts = tuple[str, ...]


class Numbered:
    """The rows of one table, each told by its number. New ones are written together with what needs them."""

    def __init__(self, database: Database, table: str, columns: Sequence[str]) -> None:
        self._database = database
        self._table = table
        self._columns = columns
        self._new: list[tuple[int | str, ...]] = []
        self.forget()

    def forget(self) -> None:
        """What could not be written has no number."""
        self._numbers: dict[Texts, int] = {}
        self._texts: dict[int, Texts] = {}
        self._first: int | None = None
        self._last = 0
        self._new.clear()

    def number(self, texts: Texts) -> int:
        """The number of a row, which is made if there is none."""
        found = self._numbers.get(texts)
        return self._looked_up(texts) if found is None else found

    def texts(self, number: int) -> Texts:
        if number not in self._texts:
            names = ", ".join(self._columns)
            (row,) = self._database.stored(f"SELECT {names} FROM {self._table} WHERE id = ?", number)
            self._keep(number, row)
        return self._texts[number]

    def read_all(self) -> None:
        for number, *texts in self._database.stored(f"SELECT id, {', '.join(self._columns)} FROM {self._table}"):
            self._keep(number, tuple(texts))

    def known(self) -> dict[Texts, int]:
        """Those that were asked for until now."""
        return self._numbers

    def statements(self) -> list[Statement]:
        """What writes the new ones."""
        marks = ", ".join("?" * (1 + len(self._columns)))
        return [(f"INSERT INTO {self._table} VALUES ({marks})", list(self._new))] if self._new else []

    def written(self) -> None:
        self._new.clear()

    def _looked_up(self, texts: Texts) -> int:
        if self._first is None:
            ((last,),) = self._database.stored(f"SELECT coalesce(max(id), 0) FROM {self._table}")
            self._first = self._last = last
        if self._first:  # else all there are have been made here, and are known
            where = " AND ".join(f"{each} = ?" for each in self._columns)
            for (number,) in self._database.stored(f"SELECT id FROM {self._table} WHERE {where}", *texts):
                self._keep(number, texts)
                return int(number)
        self._last += 1
        self._new.append((self._last, *texts))
        self._keep(self._last, texts)
        return self._last

    def _keep(self, number: int, texts: Texts) -> None:
        self._numbers[texts] = number
        self._texts[number] = texts


class Numbering:
    def __init__(self, database: Database, *, whole: bool = False) -> None:
        """`whole`: all that there are will be asked for."""
        self.places = Numbered(database, "place", PLACE)
        self.terms = Numbered(database, "terms", TERMS)
        if whole:
            self.places.read_all()
            self.terms.read_all()
        self.names = Names(self.terms.texts, self.places.texts)

    def term_like(self, model: str, number: int) -> int:
        """The same terms with another model."""
        return self.terms.number((model, *self.terms.texts(number)[1:]))

    def replayed(self) -> frozenset[int]:
        """Terms of responses that came after so many others that they cannot be true, or are told again."""
        untrue = {REPLAYED, RETOLD}
        return frozenset(number for texts, number in self.terms.known().items() if untrue & {*texts[-1].split()})

    def statements(self) -> list[Statement]:
        return [*self.places.statements(), *self.terms.statements()]

    def written(self) -> None:
        self.places.written()
        self.terms.written()

    def forget(self) -> None:
        self.places.forget()
        self.terms.forget()
