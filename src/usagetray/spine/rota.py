"""Which of very many files are looked at on a tick: those in use always, the others in turn."""

from __future__ import annotations

from collections.abc import Iterable

IN_TURN = 200
"""Looked at on a tick though they are at rest."""
MOST_IN_USE = 256
"""Nobody works in more at once; after a copy of a whole folder everything looks as if it were in use."""


class Rota:
    def __init__(self, everything: Iterable[str] = (), in_use: Iterable[str] = ()) -> None:
        """`in_use`: those used last at the end."""
        self._everything = list(everything)
        self._in_use: dict[str, None] = {}
        self._turn = 0
        for each in in_use:
            self.use(each)

    def due(self) -> list[str]:
        """What is to be looked at now, each once."""
        turn = self._everything[self._turn : self._turn + IN_TURN]
        self._turn = self._turn + IN_TURN if self._turn + IN_TURN < len(self._everything) else 0
        return list({**self._in_use, **dict.fromkeys(turn)})

    def add(self, name: str) -> None:
        """There is one more, and it is in use."""
        self._everything.append(name)
        self.use(name)

    def use(self, name: str) -> None:
        self._in_use.pop(name, None)
        self._in_use[name] = None
        if len(self._in_use) > MOST_IN_USE:
            del self._in_use[next(iter(self._in_use))]

    def rest(self, name: str) -> None:
        self._in_use.pop(name, None)
