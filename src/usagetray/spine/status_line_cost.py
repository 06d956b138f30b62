"""Today's cost for the status line helper, which has no time to ask the store: a line of text for each home."""

from __future__ import annotations

import json
import logging
from datetime import datetime, time, timedelta, tzinfo
from pathlib import Path

from usagetray.edges import spool
from usagetray.spine.costing import Costs
from usagetray.statusline import COST
from usagetray.views.cost_words import status_line

log = logging.getLogger(__name__)

APART = timedelta(minutes=1)
"""Each new file is a page on the disk, and while somebody works the sums change every other second."""
ANEW = timedelta(minutes=5)
"""An old file is not believed: the program that wrote it may be gone."""


class StatusLineCost:
    def __init__(self, spool_dir: Path) -> None:
        self._spool_dir = spool_dir
        self._lines: dict[str, str] = {}
        self._written_at: datetime | None = None

    def tell(self, costs: Costs, now: datetime, zone: tzinfo, *, is_counted: bool) -> None:
        """Writes the file where it says something new, or is about to be too old."""
        lines = {
            home: text
            for (_, home), cost in costs.by_place.items()
            if home and (text := status_line(cost, is_counted=is_counted))
        }
        if not lines:
            self.withdraw()
            return
        stays = ANEW if lines == self._lines else APART if lines.keys() == self._lines.keys() else timedelta()
        if self._written_at is not None and timedelta() <= now - self._written_at < stays:
            return
        midnight = datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time(), zone)
        told = {"at": now.timestamp(), "until": midnight.timestamp(), "lines": lines}
        try:
            spool.put(self._spool_dir, COST, json.dumps(told).encode())
        except OSError as error:
            log.debug("the status line's cost could not be written: %s", error)
        self._lines, self._written_at = lines, now

    def withdraw(self) -> None:
        """What nobody keeps up to date is not shown."""
        if self._written_at is not None:
            self._lines, self._written_at = {}, None
            (self._spool_dir / COST).unlink(missing_ok=True)
