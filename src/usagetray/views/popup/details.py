"""Which rows of the popup are open, and what is known of what they show; asked away from the window's thread."""

from __future__ import annotations

from collections.abc import Callable

from usagetray.overview import Overview
from usagetray.views.popup.detail import Id, Whys, ids
from usagetray.views.popup.loading import Loader

Explain = Callable[[frozenset[Id]], Whys]
"""What is behind the figures of these windows; reads the store, and may take a second."""


class Details:
    """Its `whys` are those that arrived last: an open row keeps what it shows until there is something newer."""

    def __init__(self, explain: Explain | None, arrived: Callable[[Whys | None], None]) -> None:
        self.opened: frozenset[str] = frozenset()  # keys of rows
        self.whys: Whys = {}
        self._explain, self._arrived = explain, arrived
        self._loader: Loader[Whys] | None = None  # its thread is started by the first row that is opened
        self._wanted: frozenset[Id] = frozenset()

    def toggle(self, key: str, overview: Overview) -> None:
        self.opened ^= {key}
        self.ask(overview)

    def shut(self) -> None:
        self.opened, self.whys = frozenset(), {}

    def ask(self, overview: Overview) -> None:
        """Anew, for the rows that are open."""
        named = ids(overview)
        self._wanted = frozenset(named[key] for key in self.opened if key in named)
        if not self._wanted:
            return
        if self._explain is None:
            self.whys = dict.fromkeys(self._wanted)
            return
        if self._loader is None:
            explain = self._explain
            self._loader = Loader(lambda: explain(self._wanted))
            self._loader.deliver_to(self._arrived)
        self._loader.request()

    def take(self, found: Whys | None) -> None:
        """None: the store did not answer; nothing can be told then."""
        self.whys = found if found is not None else dict.fromkeys(self._wanted)
