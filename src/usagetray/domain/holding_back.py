"""Which alerts may interrupt now and which wait: quiet hours, snoozes, and what is still true when they end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from usagetray.domain.alerts import SMALL_MOVE, Alert, AlertKind
from usagetray.domain.states import Level
from usagetray.quick_dataclass import dataclass

Id = tuple[str, str, str]
"""Of a window: provider, account, key."""
ALL: Id = ("", "", "")
"""What a snooze is of that is of no single window."""
Span = tuple[time, time]

URGENT = frozenset({AlertKind.LOCKED, AlertKind.PAYING, AlertKind.PAYING_AMOUNT, AlertKind.BILLING_ROUTE})
"""Work has stopped, or money is being spent: told in quiet hours too, and through a snooze that is of everything."""
ENDS_WITH_RESET = frozenset({AlertKind.THRESHOLD, AlertKind.FORECAST, AlertKind.LOCKED})
"""Of these nothing is left when the window resets; minutes before that they are no news to somebody who waited."""
HELD_AT_MOST = timedelta(hours=2)
"""One that nobody asked to hold back, found after a crash or kept from a burst, speaks of the past after this."""
NEWS_FOR = timedelta(days=1)
"""A spike is over when it is told in the morning; it is told all the same, but not the day after."""
MORNING, NIGHT_ENDS = time(8), time(5)
"""When a snooze "until tomorrow" ends; and before which hour "tomorrow" means the morning to come."""
LONGEST = timedelta(days=40)
"""No limit resets later than that, so no snooze is meant to last longer."""


class Held(StrEnum):
    """Why an alert was not shown at once."""

    QUIET = "quiet"
    SNOOZED = "snoozed"
    BURST = "burst"  # three in ten minutes, twenty a day


class LeftOut(StrEnum):
    """Why an alert that was held back will never be shown."""

    OVERTAKEN = "overtaken"  # no longer so, or a later alert says more
    LATE = "late"
    SWITCHED_OFF = "switched_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snooze:
    of: Id = ALL
    until_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    why: Held
    until_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How alerts behave now, for those who show it."""

    quiet_until: datetime | None = None  # None: no quiet hours now
    snoozes: tuple[Snooze, ...] = ()  # those that last
    waiting: int = 0  # alerts that are held back
    presentation: bool = False  # others see this screen
    back: bool = True  # a lockout's end is told, unless said otherwise of one account
    back_of: Mapping[tuple[str, str], bool] = field(default_factory=dict)  # by (provider, account)

    @property
    def snoozed_until(self) -> datetime | None:
        """Everything; None where at most single windows are snoozed."""
        return next((each.until_at for each in self.snoozes if each.of == ALL), None)

    def tells_back(self, provider: str, account: str) -> bool:
        """Whether the end of the account's present lockout will be told."""
        return self.back_of.get((provider, account), self.back)


# ---- when --------------------------------------------------------------------------------------------------


def quiet_until(now: datetime, zone: tzinfo, quiet: Span | None) -> datetime | None:
    """The end of the quiet hours it is now, by the clocks of `zone`; None outside of them.

    On a night on which a clock shows one of the two times twice, or never, they are the longer ones.
    """
    if quiet is None:
        return None
    begins, ends = quiet
    today = now.astimezone(zone).date()
    for day in (today - timedelta(days=1), today):
        first = min(_readings(day, begins, zone))
        last = max(_readings(day if begins < ends else day + timedelta(days=1), ends, zone))
        if first <= now < last:
            return last
    return None


def snooze_until(
    choice: str, now: datetime, zone: tzinfo, quiet: Span | None, resets: Sequence[datetime | None]
) -> datetime | None:
    """When a snooze that begins now ends. `choice`: "1h", "reset", "tomorrow"; None: that cannot be told.

    `resets`: of the window, or of all windows, of which the next one counts.
    """
    if choice == "1h":
        return now + timedelta(hours=1)
    if choice == "reset":
        return min((each for each in resets if each is not None and now < each < now + LONGEST), default=None)
    if choice != "tomorrow":
        return None
    local = now.astimezone(zone)
    wakes = MORNING if quiet is None or (quiet[0] < quiet[1] and quiet[1] > time(12)) else quiet[1]
    is_night = local.time() < max(min(wakes, NIGHT_ENDS), wakes if quiet_until(now, zone, quiet) else time.min)
    day = local.date() if is_night else local.date() + timedelta(days=1)
    return max(_readings(day, wakes, zone))


def _readings(day: date, clock: time, zone: tzinfo) -> tuple[datetime, datetime]:
    """The instants at which a clock shows this; two where it is set back, or passes over it."""
    first, second = (datetime.combine(day, clock.replace(fold=fold), zone).astimezone(UTC) for fold in (0, 1))
    return first, second


# ---- whether -----------------------------------------------------------------------------------------------


