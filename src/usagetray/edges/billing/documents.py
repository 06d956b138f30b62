"""JSON and TOML files of a tool, with the line of every key; what is broken says where, and quotes nothing."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from functools import partial
from typing import Any

from usagetray.billing import Document
from usagetray.edges.shells.profiles import Files
from usagetray.settings.reading import line_of


class Documents:
    """The `Look` that rules are given."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def text(self, path: str) -> str | None:
        return self._files.text(path)

    def json(self, path: str) -> Document | None:
        text = self._files.text(path)
        if text is None:
            return None
        try:
            table = json.loads(text)
        except json.JSONDecodeError as error:
            return Document(path=path, broken_at=error.lineno)
        except (ValueError, RecursionError):
            return Document(path=path, broken_at=1)
        if not isinstance(table, dict):
            return Document(path=path, broken_at=1)
        return Document(path=path, table=table, line=partial(line_in_json, text))

    def toml(self, path: str) -> Document | None:
        text = self._files.text(path)
        if text is None:
            return None
        try:
            table: dict[str, Any] = tomllib.loads(text.replace("\r\n", "\n"))
        except (ValueError, RecursionError) as error:
            found = re.search(r"\(at line (\d+)", str(error))
            return Document(path=path, broken_at=int(found[1]) if found else 1)
        return Document(path=path, table=table, line=lambda keys: line_of(text, ".".join(keys)))


def line_in_json(text: str, keys: tuple[str, ...]) -> int | None:
    """Where the key stands that nested keys lead to; the text is valid JSON. None where it does not stand there."""
    value_at, key_at = 0, 0
    for key in keys:
        # The last of several counts, as for whoever reads the file.
        found = [(at, value) for name, at, value in _members(text, _blank(text, value_at)) if name == key]
        if not found:
            return None
        key_at, value_at = found[-1]
    return text.count("\n", 0, key_at) + 1


def _members(text: str, at: int) -> Iterator[tuple[str, int, int]]:
    """The keys of the object that opens here, each with its own place and its value's; none where none opens."""
    decoder = json.JSONDecoder()
    at = _blank(text, at + 1) if text[at : at + 1] == "{" else len(text)
    while text[at : at + 1] == '"':
        name, end = decoder.raw_decode(text, at)
        value_at = _blank(text, _blank(text, end) + 1)
        yield name, at, value_at
        _, end = decoder.raw_decode(text, value_at)
        at = _blank(text, _blank(text, end) + 1)  # behind the comma


def _blank(text: str, at: int) -> int:
    while text[at : at + 1] and text[at] in " \t\r\n":
        at += 1
    return at
