"""Codex: limits as its server states them, into our words.

One meaning in three spellings: the usage endpoint (`used_percent`, `limit_window_seconds`, `reset_at`), the lines
of session files (`window_minutes`, `resets_at`, in 2025 `resets_in_seconds`), and the app server (camel case).
Undocumented; shapes as read up to 2026-10. Windows are told apart by length, never by slot: accounts with only a
weekly window have it in the first slot, and a null slot means "does not apply".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from usagetray.model import Money, MoneyKind, MoneyLine, UsageWindow
from usagetray.providers.parse import Answer
from usagetray.quick_dataclass import dataclass

MAIN = "codex"
UNIT = "credits"
"""Neither balance nor spend cap is money: both count the vendor's own credits."""
NEARLY_FULL = 0.95
"""From here a window is believed to be the one meant by "limit reached": the percentage was counted just before."""
SHORTEST = timedelta(minutes=1)
NEARLY_AN_HOUR = timedelta(minutes=50)
LONGEST = timedelta(days=400)
"""No window is shorter or longer: such a figure is in another unit."""
MOST_NAME = 60
SLOTS = (("primary_window", "primary"), ("secondary_window", "secondary"))
USED = {"used_percent", "usedPercent"}
LENGTHS = {"limit_window_seconds", "window_minutes", "windowDurationMins"}
MOST_NEW = 4
CAPS = (
    "individual_limit",
    "group_default_limit",
    "workspace_default_limit",
    "role_budget_limit",
    "group_shared_limit",
    "workspace_shared_limit",
)
PLANS = {
    "prolite": "Pro",
    "pro_lite": "Pro",
    "pro": "Pro More",
    "promax": "Pro Max",
    "pro_max": "Pro Max",
}
"""The vendor's ladder is named one step off its codes; every other code is its own name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    windows: tuple[UsageWindow, ...]
    money: tuple[MoneyLine, ...]
    plan: str | None


@dataclass(frozen=True, slots=True)
class Scope:
    """What a set of windows holds for: everything, or one model or surface."""

    limit_id: str
    model: str | None = None
    words: str = ""

    @property
    def locks(self) -> bool:
        return not self.words


EVERYTHING = Scope(MAIN)


def plan_label(code: str | None) -> str | None:
    if code is None:
        return None
    return PLANS.get(code.lower()) or code.replace("_", " ").replace("-", " ").title()[:MOST_NAME]


def model_scope(limit_id: str | None, name: str) -> Scope:
    return Scope((limit_id or name).lower()[:MOST_NAME], name[:MOST_NAME], f"{name[:MOST_NAME]} only")


def windows(answer: Answer, scope: Scope, at: datetime, *, reached: bool = False) -> tuple[UsageWindow, ...]:
    """The windows of one set of limits that was stated `at`. `reached`: something beside them says "limit reached"."""
    found: list[UsageWindow] = []
    for number, name in enumerate(_slots(answer), start=1):
        slot = answer.sub(name)
        if slot is None:
            continue
        used = slot.share(slot.pick("used_percent", "usedPercent"))
        resets_at = _reset(slot, at)
        length = _length(slot)
        if used is None and resets_at is None:
            continue
        key, label, length = _class(length, number, {window.key for window in found}, scope.limit_id)
        found.append(
            UsageWindow(
                key=key,
                label=label,
                scope=scope.words,
                utilization=used,
                resets_at=resets_at,
                length=length,
                model=scope.model,
                locks=scope.locks,
            )
        )
    return _full(found) if reached or _reached(answer) else tuple(found)


def _slots(answer: Answer) -> Iterator[str]:
    """Names of the windows: those that are known, and any new one that is built as they are."""
    known = [answer.pick(*names) for names in SLOTS]
    yield from known
    new = [name for name in answer.names() if name not in (*known, *CAPS) and _is_window(answer.raw(name))]
    yield from new[:MOST_NEW]


def _is_window(found: object) -> bool:
    return isinstance(found, dict) and not USED.isdisjoint(found) and not LENGTHS.isdisjoint(found)


def _reset(slot: Answer, at: datetime) -> datetime | None:
    resets_at = slot.instant(slot.pick("resets_at", "reset_at", "resetsAt"))
    if resets_at is not None:
        return resets_at
    field = slot.pick("resets_in_seconds", "reset_after_seconds")
    seconds = slot.number(field)
    if seconds is None or seconds == 0:
        return None
    if seconds > LONGEST.total_seconds():
        slot.drop(field)
        return None
    return at + timedelta(seconds=float(seconds))


def _length(slot: Answer) -> timedelta | None:
    minutes_field = slot.pick("window_minutes", "windowDurationMins")
    seconds = slot.number("limit_window_seconds")
    minutes = slot.number(minutes_field)
    if seconds is None and minutes is not None:
        seconds = minutes * 60
    if seconds is None or seconds == 0:
        return None
    if not SHORTEST.total_seconds() <= seconds <= LONGEST.total_seconds():
        slot.drop("limit_window_seconds" if minutes is None else minutes_field)
        return None
    return timedelta(seconds=float(seconds))


def _class(length: timedelta | None, number: int, taken: set[str], limit_id: str) -> tuple[str, str, timedelta | None]:
    """Key, label and true length of a window. Lengths come a minute short (299, 10079) and mean the round one."""
    if length is None:
        return f"{limit_id}:limit-{number}", f"Limit {number}", None
    minutes, hours = round(length / timedelta(minutes=1)), max(1, round(length / timedelta(hours=1)))
    days = round(length / timedelta(days=1))
    if timedelta(days=6) <= length <= timedelta(days=8):
        name, label, meant = "weekly", "Week", timedelta(days=7)
    elif timedelta(days=28) <= length <= timedelta(days=31):
        name, label, meant = "monthly", f"{days} days", timedelta(days=days)
    elif length < NEARLY_AN_HOUR:
        name, label, meant = "5-hour", f"{minutes} minutes" if minutes > 1 else "1 minute", timedelta(minutes=minutes)
    elif length <= timedelta(hours=6):
        name, label, meant = "5-hour", f"{hours} hours" if hours > 1 else "1 hour", timedelta(hours=hours)
    elif length < timedelta(days=2):
        name, label, meant = f"{hours}-hour", f"{hours} hours", timedelta(hours=hours)
    else:
        name, label, meant = f"{days}-day", f"{days} days", timedelta(days=days)
    if abs(meant - length) > meant / 50:
        meant = length
    key = f"{limit_id}:{name}"
    return (key if key not in taken else f"{key}-{number}"), label, meant


def _reached(answer: Answer) -> bool:
    kind = answer.raw(answer.pick("rate_limit_reached_type", "rateLimitReachedType"))
    if isinstance(kind, dict):
        kind = kind.get("type")
    return answer.flag("limit_reached") is True or kind == "rate_limit_reached"


def _full(found: list[UsageWindow]) -> tuple[UsageWindow, ...]:
    """With "limit reached" said, a window a hair short of full is full; the fullest only."""
    fullest = max((window.utilization or 0.0 for window in found), default=0.0)
    if not NEARLY_FULL <= fullest < 1.0:
        return tuple(found)
    return tuple(replace(window, utilization=1.0) if window.utilization == fullest else window for window in found)


def money(answer: Answer) -> tuple[MoneyLine, ...]:
    """Bought credits, and the cap a workspace set."""
    lines = []
    if bought := answer.sub("credits"):
        has = bought.flag(bought.pick("has_credits", "hasCredits"))
        unlimited = bought.flag("unlimited") is True
        balance = bought.number("balance")
        lines.append(
            MoneyLine(
                kind=MoneyKind.CREDITS,
                label="Credits",
                balance=Money(amount=balance, currency=UNIT) if balance is not None else None,
                enabled=has,
                unlimited=unlimited,
                covers=has is True and (unlimited or (balance is not None and balance > 0)) and not is_capped(answer),
            )
        )
    if cap := _cap(answer):
        used, limit = cap.number("used"), cap.number("limit")
        if used is not None or limit is not None:
            lines.append(
                MoneyLine(
                    kind=MoneyKind.BUDGET,
                    label="Spend cap",
                    used=Money(amount=used, currency=UNIT) if used is not None else None,
                    limit=Money(amount=limit, currency=UNIT) if limit is not None else None,
                )
            )
    return tuple(lines)


def _cap(answer: Answer) -> Answer | None:
    """The cap that was reached; else it has moved over time: root, beside the windows, under `spend_control`."""
    control = answer.sub("spend_control")
    named = f"{control.text('reached_limit_type')}_limit" if control and is_capped(answer) else ""
    if control and named in CAPS and (cap := control.sub(named)):
        return cap
    for place in (answer, answer.sub("rate_limit"), answer.sub("spend_control")):
        if place is None:
            continue
        for name in (*CAPS, "individualLimit"):
            if place.raw(name) is not None and (cap := place.sub(name)):
                return cap
    return None


def is_capped(answer: Answer) -> bool:
    """The workspace's cap was reached: nothing goes on, whatever credits are left."""
    return answer.flag("spend_control", "reached") is True


