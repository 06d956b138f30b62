"""`demo --text`, ended before its time."""

from __future__ import annotations

import signal
import subprocess

import pytest

from tests.cli.conftest import PROGRAM, Computer


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_demo_that_is_broken_off_leaves_nothing_behind(computer: Computer, number: signal.Signals) -> None:
    """Ctrl+C, a polite kill, and the terminal's window closed."""
    command = [*PROGRAM, "demo", "--text", "--speed", "1000"]
    with subprocess.Popen(
        command,
        env=computer.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),  # what a shell starts behind "&" ignores Ctrl+C
    ) as playing:
        assert playing.stdout is not None
        playing.stdout.readline()  # the first line: the stage is up
        playing.send_signal(number)
        said = playing.communicate(timeout=20)[1]

    assert (playing.returncode, said) == (130, b"")
    assert [path for path in computer.home.rglob("*") if not path.is_dir()] == []
