"""The settings window of the whole program: what is changed there stands in the file, and the tray follows."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.desktop.program import INK, Program, computer
from tests.desktop.session import Desktop
from tests.desktop.test_program_keys import holders_of, kept, state_of
from tests.providers.recorded import KEY, body
from tests.support import Vendor, always, ok
from usagetray.edges.clock import SystemClock
from usagetray.providers import discover
from usagetray.spine.connecting import offers
from usagetray.views.icon.grids import inks_for

pytestmark = pytest.mark.desktop

SETTINGS = "^usagetray: settings$"
FILLED = (0x2F, 0x6F, 0xEB)
LIGHT_INK = inks_for("dark").ink


@pytest.fixture
def program(desktop: Desktop, tmp_path: Path) -> Iterator[Program]:
    desktop.clear_alerts()
    with computer(desktop, tmp_path) as made:
        made.use_claude(42)
        made.config.write_text('# mine\nwelcomed = true\n\n[somebody.elses]\nkey = "stays"\n')
        made.start()
        made.wait_for_icon()
        yield made
    assert made.errors == ""


def settings(program: Program) -> dict[str, object]:
    return tomllib.loads(program.config.read_text())


def open_settings(program: Program) -> tuple[int, int, int, int]:
    """By Ctrl+, in the popup; its box on the screen, once it is painted."""
    program.desktop.click_icon()
    program.wait_for_popup()
    program.desktop.keys("ctrl+comma")
    desktop = program.desktop
    (window, *_) = desktop.wait_until(lambda: desktop.windows(SETTINGS), "the settings window")
    desktop.run(["xdotool", "windowactivate", "--sync", str(window)])
    lines = desktop.run(["xdotool", "getwindowgeometry", "--shell", str(window)]).split()
    at = {name: int(number) for name, _, number in (line.partition("=") for line in lines)}
    box = at["X"], at["Y"], at["X"] + at["WIDTH"], at["Y"] + at["HEIGHT"]
    desktop.wait_until(lambda: len(desktop.colours(box)) > 60, "a painted window with its cards")
    return box


def test_a_change_in_the_window_stands_in_the_file_and_the_icon_follows(program: Program) -> None:
    """By keyboard: to the page Appearance, over style, provider, icons and colour to the panel, there to Dark."""
    assert INK in program.inks()
    open_settings(program)
    program.picture("settings-providers")

    program.desktop.keys("Down", "Down")
    program.picture("settings-appearance")
    program.desktop.keys("Tab", "Tab", "Tab", "Tab", "Tab", "Right", "Right")

    program.desktop.wait_until(lambda: settings(program).get("icon") == {"panel": "dark"}, "the change in the file")
    program.picture("settings-changed")
    program.desktop.wait_until(lambda: LIGHT_INK in program.inks(), "the icon for a dark panel")
    assert program.config.read_text().startswith("# mine\n")
    assert settings(program)["somebody"] == {"elses": {"key": "stays"}}


def test_a_change_in_the_file_shows_in_the_open_window_and_in_the_tray_at_once(program: Program) -> None:
    box = open_settings(program)
    program.desktop.keys("Down", "Down")
    program.desktop.wait_until(lambda: INK in program.inks(), "the icon for a light panel")
    before = program.desktop.screenshot(box=box).tobytes()

    program.config.write_text(program.config.read_text() + '[icon]\npanel = "dark"\n')

    program.desktop.wait_until(lambda: program.desktop.screenshot(box=box).tobytes() != before, "another choice", 5)
    program.desktop.wait_until(lambda: LIGHT_INK in program.inks(), "the icon for a dark panel", 5)


def asks_for_a_key(program: Program) -> bool:
    """The filled button below the field is on the screen: larger than all else in its colour."""
    pixels = program.desktop.screenshot().convert("RGB").getcolors(1 << 20) or []
    return sum(count for count, colour in pixels if colour == FILLED) > 2000


def stops_before(provider: str) -> int:
    """Presses of Tab from the list of pages to that provider's "Connect", where of all tools Claude alone is found."""
    takers = [each for each in discover() if any(offer.key for offer in offers(each)) and each.id != "claude"]
    return 2 + 2 * [each.id for each in takers].index(provider) + 1


def test_a_key_goes_from_the_window_into_the_key_store_and_nowhere_else(desktop: Desktop, tmp_path: Path) -> None:
    """By keyboard alone: over the cards to DeepSeek's "Connect", which opens the field for it."""
    vendor = Vendor(SystemClock(), always(ok(body("deepseek", "balance.json"))))
    with computer(desktop, tmp_path) as program:
        program.use_claude(42)
        program.start("--log", "--origin", f"deepseek={vendor.origin}")
        program.wait_for_icon()
        open_settings(program)

        program.desktop.keys(*["Tab"] * stops_before("deepseek"), "Return")
        desktop.wait_until(lambda: asks_for_a_key(program), "the field for the key")
        program.picture("settings-key")
        program.desktop.run(["xdotool", "type", "--delay", "5", KEY])
        program.picture("settings-key-typed")
        assert vendor.asked == []
        program.desktop.keys("Return")

        desktop.wait_until(lambda: state_of(program, "deepseek") == "fresh", "the balance")
        program.picture("settings-key-kept")
        assert [(asked.path, asked.token) for asked in vendor.asked] == [("/user/balance", KEY)]
        assert KEY.encode() in kept(program)
        assert program.files_with(KEY) == []
        assert holders_of(KEY) == []
        assert program.verb("disconnect", "deepseek").returncode == 0
        assert program.errors == ""
    vendor.close()


