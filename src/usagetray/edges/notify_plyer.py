"""Alerts by plyer, the second choice: on Linux text, urgency and icon; no clicks, buttons or replacing."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from usagetray.edges.notify import MOST_BODY, MOST_TITLE, AlertText
from usagetray.edges.plain import within_utf16

SEND_S = 2.0

PASSED_ON = ("DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "HOME", "LANG", "PATH")
"""What `notify-send` needs of our environment. The rest may hold keys and stays here."""

MARKUP = str.maketrans("<>&", "‹›＆")
"""Some services read a body as markup and some do not; this way cannot ask, so it sends what both show alike."""

log = logging.getLogger(__name__)


class Plyer:
    def __init__(self, icon: Path | None = None) -> None:
        self._icon = icon

    def send(self, alert: AlertText) -> bool:
        try:
            if sys.platform == "linux":
                return _by_notify_send(alert, self._icon)
            _by_plyer(alert)
        except Exception as error:  # the top of a job; plyer raises whatever its platform does
            log.warning("alert not shown by plyer: %s", type(error).__name__)
            return False
        return True

    def close(self) -> None:
        """Nothing is held."""


def _by_plyer(alert: AlertText) -> None:
    import plyer

    # Windows refuses longer texts with an error instead of cutting them.
    plyer.notification.notify(
        title=within_utf16(alert.title, MOST_TITLE),
        message=within_utf16(alert.body, MOST_BODY),
        app_name="usagetray",
    )


def _by_notify_send(alert: AlertText, icon: Path | None) -> bool:
    """plyer's own Linux part would do the same, but hands our whole environment to the program it starts, drops
    urgency and icon, does not look whether it worked, and warns at each start. So its interface gets our hand."""
    from plyer.facades import Notification

    program = shutil.which("notify-send")
    if program is None:
        return False
    worked = False
    command = [program, "--app-name", "usagetray", "--urgency", alert.urgency]

    class NotifySend(Notification):  # type: ignore[misc]
        def _notify(self, **texts: Any) -> None:
            nonlocal worked
            look = ["--icon", texts["app_icon"]] if texts["app_icon"] else []
            words = [texts["title"], texts["message"].translate(MARKUP)]
            done = subprocess.run(  # noqa: S603 - fixed program, list of arguments
                [*command, *look, "--", *words],
                env={name: os.environ[name] for name in PASSED_ON if name in os.environ},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=SEND_S,
                check=False,
            )
            worked = done.returncode == 0

    NotifySend().notify(title=alert.title, message=alert.body, app_name="usagetray", app_icon=str(icon) if icon else "")
    return worked
