"""Formatter, linter and types agree, so that `pytest` alone says whether a change is right."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    *(("mypy", "--platform", each, "--cache-dir", f".mypy_cache/{each}") for each in ("linux", "darwin", "win32")),
)


@pytest.mark.parametrize("command", CHECKS, ids=" ".join)
def test_the_code_has_one_form_and_sound_types(command: tuple[str, ...]) -> None:
    """Where the tools are not installed this is skipped, except in CI, which must prove it."""
    if importlib.util.find_spec(command[0]) is None and not os.environ.get("CI"):
        pytest.skip(f"{command[0]} is not installed: pip install -e '.[dev]'")

    done = subprocess.run([sys.executable, "-m", *command], cwd=REPOSITORY, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
