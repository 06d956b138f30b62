"""Codex: asking ChatGPT's server for the limits, with the sign-in that the Codex CLI keeps.

Source: GET /backend-api/wham/usage, undocumented, shapes as of 2026-10. Off until the user allows it. The token is
read anew for each request, goes to chatgpt.com only, and is never renewed: a refresh token used twice signs the
user out everywhere. `chatgpt_base_url` in Codex's settings is not followed: no file steers where a token goes.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from usagetray.errors import Cause, SourceError
from usagetray.model import Account, Secret, Snapshot
from usagetray.providers.codex.limits import usage_answer
from usagetray.providers.codex.sessions import PROVIDER_ID
from usagetray.providers.contract import Facts, LocalFile, Strategy, Web
from usagetray.providers.parse import Answer, account_of_home, decode, unread

ID = "usage_endpoint"
SOURCE = "Codex"
PATHS = ("/backend-api/wham/usage", "/backend-api/codex/usage")
"""The second answers the same where the first is met with a challenge page or is gone."""
ELSEWHERE = frozenset(
    {(Cause.NOT_ALLOWED, "challenge page"), (Cause.BAD_DATA, "challenge page"), (Cause.BAD_DATA, "answered 404")}
)
"""How a path that does not serve us answers; a 429 or 5xx page says nothing of the path, and counts as asked."""
CLAIMS = "https://api.openai.com/auth"
BY_KEY = "apikey"
MOST_TOKEN = 16_384
AUTH = LocalFile(name="auth", place=lambda home: home.path / "auth.json", most=1024 * 1024)


def sign_in(facts: Facts) -> tuple[Secret, str | None]:
    """The token that may be sent now and the account it is for. Raises what is wrong, without asking anybody."""
    file = facts.file(AUTH.name)
    if file is None:
        raise SourceError(SOURCE, Cause.NOT_CONNECTED, "Codex keeps no sign-in file here")
    body = decode(file.content)
    if not isinstance(body, dict):
        raise SourceError(SOURCE, Cause.CREDENTIAL_MALFORMED, "the sign-in file is no JSON object")
    answer = Answer(body)
    # Files from before there was a mode hold a key instead of a sign-in, or nothing.
    mode = answer.text("auth_mode") or (BY_KEY if answer.text("OPENAI_API_KEY") else "")
    if mode.lower() == BY_KEY:
        raise SourceError(SOURCE, Cause.NOT_CONNECTED, "Codex works with an API key here, no plan stands behind it")
    tokens = answer.sub("tokens")
    text = (tokens.raw("access_token") or tokens.raw("accessToken")) if tokens else None
    if text is None or text == "":
        raise SourceError(SOURCE, Cause.NOT_CONNECTED, "nobody is signed in with ChatGPT")
    if (
        not isinstance(text, str)
        or len(text) > MOST_TOKEN
        or not text.isascii()
        or not text.isprintable()
        or " " in text
    ):
        raise SourceError(SOURCE, Cause.CREDENTIAL_MALFORMED, "the token cannot be sent")
    claims = _claims(text)
    expires_at = claims.instant("exp")
    if expires_at is not None and expires_at <= facts.now:
        raise SourceError(SOURCE, Cause.EXPIRED, "run codex once: it renews its sign-in")
    stated = (tokens.text("account_id") or tokens.text("accountId")) if tokens else None
    return Secret(text), stated or claims.text(CLAIMS, "chatgpt_account_id")


def _claims(token: str) -> Answer:
    """What a token says of itself; nothing if it is not of the kind that does. Not verified: it is only looked at."""
    parts = token.split(".")
    if len(parts) != 3:
        return Answer({})
    try:
        body = decode(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        body = None
    return Answer(body if isinstance(body, dict) else {})


def credential(facts: Facts) -> Secret | None:
    try:
        return sign_in(facts)[0]
    except SourceError:
        return None


def fetch(facts: Facts, web: Web | None) -> tuple[Snapshot, ...]:
    token, account_id = sign_in(facts)
    if web is None:
        raise SourceError(SOURCE, Cause.NOT_CONNECTED, "asking ChatGPT is not allowed")
    headers = {"ChatGPT-Account-Id": account_id} if account_id and account_id.isascii() else {}
    body = _answer(web, token, headers)
    if not isinstance(body, dict):
        raise SourceError(SOURCE, Cause.BAD_DATA, "the answer is no JSON object")
    answer = Answer(body)
    echoed = answer.text("account_id")
    if account_id and echoed and echoed != account_id:
        raise SourceError(SOURCE, Cause.CHANGED, "the answer names another account")
    found = usage_answer(answer, facts.now)
    if not (found.windows or found.money or found.plan):
        raise SourceError(SOURCE, Cause.BAD_DATA, unread("no limit in the answer could be read", answer))
    owner = account_id or echoed
    account = Account(id=owner) if owner else account_of_home(facts.home)
    return (
        Snapshot(
            provider_id=PROVIDER_ID,
            strategy_id=ID,
            account=Account(id=account.id, label=account.label, plan=found.plan),
            captured_at=facts.now,
            windows=found.windows,
            money=found.money,
            dropped=tuple(answer.dropped),
        ),
    )


def _answer(web: Web, token: Secret, headers: Mapping[str, str]) -> Any:
    """From the first path that serves us. Which one it was is not remembered: the next attempt begins anew."""
    first: SourceError | None = None
    for path in PATHS:
        try:
            return web.get_json(path, bearer=token, headers=headers)
        except SourceError as error:
            if (error.cause, error.detail) not in ELSEWHERE:
                raise
            first = first or error
    assert first is not None  # noqa: S101 - there is more than one path
    raise first


STRATEGY = Strategy(
    id=ID,
    label="ChatGPT",
    needs=(AUTH,),
    fetch=fetch,
    consent=(
        "Reads the sign-in that Codex keeps in auth.json and sends its token to chatgpt.com, and nowhere else, to "
        "ask how much of your limits is used, also from other machines. The token stays in memory: it is never "
        "stored, renewed or written to a log."
    ),
    origin="https://chatgpt.com",
    credential=credential,
)
