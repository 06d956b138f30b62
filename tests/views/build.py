"""Overviews to look at: the sample moment is Friday 20 November 2026, 20:04 in Berlin."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from usagetray.domain.states import Level, State, WindowState
from usagetray.model import Money, MoneyKind, MoneyLine
from usagetray.overview import AccountView, FoundTool, Overview, WindowView

BERLIN = ZoneInfo("Europe/Berlin")
KATHMANDU = ZoneInfo("Asia/Kathmandu")
NOW = datetime(2026, 11, 20, 19, 4, tzinfo=UTC)
SESSION_RESET = NOW + timedelta(hours=1, minutes=16)  # 21:20
WEEK_RESET = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # Mon 09:00
A_MINUTE_AGO = NOW - timedelta(minutes=1)
AT_18_22 = NOW - timedelta(hours=1, minutes=42)


def said(text: str) -> str:
    """The text with ordinary spaces, so that tests can be read."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def window(used: float | None = 0.62, **changes: Any) -> WindowView:
    """A session of five hours, read a minute ago; level as the defaults would judge."""
    level = Level.CRITICAL if (used or 0) >= 0.9 else Level.WARNING if (used or 0) >= 0.75 else Level.NORMAL
    base = WindowView(
        key="five_hour",
        label="Session",
        scope="5 h",
        model=None,
        used=used,
        state=WindowState.OK,
        level=level,
        stale=False,
        resets_at=SESSION_RESET,
        length=timedelta(hours=5),
        source="the status line",
        captured_at=A_MINUTE_AGO,
    )
    return replace(base, **changes)


def week(used: float | None = 0.41, **changes: Any) -> WindowView:
    seven = timedelta(days=7)
    given = {"key": "seven_day", "label": "Week", "scope": "all models", "resets_at": WEEK_RESET, "length": seven}
    return window(used, **(given | changes))


def fable(used: float | None = 0.38, **changes: Any) -> WindowView:
    return week(
        used, **({"key": "seven_day_model:fable", "scope": "Fable only", "model": "Fable", "locks": False} | changes)
    )


def account(*windows: WindowView, **changes: Any) -> AccountView:
    """Claude, Max 5x, Personal, with these windows."""
    fresh = [one.captured_at for one in windows if one.state is not WindowState.ENDED]
    base = AccountView(
        provider="claude",
        name="Claude",
        account="acc-1",
        label="Personal",
        plan="Max 5x",
        state=State.FRESH,
        windows=windows,
        money=(),
        money_captured_at=None,
        money_source=None,
        shares=(),
        level=max((one.level for one in windows), default=Level.NORMAL),
        locked_until=None,
        captured_at=min(fresh, default=None),
        next_attempt_at=NOW + timedelta(minutes=4),
    )
    return replace(base, **changes)


def codex(*windows: WindowView, **changes: Any) -> AccountView:
    given = {"provider": "codex", "name": "Codex", "account": "acc-2", "label": None, "plan": "Plus"}
    if not windows:
        windows = (
            window(
                0.18,
                key="primary",
                label="5 hours",
                scope="",
                source="its session files",
                resets_at=NOW + timedelta(hours=2, minutes=37),
            ),
            week(
                0.34,
                key="secondary",
                scope="",
                source="its session files",
                resets_at=datetime(2026, 11, 25, 7, 12, tzinfo=UTC),
            ),
        )
    return account(*windows, **(given | changes))


def overview(*accounts: AccountView, **changes: Any) -> Overview:
    base = Overview(
        generated_at=NOW,
        demo=False,
        accounts=accounts,
        checked_at=A_MINUTE_AGO,
        next_check_at=NOW + timedelta(minutes=4),
    )
    return replace(base, **changes)


def usage_credits(**changes: Any) -> MoneyLine:
    base = MoneyLine(
        kind=MoneyKind.OVERAGE,
        label="Usage credits",
        used=Money(amount=Decimal("3.12"), currency="USD"),
        limit=Money(amount=Decimal("50"), currency="USD"),
        enabled=True,
        covers=True,
    )
    return replace(base, **changes)


CREDITS_OFF = usage_credits(enabled=False, used=None, limit=None, covers=False)


# ---- whole days --------------------------------------------------------------------------------------------


def ordinary() -> Overview:
    return overview(account(window(0.62), week(0.41), fable(0.38)), codex())


def one_warning() -> Overview:
    return overview(account(window(0.62), week(0.41), fable(0.88)), codex())


def locked() -> Overview:
    used_up = window(1.0, state=WindowState.LOCKED, level=Level.LOCKED, used_up_at=NOW)
    shut = account(used_up, week(0.49), fable(0.38), money=(CREDITS_OFF,), locked_until=SESSION_RESET)
    return overview(shut, codex())


def paying() -> Overview:
    full = window(1.0, level=Level.PAYING)
    spending = account(
        full,
        week(0.76),
        fable(0.94),
        money=(usage_credits(),),
        money_captured_at=A_MINUTE_AGO,
        money_source="the usage endpoint",
    )
    return overview(spending, codex())


def offline() -> Overview:
    old: dict[str, Any] = {"stale": True, "captured_at": AT_18_22}
    return overview(
        account(window(0.38, **old), week(0.37, **old), fable(0.84, **old), state=State.OFFLINE),
        codex(
            window(None, key="primary", label="5 hours", scope="", state=WindowState.ENDED, resets_at=AT_18_22, **old),
            week(0.33, key="secondary", scope="", **old),
            state=State.OFFLINE,
        ),
    )


def ended() -> Overview:
    over = window(None, state=WindowState.ENDED, resets_at=NOW - timedelta(minutes=5))
    return overview(account(over, week(0.41)))


def first_run() -> Overview:
    tools = (FoundTool(provider="claude", name="Claude", reads="its own usage file and logs", connected=False),)
    return overview(found=tools, missing=("Codex",), first_run=True, checked_at=None, next_check_at=None)


def empty() -> Overview:
    return overview(missing=("Claude", "Codex"), checked_at=None, next_check_at=None)


DAYS = {
    "ordinary": ordinary,
    "one warning": one_warning,
    "locked": locked,
    "paying": paying,
    "offline": offline,
    "ended": ended,
    "first run": first_run,
    "empty": empty,
}
