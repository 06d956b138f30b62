"""Every setting by its dotted key, as it would stand in the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any

from usagetray.settings import Settings
from usagetray.settings.keys import KEYS, form_of

PLACES: Mapping[str, Callable[[Settings], Any]] = {
    "show": lambda settings: "left" if settings.show_left else "used",
    "times": lambda settings: "countdown" if settings.countdown else "clock",
    "polling.minutes": attrgetter("poll_minutes"),
    "statusline.cost": attrgetter("status_line_cost"),
}
"""Of the keys that are not called as their fields."""


def written(settings: Settings, key: str) -> Any:
    """The value that holds, defaults included. Of an account's thresholds None: those of all alerts.

    Raises KeyError where no such setting exists.
    """
    form = form_of(key)
    if "*" not in form:
        return KEYS[form].write(PLACES.get(key, attrgetter(key))(settings))
    kind, (_, provider_id, *rest) = KEYS[form], key.split(".")
    own: Any = settings.of(provider_id)
    if len(rest) == 3:
        own = own.account(rest[1])
    value = getattr(own, rest[-1])
    return None if value is None else kind.write(value)
