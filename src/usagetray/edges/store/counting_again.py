"""Holding the ledger against a second count of the same logs, made from nothing."""

from __future__ import annotations

import sqlite3

from usagetray.domain.ledger import responses
from usagetray.edges.store import Store
from usagetray.edges.store.adding_up import added_up, by_key
from usagetray.edges.store.booking import COUNTS
from usagetray.edges.store.database import Database
from usagetray.edges.store.migrations import migrate
from usagetray.edges.store.numbering import Numbering
from usagetray.quick_dataclass import dataclass

SUMS = f"SELECT bucket, place, terms, band, {COUNTS} FROM usage ORDER BY bucket, place, terms, band"


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    responses: int  # that the logs tell of
    missing: int  # of these, not in the ledger
    differing: int  # in the ledger with other counts
    kept: int  # in the ledger alone: their logs are gone
    sums_agree: bool  # the sums are those of the ledger's rows

    @property
    def none(self) -> bool:
        return self.sums_agree and not self.missing and not self.differing


def memory_store() -> Store:
    """An empty store that leaves no trace."""
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    migrate(connection)
    return Store(Database(connection))


def compared(ledger: Database, counted: Database) -> Differences:
    known, told = _counts(ledger), _counts(counted)
    shared = known.keys() & told.keys()
    return Differences(
        responses=len(told),
        missing=len(told) - len(shared),
        differing=sum(known[key] != told[key] for key in shared),
        kept=len(known) - len(shared),
        sums_agree=added_up(ledger) == ledger.stored(SUMS),
    )


def _counts(database: Database) -> dict[tuple[str, str], tuple[object, ...]]:
    """By key and part: what was counted, and of which model. Numbers of terms differ from store to store."""
    names = Numbering(database, whole=True).names
    return {
        (response.key, response.part): (*response[8:15], names.terms(response.terms)[0])
        for records in by_key(database)
        for response in responses(records, names)
    }
