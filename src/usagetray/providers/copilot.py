"""GitHub Copilot: the month's AI credits or premium requests, asked for with the user's own GitHub token.

Source: GET /copilot_internal/user, undocumented, the one that editors ask; shapes read on 2026-11-20. The token is
the one that the user's own `gh` hands out each time it is asked, or one they typed: it is nobody else's, and no
editor's client id is used. Some accounts are answered this way, others with 401, 403 or 404: then it stops until the
user asks again. What editors keep in their folder only shows that Copilot is used here; it is never opened.
What is LEFT is stated, in percent that may be negative (over quota) and in counts; since 2026-06-01 the counts of
most plans are AI credits. No allowance and nothing left, without "unlimited", means that nothing is known, whatever
the percentage says. Free plans have two lists instead, of allowances and of what is left of them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from usagetray.errors import Cause, SourceError
from usagetray.model import Account, Money, MoneyKind, MoneyLine, Secret, Snapshot, UsageWindow
from usagetray.providers import sign_in
from usagetray.providers.contract import (
    Facts,
    HomeRule,
    Key,
    LocalFile,
    Program,
    Provider,
    StatusPage,
    Strategy,
    Web,
)
from usagetray.providers.parse import Answer, month_before, number_of, part, text_of, unread

ID = "copilot"
SOURCE = "Copilot"
ORIGIN = "https://api.github.com"
PATH = "/copilot_internal/user"
HEADERS = {"X-GitHub-Api-Version": "2025-04-01"}
ELSEWHERE = "It shows your usage at github.com/settings/billing. Refresh to ask again."
GH = Program(
    name="gh",
    places=("/opt/homebrew/bin/gh", "/usr/local/bin/gh", "~/.local/bin/gh", "/Program Files/GitHub CLI/gh.exe"),
    # Where it keeps its sign-in: folders, and the way to the system's key store.
    environ=("GH_CONFIG_DIR", "XDG_CONFIG_HOME", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"),
    within_s=5.0,
)
TOLD = ("auth", "token", "--hostname", "github.com")
KEY = Key(name="token", label="GitHub token")
PREMIUM, CHAT = "premium_interactions", "chat"
NO_COPILOT = "no Copilot stands behind this token"
REASONS = {NO_COPILOT: "No Copilot plan stands behind this GitHub account, or it is not told to this token."}
NAMES = {CHAT: "chat", "completions": "completions"}
PLANS = {"individual": "Pro", "individual_pro": "Pro+", "individual_max": "Max"}
MOST_LEFT, MOST_OVER = Decimal(100), Decimal(-100_000)  # percent


def of_gh(facts: Facts) -> Secret:
    run = facts.programs.get(GH.name)
    if run is None:
        raise SourceError(SOURCE, Cause.NOT_CONNECTED, "the gh program was not found")
    try:
        said = run(TOLD, b"", lambda line: bool(line.strip()), {})
    except SourceError as error:
        if error.cause is Cause.BAD_DATA:  # it ended without a word on its standard output
            raise SourceError(SOURCE, Cause.NOT_CONNECTED, "gh is not signed in to github.com") from None
        raise
    return sign_in.token(SOURCE, said.decode("utf-8", "replace"), nobody="gh is not signed in to github.com")


def of_user(facts: Facts) -> Secret:
    secret = facts.secrets.get(KEY.name)
    if secret is None:
        raise SourceError(SOURCE, Cause.NOT_CONNECTED, "there is no token")
    return secret


def fetch(strategy_id: str, secret: Secret, facts: Facts, web: Web | None) -> tuple[Snapshot, ...]:
    if web is None:
        raise SourceError(SOURCE, Cause.NOT_CONNECTED, "asking GitHub is not allowed")
    try:
        answer = Answer(web.get_json(PATH, bearer=secret, headers=HEADERS, auth="Authorization: token {}"))
    except SourceError as error:
        if error.detail == "answered 404":
            raise SourceError(SOURCE, Cause.NOT_ALLOWED, NO_COPILOT) from None
        raise
    windows = (*_metered(answer), *_free(answer))
    if not windows:
        raise SourceError(SOURCE, Cause.BAD_DATA, unread("no quota in the answer could be read", answer))
    login = answer.text("login")
    return (
        Snapshot(
            provider_id=ID,
            strategy_id=strategy_id,
            account=Account(id=login or "default", label=login, plan=_plan(answer)),
            captured_at=facts.now,
            windows=windows,
            money=_money(answer),
            dropped=tuple(answer.dropped),
        ),
    )


def _metered(answer: Answer) -> tuple[UsageWindow, ...]:
    """Of plans with snapshots: what is counted; what is without limit only where nothing is counted."""
    said = answer.sub("quota_snapshots") or Answer({})
    found = [_window(name, one, answer) for name in said.names() if (one := said.sub(name)) is not None]
    counted = tuple(each for each in found if each.utilization is not None)
    return tuple(each for each in found if not each.unlimited) if counted else tuple(found)


def _window(name: str, row: Answer, answer: Answer) -> UsageWindow:
    unlimited = row.flag("unlimited") is True
    is_known = not unlimited and not _is_placeholder(row)
    resets_at = row.instant("quota_reset_at") or _resets_at(answer)
    counted = "AI credits" if answer.flag("token_based_billing") else "premium requests"
    return UsageWindow(
        key=name,
        label="Month",
        scope=counted if name == PREMIUM else NAMES.get(name, name[:32]),
        utilization=_used(row) if is_known else None,
        resets_at=None if unlimited else resets_at,
        length=_length(resets_at),
        locks=name == PREMIUM,
        unlimited=unlimited,
    )


def _is_placeholder(row: Answer) -> bool:
    """No allowance and nothing left; where neither is told, only a percentage under 100 says anything."""
    counts = row.number("entitlement"), _signed(row, row.pick("remaining", "quota_remaining"))
    if counts == (None, None):
        return _signed(row, "percent_remaining") in (None, MOST_LEFT)
    return not any(counts)


def _used(row: Answer) -> float | None:
    left = _signed(row, "percent_remaining")
    if left is not None and MOST_OVER <= left <= MOST_LEFT:
        return round(float(1 - left / 100), 9)
    if left is not None:
        row.drop("percent_remaining")
    return _spent(row.number("entitlement"), _signed(row, row.pick("remaining", "quota_remaining")))


def _free(answer: Answer) -> tuple[UsageWindow, ...]:
    """Of the free plan, which has no snapshots; where one of the pair is missing, nothing is known."""
    total, left = answer.sub("monthly_quotas") or Answer({}), answer.sub("limited_user_quotas") or Answer({})
    if answer.raw("quota_snapshots") is not None:
        return ()
    resets_at = answer.instant("limited_user_reset_date") or _resets_at(answer)
    return tuple(
        UsageWindow(
            key=name,
            label="Month",
            scope=NAMES.get(name, name[:32]),
            utilization=_spent(total.number(name), left.number(name)),
            resets_at=resets_at,
            length=_length(resets_at),
            locks=False,
        )
        for name in dict.fromkeys((*total.names(), *left.names()))
    )


def _spent(total: Decimal | None, left: Decimal | None) -> float | None:
    return part(total - left, total) if total and left is not None and left <= total else None


def _money(answer: Answer) -> tuple[MoneyLine, ...]:
    """Credits where they are counted, and that use goes on at the user's cost where they have allowed it."""
    row = (answer.sub("quota_snapshots") or Answer({})).sub(PREMIUM) or Answer({})
    used, total = row.number("credits_used"), row.number("entitlement")
    found = []
    if used is not None:
        limit = Money(amount=total, currency="credits") if total else None
        spent = Money(amount=used, currency="credits")
        found.append(MoneyLine(kind=MoneyKind.CREDITS, label="AI credits", used=spent, limit=limit, period="month"))
    if row.flag("overage_permitted"):
        found.append(MoneyLine(kind=MoneyKind.OVERAGE, label="Extra use", enabled=True, covers=True))
    return tuple(found)


