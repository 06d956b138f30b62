"""A profile of its own into which programs record, and what the ledger then holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from usagetray import recording
from usagetray.edges.store import Store, open_writer
from usagetray.profile import Profile, open_profile
from usagetray.spine.indexing_once import bring_up_to_date
from usagetray.usage import Response


class Recorded:
    """Everything that was recorded, as it lies in the spools, and as it is counted."""

    def __init__(self, home: Path) -> None:
        self.environ = {"USAGETRAY_HOME": str(home), "HOME": str(home.parent)}
        self.profile: Profile = open_profile(self.environ)

    @property
    def folder(self) -> Path:
        return self.profile.paths.calls_dir

    @property
    def spools(self) -> list[Path]:
        return sorted(self.folder.glob("*.jsonl"))

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for path in self.spools for line in path.read_bytes().splitlines()]

    def take_in(self) -> None:
        assert bring_up_to_date(self.profile, ())

    @contextmanager
    def store(self) -> Iterator[Store]:
        store = open_writer(self.profile.paths.store_file)
        try:
            yield store
        finally:
            store.close()

    def counted(self) -> list[Response]:
        with self.store() as store:
            return list(store.responses())


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorded:
    found = Recorded(tmp_path / "profile")
    monkeypatch.setenv("USAGETRAY_HOME", found.environ["USAGETRAY_HOME"])
    monkeypatch.setattr(recording, "_complaints", set())  # of this process; other tests have complained before
    return found
