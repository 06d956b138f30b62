"""The spine's second half: from the store's facts and the domain's judgements to one `Overview`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from usagetray.domain import standing, windows
from usagetray.domain.alerts import Told
from usagetray.domain.attempts import Attempt, throttled
from usagetray.domain.cost_to_date import CostToDate, together
from usagetray.domain.states import Level, State, WindowState
from usagetray.edges.store import Plan, Source, Store
from usagetray.model import Account, MoneyLine, Snapshot
from usagetray.overview import AccountView, Attempted, FoundTool, IncidentView, Overview, ReadingLogs, WindowView
from usagetray.providers.contract import Key, Provider, Strategy
from usagetray.quick_dataclass import dataclass
from usagetray.settings import ProviderSettings, Settings
from usagetray.spine import billing_record, foreseen, incidents, store_state
from usagetray.spine.costing import NOTHING, Costs, with_bills
from usagetray.spine.owning import formerly, last_users, nobody_at, owned
from usagetray.spine.sources import FIRST, account_at, keyed, permitted
from usagetray.spine.turning import changes_at, soonest

REFUSALS = frozenset({State.SIGNED_OUT, State.NOT_ALLOWED})
FORGOTTEN_AFTER = timedelta(days=14)
"""An account of which nothing was heard for this long is no longer shown: the user has moved on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One source with what is remembered of asking it."""

    strategy: Strategy
    source: Source
    attempts: tuple[Attempt, ...]
    plan: Plan | None
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What the store says of one provider, and the instant it is judged at."""

    provider: Provider
    settings: ProviderSettings
    now: datetime
    asked: tuple[_Asked, ...]
    snapshots: tuple[tuple[Snapshot, str], ...]  # of permitted strategies, with their homes
    formerly: Mapping[str, tuple[str, ...]]
    activity: store_state.Activity
    told: Mapping[tuple[str, str, str], Told]
    clock_off: timedelta | None
    trouble: State | None  # of the store itself
    incidents: tuple[IncidentView, ...]  # what the vendor reports of itself
    costs: Mapping[str, CostToDate]  # of what was used in each home
    billing: billing_record.Views


def overview(
    store: Store | None,
    providers: Sequence[Provider],
    settings: Settings,
    now: datetime,
    *,
    demo: bool = False,
    found: tuple[FoundTool, ...] = (),
    refreshing: bool = False,
    counters: Mapping[str, object] | None = None,
    costs: Costs = NOTHING,
    counted_at: datetime | None = None,
    reading: ReadingLogs | None = None,
    foresee: foreseen.Foresee | None = None,
    is_watched: bool = False,
) -> Overview:
    """What may be shown now. `store` None: nothing was ever written.

    `counted_at`, `reading`, `foresee`, `is_watched`: by the process that writes; the others have it from the store.
    """
    accounts: list[AccountView] = []
    heard = _heard_of(store) if store is not None else frozenset()  # of most providers nothing ever was
    is_watched = store is not None and (is_watched or store_state.is_watched(store, now))
    active = store.activity() if store is not None and is_watched else {}
    for provider in providers:
        is_there = provider.id in heard or costs.of(provider.id)
        if store is not None and is_there and settings.of(provider.id).enabled:
            accounts.extend(_accounts(_facts(store, provider, settings, now, costs, active)))
    accounts = with_bills((foresee or foreseen.from_store(store, providers, settings))(accounts, now), providers)
    traces = {each.provider for each in found} | {each.provider for each in accounts}
    asked = [each.at for account in accounts for each in account.attempts if each.at and each.asks]
    captured = [window.captured_at for account in accounts for window in account.windows]
    return Overview(
        generated_at=now,
        demo=demo,
        accounts=tuple(accounts),
        found=found,
        billing=billing_record.recorded(store, providers, settings, now),
        missing=tuple(each.name for each in providers if each.homes is not None and each.id not in traces),
        first_run=not settings.welcomed and not demo,
        keyed=keyed(providers) if not settings.welcomed and not demo else (),
        checked_at=max(asked, default=None),
        figures_at=max(captured, default=None),
        next_check_at=soonest((each.next_attempt_at for each in accounts), now),
        changes_at=changes_at(accounts, now),
        notices=(*settings.problems, *store_state.notices(store, now), *foreseen.notices(accounts)),
        refreshing=refreshing,
        counters={
            "fields_dropped": _dropped(accounts),
            **(counters if counters is not None else store_state.kept_counters(store)),
        },
        cost=costs.total,
        counted_at=counted_at or store_state.counted_at(store),
        reading=reading or store_state.reading_logs(store),
        is_watched=is_watched,
    )


