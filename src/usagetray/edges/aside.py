"""Work that is done by a process of its own: what it needs of memory and time is nobody else's."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

PATIENCE_S = 120.0


def told_by(module: str, environ: Mapping[str, str]) -> bytes:
    """What a module of ours prints when it is run. Raises `subprocess.SubprocessError` where it fails."""
    done = subprocess.run(  # noqa: S603 - our own command, no shell
        (sys.executable, "-m", module),
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        timeout=PATIENCE_S,
        check=True,
    )
    return done.stdout
