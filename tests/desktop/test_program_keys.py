"""A key's way through the whole program, with the desktop's real key store: unlocked, locked and absent."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.desktop.program import Program, computer
from tests.desktop.session import Desktop
from tests.providers.recorded import KEY, body
from tests.support import Vendor, always, ok
from usagetray.edges.clock import SystemClock
from usagetray.edges.keychain import service_name

pytestmark = pytest.mark.desktop

SECRETS = "org.freedesktop.secrets"
LOGIN = "/org/freedesktop/secrets/collection/login"


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    made = Vendor(SystemClock(), always(ok(body("deepseek", "balance.json"))))
    yield made
    made.close()


def kept(program: Program) -> bytes:
    """What the key store has of this profile's, in full."""
    search = ["secret-tool", "search", "--all", "service", service_name(program.profile)]
    done = subprocess.run(search, env=program.desktop.env, capture_output=True, timeout=20, check=False)
    return done.stdout


def connect(program: Program) -> subprocess.CompletedProcess[bytes]:
    return program.verb("connect", "deepseek", told=KEY.encode() + b"\n")


def allow(program: Program) -> None:
    program.config.write_text('welcomed = true\n[providers.deepseek]\nallow = ["balance"]\n')


def state_of(program: Program, provider: str) -> str:
    return next((each["state"] for each in program.status() if each["provider"] == provider), "not shown")


def holders_of(secret: str) -> list[str]:
    """Processes that have it in their arguments or environment."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        for name in ("cmdline", "environ"):
            try:
                if secret.encode() in (path / name).read_bytes():
                    found.append(f"{path.name}/{name}")
            except OSError:
                continue  # it ended, or is another user's
    return found


def test_a_typed_key_goes_to_the_key_store_and_the_vendor_and_nowhere_else(
    desktop: Desktop, tmp_path: Path, vendor: Vendor
):
    """From `connect`, with the tray running, over the figure in the popup, to `disconnect`."""
    with computer(desktop, tmp_path) as program:
        program.use_claude(42)
        program.start("--log", "--origin", f"deepseek={vendor.origin}")
        program.wait_for_icon()
        assert vendor.asked == []

        done = connect(program)

        assert (done.returncode, done.stderr) == (0, b"")
        desktop.wait_until(lambda: state_of(program, "deepseek") == "fresh", "the balance")
        assert [(asked.path, asked.token) for asked in vendor.asked] == [("/user/balance", KEY)]
        assert KEY.encode() in kept(program)
        desktop.click_icon()
        program.wait_for_popup()
        program.picture("program-balance")
        assert "$12.34 left" in program.verb("status").stdout.decode()
        assert holders_of(KEY) == []

        done = program.verb("disconnect", "deepseek")

        assert done.returncode == 0
        assert kept(program) == b""
        assert state_of(program, "deepseek") == "not shown"
        assert program.end() == 0
        assert program.files_with(KEY) == []
        assert program.errors == ""


def unlock(desktop: Desktop, folder: Path) -> None:
    """By starting its daemon anew with the password, which is how it happens without a prompt."""
    pid = desktop.pid_of(SECRETS)
    assert pid
    os.kill(pid, signal.SIGKILL)
    desktop.wait_until(lambda: not desktop.has_name(SECRETS), "the key store to go")
    password = folder / "password"
    password.write_text("test")
    with password.open("rb") as stream:
        desktop.start(["gnome-keyring-daemon", "--foreground", "--components=secrets", "--unlock"], stdin=stream)
    desktop.wait_until(lambda: desktop.has_name(SECRETS), "the key store")


def test_a_locked_key_store_holds_nothing_else_up_and_is_used_once_it_is_open(
    new_desktop: Callable[..., Desktop], tmp_path: Path, vendor: Vendor
):
    """The key was kept before; now the store is locked. No prompt comes; F5 in the popup looks again."""
    desktop = new_desktop(notify="none")
    with computer(desktop, tmp_path) as program:
        assert connect(program).returncode == 0
        lock = ["dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.secrets", "/org/freedesktop/secrets"]
        desktop.run([*lock, "org.freedesktop.Secret.Service.Lock", f"array:objpath:{LOGIN}"])
        program.use_claude(42)

        program.start("--origin", f"deepseek={vendor.origin}")
        program.wait_for_icon()
        desktop.wait_until(lambda: state_of(program, "deepseek") == "secret_store_locked", "the state")

        assert state_of(program, "claude") == "fresh"
        assert not desktop.has_name("org.gnome.keyring.SystemPrompter")
        desktop.click_icon()
        program.wait_for_popup()
        program.picture("program-key-store-locked")
        unlock(desktop, tmp_path)
        desktop.keys("F5")
        desktop.wait_until(lambda: state_of(program, "deepseek") == "fresh", "the balance")
        assert [asked.token for asked in vendor.asked] == [KEY]
        assert program.end() == 0
        assert program.errors == ""


def test_connecting_to_a_locked_key_store_says_so_in_time_and_the_tray_still_ends(
    new_desktop: Callable[..., Desktop], tmp_path: Path
):
    """The system's prompt may come up, for this is the user's act; nobody answers it, and 5 s are the limit."""
    desktop = new_desktop(notify="none", keyring="locked")
    with computer(desktop, tmp_path) as program:
        allow(program)
        program.start()
        desktop.wait_until(lambda: state_of(program, "deepseek") == "secret_store_locked", "the state")

        began = time.monotonic()
        done = connect(program)

        assert time.monotonic() - began < 10
        assert done.returncode == 1
        assert done.stderr.startswith(b"usagetray: The key store is locked or did not answer, so the key was not kept")
        assert program.end() == 0
        assert program.files_with(KEY) == []


def test_without_a_key_store_no_key_is_kept_and_the_tray_works(new_desktop: Callable[..., Desktop], tmp_path: Path):
    desktop = new_desktop(notify="none", keyring="none")
    with computer(desktop, tmp_path) as program:
        done = connect(program)
        allow(program)
        program.use_claude(42)
        program.start()
        program.wait_for_icon()
        desktop.wait_until(lambda: state_of(program, "deepseek") == "secret_store_missing", "the state")

        assert done.returncode == 1
        assert done.stderr.startswith(b"usagetray: This system has no key store, so the key was not kept anywhere")
        assert b"DEEPSEEK_API_KEY" in done.stderr
        assert state_of(program, "claude") == "fresh"
        assert program.end() == 0
        assert program.files_with(KEY) == []
        assert program.errors == ""


def test_it_ends_in_time_while_a_server_does_not_answer(
    new_desktop: Callable[..., Desktop], tmp_path: Path, vendor: Vendor
):
    desktop = new_desktop(notify="none")
    vendor.delay_s = 60
    with computer(desktop, tmp_path) as program:
        assert connect(program).returncode == 0
        program.start("--origin", f"deepseek={vendor.origin}")
        desktop.wait_until(lambda: vendor.asked, "the request")

        assert program.end() == 0
        assert program.errors == ""
