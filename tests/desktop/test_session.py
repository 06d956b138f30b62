"""The virtual desktop itself: what the other desktop tests lean on."""

import pytest

from tests.desktop.session import Desktop

pytestmark = pytest.mark.desktop


def test_the_session_has_a_screen_a_tray_host_and_homes_of_its_own(desktop: Desktop) -> None:
    assert desktop.size() == (1280, 800)
    assert desktop.has_name("org.kde.StatusNotifierWatcher")
    assert desktop.registered_items() == ()
    assert "desktop-session." in desktop.env["HOME"]
    assert "desktop-session." in desktop.env["XDG_RUNTIME_DIR"]


def test_an_alert_that_was_sent_can_be_read_back_and_cleared(desktop: Desktop) -> None:
    desktop.clear_alerts()

    desktop.run(["notify-send", "--app-name=probe", "Session used up", "Back at 21:20"])
    desktop.wait_until(desktop.alerts_displayed, "the alert")

    (alert,) = desktop.alerts()
    assert (alert.app, alert.summary, alert.body) == ("probe", "Session used up", "Back at 21:20")
    desktop.clear_alerts()
    assert desktop.alerts() == ()


def test_the_panel_can_go_and_come_back(desktop: Desktop) -> None:
    desktop.stop_panel()
    assert not desktop.has_name("org.kde.StatusNotifierWatcher")

    desktop.start_panel()
    assert desktop.has_name("org.kde.StatusNotifierWatcher")


def test_a_second_session_can_run_beside_the_first(desktop: Desktop, new_desktop) -> None:
    other = new_desktop(tray="none", notify="none", keyring="none", screen="640x480")

    assert other.size() == (640, 480)
    assert other.env["DISPLAY"] != desktop.env["DISPLAY"]
    assert not other.has_name("org.kde.StatusNotifierWatcher")
