"""What a person sees of the tray process: icon, menu, tooltip, and the popup that a click opens."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import webbrowser
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from usagetray.edges.files import private_dir
from usagetray.edges.notify import AlertText
from usagetray.edges.panel import is_light
from usagetray.edges.popup import PopupProcess, allowed_environment
from usagetray.edges.threads import side_by_side
from usagetray.edges.tray.choice import SEVERAL, Tray, make_tray
from usagetray.edges.tray.shortcut import Shortcut, can_take
from usagetray.errors import UserError
from usagetray.language import tr
from usagetray.overview import Overview
from usagetray.panel_icons import PanelIcons
from usagetray.profile import local_zone
from usagetray.spine.changing import WISHES
from usagetray.views.icon.grids import Theme
from usagetray.views.menu import MenuLine, menu
from usagetray.views.verbs import words_of

if TYPE_CHECKING:
    from usagetray.app import App

STOP_S = 1.8
"""A window that hangs is ended by force before."""

log = logging.getLogger(__name__)


class Desktop:
    """Called from the work thread only; what comes from the bus or the popup is handed to it as jobs."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._tray = self._make_tray(
            on_host=lambda there: app.do(lambda: self._host_seen(there)),
            on_brightness=lambda: app.do(app.changed),
        )
        self._icons = PanelIcons(self._tray, self._further_tray if SEVERAL else None)
        self._popup = self._window(self._heard)
        self._settings = self._window(self._heard_settings, "--settings")
        self._overview: Overview | None = None
        self._popup_is_open = False
        self._settings_size: tuple[int, ...] = ()
        self._said: set[str] = set()
        self._shortcut = Shortcut(
            pressed=lambda: app.do(lambda: self.open(None)),
            refused=lambda keys: app.do(lambda: self._tell_once(_taken(keys))),
        )

    def _window(self, heard: Callable[[Mapping[str, Any]], None], *options: str) -> PopupProcess:
        return PopupProcess(
            [sys.executable, "-m", "usagetray", "popup", *options],
            env=self._app.profile.environ,
            on_event=lambda event: self._app.do(lambda: heard(event)),
        )

    def _make_tray(self, on_host: Callable[[bool], None], on_brightness: Callable[[], None], number: int = 1) -> Tray:
        do = self._app.do
        return make_tray(
            on_activate=lambda x, y: do(lambda: self.open((x, y))),
            on_action=lambda verb: do(lambda: self.act(verb)),
            menu=self._menu,
            open_menu=lambda x, y, lines: self._popup.menu(x, y, [asdict(line) for line in lines]),
            on_host=on_host,
            on_brightness=on_brightness,
            number=number,
        )

    def _further_tray(self, number: int) -> Tray:
        """Where panels come and go, and how bright they are, the first icon tells."""
        return self._make_tray(lambda _there: None, lambda: None, number)

    def run_with(self, work: Callable[[], None]) -> None:
        """Runs `work` as this system's tray allows. To be called in the main thread."""
        self._tray.run_with(work)

    def start(self) -> None:
        self._tray.start()

    def stop(self) -> None:
        side_by_side((self._shortcut.stop, self._popup.close, self._settings.close, self._icons.stop), STOP_S)

    def show(self, overview: Overview) -> None:
        """Brings icon, texts and an open popup up to date."""
        self.show_icons(overview)
        if self._popup_is_open:
            self._app.core.settle()
        self._popup.refresh()
        self._settings.refresh()
        if can_take(self._app.profile.environ, sys.platform):
            self._shortcut.take(self._app.core.settings.shortcut)
        self._tell_once(self._popup.problem)

    def show_icons(self, overview: Overview) -> None:
        """Icon and texts alone. Also from another thread, while the work thread hangs."""
        settings = self._app.core.settings
        self._overview = overview
        theme = self._theme(settings.icon.panel)
        self._icons.show(overview, settings, local_zone(), theme, keep_tips=self._popup_is_open)

    def open(self, at: tuple[int, int] | None, focus: Sequence[str] = ()) -> None:
        """Opens the popup at a point of the screen; None: wherever the panel is. `focus`: a window's id."""
        x, y = at or (None, None)
        self._app.core.settle()
        settings = self._app.core.settings
        self._popup.show(x, y, show_left=settings.show_left, countdown=settings.countdown, focus=focus)

    # ---- what the user does --------------------------------------------------------------------------------

    def _menu(self) -> tuple[MenuLine, ...]:
        """Asked for whenever the menu opens, from the bus's worker, so that its countdowns are those of now."""
        if self._overview is None:
            return ()
        settings = self._app.core.settings
        return menu(self._overview, local_zone(), settings.show_left, popup_problem=self._popup.problem)

    def act(self, verb: str) -> None:
        """What a row of the menu or a button of an alert asks for; of `views.verbs`."""
        name, *about = words_of(verb)
        actions: Mapping[str, Callable[[], None]] = {
            "show": lambda: self.open(None, about),
            "refresh": self._app.refresh,
            "settings": self._open_settings,
            "quit": self._app.quit,
        }
        try:
            actions.get(name, lambda: self._app.obey(verb))()
        except UserError as error:
            self._app.notifier.send(AlertText(key="desktop", title="usagetray", body=str(error), urgency="low"))

    def _heard(self, event: Mapping[str, Any]) -> None:
        """An event of the popup."""
        name = event.get("event")
        if name in ("shown", "hidden", "ended"):
            self._popup_is_open = name == "shown"
        elif name == "refresh":
            self._app.refresh()
        elif name == "changed":
            self._app.tick()
        elif name == "wipe":
            self._app.wipe()
        elif name == "settings":
            self._open_settings(str(event.get("page") or ""))
        elif name == "open":
            self._open(str(event.get("what")))
        elif name == "action":
            self.act(str(event.get("verb")))
        elif name in WISHES and "id" in event:
            self._grant(event)
        elif name == "set":
            if "show_left" in event:
                self._app.configure("show", "left" if event["show_left"] else "used")
            if "countdown" in event:
                self._app.configure("times", "countdown" if event["countdown"] else "clock")
        elif name == "connect":
            self._app.connect(str(event.get("provider")))
        elif name == "first_run":
            self._app.welcome(event)
        elif name == "problem":
            self._tell_once(self._popup.problem)

    def _heard_settings(self, event: Mapping[str, Any]) -> None:
        """An event of the settings window. Where there can be none, the file opens instead."""
        name = event.get("event")
        if name == "problem":
            self._tell_once(self._settings.problem)
            self._open("settings")
        elif name == "settings_closed":
            self._settings_size = tuple(event.get("size") or ())
        elif name != "ended":
            self._heard(event)

    def _grant(self, wish: Mapping[str, Any]) -> None:
        try:
            self._settings.answer(wish.get("id"), ok=True, text=self._app.grant(wish))
        except UserError as error:
            self._settings.answer(wish.get("id"), ok=False, text=str(error))
        except Exception:  # the top of a job logs it; the window shall not wait for an answer
            self._settings.answer(wish.get("id"), ok=False, text=tr("That did not work; the log has the reason."))
            raise

    def _open_settings(self, page: str = "") -> None:
        """The window; where there can be none, the file."""
        if self._popup.problem is not None:
            self._open("settings")
        else:
            self._popup.hide()  # it would lie above, and hold the keys
            self._settings.settings(page, variables=self._app.key_variables, size=self._settings_size)

    def _open(self, what: str) -> None:
        """The settings file in the user's own editor, or the folder of what is kept in their file manager."""
        paths = self._app.profile.paths
        if what == "settings":
            private_dir(paths.config_file.parent)
            if not paths.config_file.exists():
                paths.config_file.touch(mode=0o600)
        places = {"settings": paths.config_file, "folder": paths.store_file.parent, "log": paths.log_dir}
        path = places.get(what)
        if path is None:
            return
        if sys.platform != "linux":
            webbrowser.open(path.as_uri())
            return
        env = allowed_environment(self._app.profile.environ)  # no key of ours goes along
        try:
            opener = subprocess.Popen(["xdg-open", str(path)], env=env, start_new_session=True)  # noqa: S603, S607
        except OSError:
            self._tell_once(f"Nothing here opens files (xdg-open is missing); it is in {path}.")
        else:
            threading.Thread(target=opener.wait, name="settings", daemon=True).start()

    def _host_seen(self, there: bool) -> None:
        if there:
            self._tell_hint()
        else:
            self._tell_once("No tray found; usagetray stays reachable with `usagetray show`.")

    def _tell_hint(self) -> None:
        """What is to be known about this system's tray: told once for all."""
        mark = self._app.profile.paths.state_dir / "tray-hint"
        if self._tray.hint is not None and not mark.exists():
            private_dir(mark.parent)
            mark.touch(mode=0o600)
            self._tell_once(self._tray.hint)

    def _tell_once(self, sentence: str | None) -> None:
        if sentence is not None and sentence not in self._said:
            self._said.add(sentence)
            log.warning("%s", sentence)
            self._app.notifier.send(AlertText(key="desktop", title="usagetray", body=sentence, urgency="low"))

    def _theme(self, panel: str) -> Theme:
        """`panel`: "auto", "light" or "dark"."""
        if panel != "auto":
            return "light" if panel == "light" else "dark"
        said = self._tray.is_light
        return "light" if (is_light(self._app.profile.environ) if said is None else said) else "dark"


def _taken(keys: str) -> str:
    return tr("The keys {keys} belong to another program already: choose others in the settings.", keys=keys)
