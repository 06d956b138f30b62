"""Whether the machine is saving power, so that work that can wait does."""

from __future__ import annotations

import sys
from pathlib import Path

LOW_PERCENT = 20
"""Of the battery; where desktops themselves begin to save."""


def saving(root: Path = Path("/sys")) -> bool:
    """Linux: the low-power profile is on, or a battery is discharging below 20 %. False where nothing is known."""
    if sys.platform != "linux":
        return False
    if _text(root / "firmware/acpi/platform_profile") == "low-power":
        return True
    supplies = root / "class/power_supply"
    try:
        found = sorted(supplies.iterdir())
    except OSError:
        return False
    return any(_running_low(supply) for supply in found)


def _running_low(supply: Path) -> bool:
    # Mice and headsets have batteries too; theirs are of scope "Device".
    if _text(supply / "type") != "Battery" or _text(supply / "scope") == "Device":
        return False
    capacity = _text(supply / "capacity")
    return _text(supply / "status") == "Discharging" and capacity.isdecimal() and int(capacity) < LOW_PERCENT


def _text(file: Path) -> str:
    """The file's word; empty when it cannot be read (drivers answer some reads with an error)."""
    try:
        return file.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
