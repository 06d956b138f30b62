"""The tray in macOS' menu bar: pystray's icon and our corrections, on a made-up AppKit. Nothing here ran on macOS."""

from __future__ import annotations

import importlib
import io
import queue
import sys
import threading
import types
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from usagetray.views.menu import MenuLine

LEFT_UP, RIGHT_UP, CONTROL = 2, 4, 1 << 18


def here() -> None:
    """AppKit may be spoken to in the main thread alone."""
    assert threading.current_thread() is threading.main_thread()


class Appkit:
    """Remembers what was set: `setTitle_("62 %")` is `said["setTitle_"] == "62 %"`; every call checks its thread."""

    def __init__(self, **answers: Any) -> None:
        self.said: dict[str, Any] = {}
        self._answers = answers

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            here()
            self.said[name] = arguments[0] if len(arguments) == 1 else arguments
            answer = self._answers.get(name)
            return answer(*arguments) if callable(answer) else answer

        return call


class Application(Appkit):
    """A loop that runs what was posted to it."""

    def __init__(self) -> None:
        super().__init__()
        self.posted: queue.SimpleQueue[tuple[Callable[..., None], tuple[Any, ...]]] = queue.SimpleQueue()
        self.event: Any = None
        self.is_over = False

    def currentEvent(self) -> Any:  # noqa: N802
        here()
        return self.event

    def stop_(self, _sender: Any) -> None:
        here()
        self.is_over = True

    def run(self) -> None:
        here()
        while not self.is_over:
            call, arguments = self.posted.get(timeout=5)
            call(*arguments)


class Menu(Appkit):
    """An NSMenu that is answered with `choice` as soon as it opens; None: it is closed."""

    choice: str | None = None

    def __init__(self) -> None:
        super().__init__()
        self.items: list[Any] = []

    def initWithTitle_(self, _title: str) -> Menu:  # noqa: N802
        return self

    def addItem_(self, item: Any) -> None:  # noqa: N802
        self.items.append(item)

    def popUpMenuPositioningItem_atLocation_inView_(self, *_place: Any) -> None:  # noqa: N802
        here()
        for item in self.items:
            if item.title == self.choice:
                tag = item.said["setTag_"]
                item.said["setTarget_"].activate_menu_item(Appkit(tag=tag))


class MenuRow(Appkit):
    title = "-"

    def initWithTitle_action_keyEquivalent_(self, title: str, _action: bytes, _key: str) -> MenuRow:  # noqa: N802
        self.title = title
        return self


class Picture(Appkit):
    def __init__(self) -> None:
        super().__init__()
        self.layers: list[Appkit] = []

    def initWithSize_(self, size: tuple[int, int]) -> Picture:  # noqa: N802
        self.said["size"] = size
        return self

    def addRepresentation_(self, layer: Appkit) -> None:  # noqa: N802
        self.layers.append(layer)


class Delegate:
    @classmethod
    def alloc(cls) -> type[Delegate]:
        return cls

    @classmethod
    def init(cls) -> Delegate:
        return cls()


