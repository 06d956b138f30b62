"""The price table as it is kept by those who price again and again."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from usagetray.settings.rates import UserRate

if TYPE_CHECKING:
    from usagetray.domain.rates import RateTable


class Prices:
    """Reads the table when it is first asked for, and anew where the day or the user's own prices are others."""

    def __init__(self) -> None:
        self._kept: tuple[tuple[tuple[UserRate, ...], date], RateTable] | None = None

    def table(self, overrides: tuple[UserRate, ...], today: date) -> RateTable:
        """The same object for as long as nothing has changed. `today`: of UTC."""
        from usagetray.edges.tables import rate_table  # deferred: where nothing was used, nothing is priced

        if self._kept is None or self._kept[0] != (overrides, today):
            self._kept = ((overrides, today), rate_table(overrides, today=today))
        return self._kept[1]
