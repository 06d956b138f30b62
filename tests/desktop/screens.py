"""Several screens and a panel on any side of them: monitors of RandR, and a dock window that asks for its strip."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from Xlib import X, Xatom
from Xlib.display import Display

from tests.desktop.session import Desktop

SIDES = ("top", "bottom", "left", "right")


@dataclass(frozen=True, slots=True)
class Area:
    """Pixels of the X server; `right` and `bottom` lie just outside."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    @property
    def box(self) -> tuple[int, int, int, int]:
        return self.x, self.y, self.right, self.bottom

    def has(self, other: Area) -> bool:
        return (
            self.x <= other.x and self.y <= other.y and other.right <= self.right and other.bottom <= self.bottom
        )  # fmt: skip

    def strip(self, side: str, depth: int) -> Area:
        """The strip along one of its sides."""
        match side:
            case "top":
                return Area(self.x, self.y, self.width, depth)
            case "bottom":
                return Area(self.x, self.bottom - depth, self.width, depth)
            case "left":
                return Area(self.x, self.y, depth, self.height)
            case _:
                return Area(self.right - depth, self.y, depth, self.height)

    def without(self, side: str, depth: int) -> Area:
        opposite = {"top": "bottom", "bottom": "top", "left": "right", "right": "left"}[side]
        whole = self.height if side in ("top", "bottom") else self.width
        return self.strip(opposite, whole - depth)


@contextmanager
def monitors(desktop: Desktop, areas: Sequence[Area]) -> Iterator[None]:
    """Part the screen into monitors, first one first."""
    names = [f"test-{at}" for at in range(len(areas))]
    for at, (name, area) in enumerate(zip(names, areas, strict=True)):
        place = f"{area.width}/300x{area.height}/200+{area.x}+{area.y}"
        desktop.run(["xrandr", "--setmonitor", name, place, "none" if at else "screen"])
    try:
        yield
    finally:
        for name in names:
            desktop.run(["xrandr", "--delmonitor", name])


@contextmanager
def panel(desktop: Desktop, screen: Area, side: str, depth: int = 32) -> Iterator[Area]:
    """A panel along one side of `screen`, as window managers know them; gives the area it covers."""
    covers = screen.strip(side, depth)
    display = Display(desktop.env["DISPLAY"])
    try:
        root = display.screen().root
        whole = root.get_geometry()
        window = root.create_window(
            covers.x, covers.y, covers.width, covers.height, 0, X.CopyFromParent, background_pixel=0x606060
        )
        atom = display.intern_atom
        window.change_property(atom("_NET_WM_WINDOW_TYPE"), Xatom.ATOM, 32, [atom("_NET_WM_WINDOW_TYPE_DOCK")])
        strut = _strut(covers, side, whole.width, whole.height)
        window.change_property(atom("_NET_WM_STRUT_PARTIAL"), Xatom.CARDINAL, 32, strut)
        window.set_wm_name("a panel of the test")
        window.set_wm_normal_hints(flags=1 | 2, x=covers.x, y=covers.y)
        window.map()
        display.sync()
        listed = atom("_NET_CLIENT_LIST")

        def is_managed() -> bool:
            found = root.get_full_property(listed, X.AnyPropertyType)
            return found is not None and window.id in found.value

        desktop.wait_until(is_managed, "the window manager to take the panel")
        desktop.wait_until(lambda: desktop.colours(covers.box) == {(0x60, 0x60, 0x60)}, "the panel")
        yield covers
        window.destroy()
        display.sync()
        desktop.wait_until(lambda: not is_managed(), "the panel to go")
    finally:
        display.close()


def hover(desktop: Desktop, x: int, y: int, *, wheel: int = 0) -> None:
    """Move the pointer there and turn the wheel down by so many notches."""
    desktop.run(["xdotool", "mousemove", str(x), str(y)])
    if wheel:
        desktop.run(["xdotool", "click", "--repeat", str(wheel), "--delay", "15", "5"])


def _strut(covers: Area, side: str, width: int, height: int) -> list[int]:
    depths = {"left": covers.right, "right": width - covers.x, "top": covers.bottom, "bottom": height - covers.y}
    numbers = [0] * 12
    at = ("left", "right", "top", "bottom").index(side)
    numbers[at] = depths[side]
    first, last = (covers.y, covers.bottom - 1) if at < 2 else (covers.x, covers.right - 1)
    numbers[4 + 2 * at : 6 + 2 * at] = [first, last]
    return numbers
