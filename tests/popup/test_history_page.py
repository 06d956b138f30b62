"""The page "History" as widgets: what fits, what the pointer and the keys reach, what a screen reader finds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QColor, QFont, QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QToolTip, QWidget

from tests.popup import history_samples as moments
from tests.popup import samples
from tests.popup.conftest import Open, Opened
from usagetray.domain.history import HistorySums, HistoryWish
from usagetray.errors import UserError
from usagetray.views.popup import tokens as t
from usagetray.views.popup.fonts import Letters
from usagetray.views.popup.history_lists import PictureList
from usagetray.views.popup.history_page import HistoryPage
from usagetray.views.popup.scene import Text
from usagetray.views.popup.tabs import TABS, TabContent
from usagetray.views.popup.widgets import Look, Painted

Made = Callable[..., HistoryPage]


@pytest.fixture
def made(application: QApplication) -> Iterator[Made]:
    hosts: list[QWidget] = []

    def make(
        sums: HistorySums | None,
        *,
        palette: t.Palette = t.LIGHT,
        scale: float = 1.0,
        room: float = 1200,
        font: QFont | None = None,
        write: Callable[[Path, date, date], None] | None = None,
        failed: bool = False,
    ) -> HistoryPage:
        look = Look(palette, Letters(font or application.font()), scale)
        page = HistoryPage(look, write) if write else HistoryPage(look)
        host = QWidget()
        hosts.append(host)
        page.setParent(host)
        page.put(TabContent(read=sums, failed=failed, now=samples.NOW, zone=samples.ZONE), look, room)
        host.resize(page.size())
        host.show()
        host.activateWindow()
        application.processEvents()
        return page

    yield make
    for host in hosts:
        host.hide()
        host.deleteLater()
    application.processEvents()


def painted(page: QWidget) -> list[Painted]:
    return [widget for widget in page.findChildren(QWidget) if isinstance(widget, Painted) and not widget.isHidden()]


def texts(page: QWidget) -> list[str]:
    return [item.text for widget in painted(page) for item in widget.scene.items if isinstance(item, Text)]


def hover(widget: QWidget, at: QPoint) -> None:
    """A move of the pointer, whatever window it is over."""
    viewport = widget.viewport()  # type: ignore[attr-defined]
    there = QPointF(at)
    move = QMouseEvent(
        QEvent.Type.MouseMove, there, viewport.mapToGlobal(there), Qt.MouseButton.NoButton, Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(viewport, move)


# ---- what fits ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("moment", moments.MOMENTS)
def test_no_label_is_clipped_or_lies_on_another(made: Made, artifacts: Path | None, moment: str, scale: float) -> None:
    """At the usual size, with letters half as large again, and at twice the size."""
    page = made(moments.MOMENTS[moment](), scale=scale)

    for days in range(3):
        page.spans.setCurrentIndex(days)
        for unit in range(2):
            page.units.setCurrentIndex(unit)
            page.bys.setCurrentIndex((days + unit) % 2)
            check_fit(page)
    if artifacts:
        page.grab().save(str(artifacts / f"history_{moment}_{scale}.png"))


def check_fit(page: HistoryPage) -> None:
    for widget in painted(page):
        wide, tall = widget.width() / widget.look.scale, widget.height() / widget.look.scale
        found = [item for item in widget.scene.items if isinstance(item, Text) and item.text]
        for text in found:
            assert widget.look.letters.width(text.text, text.style) <= text.width + 0.5, text
            assert text.x >= -0.5, text
            assert text.x + text.width <= wide + 1, text
            assert text.y >= -1, text
            assert text.y + text.height <= tall + 1, text
        for one in found:
            for other in found:
                if one is not other and abs(one.y - other.y) < 4:
                    assert one.x + one.width <= other.x + 0.5 or other.x + other.width <= one.x + 0.5, (one, other)
        for other_widget in painted(page):
            is_beside = widget.parent() is other_widget.parent() and widget is not other_widget
            if is_beside and not is_ground(widget, page) and not is_ground(other_widget, page):
                inner = widget.geometry().adjusted(1, 1, -1, -1)  # neighbours may share a rounded edge
                assert not inner.intersects(other_widget.geometry()), (widget, other_widget)


def is_ground(widget: Painted, page: HistoryPage) -> bool:
    """Scenes as wide as the page end where the next begins; those of controls lie within their own box."""
    return widget in (page.ground, page.week, page.note, page.export)


def test_the_page_is_as_wide_as_the_popup_and_scrolls_where_room_is_short(made: Made) -> None:
    tall, short = made(moments.sums()), made(moments.sums(), room=400)

    assert (tall.width(), tall.area.verticalScrollBar().maximum()) == (360, 0)
    assert short.height() == 400
    assert short.area.verticalScrollBar().maximum() == tall.height() - 400
    assert tall.height() + t.HEADER <= t.MAX_HEIGHT


def test_the_footer_stays_in_sight_and_the_last_stop_is_scrolled_to(made: Made) -> None:
    page = made(moments.sums(), room=400)

    page.focus_first()
    for _ in range(4):
        page.move_focus(1)

    assert page.heat.hasFocus()
    assert page.area.verticalScrollBar().value() > 0
    assert page.export.geometry().bottom() < 400


# ---- what is drawn -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("palette", [t.LIGHT, t.DARK], ids=["light", "dark"])
@pytest.mark.parametrize("scale", [1.0, 1.25, 2.0])
def test_each_part_of_a_bar_has_the_colour_of_its_line_in_the_legend(
    made: Made, palette: t.Palette, scale: float
) -> None:
    page = made(moments.sums(), palette=palette, scale=scale)
    picture = page.grab().toImage()
    ratio = picture.devicePixelRatio()
    number = next(at for at, bar in enumerate(page.bars.bars) if bar.spoken.startswith("12 November"))

    middle = sum(page.bars.span(number)) / 2
    origin = page.bars.mapTo(page, QPoint(0, 0))
    seen = column(picture, (origin.x() + middle) * ratio, origin.y() * ratio, page.bars.height() * ratio)

    wanted = [palette.colour(line.colour).upper() for line in page.view.legend]  # type: ignore[union-attr]
    assert [colour for colour in seen if colour in wanted] == wanted[::-1]


def column(picture: QImage, x: float, top: float, height: float) -> list[str]:
    """Colours from above, each run once."""
    found: list[str] = []
    for y in range(round(height)):
        name = QColor(picture.pixelColor(round(x), round(top + y))).name().upper()
        if not found or found[-1] != name:
            found.append(name)
    return found


def test_bars_are_as_high_as_their_day_is_dear(made: Made) -> None:
    """Of an axis that ends at $100, on 107 pixels."""
    page = made(moments.sums())
    assert page.view is not None
    assert page.view.chart is not None
    assert page.view.chart.ticks[-1] == (1.0, "$100")

    for number, bar in enumerate(page.bars.bars):
        panels = page.bars.panels(number)
        assert min(panel.y for panel in panels) == pytest.approx(107 * (1 - sum(bar.parts)), abs=0.6)
        assert max(panel.y + panel.height for panel in panels) == 107


def test_a_day_of_very_little_use_still_has_a_bar(made: Made) -> None:
    """A ten-thousandth of the dearest day."""
    given = moments.sums(2)
    low, high = given.days
    little = tuple(part._replace(pico=part.pico // 10_000) for part in low.models)
    page = made(replace(given, days=(low._replace(models=little), high)))

    (bar,) = page.bars.panels(28)
    assert (bar.y, bar.height, bar.fill) == (106, 1, "m1")


def test_a_day_whose_use_has_no_price_is_an_outline_and_not_a_gap(made: Made) -> None:
    page = made(moments.unpriced_only())

    (outline,) = page.bars.panels(29)
    assert (outline.fill, outline.outline) == (None, "text3")
    assert page.bars.panels(28) == []


def test_before_the_first_session_only_the_sentence_is_shown(made: Made) -> None:
    page = made(moments.empty())

    assert " ".join(texts(page)) == "Nothing counted yet. Figures appear after your first session."
    assert page.stops() == []
    assert not page.export.isVisible()


def test_the_popup_keeps_its_height_while_the_history_is_added_up(made: Made) -> None:
    """No more than a legend's line of difference."""
    waiting, filled = made(None), made(moments.sums())

    assert abs(waiting.height() - filled.height()) <= 44
    assert made(None, room=400).height() == 400


