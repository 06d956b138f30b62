"""The tray in macOS' menu bar: pystray's icon, sharp on every screen, with a popup on click and a menu on right click.

Written from Apple's documentation and pystray's source; not yet run on macOS. AppKit belongs to the main thread: the
icon is made and run there, and all others reach it through `AppHelper.callAfter`.
"""

from __future__ import annotations

import importlib
import io
import logging
import signal
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageChops

from usagetray.edges.tray.base import backend, menu_of

if TYPE_CHECKING:
    from usagetray.views.menu import MenuLine

_darwin = backend("_darwin")
Icon = _darwin.Icon
AppKit, Foundation = _darwin.AppKit, _darwin.Foundation

log = logging.getLogger(__name__)

POINTS = 22
"""The menu bar's room for a picture, at each density: 22 and 44 px."""
COLOURED_FROM = 24
"""Difference of two channels, of 255, from which a pixel has a colour; our inks differ by 6."""
LEFT_UP, RIGHT_UP = 2, 4  # NSEventType
CONTROL = 1 << 18  # NSEventModifierFlagControl
ACCESSORY = 1  # NSApplicationActivationPolicy: no icon in the Dock
IMAGE_LEFT = 2  # NSCellImagePosition
WORK_SECONDS = 3.0


class MacIcon(Icon):  # type: ignore[misc, valid-type]  # pystray ships no types
    """Made and used in the main thread only. `on_activate(x, y)`: points from the main screen's top left corner."""

    _icon_image: Any
    _menu_handle: Any

    def __init__(
        self,
        name: str,
        *,
        menu: Any,
        on_activate: Callable[[int, int], None],
        on_quit: Callable[[], None],
        on_brightness: Callable[[], None],
    ) -> None:
        super().__init__(name, menu=menu)
        self._on_activate, self._on_quit, self._on_brightness = on_activate, on_quit, on_brightness
        self._images: tuple[Image.Image, ...] = ()
        self._label = ""
        self._menu_handle = None
        self._app.setActivationPolicy_(ACCESSORY)
        self._button = self._status_item.button()
        self._button.sendActionOn_((1 << LEFT_UP) | (1 << RIGHT_UP))
        self._button.setImagePosition_(IMAGE_LEFT)
        self.is_light = self._bar_is_light()

    def show_face(self, images: tuple[Image.Image, ...], tip: str, label: str | None) -> None:
        """Makes the icon visible."""
        changed, self._images = self._images is not images, images
        self.title = tip
        if changed:
            self.icon = images[-1]
        self.visible = True
        if (label or "") != self._label:
            self._label = label or ""
            self._button.setTitle_(self._label)
        light = self._bar_is_light()
        if light != self.is_light:
            self.is_light = light
            self._on_brightness()

    def _bar_is_light(self) -> bool:
        """The bar follows the wallpaper, not the theme."""
        names = [AppKit.NSAppearanceNameAqua, AppKit.NSAppearanceNameDarkAqua]
        best = self._button.effectiveAppearance().bestMatchFromAppearancesWithNames_(names)
        return bool(best == AppKit.NSAppearanceNameAqua)

    def _assert_image(self) -> None:
        """One picture per density. Without colour it is a template, which the system inks as the bar needs it."""
        if self._icon_image or not self._images:
            return
        image = AppKit.NSImage.alloc().initWithSize_((POINTS, POINTS))
        for picture in self._images:
            stream = io.BytesIO()
            picture.save(stream, "PNG")
            layer = AppKit.NSBitmapImageRep.imageRepWithData_(Foundation.NSData(stream.getvalue()))
            layer.setSize_((POINTS, POINTS))
            image.addRepresentation_(layer)
        image.setTemplate_(not has_colour(self._images[-1]))
        self._icon_image = image
        self._button.setImage_(image)

    # ---- clicks and menu ------------------------------------------------------------------------------------

    def __call__(self) -> None:
        """The button was clicked, with whichever button."""
        event = self._app.currentEvent()
        if event is not None and (event.type() == RIGHT_UP or event.modifierFlags() & CONTROL):
            self._open_menu()
        else:
            self._on_activate(*self._below())

    def _below(self) -> tuple[int, int]:
        """The middle of the button's lower edge; AppKit counts from the bottom of the main screen."""
        frame = self._button.window().frame()
        height = AppKit.NSScreen.screens()[0].frame().size.height
        return int(frame.origin.x + frame.size.width / 2), int(height - frame.origin.y)

    def _open_menu(self) -> None:
        callbacks: list[Any] = []
        menu = self._create_menu(self.menu, callbacks)
        self._menu_handle = (menu, callbacks)  # where pystray's delegate looks for what was chosen
        below = AppKit.NSPoint(0, self._button.bounds().size.height + 5)
        menu.popUpMenuPositioningItem_atLocation_inView_(None, below, self._button)

    def _update_menu(self) -> None:
        """Built when it opens: a menu that is set on the item would take the left click too."""

    # ---- the loop -------------------------------------------------------------------------------------------

    def _run(self) -> None:
        self._mark_ready()
        signals = importlib.import_module("PyObjCTools.MachSignals")
        for number in (signal.SIGINT, signal.SIGTERM):  # Python's own handlers wait until AppKit's loop ends
            signals.signal(number, lambda *_: self._on_quit())
        try:
            self._app.run()
        finally:
            self._status_bar.removeStatusItem_(self._status_item)


