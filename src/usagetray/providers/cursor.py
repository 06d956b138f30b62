"""Cursor: the month's included use and what is spent on demand, from the editor's own dashboard server.

Source: two undocumented answers of the dashboard, shapes read on 2026-11-20; sums are in US cents, percentages from 0
to 100 (0.4 means 0.4 %). `GetCurrentPeriodUsage` takes the token that the editor keeps in its state database, which
is read as immutable: a token just renewed may be missing there until the editor's next checkpoint. `usage-summary`
takes the session cookie of cursor.com, typed by the user; it also tells plan and team. A bonus may carry use over the
limit, so a full month does not lock while the automatic models have room. Plans counted in requests are not read.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial

from usagetray.errors import Cause, SourceError
from usagetray.model import Account, Money, MoneyKind, MoneyLine, Secret, Snapshot, UsageWindow
from usagetray.providers import sign_in
from usagetray.providers.contract import (
    Facts,
    HomeRule,
    Key,
    LocalFile,
    Provider,
    SqliteValue,
    StatusPage,
    Strategy,
    Web,
)
from usagetray.providers.parse import Answer, account_of_home, decode, full_at_most, part, unread

ID = "cursor"
SOURCE = "Cursor"
PERIOD, SUMMARY = "period", "summary"
PERIOD_PATH = "/aiserver.v1.DashboardService/GetCurrentPeriodUsage"
SUMMARY_PATH = "/api/usage-summary"
COOKIE = "WorkosCursorSessionToken"
STATE = LocalFile(name="state", place=lambda home: home.path / "User" / "globalStorage" / "state.vscdb")
TOKEN = SqliteValue(name="token", place=STATE.place, table="ItemTable", key="cursorAuth/accessToken")
KEY = Key(name="cookie", label=f"value of the cookie {COOKIE}")
POLL = timedelta(minutes=10)
PLANS = {"pro_plus": "Pro+"}


def session(facts: Facts) -> Secret:
    """The editor's token that may be sent now. Raises what is wrong with it, without asking anybody."""
    file = facts.file(TOKEN.name)
    content = file.content if file else b""
    text = content.decode("utf-16-le" if content[1:2] == b"\0" else "utf-8", "replace")
    secret = sign_in.token(SOURCE, decode(text) if text.startswith('"') else text, nobody="nobody is signed in")
    ends_at = sign_in.claims(secret.reveal()).instant("exp")
    sign_in.still_valid(SOURCE, ends_at, facts.now, renewed_by="open Cursor: it renews its sign-in")
    return secret


def credential(facts: Facts) -> Secret | None:
    try:
        return session(facts)
    except SourceError:
        return None


def cookie(facts: Facts) -> Secret | None:
    secret = facts.secrets.get(KEY.name)
    return Secret(secret.reveal().removeprefix(f"{COOKIE}=")) if secret else None


def fetch_period(facts: Facts, web: Web | None) -> tuple[Snapshot, ...]:
    secret = session(facts)
    if web is None:
        raise SourceError(SOURCE, Cause.NOT_CONNECTED, "asking Cursor is not allowed")
    answer = Answer(web.post_json(PERIOD_PATH, {}, bearer=secret, headers={"Connect-Protocol-Version": "1"}))
    owner = sign_in.claims(secret.reveal()).text("sub")
    return period(facts, answer, owner.rpartition("|")[2] if owner else account_of_home(facts.home).id)


def period(facts: Facts, answer: Answer, owner: str) -> tuple[Snapshot, ...]:
    spent = answer.sub("spendLimitUsage") or Answer({})
    is_team = spent.text("limitType") == "team" or spent.number("pooledLimit") is not None
    lines = (
        _on_demand(spent, "individualUsed", "individualLimit") if not is_team else None,
        _line("Team pool", spent.number("pooledUsed"), spent.number("pooledLimit"), MoneyKind.BUDGET),
    )
    return _told(facts, PERIOD, owner, answer, answer.sub("planUsage"), lines)


def fetch_summary(facts: Facts, web: Web | None) -> tuple[Snapshot, ...]:
    secret = cookie(facts)
    if secret is None or web is None:
        raise SourceError(SOURCE, Cause.NOT_CONNECTED, "there is no cookie")
    try:
        answer = Answer(web.get_json(SUMMARY_PATH, bearer=secret, auth=f"Cookie: {COOKIE}={{}}"))
    except SourceError as error:
        if error.cause is Cause.PORTAL:  # of a session that has ended, it shows the page to sign in at
            raise SourceError(SOURCE, Cause.REFUSED, "the session has ended") from None
        raise
    owner = secret.reveal().replace("%3A", ":").partition("::")
    return summary(facts, answer, owner[0] if owner[1] else account_of_home(facts.home).id)


def summary(facts: Facts, answer: Answer, owner: str) -> tuple[Snapshot, ...]:
    own, team = answer.sub("individualUsage") or Answer({}), answer.sub("teamUsage") or Answer({})
    on_demand, of_team, pool = own.sub("onDemand"), team.sub("onDemand"), team.sub("pooled") or Answer({})
    lines = (
        _on_demand(on_demand) if on_demand and answer.text("limitType") != "team" else None,
        _on_demand(of_team, label="Team on-demand") if of_team else None,
        _line("Team pool", pool.number("used"), pool.number("limit"), MoneyKind.BUDGET),
    )
    return _told(facts, SUMMARY, owner, answer, own.sub("plan"), lines)