def hold(
    alert: Alert, now: datetime, zone: tzinfo, quiet: Span | None = None, snoozes: Sequence[Snooze] = ()
) -> Hold | None:
    """What holds this alert back, the longest if several do; None: it may be shown now."""
    holds = [
        Hold(why=Held.SNOOZED, until_at=each.until_at)
        for each in snoozes
        if now < each.until_at and (each.of == alert.id or (each.of == ALL and alert.kind not in URGENT))
    ]
    ends_at = None if alert.kind in URGENT else quiet_until(now, zone, quiet)
    if ends_at is not None:
        holds.append(Hold(why=Held.QUIET, until_at=ends_at))
    return max(holds, key=lambda each: each.until_at, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What an alert spoke of, as it is now: a window, or a budget."""

    used: float | None  # share; None: nothing may be said of it
    level: Level = Level.NORMAL
    is_locked: bool = False  # its account
    is_paid: bool = False  # its account's use
    runs_out: bool = False  # expected to be used up before it resets
    resets_at: datetime | None = None


def is_true(alert: Alert, due_at: datetime, now: datetime, standing: Standing | None) -> bool:
    """Whether an alert that waited is still news. `standing` None: what it spoke of is no longer shown."""
    if alert.kind is AlertKind.BILLING_ROUTE:
        return True
    if alert.kind is AlertKind.SPIKE:
        return now - due_at < NEWS_FOR
    if standing is None:
        return False
    used = standing.used if standing.used is not None else -1.0
    # A snooze "until the reset" ends on time, while the vendor may restate the reset some moments later.
    if standing.resets_at is not None and standing.resets_at - now <= SMALL_MOVE and alert.kind in ENDS_WITH_RESET:
        return False
    match alert.kind:
        case AlertKind.LOCKED:
            return standing.is_locked
        case AlertKind.BACK:
            return not standing.is_locked
        case AlertKind.PAYING | AlertKind.PAYING_AMOUNT:
            return standing.is_paid
        case AlertKind.THRESHOLD | AlertKind.BUDGET:
            # That it is used up altogether was told by an alert that does not wait.
            return used >= (alert.threshold or 0.0) and standing.level < Level.PAYING
        case AlertKind.FORECAST:
            # It may have said of a threshold too, which then was announced by nothing else.
            has_passed = alert.threshold is not None and used >= alert.threshold and standing.level < Level.PAYING
            return (0.0 <= used < 1.0 and standing.runs_out) or has_passed


# ---- all of them -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An alert that was earned and not shown."""

    id: int  # its row's
    alert: Alert
    due_at: datetime
    held_for: Held | None = None  # why it was not shown before


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Each alert that waits stands in one of the four, by its row's id."""

    show: tuple[int, ...] = ()  # by itself, or merged as any
    digest: tuple[int, ...] = ()  # together, as what was held back on purpose
    hold: Mapping[int, Hold] = field(default_factory=dict)
    leave_out: Mapping[int, LeftOut] = field(default_factory=dict)


def decide(
    waiting: Sequence[Waiting],
    now: datetime,
    zone: tzinfo,
    *,
    quiet: Span | None,
    snoozes: Sequence[Snooze],
    standing: Mapping[Id, Standing],
) -> Decision:
    """What becomes of the alerts that wait, oldest first. Nothing is remembered: asked again, it answers alike."""
    holds = {each.id: found for each in waiting if (found := hold(each.alert, now, zone, quiet, snoozes))}
    free = [each for each in waiting if each.id not in holds]
    newest = {_about(each.alert): each.id for each in free}
    show, digest, left_out = list[int](), list[int](), dict[int, LeftOut]()
    for each in free:
        was_held = each.held_for in (Held.QUIET, Held.SNOOZED) or _began_held(each, zone, quiet)
        if not was_held and now - each.due_at < HELD_AT_MOST:
            show.append(each.id)
        elif not was_held:
            left_out[each.id] = LeftOut.LATE
        elif newest[_about(each.alert)] != each.id or not _still(each, now, standing):
            left_out[each.id] = LeftOut.OVERTAKEN
        else:
            digest.append(each.id)
    if digest:  # what is new and can be told with the rest makes no notification of its own
        joining = {each.id for each in free if each.alert.kind not in URGENT}
        digest = sorted({*digest, *(id_ for id_ in show if id_ in joining)})
        show = [id_ for id_ in show if id_ not in joining]
    return Decision(show=tuple(show), digest=tuple(digest), hold=holds, leave_out=left_out)


def _began_held(waiting: Waiting, zone: tzinfo, quiet: Span | None) -> bool:
    """It was earned in quiet hours, and the program ended before that could be noted."""
    return waiting.alert.kind not in URGENT and quiet_until(waiting.due_at, zone, quiet) is not None


def _about(alert: Alert) -> tuple[Id, AlertKind]:
    """Of those with the same, the last one says it all: a threshold and a forecast are one figure."""
    return alert.id, AlertKind.THRESHOLD if alert.kind is AlertKind.FORECAST else alert.kind


def _still(waiting: Waiting, now: datetime, standing: Mapping[Id, Standing]) -> bool:
    return is_true(waiting.alert, waiting.due_at, now, standing.get(waiting.alert.id))