def _heard_of(store: Store) -> frozenset[str]:
    return frozenset(
        (*(each.provider for each in store.sources()), *(s.provider_id for s, _ in store.latest_snapshots()))
    )


def _dropped(accounts: Iterable[AccountView]) -> Mapping[str, int]:
    """How many of the newest answers had which field that could not be read."""
    names = (
        f"{account.provider}: {name}" for account in accounts for each in account.attempts for name in each.dropped
    )
    return Counter(names)


# ---- one provider ------------------------------------------------------------------------------------------


def _facts(
    store: Store, provider: Provider, settings: Settings, now: datetime, costs: Costs, active: store_state.Activity
) -> _Facts:
    strategies = {each.id: each for each in provider.strategies}
    woke_at = store_state.instant(store.meta("woke_at"))
    asked = []
    for source in store.sources():
        if source.provider == provider.id and _is_permitted(provider, settings, source.home, source.strategy):
            attempts = store.attempts(source)
            asked.append(
                _Asked(
                    strategy=strategies[source.strategy],
                    source=source,
                    attempts=attempts,
                    plan=store.plan(source),
                    state=standing.source_state(attempts, now, woke_at),
                )
            )
    said = [
        (snapshot, home)
        for snapshot, home in store.latest_snapshots()
        if snapshot.provider_id == provider.id and _is_permitted(provider, settings, home, snapshot.strategy_id)
    ]
    return _Facts(
        provider=provider,
        settings=settings.of(provider.id),
        now=now,
        asked=tuple(sorted(asked, key=lambda each: provider.strategies.index(each.strategy))),
        snapshots=owned(said),
        formerly=formerly(said),
        activity=active,
        told=store.told(),
        clock_off=store_state.seconds(store.meta(f"clock_off/{provider.id}")),
        trouble=store_state.trouble(store, now),
        incidents=incidents.shown(store, provider, settings, now),
        costs=costs.of(provider.id),
        billing=billing_record.kept(store, provider, now),
    )


def _is_permitted(provider: Provider, settings: Settings, home: str, strategy_id: str) -> bool:
    return any(each.id == strategy_id for each in permitted(provider, settings, account_at(home)))


def _accounts(facts: _Facts) -> list[AccountView]:
    """Each account that has figures; then each home whose sources fail before ever having said whose it is, or of
    which only its logs tell anything."""
    ids = dict.fromkeys(
        snapshot.account.id for snapshot, _ in facts.snapshots if facts.now - snapshot.captured_at < FORGOTTEN_AFTER
    )
    in_order = sorted(ids, key=lambda each: (each != FIRST, each))  # not by who spoke last: rows must not change places
    found = [_account(facts, each) for each in in_order if facts.settings.account(each).enabled]
    shown = {each.account for each in found}
    users = last_users(facts.snapshots)
    for home in dict.fromkeys((*(each.source.home for each in facts.asked), *facts.costs)):
        asked = tuple(each for each in facts.asked if each.source.home == home)
        cost = facts.costs.get(home) if users.get(home) not in shown else None
        is_failing = home not in users and any(each.state is not State.NOT_CONNECTED for each in asked)
        if is_failing or cost is not None:
            nobody = nobody_at(home, facts.provider.homes, {each.account for each in found})
            whose = Account(id=users[home]) if home in users else nobody
            if facts.settings.account(whose.id).enabled:
                found.append(_view(facts, whose, (), asked, cost))
    return found


def _account(facts: _Facts, account_id: str) -> AccountView:
    preference = {each.id: index for index, each in enumerate(facts.provider.strategies)}
    mine = sorted(
        ((snapshot, home) for snapshot, home in facts.snapshots if snapshot.account.id == account_id),
        key=lambda each: preference[each[0].strategy_id],
    )
    homes = {home for _, home in mine}
    asked = tuple(each for each in facts.asked if each.source.home in homes)
    by_age = sorted((snapshot for snapshot, _ in mine), key=lambda each: each.captured_at, reverse=True)
    account = Account(
        id=account_id,
        label=next((each.account.label for each in by_age if each.account.label), None),
        plan=next((each.account.plan for each in by_age if each.account.plan), None),
    )
    users = last_users(facts.snapshots)
    cost = together(cost for home, cost in facts.costs.items() if users.get(home) == account_id)
    return _view(facts, account, tuple(mine), asked, cost)


