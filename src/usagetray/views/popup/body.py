"""The scrolling middle of the popup: sections of lines, kept as widgets while they stay the same kind."""

# ruff: noqa: N802, ARG002 - the names and arguments of overridden methods are Qt's.

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from usagetray.views.popup import tokens as t
from usagetray.views.popup.compose import Columns, alike, columns, compose
from usagetray.views.popup.compose_advice import compose_comparison, compose_heading, compose_tip, compose_words
from usagetray.views.popup.crisp import draw_rule
from usagetray.views.popup.lines import kind_of, line_widget, refill
from usagetray.views.popup.scene import Scene
from usagetray.views.popup.spec import Caption, Collapsed, Comparison, Heading, Line, Row, Section, Tip, Words
from usagetray.views.popup.widgets import Act, Look, Painted, RowActions

BEFORE_HEAD = 7  # from a divider to the section's head
AFTER_FULL = 6  # from a full row to the divider
AFTER_OTHER = 11
ROUND_COLLAPSED = 4
TOP = 6  # from the card to the first head


@dataclass(frozen=True, slots=True)
class Laid:
    """One line with its picture and where it stands."""

    line: Line
    scene: Scene
    y: float


@dataclass(frozen=True, slots=True)
class Plan:
    """Every line of the body, where the dividers are, and how high all of it is."""

    lines: tuple[Laid, ...]
    rules: tuple[float, ...]
    height: float


def plan(sections: tuple[Section, ...], folded: frozenset[str], look: Look) -> Plan:
    """Stack the sections; those in `folded` take one line if they may."""
    lines: list[Laid] = []
    rules: list[float] = []
    compact = [line for section in sections for line in section.lines if isinstance(line, Row) and line.compact]
    at_columns = columns(compact, look.letters)
    y = 0.0
    after = 0.0
    for at, section in enumerate(sections):
        is_folded = section.collapsed is not None and section.key in folded
        shown: tuple[Line, ...] = (section.collapsed,) if section.collapsed and is_folded else section.lines
        y += after
        if at:
            rules.append(y)
            y += 1
        y += ROUND_COLLAPSED if is_folded else (BEFORE_HEAD if at else TOP)
        for line in alike(shown, look.letters):
            scene = _picture(line, look, at_columns)
            lines.append(Laid(line, scene, y))
            y += scene.height
        after = _after(shown[-1]) if shown else 0
    return Plan(tuple(lines), tuple(rules), y + after)


def _picture(line: Line, look: Look, at_columns: Columns) -> Scene:
    match line:
        case Heading():
            return compose_heading(line, look.letters)
        case Words():
            return compose_words(line, look.letters)
        case Comparison():
            return compose_comparison(line, look.letters)
        case Tip():
            return compose_tip(line, look.letters)
    return compose(line, look.letters, at_columns)


def _after(last: Line) -> float:
    if isinstance(last, Collapsed):
        return ROUND_COLLAPSED
    if isinstance(last, Row) and not last.compact:
        return AFTER_FULL
    return AFTER_OTHER - 2 if isinstance(last, Caption) else AFTER_OTHER


def fold_to_fit(
    sections: tuple[Section, ...], opened: frozenset[str], room: float, look: Look
) -> tuple[Plan, frozenset[str]]:
    """Fold the calmest accounts, last first, until it fits or nothing more may be folded; `opened` ones stay open."""
    folded: frozenset[str] = frozenset()
    laid = plan(sections, folded, look)
    foldable = [section for section in reversed(sections[1:]) if section.collapsed and section.key not in opened]
    for section in sorted(foldable, key=lambda section: section.level):
        if laid.height <= room:
            break
        folded |= {section.key}
        laid = plan(sections, folded, look)
    return laid, folded


