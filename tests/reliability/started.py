"""`usagetray` as its users start it, in a process of its own over the home and profile of a `Desk`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from tests.logs.desk import Desk

BYPASSES = "-dac_override,-dac_read_search"
"""What lets root read everything."""


def usagetray(desk: Desk, *words: str, bound: bool = False) -> subprocess.CompletedProcess[bytes]:
    """`bound`: by the permissions of files, even where we are root. It has ten seconds."""
    command = [sys.executable, "-m", "usagetray", *words]
    if bound and os.geteuid() == 0 and shutil.which("setpriv"):
        command = ["setpriv", f"--bounding-set={BYPASSES}", f"--inh-caps={BYPASSES}", *command]
    own = {"HOME": str(desk.home), "USAGETRAY_HOME": str(desk.folder / "profile"), "PATH": os.defpath}
    env = {**own, "LANG": "C.UTF-8", "TZ": "Asia/Kathmandu"}
    return subprocess.run(command, env=env, capture_output=True, timeout=10, check=False, cwd=desk.folder)
