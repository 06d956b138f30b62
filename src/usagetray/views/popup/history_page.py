"""The page "History": what was used by day and by hour of the week, of which models and projects."""

# ruff: noqa: N802, ARG002 - the names and arguments of overridden methods are Qt's.

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QToolTip, QWidget

from usagetray.domain.history import By, History, HistorySums, HistoryWish, Unit, history
from usagetray.language import tr
from usagetray.views.popup import tokens as t
from usagetray.views.popup.body import Canvas, Thumb
from usagetray.views.popup.compose import INNER, LEFT, RIGHT
from usagetray.views.popup.crisp import draw_rule
from usagetray.views.popup.header import INSET, Segments, segments
from usagetray.views.popup.history_content import history_view
from usagetray.views.popup.history_export import Exporting, Write, write_csv
from usagetray.views.popup.history_lists import Bars, HeatMap, PictureList
from usagetray.views.popup.history_scenes import (
    COLUMN,
    LEGEND_GAP,
    LEGEND_LINE,
    SUM,
    SUMS,
    Plot,
    action_scene,
    axis_scene,
    busiest_scene,
    headline_scene,
    heat_head_scene,
    legend_scenes,
    note_scene,
    sum_scene,
    week_scene,
)
from usagetray.views.popup.history_spec import HistoryView
from usagetray.views.popup.scene import Scene
from usagetray.views.popup.tabs import PopupPage, TabContent
from usagetray.views.popup.widgets import Look, Plain, Pressable, hint

READ_AGAIN_MS = 2000
"""While logs are being read for the first time, the bars grow."""
SPANS = (7, 30, 90)
UNITS: tuple[Unit, ...] = ("cost", "tokens")
BYS: tuple[By, ...] = ("model", "project")
NOTHING = Scene(height=0, items=())
LEAST = 96.0
"""Height of a page that has only a sentence to say."""
USUAL = 586.0
"""And of one that is about to be filled: so the popup does not shrink and grow while it is read."""


