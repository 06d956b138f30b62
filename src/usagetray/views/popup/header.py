"""The popup's first line: tabs at the left; refresh and settings at the right."""

# ruff: noqa: N802 - the names and arguments of overridden methods are Qt's.

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QTabBar, QWidget

from usagetray.language import tr
from usagetray.views.popup import tokens as t
from usagetray.views.popup.fonts import Letters
from usagetray.views.popup.scene import Item, Panel, Scene, Text
from usagetray.views.popup.tabs import Tab
from usagetray.views.popup.widgets import Act, IconButton, Look, Painted, Plain

INSET = 2.0  # of the chosen segment within the tray
BESIDE, LEAST_BESIDE = 11.5, 4.0  # of a segment's name
TOP = 14
REFRESH, SETTINGS = 303, 335  # middles of the two buttons
BEFORE_PILL = 10


def segments(
    names: Sequence[str], chosen: int, letters: Letters, most: float = t.WIDTH
) -> tuple[Scene, tuple[float, ...]]:
    """A segmented control with its upper left corner at 0, 0; and where each segment ends.

    `most`: pixels it may be wide; long names stand closer then.
    """
    # Room for the stronger letters everywhere: the segments must not move when another one is chosen.
    words = [letters.width(name, t.SEGMENT_CHOSEN) for name in names]
    beside = min(BESIDE, max(LEAST_BESIDE, (most - 2 * INSET - sum(words)) / (2 * len(names))))
    widths = [each + 2 * beside for each in words]
    ends = tuple(float(round(INSET + sum(widths[: at + 1]))) for at in range(len(names)))
    starts = (INSET, *ends[:-1])
    height = float(t.TABS)
    items: list[Item] = [Panel(x=0, y=0, width=ends[-1] + INSET, height=height, radius=8, fill="sel")]
    items.append(
        Panel(
            x=starts[chosen], y=INSET, width=ends[chosen] - starts[chosen], height=height - 2 * INSET, radius=6,
            fill="seg",
        )
    )  # fmt: skip
    for at, name in enumerate(names):
        style = t.SEGMENT_CHOSEN if at == chosen else t.SEGMENT
        width, tall = letters.width(name, style), letters.metrics(style).height()
        middle = (starts[at] + ends[at]) / 2
        items.append(
            Text(
                x=middle - width / 2, y=(height - tall) / 2, width=width, height=tall, text=name, style=style,
                colour="text" if at == chosen else "text2",
            )
        )  # fmt: skip
    return Scene(height=height, items=tuple(items)), ends


class Segments(Painted, QTabBar):
    """A tab bar to screen readers and to the arrow keys, drawn as a segmented control."""

    def __init__(self, look: Look, names: Sequence[str], label: str, choose: Callable[[int], None]) -> None:
        super().__init__()
        self._names = tuple(names)
        self._ends: tuple[float, ...] = ()
        self._most = float(t.WIDTH)
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(False)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(label)
        scene, self._ends = segments(self._names, 0, look.letters)
        self.prepare(look, scene)
        for name in self._names:
            self.addTab(name)
        self.dress(look)
        self.currentChanged.connect(lambda _at: self.dress(self.look))
        self.currentChanged.connect(choose)

    def dress(self, look: Look, most: float | None = None) -> None:
        self._most = self._most if most is None else most
        scene, ends = segments(self._names, max(0, self.currentIndex()), look.letters, self._most)
        if (ends, look) != (self._ends, self.look):
            self._ends = ends
            self.setIconSize(QSize(0, 0))  # makes the bar ask for the sizes of its tabs again
        width = ends[-1] + INSET
        self.ring_box = (0, 0, width, scene.height)
        self.put(look, scene, width=width)

    def rename(self, names: Sequence[str], label: str) -> None:
        """In another language."""
        if tuple(names) == self._names:
            return
        self._names = tuple(names)
        self.setAccessibleName(label)
        for at, name in enumerate(self._names):
            self.setTabText(at, name)
        self.dress(self.look)

    def tabSizeHint(self, index: int) -> QSize:
        start = self._ends[index - 1] if index else 0.0
        end = self._ends[index] + (INSET if index == len(self._ends) - 1 else 0)
        return QSize(round(end * self.look.scale) - round(start * self.look.scale), round(t.TABS * self.look.scale))

    def minimumTabSizeHint(self, index: int) -> QSize:
        return self.tabSizeHint(index)


class Header(QWidget):
    """`t.HEADER` high at scale 1."""

    def __init__(self, look: Look, tabs: Sequence[Tab], choose: Callable[[int], None], act: Act) -> None:
        super().__init__()
        self._tabs = tuple(tabs)
        self.tabs = Segments(look, [tr(tab.name) for tab in tabs], tr("Pages"), choose)
        self.demo = Plain(look, Scene(height=0, items=()), tr("Demonstration with made-up figures"))
        self.refresh = IconButton(look, "refresh", tr("Refresh"), lambda: act("refresh", ""))
        self.settings = IconButton(look, "settings", tr("Settings"), lambda: act("settings", ""))
        for widget in (self.tabs, self.demo, self.refresh, self.settings):
            widget.setParent(self)
        self.put(look, demo=False)

    def put(self, look: Look, *, demo: bool) -> None:
        self.tabs.rename([tr(tab.name) for tab in self._tabs], tr("Pages"))
        pill, wide = _pill("DEMO", look.letters)
        room = REFRESH - 18 - t.PAD - (wide + BEFORE_PILL if demo else 0)
        self.tabs.dress(look, room)
        for piece in (self.refresh, self.settings):
            piece.dress(look)
        self.settings.setAccessibleName(tr("Settings"))
        self.demo.say(tr("Demonstration with made-up figures"))
        self.demo.put(look, pill, width=wide)
        self.demo.setVisible(demo)
        scale = look.scale
        self.setFixedSize(round(t.WIDTH * scale), round(t.HEADER * scale))
        self.tabs.move(round(t.PAD * scale), round(TOP * scale))
        self.demo.move(self.tabs.x() + self.tabs.width() + round(BEFORE_PILL * scale), round((TOP + 5) * scale))
        for button, centre in ((self.refresh, REFRESH), (self.settings, SETTINGS)):
            button.move(round((centre - 14) * scale), round(TOP * scale))

    def stops(self) -> list[QWidget]:
        return [self.tabs, self.refresh, self.settings]


def _pill(text: str, letters: Letters) -> tuple[Scene, float]:
    """Its picture, and how wide it is."""
    width, height = letters.width(text, t.PILL), letters.metrics(t.PILL).height()
    panel = Panel(x=0, y=0, width=width + 14, height=18, radius=9, fill="paybg")
    words = Text(x=7, y=9 - height / 2, width=width, height=height, text=text, style=t.PILL, colour="pay")
    return Scene(height=18, items=(panel, words)), width + 14