def test_a_store_that_does_not_answer_is_said(made: Made) -> None:
    assert texts(made(None, failed=True)) == ["The history can’t be read now."]
    assert texts(made(None)) == ["Adding up…"]


# ---- pointer -----------------------------------------------------------------------------------------------


def test_the_pointer_finds_each_day_s_values(made: Made) -> None:
    """Every pixel of the plot belongs to one day, its whole height through."""
    page = made(moments.sums())
    found = [page.bars.number_at(x) for x in range(page.bars.width())]

    assert found == sorted(found)  # type: ignore[type-var]
    assert {*found} == {*range(30)}
    hover(page.bars, QPoint(page.bars.width() - 2, 3))
    assert page.bars.hovered == 29
    assert "Friday, 20 November: $" in QToolTip.text()
    assert "Opus 5.5: $" in QToolTip.text()


def test_the_pointer_finds_each_hour_s_values(made: Made) -> None:
    page = made(moments.sums())
    cell = page.heat.cell(3, 14)

    hover(page.heat, cell.center().toPoint())

    assert page.heat.hovered == (3, 14)
    assert "Thursday 14:00–15:00" in QToolTip.text()
    assert "an hour" in QToolTip.text()


def test_names_from_outside_are_shown_in_hints_as_they_were_written(made: Made) -> None:
    page = made(moments.hostile())

    hover(page.bars, QPoint(page.bars.width() - 2, 3))

    assert "<b>" not in QToolTip.text()
    assert "b› " in QToolTip.text()


