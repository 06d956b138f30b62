"""The language of everything that people read. English is what stands in the code; others come from catalogues.

A text is looked up when it is shown, never when a module is imported: the language may change while we run.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterable
from functools import cache
from pathlib import Path

ENGLISH = "en"
CATALOGUES = Path(__file__).parent / "data" / "languages"


class _Spoken:
    code = ENGLISH
    catalogue: gettext.NullTranslations | None = None  # None: English, nothing is looked up


def speak(code: str) -> None:
    """From now on texts are in this language; in English where there is no catalogue of it."""
    if code != _Spoken.code:
        use(code, None if code == ENGLISH else _catalogue(code))


def use(code: str, catalogue: gettext.NullTranslations | None) -> None:
    """The same with a catalogue from elsewhere; None: English."""
    _Spoken.code, _Spoken.catalogue = (ENGLISH, None) if catalogue is None else (code, catalogue)


def spoken() -> str:
    """The code of the language in use: "en", "de"."""
    return _Spoken.code


def choose(setting: str, preferred: Iterable[str]) -> str:
    """The language to speak: the one in the settings; for "auto" the first of the user's preferred that we know."""
    return setting if setting != "auto" else next((each for each in preferred if is_known(each)), ENGLISH)


def is_known(code: str) -> bool:
    return code == ENGLISH or (code.isalpha() and (CATALOGUES / f"{code}.mo").is_file())


def tr(text: str, /, **fields: object) -> str:
    """The text in the user's language, its fields in braces filled in: `tr("Locked until {when}", when="21:20")`."""
    catalogue = _Spoken.catalogue
    said = text if catalogue is None or not text else catalogue.gettext(text)  # "" is the catalogue's own head
    return said.format(**fields) if fields else said


def tr_n(one: str, many: str, count: int, /, **fields: object) -> str:
    """The same where the words depend on a number, which fills in {count}."""
    catalogue = _Spoken.catalogue
    said = (one if count == 1 else many) if catalogue is None else catalogue.ngettext(one, many, count)
    return said.format(count=count, **fields)


def inside(name: str) -> str:
    """A name within a sentence: English writes "the usage credits", German keeps the capital."""
    return name[:1].lower() + name[1:] if _Spoken.code == ENGLISH else name


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
