"""The command line as its users start it: a process of its own, in a home of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PROGRAM = (sys.executable, "-m", "usagetray")
STACK_TRACE = ("Traceback", 'File "', "Error:", "Exception")


class Said:
    """What one run printed, and its exit status."""

    def __init__(self, done: subprocess.CompletedProcess[bytes]) -> None:
        self.status = done.returncode
        self.raw = done.stdout
        self.out = done.stdout.decode().replace("\u202f", " ").replace("\u00a0", " ")
        self.err = done.stderr.decode().replace("\u202f", " ").replace("\u00a0", " ")

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    def __repr__(self) -> str:
        return f"exit status {self.status}\n{self.out}\n{self.err}"


class Computer:
    """A made-up computer: one home, no screen, no bus, nothing inherited from the one the tests run on."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.home.mkdir()
        self.profile = folder / "profile"  # made by the program where it is named
        self.isolated = {"USAGETRAY_HOME": str(self.profile)}
        self.env = {"HOME": str(self.home), "PATH": os.defpath, "LANG": "C.UTF-8", "TZ": "Asia/Kathmandu"}

    def run(self, *words: str, stdin: bytes = b"", isolated: bool = True, shell: str | None = None, **env: str) -> Said:
        """`usagetray WORDS`, or a line for the shell in which `usagetray` is the program."""
        command = list(PROGRAM) + list(words)
        if shell is not None:
            command = ["sh", "-c", f'usagetray() {{ "{sys.executable}" -m usagetray "$@"; }}; {shell}']
        whole = {**self.env, **(self.isolated if isolated else {}), **env}
        done = subprocess.run(command, input=stdin, env=whole, capture_output=True, timeout=60, check=False)
        said = Said(done)
        assert not any(trace in said.err for trace in STACK_TRACE), said.err
        return said

    def claude(self, **files: str) -> Path:
        """Claude Code was used here: its home, with its settings or other files as given, by name without .json."""
        folder = self.home / ".claude"
        folder.mkdir(exist_ok=True)
        (self.home / ".claude.json").write_text('{"oauthAccount": {"accountUuid": "acc-1"}}')
        (folder / "projects").mkdir(exist_ok=True)
        for name, text in files.items():
            (folder / f"{name}.json").write_text(text)
        return folder

    @property
    def config(self) -> Path:
        return self.profile / "config.toml"

    def write_config(self, text: str) -> bytes:
        self.profile.mkdir(exist_ok=True)
        self.config.write_text(text)
        return text.encode()


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    return Computer(tmp_path)


@pytest.fixture
def usagetray(computer: Computer) -> Callable[..., Said]:
    return computer.run