def test_a_control_is_pressed_where_its_name_is(made: Made) -> None:
    page = made(moments.sums())

    QTest.mouseClick(page.units, Qt.MouseButton.LeftButton, pos=QPoint(page.units.width() - 12, 14))
    QTest.mouseClick(page.spans, Qt.MouseButton.LeftButton, pos=QPoint(12, 14))
    QTest.mouseClick(page.bys, Qt.MouseButton.LeftButton, pos=QPoint(page.bys.width() - 12, 14))

    assert (page.wish.unit, page.wish.days, page.wish.by) == ("tokens", 7, "project")
    assert len(page.bars.bars) == 7
    assert "borealis" in texts(page)
    assert "tokens, last 7 days" in texts(page)
    for control in (page.units, page.spans, page.bys):
        assert control.height() >= 24


# ---- keyboard ----------------------------------------------------------------------------------------------


def test_the_focus_goes_over_the_controls_the_days_the_hours_and_the_button(made: Made) -> None:
    page = made(moments.sums())

    assert page.stops() == [page.units, page.spans, page.bars, page.bys, page.heat, page.export]
    page.focus_first()
    seen = [QApplication.focusWidget()]
    for _ in range(5):
        page.move_focus(1)
        seen.append(QApplication.focusWidget())
    assert seen == page.stops()


def test_arrow_keys_choose_in_a_control(made: Made) -> None:
    page = made(moments.sums())
    page.spans.setFocus(Qt.FocusReason.TabFocusReason)

    QTest.keyClick(page.spans, Qt.Key.Key_Right)

    assert page.wish.days == 90
    assert page.spans.ring


def test_arrow_keys_go_from_day_to_day_and_tell_each(made: Made) -> None:
    page = made(moments.sums())
    page.bars.setFocus(Qt.FocusReason.TabFocusReason)
    assert page.bars.currentRow() == 29

    QTest.keyClick(page.bars, Qt.Key.Key_Left)
    assert page.bars.currentRow() == 28
    assert "Thursday, 19 November" in QToolTip.text()
    QTest.keyClick(page.bars, Qt.Key.Key_Home)
    QTest.keyClick(page.bars, Qt.Key.Key_Left)
    assert page.bars.currentRow() == 0
    QTest.keyClick(page.bars, Qt.Key.Key_End)
    assert page.bars.currentRow() == 29