class Canvas(QWidget):
    """Holds the lines and paints the dividers between the sections."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.rules: tuple[float, ...] = ()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        scale = self.look.scale
        for rule in self.rules:
            draw_rule(
                painter,
                t.PAD * scale,
                round(rule * scale),
                (t.WIDTH - 2 * t.PAD) * scale,
                QColor(self.look.palette.line),
            )
        painter.end()


class Thumb(QWidget):
    """A thin scroll bar over the right padding; it takes no room from the rows."""

    WIDTH = 10

    def __init__(self, area: QScrollArea, look: Look) -> None:
        super().__init__(area)
        self._area = area
        self.look = look
        self._grabbed_at: float | None = None
        bar = area.verticalScrollBar()
        bar.valueChanged.connect(lambda _value: self.update())
        bar.rangeChanged.connect(lambda _low, high: self.setVisible(high > 0))
        self.hide()

    def stand(self) -> None:
        self.setGeometry(self._area.width() - self.WIDTH, 0, self.WIDTH, self._area.height())

    def _thumb(self) -> QRectF:
        bar = self._area.verticalScrollBar()
        whole = bar.maximum() + self._area.height()
        length = max(28.0, self.height() * self._area.height() / whole) if whole else 0.0
        way = self.height() - length - 4
        return QRectF(3, 2 + (way * bar.value() / bar.maximum() if bar.maximum() else 0), 4, length)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.look.palette.ctl))
        painter.drawRoundedRect(self._thumb(), 2, 2)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._grabbed_at = event.position().y() - self._thumb().y()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        thumb, bar = self._thumb(), self._area.verticalScrollBar()
        way = self.height() - thumb.height() - 4
        if self._grabbed_at is not None and way > 0:
            bar.setValue(round((event.position().y() - self._grabbed_at - 2) / way * bar.maximum()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grabbed_at = None


class Body(QScrollArea):
    def __init__(self, look: Look, act: Act) -> None:
        super().__init__()
        self._look, self._act = look, act
        self._canvas = Canvas(look)
        self._kinds: tuple[tuple[str, str, bool], ...] = ()
        self._widgets: list[Painted] = []
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        self.setWidget(self._canvas)
        self._canvas.setAutoFillBackground(False)
        self._thumb = Thumb(self, look)

    @property
    def rows(self) -> list[Painted]:
        """The widgets of the lines, top to bottom."""
        return self._widgets

    def put(self, laid: Plan, look: Look, height: int) -> None:
        """Show the plan in a view of `height` device-independent pixels; widgets of the same kind are kept."""
        self._look = self._canvas.look = self._thumb.look = look
        kinds = tuple(kind_of(one.line) for one in laid.lines)
        if kinds != self._kinds:
            self._rebuild(laid, kinds)
        else:
            for widget, one in zip(self._widgets, laid.lines, strict=True):
                refill(widget, one.line, look, one.scene)
        for widget, one in zip(self._widgets, laid.lines, strict=True):
            widget.move(0, round(one.y * look.scale))
        self._canvas.rules = laid.rules
        self.setFixedSize(round(t.WIDTH * look.scale), height)
        self._canvas.setFixedSize(round(t.WIDTH * look.scale), round(laid.height * look.scale))
        self._canvas.update()
        self.verticalScrollBar().setSingleStep(round(t.ROW_COMPACT * look.scale))
        self._thumb.stand()
        self._thumb.raise_()

    def _rebuild(self, laid: Plan, kinds: tuple[tuple[str, str, bool], ...]) -> None:
        held = next((pair for pair in zip(self._kinds, self._widgets, strict=True) if pair[1].hasFocus()), None)
        focused = held[0][:2] if held else None
        # Who came to a row by keys goes on by keys, and needs to see where.
        reason = Qt.FocusReason.TabFocusReason if held and held[1].ring else Qt.FocusReason.OtherFocusReason
        for widget in self._widgets:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        self._kinds = kinds
        self._widgets = [line_widget(one.line, self._look, one.scene, self._act) for one in laid.lines]
        for widget in self._widgets:
            widget.setParent(self._canvas)
            widget.show()
        if held is None:
            return
        # Who was here stays here: on the same line, or where it has gone on the first one.
        stops = [widget for widget in self._widgets if widget.focusPolicy() is not Qt.FocusPolicy.NoFocus]
        pairs = zip(kinds, self._widgets, strict=True)
        same = next((widget for kind, widget in pairs if kind[:2] == focused and widget in stops), None)
        for stop in [same] if same is not None else stops[:1]:
            stop.setFocus(reason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()  # a scroll area would scroll; here they go from row to row
        else:
            super().keyPressEvent(event)

    def explained(self) -> RowActions | None:
        """The row the pointer or the keyboard is on."""
        rows = [widget for widget in self._widgets if isinstance(widget, RowActions)]
        return next((row for row in rows if row.hasFocus()), None) or next((row for row in rows if row.hovered), None)
