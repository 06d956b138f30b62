"""What a profile does to variables, in the words that every shell shares, and what is left of it at the end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field, replace
from typing import Literal

from usagetray.billing import Evidence, Held
from usagetray.model import Secret
from usagetray.quick_dataclass import dataclass

Kind = Literal["set", "export", "unexport", "unset", "source", "alias"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    kind: Kind
    name: str = ""
    value: str | None = field(default=None, repr=False)  # of "set"; None: only a shell could say. Of "source": the path
    line: int
    perhaps: bool = False  # under a condition, or in a function
    exported: bool = False  # "set" that exports as well


@dataclass(frozen=True, slots=True)
class _Variable:
    held: Held
    exported: bool


class Environment:
    """Variables of interest while profiles are read one after the other; the last statement wins.

    What is set only perhaps does not take the place of what is set for certain, and what is unset only perhaps stays.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)
        self._variables: dict[str, _Variable] = {}
        self._exported_first: set[str] = set()  # `export N` may stand before `N=v`

    def take(self, statement: Statement, file: str, source: str = "file") -> None:
        if statement.name not in self._names:
            return
        match statement.kind:
            case "set":
                self._set(statement, file, source)
            case "export" | "unexport":
                self._export(statement.name, is_on=statement.kind == "export")
            case "unset":
                self._unset(statement)

    def exported(self) -> dict[str, Held]:
        return {name: each.held for name, each in self._variables.items() if each.exported}

    def value(self, name: str) -> str | None:
        """Of any variable of interest, exported or not; None where it is not set or cannot be told."""
        found = self._variables.get(name)
        return found.held.value.reveal() if found and found.held.value else None

    def _set(self, statement: Statement, file: str, source: str) -> None:
        former = self._variables.get(statement.name)
        held = Held(
            value=None if statement.value is None else Secret(statement.value),
            at=Evidence(source=source, file=file, line=statement.line or None, variable=statement.name),
            perhaps=statement.perhaps or statement.value is None,
        )
        exported = statement.exported or statement.name in self._exported_first or bool(former and former.exported)
        if former is not None and not former.held.is_empty and statement.perhaps:
            stays = replace(former.held, perhaps=True) if held.is_empty else former.held
            if held.is_empty or not former.held.perhaps:
                self._variables[statement.name] = replace(former, held=stays, exported=exported)
                return
        self._variables[statement.name] = _Variable(held, exported)

    def _export(self, name: str, *, is_on: bool) -> None:
        (self._exported_first.add if is_on else self._exported_first.discard)(name)
        if name in self._variables:
            self._variables[name] = replace(self._variables[name], exported=is_on)

    def _unset(self, statement: Statement) -> None:
        former = self._variables.get(statement.name)
        if former is not None and statement.perhaps:
            self._variables[statement.name] = replace(former, held=replace(former.held, perhaps=True))
            return
        self._variables.pop(statement.name, None)
        self._exported_first.discard(statement.name)
