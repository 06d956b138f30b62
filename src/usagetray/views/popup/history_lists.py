"""Bars and heat map as lists: to a screen reader and to the arrow keys they are lists of days, drawn as pictures."""

# ruff: noqa: N802 - the names of overridden methods are Qt's.

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QListView, QListWidget, QListWidgetItem, QToolTip

from usagetray.views.popup.history_scenes import shade_token
from usagetray.views.popup.history_spec import Chart, DayBar, HeatRow
from usagetray.views.popup.scene import Panel, draw
from usagetray.views.popup.widgets import KEYBOARD_REASONS, Look, hint

LEAST_BAR = 1.0
"""Pixels of a day with any use, so that a little and nothing look different."""
LEAST_PART = 0.5
"""Pixels; what is lower would only be a shimmer. Its place is kept, so that the bar is as high as its sum."""
WIDEST_BAR = 24.0
COLOURS = ("m1", "m2", "m3", "m4", "m5", "m6")
SIDEWAYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
UP_AND_DOWN = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class PictureList(QListWidget):
    """A list whose items lie side by side in one direction; subclasses paint it in one go."""

    def __init__(self, look: Look, flow: QListView.Flow) -> None:
        super().__init__()
        self.look = look
        self.ring = False
        self.ends: tuple[int, ...] = ()  # of the items, in pixels along the flow
        self._is_row = flow is QListView.Flow.LeftToRight
        self.setFlow(flow)
        self.setWrapping(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAutoScroll(False)
        self.viewport().setAutoFillBackground(False)
        self.setMouseTracking(True)
        self.currentRowChanged.connect(lambda _row: self.viewport().update())

    def fill(self, spoken: Sequence[str], look: Look, size: QSize) -> None:
        """One item for each of the sentences, over the whole of the size."""
        self.look = look
        self.setFixedSize(size)
        whole = size.width() if self._is_row else size.height()
        count = max(1, len(spoken))
        self.ends = tuple(round(whole * (number + 1) / count) for number in range(len(spoken)))
        while self.count() > len(spoken):
            self.takeItem(self.count() - 1)
        while self.count() < len(spoken):
            self.addItem(QListWidgetItem())
        starts = (0, *self.ends)
        for number, text in enumerate(spoken):
            item = self.item(number)
            if item.data(Qt.ItemDataRole.AccessibleTextRole) != text:
                item.setData(Qt.ItemDataRole.AccessibleTextRole, text)
            along = self.ends[number] - starts[number]
            item.setSizeHint(QSize(along, size.height()) if self._is_row else QSize(size.width(), along))
        self.viewport().update()

    def number_at(self, along: float) -> int | None:
        """Which item lies there."""
        return next((number for number, end in enumerate(self.ends) if 0 <= along < end), None)

    def span(self, number: int) -> tuple[int, int]:
        """Where an item begins and ends, along the flow."""
        return (self.ends[number - 1] if number else 0), self.ends[number]

    def tell(self, text: str, at: QPoint) -> None:
        QToolTip.showText(self.viewport().mapToGlobal(at), hint(text), self.viewport())

    def draw_ring(self, painter: QPainter, box: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self.look.palette.link), 2))
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 4, 4)

    # ---- focus and keys -----------------------------------------------------------------------------------

    def first_row(self) -> int:
        """Where the focus begins."""
        return 0

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.ring = event.reason() in KEYBOARD_REASONS
        if self.currentRow() < 0 and self.count():
            self.setCurrentRow(self.first_row())
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.ring = False
        QToolTip.hideText()
        super().focusOutEvent(event)
        self.viewport().update()

    def go(self, row: int) -> None:
        """To the item of that number, and tell what it is."""
        self.ring = True
        self.setCurrentRow(row)
        self.explain()

    def explain(self) -> None:
        """A hint of the item that is current."""
        raise NotImplementedError

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):  # a pointer that moves has said it already
            return True
        if event.type() is QEvent.Type.Leave:
            self.point(None)
        return bool(super().viewportEvent(event))

    def point(self, at: QPoint | None) -> None:
        """The pointer is there; None: it has gone."""
        raise NotImplementedError

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.point(event.position().toPoint())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.point(event.position().toPoint())
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()


