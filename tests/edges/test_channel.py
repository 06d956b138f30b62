"""The private channel to the running tray, and the lock that keeps it the only one."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import select
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from usagetray.edges.channel import InstanceLock, NobodyThere, answer, ask, serve
from usagetray.edges.files import paths
from usagetray.errors import UnwritableError, UserError


def handle(verb: str, args: dict[str, str]) -> str:
    if verb == "refuse":
        raise UserError("Not now.")
    if verb == "break":
        raise RuntimeError("a secret in an error text")
    return f"{verb} {sorted(args.items())}"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run" / "tray.sock"


def test_a_verb_reaches_the_tray_and_its_answer_comes_back(path: Path) -> None:
    server = serve(path, handle)

    assert ask(path, "show", {"x": "10", "y": "20"}) == "show [('x', '10'), ('y', '20')]"
    assert ask(path, "refresh") == "refresh []"
    server.close()


def test_the_socket_is_private_from_the_start_and_gone_at_the_end(path: Path) -> None:
    """Also where the umask would let everybody in."""
    before = os.umask(0)
    try:
        server = serve(path, handle)
    finally:
        os.umask(before)

    assert stat.S_IMODE(path.lstat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.lstat().st_mode) == 0o700
    server.close()
    assert not path.exists()
    assert not any(thread.name == "channel" for thread in threading.enumerate())


def test_a_refusal_is_the_trays_own_sentence_and_a_fault_is_not_quoted(path: Path, caplog) -> None:
    server = serve(path, handle)

    with pytest.raises(UserError, match=r"^Not now\.$"):
        ask(path, "refuse")
    with pytest.raises(UserError, match="its log says why"):
        ask(path, "break")
    assert ask(path, "show") == "show []"
    server.close()


def test_nobody_there_is_said_as_such(path: Path) -> None:
    with pytest.raises(NobodyThere):
        ask(path, "show")

    path.parent.mkdir(mode=0o700)
    with pytest.raises(NobodyThere):
        ask(path, "show")

    dead = socket.socket(socket.AF_UNIX)
    dead.bind(str(path))
    dead.close()
    with pytest.raises(NobodyThere):
        ask(path, "show")


def test_the_socket_of_a_killed_tray_is_no_obstacle(path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    dead = socket.socket(socket.AF_UNIX)
    dead.bind(str(path))
    dead.close()

    server = serve(path, handle)

    assert ask(path, "show") == "show []"
    server.close()


def test_a_planted_file_or_link_is_refused_and_left_alone(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    path.write_text("mine")
    with pytest.raises(UserError, match="not a socket of yours"):
        serve(path, handle)
    assert path.read_text() == "mine"

    path.unlink()
    path.symlink_to(tmp_path / "elsewhere.sock")
    with pytest.raises(UserError, match="not a socket of yours"):
        serve(path, handle)
    assert path.is_symlink()

    real = tmp_path / "real"
    real.mkdir(mode=0o700)
    link = tmp_path / "link"
    link.symlink_to(real)
    with pytest.raises(UserError, match="not a folder of yours"):
        serve(link / "tray.sock", handle)


def test_a_folder_that_others_can_enter_is_not_spoken_into(path: Path) -> None:
    """Whoever can write there could have put up a socket of their own."""
    server = serve(path, handle)
    path.parent.chmod(0o777)

    with pytest.raises(NobodyThere, match="not private"):
        ask(path, "show")
    server.close()


@pytest.mark.skipif(sys.platform != "linux", reason="uses /proc")
def test_a_path_longer_than_a_sockets_may_be_works_too(tmp_path: Path) -> None:
    """A folder name of 200 characters; a socket's path may have 107."""
    path = tmp_path / ("x" * 200) / "run" / "tray.sock"
    server = serve(path, handle)

    assert stat.S_IMODE(path.lstat().st_mode) == 0o600
    assert ask(path, "show") == "show []"
    server.close()
    assert not path.exists()


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"show",
        b"[]",
        b'{"args": {}}',
        b'{"verb": 1}',
        b'{"verb": "Show"}',
        b'{"verb": "show me"}',
        b'{"verb": "show", "args": ["x"]}',
        b'{"verb": "show", "args": {"x": 1}}',
        b"\xff",
        b"[" * 3000,
    ],
)
def test_a_line_that_is_no_verb_is_refused(line: bytes) -> None:
    called: list[str] = []

    said = json.loads(answer(line, lambda verb, args: called.append(verb) or ""))

    assert said == {"ok": False, "text": "The tray did not understand that."}
    assert called == []


