"""Brings together what a window's figure is explained by: its readings in the store, and the ledger's responses."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NamedTuple, Protocol

from usagetray.domain.forensics import Cause, Reading, Why, cause, why
from usagetray.domain.pricing import price
from usagetray.domain.rates import RateTable
from usagetray.domain.weighing import weighed
from usagetray.edges.store import Store
from usagetray.edges.store.window_reading import WindowSaid
from usagetray.overview import AccountView, Overview, WindowView
from usagetray.providers.contract import Provider
from usagetray.settings import Settings
from usagetray.spine.sources import tools

LEAST_BEFORE = timedelta(days=2)
"""Looked at before a cycle: what its conversations continue, and what the rate is learned from."""


class Place(NamedTuple):
    """A home of a provider's tool, as readings and as the ledger name it."""

    home: str
    account: str  # "" for the tool's own place


Places = Mapping[str, tuple[Place, ...]]
"""By provider's id, of those whose logs are counted: of another's windows nothing can be explained."""


def places(providers: Sequence[Provider], settings: Settings, environ: Mapping[str, str]) -> Places:
    found: defaultdict[str, list[Place]] = defaultdict(list)
    for tool in tools([each for each in providers if each.logs is not None], settings, environ):
        if not tool.account:
            home = str(tool.home.path)
            found[tool.provider.id].append(Place(home, "" if tool.home.is_default else home))
    return {provider: tuple(each) for provider, each in found.items()}


def why_of(
    account: AccountView, window: WindowView, store: Store, table: RateTable, where: Places, now: datetime
) -> Why | None:
    """What is behind a window's figure, or behind the last one where it has ended.

    None where logs cannot tell: of a provider whose logs are not counted, of a window without a length or a reset,
    and of one that counts a part of the use which logs do not tell apart.
    """
    own = where.get(account.provider)
    if own is None or window.length is None or not (window.locks or window.model):
        return None
    ids = {account.account, *account.formerly}
    begins = (window.resets_at or now) - window.length
    since = begins - max(window.length, LEAST_BEFORE)
    said = [each for each in store.windows_said(since) if each.provider == account.provider]
    readings = [each for each in said if each.account in ids and each.key == window.key]
    if not readings:
        return None
    plan = max(readings, key=lambda each: each.at).plan
    speakers = speakers_of(said, ids, account.account)
    responses = (
        each
        for each in store.responses(since=since, until=now, provider=account.provider)
        if speaker(each, own, speakers) == account.account
    )
    return why(
        [Reading(each.at, each.utilization, each.resets_at) for each in readings if each.plan in (plan, None)],
        weighed(responses, partial(price, table=table), window.model),
        window.length,
        window.resets_at,
    )


Speakers = Mapping[str, tuple[list[datetime], list[str]]]
"""By home: when figures were given there, and whose they were."""


def speakers_of(said: Iterable[WindowSaid], ids: set[str], account: str) -> Speakers:
    found: defaultdict[str, tuple[list[datetime], list[str]]] = defaultdict(lambda: ([], []))
    for each in sorted(said, key=lambda each: (each.at, each.account)):
        at, accounts = found[each.home]
        at.append(each.at)
        accounts.append(account if each.account in ids else each.account)
    return found


class Counted(Protocol):
    """What a log counted, and where."""

    @property
    def at(self) -> datetime: ...
    @property
    def account(self) -> str: ...
    @property
    def machine(self) -> str: ...


def homes_of(counted: Counted, own: Sequence[Place]) -> list[str]:
    """Where it was used. What other computers' logs tell goes with the tool's own place here, else its first home."""
    homes = [each.home for each in own if each.account == counted.account]
    return [each.home for each in own][:1] if not homes and counted.machine else homes


def speaker(counted: Counted, own: Sequence[Place], speakers: Speakers) -> str | None:
    """Whose plan a response was counted against: the account that was heard of last in its home, or next."""
    for home in homes_of(counted, own):
        at, accounts = speakers.get(home, ((), ()))
        if accounts:
            return accounts[max(0, bisect_right(at, counted.at) - 1)]
    return None


def explained(
    shown: Overview,
    store: Store,
    table: RateTable,
    where: Places,
    wanted: Callable[[AccountView, WindowView], bool],
) -> Iterator[tuple[AccountView, WindowView, Why]]:
    """Each window of the overview that can be explained, and is wanted."""
    for account in shown.accounts:
        for window in account.windows:
            if wanted(account, window):
                found = why_of(account, window, store, table, where, shown.generated_at)
                if found is not None:
                    yield account, window, found


def causes(
    overview: Overview, which: Iterable[tuple[str, str, str]], store: Store, table: RateTable, where: Places
) -> dict[tuple[str, str, str], Cause]:
    """What most of the last hour's rise of these windows is from, where logs show it. By provider, account, key."""
    ids = set(which)
    of_these = explained(
        overview, store, table, where, lambda account, window: (account.provider, account.account, window.key) in ids
    )
    return {
        (account.provider, account.account, window.key): told
        for account, window, found in of_these
        if (told := cause(found, overview.generated_at))
    }


def causing(
    store: Store,
    providers: Callable[[], Sequence[Provider]],
    settings: Callable[[], Settings],
    environ: Mapping[str, str],
) -> Callable[[Overview, Sequence[tuple[str, str, str]]], Mapping[tuple[str, str, str], Cause]]:
    """The same for one who asks now and then, and mostly of nothing: prices are read only then."""

    def ask(overview: Overview, which: Sequence[tuple[str, str, str]]) -> Mapping[tuple[str, str, str], Cause]:
        if not which or not overview.is_counted:  # what is still to be read of the logs would pass for use elsewhere
            return {}
        from usagetray.edges.tables import rate_table  # deferred: takes some milliseconds

        table = rate_table(settings().rates, today=overview.generated_at.astimezone(UTC).date())
        return causes(overview, which, store, table, places(providers(), settings(), environ))

    return ask
