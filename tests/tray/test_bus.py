"""Finding the session bus, not losing it to a full socket, and calling back from elsewhere."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

from usagetray.edges.tray.bus import BusThread, _PatientSocket, session_address
from usagetray.edges.tray.worker import Worker


def test_the_bus_is_where_the_environment_says(tmp_path: Path):
    assert session_address({"DBUS_SESSION_BUS_ADDRESS": "unix:path=/x"}) == "unix:path=/x"
    assert session_address({"DBUS_SESSION_BUS_ADDRESS": "disabled:"}) is None
    assert session_address({}) is None
    assert session_address({"XDG_RUNTIME_DIR": str(tmp_path)}) is None


def test_the_bus_of_the_user_is_found_without_a_variable(tmp_path: Path):
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "bus"))

        assert session_address({"XDG_RUNTIME_DIR": str(tmp_path)}) == f"unix:path={tmp_path}/bus"


def test_a_full_socket_takes_nothing_instead_of_breaking():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        patient = _PatientSocket(ours)
        while patient.send(bytes(65536)):
            pass

        assert patient.send(b"more") == 0
        theirs.recv(1 << 20)
        assert patient.send(b"more") == 4


def test_callbacks_run_in_order_and_survive_one_that_fails(caplog):
    worker, seen, done = Worker("test-worker"), [], threading.Event()

    worker.submit(lambda: seen.append(threading.current_thread().name))
    worker.submit(lambda: 1 / 0)
    worker.submit(lambda: (seen.append(2), done.set()))

    assert done.wait(5)
    assert seen == ["test-worker", 2]
    assert "a callback of the tray failed" in caplog.text


def test_an_answer_that_takes_too_long_is_none():
    worker, release = Worker("test-worker"), threading.Event()

    slow = asyncio.run(worker.answer(lambda: release.wait(5), seconds=0.05))
    release.set()
    quick = asyncio.run(worker.answer(lambda: "rows", seconds=5))

    assert (slow, quick) == (None, "rows")


def test_a_bus_that_does_not_answer_the_door_is_reported_and_the_thread_ends(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/nobody")
    gone = threading.Event()

    async def never(bus: object) -> None:
        raise AssertionError(bus)

    bus = BusThread(arrived=never, leaving=never, gone=gone.set)
    bus.start()

    assert gone.wait(5)
    bus.stop(5)
    assert not any(thread.name == "tray-bus" for thread in threading.enumerate())


def test_pystray_is_imported_without_a_display_and_leaves_no_trace():
    """Its own import looks for a display, and raises an error of Xlib's where there is none."""
    said = subprocess.run(
        [sys.executable, "-c", "import os, usagetray.edges.tray.linux; print(os.environ.get('PYSTRAY_BACKEND'))"],
        env={name: text for name, text in os.environ.items() if name not in ("DISPLAY", "PYSTRAY_BACKEND")},
        capture_output=True,
        text=True,
        check=True,
    )

    assert said.stdout == "None\n"
