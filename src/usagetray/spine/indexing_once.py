"""The ledger brought up to date by a command that ends: where a tray runs, it does so itself, all the time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from usagetray.edges.channel import InstanceLock
from usagetray.edges.files import private_dir
from usagetray.edges.store import Store, open_writer
from usagetray.edges.store.counting_again import Differences, compared, memory_store
from usagetray.profile import Profile
from usagetray.providers.contract import Provider
from usagetray.settings.reading import load
from usagetray.spine import own_programs, unchanged
from usagetray.spine.indexing import Indexing, Progress
from usagetray.spine.settling import settle

Report = Callable[[Progress], None]


def bring_up_to_date(profile: Profile, providers: Sequence[Provider], report: Report | None = None) -> bool:
    """Reads what is new in the logs. False where another process of this user writes the store: that one does."""
    with _writing(profile) as store:
        if store is None:
            settle(profile)
            return False
        indexing = _indexing(profile, providers, store)
        indexing.fingerprint = unchanged.Fingerprint()
        indexing.catch_up(report)
        if indexing.has_read_all:
            unchanged.note(store, profile, providers, indexing.trees(), indexing.fingerprint)
        own_programs.clear(store, profile.paths.calls_dir, profile.clock.now())
        return True


def read_all_anew(profile: Profile, providers: Sequence[Provider], report: Report | None = None) -> bool:
    """Reads every log from its beginning and adds the ledger up again. False as above."""
    with _writing(profile) as store:
        if store is None:
            return False
        indexing = _indexing(profile, providers, store)
        indexing.read_anew()
        store.ledger.add_up_again()
        indexing.catch_up(report)
        return True


def verify(profile: Profile, providers: Sequence[Provider], store: Store, report: Report | None = None) -> Differences:
    """Counts all logs that are there once more, from nothing, and holds the ledger against it. Changes nothing."""
    counted = memory_store()
    try:
        _indexing(profile, providers, counted).catch_up(report)
        return compared(store.database, counted.database)
    finally:
        counted.close()


def _indexing(profile: Profile, providers: Sequence[Provider], store: Store) -> Indexing:
    known = load(profile.paths.config_file)
    own = own_programs.origin(profile.paths.calls_dir)
    return Indexing(store, providers, lambda: known, profile.environ, profile.clock, (own,))


@contextmanager
def _writing(profile: Profile) -> Iterator[Store | None]:
    own = profile.paths
    private_dir(own.store_file.parent)
    lock = InstanceLock(own.lock)
    if not lock.acquire():
        yield None
        return
    try:
        store = open_writer(own.store_file)
        try:
            yield store
        finally:
            store.close()
    finally:
        lock.release()
