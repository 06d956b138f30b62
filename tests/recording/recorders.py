"""Programs that record at once: `python recorders.py PROCESSES CALLS FOLDER`.

Each makes half of its calls, says so by a file in the folder, and makes the other half once the file "go" is there.
Every fifth call is recorded a second time, under the same id.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from usagetray import log_usage


def record(program: int, first: int, last: int) -> None:
    for number in range(first, last):
        again = number % 5 == 0
        call = f"{program}-{number}" if again else ""
        for _ in range(2 if again else 1):
            log_usage(
                model="claude-opus-5", usage={"input_tokens": 3, "output_tokens": 2}, app=f"app {program}", task="t",
                id=call, strict=True,
            )  # fmt: skip


def main(processes: int, calls: int, folder: Path) -> None:
    children = []
    for program in range(processes):
        child = os.fork()
        if child == 0:
            record(program, 0, calls // 2)
            (folder / f"half-{program}").touch()
            while not (folder / "go").exists():
                time.sleep(0.005)
            record(program, calls // 2, calls)
            os._exit(0)
        children.append(child)
    assert all(os.waitpid(child, 0)[1] == 0 for child in children)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