def _reached_cap(answer: Answer, at: datetime) -> tuple[UsageWindow, ...]:
    """That cap as the full window that it is; while it has room it is a sum of money."""
    if not is_capped(answer):
        return ()
    cap = _cap(answer)
    resets_at = _reset(cap, at) if cap else None
    return (UsageWindow(key=f"{MAIN}:spend-cap", label="Spend cap", utilization=1.0, resets_at=resets_at, length=None),)


def usage_answer(answer: Answer, at: datetime) -> Limits:
    """What the usage endpoint answers."""
    found: list[UsageWindow] = [*_reached_cap(answer, at)]
    if main := answer.sub("rate_limit"):
        found += windows(main, EVERYTHING, at, reached=_reached(answer))
    if review := answer.sub("code_review_rate_limit"):
        found += windows(review, Scope("code_review", words="code review"), at)
    for row in answer.rows("additional_rate_limits"):
        name = row.text("limit_name") or row.text("metered_feature")
        if name and (limit := row.sub("rate_limit")):
            found += windows(limit, model_scope(row.text("metered_feature"), name), at)
    by_key = {window.key: window for window in reversed(found)}  # of one limit told twice the first counts
    return Limits(
        windows=tuple(reversed(by_key.values())), money=money(answer), plan=plan_label(answer.text("plan_type"))
    )


def app_server_answer(answer: Answer, at: datetime) -> Limits | None:
    """What `account/rateLimits/read` of the app server answers; None if it holds no limits.

    `rateLimitsByLimitId` repeats the main limit with gaps, so each window is taken from where it is present.
    """
    main = answer.sub("result", "rateLimits")
    if main is None:
        return None
    found = {window.key: window for window in windows(main, EVERYTHING, at)}
    if by_id := answer.sub("result", "rateLimitsByLimitId"):
        for limit_id in by_id.names():
            if limit := by_id.sub(limit_id):
                name = limit.text("limitName")
                scope = model_scope(limit_id, name) if name else EVERYTHING
                if name or limit_id == MAIN:
                    for window in windows(limit, scope, at):
                        found.setdefault(window.key, window)
    return Limits(windows=tuple(found.values()), money=money(main), plan=plan_label(main.text("planType")))


def session_line(answer: Answer, scope: Scope, at: datetime) -> Limits:
    """The `rate_limits` object of one line of a session file."""
    return Limits(windows=windows(answer, scope, at), money=money(answer), plan=plan_label(answer.text("plan_type")))
