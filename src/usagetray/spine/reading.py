"""For processes that only look: the store read afresh, and the key store this profile goes by."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import UTC
from typing import TYPE_CHECKING

from usagetray.edges.keychain import Keychain, keychain_double, service_name
from usagetray.edges.store import open_reader
from usagetray.overview import AccountView, Overview, WindowView
from usagetray.profile import Profile, local_zone
from usagetray.spine import snoozing
from usagetray.spine.costing import NOTHING, Costing
from usagetray.spine.overviewing import overview
from usagetray.spine.own_providers import known_settings
from usagetray.spine.paying import Paying
from usagetray.spine.sources import found_tools
from usagetray.spine.speaking import speak_as_set

if TYPE_CHECKING:
    from usagetray.domain.forensics import Why
    from usagetray.domain.own_cost import OwnCost
    from usagetray.settings.setup import Setup
    from usagetray.spine.budgeting import Budgeting

Id = tuple[str, str, str]


def make_keychain(profile: Profile) -> Keychain:
    service = service_name(profile.paths.profile)
    if profile.keychain is not None:
        return keychain_double(profile.keychain, profile.clock, service=service)
    return Keychain(service, profile.clock)


def reader(profile: Profile) -> Callable[[], Overview]:
    """Reads the store afresh at each call, for a process that does not write."""
    costing, paying = Costing(profile.environ), Paying()
    budgeting: Budgeting | None = None

    def read() -> Overview:
        nonlocal budgeting
        store = open_reader(profile.paths.store_file)
        try:
            known, settings = known_settings(profile)
            speak_as_set(settings, profile.environ)
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
            shown = snoozing.added_to(shown, store, settings, local_zone())
            if not settings.budgets:
                return shown
            if budgeting is None:
                from usagetray.spine.budgeting import Budgeting  # deferred: most have none, and look often

                budgeting = Budgeting(local_zone)
            return budgeting.added_to(shown, store, settings, is_counting=shown.reading is not None)
        finally:
            if store is not None:
                store.close()

    return read


def read_setup(profile: Profile, variables: Collection[str]) -> Setup:
    """What there is to be set up here; see `setting_up.setup`."""
    from usagetray.spine.setting_up import setup  # deferred: most processes that look set nothing

    return setup(profile, variables)


def read_own_cost(profile: Profile) -> OwnCost | None:
    """What the program itself took; None where there is no history yet."""
    from usagetray.spine.own_cost import own_cost  # deferred: most processes that look do not ask

    store = open_reader(profile.paths.store_file)
    if store is None:
        return None
    try:
        return own_cost(store, profile.clock.now(), profile.paths.log_dir)
    finally:
        store.close()


def explainer(profile: Profile) -> Callable[[frozenset[Id]], Mapping[Id, Why | None]]:
    """What is behind the figures of some windows, named by provider, account and key; None: nothing can be told."""
    read = reader(profile)

    def explain(which: frozenset[Id]) -> Mapping[Id, Why | None]:
        from usagetray.edges.tables import rate_table  # deferred: most processes that look explain nothing
        from usagetray.spine.forensics import explained, places

        found: dict[Id, Why | None] = dict.fromkeys(which)
        shown, store = read(), open_reader(profile.paths.store_file)
        if store is None:
            return found
        try:
            known, settings = known_settings(profile)
            table = rate_table(settings.rates, today=shown.generated_at.astimezone(UTC).date())
            where = places(known.providers, settings, profile.environ)
            of_these = explained(shown, store, table, where, lambda one, window: _id(one, window) in which)
            for account, window, why in of_these:
                found[_id(account, window)] = why
        finally:
            store.close()
        return found

    return explain


def _id(account: AccountView, window: WindowView) -> Id:
    return account.provider, account.account, window.key
