"""What the page "History" is drawn from: the tab's small composition root."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from usagetray.domain.history import RANKED_OVER, HistorySums


def store_history(environ: Mapping[str, str]) -> Callable[[], HistorySums]:
    """A reader that is made where it is first used: in the loader's thread."""
    made: list[Callable[[], HistorySums]] = []

    def load() -> HistorySums:
        if not made:
            from usagetray.profile import open_profile
            from usagetray.spine.history import sums_reader

            made.append(partial(sums_reader(open_profile(environ)), RANKED_OVER))
        return made[0]()

    return load
