"""The audit of the locked packages: without its services it says so, and does not pass for a clean result."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

AUDIT = Path(__file__).parents[2] / "packaging" / "audit"


def test_where_no_advisories_can_be_had_it_is_skipped_in_words() -> None:
    """All it could ask is behind a closed port of this machine."""
    environ = {"PATH": os.environ["PATH"], "https_proxy": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9"}

    done = subprocess.run([AUDIT, sys.executable], env=environ, capture_output=True, text=True, check=False)

    assert done.returncode == 0
    assert done.stdout == "dependency audit: skipped, no advisory service can be reached from here\n"
