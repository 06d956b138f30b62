"""Moments worth a picture, as overviews. Friday 20 November 2026, 20:04 in a zone far from UTC."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from usagetray.billing import Certainty, Evidence, Mode, Route, Verdict
from usagetray.domain.cost import Cost
from usagetray.domain.cost_to_date import CostToDate
from usagetray.domain.states import Level, State, WindowState
from usagetray.model import Money, MoneyKind, MoneyLine, SurfaceShare
from usagetray.overview import AccountView, BillingView, FoundTool, Overview, ReadingLogs, WindowView
from usagetray.providers import discover

ZONE = ZoneInfo("Pacific/Auckland")
NOW = datetime(2026, 11, 20, 20, 4, tzinfo=ZONE).astimezone(ZoneInfo("UTC"))


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE).astimezone(ZoneInfo("UTC"))


def window(
    key: str, label: str, scope: str, used: float | None, resets_at: datetime | None, **more: object
) -> WindowView:
    level = Level.NORMAL
    if used is not None:
        level = Level.CRITICAL if used >= 0.9 else Level.WARNING if used >= 0.75 else Level.NORMAL
    given = WindowView(
        key=key,
        label=label,
        scope=scope,
        model=None,
        used=used,
        state=WindowState.OK,
        level=level,
        stale=False,
        resets_at=resets_at,
        length=timedelta(hours=5) if "5 h" in f"{label}{scope}" else timedelta(days=7),
        source="the status line",
        captured_at=NOW - timedelta(minutes=1),
    )
    return replace(given, **more)  # type: ignore[arg-type]


def session(used: float | None = 0.62, **more: object) -> WindowView:
    return replace(window("five_hour", "Session", "5 h", used, local(20, 21, 20)), **more)  # type: ignore[arg-type]


def week(used: float | None = 0.41, **more: object) -> WindowView:
    return replace(window("weekly", "Week", "all models", used, local(23, 9)), **more)  # type: ignore[arg-type]


def fable(used: float | None = 0.38, **more: object) -> WindowView:
    return replace(window("weekly_fable", "Week", "Fable only", used, local(23, 9), model="Fable", locks=False), **more)  # type: ignore[arg-type]


def account(provider: str, name: str, *windows: WindowView, **more: object) -> AccountView:
    given = AccountView(
        provider=provider,
        name=name,
        account="a1",
        label=None,
        plan=None,
        state=State.FRESH,
        windows=windows,
        money=(),
        money_captured_at=None,
        money_source=None,
        shares=(),
        level=max((one.level for one in windows), default=Level.NORMAL),
        locked_until=None,
        captured_at=min((one.captured_at for one in windows), default=None),
        next_attempt_at=NOW + timedelta(minutes=4),
    )
    return replace(given, **more)  # type: ignore[arg-type]


def claude(*windows: WindowView, **more: object) -> AccountView:
    given = windows or (session(), week(), fable())
    return account("claude", "Claude", *given, **({"plan": "Max 5x", "label": "Personal"} | more))


def codex(**more: object) -> AccountView:
    windows = (
        window("primary", "5 hours", "", 0.18, local(20, 22, 41)),
        window("secondary", "Week", "", 0.34, local(25, 8, 12)),
    )
    return account("codex", "Codex", *windows, **({"plan": "Plus"} | more))


def minimax(**more: object) -> AccountView:
    windows = (
        window("five", "5 hours", "", 0.06, local(20, 23, 30)),
        window("week", "Week", "", 0.12, local(24, 11)),
    )
    return account("minimax", "MiniMax", *windows, **({"plan": "M Plan Explore"} | more))


def api() -> AccountView:
    line = MoneyLine(
        kind=MoneyKind.BILLED,
        label="November",
        used=Money(amount=Decimal("168.20"), currency="USD"),
        limit=Money(amount=Decimal(300), currency="USD"),
    )
    return account(
        "anthropic_api",
        "Anthropic API",
        plan="Organisation",
        money=(line,),
        money_captured_at=NOW - timedelta(minutes=4),
        money_source="the cost report",
    )


def overview(*accounts: AccountView, **more: object) -> Overview:
    given = Overview(
        generated_at=NOW,
        demo=False,
        accounts=accounts,
        checked_at=NOW - timedelta(minutes=1),
        next_check_at=NOW + timedelta(minutes=4),
    )
    return replace(given, **more)  # type: ignore[arg-type]


def calm() -> Overview:
    return overview(claude(), codex(), minimax(), api())


def warning() -> Overview:
    shares = (
        SurfaceShare(key="cli", label="Claude Code", share=0.88),
        SurfaceShare(key="chat", label="Chats", share=0.09),
        SurfaceShare(key="cowork", label="Cowork", share=0.03),
    )
    return overview(claude(session(), week(), fable(0.88), shares=shares), codex(), minimax(), api(), demo=True)


def critical() -> Overview:
    return overview(claude(session(0.94), week(0.47), fable(0.88)), codex(), minimax())


def locked() -> Overview:
    full = session(1.0, state=WindowState.LOCKED, level=Level.LOCKED, used_up_at=NOW - timedelta(seconds=30))
    off = MoneyLine(kind=MoneyKind.OVERAGE, label="Usage credits", enabled=False)
    held = claude(full, week(0.49), fable(0.90), locked_until=full.resets_at, money=(off,))
    return overview(held, codex(), minimax(), api())


def paying() -> Overview:
    full = session(1.0, level=Level.PAYING)
    on_top = MoneyLine(
        kind=MoneyKind.OVERAGE,
        label="Usage credits",
        used=Money(amount=Decimal("3.12"), currency="USD"),
        limit=Money(amount=Decimal(50), currency="USD"),
        enabled=True,
        covers=True,
    )
    more = {"money": (on_top,), "money_captured_at": NOW - timedelta(minutes=2), "money_source": "the usage endpoint"}
    return overview(claude(full, week(0.49), **more), codex())


def offline() -> Overview:
    then = NOW - timedelta(minutes=102)
    old = {"stale": True, "captured_at": then}
    claude_then = claude(session(0.38, **old), week(0.37, **old), fable(0.84, **old | {"level": Level.NORMAL}))
    accounts = [replace(claude_then, state=State.OFFLINE, level=Level.NORMAL)]
    for each in (codex(), minimax()):
        windows = tuple(replace(one, **old) for one in each.windows)
        accounts.append(replace(each, windows=windows, captured_at=then, state=State.OFFLINE))
    ended = replace(accounts[1].windows[0], state=WindowState.ENDED, used=None, resets_at=local(20, 19, 2))
    accounts[1] = replace(accounts[1], windows=(ended, accounts[1].windows[1]))
    return overview(*accounts)


def states() -> Overview:
    """One account with every state a row can have, and accounts in trouble."""
    unlimited = window("w5", "Week", "all surfaces", None, None, state=WindowState.UNLIMITED)
    rows = (
        session(0.0, state=WindowState.NOT_STARTED, resets_at=None, key="w1"),
        session(0.004, key="w2", resets_at=local(21, 1)),
        week(None, state=WindowState.UNKNOWN, key="w3"),
        session(None, state=WindowState.ENDED, resets_at=local(20, 19, 20), key="w4"),
        unlimited,
        week(1.05, key="w6"),
        session(0.38, stale=True, captured_at=NOW - timedelta(minutes=102), key="w7"),
    )
    troubled = (
        account("codex", "Codex", plan="Plus", state=State.SIGNED_OUT),
        account("kimi", "Kimi", state=State.RATE_LIMITED, next_attempt_at=local(20, 20, 31)),
        account("zai", "Z.ai", state=State.OFFLINE),
        account("gemini", "Gemini", state=State.CLOCK_SUSPECT, clock_off=timedelta(days=2)),
    )
    return overview(claude(*rows), *troubled, notices=("The settings file has an unknown value in line 4.",))


def cost(usd: str, month: str, *, unpriced: int = 0) -> CostToDate:
    """Today and this month at list prices; `unpriced`: tokens of a model without a price."""
    given = {"tokens": 2_400_000, "unpriced": {"house-model": unpriced} if unpriced else {}}
    of_day, of_month = (Cost(usd=Decimal(each), **given) for each in (usd, month))  # type: ignore[arg-type]
    return CostToDate(day=NOW.astimezone(ZONE).date(), of_day=of_day, of_month=of_month)


def costs() -> Overview:
    shown = overview(
        claude(cost=cost("3.204", "1248.096")), codex(cost=cost("0.84", "12.1", unpriced=12_000)), minimax(), api()
    )
    return replace(shown, counted_at=NOW - timedelta(seconds=2))


def first_reading() -> Overview:
    """By API key, while the logs are read for the first time: a day without a price, and one without use."""
    idle = replace(cost("0", "48.1"), of_day=Cost())
    by_key = account("claude", "Claude", cost=cost("0", "0", unpriced=38_000), captured_at=None)
    return overview(by_key, codex(cost=idle), reading=ReadingLogs(done=312_000_000, total=1_000_000_000))


def billed_by_key() -> Overview:
    """A key in a shell profile goes before the plan's sign-in."""
    key = Evidence(source="file", file="/home/user/.zshrc", line=12, variable="ANTHROPIC_API_KEY")
    said = Verdict(
        mode=Mode.INTERACTIVE, route=Route.API_KEY, certainty=Certainty.CERTAIN, because=(key,), would_warn=True
    )
    view = BillingView(
        provider="claude",
        tool="Claude Code",
        typed="claude",
        headless="claude -p",
        check="type /status",
        home="/home/user/.claude",
        user_home="/home/user",
        looked_at=NOW,
        profiles_read=True,
        verdicts=(said,),
    )
    return overview(claude(billing=view), codex(), billing=(view,))


