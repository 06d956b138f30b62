"""Below the card of a locked account: a switch to be told when it is back, and where there is room meanwhile."""

# ruff: noqa: N802, ARG002 - the names and arguments of overridden methods are Qt's.

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QWidget

from usagetray.language import tr
from usagetray.views.popup import tokens as t
from usagetray.views.popup.compose import INNER, LEFT, RIGHT
from usagetray.views.popup.compose_card import WAITING, compose_elsewhere, compose_tick
from usagetray.views.popup.scene import Scene, moved
from usagetray.views.popup.spec import Waiting
from usagetray.views.popup.spoken import spoken
from usagetray.views.popup.widgets import Look, Painted, Pressable

GAP = 14
INDENT = t.CHECK_BOX + 10.0  # of a second line, below the words of the first
FURTHER = 24


class Switch(Painted, QCheckBox):
    """A check box with its name."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.prepare(look, Scene(height=0, items=()))

    def hitButton(self, position: object) -> bool:
        return True


class WaitingRow(QWidget):
    """`flip` is told whether the user wants to hear of it; `go` that they want to see where there is room."""

    def __init__(self, look: Look, flip: Callable[[bool], None], go: Callable[[], None]) -> None:
        super().__init__()
        self.high = 0.0  # at scale 1
        self.switch = Switch(look)
        self.elsewhere = Pressable(look, Scene(height=0, items=()), "", "", go)
        self.switch.toggled.connect(flip)
        for widget in (self.switch, self.elsewhere):
            widget.setParent(self)

    def put(self, waiting: Waiting, look: Look) -> None:
        self.switch.blockSignals(True)  # what is shown is not a wish of the user's
        self.switch.setChecked(waiting.on)
        self.switch.blockSignals(False)
        self.switch.setAccessibleName(waiting.name)
        box, box_width = compose_tick(waiting, look.letters, INNER)
        link, link_width = compose_elsewhere(waiting, look.letters, INNER - INDENT)
        # Side by side where there is room, else below each other.
        beside = box_width + GAP + link_width <= INNER
        self._put(self.switch, look, box, box_width, LEFT, 0)
        self._put(self.elsewhere, look, link, link_width, RIGHT - link_width if beside else LEFT + INDENT, not beside)
        self.elsewhere.say(spoken(waiting.elsewhere), tr("Press Enter to see it"))
        self.elsewhere.setVisible(bool(waiting.elsewhere))
        self.high = WAITING if beside or not waiting.elsewhere else WAITING + FURTHER
        self.setFixedSize(round(t.WIDTH * look.scale), round(self.high * look.scale))

    def _put(self, widget: Painted, look: Look, scene: Scene, width: float, x: float, line: int) -> None:
        # The ring stands around the words; their widget is as much wider as it needs.
        bleed = 7.0
        shifted = Scene(height=scene.height, items=moved(scene.items, bleed))
        widget.ring_box = (0, 2, width + 2 * bleed, scene.height - 3)
        widget.put(look, shifted, width=width + 2 * bleed)
        widget.move(round((x - bleed) * look.scale), round(line * FURTHER * look.scale))

    def stops(self) -> list[QWidget]:
        return [self.switch, *([self.elsewhere] if not self.elsewhere.isHidden() else [])]