class Told(Plain):
    """A piece that says more when the pointer rests on it."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, NOTHING, "")
        self.tip = ""

    def event(self, event: Any) -> bool:
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), hint(self.tip), self)
            return True
        return bool(super().event(event))


class Area(QScrollArea):
    """What scrolls between header and footer."""

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()  # a scroll area would scroll; here the arrows go from stop to stop


class Control(Segments):
    """Within a page that scrolls the wheel is for the page: it must not choose on its way."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class HistoryPage(PopupPage):
    def __init__(self, look: Look, write: Write = write_csv) -> None:
        super().__init__()
        self.look = look
        self.wish = HistoryWish()
        self.view: HistoryView | None = None
        self._content: TabContent | None = None
        self._found: History | None = None
        self._room = 0.0
        self.exporting = Exporting(self, write)
        self._again = QTimer(self, interval=READ_AGAIN_MS, singleShot=True)
        self._again.timeout.connect(self._ask_again)
        self.area, self.canvas = Area(), Canvas(look)
        self.headline, self.ground = Plain(look, NOTHING, ""), Plain(look, NOTHING, "")
        self.bars, self.heat = Bars(look), HeatMap(look)
        self.legend: list[Told] = []
        self.sums = [Told(look) for _ in range(3)]
        self.heat_head, self.week, self.busiest = (Plain(look, NOTHING, "") for _ in range(3))
        self.note = Told(look)
        self.export = Pressable(look, NOTHING, tr("Export"), tr("The days shown, as a table"), self._export)
        self.area.setWidget(self.canvas)
        self.canvas.setAutoFillBackground(False)  # after setWidget, which switches it on
        for widget in (self.area, self.note, self.export):
            widget.setParent(self)
        for piece in (self.headline, self.ground, self.bars, *self.sums, self.heat_head, self.week, self.heat):
            piece.setParent(self.canvas)
        self.busiest.setParent(self.canvas)
        self._thumb = Thumb(self.area, look)
        self._make_controls()

    def _make_controls(self) -> None:
        """Anew for each look: how long their names may be depends on the letters."""
        for former in (getattr(self, "units", None), getattr(self, "spans", None), getattr(self, "bys", None)):
            if former is not None:
                former.hide()
                former.deleteLater()
        spans, is_wide = _span_names(self.look)
        self._spans_below = is_wide
        units = (tr("Cost"), tr("Tokens"))
        self.units = _control(self, units, tr("What is counted"), UNITS.index(self.wish.unit), self._choose_unit)
        self.spans = _control(self, spans, tr("How far back"), SPANS.index(self.wish.days), self._choose_span)
        bys = (tr("Models"), tr("Projects"))
        self.bys = _control(self, bys, tr("Told apart by"), BYS.index(self.wish.by), self._choose_by)

    # ---- what is shown ----------------------------------------------------------------------------------------

    def put(self, content: Any, look: Look, room: float) -> None:
        """`content`: a `TabContent` whose `read` is a `HistorySums`."""
        is_other = look != self.look
        self._content, self.look, self._room = content, look, room
        if is_other:
            self._make_controls()
        self._show()

    def _show(self) -> None:
        if self._content is None:
            return
        sums: HistorySums | None = self._content.read
        self._found = history(sums, self.wish) if sums is not None else None
        view = history_view(self._found, self.wish, failed=self._content.failed)
        self.view = view
        self._fill(view)
        if sums is not None and sums.logs_read is not None:
            self._again.start()

    def _fill(self, view: HistoryView) -> None:
        look, letters = self.look, self.look.letters
        self.canvas.look = self._thumb.look = look
        self.headline.put(look, headline_scene(view.headline, letters))
        self.headline.say(view.headline.spoken)
        rules: list[float] = []
        y = self.headline.scene.height
        shown = [self.units, self.spans, self.bys, self.ground, self.bars, *self.sums]
        shown += [self.heat_head, self.week, self.heat, self.busiest]
        for piece in shown:
            piece.setVisible(view.chart is not None)
        y = (
            self._stack(view, y, rules)
            if view.chart is not None
            else max(y + 16, USUAL if self._is_waiting() else LEAST)
        )
        if view.chart is None:
            self._legend(view, y)
        self.canvas.rules = tuple(rules)
        self._footer(view)
        self._arrange(y)

    def _stack(self, view: HistoryView, y: float, rules: list[float]) -> float:
        """Everything below the headline; the height that is reached."""
        assert view.chart is not None  # noqa: S101 - asked by the only caller
        assert view.heat is not None  # noqa: S101 - goes with the chart
        look, letters = self.look, self.look.letters
        y = self._controls(y + 6)
        scene, plot = axis_scene(view.chart, letters)
        self.ground.put(look, scene)
        self.ground.say(view.chart.spoken)
        self._at(self.ground, 0, y)
        self.bars.put(view.chart, look, self._over(self.bars, plot, y))
        self.bars.raise_()
        y += scene.height + 4
        self._at(self.bys, LEFT, y)
        y = self._legend(view, y + t.TABS + 5) + 9
        rules.append(y)
        y += 8
        for number, (widget, one) in enumerate(zip(self.sums, view.sums, strict=True)):
            widget.put(look, sum_scene(one, letters), width=SUM)
            widget.say(one.spoken)
            widget.tip = one.tip
            self._at(widget, LEFT + SUM * number, y)
        y += SUMS + 6
        rules.append(y)
        self.heat_head.put(look, heat_head_scene(view.heat, letters))
        self.heat_head.say(view.heat.spoken)
        self._at(self.heat_head, 0, y + 2)
        y += 2 + self.heat_head.scene.height
        week, plot = week_scene(view.heat, letters)
        self.week.put(look, week)
        self.week.say(tr("Hours of the week"))
        self._at(self.week, 0, y)
        self.heat.put(view.heat.rows, view.heat.spoken, look, self._over(self.heat, plot, y))
        self.heat.raise_()
        y += week.height + 4
        self.busiest.put(look, busiest_scene(view.heat, letters))
        self.busiest.say(f"{view.heat.busiest}, {view.heat.since}")
        self._at(self.busiest, 0, y)
        return y + self.busiest.scene.height + 12

    def _controls(self, y: float) -> float:
        scale = self.look.scale
        self._at(self.units, LEFT, y)
        if self._spans_below:
            y += t.TABS + 6
            self._at(self.spans, LEFT, y)
        else:
            self._at(self.spans, RIGHT - self.spans.width() / scale, y)
        return y + t.TABS + 9

    def _legend(self, view: HistoryView, y: float) -> float:
        """Two in a line; where they end."""
        while len(self.legend) < len(view.legend):
            made = Told(self.look)
            made.setParent(self.canvas)
            self.legend.append(made)
        for number, widget in enumerate(self.legend):
            widget.setVisible(number < len(view.legend))
        scenes = legend_scenes(view.legend, self.look.letters)
        for number, (widget, line, scene) in enumerate(zip(self.legend, view.legend, scenes, strict=False)):
            widget.put(self.look, scene, width=COLUMN)
            widget.say(line.spoken)
            widget.tip = line.tip
            self._at(widget, LEFT + (COLUMN + LEGEND_GAP) * (number % 2), y + LEGEND_LINE * (number // 2))
        return y + LEGEND_LINE * -(-len(view.legend) // 2)

    def _footer(self, view: HistoryView) -> None:
        scene, width = action_scene(tr("Export"), self.look.letters)
        self.export.put(self.look, scene, width=width)
        self.export.ring_box = (0, 6, width, t.FOOTER - 12)
        self.export.setVisible(view.can_export)
        self.note.put(self.look, note_scene(view.note, self.look.letters, RIGHT - width - 4), width=RIGHT - width)
        self.note.say(view.note or tr("Every model shown has a price"), view.note_tip.replace("\n", ", "))
        self.note.tip = view.note_tip
        self.note.setVisible(bool(view.note) and view.can_export)

    def _arrange(self, height: float) -> None:
        scale = self.look.scale
        footer = t.FOOTER + 1 if self.view is not None and self.view.can_export else 0
        body = min(height, self._room - footer)
        wide = round(t.WIDTH * scale)
        self.canvas.setFixedSize(wide, round(height * scale))
        self.canvas.update()
        self.area.setFixedSize(wide, round(body * scale))
        self.area.verticalScrollBar().setSingleStep(round(t.ROW_COMPACT * scale))
        self._thumb.stand()
        self._thumb.raise_()
        self._at(self.note, 0, body + 1)
        self._at(self.export, RIGHT + 8 - self.export.width() / scale, body + 1)
        size = QSize(wide, round((body + footer) * scale))
        if self.size() != size:
            self.setFixedSize(size)
        self.update()

    def _at(self, widget: QWidget, x: float, y: float) -> None:
        widget.move(round(x * self.look.scale), round(y * self.look.scale))

    def _over(self, picture: PictureList, plot: Plot, y: float) -> QSize:
        """Put the picture over its plot in a scene at `y`; its size."""
        self._at(picture, plot.left, y + plot.top)
        return QSize(round(plot.width * self.look.scale), round(plot.height * self.look.scale))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.view is None or not self.view.can_export:
            return
        painter = QPainter(self)
        draw_rule(painter, 1, self.note.y() - 1, self.width() - 2, QColor(self.look.palette.line))
        painter.end()

    # ---- what the user does -----------------------------------------------------------------------------------

    def _choose_unit(self, at: int) -> None:
        self._wish(replace(self.wish, unit=UNITS[at]))

    def _choose_span(self, at: int) -> None:
        self._wish(replace(self.wish, days=SPANS[at]))

    def _choose_by(self, at: int) -> None:
        self._wish(replace(self.wish, by=BYS[at]))

    def _wish(self, wish: HistoryWish) -> None:
        if wish == self.wish:
            return
        self.wish = wish
        before = self.size()
        self._show()
        if self.size() != before:
            self.resized.emit()

    def _export(self) -> None:
        if self._found is None:
            return
        last = self._found.today
        self.window().hide()  # a popup and a dialog cannot both have the keys
        self.exporting.ask(last - timedelta(days=self.wish.days - 1), last)

    def _is_waiting(self) -> bool:
        return self._content is not None and self._content.read is None and not self._content.failed

    def _ask_again(self) -> None:
        if self.isVisible():
            self.outdated.emit()

    # ---- keyboard ---------------------------------------------------------------------------------------------

    def stops(self) -> list[QWidget]:
        every: Sequence[QWidget] = (self.units, self.spans, self.bars, self.bys, self.heat, self.export)
        return [widget for widget in every if not widget.isHidden()]

    def reveal(self, stop: QWidget) -> None:
        if self.canvas.isAncestorOf(stop):
            self.area.ensureWidgetVisible(stop, 0, 24)

    def focus_first(self) -> None:
        self.area.verticalScrollBar().setValue(0)
        super().focus_first()

    def explain(self) -> None:
        for picture in (self.bars, self.heat):
            if picture.hasFocus() or picture.hovered is not None:
                picture.explain()


def _control(page: HistoryPage, names: Sequence[str], label: str, at: int, choose: Callable[[int], None]) -> Control:
    made = Control(page.look, names, label, choose)
    made.setParent(page.canvas)
    made.blockSignals(True)
    made.setCurrentIndex(at)
    made.blockSignals(False)
    made.dress(page.look)
    made.show()
    return made


def _span_names(look: Look) -> tuple[tuple[str, ...], bool]:
    """As long as they may be; and whether they need a line of their own."""

    def width(names: Sequence[str]) -> float:
        return segments(names, 0, look.letters)[1][-1] + INSET

    room = INNER - width((tr("Cost"), tr("Tokens"))) - 8
    whole = tuple(tr("{days} days", days=days) for days in SPANS)
    short = (*(str(days) for days in SPANS[:-1]), whole[-1])
    for names in (whole, short):
        if width(names) <= room:
            return names, False
    return whole, True