def _view(
    facts: _Facts,
    account: Account,
    mine: tuple[tuple[Snapshot, str], ...],
    asked: tuple[_Asked, ...],
    cost: CostToDate | None,
) -> AccountView:
    snapshots = [snapshot for snapshot, _ in mine]
    with_money = max((each for each in snapshots if each.money), key=lambda each: each.captured_at, default=None)
    with_shares = max((each for each in snapshots if each.shares), key=lambda each: each.captured_at, default=None)
    money = windows.of_now(with_money.money, facts.now) if with_money else ()
    money_stale_at = _money_stale_at(facts, with_money, mine, asked) if with_money else None
    money_stale = with_money is not None and windows.is_stale(with_money.captured_at, money_stale_at, facts.now)
    shown = _windows(facts, account, mine, asked, money)
    judged = [(each.source_id, each.stale, each.state is WindowState.ENDED) for each in shown]
    if with_money is not None and not shown:
        judged = [(with_money.strategy_id, money_stale, False)]
    sources = {each.strategy.id: each.state for each in asked}
    level = max((each.level for each in shown if each.state is not WindowState.ENDED), default=Level.NORMAL)
    locked = [each.resets_at for each in shown if each.level is Level.LOCKED and each.resets_at is not None]
    current = [each.captured_at for each in shown if each.state is not WindowState.ENDED]
    own = facts.settings.account(account.id)
    state = standing.account_state(
        shown=judged,
        sources=sources,
        has_figures=bool(shown or with_money),
        clock_off=_clock_off(facts, current),
        store=facts.trouble,
        refused=_was_refused_since(asked, current),
    )
    if state is State.NOT_CONNECTED and cost is not None:
        state = facts.trouble or State.FRESH  # its logs tell all that is asked of it
    return AccountView(
        provider=facts.provider.id,
        name=facts.provider.name,
        account=account.id,
        label=own.label or account.label,
        plan=account.plan,
        state=state,
        windows=tuple(replace(each, source=_label(facts.provider, each.source_id)) for each in shown),
        money=money,
        money_captured_at=with_money.captured_at if with_money else None,
        money_source=_label(facts.provider, with_money.strategy_id) if with_money else None,
        shares=with_shares.shares if with_shares else (),
        level=level,
        locked_until=max(locked, default=None) if level is Level.LOCKED else None,
        captured_at=min(current, default=with_money.captured_at if with_money else None),
        next_attempt_at=soonest((each.plan.next_at for each in asked if each.plan), facts.now),
        attempts=tuple(_attempted(each, snapshots) for each in asked),
        throttled=next((_hint(each) for each in asked if _hint(each)), None),
        refusal=next((_refusal(each) for each in asked if each.state in REFUSALS), None),
        formerly=facts.formerly.get(account.id, ()),
        clock_off=_clock_off(facts, current),
        money_stale_at=money_stale_at,
        money_stale=money_stale,
        by_key=any(isinstance(need, Key) for each in asked for need in each.strategy.needs),
        thresholds=own.thresholds,
        incidents=facts.incidents,
        billing=billing_record.of_account(
            facts.billing, account, facts.snapshots, [*(home for _, home in mine), *(one.source.home for one in asked)]
        ),
        cost=cost,
    )


def _was_refused_since(asked: Sequence[_Asked], captured: Sequence[datetime]) -> bool:
    """A source was told to sign in again, and no figure of any other was taken since that would speak against it."""
    refused_at = max((each.attempts[-1].at for each in asked if each.state is State.SIGNED_OUT), default=None)
    return refused_at is not None and all(at < refused_at for at in captured)


def _refusal(asked: _Asked) -> str | None:
    """What the user should know of the vendor's no: its own reason, where that is known to mean something."""
    detail = asked.attempts[-1].detail if asked.attempts else ""
    return asked.strategy.reasons.get(detail, asked.strategy.when_refused)