def test_arrow_keys_go_over_the_hours_and_out_at_the_ends(made: Made) -> None:
    page = made(moments.sums())
    page.heat.setFocus(Qt.FocusReason.TabFocusReason)
    page.heat.hour = 13

    QTest.keyClick(page.heat, Qt.Key.Key_Right)
    assert "Monday 14:00–15:00" in QToolTip.text()
    QTest.keyClick(page.heat, Qt.Key.Key_Down)
    assert page.heat.currentRow() == 1
    assert "Tuesday 14:00–15:00" in QToolTip.text()
    assert page.heat.leaves(Qt.Key.Key_Down) is False
    page.heat.setCurrentRow(6)
    assert page.heat.leaves(Qt.Key.Key_Down) is True


def test_who_comes_by_keys_sees_a_ring_round_the_day(made: Made) -> None:
    page = made(moments.sums())
    without = page.bars.grab().toImage()

    page.bars.setFocus(Qt.FocusReason.TabFocusReason)
    with_ring = page.bars.grab().toImage()

    start, end = page.bars.span(29)
    seen = {with_ring.pixelColor(x, 50).name().upper() for x in range(start - 3, end)}
    assert t.LIGHT.link in seen
    assert t.LIGHT.link not in {without.pixelColor(x, 50).name().upper() for x in range(start - 3, end)}


# ---- screen readers ----------------------------------------------------------------------------------------


def test_days_and_weekdays_are_list_items_with_their_sentences(made: Made) -> None:
    page = made(moments.sums())

    for picture, count, said in ((page.bars, 30, "20 November: "), (page.heat, 7, "Sunday: ")):
        list_ = QAccessible.queryAccessibleInterface(picture)
        assert list_.role() == QAccessible.Role.List
        assert list_.text(QAccessible.Text.Name)
        assert list_.childCount() == count
        item = list_.child(count - 1)
        assert item.role() == QAccessible.Role.ListItem
        assert item.text(QAccessible.Text.Name).startswith(said)


def test_everything_shown_has_a_name(made: Made) -> None:
    for moment in moments.MOMENTS.values():
        for widget in painted(made(moment())):
            assert widget.accessibleName(), widget


# ---- within the popup --------------------------------------------------------------------------------------


def history_in(popup: Opened) -> HistoryPage:
    popup.wait_for(
        lambda: [page for page in popup.window.findChildren(HistoryPage) if page.view and page.view.chart],
        "the history",
    )
    (page,) = popup.window.findChildren(HistoryPage)
    return page


