"""What sign-ins have in common which other tools keep, and which are read and never written."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime, timedelta

from usagetray.errors import Cause, SourceError
from usagetray.model import Secret
from usagetray.providers.parse import Answer, decode

MOST_TOKEN = 16_384
EARLY = timedelta(seconds=60)
"""A token this near its end may be dead on arrival; only its owner may renew it."""


def token(source: str, found: object, *, nobody: str) -> Secret:
    """The token that may be sent. Raises NOT_CONNECTED, in the words of `nobody`, or CREDENTIAL_MALFORMED."""
    if found is None or found == "":
        raise SourceError(source, Cause.NOT_CONNECTED, nobody)
    if not isinstance(found, str):
        raise SourceError(source, Cause.CREDENTIAL_MALFORMED, "the sign-in has another shape")
    text = found.strip()
    if not text or len(text) > MOST_TOKEN or not text.isascii() or not text.isprintable() or " " in text:
        raise SourceError(source, Cause.CREDENTIAL_MALFORMED, "the token cannot be sent")
    return Secret(text)


def still_valid(source: str, ends_at: datetime | None, now: datetime, *, renewed_by: str) -> None:
    """Raises EXPIRED for a token that has run out; of one that does not say when it will, nothing is known."""
    if ends_at is not None and ends_at <= now + EARLY:
        raise SourceError(source, Cause.EXPIRED, renewed_by)


def claims(token: object) -> Answer:
    """What a token of three parts says of itself; nothing if it is no such token. Only looked at, never verified."""
    parts = token.split(".") if isinstance(token, str) and len(token) <= MOST_TOKEN else []
    if len(parts) != 3:
        return Answer({})
    try:
        body = decode(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        body = None
    return Answer(body if isinstance(body, dict) else {})