def _hint(asked: _Asked) -> str | None:
    """What else the user can do, where the vendor does not mean to answer."""
    is_throttled = asked.state is State.RATE_LIMITED and throttled(asked.attempts)
    return asked.strategy.when_throttled if is_throttled else None


def _money_stale_at(
    facts: _Facts, said: Snapshot, mine: Sequence[tuple[Snapshot, str]], asked: Sequence[_Asked]
) -> datetime | None:
    home = next(home for snapshot, home in mine if snapshot is said)
    plan = next(
        (each.plan for each in asked if each.source.home == home and each.strategy.id == said.strategy_id), None
    )
    return windows.stale_at(
        said.captured_at,
        interval=_interval(facts, said.strategy_id, home, said.captured_at, plan),
        active_at=facts.activity.get((facts.provider.id, home)),
    )


def _clock_off(facts: _Facts, captured: Sequence[datetime]) -> timedelta | None:
    """How far our clock is from the vendor's; a figure from the future says that ours went back."""
    behind = max((at - facts.now for at in captured), default=timedelta())
    if behind > standing.CLOCK_TOLERANCE:
        return -behind
    off = facts.clock_off
    return off if off is not None and abs(off) > standing.CLOCK_TOLERANCE else None


def _windows(
    facts: _Facts,
    account: Account,
    mine: tuple[tuple[Snapshot, str], ...],
    asked: tuple[_Asked, ...],
    money: Sequence[MoneyLine],
) -> tuple[WindowView, ...]:
    plans = {each.source: each.plan for each in asked}
    views = []
    servers = {each.id for each in facts.provider.strategies if each.is_asked}
    for stated in windows.newest(mine, facts.now, servers):
        window, home = stated.window, stated.home
        source = Source(provider=facts.provider.id, home=home, strategy=stated.strategy_id)
        plan = plans.get(source)
        turns_at = windows.stale_at(
            stated.captured_at,
            interval=_interval(facts, stated.strategy_id, home, stated.captured_at, plan),
            active_at=facts.activity.get((facts.provider.id, home)),
        )
        judged = windows.state(window, money, facts.now)
        told = facts.told.get((facts.provider.id, account.id, window.key))
        views.append(
            WindowView(
                key=window.key,
                label=window.label,
                scope=window.scope,
                model=window.model,
                used=None if judged in (WindowState.ENDED, WindowState.UNLIMITED) else window.utilization,
                state=judged,
                level=windows.level(window, judged),
                stale=windows.is_stale(stated.captured_at, turns_at, facts.now),
                stale_at=turns_at,
                resets_at=window.resets_at,
                length=window.length,
                source_id=stated.strategy_id,
                captured_at=stated.captured_at,
                used_up_at=told.used_up_at if told else None,
                locks=window.locks,
            )
        )
    return tuple(sorted(views, key=lambda each: (each.length or timedelta.max, not each.locks)))


def _interval(facts: _Facts, strategy_id: str, home: str, captured_at: datetime, plan: Plan | None) -> timedelta | None:
    """The interval a figure is judged by; None for a passive source, and for one that rests while its tool does."""
    strategy = next(each for each in facts.provider.strategies if each.id == strategy_id)
    if not strategy.is_asked:
        return None
    active_at = facts.activity.get((facts.provider.id, home))
    if strategy.only_in_use and active_at is not None and active_at <= captured_at + windows.SAME_ACTIVITY:
        return None
    return plan.every if plan is not None and plan.every is not None else strategy.poll_every


def _label(provider: Provider, strategy_id: str) -> str:
    return next(each.label for each in provider.strategies if each.id == strategy_id)


def _attempted(asked: _Asked, snapshots: Sequence[Snapshot]) -> Attempted:
    last = asked.attempts[-1] if asked.attempts else None
    said = next((each for each in snapshots if each.strategy_id == asked.strategy.id), None)
    return Attempted(
        strategy=asked.strategy.id,
        label=asked.strategy.label,
        at=last.at if last else None,
        asks=asked.strategy.is_asked,
        state=asked.state,
        detail=_hint(asked) or (last.detail if last else ""),
        next_at=asked.plan.next_at if asked.plan else None,
        consent=None if asked.strategy.consent is None else True,
        dropped=said.dropped if said else (),
        ignored=said.ignored if said else (),
    )