class Bars(PictureList):
    def __init__(self, look: Look) -> None:
        super().__init__(look, QListView.Flow.LeftToRight)
        self.bars: tuple[DayBar, ...] = ()
        self.hovered: int | None = None

    def put(self, chart: Chart, look: Look, size: QSize) -> None:
        if len(self.bars) != len(chart.bars):
            self.setCurrentRow(-1)
        self.bars, self.hovered = chart.bars, None
        self.setAccessibleName(chart.spoken)
        self.fill([bar.spoken for bar in chart.bars], look, size)

    def first_row(self) -> int:
        return self.count() - 1  # today

    def box_of(self, number: int) -> tuple[float, float]:
        """Left edge and width of a bar, at scale 1."""
        scale, (start, end) = self.look.scale, self.span(number)
        slot = (end - start) / scale
        gap = 2.0 if slot > 6 else 1.0 if slot > 2 else 0.0
        width = min(WIDEST_BAR, slot - gap)
        return start / scale + (slot - width) / 2, width

    def panels(self, number: int) -> list[Panel]:
        """The parts of a bar, a pixel of the ground between them; the uppermost has round shoulders."""
        bar, height = self.bars[number], self.height() / self.look.scale
        x, width = self.box_of(number)
        if bar.is_unknown:
            return [Panel(x=x, y=height - 4, width=width, height=4, radius=1, outline="text3")]
        found: list[Panel] = []
        base = height
        for part, colour in zip(bar.parts, COLOURS, strict=False):
            tall = part * height
            if tall >= LEAST_PART:
                gap = 1.0 if found and tall > 2 else 0.0
                found.append(Panel(x=x, y=base - tall, width=width, height=tall - gap, fill=colour))
            base -= tall
        if not found and base < height:
            largest = COLOURS[bar.parts.index(max(bar.parts))]
            return [Panel(x=x, y=height - LEAST_BAR, width=width, height=LEAST_BAR, fill=largest)]
        if found and found[-1].height > 3:
            last = found.pop()
            radius = min(2.0, width / 3)
            under = last.height - radius
            found += [
                Panel(x=x, y=last.y, width=width, height=min(last.height, 2 * radius), radius=radius, fill=last.fill),
                Panel(x=x, y=last.y + radius, width=width, height=under, fill=last.fill),
            ]
        return found

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        painter = QPainter(self.viewport())
        palette, scale = self.look.palette, self.look.scale
        lit = self.hovered
        if lit is not None:
            start, end = self.span(lit)
            painter.fillRect(QRectF(start, 0, end - start, self.height()), QColor(palette.sel))
        painter.scale(scale, scale)
        for number in range(len(self.bars)):
            draw(painter, self.panels(number), palette, self.look.letters)
        painter.resetTransform()
        if self.ring and self.hasFocus() and self.currentRow() >= 0:
            start, end = self.span(self.currentRow())
            spare = max(2.0, (10 - (end - start)) / 2)
            left = min(max(start - spare, 0.0), self.width() - (end - start) - 2 * spare)
            self.draw_ring(painter, QRectF(left, 0, end - start + 2 * spare, self.height()))
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last, here = self.count() - 1, self.currentRow()
        to = {
            Qt.Key.Key_Left: max(0, here - 1),
            Qt.Key.Key_Right: min(last, here + 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }.get(Qt.Key(event.key()))
        if to is None:
            event.ignore()
        else:
            self.go(to)

    def explain(self) -> None:
        number = self.hovered if self.hovered is not None else self.currentRow()
        if 0 <= number < len(self.bars):
            self.tell(self.bars[number].tip, QPoint(self.span(number)[1], self.height() // 2))

    def point(self, at: QPoint | None) -> None:
        number = None if at is None else self.number_at(at.x())
        if number != self.hovered:
            self.hovered = number
            self.viewport().update()
            if number is None:
                QToolTip.hideText()
            elif at is not None:
                self.tell(self.bars[number].tip, QPoint(self.span(number)[1], at.y()))


class HeatMap(PictureList):
    def __init__(self, look: Look) -> None:
        super().__init__(look, QListView.Flow.TopToBottom)
        self.rows: tuple[HeatRow, ...] = ()
        self.hour = 0  # of the current row, for the arrow keys
        self.hovered: tuple[int, int] | None = None

    def put(self, rows: tuple[HeatRow, ...], spoken: str, look: Look, size: QSize) -> None:
        self.rows, self.hovered = rows, None
        self.setAccessibleName(spoken)
        self.fill([row.spoken for row in rows], look, size)

    def cell(self, row: int, hour: int) -> QRectF:
        """In pixels at scale 1."""
        scale = self.look.scale
        wide, tall = self.width() / scale / 24, self.height() / scale / max(1, len(self.rows))
        return QRectF(wide * hour, tall * row, wide - 1.25, tall - 2.0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        painter = QPainter(self.viewport())
        scale = self.look.scale
        painter.scale(scale, scale)
        panels = []
        for row, shown in enumerate(self.rows):
            for hour, shade in enumerate(shown.shades):
                box = self.cell(row, hour)
                is_lit = self.hovered == (row, hour)
                panels.append(
                    Panel(
                        x=box.x(), y=box.y() + 1, width=box.width(), height=box.height(), radius=2.5,
                        fill=shade_token(shade), outline="text" if is_lit else None,
                    )
                )  # fmt: skip
        draw(painter, panels, self.look.palette, self.look.letters)
        if self.ring and self.hasFocus() and self.currentRow() >= 0:
            box = self.cell(self.currentRow(), self.hour).translated(0, 1).adjusted(-1.5, -1.5, 1.5, 1.5)
            self.draw_ring(painter, box.intersected(QRectF(0, 0, self.width() / scale, self.height() / scale)))
        painter.end()

    def focusInEvent(self, event: QFocusEvent) -> None:
        if self.currentRow() < 0 and self.rows:
            shades = self.rows[0].shades
            self.hour = shades.index(max(shades))
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        step, move = SIDEWAYS.get(key), UP_AND_DOWN.get(key)
        if step is not None:
            self.hour = min(max(self.hour + step, 0), 23)
            self.go(self.currentRow())
            self.viewport().update()
        elif move is None or self.leaves(key):
            event.ignore()  # at either end the arrows go on to what is next
        else:
            self.go(self.currentRow() + move)

    def leaves(self, key: Qt.Key) -> bool:
        """Whether this arrow goes out of the map."""
        return not 0 <= self.currentRow() + UP_AND_DOWN[key] < self.count()

    def explain(self) -> None:
        row, hour = self.hovered or (self.currentRow(), self.hour)
        if 0 <= row < len(self.rows):
            scale, box = self.look.scale, self.cell(row, hour)
            self.tell(self.rows[row].tips[hour], QPoint(round(box.right() * scale), round(box.bottom() * scale)))

    def point(self, at: QPoint | None) -> None:
        row = None if at is None else self.number_at(at.y())
        found = None
        if at is not None and row is not None and 0 <= at.x() < self.width():
            found = (row, min(23, int(at.x() * 24 / self.width())))
        if found != self.hovered:
            self.hovered = found
            self.viewport().update()
            if found is None or at is None:
                QToolTip.hideText()
            else:
                self.tell(self.rows[found[0]].tips[found[1]], at + QPoint(10, 8))
