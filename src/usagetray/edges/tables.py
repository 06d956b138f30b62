"""The price table that comes with the program, with the user's own rows laid over it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from usagetray.domain.rates import RateTable


def rate_table(overrides: Iterable[Any] = (), *, today: date | None = None) -> RateTable:
    """Read anew on each call: keep it. `today` (UTC) is the day whose card a row without a date gets; without it
    the day on which the table was last checked. `overrides` are `Settings.rates`; those that cannot be used are
    named in `problems` of the table."""
    raise NotImplementedError
