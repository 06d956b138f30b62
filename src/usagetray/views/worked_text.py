"""Answers to worked questions in words: each figure under its name, and why a printed one differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from usagetray.views.plain import plain
from usagetray.views.what_if_text import wrapped


def worked_text(answers: Sequence[Mapping[str, Any]]) -> str:
    return "\n\n".join("\n".join(_answer(each)) for each in answers)


def _answer(answer: Mapping[str, Any]) -> Iterator[str]:
    name = f"{plain(answer['id'], 20)}: " if answer["id"] else ""
    yield f"{name}{answer['kind'].replace('_', ' ')}"
    for key, value in answer["figures"].items():
        yield from wrapped(f"{plain(key, 60)}: {_shown(value)}")
    if answer.get("differs"):
        yield from wrapped(
            f"Printed elsewhere and not the same: {', '.join(plain(key, 40) for key in answer['differs'])}."
        )
    if answer["explain"]:
        yield from wrapped(answer["explain"], "    ")


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{plain(key, 40)} {_shown(each)}" for key, each in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(f"({_shown(each)})" if isinstance(each, list | Mapping) else _shown(each) for each in value)
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else plain(value, 80)