def opened(open_popup: Open) -> tuple[Opened, HistoryPage]:
    popup = open_popup(samples.calm(), tabs=TABS[:2], readers={"history": moments.sums})
    QTest.keyClick(popup.window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    return popup, history_in(popup)


def test_wishes_last_while_the_process_lives(open_popup: Open) -> None:
    popup, page = opened(open_popup)
    page.spans.setCurrentIndex(2)
    page.units.setCurrentIndex(1)

    popup.window.obey({"verb": "hide"})
    popup.window.obey({"verb": "show", "x": 1500, "y": 10})
    popup.wait_for(popup.window.isVisible, "the popup a second time")
    QTest.keyClick(popup.window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)

    assert history_in(popup) is page
    assert (page.wish.days, page.wish.unit) == (90, "tokens")
    assert page.spans.currentIndex() == 2


def test_the_keys_leave_the_hours_for_the_next_stop(open_popup: Open) -> None:
    """Down on Sunday goes to Export: the arrows never stick."""
    _, page = opened(open_popup)
    page.heat.setFocus(Qt.FocusReason.TabFocusReason)
    page.heat.setCurrentRow(6)

    QTest.keyClick(page.heat, Qt.Key.Key_Down)
    assert page.export.hasFocus()
    QTest.keyClick(page.export, Qt.Key.Key_Up)
    assert page.heat.hasFocus()


def test_the_popup_takes_the_page_s_height(open_popup: Open) -> None:
    popup, page = opened(open_popup)
    popup.wait_for(lambda: popup.window.height() == t.HEADER + page.height(), "the popup at the page's height")

    page.bys.setCurrentIndex(1)

    assert popup.window.height() == t.HEADER + page.height()


# ---- export ------------------------------------------------------------------------------------------------


def dialog() -> QFileDialog:
    (found,) = (each for each in QApplication.topLevelWidgets() if isinstance(each, QFileDialog) and each.isVisible())
    return found


def message() -> QMessageBox | None:
    boxes = [each for each in QApplication.topLevelWidgets() if isinstance(each, QMessageBox) and each.isVisible()]
    return boxes[0] if boxes else None


def test_export_writes_the_days_shown_to_the_file_chosen_and_says_so(open_popup: Open, tmp_path: Path) -> None:
    popup, page = opened(open_popup)
    asked: list[tuple[Path, date, date]] = []
    threads: list[str] = []

    def write(path: Path, first: date, last: date) -> None:
        asked.append((path, first, last))
        threads.append(threading.current_thread().name)

    page.exporting.write = write
    page.export.click()
    assert not popup.window.isVisible()
    assert dialog().selectedFiles()[0].endswith("usagetray-2026-10-22-2026-11-20.csv")
    dialog().selectFile(str(tmp_path / "mine"))
    dialog().accept()
    popup.wait_for(message, "the answer")

    assert asked == [(tmp_path / "mine.csv", date(2026, 10, 22), date(2026, 11, 20))]
    assert threads == ["popup-export"]
    box = message()
    assert box is not None
    assert box.text() == f"The days shown are written to {tmp_path / 'mine.csv'}."
    box.accept()


def test_an_export_that_fails_says_why(open_popup: Open, tmp_path: Path) -> None:
    popup, page = opened(open_popup)

    def refuse(_path: Path, _first: date, _last: date) -> None:
        raise UserError("/x cannot be written (No space left): name a file in a folder of yours.")

    page.exporting.write = refuse
    page.export.click()
    dialog().selectFile(str(tmp_path / "mine.csv"))
    dialog().accept()
    popup.wait_for(message, "the answer")

    box = message()
    assert box is not None
    assert box.text().startswith("/x cannot be written")
    box.accept()


def test_who_thinks_better_of_an_export_writes_nothing(open_popup: Open) -> None:
    _, page = opened(open_popup)
    page.exporting.write = lambda *_: pytest.fail("nothing was to be written")

    page.export.click()
    dialog().reject()

    assert message() is None


def test_the_last_stop_is_the_last(open_popup: Open) -> None:
    _, page = opened(open_popup)
    page.export.setFocus(Qt.FocusReason.TabFocusReason)

    QTest.keyClick(page.export, Qt.Key.Key_Down)

    assert page.export.hasFocus()


@pytest.mark.parametrize("name", ["units", "bars", "heat", "bys", "sums", "legend"])
def test_the_wheel_scrolls_the_page_wherever_the_pointer_is(made: Made, name: str) -> None:
    """And chooses nothing on its way."""
    page = made(moments.sums(), room=400)
    found = getattr(page, name)
    widget: QWidget = found[0] if isinstance(found, list) else found
    target = widget.viewport() if isinstance(widget, PictureList) else widget
    page.area.ensureWidgetVisible(widget)
    before = page.area.verticalScrollBar().value()
    step = -120 if before == 0 else 120

    host = page.window()
    QTest.wheelEvent(host.windowHandle(), QPointF(target.mapTo(host, target.rect().center())), QPoint(0, step))
    QApplication.processEvents()

    assert page.area.verticalScrollBar().value() != before
    assert page.wish == HistoryWish()
