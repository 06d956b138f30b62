"""Claude: the object in which Anthropic states limits, into our words.

The same object comes from the usage endpoint, from Claude Code's own cached reading and from its control
request. Undocumented; shapes as seen up to 2026-09-29. Percentages run 0 to 100, money is in minor units.
New kinds and code names appear every month: what is not known here is never shown, only named.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from usagetray.errors import Cause, SourceError
from usagetray.model import Account, Money, MoneyKind, MoneyLine, Snapshot, SurfaceShare, UsageWindow
from usagetray.providers.claude import identity
from usagetray.providers.parse import Answer, unread
from usagetray.quick_dataclass import dataclass

SESSION = timedelta(hours=5)
WEEK = timedelta(days=7)
MOST_NAME = 60
MOST_IGNORED = 20
KNOWN_MODELS = ("opus", "sonnet")
"""Had a weekly field of their own until the middle of 2026; since then models are rows of `limits`."""
ROUTINES = (
    "seven_day_cowork",
    "seven_day_routines",
    "seven_day_claude_routines",
    "claude_routines",
    "routines",
    "routine",
    "cowork",
)
"""One window under the names it has been seen with; the first that is there counts."""
READ = {
    "five_hour",
    "seven_day",
    "limits",
    "extra_usage",
    "spend",
    "seven_day_breakdown",
    "member_dashboard_available",
    *(f"seven_day_{model}" for model in KNOWN_MODELS),
}
MOST_EXPONENT = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    windows: tuple[UsageWindow, ...]
    money: tuple[MoneyLine, ...]
    shares: tuple[SurfaceShare, ...]
    ignored: tuple[str, ...]

    @property
    def says_something(self) -> bool:
        return bool(self.windows or self.money)


def session_window(used: float | None, resets_at: datetime | None) -> UsageWindow:
    return UsageWindow(
        key="five_hour", label="Session", scope="5 h", utilization=used, resets_at=resets_at, length=SESSION
    )


def week_window(used: float | None, resets_at: datetime | None) -> UsageWindow:
    return UsageWindow(
        key="seven_day", label="Week", scope="all models", utilization=used, resets_at=resets_at, length=WEEK
    )


def model_window(name: str, used: float | None, resets_at: datetime | None) -> UsageWindow:
    """A week of one model: when it is full the other models go on, so it locks nothing."""
    name = name[:MOST_NAME]
    return UsageWindow(
        key=f"seven_day_model:{name.lower()}",
        label="Week",
        scope=f"{name} only",
        utilization=used,
        resets_at=resets_at,
        length=WEEK,
        model=name,
        locks=False,
    )


def routines_window(used: float | None, resets_at: datetime | None) -> UsageWindow:
    return UsageWindow(
        key="seven_day_cowork",
        label="Week",
        scope="Cowork and routines",
        utilization=used,
        resets_at=resets_at,
        length=WEEK,
        locks=False,
    )


class _Windows:
    """Windows by key, each once: a second telling only fills what the first left open."""

    def __init__(self) -> None:
        self.found: dict[str, UsageWindow] = {}

    def add(self, window: UsageWindow) -> None:
        if window.utilization is None and window.resets_at is None:
            return
        before = self.found.get(window.key)
        if before is None:
            self.found[window.key] = window
        elif before.utilization is None or before.resets_at is None:
            self.found[window.key] = replace(
                before,
                utilization=window.utilization if before.utilization is None else before.utilization,
                resets_at=before.resets_at or window.resets_at,
            )


def limits(answer: Answer) -> Limits:
    """Pure. `limits[]` counts first, the older flat fields fill what it does not say."""
    windows = _Windows()
    ignored: list[str] = []
    rows = answer.rows("limits")
    for row in rows:
        _add_row(row, windows, ignored)
    _add_flat(answer, windows, ignored)
    if not rows:
        for row in answer.rows("model_scoped"):
            name = row.text("display_name")
            if name:
                windows.add(model_window(name, row.share("utilization"), row.instant("resets_at")))
    elif answer.raw("model_scoped") is not None:
        ignored.append("model_scoped (same as limits)")
    ignored += [
        name[:MOST_NAME] for name in answer.names() if name not in READ and name not in (*ROUTINES, "model_scoped")
    ]
    return Limits(
        windows=tuple(windows.found.values()),
        money=_money(answer),
        shares=_shares(answer),
        ignored=tuple(dict.fromkeys(ignored))[:MOST_IGNORED],
    )


def stated(
    strategy_id: str, account: Account, captured_at: datetime, answer: Answer, *, may_be_empty: bool
) -> Snapshot:
    """What the object says of an account. Raises `BAD_DATA`, naming fields, if nothing in it could be read.

    `may_be_empty`: it has the shape of an account without windows, and says so by saying nothing.
    """
    found = limits(answer)
    if not found.says_something and not may_be_empty:
        raise SourceError(identity.SOURCE, Cause.BAD_DATA, unread("no limit in the answer could be read", answer))
    return Snapshot(
        provider_id=identity.PROVIDER_ID,
        strategy_id=strategy_id,
        account=account,
        captured_at=captured_at,
        windows=found.windows,
        money=found.money,
        shares=found.shares,
        dropped=tuple(answer.dropped),
        ignored=found.ignored,
    )


def _add_row(row: Answer, windows: _Windows, ignored: list[str]) -> None:
    kind = row.text("kind")
    if kind == "session":
        windows.add(session_window(row.share("percent"), row.instant("resets_at")))
    elif kind == "weekly_all":
        windows.add(week_window(row.share("percent"), row.instant("resets_at")))
    elif kind == "weekly_scoped":
        name = row.text("scope", "model", "display_name")
        if name is None:
            ignored.append("limits: weekly_scoped without a model")
        elif name.lower() == "all models":
            ignored.append("limits: weekly_scoped for all models")
        else:
            windows.add(model_window(name, row.share("percent"), row.instant("resets_at")))
    else:
        ignored.append(f"limits: {(kind or 'no kind')[:MOST_NAME]}")


def _add_flat(answer: Answer, windows: _Windows, ignored: list[str]) -> None:
    if window := answer.sub("five_hour"):
        windows.add(session_window(window.share("utilization"), window.instant("resets_at")))
    if window := answer.sub("seven_day"):
        windows.add(week_window(window.share("utilization"), window.instant("resets_at")))
    for model in KNOWN_MODELS:
        if window := answer.sub(f"seven_day_{model}"):
            windows.add(model_window(model.title(), window.share("utilization"), window.instant("resets_at")))
    there = [name for name in answer.names() if name in ROUTINES]
    for name in sorted(there, key=ROUTINES.index):
        if "seven_day_cowork" in windows.found:
            ignored.append(f"{name} (another name of the same window)")
        elif window := answer.sub(name):
            windows.add(routines_window(window.share("utilization"), window.instant("resets_at")))


def _money(answer: Answer) -> tuple[MoneyLine, ...]:
    """What goes on top of the plan; `spend` is the newer telling of `extra_usage` and wins."""
    extra = answer.sub("extra_usage")
    if spend := answer.sub("spend"):
        enabled = spend.flag("enabled")
        reason = spend.text("disabled_reason")
        used = _amount(spend, "used")
        limit = _amount(spend, "limit")
        if limit is None and (cap := spend.sub("cap")):
            limit = _amount(cap, "money")
        balance = _amount(spend, "balance")
        refills = spend.raw("auto_reload") not in (None, False)
    elif extra:
        enabled = extra.flag("is_enabled")
        reason = extra.text("disabled_reason")
        used = _flat_amount(extra, "used_credits")
        limit = _flat_amount(extra, "monthly_limit")
        if limit is not None and not limit.amount and used is not None and used.amount:
            limit = None  # a cap of nothing with something spent is none
        balance, refills = None, False
    else:
        return ()
    stopped = bool(extra and extra.flag("spend_limit_reached"))
    spent = limit is not None and used is not None and limit.amount > 0 and used.amount >= limit.amount
    empty = balance is not None and balance.amount <= 0 and not refills
    return (
        MoneyLine(
            kind=MoneyKind.OVERAGE,
            label="Usage credits",
            used=used,
            limit=limit,
            balance=balance,
            period="month" if extra and extra.raw("monthly_limit") is not None else None,
            enabled=enabled,
            disabled_reason=reason,
            covers=enabled is True and reason is None and not (stopped or spent or empty),
        ),
    )


def _amount(answer: Answer, name: str) -> Money | None:
    """`{"amount_minor": 5824, "currency": "USD", "exponent": 2}` is 58.24 US dollars."""
    row = answer.sub(name)
    return _scaled(row, "amount_minor", "exponent") if row else None


def _flat_amount(extra: Answer, name: str) -> Money | None:
    return _scaled(extra, name, "decimal_places")


def _scaled(row: Answer, field: str, exponent_field: str) -> Money | None:
    minor = row.number(field)
    if minor is None:
        return None
    exponent = row.whole(exponent_field)
    currency = row.text("currency")
    if exponent is None:
        exponent = 2
    if currency is None or exponent > MOST_EXPONENT:
        row.drop(field if currency else "currency")  # without one: a number of what?
        return None
    if minor == minor.to_integral_value():
        minor = minor.quantize(Decimal(1))  # 4132.0 minor units are 41.32, not 41.320
    return Money(amount=minor.scaleb(-exponent), currency=currency[:12].upper())


def _shares(answer: Answer) -> tuple[SurfaceShare, ...]:
    found = []
    for row in answer.rows("seven_day_breakdown", "rows"):
        key = row.text("key")
        share = row.share("percent")
        if key is not None and share is not None:
            found.append(SurfaceShare(key=key, label=row.text("display_name") or key, share=share))
    return tuple(found)


def of_control_response(body: object) -> tuple[Answer | None, str | None]:
    """Of an answer to Claude Code's `get_usage` control request: the limits object, and the kind of subscription.

    (None, None) where no subscription stands behind the login; that is no error, and not 0 %.
    """
    answer = Answer(body).sub("response", "response")
    if answer is None or answer.flag("rate_limits_available") is not True:
        return None, None
    return answer.sub("rate_limits"), answer.text("subscription_type")
