"""What the forecast is fed with: the ledger's responses as weights, and what was known before it began."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from usagetray.domain.forecast import PER_DOLLAR, Memory, Observation, WindowReading, Work
from usagetray.domain.forecast import step as stepped
from usagetray.domain.forecast.habits import KEPT_DAYS, worked
from usagetray.domain.forecast.memory import Habit, WindowMemory
from usagetray.domain.pricing import price
from usagetray.domain.rates import RateTable
from usagetray.domain.windows import FUTURE
from usagetray.edges.store import Store, foresight
from usagetray.edges.store.foresight import QUARTER, News
from usagetray.edges.store.window_reading import WindowSaid
from usagetray.overview import AccountView, WindowView
from usagetray.spine.forensics import Place, homes_of, speaker, speakers_of
from usagetray.usage import Attempt, Response

KNOWN = timedelta(days=KEPT_DAYS)
"""How far back it looks when it begins."""
EXACTLY = timedelta(days=2)
"""Of these last days each response, with the readings between them; of those before, quarters of an hour."""
UNPRICED = 0.2
"""Weight of a token of a model without a price: that of one at $1 a million."""


# ---- weights -----------------------------------------------------------------------------------------------


def works(told: Iterable[News], table: RateTable, models: Collection[str], now: datetime) -> Iterator[Work]:
    """What each counts for. `models`: of the windows that hold for one only, as the vendor calls them."""
    for each in told:
        if now - KNOWN < each.at <= now + FUTURE:
            for attempt in each.attempts:
                weight = weight_of(attempt, table)
                if weight:
                    yield Work(at=each.at, model=model_of(attempt, models), weight=each.sign * weight)


def weight_of(attempt: Attempt, table: RateTable) -> float:
    """Tokens weighted by list price; 0.0 of what no plan covers: fast mode, and what was never asked of a model."""
    found = price(attempt, table)
    if found.status == "ignored" or found.fast:
        return 0.0
    return found.tokens * UNPRICED if found.usd is None else float(found.usd) * PER_DOLLAR


def model_of(attempt: Attempt, models: Collection[str]) -> str:
    """The model as its window calls it ("Fable"), else as the log does ("claude-fable-5")."""
    logged = attempt.model.lower()
    return max((each for each in models if each.lower() in logged), key=len, default=attempt.model)


def models_of(account: AccountView, memory: Memory | None) -> frozenset[str]:
    known = (each.model for each in memory.windows) if memory is not None else ()
    return frozenset(each for each in (*known, *(window.model for window in account.windows)) if each)


# ---- before it began ---------------------------------------------------------------------------------------


def begun(
    account: AccountView, store: Store, own: Sequence[Place], table: Callable[[], RateTable], now: datetime
) -> Memory:
    """The memory of an account of which there was none: what the ledger and the store's readings tell of the last
    weeks. `own`: the homes of its tool, none where its logs are not counted.
    """
    scoped = [each for each in account.windows if each.model and each.length is not None]
    memory = Memory(windows=tuple(_expected(each) for each in scoped))
    if not own:
        return memory
    said = [each for each in store.windows_said(now - KNOWN) if each.provider == account.provider]
    ids = {account.account, *account.formerly}
    seen: list[Observation] = list(_readings(said, ids, now - EXACTLY))
    models = models_of(account, None)
    seen += works(_mine(account, store, own, said, now), table(), models, now)
    return stepped(memory, seen, now) if seen else memory


def with_habit(
    memory: Memory,
    account: AccountView,
    store: Store,
    own: Sequence[Place],
    table: RateTable,
    window: WindowView,
    now: datetime,
) -> Memory:
    """Where a window for one model turns up: with what the ledger knows of that model's use."""
    said = [each for each in store.windows_said(now - KNOWN) if each.provider == account.provider]
    models = models_of(account, memory)
    found = [
        each for each in works(_mine(account, store, own, said, now), table, models, now) if each.model == window.model
    ]
    if not found:
        return memory
    return replace(memory, habits=(*memory.habits, worked(Habit(model=window.model), found)))


def _expected(window: WindowView) -> WindowMemory:
    """So that its model's use is told apart from the beginning."""
    return WindowMemory(key=window.key, model=window.model, length=window.length or timedelta())


def _readings(said: Iterable[WindowSaid], ids: Collection[str], since: datetime) -> Iterator[WindowReading]:
    for each in said:
        if each.account in ids and each.at >= since:
            yield WindowReading(
                window=each.key,
                used=each.utilization,
                resets_at=each.resets_at,
                length=each.length,
                captured_at=each.at,
                model=each.model,
            )


def _mine(
    account: AccountView, store: Store, own: Sequence[Place], said: Sequence[WindowSaid], now: datetime
) -> Iterator[News]:
    """What the ledger tells of this account's use, oldest first."""
    speakers = speakers_of(said, {account.account, *account.formerly}, account.account)
    cut = now - EXACTLY
    cut -= timedelta(seconds=cut.timestamp() % QUARTER.total_seconds())
    for each in foresight.quarters(store.database, account.provider, now - KNOWN, cut):
        if speaker(each, own, speakers) == account.account:
            yield each
    for response in store.responses(since=cut, until=now + FUTURE, provider=account.provider):
        if speaker(response, own, speakers) == account.account:
            yield _news(response)


def _news(response: Response) -> News:
    return News(0, 1, response.at, response.provider, response.account, response.machine, response.attempts)


def whose(told: News, own: Sequence[Place], users: Mapping[str, str]) -> str | None:
    """The account whose use it is. `users`: by home, the one that was heard of there last."""
    return next((users[home] for home in homes_of(told, own) if home in users), None)
