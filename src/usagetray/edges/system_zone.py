"""The time zone of the C library, for systems whose zone has no name: what `date` prints, and every other program."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta, tzinfo


class SystemZone(tzinfo):
    """Knows all that its rules say of an instant; a name it has only for each."""

    def __init__(self) -> None:
        if hasattr(time, "tzset"):
            time.tzset()  # the variable may have been set, or the system's file replaced, since the process began

    def utcoffset(self, dt: datetime | None) -> timedelta | None:
        return None if dt is None else dt.replace(tzinfo=None) - _in_utc(dt)

    def dst(self, dt: datetime | None) -> timedelta | None:  # noqa: ARG002 - the base class's
        """Not known; nobody here asks."""
        return None

    def tzname(self, dt: datetime | None) -> str | None:
        return None if dt is None else _in_utc(dt).replace(tzinfo=UTC).astimezone().tzname()

    def fromutc(self, dt: datetime) -> datetime:
        instant = dt.replace(tzinfo=None)
        local = instant.replace(tzinfo=UTC).astimezone().replace(tzinfo=None)
        # An hour that is there twice, when clocks are set back: the second one where the first is another instant.
        return local.replace(tzinfo=self, fold=int(_in_utc(local) != instant))

    def __str__(self) -> str:
        return os.environ.get("TZ") or "/".join(time.tzname)


def _in_utc(local: datetime) -> datetime:
    """Naive, of a local time whose `fold` counts."""
    return local.replace(tzinfo=None).astimezone(UTC).replace(tzinfo=None)
