"""Every provider is given its recorded answers with fields replaced by anything, very often.

    python -m tests.bench.mutations [--count N] [--seed N]

The tests do the same some hundred times. Ends with 1 at the first answer that raises anything but a `SourceError`,
or that reads as a figure which cannot be: not a number, negative, over 100 % where a quota cannot be overdrawn.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.providers import keyed, recorded
from tests.providers.test_recorded import CASES, changed, paths
from usagetray.errors import SourceError

ODD: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 7, 10**30, 10**400, 0.5, -0.5, 99.99, 1e400, float("nan"), 253402300800),
    *("", " 7 ", "NaN", "-1", "100", "1e9", "\ud800", "9" * 5000, "2026-11-20T19:00:00Z", "today", "\0", "é" * 40),
    *([], [1], [None, {}], {}, {"x": 1}, {"amount": "x"}),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200_000, help="mutated answers (default 200000)")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    outcomes: Counter[str] = Counter()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(arguments.count):
            provider, case = chance.choice(CASES)
            answer = mutated(recorded.body(provider, case["file"]), chance)
            try:
                outcomes[one(provider, case, answer, Path(folder))] += 1
            except Exception as error:  # what is looked for
                print(
                    f"answer {number} of seed {arguments.seed}, {provider}/{case['file']}: {error!r}\n{answer!r:.2000}"
                )
                return 1
    spent = time.monotonic() - began
    print(
        f"{arguments.count} answers of {len({each for each, _ in CASES})} providers in {spent:.0f} s: {dict(outcomes)}"
    )
    return 0


def mutated(answer: Any, chance: random.Random) -> Any:
    for _ in range(chance.randint(1, 4)):
        places = list(paths(answer))
        if places:
            answer = changed(answer, chance.choice(places), chance.choice(ODD))
    return answer


def one(provider: str, case: dict[str, Any], answer: Any, folder: Path) -> str:
    try:
        told = recorded.read(provider, case["reader"], answer, case["now"], folder)
    except SourceError as error:
        return str(error.cause)
    recorded.assert_legal(told)
    if keyed.readers(provider):
        assert all((window.utilization or 0) <= 1 for window in told.windows)
    return "read"


if __name__ == "__main__":
    sys.exit(main())
