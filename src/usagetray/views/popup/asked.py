"""Whether the refresh that was asked for here still runs, as far as the store can tell."""

from __future__ import annotations

import time
from datetime import datetime

from usagetray.overview import Overview

PATIENCE_S = 15.0
"""A refresh that has changed nothing after so long has ended otherwise."""


class Asked:
    def __init__(self) -> None:
        self._since: tuple[float, datetime | None] | None = None  # when, and what had last been checked then

    def ask(self, overview: Overview | None) -> None:
        self._since = time.monotonic(), overview.checked_at if overview is not None else None

    def runs(self, overview: Overview | None) -> bool:
        if overview is None or overview.refreshing or self._since is None:
            return overview is not None and overview.refreshing
        at, checked_at = self._since
        if overview.checked_at != checked_at or time.monotonic() - at > PATIENCE_S:
            self._since = None
        return self._since is not None