class Mac:
    """The modules of PyObjC, as far as they are used."""

    def __init__(self) -> None:
        self.app = Application()
        self.appearance = "dark"
        self.signals: dict[int, Callable[[int], None]] = {}
        self.menus: list[Menu] = []
        self.choice: str | None = None
        size, origin = SimpleNamespace(width=30, height=24), SimpleNamespace(x=1000, y=876)
        frame = SimpleNamespace(origin=origin, size=size)
        look = Appkit(bestMatchFromAppearancesWithNames_=lambda names: names[0 if self.appearance == "light" else 1])
        self.button = Appkit(
            effectiveAppearance=lambda: look,
            window=lambda: Appkit(frame=lambda: frame),
            bounds=lambda: SimpleNamespace(size=size),
        )
        self.item = Appkit(button=lambda: self.button)
        bar = Appkit(statusItemWithLength_=lambda _length: self.item, thickness=24)
        screen = Appkit(frame=lambda: SimpleNamespace(size=SimpleNamespace(width=1440, height=900)))
        self.modules = {
            "AppKit": self.module(
                "AppKit",
                NSApplication=Appkit(sharedApplication=lambda: self.app),
                NSStatusBar=Appkit(systemStatusBar=lambda: bar),
                NSVariableStatusItemLength=-1,
                NSAppearanceNameAqua="aqua",
                NSAppearanceNameDarkAqua="dark aqua",
                NSImage=SimpleNamespace(alloc=Picture),
                NSBitmapImageRep=SimpleNamespace(imageRepWithData_=lambda png: Appkit(png=lambda: png)),
                NSMenu=SimpleNamespace(alloc=self.menu),
                NSMenuItem=SimpleNamespace(alloc=MenuRow, separatorItem=MenuRow),
                NSFont=Appkit(menuFontOfSize_=lambda _size: Appkit(pointSize=13)),
                NSFontAttributeName="font",
                NSPoint=lambda x, y: (x, y),
                NSScreen=Appkit(screens=lambda: [screen]),
                NSEvent=Appkit(),
                NSApplicationDefined=15,
            ),
            "Foundation": self.module(
                "Foundation",
                NSObject=Delegate,
                NSData=bytes,
                NSAttributedString=SimpleNamespace(alloc=Appkit),
                NSDictionary=SimpleNamespace(alloc=Appkit),
            ),
            "objc": self.module("objc", namedSelector=lambda _name: lambda method: method),
            "PyObjCTools": self.module("PyObjCTools"),
            "PyObjCTools.MachSignals": self.module("MachSignals", signal=self.signals.__setitem__),
            "PyObjCTools.AppHelper": self.module(
                "AppHelper", callAfter=lambda call, *arguments: self.app.posted.put((call, arguments))
            ),
        }
        self.modules["PyObjCTools"].MachSignals = self.modules["PyObjCTools.MachSignals"]  # type: ignore[attr-defined]

    @staticmethod
    def module(name: str, **contents: Any) -> types.ModuleType:
        made = types.ModuleType(name)
        vars(made).update(contents)
        return made

    def menu(self) -> Menu:
        self.menus.append(Menu())
        self.menus[-1].choice = self.choice
        return self.menus[-1]


class Program:
    """A tray on that Mac. What `work` does happens beside AppKit's loop, as in the program."""

    def __init__(self, macos: Any, mac: Mac) -> None:
        self.mac, self.module = mac, macos
        self.heard: list[tuple[Any, ...]] = []
        self.lines: tuple[MenuLine, ...] = ()
        self.tray = macos.MacTray(
            lambda x, y: self.heard.append(("activate", x, y)),
            lambda verb: self.heard.append(("action", verb)),
            lambda: self.lines,
            lambda there: self.heard.append(("host", there)),
            lambda: self.heard.append(("brightness",)),
        )

    def work(self, *steps: Callable[[], None]) -> None:
        """The steps, each after AppKit has done what the one before gave it to do; then the end."""

        def run() -> None:
            for step in steps:
                step()
                done = threading.Event()
                self.mac.app.posted.put((done.set, ()))
                assert done.wait(5)
            self.tray.stop()

        self.tray.run_with(run)

    def show(self, colour: str = "white", label: str | None = None) -> None:
        images = tuple(Image.new("RGBA", (size, size), colour) for size in self.tray.sizes)
        self.tray.show(images, "Lasts", "Claude: session 62 %", label)

    def click(self, kind: int, keys: int = 0) -> None:
        """As AppKit does: the button's target is told, in the main thread."""
        event = SimpleNamespace(type=lambda: kind, modifierFlags=lambda: keys)

        def press() -> None:
            self.mac.app.event = event
            self.mac.button.said["setTarget_"].activate_button(self.mac.button)

        self.mac.app.posted.put((press, ()))


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    mac = Mac()
    for name, module in mac.modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    made = ("pystray._darwin", "usagetray.edges.tray.macos")
    for name in made:
        monkeypatch.delitem(sys.modules, name, raising=False)
    yield Program(importlib.import_module(made[1]), mac)
    for name in made:
        sys.modules.pop(name, None)


