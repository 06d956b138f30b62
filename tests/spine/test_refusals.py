"""A vendor's own reason for a refusal reaches the user; the general one is kept for the rest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support import ManualClock, Recorder, Vendor, account, always, ok
from usagetray.app import build_headless
from usagetray.spine.core import Core

CONFIG = 'welcomed = true\n[providers.zai]\nallow = ["quota_global"]\n'


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def vendor(clock: ManualClock) -> Iterator[Vendor]:
    made = Vendor(clock, always(ok({})))
    yield made
    made.close()


@pytest.fixture
def core(tmp_path: Path, clock: ManualClock, vendor: Vendor, monkeypatch: pytest.MonkeyPatch) -> Iterator[Core]:
    home, profile = tmp_path / "home", tmp_path / "profile"
    home.mkdir()
    profile.mkdir(mode=0o700)
    (profile / "config.toml").write_text(CONFIG)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("Z_AI_API_KEY", "made-up-key-0123456789")
    made = build_headless(profile, clock=clock, keychain="ok", notifier=Recorder(), origins={"zai": vendor.origin})
    yield made
    made.close()


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (1113, "There is no balance left on this account."),
        (1309, "The coding plan behind this key has expired."),
        (403, "Its login or key lacks the right to read usage."),
    ],
)
def test_the_vendors_reason_is_told(core: Core, clock: ManualClock, vendor: Vendor, code: int, told: str) -> None:
    vendor.answer = always(ok({"success": False, "code": code, "msg": "refused"}))
    for _ in range(3):
        clock.advance(timedelta(seconds=10))
        core.tick()

    found = account(core)
    assert found["state"] == "not_allowed"
    assert told in found["state_text"]
