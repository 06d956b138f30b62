"""Claude: asking Anthropic for the limits, with the sign-in that Claude Code keeps.

Source: GET /api/oauth/usage, undocumented, shape as of 2026-09-29. Reads another program's token, so it is
off until the user allows it; the token is never stored, renewed or logged, and goes to this origin only.
Anthropic throttles this endpoint for other programs than its own.
"""

from __future__ import annotations

from datetime import timedelta

from usagetray.errors import Cause, SourceError
from usagetray.model import Secret, Snapshot
from usagetray.providers.claude import identity
from usagetray.providers.claude.limits import stated
from usagetray.providers.contract import Facts, LocalFile, Strategy, Web
from usagetray.providers.parse import Answer, account_of_home, decode

ID = "usage_endpoint"
PATH = "/api/oauth/usage"
HEADERS = {"anthropic-beta": "oauth-2025-04-20"}
SCOPE = "user:profile"
"""Tokens made by `claude setup-token` lack it, and are refused with 403."""
EARLY = timedelta(seconds=60)
"""A token this near its end may be dead on arrival; only Claude Code may renew it."""
MOST_TOKEN = 8192
CREDENTIALS = LocalFile(name="credentials", place=lambda home: home.path / ".credentials.json", most=1024 * 1024)


def token(facts: Facts) -> Secret:
    """The token that may be sent now. Raises what is wrong with the sign-in, without asking anybody."""
    file = facts.file(CREDENTIALS.name)
    if file is None:
        raise SourceError(identity.SOURCE, Cause.NOT_CONNECTED, "Claude Code keeps no sign-in file here")
    body = decode(file.content)
    if not isinstance(body, dict):
        raise SourceError(identity.SOURCE, Cause.CREDENTIAL_MALFORMED, "the sign-in file is no JSON object")
    answer = Answer(body)
    login = answer.sub("claudeAiOauth")
    text = login.raw("accessToken") if login else None
    if answer.dropped or not isinstance(text, str | None):
        raise SourceError(identity.SOURCE, Cause.CREDENTIAL_MALFORMED, "the sign-in has another shape")
    if login is None or text is None or not text.strip():
        raise SourceError(identity.SOURCE, Cause.NOT_CONNECTED, "nobody is signed in to Claude Code")
    if len(text) > MOST_TOKEN or not text.isascii() or not text.isprintable() or " " in text:
        raise SourceError(identity.SOURCE, Cause.CREDENTIAL_MALFORMED, "the token cannot be sent")
    expires_at = login.instant("expiresAt")
    if expires_at is not None and expires_at <= facts.now + EARLY:
        raise SourceError(identity.SOURCE, Cause.EXPIRED, "open Claude Code: it renews its sign-in")
    scopes = login.raw("scopes")
    if isinstance(scopes, str):
        scopes = scopes.split()
    if isinstance(scopes, list) and SCOPE not in scopes:
        raise SourceError(identity.SOURCE, Cause.NOT_ALLOWED, f"the sign-in lacks the right {SCOPE}")
    return Secret(text)


def credential(facts: Facts) -> Secret | None:
    try:
        return token(facts)
    except SourceError:
        return None


def fetch(facts: Facts, web: Web | None) -> tuple[Snapshot, ...]:
    secret = token(facts)
    account = identity.account(identity.config(facts)) or account_of_home(facts.home)
    if web is None:
        raise SourceError(identity.SOURCE, Cause.NOT_CONNECTED, "asking Anthropic is not allowed")
    body = web.get_json(PATH, bearer=secret, headers=HEADERS)
    if not isinstance(body, dict):
        raise SourceError(identity.SOURCE, Cause.BAD_DATA, "the answer is no JSON object")
    answer = Answer(body)
    # All null is how accounts without windows look; nothing known at all is another kind of answer.
    is_all_null = not answer.names() and "five_hour" in body
    return (stated(ID, account, facts.now, answer, may_be_empty=is_all_null),)


STRATEGY = Strategy(
    id=ID,
    label="Anthropic",
    needs=(*identity.NEEDS, CREDENTIALS),
    fetch=fetch,
    consent=(
        "Reads the sign-in that Claude Code keeps in .credentials.json and sends its token to api.anthropic.com, "
        "and nowhere else, to ask how much of your limits is used. The token stays in memory: it is never "
        "stored, renewed or written to a log. Anthropic allows other programs few such requests."
    ),
    origin="https://api.anthropic.com",
    credential=credential,
    when_throttled=(
        "Anthropic throttles other programs. The status line and your own claude program are not affected: "
        "usagetray connect claude."
    ),
)
