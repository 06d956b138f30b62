"""Asking another tool's program: real children, made up by the tests, good and bad."""

from __future__ import annotations

import json
import os
import signal
import stat
import sys
import textwrap
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support import wait_until
from usagetray.edges.program import Programs, find
from usagetray.errors import Cause, SourceError
from usagetray.providers.contract import Program

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the made-up programs are Unix scripts")

TOOL = Program(name="tool", places=("~/elsewhere/tool",), environ=("TOOL_FOLDER",))
CANARY = "CANARY-0123456789abcdef"


class Bench:
    """A folder of made-up programs, and the environment they are found in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.scratch = folder / "profile" / "state" / "scratch"
        self.environ = {"HOME": str(folder), "PATH": f"{self.bin}{os.pathsep}{os.defpath}"}
        self.programs = Programs(answer_s=5.0, patience_s=0.3)

    def write(self, body: str, place: Path | None = None) -> Path:
        """A program whose body has `said` (print and flush) and `told` (the lines of its standard input)."""
        path = place or self.bin / "tool"
        path.parent.mkdir(parents=True, exist_ok=True)
        head = f"#!{sys.executable} -IS\nimport json, os, signal, subprocess, sys, time\nfrom pathlib import Path\n"
        words = "def said(line): print(line, flush=True)\ndef told(): return sys.stdin.read().splitlines()\n"
        path.write_text(f"{head}HERE = Path({str(self.folder)!r})\n{words}{textwrap.dedent(body)}")
        path.chmod(0o755)
        return path

    def ask(self, told: bytes = b"how much?\n", **environ: str) -> str:
        run = self.programs.runner("the tool", TOOL, self.environ, self.scratch)
        assert run is not None
        return run(("--limits", ""), told, lambda line: line.startswith(b"answer"), environ).decode().strip()

    def failure(self) -> SourceError:
        with pytest.raises(SourceError) as caught:
            self.ask()
        return caught.value

    @property
    def pid(self) -> int:
        return int((self.folder / "pid").read_text())

    def is_running(self) -> bool:
        return is_running(self.pid)


def is_running(pid: int) -> bool:
    """A zombie counts as running: it still takes a place in the system's table."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.programs.close(0.0)
    wait_until(lambda: not ours(), "the end of every thread that cares for a program")


def ours() -> list[str]:
    return [each.name for each in threading.enumerate() if each.name in ("program", "end program")]


# ---- what it says ------------------------------------------------------------------------------------------


def test_the_answer_is_found_among_other_lines(bench: Bench) -> None:
    bench.write("""
        said("welcome")
        said(json.dumps({"type": "system"}))
        said("answer: " + told()[0])
        said("goodbye")
    """)

    assert bench.ask() == "answer: how much?"


def test_arguments_arrive_as_they_are_an_empty_one_too(bench: Bench) -> None:
    """No shell stands between: neither `$HOME` nor an empty argument is touched."""
    bench.write('said("answer" + json.dumps(sys.argv[1:]))')
    run = bench.programs.runner("the tool", TOOL, bench.environ, bench.scratch)
    assert run is not None

    said = run(("", "$HOME; touch x", "*"), b"", lambda line: line.startswith(b"answer"), {})

    assert json.loads(said.removeprefix(b"answer")) == ["", "$HOME; touch x", "*"]


def test_a_program_that_ends_without_an_answer_is_bad_data(bench: Bench) -> None:
    bench.write('said("I do not know")')

    error = bench.failure()

    assert error.cause is Cause.BAD_DATA
    assert "without an answer" in str(error)


def test_a_program_that_never_reads_what_it_is_told_still_answers(bench: Bench) -> None:
    """A megabyte is more than any pipe holds."""
    bench.write('os.close(0); said("answer"); time.sleep(0.1)')

    assert bench.ask(told=b"x" * 1024 * 1024) == "answer"


def test_a_program_that_never_answers_is_given_up_at_the_deadline(bench: Bench) -> None:
    bench.programs = Programs(answer_s=0.5, patience_s=0.2)
    bench.write('(HERE / "pid").write_text(str(os.getpid())); time.sleep(60)')

    error = bench.failure()

    assert error.cause is Cause.TIMEOUT
    wait_until(lambda: not bench.is_running(), "the end of the program")


def test_a_program_may_be_given_less_time_than_others(bench: Bench) -> None:
    bench.write("time.sleep(60)")
    run = bench.programs.runner("the tool", replace(TOOL, within_s=0.1), bench.environ, bench.scratch)
    assert run is not None

    with pytest.raises(SourceError) as caught:
        run((), b"", lambda line: True, {})

    assert caught.value.cause is Cause.TIMEOUT
    assert "0.1 s" in caught.value.detail