def _told(
    facts: Facts,
    strategy_id: str,
    owner: str,
    answer: Answer,
    plan: Answer | None,
    lines: tuple[MoneyLine | None, ...],
) -> tuple[Snapshot, ...]:
    windows = _windows(answer, plan or Answer({}))
    money = tuple(line for line in lines if line is not None)
    if not windows and not money:
        raise SourceError(SOURCE, Cause.BAD_DATA, unread("no figure in the answer could be read", answer))
    kind = answer.text("membershipType")
    return (
        Snapshot(
            provider_id=ID,
            strategy_id=strategy_id,
            account=Account(id=owner, plan=PLANS.get(kind, kind.replace("_", " ").title()) if kind else None),
            captured_at=facts.now,
            windows=windows,
            money=money,
            dropped=tuple(answer.dropped),
        ),
    )


def _windows(answer: Answer, plan: Answer) -> tuple[UsageWindow, ...]:
    starts_at, ends_at = answer.instant("billingCycleStart"), answer.instant("billingCycleEnd")
    length = ends_at - starts_at if starts_at and ends_at and starts_at < ends_at else None
    window = partial(UsageWindow, label="Month", resets_at=ends_at, length=length)
    if answer.flag("isUnlimited"):
        return (window(key="month", utilization=None, unlimited=True),)
    auto, api = plan.filled("autoPercentUsed"), plan.filled("apiPercentUsed")
    used = plan.filled("totalPercentUsed")
    if used is None:
        used = part(plan.number(plan.pick("used", "includedSpend")), plan.number("limit"))
        used = None if used is None else full_at_most(min(used, 1.0))
    has_room = auto is not None and auto < 1
    return tuple(
        window(key=key, scope=scope, utilization=share, locks=locks)
        for key, scope, share, locks in (
            ("month", "", used, not has_room),
            ("auto", "Auto", auto, False),
            ("api", "API", api, False),
        )
        if share is not None
    )


def _on_demand(row: Answer, used: str = "used", limit: str = "limit", *, label: str = "On-demand") -> MoneyLine | None:
    """What is paid on top of the plan. Without a word on it, it is on unless its limit is nothing."""
    spent, most = row.number(used), row.number(limit)
    told = row.flag("enabled")
    enabled = most != 0 if told is None else told
    has_room = most is None or (spent is not None and spent < most)
    return _line(label, spent, most, MoneyKind.OVERAGE, enabled=enabled, covers=enabled and has_room)


def _line(
    label: str,
    used: Decimal | None,
    limit: Decimal | None,
    kind: MoneyKind,
    *,
    enabled: bool | None = None,
    covers: bool = False,
) -> MoneyLine | None:
    """Sums given in cents; None without any."""
    if used is None and limit is None:
        return None
    spent, most = (None if cents is None else Money(amount=cents / 100, currency="USD") for cents in (used, limit))
    return MoneyLine(
        kind=kind,
        label=label,
        used=spent,
        limit=most,
        period="month",
        enabled=enabled,
        unlimited=enabled is True and limit is None,
        covers=covers,
    )


PROVIDER = Provider(
    id=ID,
    name=SOURCE,
    homes=HomeRule(
        default="~/.config/Cursor",
        elsewhere={
            "linux": ("$XDG_CONFIG_HOME/Cursor",),
            "darwin": ("~/Library/Application Support/Cursor",),
            "win32": ("$APPDATA/Cursor", "~/AppData/Roaming/Cursor"),
        },
    ),
    strategies=(
        Strategy(
            id=PERIOD,
            label="Cursor’s server",
            needs=(TOKEN,),
            fetch=fetch_period,
            consent=(
                "Reads the session token that the Cursor editor keeps in state.vscdb and sends it to api2.cursor.sh, "
                "and nowhere else, every 10 minutes, to ask how much of your plan is used. The file is not locked or "
                "changed; the token stays in memory: it is never stored, renewed or written to a log."
            ),
            origin="https://api2.cursor.sh",
            poll_every=POLL,
            credential=credential,
        ),
        Strategy(
            id=SUMMARY,
            label="cursor.com",
            needs=(KEY,),
            fetch=fetch_summary,
            consent=(
                f"Keeps the value of your browser’s cookie {COOKIE} for cursor.com in your system’s key store and "
                "sends it to cursor.com, and nowhere else, every 10 minutes, to ask how much of your plan is used. "
                "It is as good as your sign-in there. For those without the editor here, and for teams."
            ),
            origin="https://cursor.com",
            poll_every=POLL,
            credential=cookie,
        ),
    ),
    signs=(STATE,),
    reads="Nothing is read without asking: that Cursor is used here shows by its files.",
    status_page=StatusPage(origin="https://status.cursor.com", components=("IDE", "Chat", "Tab", "Agent", "API")),
)
