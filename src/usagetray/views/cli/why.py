"""`usagetray report block --why`: what is behind the figure of each window that runs, or ran last."""

from __future__ import annotations

from typing import Any

from usagetray.domain.forensics import Why
from usagetray.domain.rates import RateTable
from usagetray.edges.store import Store
from usagetray.overview import AccountView, Overview, WindowView
from usagetray.profile import Profile
from usagetray.quick_dataclass import dataclass
from usagetray.spine.forensics import explained, places
from usagetray.spine.own_providers import known_settings
from usagetray.spine.reading import reader
from usagetray.spine.reporting import Question
from usagetray.views.grid import Line
from usagetray.views.why_json import why_json
from usagetray.views.why_text import nothing, why_lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The windows that can be explained, not yet in any form."""

    found: tuple[tuple[AccountView, WindowView, Why], ...]
    shown: Overview
    question: Question

    @property
    def is_empty(self) -> bool:
        return not self.found

    def json(self) -> dict[str, Any]:
        return why_json(self.found)

    def lines(self, width: int) -> list[Line]:
        told: list[Line] = []
        for account, window, found in self.found:
            told += [("", "")] * bool(told) + why_lines(account, window, found, self.shown, self.question.zone, width)
        return told or nothing()


def page(profile: Profile, store: Store | None, question: Question, table: RateTable) -> Page:
    shown = reader(profile)()
    known, settings = known_settings(profile)
    found: tuple[tuple[AccountView, WindowView, Why], ...] = ()
    if store is not None:
        where = places(known.providers, settings, profile.environ)
        wanted = question.provider
        found = tuple(explained(shown, store, table, where, lambda account, _: wanted in (None, account.provider)))
    return Page(found=found, shown=shown, question=question)
