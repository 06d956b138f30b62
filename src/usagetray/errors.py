"""How an attempt can fail: one exception, its cause from a closed list.

An error is a fact about one attempt; which state to show is judged from several of them in
`domain/standing.py`. `str(error)` never holds a secret, a URL or a home path.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum


class Cause(StrEnum):
    REFUSED = "refused"  # 401: this credential, now
    NOT_ALLOWED = "not_allowed"  # 403: the credential lacks a right
    RATE_LIMITED = "rate_limited"
    TIMEOUT = "timeout"  # connected, but no whole answer in time
    OFFLINE = "offline"
    DNS = "dns"
    TLS = "tls"
    PROXY = "proxy"
    PORTAL = "portal"  # HTML, or a redirect, where an answer should be
    SERVER_ERROR = "server_error"
    BAD_DATA = "bad_data"
    EXPIRED = "expired"  # the owner's token has run out; only the owner may renew it
    NOT_CONNECTED = "not_connected"  # nothing to read: no file, no key, no sign-in
    STORE_LOCKED = "secret_store_locked"
    STORE_MISSING = "secret_store_missing"
    CREDENTIAL_MALFORMED = "credential_malformed"
    CHANGED = "changed"  # the sign-in changed while we asked: the answer belongs to nobody


class SourceError(Exception):
    """One attempt of one source failed."""

    def __init__(self, source: str, cause: Cause, detail: str = "", *, retry_after: timedelta | None = None) -> None:
        super().__init__(f"{source}: {cause.value}" + (f" ({detail})" if detail else ""))
        self.source = source
        self.cause = cause
        self.detail = detail
        self.retry_after = retry_after
        """What the server asked for, already checked: positive, or None."""


class UserError(Exception):
    """What the user asked for cannot be done; the text is the one sentence they see: what, where, what next."""


class UnwritableError(UserError):
    """Nothing can be written here: what is stored can be looked at all the same."""


class SettingsError(UserError):
    """A settings file that cannot be used as it is: file, line, key and what would be right."""
