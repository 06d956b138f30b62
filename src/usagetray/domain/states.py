"""The closed lists that judgements choose from."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class State(StrEnum):
    """What can be said of an account as a whole (promise P4). "Sign in again" is said only in SIGNED_OUT."""

    FRESH = "fresh"
    STALE = "stale"
    RATE_LIMITED = "rate_limited"
    SIGNED_OUT = "signed_out"
    NOT_ALLOWED = "not_allowed"
    OFFLINE = "offline"
    DNS = "dns"
    TLS = "tls"
    PROXY = "proxy"
    PORTAL = "portal"
    SERVER_ERROR = "server_error"
    BAD_DATA = "bad_data"
    EXPIRED = "expired"
    NOT_CONNECTED = "not_connected"
    SECRET_STORE_LOCKED = "secret_store_locked"  # noqa: S105 - a state's name, no password
    SECRET_STORE_MISSING = "secret_store_missing"  # noqa: S105
    CREDENTIAL_MALFORMED = "credential_malformed"
    DISK_FULL = "disk_full"
    STORE_DAMAGED = "store_damaged"
    CLOCK_SUSPECT = "clock_suspect"
    WINDOW_ENDED = "window_ended"


class WindowState(StrEnum):
    """What can be said of one window."""

    OK = "ok"
    NOT_STARTED = "not_started"
    ENDED = "ended"  # its reset has passed; no figure until a new reading
    LOCKED = "locked"  # used up, and nothing takes over
    UNLIMITED = "unlimited"
    UNKNOWN = "unknown"  # the vendor gave no figure


class Level(IntEnum):
    """How bad; ordered, so that the worst is the largest."""

    NORMAL = 0
    WARNING = 1  # from 75 % used
    CRITICAL = 2  # from 90 % used
    PAYING = 3  # used up, and money is being spent instead
    LOCKED = 4  # used up, and nothing takes over
