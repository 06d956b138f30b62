"""How a time of day is written, "21:20" or "9:20 pm": chosen once for the process, and looked up when it is shown."""

from __future__ import annotations

from datetime import datetime

from usagetray.language import tr

NBSP = "\u00a0"


class _Written:
    twelve = False


def write_hours(*, twelve: bool) -> None:
    """From now on times are in twelve hours, or in twenty-four."""
    _Written.twelve = twelve


def time_of_day(at: datetime) -> str:
    """ "21:20", "9:20 pm", of an instant in the zone that is meant."""
    if not _Written.twelve:
        return f"{at:%H:%M}"
    hour = at.hour % 12 or 12
    written = tr("{time} am") if at.hour < 12 else tr("{time} pm")
    return written.format(time=f"{hour}:{at:%M}").replace(" ", NBSP)
