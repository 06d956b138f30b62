"""Fuzzing guided by coverage, one target after the other; what breaks is made small and kept.

    pip install atheris                                     # Linux; needed by this command alone
    python -m tests.fuzz TARGET|all|list --seconds N        # seconds for each target
    python -m tests.fuzz all --corpus DIR                   # keeps what reached new places, and begins with it

A broken target's input becomes `tests/fuzz/found/TARGET-HASH`, which the tests read again; then the command ends
with 1. What it prints is the table of `tests/fuzz/README.md`.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.fuzz.table import TARGETS
from tests.fuzz.target import HERE, Target, signature

LIMITS = ("-timeout=20", "-rss_limit_mb=1500", "-max_len=20000", "-print_final_stats=1", "-verbosity=1")
SMALLER_TRIES = 3000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="+", metavar="TARGET", help="one of `list`, or all")
    parser.add_argument("--seconds", type=int, default=30, help="for each target (default 30)")
    parser.add_argument("--corpus", type=Path, help="a folder to keep inputs in that reached new places")
    arguments = parser.parse_args()
    if arguments.targets == ["list"]:
        print("\n".join(f"{each.name:34} {each.holds}" for each in TARGETS.values()))
        return 0
    if importlib.util.find_spec("atheris") is None:
        print("atheris is not installed: pip install atheris (Linux only), then try again.", file=sys.stderr)
        return 1
    named = list(TARGETS) if arguments.targets == ["all"] else arguments.targets
    if unknown := [each for each in named if each not in TARGETS]:
        print(f"{unknown[0]} is no target: `python -m tests.fuzz list` names them.", file=sys.stderr)
        return 2
    print("| target | executions | edges at first, then | broken |\n|---|---:|---:|---:|", flush=True)
    found = 0
    with tempfile.TemporaryDirectory() as scratch:
        for name in named:
            found += one(TARGETS[name], arguments.seconds, arguments.corpus or Path(scratch) / "corpus", Path(scratch))
    return 1 if found else 0


def one(target: Target, seconds: int, corpora: Path, scratch: Path) -> int:
    """Runs a target and prints its row. How many ways were found to break it."""
    corpus, broken, seeds = corpora / target.name, scratch / "broken" / target.name, scratch / "seeds" / target.name
    for folder in (corpus, broken, seeds):
        folder.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(target.seeds):
        (seeds / str(number)).write_bytes(content)
    command = [sys.executable, "-m", "tests.fuzz.worker", target.name, str(broken), *LIMITS]
    command += [f"-max_total_time={seconds}", f"-artifact_prefix={broken}/", str(corpus), str(seeds)]
    done = subprocess.run(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, cwd=HERE.parents[1], check=False)
    said = done.stderr.decode(errors="replace")
    edges = re.findall(r"cov: (\d+)", said) or ["?"]
    runs = re.findall(r"number_of_executed_units: (\d+)|#(\d+)", said)
    count = int(next(filter(None, runs[-1]))) if runs else 0
    kept = [keep(target, path.read_bytes()) for path in sorted(broken.iterdir())]
    print(f"| {target.name} | {count:,} | {edges[0]}, {edges[-1]} | {len(kept)} |", flush=True)
    for path in kept:
        print(f"  {path.name}", file=sys.stderr)
    if done.returncode and not kept:
        print(said[-2000:], file=sys.stderr)
    return len(kept) + bool(done.returncode and not kept)


def keep(target: Target, content: bytes) -> Path:
    """Made as small as it can be while it breaks in the same place, and kept among the found ones."""

    def broken(tried: bytes) -> str | None:
        try:
            target.run(tried)
        except Exception as error:  # what is kept
            return signature(error)
        return None

    if (place := broken(content)) is not None:
        content = smallest(content, lambda tried: broken(tried) == place)
    path = HERE / "found" / f"{target.name}-{hashlib.sha256(content).hexdigest()[:10]}"
    path.write_bytes(content)
    return path


def smallest(content: bytes, breaks: Callable[[bytes], bool]) -> bytes:
    """Cuts pieces out, large ones first, as long as it breaks."""
    size, tries = max(1, len(content) // 2), 0
    while size and tries < SMALLER_TRIES:
        at, cut = 0, False
        while at < len(content) and tries < SMALLER_TRIES:
            tried, tries = content[:at] + content[at + size :], tries + 1
            if breaks(tried):
                content, cut = tried, True
            else:
                at += size
        size = size if cut and size == 1 else size // 2
    return content


if __name__ == "__main__":
    sys.exit(main())
