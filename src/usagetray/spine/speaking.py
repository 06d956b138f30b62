"""The language of this process, and how it writes times: the settings' or the system's."""

from __future__ import annotations

from collections.abc import Mapping

from usagetray.edges.system_hours import has_twelve_hours
from usagetray.edges.system_language import preferred
from usagetray.hours import write_hours
from usagetray.language import choose, speak
from usagetray.settings import Settings


def speak_as_set(settings: Settings, environ: Mapping[str, str]) -> None:
    """Everything shown from now on is in it."""
    speak(choose(settings.language, preferred(environ)))
    write_hours(twelve=has_twelve_hours(environ) if settings.clock == "auto" else settings.clock == "12")
