"""For processes that only look: the store read afresh, and the key store this profile goes by."""

from __future__ import annotations

from collections.abc import Callable

from usagetray.edges.keychain import Keychain, keychain_double, service_name
from usagetray.edges.store import open_reader
from usagetray.overview import Overview
from usagetray.profile import Profile, local_zone
from usagetray.spine.budgeting import Budgeting
from usagetray.spine.costing import NOTHING, Costing
from usagetray.spine.overviewing import overview
from usagetray.spine.own_providers import known_settings
from usagetray.spine.paying import Paying
from usagetray.spine.sources import found_tools


def make_keychain(profile: Profile) -> Keychain:
    service = service_name(profile.paths.profile)
    if profile.keychain is not None:
        return keychain_double(profile.keychain, profile.clock, service=service)
    return Keychain(service, profile.clock)


def reader(profile: Profile) -> Callable[[], Overview]:
    """Reads the store afresh at each call, for a process that does not write."""
    costing, budgeting, paying = Costing(profile.environ), Budgeting(local_zone), Paying()

    def read() -> Overview:
        store = open_reader(profile.paths.store_file)
        try:
            known, settings = known_settings(profile)
            now = profile.clock.now()
            costs = costing.costs(store, known.providers, settings, now, local_zone()) if store else NOTHING
            shown = overview(
                store,
                known.providers,
                settings,
                now,
                costs=costs,
                demo=profile.demo,
                found=found_tools(known.providers, settings, profile.environ, profile.paths.state_dir),
            )
            shown = paying.added_to(shown, store)
            return budgeting.added_to(shown, store, settings, is_counting=shown.reading is not None)
        finally:
            if store is not None:
                store.close()

    return read
