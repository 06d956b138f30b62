"""Which languages the user's system is set to, the most wanted first."""

from __future__ import annotations

import importlib
import locale
import sys
from collections.abc import Iterator, Mapping

VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
"""In the order in which gettext looks at them."""


def preferred(environ: Mapping[str, str]) -> Iterator[str]:
    """Codes like "de", "en". What a terminal is told goes before what the desktop is set to."""
    said = next((environ[each] for each in VARIABLES if environ.get(each)), "")
    names = said.split(":") if said else _of_desktop()
    for name in names:
        code = name.replace("-", "_").partition("_")[0].partition(".")[0].lower()
        yield "en" if code in ("c", "posix") else code


def _of_desktop() -> list[str]:
    """Of systems whose programs are not told in the environment."""
    if sys.platform == "win32":
        import ctypes

        return [locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")]
    if sys.platform == "darwin":
        foundation = importlib.import_module("Foundation")  # comes with pystray, on this system only
        return [str(each) for each in foundation.NSLocale.preferredLanguages()]
    return []
