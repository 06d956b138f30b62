"""The popup as a process of its own: verbs in on stdin, events out on stdout, figures from the store.

The settings window is another such process: it takes 20 MB that a popup which stays would keep, and ends when closed.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from usagetray.overview import Overview
from usagetray.views.popup.loading import Loader
from usagetray.views.popup.pipes import EventWriter, read_verbs

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from usagetray.domain.own_cost import OwnCost
    from usagetray.settings.setup import Setup
    from usagetray.views.popup.detail import Id, Whys
    from usagetray.views.popup.details import Explain
    from usagetray.views.popup.settings.desk import LoadSetup


def main(argv: Sequence[str]) -> int:
    """Run until told to quit or until stdin ends; the popup for ten minutes out of sight, the settings until closed."""
    parser = argparse.ArgumentParser(prog="usagetray popup", description="The popup window; started by the tray.")
    parser.add_argument("--theme", choices=("light", "dark", "contrast"), help="instead of the desktop's")
    parser.add_argument("--settings", action="store_true", help="the settings window instead")
    arguments = parser.parse_args(list(argv))
    if arguments.settings:
        return run_settings(os.environ, theme=arguments.theme)
    return run(store_reader(os.environ), explain=store_explainer(os.environ), theme=arguments.theme, environ=os.environ)


def store_reader(environ: Mapping[str, str]) -> Callable[[], Overview]:
    """A reader of the store that is made where it is first used: in the loader's thread."""
    made: list[Callable[[], Overview]] = []

    def load() -> Overview:
        if not made:
            from usagetray.profile import open_profile
            from usagetray.spine.reading import reader

            made.append(reader(open_profile(environ)))
        return made[0]()

    return load


def store_explainer(environ: Mapping[str, str]) -> Explain:
    """The same for what is behind the figures."""
    made: list[Explain] = []

    def explain(which: frozenset[Id]) -> Whys:
        if not made:
            from usagetray.profile import open_profile
            from usagetray.spine.reading import explainer

            made.append(explainer(open_profile(environ)))
        return made[0](which)

    return explain


def setup_reader(environ: Mapping[str, str]) -> LoadSetup:
    """The same for what there is to be set up."""

    def load(variables: Sequence[str]) -> Setup:
        from usagetray.profile import open_profile
        from usagetray.spine.reading import read_setup

        return read_setup(open_profile(environ), variables)

    return load


def cost_reader(environ: Mapping[str, str]) -> Callable[[], OwnCost | None]:
    """The same for what the program itself took."""

    def load() -> OwnCost | None:
        from usagetray.profile import open_profile
        from usagetray.spine.reading import read_own_cost

        return read_own_cost(open_profile(environ))

    return load


def run(
    load: Callable[[], Overview],
    *,
    explain: Explain | None = None,
    theme: str | None = None,
    environ: Mapping[str, str] | None = None,
    warm: timedelta | None = None,
) -> int:
    """`warm`: how long it stays when nothing of it is on the screen; None: as long as is usual."""
    loader = Loader(load)
    loader.request()  # reads while Qt is being loaded
    events, application, follow = _begun()

    from usagetray.profile import local_zone
    from usagetray.views.popup.compositor import has_compositor
    from usagetray.views.popup.motion import may_move
    from usagetray.views.popup.tabs import TABS, readers
    from usagetray.views.popup.window import WARM, PopupWindow

    platform = application.platformName()
    window = PopupWindow(
        loader,
        events.send,
        local_zone(),
        theme=theme,
        compositor=has_compositor(platform),
        is_wayland=platform.startswith("wayland"),
        explain=explain,
        tabs=TABS,
        readers=readers(environ) if environ is not None else {},
        moves=may_move(environ) if environ is not None else False,
        warm=WARM if warm is None else warm,
        follow=follow,
    )
    loader.deliver_to(window.arrived.emit)
    read_verbs(0, window.told.emit)
    return _lived(application, events)


def run_settings(environ: Mapping[str, str], *, theme: str | None = None) -> int:
    """The settings window, from the first verb that opens it until it is closed."""
    events, application, follow = _begun()

    from usagetray.profile import open_profile
    from usagetray.settings.reading import load
    from usagetray.spine.speaking import speak_as_set
    from usagetray.views.popup.settings.desk import SettingsDesk

    speak_as_set(load(open_profile(environ).paths.config_file), environ)
    desk = SettingsDesk(
        setup_reader(environ),
        store_reader(environ),
        cost_reader(environ),
        events.send,
        theme=theme,
        follow=follow,
        closed=application.quit,
    )
    read_verbs(0, desk.told.emit)
    return _lived(application, events)


def _begun() -> tuple[EventWriter, QApplication, Callable[[], None]]:
    """The way out for events, Qt, and what takes over the desktop's look."""
    _prefer_placeable_windows()
    is_gtk = _keep_gtk_out()
    # Whatever prints must not end up between the events: fd 1 becomes stderr, events keep the pipe.
    events = EventWriter(os.dup(1))
    os.dup2(2, 1)

    from PySide6.QtWidgets import QApplication

    from usagetray.views.popup.desk import follow_gtk

    application = QApplication(["usagetray"])
    application.setApplicationName("usagetray")
    application.setDesktopFileName("usagetray")
    application.setQuitOnLastWindowClosed(False)
    return events, application, partial(follow_gtk, os.environ) if is_gtk else _nothing


def _lived(application: QApplication, events: EventWriter) -> int:
    events.send({"event": "ready"})
    status = application.exec()
    events.close()
    return status


def _prefer_placeable_windows() -> None:
    """On Wayland no window may say where it stands; under XWayland the popup can stand by its icon."""
    if sys.platform.startswith("linux"):
        os.environ.setdefault("QT_QPA_PLATFORM", "xcb;wayland")


def _keep_gtk_out() -> bool:
    """True where its settings are ours to read: Qt would load GTK for them, some 20 MB, and not only on GNOME."""
    themes = ("gnome", "generic", "gtk3", "kde", "xdgdesktopportal")  # others have no plug-in here: Qt looks further
    is_kde = "KDE" in os.environ.get("XDG_CURRENT_DESKTOP", "").upper().split(":")
    if sys.platform.startswith("linux") and not is_kde and os.environ.get("QT_QPA_PLATFORMTHEME") not in themes:
        os.environ["QT_QPA_PLATFORMTHEME"] = "gnome"
        return True
    return False


def _nothing() -> None:
    pass
