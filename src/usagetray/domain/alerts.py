"""Which alerts are due: at most one per account, window, threshold and cycle, ever (P22)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from usagetray.domain.states import Level, WindowState
from usagetray.quick_dataclass import dataclass

SMALL_MOVE = timedelta(minutes=10)
"""A reset moved by less than this is the same reset, restated."""
CLEAR_MOVE = 0.5
"""A reset moved on by this share of the window's length belongs to a new cycle, whatever the figure says."""
CLEAR_FALL = 0.1
"""A figure that never resets (a budget that is raised, a window that rolls) has recovered when it has fallen this far
below what was announced."""
BURST, BURST_SPAN = 3, timedelta(minutes=10)
DAILY, DAY = 20, timedelta(days=1)


class AlertKind(StrEnum):
    THRESHOLD = "threshold"
    LOCKED = "locked"
    PAYING = "paying"
    PAYING_AMOUNT = "paying_amount"  # so much was paid since
    BACK = "back"
    BILLING_ROUTE = "billing_route"
    BUDGET = "budget"
    SPIKE = "spike"
    FORECAST = "forecast"  # a window will be used up before its reset


STOPS = {Level.LOCKED: AlertKind.LOCKED, Level.PAYING: AlertKind.PAYING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A window as it is judged now; the part that alerts depend on."""

    provider: str
    account: str
    window: str
    used: float | None  # None: ended, unknown, unlimited
    state: WindowState
    level: Level
    resets_at: datetime | None
    length: timedelta | None
    captured_at: datetime
    may_alert: bool  # fresh, and its clock can be trusted

    @property
    def id(self) -> tuple[str, str, str]:
        return self.provider, self.account, self.window


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What has been announced of one window in its present cycle. Kept in the store, so that a restart repeats none."""

    cycle_ends_at: datetime | None = None
    used: float = 0.0  # newest share seen in this cycle
    threshold: float = 0.0  # highest announced
    stops: frozenset[AlertKind] = frozenset()  # LOCKED, PAYING: which of them were announced
    used_up_at: datetime | None = None  # first reading at 1.0 in this cycle


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    kind: AlertKind
    provider: str
    account: str
    window: str
    threshold: float | None = None  # share; of PAYING_AMOUNT a sum of money

    @property
    def id(self) -> tuple[str, str, str]:
        """Of its window."""
        return self.provider, self.account, self.window


def due(seen: Seen, told: Told | None, thresholds: Sequence[float]) -> tuple[Alert | None, Told]:
    """The alert one window has earned, and what to remember. At most one: the highest of what was crossed."""
    if not seen.may_alert or seen.used is None:
        return None, told or Told(cycle_ends_at=seen.resets_at)
    if told is not None and _is_of_the_next(seen, told):
        return None, told
    former = told or Told(cycle_ends_at=seen.resets_at)
    begins = told is not None and _new_cycle(seen, told)
    recovers = not begins and _has_recovered(seen, former)
    cycle = _begun(seen) if begins else _continued(seen, former)
    alert: Alert | None = None
    stop = STOPS.get(seen.level)
    crossed = max((each for each in thresholds if seen.used >= each), default=0.0)
    if recovers:  # what it is still above was announced on the way up
        cycle = replace(cycle, threshold=crossed, stops=frozenset())
    if stop is not None:
        if stop not in cycle.stops:
            alert = _alert(stop, seen)
        cycle = replace(cycle, stops=cycle.stops | {stop}, threshold=max(cycle.threshold, 1.0))
    elif crossed > cycle.threshold:
        alert = _alert(AlertKind.THRESHOLD, seen, crossed)
        cycle = replace(cycle, threshold=crossed)
    if (begins or recovers) and AlertKind.LOCKED in former.stops and alert is None:
        alert = _alert(AlertKind.BACK, seen)
    return alert, cycle


def _alert(kind: AlertKind, seen: Seen, threshold: float | None = None) -> Alert:
    return Alert(kind=kind, provider=seen.provider, account=seen.account, window=seen.window, threshold=threshold)


def _new_cycle(seen: Seen, told: Told) -> bool:
    """The old reset has passed and a reading made since then agrees: a later reset, and less used or clearly later."""
    ended = told.cycle_ends_at
    if ended is None or seen.captured_at < ended or seen.used is None:
        return False
    if seen.resets_at is None:
        return seen.state is WindowState.NOT_STARTED
    moved = seen.resets_at - ended
    return _clearly(seen, moved) or (moved > SMALL_MOVE and seen.used < told.used)


def _has_recovered(seen: Seen, told: Told) -> bool:
    is_endless = told.cycle_ends_at is None and seen.resets_at is None
    return is_endless and seen.used is not None and told.threshold - seen.used >= CLEAR_FALL


def _is_of_the_next(seen: Seen, told: Told) -> bool:
    """The old reset was stated some minutes late: this reading is of the next cycle, which counts when that has passed.

    Announced now it would be announced again then.
    """
    ended = told.cycle_ends_at
    if ended is None or seen.resets_at is None or not ended - SMALL_MOVE <= seen.captured_at < ended:
        return False
    return _clearly(seen, seen.resets_at - ended)


def _clearly(seen: Seen, moved: timedelta) -> bool:
    return seen.length is not None and moved >= seen.length * CLEAR_MOVE


def _begun(seen: Seen) -> Told:
    return _continued(seen, Told(cycle_ends_at=seen.resets_at))


def _continued(seen: Seen, told: Told) -> Told:
    """The same cycle, with the newest figure. A small move of its reset is followed; a large one not believed yet.

    An end that lies further ahead than the window is long was told by a clock that was set right since.
    """
    ends_at = told.cycle_ends_at
    moved = None if ends_at is None or seen.resets_at is None else abs(seen.resets_at - ends_at)
    is_wrong = ends_at is not None and seen.length is not None and ends_at - seen.captured_at > 2 * seen.length
    if ends_at is None or is_wrong or (moved is not None and moved <= SMALL_MOVE and seen.captured_at < ends_at):
        ends_at = seen.resets_at
    used = seen.used if seen.used is not None else told.used
    used_up_at = told.used_up_at or (seen.captured_at if used >= 1.0 else None)
    return replace(told, cycle_ends_at=ends_at, used=used, used_up_at=used_up_at if used >= 1.0 else None)


def room(sent_at: Sequence[datetime], now: datetime) -> int:
    """How many more notifications may be shown now: 3 in 10 minutes, 20 a day."""
    # What was sent under a clock that was ahead for long would leave no room until that time has come.
    lately = sum(1 for at in sent_at if abs(now - at) < BURST_SPAN)
    today = sum(1 for at in sent_at if abs(now - at) < DAY)
    return max(0, min(BURST - lately, DAILY - today))


def one_stop_per_account(
    alerts: Sequence[Alert], ends_at: Mapping[tuple[str, str, str], datetime | None]
) -> list[Alert]:
    """Of several windows of one account that lock or return in one breath, the one that ends last speaks."""
    chosen: dict[tuple[str, str, AlertKind], Alert] = {}
    kept: list[Alert] = []
    for alert in alerts:
        if alert.kind is AlertKind.THRESHOLD:
            kept.append(alert)
            continue
        place = (alert.provider, alert.account, alert.kind)
        other = chosen.get(place)
        if other is None or _ends(alert, ends_at) > _ends(other, ends_at):
            chosen[place] = alert
    return kept + list(chosen.values())


def _ends(alert: Alert, ends_at: Mapping[tuple[str, str, str], datetime | None]) -> float:
    at = ends_at.get((alert.provider, alert.account, alert.window))
    return at.timestamp() if at is not None else float("inf")
