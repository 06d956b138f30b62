"""A program killed at any moment: what it acknowledged is there, its files are whole, and the next start is at once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

KILLS = 25
START_S = 2.0


def test_r28_a_killed_writer_loses_no_acknowledged_row(tmp_path: Path) -> None:
    """25 writers of readings, attempts, alerts and settings, killed by signal 9; a thousand in the long form."""
    command = [sys.executable, "-m", "tests.reliability.kills", str(KILLS), str(tmp_path / "own")]

    done = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)

    assert (done["lost"], done["damaged"], done["broken_settings"]) == ([], 0, 0)
    assert done["kills"] == KILLS
    assert done["acknowledged"] > 10 * KILLS
    assert done["slowest_start_s"] < START_S
