"""What `doctor` asks of the desktop. Each question has a deadline, shows the user nothing and starts nothing."""

from __future__ import annotations

import importlib
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

from usagetray.edges.popup import allowed_environment
from usagetray.errors import Cause, SourceError
from usagetray.quick_dataclass import dataclass

if TYPE_CHECKING:
    from usagetray.edges.tray.services import BusAnswers

T = TypeVar("T")

log = logging.getLogger(__name__)

WINDOW_S = 20.0
"""For loading Qt from a cold disk."""
DISPLAY_S = 3.0
SECRETS_S = 6.0
"""A little more than the key store's own deadline."""
PACKAGES = {
    "libEGL.so": "libegl1", "libGL.so": "libgl1", "libGLX.so": "libglx0", "libOpenGL.so": "libopengl0",
    "libglib-2.0.so": "libglib2.0-0", "libgthread-2.0.so": "libglib2.0-0", "libfontconfig.so": "libfontconfig1",
    "libfreetype.so": "libfreetype6", "libdbus-1.so": "libdbus-1-3", "libxkbcommon.so": "libxkbcommon0",
    "libxkbcommon-x11.so": "libxkbcommon-x11-0", "libX11.so": "libx11-6", "libX11-xcb.so": "libx11-xcb1",
    "libxcb.so": "libxcb1", "libxcb-cursor.so": "libxcb-cursor0", "libxcb-icccm.so": "libxcb-icccm4",
    "libxcb-image.so": "libxcb-image0", "libxcb-keysyms.so": "libxcb-keysyms1", "libxcb-randr.so": "libxcb-randr0",
    "libxcb-render.so": "libxcb-render0", "libxcb-render-util.so": "libxcb-render-util0",
    "libxcb-shape.so": "libxcb-shape0", "libxcb-shm.so": "libxcb-shm0", "libxcb-sync.so": "libxcb-sync1",
    "libxcb-util.so": "libxcb-util1", "libxcb-xfixes.so": "libxcb-xfixes0", "libxcb-xkb.so": "libxcb-xkb1",
    "libwayland-client.so": "libwayland-client0", "libwayland-cursor.so": "libwayland-cursor0",
}  # fmt: skip
"""The Debian and Ubuntu package of each library Qt may miss."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowAnswers:
    """Whether the popup's toolkit can be loaded."""

    qt: str | None = None  # its version; None: it could not be asked
    problem: str | None = None  # "no PySide6", "library", "broken", "silent"
    missing: tuple[str, ...] = ()  # libraries that are not there
    packages: tuple[str, ...] = ()  # that hold them, on Debian and Ubuntu


def bus(environ: Mapping[str, str]) -> BusAnswers | None:
    """None on systems without a session bus of this kind."""
    if sys.platform != "linux":
        return None
    services = importlib.import_module("usagetray.edges.tray.services")  # deferred: the bus library
    answers: BusAnswers = services.on_the_bus(environ)
    return answers


def old_panel(environ: Mapping[str, str]) -> bool | None:
    """Whether an X11 panel takes icons the old way; None where nobody can be asked."""
    if sys.platform != "linux" or not environ.get("DISPLAY"):
        return None
    services = importlib.import_module("usagetray.edges.tray.services")
    answer: bool | None = within(DISPLAY_S, lambda: services.old_panel(environ))
    return answer


def window(environ: Mapping[str, str], deadline_s: float = WINDOW_S) -> WindowAnswers:
    """Loads the popup's toolkit in a process of its own, with the environment the popup gets."""
    platform = "wayland" if environ.get("WAYLAND_DISPLAY") and not environ.get("DISPLAY") else "xcb"
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-m", "usagetray.views.popup.qt_check", platform],
            env=allowed_environment(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=deadline_s,
            check=False,
        )
        said = json.loads(done.stdout)
        missing = tuple(str(each) for each in said["missing"])
        return WindowAnswers(
            qt=said["qt"],
            problem=said["error"],
            missing=missing,
            packages=tuple(dict.fromkeys(each for each in map(_package, missing) if each)),
        )
    except (OSError, subprocess.TimeoutExpired, ValueError, KeyError, TypeError):
        return WindowAnswers(problem="silent")


def _package(library: str) -> str | None:
    return PACKAGES.get(library.partition(".so")[0] + ".so")


def secret_store(look: Callable[[], object], deadline_s: float = SECRETS_S) -> Cause | None:
    """None: it can be read; else STORE_LOCKED or STORE_MISSING. `look` must be one that asks the user nothing."""

    def cause() -> tuple[Cause | None]:
        try:
            look()
        except SourceError as error:
            return (error.cause,)
        return (None,)

    said = within(deadline_s, cause)
    return said[0] if said is not None else Cause.STORE_LOCKED


def within(seconds: float, call: Callable[[], T]) -> T | None:
    """What the call returns; None where it takes longer or fails. The call may go on by itself."""
    said: list[T] = []

    def run() -> None:
        try:
            said.append(call())
        except Exception as error:  # the top of this thread; a desktop's parts fail in ways of their own
            log.info("a question to the desktop failed (%s)", type(error).__name__)

    thread = threading.Thread(target=run, name="probe", daemon=True)
    thread.start()
    thread.join(seconds)
    return said[0] if said else None
