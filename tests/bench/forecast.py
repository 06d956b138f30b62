"""Runs the forecast benchmark, which lies outside this repository, on the program's own forecast and alert rule.

python -m tests.bench.forecast --folder DIR [--whole] [arguments of its evaluate.py: --train, --quick, --seeds 1-40 ...]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
FORECASTER, WHOLE = "tests.bench.forecaster", "tests.bench.whole_forecaster"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True, help="holds evaluate.py and simulate.py")
    parser.add_argument("--whole", action="store_true", help="through logs, ledger and store: some minutes for a user")
    arguments, others = parser.parse_known_args()
    evaluate = arguments.folder.resolve() / "evaluate.py"
    if not evaluate.is_file():
        parser.error(f"there is no {evaluate}: give the folder of the forecast benchmark")
    paths = os.pathsep.join((str(REPOSITORY), str(REPOSITORY / "src")))
    environ = {**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
    module = WHOLE if arguments.whole else FORECASTER
    command = [sys.executable, str(evaluate), *(others or ["--quick"]), "--", sys.executable, "-m", module]
    return subprocess.run(command, env=environ, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