@pytest.mark.parametrize("piece", ["'noise\\n' * 1000", "'x' * 65536"], ids=["lines", "one line without end"])
def test_a_flood_is_not_taken_in(bench: Bench, piece: str) -> None:
    """After 4 MiB without an answer it is over; the program is ended."""
    bench.write(f"""
        (HERE / "pid").write_text(str(os.getpid()))
        while True:
            sys.stdout.write({piece})
    """)

    error = bench.failure()

    assert error.cause is Cause.BAD_DATA
    assert "too much" in str(error)
    wait_until(lambda: not bench.is_running(), "the end of the program")


def test_a_flood_is_ended_politely_and_not_by_a_broken_pipe(bench: Bench) -> None:
    """It may be in the middle of something worse to interrupt than its talk."""
    bench.write("""
        def ended(how):
            (HERE / how).touch()
            os._exit(0)
        signal.signal(signal.SIGTERM, lambda *_: ended("asked to end"))
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        try:
            while True: os.write(1, b"noise\\n" * 1000)
        except BrokenPipeError:
            ended("cut off")
    """)

    bench.failure()

    wait_until(lambda: not ours(), "its end")
    assert (bench.folder / "asked to end").exists()
    assert not (bench.folder / "cut off").exists()


def test_what_comes_after_the_answer_is_taken_so_that_the_program_can_end_by_itself(bench: Bench) -> None:
    """A megabyte, with nobody to take it, would hold it up until it is ended from outside."""
    bench.programs = Programs(answer_s=5.0, patience_s=5.0)
    bench.write("""
        said("answer")
        said("x" * 1024 * 1024)
        (HERE / "ended by itself").touch()
    """)

    bench.ask()

    wait_until((bench.folder / "ended by itself").exists, "its own end")


def test_an_answer_does_not_wait_for_the_program_s_end(bench: Bench) -> None:
    bench.programs = Programs(answer_s=5.0, patience_s=30.0)
    bench.write('(HERE / "pid").write_text(str(os.getpid())); said("answer"); time.sleep(60)')

    assert bench.ask() == "answer"
    assert bench.is_running()


# ---- how it is ended ---------------------------------------------------------------------------------------

STAYS = """
    def note(*_): (HERE / "asked to end").write_text(str(time.monotonic()))
    signal.signal(signal.SIGTERM, note)
    (HERE / "pid").write_text(str(os.getpid()))
    said("answer")
    while True: time.sleep(0.05)
"""


def test_a_program_that_ignores_the_request_to_end_is_killed_only_after_patience(bench: Bench) -> None:
    """0.6 s of patience: asked to end not before, killed not before as much again."""
    bench.programs = Programs(answer_s=5.0, patience_s=0.6)
    bench.write(STAYS)

    bench.ask()
    answered = time.monotonic()
    wait_until(lambda: not bench.is_running(), "its end")
    killed = time.monotonic()
    asked = float((bench.folder / "asked to end").read_text())

    assert asked - answered >= 0.5
    assert killed - asked >= 0.5