def test_the_work_runs_beside_appkit_and_ends_it(program: Program) -> None:
    """AppKit has the main thread; the work another; `run_with` returns when the work is done."""
    threads: list[threading.Thread] = []

    program.work(lambda: threads.append(threading.current_thread()), program.show)

    assert threads[0] is not threading.main_thread()
    assert program.mac.app.is_over
    assert not threads[0].is_alive()
    assert program.mac.button.said["setHidden_"] is True


def test_what_the_work_raises_comes_out(program: Program) -> None:
    def fail() -> None:
        raise ValueError("no store")

    with pytest.raises(ValueError, match="no store"):
        program.work(fail)


def test_it_has_no_icon_in_the_dock(program: Program) -> None:
    """Activation policy 1: accessory."""
    assert program.mac.app.said["setActivationPolicy_"] == 1


def test_one_picture_has_a_layer_for_each_density(program: Program) -> None:
    """22 and 44 px, both 22 points wide."""
    program.work(program.show)

    picture = program.mac.button.said["setImage_"]
    layers = [Image.open(io.BytesIO(layer.png())).size for layer in picture.layers]
    assert (picture.said["size"], layers) == ((22, 22), [(22, 22), (44, 44)])
    assert [layer.said["setSize_"] for layer in picture.layers] == [(22, 22), (22, 22)]


@pytest.mark.parametrize(("colour", "is_template"), [("white", True), ("#1b1d21", True), ("#ffb224", False)])
def test_a_picture_without_colour_is_left_to_the_system_to_ink(
    program: Program, colour: str, is_template: bool
) -> None:
    program.work(lambda: program.show(colour))

    assert program.mac.button.said["setImage_"].said["setTemplate_"] is is_template


def test_a_clear_pixel_has_no_colour(program: Program) -> None:
    """Its red is invisible."""
    picture = Image.new("RGBA", (2, 1), (255, 0, 0, 0))
    picture.putpixel((0, 0), (90, 90, 90, 255))

    assert program.module.has_colour(picture) is False


def test_the_text_beside_the_icon_and_its_tooltip(program: Program) -> None:
    program.work(lambda: program.show(label="62 %"))

    assert program.mac.button.said["setTitle_"] == "62 %"
    assert program.mac.button.said["setToolTip_"] == "Lasts\nClaude: session 62 %"


def test_a_click_opens_the_popup_below_the_icon(program: Program) -> None:
    """The button is 30 wide at 1000, its foot 876 above the bottom of a screen of 900 points."""
    program.work(program.show, lambda: program.click(LEFT_UP))

    assert program.heard == [("activate", 1015, 24)]
    assert program.mac.menus == []


@pytest.mark.parametrize(("kind", "keys"), [(RIGHT_UP, 0), (LEFT_UP, CONTROL)])
def test_a_right_click_opens_the_menu_and_a_line_can_be_chosen(program: Program, kind: int, keys: int) -> None:
    program.lines = (
        MenuLine(text="Show usage", action="show", is_default=True),
        MenuLine(separator=True),
        MenuLine(text="Snooze", children=(MenuLine(text="1 hour", action="snooze"),)),
        MenuLine(text="Quit", action="quit"),
    )
    program.mac.choice = "Quit"

    program.work(program.show, lambda: program.click(kind, keys))

    assert [item.title for item in program.mac.menus[0].items] == ["Show usage", "-", "Snooze", "Quit"]
    assert program.heard == [("action", "quit")]
    assert "setMenu_" not in program.mac.item.said  # it would swallow the left click


def test_the_bar_turning_light_is_noticed_with_the_next_picture(program: Program) -> None:
    assert program.tray.is_light is False
    program.mac.appearance = "light"

    program.work(program.show)

    assert program.heard == [("brightness",)]
    assert program.tray.is_light is True


def test_a_signal_quits_properly(program: Program) -> None:
    """pystray would end the process on the spot."""
    program.work(lambda: program.mac.app.posted.put((program.mac.signals[15], (15,))))

    assert program.heard == [("action", "quit")]
