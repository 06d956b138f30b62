"""One target under the coverage-guided fuzzer, in a process of its own: `python -m tests.fuzz` starts it.

    python -m tests.fuzz.worker TARGET BROKEN [libFuzzer's own options]

The program is instrumented as it is imported. What breaks a target is written to the folder BROKEN, once for each
place that raised, and the run goes on.
"""

from __future__ import annotations

import hashlib
import random
import sys
from pathlib import Path

import atheris


def main() -> None:
    name, folder, *options = sys.argv[1:]
    with atheris.instrument_imports(include=["usagetray"]):
        from tests.fuzz.mutation import MOST, Edit, spoilt
        from tests.fuzz.table import TARGETS
        from tests.fuzz.target import signature
    target, broken = TARGETS[name], set[str]()

    def one(content: bytes) -> None:
        try:
            target.run(content)
        except Exception as error:  # what is looked for
            place = signature(error)
            if place not in broken:
                broken.add(place)
                print(f"broken: {place}", file=sys.stderr)
                (Path(folder) / hashlib.sha256(place.encode()).hexdigest()[:10]).write_bytes(content)

    def mutated(content: bytes, most: int, seed: int) -> bytes:
        chance = random.Random(seed)
        if chance.random() < 0.5:
            return bytes(atheris.Mutate(content, most))
        edits = (Edit(*(chance.randint(0, MOST) for _ in range(3))) for _ in range(chance.randint(1, 3)))
        return spoilt(target, content, edits)[:most]

    atheris.Setup([sys.argv[0], *options], one, custom_mutator=mutated)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
