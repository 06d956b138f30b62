"""The keychain against a real Secret Service: unlocked, locked and absent.

Each question is asked in a process of its own, which has the session's bus in its environment.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.desktop.session import Desktop

pytestmark = pytest.mark.desktop

SCRIPT = """
import sys, time
from usagetray.edges.clock import SystemClock
from usagetray.edges.keychain import Keychain
from usagetray.errors import SourceError
from usagetray.model import Secret

keychain = Keychain("usagetray:test", SystemClock())
began = time.monotonic()
try:
{body}
except SourceError as error:
    print(error.cause.value, error.detail)
print("calls", keychain.counters(), "seconds", int(time.monotonic() - began))
"""


def ask(desktop: Desktop, *lines: str) -> list[str]:
    body = "\n".join(f"    {line}" for line in lines)
    return desktop.run([sys.executable, "-W", "error", "-c", SCRIPT.format(body=body)]).splitlines()


def test_a_long_key_is_kept_found_by_another_process_and_removed(desktop: Desktop) -> None:
    ask(desktop, "keychain.set('k', Secret('0123456789' * 250))")
    found = ask(desktop, "print(keychain.get('k') == Secret('0123456789' * 250), keychain.get('other'))")
    ask(desktop, "keychain.delete('k')", "keychain.delete('k')")

    assert found[0] == "True None"
    assert ask(desktop, "print(keychain.get('k'))")[0] == "None"
    left = subprocess.run(
        ["secret-tool", "search", "--all", "service", "usagetray:test"],
        env=desktop.env,
        capture_output=True,
        check=False,
    )
    assert left.stdout == b""


def test_a_locked_store_is_told_at_once_without_a_prompt(new_desktop: Callable[..., Desktop]) -> None:
    """Background work only asks whether it is locked; nothing appears on the screen."""
    desktop = new_desktop(tray="none", notify="none", keyring="locked")

    said = ask(desktop, "keychain.get('k')")

    assert said[0].split() == ["secret_store_locked"]
    assert said[1] == "calls {'calls': 1, 'may_ask': 0} seconds 0"
    assert not desktop.has_name("org.gnome.keyring.SystemPrompter")


def test_a_click_on_a_locked_store_may_ask_and_is_given_up_after_five_seconds(
    new_desktop: Callable[..., Desktop],
) -> None:
    """The system's prompt comes up and nobody answers it; a second call finds the first outstanding."""
    desktop = new_desktop(tray="none", notify="none", keyring="locked")

    said = ask(
        desktop,
        "try: keychain.get('k', may_ask=True)",
        "except SourceError as error: print(error.detail)",
        "keychain.get('k', may_ask=True)",
    )

    assert said[0] == "no answer in time"
    assert said[1] == "secret_store_locked still waiting for it"
    assert said[2] == "calls {'calls': 1, 'may_ask': 1} seconds 5"


@pytest.mark.parametrize("options", [{"keyring": "none"}, {"dbus": False}], ids=["no service", "no bus"])
def test_without_a_store_keys_are_neither_read_nor_written(
    new_desktop: Callable[..., Desktop], options: dict[str, object]
) -> None:
    desktop = new_desktop(tray="none", notify="none", **options)

    assert ask(desktop, "keychain.get('k')")[0].split() == ["secret_store_missing"]
    assert ask(desktop, "keychain.set('k', Secret('sk-canary-0123456789'))")[0].split() == ["secret_store_missing"]
