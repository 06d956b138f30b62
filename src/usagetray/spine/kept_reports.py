"""The last report a script asked for, kept as it was printed, for as long as nothing it tells of has changed.

Scripts and status bars ask the same again and again. To know that the answer is still the same takes the names and
times of the logs and three words of the store; to work it out anew takes three times as long.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import usagetray
from usagetray.edges.files import private_dir, write_atomic
from usagetray.edges.kept_meta import SCHEMA, metas
from usagetray.spine.unchanged import SEEN, stamp, still_holds

if TYPE_CHECKING:
    from usagetray.profile import Profile

FILE = "kept-report.json"
INDEXED_AT, CHANGES = "indexed_at", "ledger_changes"
MOST = 4 * 1024 * 1024
"""Characters; a longer report is not kept."""


class KeptReport:
    """`asked`: the words of the command. `scans`: it tells of the logs as they are, not only of what is stored."""

    def __init__(self, profile: Profile, asked: Mapping[str, str], *, scans: bool) -> None:
        self._profile = profile
        self._asked = asked
        self._scans = scans
        self._file = profile.paths.state_dir / FILE
        self._begun: list[object] | None = None

    def text(self) -> str | None:
        """None where it has to be made."""
        known = self._known()
        if known is None:
            return None
        try:
            kept = json.loads(self._file.read_text(encoding="utf-8"))
            if kept["key"] != self._key(known):
                return None
            text = kept["text"]
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return None
        if self._scans and not still_holds(known.get(SEEN), int(known[SCHEMA]), self._profile):
            return None
        return text if isinstance(text, str) else None

    def begin(self) -> None:
        """Before it is made: what happens from here on is not in it for certain."""
        known = self._known()
        self._begun = None if known is None else self._key(known)

    def keep(self, text: str) -> None:
        """Only where it can: the next one asked for takes longer, and is right as well."""
        if self._begun is not None and len(text) <= MOST:
            with suppress(OSError):
                private_dir(self._file.parent)
                write_atomic(self._file, json.dumps({"key": self._begun, "text": text}).encode())

    def _known(self) -> Mapping[str, str] | None:
        return metas(self._profile.paths.store_file, (SEEN, INDEXED_AT, CHANGES))

    def _key(self, known: Mapping[str, str]) -> list[object]:
        """All that the report depends on besides the logs."""
        profile = self._profile
        prices = Path(usagetray.__file__).parent / "data" / "rates.toml"
        files = (profile.paths.store_file, profile.paths.config_file, prices, Path("/etc/localtime"))
        return [
            usagetray.__version__,
            dict(self._asked),
            [known.get(each) for each in (SCHEMA, INDEXED_AT, CHANGES)],
            [stamp(each)[2:] if each == profile.paths.store_file else stamp(each) for each in files],
            os.environ.get("TZ"),
            profile.clock.now().date().isoformat(),  # of UTC: prices have dates
        ]
