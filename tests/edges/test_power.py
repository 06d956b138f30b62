"""Whether the machine is saving power, from made-up trees of /sys."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from usagetray.edges.power import saving

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's /sys")


def supply(root: Path, name: str, **files: str) -> None:
    folder = root / "class/power_supply" / name
    folder.mkdir(parents=True)
    for file, text in files.items():
        (folder / file).write_text(text + "\n")


@pytest.mark.parametrize(
    ("battery", "expected"),
    [
        ({"type": "Battery", "status": "Discharging", "capacity": "19"}, True),
        ({"type": "Battery", "status": "Discharging", "capacity": "20"}, False),
        ({"type": "Battery", "status": "Charging", "capacity": "5"}, False),
        ({"type": "Battery", "status": "Discharging", "capacity": "5", "scope": "Device"}, False),
        ({"type": "Battery", "status": "Discharging", "capacity": "?"}, False),
        ({"type": "Battery", "status": "Discharging"}, False),
        ({"type": "Mains", "status": "Discharging", "capacity": "5"}, False),
    ],
)
def test_a_machine_saves_when_its_own_battery_runs_low(tmp_path: Path, battery: dict[str, str], expected: bool) -> None:
    supply(tmp_path, "AC", type="Mains", online="0")
    supply(tmp_path, "BAT0", **battery)

    assert saving(tmp_path) is expected


@pytest.mark.parametrize(("profile", "expected"), [("low-power", True), ("balanced", False)])
def test_the_low_power_profile_counts_on_a_cable_too(tmp_path: Path, profile: str, expected: bool) -> None:
    (tmp_path / "firmware/acpi").mkdir(parents=True)
    (tmp_path / "firmware/acpi/platform_profile").write_text(profile + "\n")

    assert saving(tmp_path) is expected


def test_a_machine_that_says_nothing_is_not_saving(tmp_path: Path) -> None:
    assert saving(tmp_path) is False
