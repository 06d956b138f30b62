"""Made-up logs as the tools leave them, with the totals that a right count of them must give.

    python -m tests.bench.corpus FOLDER [--megabytes 100] [--seed 1]

Writes FOLDER/home/.claude/projects/... and FOLDER/home/.codex/sessions/..., and FOLDER/expected.json. The totals are
added up while the responses are invented, before a line of them is written; nothing is ever read back. Every copy of
a response lies on the same UTC day. Sizes, repetitions and shapes are those of 351 MB of public transcripts: several
lines for a response, some with a placeholder until the last; tool results that hold their text twice, and at times
an image; copies of a sub-agent's records in its parent's log; logs of sub-agents, some of them lost; side questions
that first repeat the parent's last responses under another request; resumed sessions; errors that no model made;
both orders of fields; lines that a crash cut; text that itself looks like a line of a log.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from tests.bench.corpus.chance import Chance
from tests.bench.corpus.claude import ClaudeLogs
from tests.bench.corpus.codex import CodexLogs

CLAUDE_SHARE = 0.85


def generate(folder: Path, *, megabytes: float = 2, seed: int = 1, median_kb: float = 400) -> dict[str, Any]:
    """Fills an empty folder; what `expected.json` says. The same arguments give the same bytes."""
    home = folder / "home"
    claude = ClaudeLogs(home / ".claude", Chance(seed, megabytes), median_kb)
    codex = CodexLogs(home / ".codex", Chance(seed + 1000, megabytes), median_kb)
    claude.fill(megabytes * 1e6 * CLAUDE_SHARE)
    codex.fill(megabytes * 1e6 * (1 - CLAUDE_SHARE))
    expected = {
        "claude": claude.expected.as_json(),
        "codex": codex.expected.as_json(),
        "files": claude.files + codex.files,
        "bytes": claude.bytes + codex.bytes,
        "kinds": dict(sorted((claude.kinds + codex.kinds).items())),
    }
    (folder / "expected.json").write_text(json.dumps(expected, indent=1, sort_keys=True))
    return expected


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.corpus", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--megabytes", type=float, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--median-kb", type=float, default=400, help="of a session; 8 makes many small files")
    arguments = parser.parse_args()
    if (arguments.folder / "expected.json").exists():
        parser.error(f"{arguments.folder} holds a corpus already")
    made = generate(arguments.folder, megabytes=arguments.megabytes, seed=arguments.seed, median_kb=arguments.median_kb)
    print(f"{made['files']} files, {made['bytes'] / 1e6:.1f} MB, {made['kinds']}")