def test_a_chip_of_the_first_page_leads_to_the_field_for_its_key_and_nothing_else_is_read(
    desktop: Desktop, tmp_path: Path
) -> None:
    """By keyboard: over the card and the line of Claude, the only tool here, to DeepSeek's chip."""
    vendor = Vendor(SystemClock(), always(ok(body("deepseek", "balance.json"))))
    with computer(desktop, tmp_path, welcomed=False) as program:
        program.use_claude(42)
        program.start("--log", "--origin", f"deepseek={vendor.origin}")
        program.wait_for_icon()
        desktop.click_icon()
        program.wait_for_popup()
        takers = [each.id for each in discover() if any(offer.key for offer in offers(each))]

        desktop.keys(*["Tab"] * (2 + takers.index("deepseek") + 1), "Return")
        (window, *_) = desktop.wait_until(lambda: desktop.windows(SETTINGS), "the settings window")
        desktop.run(["xdotool", "windowactivate", "--sync", str(window)])
        desktop.wait_until(lambda: asks_for_a_key(program), "the field for the key")
        program.picture("settings-from-chip")
        desktop.run(["xdotool", "type", "--delay", "5", KEY])
        desktop.keys("Return")

        desktop.wait_until(lambda: state_of(program, "deepseek") == "fresh", "the balance")
        assert [each["provider"] for each in program.status()] == ["deepseek"]
        assert "welcomed" not in settings(program)
        assert program.verb("disconnect", "deepseek").returncode == 0
        assert program.errors == ""
    vendor.close()


def test_deleting_everything_ends_the_program_and_leaves_nothing_of_it(desktop: Desktop, tmp_path: Path) -> None:
    """By keyboard: the page Privacy, past the folder to the button, and past "Cancel" in the question."""
    with computer(desktop, tmp_path) as program:
        program.use_claude(42)
        process = program.start()
        program.wait_for_icon()
        open_settings(program)

        desktop.keys("Down", "Down", "Down", "Down", "Tab", "Tab", "Return")
        desktop.wait_until(lambda: desktop.windows("^usagetray$"), "the question")
        program.picture("settings-delete")
        desktop.keys("Tab", "Return")

        assert process.wait(10) == 0
        assert not program.profile.exists() or list(program.profile.iterdir()) == []
        assert (program.claude / ".claude.json").exists()


def test_where_no_window_can_open_the_settings_open_as_a_file(desktop: Desktop, tmp_path: Path) -> None:
    """Qt finds no platform; the system's opener is replaced by one that writes down what it was given."""
    opener, seen = tmp_path / "bin" / "xdg-open", tmp_path / "seen"
    opener.parent.mkdir()
    opener.write_text(f'#!/bin/sh\necho "$@" >{seen}.part; mv {seen}.part {seen}\n')
    opener.chmod(0o755)
    with computer(desktop, tmp_path) as program:
        program.use_claude(42)
        program.start(PATH=f"{opener.parent}:{desktop.env['PATH']}", QT_QPA_PLATFORM="nothing-of-the-kind")
        program.wait_for_icon()
        closed = desktop.screenshot(box=(900, 34, 1280, 400))

        desktop.click_icon(3)
        desktop.wait_until(lambda: desktop.screenshot(box=(900, 34, 1280, 400)) != closed, "the menu")
        desktop.keys("Up", "Up", "Return")

        desktop.wait_until(seen.exists, "the opener")
        assert seen.read_text() == f"{program.config}\n"
    desktop.clear_alerts()


def test_keys_of_the_users_choice_open_the_popup_from_anywhere_until_they_are_others(program: Program) -> None:
    """After the change the former keys do nothing."""
    program.verb("config", "set", "shortcut", "Ctrl+Alt+U")
    open_by(program, "ctrl+alt+u")

    program.verb("config", "set", "shortcut", "Ctrl+Alt+Y")
    open_by(program, "ctrl+alt+y")
    program.desktop.keys("ctrl+alt+u")

    assert not program.has_popup()


def open_by(program: Program, keys: str) -> None:
    """The keys are taken a moment after the setting: pressed again until the popup is there, which then closes."""
    for _ in range(10):
        program.desktop.keys(keys)
        with suppress(pytest.fail.Exception):
            program.desktop.wait_until(program.has_popup, f"the popup by {keys}", 2)
            break
    program.wait_for_popup()
    program.desktop.keys("Escape")
    program.wait_until_gone()
