"""What the store says at this moment, for those who have a tenth of a second: status bars and scripts.

Nothing is read anew, nothing is looked for on the disk: a running tray keeps the store fresh, writes what it has read
when asked, and every figure says how old it is.
"""

from __future__ import annotations

from dataclasses import replace

from usagetray.edges.store import open_reader
from usagetray.overview import Overview
from usagetray.profile import Profile, local_zone
from usagetray.settings import Settings
from usagetray.spine.costing import NOTHING, Costing, Costs
from usagetray.spine.overviewing import overview
from usagetray.spine.own_providers import known, named
from usagetray.spine.settling import settle


def glance(profile: Profile, settings: Settings, *, with_costs: bool = True) -> Overview:
    """Of the providers that were ever asked. Raises `UserError` for a store that cannot be read.

    Without costs it is quicker by what the user's time zone takes; where nothing else is known they are told anyway.
    """
    settle(profile)
    store = open_reader(profile.paths.store_file)
    try:
        heard_of = {source.provider for source in store.sources()} if store is not None else set()
        providers, now = named(profile, heard_of), profile.clock.now()

        def shown(costs: Costs) -> Overview:
            return overview(store, providers, settings, now, demo=profile.demo, costs=costs)

        if store is None:
            return shown(NOTHING)
        if not with_costs:
            found = shown(NOTHING)
            if any(each.has_figures for each in found.accounts):
                return found
        return shown(Costing(profile.environ).costs(store, providers, settings, now, local_zone()))
    finally:
        if store is not None:
            store.close()


def of_provider(shown: Overview, name: str, profile: Profile) -> Overview:
    """The accounts of one provider, by its id or name. Raises `UserError` for one there is not."""
    mine = tuple(each for each in shown.accounts if name.lower() in (each.provider, each.name.lower()))
    if not mine:
        from usagetray.spine.connecting import find_provider  # deferred: only where there is nothing to show

        find_provider(known(profile).providers, name)
    return replace(shown, accounts=mine)
