"""Gemini Code Assist: the day's requests of each family of models, asked for with the sign-in of Gemini CLI.

Source: two private calls that the CLI's own `/stats` makes, shapes read on 2026-11-20: `loadCodeAssist` tells the
project and the plan, `retrieveUserQuota` what is LEFT, as a fraction from 0 to 1, in several buckets for one model
(the lowest counts). A bucket without a fraction is used up if it says when it resets, else unknown; a reset in 1970
means that there is none. Since 2026-06-18 individual, AI Pro and AI Ultra accounts are no longer answered (403): they
were moved to Antigravity. The token lives an hour and is never renewed here: that would take the CLI's own secret.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from usagetray.errors import Cause, SourceError
from usagetray.model import Account, Secret, Snapshot, UsageWindow
from usagetray.providers import sign_in
from usagetray.providers.contract import Facts, HomeRule, LocalFile, Provider, Strategy, Web
from usagetray.providers.parse import Answer, account_of_home, decode, unread

ID = "gemini"
SOURCE = "Gemini"
STRATEGY_ID = "quota"
PLAN_PATH, QUOTA_PATH = "/v1internal:loadCodeAssist", "/v1internal:retrieveUserQuota"
ABOUT_US = {"metadata": {"ideType": "IDE_UNSPECIFIED", "pluginType": "PLUGIN_UNSPECIFIED"}}
"""The CLI says here who it is; we are somebody else."""
DAY = timedelta(days=1)
FAMILIES = (("flash-lite", "Flash-Lite"), ("flash", "Flash"), ("pro", "Pro"))
"""Part of a model's id, and the name of those that share a quota; the first that fits."""
NEVER = "1970-01-01"
BY_KEY = ("gemini-api-key", "vertex-ai")
SIGN_IN = LocalFile(name="sign-in", place=lambda home: home.path / "oauth_creds.json", most=1024 * 1024)
CHOICE = LocalFile(name="settings", place=lambda home: home.path / "settings.json", most=1024 * 1024)


def token(facts: Facts) -> Secret:
    """The token that may be sent now. Raises what is wrong with the sign-in, without asking anybody."""
    choice, file = facts.file(CHOICE.name), facts.file(SIGN_IN.name)
    chosen = Answer(decode(choice.content) if choice else {})
    if (chosen.text("security", "auth", "selectedType") or chosen.text("selectedAuthType")) in BY_KEY:
        raise SourceError(SOURCE, Cause.NOT_CONNECTED, "Gemini CLI works with an API key here, which has no such quota")
    if file is None:
        raise SourceError(SOURCE, Cause.NOT_CONNECTED, "Gemini CLI keeps no sign-in file here")
    body = decode(file.content)
    if not isinstance(body, dict):
        raise SourceError(SOURCE, Cause.CREDENTIAL_MALFORMED, "the sign-in file is no JSON object")
    answer = Answer(body)
    secret = sign_in.token(SOURCE, answer.raw("access_token"), nobody="nobody is signed in to Gemini CLI")
    sign_in.still_valid(SOURCE, answer.instant("expiry_date"), facts.now, renewed_by="run gemini once: it renews it")
    return secret


def credential(facts: Facts) -> Secret | None:
    try:
        return token(facts)
    except SourceError:
        return None


def fetch(facts: Facts, web: Web | None) -> tuple[Snapshot, ...]:
    secret = token(facts)
    if web is None:
        raise SourceError(SOURCE, Cause.NOT_CONNECTED, "asking Google is not allowed")
    plan = Answer(web.post_json(PLAN_PATH, ABOUT_US, bearer=secret))
    project = _project(plan)
    answer = Answer(web.post_json(QUOTA_PATH, {"project": project} if project else {}, bearer=secret))
    windows = windows_of(answer)
    if not windows:
        raise SourceError(SOURCE, Cause.BAD_DATA, unread("no quota in the answer could be read", answer))
    return (
        Snapshot(
            provider_id=ID,
            strategy_id=STRATEGY_ID,
            account=_account(facts, plan.text("paidTier", "name") or plan.text("currentTier", "name")),
            captured_at=facts.now,
            windows=windows,
            dropped=(*plan.dropped, *answer.dropped),
        ),
    )


def _project(plan: Answer) -> str | None:
    told = plan.raw("cloudaicompanionProject")
    if isinstance(told, dict):
        return plan.text("cloudaicompanionProject", "id") or plan.text("cloudaicompanionProject", "projectId")
    return plan.text("cloudaicompanionProject")


def _account(facts: Facts, plan: str | None) -> Account:
    file = facts.file(SIGN_IN.name)
    said = sign_in.claims(Answer(decode(file.content) if file else {}).raw("id_token"))
    here = account_of_home(facts.home)
    return Account(id=said.text("sub") or here.id, label=said.text("hd") or here.label, plan=plan)


def windows_of(answer: Answer) -> tuple[UsageWindow, ...]:
    """One for each family of models, with the fullest of its buckets; those of which nothing is known come along."""
    fullest: dict[str, UsageWindow] = {}
    for row in answer.rows("buckets"):
        window = _window(row)
        if window is not None:
            other = fullest.get(window.key)
            if other is None or (window.utilization or -1) > (other.utilization or -1):
                fullest[window.key] = window
    return tuple(fullest.values())


def _window(row: Answer) -> UsageWindow | None:
    model = row.text("modelId")
    if model is None:
        return None
    never = (row.text("resetTime") or "").startswith(NEVER)
    resets_at = None if never else row.instant("resetTime")
    left = row.number("remainingFraction")
    if left is not None and left > 1:
        row.drop("remainingFraction")
        left = resets_at = None
    elif left is None and resets_at is not None and "remainingFraction" not in row.names():
        left = Decimal(0)
    family = next((name for part, name in FAMILIES if part in model.lower()), model)
    return UsageWindow(
        key=family.lower(),
        label="Day",
        scope=f"{family} only",
        utilization=None if left is None else round(float(1 - left), 9),
        resets_at=resets_at,
        length=DAY,
        model=family,
        locks=False,
    )


PROVIDER = Provider(
    id=ID,
    name=SOURCE,
    homes=HomeRule(default="~/.gemini"),
    strategies=(
        Strategy(
            id=STRATEGY_ID,
            label="Google",
            needs=(SIGN_IN, CHOICE),
            fetch=fetch,
            consent=(
                "Reads the sign-in that Gemini CLI keeps in oauth_creds.json and sends its token to "
                "cloudcode-pa.googleapis.com, and nowhere else, every 10 minutes, to ask how much of your limits is "
                "used. The token stays in memory: it is never stored, renewed or written to a log."
            ),
            origin="https://cloudcode-pa.googleapis.com",
            poll_every=timedelta(minutes=10),
            when_refused=(
                "Google moved individual accounts to Antigravity, which is not read here. If yours is one of them: "
                "usagetray disconnect gemini"
            ),
            credential=credential,
        ),
    ),
    signs=(SIGN_IN, CHOICE),
    reads="Nothing is read without asking: that Gemini CLI is used here shows by its files.",
)
