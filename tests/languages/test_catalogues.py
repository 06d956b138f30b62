"""Every text is in every catalogue, means the same there, and what was compiled is what was written."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.languages.catalogues import (
    LANGUAGES,
    SOURCE,
    compiled,
    entries,
    fields,
    kept,
    key,
    mo,
    texts,
    translated,
)
from tests.source import nodes

pytestmark = pytest.mark.usefixtures("forgotten_source")

LOOKED_UP = {"tr", "tr_n", "tr_later"}


@pytest.fixture(scope="module")
def in_code() -> set[str]:
    return {key(each) for each in entries(texts())}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_has_the_texts_of_the_code_and_no_others(language: str, in_code: set[str]) -> None:
    """`python -m tests.languages` takes new ones in and lists what wants translating."""
    there = {key(each) for each in entries(kept(language))}

    assert (sorted(in_code - there), sorted(there - in_code)) == ([], [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_has_its_words(language: str) -> None:
    missing = [key(each) for each in entries(kept(language)) if not translated(each)]

    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_fills_in_what_the_text_does(language: str) -> None:
    wrong = []
    for entry in entries(kept(language)):
        wanted = set().union(*(fields(each) for each in _forms(entry.id)))
        for said in _forms(entry.string):
            if said and fields(said) != wanted and fields(said) not in [fields(each) for each in _forms(entry.id)]:
                wrong.append((key(entry), said))

    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_compiled_is_what_was_written(language: str) -> None:
    assert mo(language).read_bytes() == compiled(kept(language))


def test_a_text_is_written_out_where_it_is_looked_up() -> None:
    """An f-string or a sum of texts would never be found in a catalogue."""
    glued = [
        f"{path.name}:{call.lineno}"
        for path, call in _calls()
        for argument in call.args[: 2 if _name(call) == "tr_n" else 1]
        if isinstance(argument, ast.JoinedStr | ast.BinOp)
    ]

    assert glued == []


def test_no_text_is_looked_up_while_a_module_is_imported() -> None:
    """It would stay in the language of that moment; tables of texts are marked by `tr_later`."""
    early = []
    for path in SOURCE.rglob("*.py"):
        inside = {
            id(node)
            for function in nodes(path)
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            for node in ast.walk(function)
        }
        early += [
            f"{path.name}:{node.lineno}"
            for node in nodes(path)
            if isinstance(node, ast.Call) and _name(node) in ("tr", "tr_n") and id(node) not in inside
        ]

    assert early == []


def test_no_text_stands_within_another_string() -> None:
    """What gathers the texts does not look into f-strings: such a text would never be translated."""
    hidden = [
        f"{path.name}:{call.lineno}"
        for path in SOURCE.rglob("*.py")
        for string in nodes(path)
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call) and _name(call) in LOOKED_UP and isinstance(call.args[0], ast.Constant)
    ]

    assert hidden == []


def _calls() -> Iterator[tuple[Path, ast.Call]]:
    for path in SOURCE.rglob("*.py"):
        for node in nodes(path):
            if isinstance(node, ast.Call) and _name(node) in LOOKED_UP:
                yield path, node


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _forms(said: object) -> tuple[str, ...]:
    return tuple(said) if isinstance(said, list | tuple) else (str(said),)