def tool(provider: str, **more: object) -> FoundTool:
    """As it is found, in the words it really has."""
    its = next(each for each in discover() if each.id == provider)
    return FoundTool(provider=its.id, name=its.name, reads=its.reads, connected=False, **more)  # type: ignore[arg-type]


def first_run() -> Overview:
    every = {each.id: each for each in discover()}
    hooks = tuple((hook.id, hook.explains, False) for hook in every["claude"].hooks)
    (gh,) = [each for each in every["copilot"].strategies if each.id == "gh"]
    found = (tool("claude", hooks=hooks), tool("codex"))
    asking = tool("copilot", is_free=False, asks=(("gh", gh.label, gh.consent, False),))
    keyed = (("anthropic_admin", "Anthropic API"), ("minimax", "MiniMax"), ("kimi", "Kimi"), ("zai", "Z.ai"))
    return overview(first_run=True, found=(*found, asking), checked_at=None, missing=("Kimi", "Gemini"), keyed=keyed)


def nothing_found() -> Overview:
    return overview(first_run=True, checked_at=None, missing=("Claude Code", "Codex"))


def hostile() -> Overview:
    """Names that try to be markup, to turn the line round, and to be endless."""
    evil = "<b>\u202ebold\u202c</b> &amp; \x1b[31m%s{0}\n" + "W" * 10_000
    return overview(claude(window("x", evil, evil, 0.5, local(23, 9), source=evil), label=evil, plan=evil))


MOMENTS = {
    "calm": calm,
    "warning": warning,
    "critical": critical,
    "locked": locked,
    "paying": paying,
    "offline": offline,
    "states": states,
    "costs": costs,
    "billed_by_key": billed_by_key,
    "first_reading": first_reading,
    "first_run": first_run,
    "nothing_found": nothing_found,
    "hostile": hostile,
}
