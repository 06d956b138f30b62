"""Which widget a line of a section is, and how it takes its line's next state."""

from __future__ import annotations

from PySide6.QtCore import Qt

from usagetray.views.popup import tokens as t
from usagetray.views.popup.scene import Scene
from usagetray.views.popup.spec import Caption, Collapsed, Comparison, Detail, Line, Problem, Row, Tip, Words
from usagetray.views.popup.spoken import spoken
from usagetray.views.popup.widgets import Act, Dash, Look, Meter, Painted, Plain, Pressable, RowActions


def line_widget(line: Line, look: Look, scene: Scene, act: Act) -> Painted:
    match line:
        case Row():
            made = Dash if line.spoken.percent is None else Meter
            return made(look, scene, line, act)
        case Collapsed():
            return Pressable(look, scene, line.spoken.name, line.spoken.description, lambda: act("expand", line.key))
        case Problem() if line.action:
            widget = Pressable(look, scene, *_heard(line), lambda: act("action", line.key))
            widget.ring_box = (t.PAD - 1, 0, t.WIDTH - 2 * t.PAD + 2, scene.height - 5)
            return widget
        case Problem():
            return Plain(look, scene, *_heard(line))
        case Detail():
            plain = Plain(look, scene, line.spoken.name, line.spoken.description)
            plain.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            plain.ring_box = (t.PAD - 1, 0, t.WIDTH - 2 * t.PAD + 2, scene.height - 5)
            return plain
        case Tip() if line.more:
            widget = Pressable(look, scene, line.spoken.name, line.spoken.description, lambda: act("tip", line.key))
            widget.ring_box = (t.PAD - 1, 0, t.WIDTH - 2 * t.PAD + 2, scene.height - 5)
            return widget
        case Tip() | Words() | Comparison():
            plain = Plain(look, scene, line.spoken.name, line.spoken.description)
            plain.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            return plain
        case Caption():
            return Plain(look, scene, spoken(line.text))
    return Plain(look, scene, line.spoken.name, line.spoken.description)


def _heard(problem: Problem) -> tuple[str, str]:
    name = f"{problem.title}. {problem.action}" if problem.action else problem.title
    return spoken(name), spoken(problem.detail)


def kind_of(line: Line) -> tuple[str, str, bool]:
    """Lines of one kind and key can take each other's place without a new widget."""
    has_figure = isinstance(line, Row) and line.spoken.percent is not None
    can_press = (isinstance(line, Problem) and bool(line.action)) or (isinstance(line, Tip) and bool(line.more))
    return type(line).__name__, line.key, has_figure or can_press


def refill(widget: Painted, line: Line, look: Look, scene: Scene) -> None:
    """Give an existing widget the new state of its line."""
    if isinstance(widget, RowActions) and isinstance(line, Row):
        if widget.row != line:
            widget.take(line)
    elif isinstance(widget, Plain | Pressable):
        if isinstance(line, Problem):
            widget.say(*_heard(line))
        elif isinstance(line, Caption):
            widget.say(spoken(line.text))
        else:
            widget.say(line.spoken.name, line.spoken.description)
        if isinstance(line, Detail | Tip):
            widget.ring_box = (t.PAD - 1, 0, t.WIDTH - 2 * t.PAD + 2, scene.height - 5)
    widget.put(look, scene)