def test_a_wrapper_is_ended_together_with_what_it_wraps(bench: Bench) -> None:
    """Programs are often scripts that start another: both go."""
    bench.programs = Programs(answer_s=0.5, patience_s=0.2)
    bench.write("""
        inner = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        (HERE / "pid").write_text(str(inner.pid))
        inner.wait()
    """)

    bench.failure()

    def has_gone() -> bool:
        """Nobody of ours is its parent, so a zombie is as gone as it gets here."""
        try:
            return Path(f"/proc/{bench.pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
        except OSError:
            return True

    wait_until(has_gone, "the end of what it wraps")


def test_closing_asks_what_runs_to_end_and_starts_nothing_more(bench: Bench) -> None:
    """It hears of it at once, not after the patience of 30 s; the one who asked is free again."""
    bench.programs = Programs(answer_s=30.0, patience_s=30.0)
    bench.write('(HERE / "pid").write_text(str(os.getpid())); time.sleep(60)')
    errors: list[SourceError] = []
    asking = threading.Thread(target=lambda: errors.append(bench.failure()))
    asking.start()
    wait_until(lambda: (bench.folder / "pid").exists() and (bench.folder / "pid").read_text(), "its start")

    bench.programs.close(5.0)

    assert not bench.is_running()
    asking.join(5)
    assert [each.cause for each in errors] == [Cause.BAD_DATA]
    assert bench.failure().cause is Cause.TIMEOUT


def test_closing_kills_nothing(bench: Bench) -> None:
    """One that is busy writing its sign-in gets the time to do so, after us."""
    bench.programs = Programs(answer_s=5.0, patience_s=30.0)
    bench.write(STAYS)
    bench.ask()

    started = time.monotonic()
    bench.programs.close(0.5)

    assert time.monotonic() - started < 3
    wait_until((bench.folder / "asked to end").exists, "the request to end")
    assert bench.is_running()
    os.kill(bench.pid, signal.SIGKILL)


def test_twenty_runs_leave_nothing_behind(bench: Bench) -> None:
    """No zombie, no thread, no descriptor."""
    bench.write('(HERE / f"pid-{os.getpid()}").touch(); said("answer")')
    bench.ask()
    wait_until(lambda: not ours(), "the end of the first run")
    before = len(list(Path("/dev/fd").iterdir()))

    for _ in range(20):
        assert bench.ask() == "answer"

    wait_until(lambda: not ours(), "the end of all runs")
    pids = [int(each.name.removeprefix("pid-")) for each in bench.folder.glob("pid-*")]
    assert len(pids) == 21
    assert [each for each in pids if is_running(each)] == []
    assert len(list(Path("/dev/fd").iterdir())) == before


# ---- what it sees ------------------------------------------------------------------------------------------


def test_a_program_sees_little_of_our_environment(bench: Bench) -> None:
    """No key, whatever its name; what it needs, what it asked for, and what the strategy adds."""
    secrets = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN", "MY_SECRET", "LD_PRELOAD")
    bench.environ |= dict.fromkeys(secrets, CANARY) | {"TOOL_FOLDER": "/opt/tool", "LANG": "C.UTF-8"}
    bench.write('said("answer" + json.dumps(dict(os.environ)))')

    seen: Mapping[str, str] = json.loads(bench.ask(TOOL_HOME="/home/x").removeprefix("answer"))

    own = {"PWD", "SHLVL", "_", "LC_CTYPE"}  # set by the interpreter or a shell, not by us
    assert set(seen) - own == {"HOME", "PATH", "LANG", "TOOL_FOLDER", "TOOL_HOME"}
    assert CANARY not in str(seen)


def test_a_program_stands_in_an_empty_private_folder_of_ours(bench: Bench) -> None:
    bench.write('said("answer" + json.dumps([os.getcwd(), os.listdir(".")]))')
    previous = os.umask(0)
    try:
        where, there = json.loads(bench.ask().removeprefix("answer"))
    finally:
        os.umask(previous)

    assert Path(where) == bench.scratch.resolve()
    assert there == []
    assert stat.S_IMODE(bench.scratch.stat().st_mode) == 0o700


def test_a_planted_link_in_place_of_the_folder_is_refused(bench: Bench) -> None:
    bench.write('said("answer")')
    bench.scratch.parent.mkdir(parents=True)
    bench.scratch.symlink_to(bench.folder)

    error = bench.failure()

    assert error.cause is Cause.NOT_CONNECTED
    assert str(bench.folder) not in str(error)


# ---- where it is found -------------------------------------------------------------------------------------


def test_a_program_that_is_not_installed_is_not_there(bench: Bench) -> None:
    assert bench.programs.runner("the tool", TOOL, bench.environ, bench.scratch) is None
    assert not bench.scratch.exists()


@pytest.mark.parametrize("place", ["bin/tool", "elsewhere/tool"])
def test_a_file_that_may_not_be_executed_is_no_program(bench: Bench, place: str) -> None:
    bench.write('said("answer")', bench.folder / place).chmod(0o644)

    assert find(TOOL, bench.environ) is None


def test_known_places_are_searched_when_the_path_lacks_it(bench: Bench) -> None:
    """And its own folder is added to the end of its PATH: what it needs to run is installed beside it."""
    bench.write('said("answer " + os.environ["PATH"])', bench.folder / "elsewhere" / "tool")

    assert bench.ask() == f"answer {bench.environ['PATH']}{os.pathsep}{bench.folder / 'elsewhere'}"


def test_the_path_comes_before_known_places(bench: Bench) -> None:
    bench.write('said("answer 1")')
    bench.write('said("answer 2")', bench.folder / "elsewhere" / "tool")

    assert bench.ask() == "answer 1"


@pytest.mark.parametrize("path", ["", ".", f".{os.pathsep}bin"])
def test_a_relative_entry_of_the_path_is_passed_over(bench: Bench, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program is the user's, not one that lies where we happen to stand."""
    bench.write('said("answer")')
    monkeypatch.chdir(bench.bin)

    assert find(TOOL, {**bench.environ, "PATH": path}) is None


@pytest.mark.parametrize(
    "content", ["no program at all\n", "#!/nowhere/interpreter\n"], ids=["text", "missing interpreter"]
)
def test_a_program_that_cannot_be_started_is_not_there(bench: Bench, content: str) -> None:
    path = bench.bin / "tool"
    path.write_text(content)
    path.chmod(0o755)

    error = bench.failure()

    assert error.cause is Cause.NOT_CONNECTED
    assert str(bench.folder) not in str(error)