class MacTray:
    """See `choice.Tray`. Made in the main thread, which `run_with` keeps for AppKit."""

    sizes = (POINTS, 2 * POINTS)
    hint: str | None = None

    def __init__(
        self,
        on_activate: Callable[[int, int], None],
        on_action: Callable[[str], None],
        menu: Callable[[], tuple[MenuLine, ...]],
        on_host: Callable[[bool], None],
        on_brightness: Callable[[], None],
    ) -> None:
        self._call_after: Any = importlib.import_module("PyObjCTools.AppHelper").callAfter
        self._on_host = on_host
        self._is_running = False
        self._icon = MacIcon(
            "usagetray",
            menu=menu_of(menu, on_action),
            on_activate=on_activate,
            on_quit=lambda: on_action("quit"),
            on_brightness=on_brightness,
        )

    @property
    def is_light(self) -> bool | None:
        return bool(self._icon.is_light)

    def start(self) -> None:
        """The icon itself lives from `run_with` on."""
        self._on_host(True)

    def run_with(self, work: Callable[[], None]) -> None:
        """AppKit's loop in this thread and `work` in another, until `work` ends."""
        failed: list[BaseException] = []

        def run() -> None:
            try:
                work()
            except BaseException as error:  # raised again in the main thread
                failed.append(error)
            finally:
                self._call_after(self._icon.stop)

        worker = threading.Thread(target=run, name="work", daemon=True)
        self._call_after(worker.start)  # once the loop runs: `stop` would not reach one that has yet to begin
        self._is_running = True
        try:
            self._icon.run(setup=lambda _icon: None)
        finally:
            self._is_running = False
        worker.join(WORK_SECONDS)
        if failed:
            raise failed[0]

    def show(self, images: tuple[Image.Image, ...], title: str, tooltip: str, label: str | None) -> None:
        self._call_after(self._icon.show_face, images, f"{title}\n{tooltip}" if tooltip else title, label)

    def menu_changed(self) -> None:
        """The menu is read when it opens."""

    def has_host(self) -> bool:
        return self._is_running

    def stop(self) -> None:
        """Hides the icon; the loop ends with the work."""
        self._call_after(self._hide)

    def _hide(self) -> None:
        self._icon.visible = False


def has_colour(image: Image.Image) -> bool:
    """Whether something of it is neither clear nor black, white or grey."""
    red, green, blue, alpha = image.split()
    spread = ImageChops.subtract(
        ImageChops.lighter(ImageChops.lighter(red, green), blue), ImageChops.darker(ImageChops.darker(red, green), blue)
    )
    seen = ImageChops.multiply(spread, alpha.point(lambda value: 255 if value else 0))
    return int(seen.getextrema()[1]) >= COLOURED_FROM  # type: ignore[arg-type]
