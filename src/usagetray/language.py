"""The language of everything that people read. English is what stands in the code; others come from catalogues.

A text is looked up when it is shown, never when a module is imported: the language may change while we run.
"""

from __future__ import annotations

import gettext
import locale
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

ENGLISH = "en"
CATALOGUES = Path(__file__).parent / "data" / "languages"
_ORDER = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")  # as gettext(3) looks at them


class _Spoken:
    code = ENGLISH
    catalogue: gettext.NullTranslations | None = None  # None: English, nothing is looked up


def speak(code: str) -> None:
    """From now on texts are in this language; in English where there is no catalogue of it."""
    if code != _Spoken.code:
        _Spoken.catalogue = None if code == ENGLISH else _catalogue(code)
        _Spoken.code = ENGLISH if _Spoken.catalogue is None else code


def spoken() -> str:
    """The code of the language in use: "en", "de"."""
    return _Spoken.code


def wanted(setting: str, environ: Mapping[str, str] = os.environ) -> str:
    """The language to speak: the one in the settings, for "auto" the first of the system's that we know."""
    return setting if setting != "auto" else next((each for each in _of_system(environ) if is_known(each)), ENGLISH)


def is_known(code: str) -> bool:
    return code == ENGLISH or (code.isalpha() and (CATALOGUES / f"{code}.mo").is_file())


def tr(text: str) -> str:
    """The text in the user's language; fields in braces stay, to be filled with `format`."""
    catalogue = _Spoken.catalogue
    return text if catalogue is None else catalogue.gettext(text)


def tr_n(one: str, many: str, count: int) -> str:
    """The same where the words depend on a number."""
    catalogue = _Spoken.catalogue
    if catalogue is None:
        return one if count == 1 else many
    return catalogue.ngettext(one, many, count)


def tr_later(text: str) -> str:
    """Marks a text of a table: it gets into the catalogues, and is looked up by `tr` where it is shown."""
    return text


@cache
def _catalogue(code: str) -> gettext.NullTranslations | None:
    try:
        with (CATALOGUES / f"{code}.mo").open("rb") as file:
            return gettext.GNUTranslations(file)
    except OSError:
        return None


def _of_system(environ: Mapping[str, str]) -> list[str]:
    named = next((environ[each] for each in _ORDER if environ.get(each)), "") or locale.getlocale()[0] or ""
    return [each.partition("_")[0].partition(".")[0].lower().replace("posix", "en") for each in named.split(":")]
