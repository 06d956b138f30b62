"""Texts out of the code, into a catalogue, and the catalogue into the file that the program reads."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from usagetray.providers import discover
from usagetray.providers.contract import Address, Key

SOURCE = Path(__file__).parents[2] / "src" / "usagetray"
FOLDER = SOURCE / "data" / "languages"
KEYWORDS = {"tr": None, "tr_n": (1, 2), "tr_later": None}
LANGUAGES = ("de",)
WIDTH = 120
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
DATED = tuple(
    f'"{each}:'.encode()
    for each in (
        "POT-Creation-Date",
        "PO-Revision-Date",
        "Generated-By",
        "Report-Msgid-Bugs-To",
        "Last-Translator",
        "Language-Team",
    )
)
"""Lines of the head that say who wrote when: the history of the repository does."""


def texts() -> Catalog:
    """Every text of the code that is looked up, with where it stands."""
    found = Catalog(project="usagetray", charset="utf-8", header_comment="")
    for name, line, message, comments, _ in extract_from_dir(
        SOURCE, [("**.py", "python")], {"**.py": {}}, keywords=KEYWORDS, comment_tags=("Translators:",)
    ):
        found.add(message, None, [(f"src/usagetray/{name}", line)], auto_comments=comments)
    for text in dict.fromkeys(of_providers()):
        found.add(text)
    return found


def of_providers() -> Iterator[str]:
    """What providers say of themselves: what they read, ask for, and do when they are refused."""
    for provider in discover():
        yield from filter(None, (provider.reads, *(each.explains for each in (*provider.options, *provider.hooks))))
        for strategy in provider.strategies:
            said = (strategy.label, strategy.consent, strategy.when_throttled, strategy.when_refused)
            yield from filter(None, (*said, *strategy.reasons.values()))
            yield from (each.label for each in strategy.needs if isinstance(each, Key | Address))


def kept(language: str) -> Catalog:
    path = po(language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8", project="usagetray")
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language, charset="utf-8")
    catalogue.creation_date = catalogue.revision_date = LONG_AGO  # so that the same words compile to the same bytes
    return catalogue


def po(language: str) -> Path:
    return FOLDER / f"{language}.po"


def mo(language: str) -> Path:
    return FOLDER / f"{language}.mo"


def written(catalogue: Catalog) -> bytes:
    """As a catalogue for people: in the alphabet's order, without line numbers, so that it changes with texts only."""
    catalogue.header_comment = f"# usagetray in another language: {catalogue.locale_identifier}."
    file = io.BytesIO()
    write_po(file, catalogue, width=WIDTH, sort_output=True, no_location=True, ignore_obsolete=True)
    return b"".join(line for line in file.getvalue().splitlines(keepends=True) if not line.startswith(DATED))


def compiled(catalogue: Catalog) -> bytes:
    file = io.BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def update(language: str) -> list[str]:
    """Takes new texts in, leaves out those that are gone, compiles. Returns the texts that still want translating."""
    catalogue = kept(language)
    catalogue.update(texts(), no_fuzzy_matching=True)
    FOLDER.mkdir(exist_ok=True)
    po(language).write_bytes(written(catalogue))
    again = kept(language)
    mo(language).write_bytes(compiled(again))
    return [key(each) for each in entries(again) if not translated(each)]


def entries(catalogue: Catalog) -> Iterator[Message]:
    return (each for each in catalogue if each.id)


def key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def translated(message: Message) -> bool:
    said = message.string if isinstance(message.string, list | tuple) else (message.string,)
    return all(said) and not message.fuzzy


def fields(text: str) -> set[str]:
    """What `format` will fill in."""
    return set(re.findall(r"\{([a-z_]*)[^}]*\}", text))