def _plan(answer: Answer) -> str | None:
    if (answer.text("access_type_sku") or "").startswith("free"):
        return "Free"
    plan = answer.text("copilot_plan")
    return PLANS.get(plan, plan.replace("_", " ").title()) if plan else None


def _resets_at(answer: Answer) -> datetime | None:
    return answer.instant(answer.pick("quota_reset_date_utc", "quota_reset_date"))


def _length(resets_at: datetime | None) -> timedelta | None:
    return resets_at - month_before(resets_at) if resets_at else None


def _signed(row: Answer, name: str) -> Decimal | None:
    """A number that may be below zero, which elsewhere is none."""
    value = row.raw(name)
    if isinstance(value, int | float) and value < 0:
        below = number_of(-value)
    elif (text := text_of(value)) and text.startswith("-"):
        below = number_of(text[1:])
    else:
        return row.number(name)
    if below is None:
        row.drop(name)
    return None if below is None else -below


PROVIDER = Provider(
    id=ID,
    name=SOURCE,
    homes=HomeRule(
        default="~/.config/github-copilot",
        elsewhere={
            "linux": ("$XDG_CONFIG_HOME/github-copilot",),
            "win32": ("$LOCALAPPDATA/github-copilot", "~/AppData/Local/github-copilot"),
        },
    ),
    strategies=(
        Strategy(
            id="gh",
            label="GitHub, by your gh",
            needs=(GH,),
            fetch=lambda facts, web: fetch("gh", of_gh(facts), facts, web),
            consent=(
                "Asks your own gh program for your GitHub token and sends it to api.github.com, and nowhere else, "
                "every 15 minutes, to ask how much of your Copilot plan is used. The token stays in memory: it is "
                "never stored, renewed or written to a log. GitHub does not answer this for every account."
            ),
            origin=ORIGIN,
            poll_every=timedelta(minutes=15),
            when_refused=f"GitHub does not answer this for gh tokens of your account. {ELSEWHERE}",
            reasons=REASONS,
        ),
        Strategy(
            id="token",
            label="GitHub, by your token",
            needs=(KEY,),
            fetch=lambda facts, web: fetch("token", of_user(facts), facts, web),
            consent=(
                "Keeps a GitHub token of yours in your system’s key store and sends it to api.github.com, and nowhere "
                "else, every 15 minutes, to ask how much of your Copilot plan is used. For those without gh; GitHub "
                "does not answer this for every kind of token."
            ),
            origin=ORIGIN,
            poll_every=timedelta(minutes=15),
            when_refused=f"GitHub does not answer this for your token. {ELSEWHERE}",
            reasons=REASONS,
            credential=lambda facts: facts.secrets.get(KEY.name),
        ),
    ),
    signs=(
        LocalFile(name="apps", place=lambda home: home.path / "apps.json"),
        LocalFile(name="hosts", place=lambda home: home.path / "hosts.json"),
    ),
    reads="Nothing is read without asking: that Copilot is used here shows by its folder.",
    status_page=StatusPage(origin="https://www.githubstatus.com", components=("Copilot",)),
)
