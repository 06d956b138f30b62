"""The popup on a GTK desktop: it follows the desktop's settings, and does not load GTK for that."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from Xlib import X, display

from tests.desktop.session import Desktop
from tests.popup.test_gtk_settings import TOLD, encoded

pytestmark = pytest.mark.desktop
POPUP = "from usagetray.views.popup.process import main; main([])"
READ = """
import os
from usagetray.views.popup.gtk_settings import gtk_settings
told = gtk_settings(os.environ, on_x11=True)
print(told.family, told.points, told.is_dark, told.is_still)
"""


@contextmanager
def settings_daemon(name: str, told: dict[str, object]) -> Iterator[None]:
    """Owns the settings of the screen, as the desktop's own does."""
    server = display.Display(name)
    try:
        window = server.screen().root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
        kind = server.intern_atom("_XSETTINGS_SETTINGS")
        window.change_property(kind, kind, 8, encoded(told))
        window.set_selection_owner(server.intern_atom("_XSETTINGS_S0"), X.CurrentTime)
        server.sync()
        yield
    finally:
        server.close()


def test_the_settings_daemon_is_asked(desktop: Desktop) -> None:
    with settings_daemon(desktop.env["DISPLAY"], TOLD):
        told = desktop.run([sys.executable, "-c", READ])

    assert told.split() == ["Cantarell", "11.0", "True", "True"]


def test_the_popup_is_dark_with_the_desktop_and_holds_no_gtk(
    new_desktop: Callable[..., Desktop], tmp_path: Path
) -> None:
    desktop = new_desktop(dark=True)
    command = [sys.executable, "-c", POPUP]
    popup = desktop.start(command, stdin=-1, stdout=-1, env={"USAGETRAY_HOME": str(tmp_path)})
    assert popup.stdin is not None

    popup.stdin.write(b'{"verb": "show", "x": null, "y": null}\n')
    popup.stdin.flush()
    desktop.wait_until(lambda: desktop.windows("^usagetray$"), "the popup")

    desktop.wait_until(lambda: (0x1C, 0x1E, 0x22) in desktop.colours(), "the popup's dark ground")
    libraries = Path(f"/proc/{popup.pid}/maps").read_text()
    assert "libQt6Widgets" in libraries
    assert "libgtk" not in libraries
