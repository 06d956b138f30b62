"""What this process has taken since it began, as the system tells it."""

from __future__ import annotations

import os
import sys
import time
from datetime import timedelta
from pathlib import Path

from usagetray.domain.own_cost import Effort

PROC = Path("/proc/self")


def taken(proc: Path = PROC) -> Effort:
    """Since the process began; rows and looks are for others to count. Takes a tenth of a millisecond."""
    times = os.times()
    return Effort(
        processor=timedelta(seconds=time.process_time()),
        children=timedelta(seconds=times.children_user + times.children_system),
        memory=_memory(proc),
        memory_peak=_peak(),
        written=_written(proc),
    )


def _memory(proc: Path) -> int | None:
    """Bytes in real memory now; None where there is no /proc."""
    if sys.platform != "linux":
        return None
    try:
        pages = int((proc / "statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None


def _peak() -> int | None:
    """The most there ever were; None on Windows."""
    if sys.platform == "win32":
        return None
    import resource

    counted = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return counted if sys.platform == "darwin" else counted * 1024  # bytes there, kilobytes elsewhere


def _written(proc: Path) -> int | None:
    """Bytes this process had the disk write, as the kernel counts them; None where it does not."""
    try:
        lines = (proc / "io").read_text(encoding="ascii").splitlines()
        counted = dict(line.split(": ", 1) for line in lines)
        return max(int(counted["write_bytes"]) - int(counted["cancelled_write_bytes"]), 0)
    except (OSError, ValueError, KeyError):
        return None