@pytest.mark.parametrize("sent", [b"x" * 5000, b'{"verb": "show"}', b""])
def test_a_client_that_says_too_much_or_nothing_is_hung_up_on_and_the_next_is_served(path: Path, sent: bytes) -> None:
    """Too long a line; a line without an end; nothing at all."""
    server = serve(path, handle)
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))
        client.settimeout(5)
        client.sendall(sent)
        with contextlib.suppress(ConnectionResetError):  # it hung up with our bytes unread
            assert client.recv(100) == b""

    assert ask(path, "show") == "show []"
    server.close()


def test_a_question_too_long_is_refused_before_it_is_sent(path: Path) -> None:
    with pytest.raises(UserError, match="too long"):
        ask(path, "show", {"x": "y" * 5000})


def test_a_long_answer_is_cut_and_still_an_answer(path: Path) -> None:
    """A hundred thousand characters, each of two UTF-16 units, which JSON writes as twelve bytes."""
    server = serve(path, lambda verb, args: "\U0001f600" * 100_000)

    assert 5000 < len(ask(path, "show")) < 6000
    server.close()


def test_many_second_starts_at_once_are_all_answered(path: Path) -> None:
    server = serve(path, handle)
    said: list[str] = []
    threads = [threading.Thread(target=lambda: said.append(ask(path, "show"))) for _ in range(50)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert said == ["show []"] * 50
    server.close()


# ---- the lock ----------------------------------------------------------------------------------------------

HOLDER = """
import sys
from pathlib import Path
from usagetray.edges.channel import InstanceLock

lock = InstanceLock(Path(sys.argv[1]))
print(lock.acquire(), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holders() -> Iterator[list[subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        process.kill()
        process.communicate()


def hold(path: Path, holders: list[subprocess.Popen[str]]) -> tuple[subprocess.Popen[str], str]:
    command = [sys.executable, "-c", HOLDER, str(path)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    holders.append(process)
    assert process.stdout
    assert select.select([process.stdout], [], [], 20)[0]
    return process, process.stdout.readline().strip()


def test_one_process_holds_the_lock_and_a_killed_one_leaves_no_obstacle(
    tmp_path: Path, holders: list[subprocess.Popen[str]]
) -> None:
    path = tmp_path / "run" / "tray.lock"
    first, got = hold(path, holders)
    assert got == "True"
    lock = InstanceLock(path)
    assert not lock.acquire()

    first.send_signal(signal.SIGKILL)
    first.wait(10)

    assert lock.acquire()
    assert lock.acquire()
    assert hold(path, holders)[1] == "False"
    lock.release()
    assert hold(path, holders)[1] == "True"


def test_the_writer_s_lock_is_where_a_job_without_a_session_looks_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tray has a runtime folder, cron and a login by SSH have none or another: one of them writes all the same."""
    for name in ("XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))

    tray, cron = paths({"XDG_RUNTIME_DIR": str(tmp_path)}), paths({})

    assert tray.runtime_dir != cron.runtime_dir
    assert tray.lock == cron.lock
    assert tray.lock.is_relative_to(tray.state_dir)


def test_a_file_system_without_locks_keeps_nobody_from_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(descriptor: int, how: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", no_locks)

    assert InstanceLock(tmp_path / "tray.lock").acquire()


def test_what_an_old_lock_file_says_does_not_matter(tmp_path: Path) -> None:
    """A process number, of whomever."""
    path = tmp_path / "tray.lock"
    path.write_text("1\n")
    lock = InstanceLock(path)

    assert lock.acquire()
    assert path.read_text() == "1\n"
    lock.release()


def test_the_lock_file_is_private_and_a_planted_link_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run" / "tray.lock"
    lock = InstanceLock(path)
    lock.acquire()
    assert stat.S_IMODE(path.lstat().st_mode) == 0o600
    lock.release()

    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UnwritableError, match="symbolic links"):
        InstanceLock(path).acquire()
    assert not (tmp_path / "elsewhere").exists()


def test_a_child_process_does_not_inherit_the_lock(tmp_path: Path) -> None:
    """Else a popup that outlives the tray would keep the next one from starting."""
    path = tmp_path / "tray.lock"
    lock = InstanceLock(path)
    lock.acquire()
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, close_fds=False)

    lock.release()

    again = InstanceLock(path)
    deadline = time.monotonic() + 5
    while not again.acquire():  # the child's own exec may be some microseconds from done
        assert time.monotonic() < deadline
    assert child.poll() is None
    again.release()
    child.communicate(b"\n", timeout=10)
