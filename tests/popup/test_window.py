"""The window itself, drawn without a display: what fits, what the keys do, what is said to the tray."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAccessible, QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.popup import samples
from tests.popup.conftest import Open, Opened
from tests.popup.measuring import misfits, painted
from usagetray.overview import Overview
from usagetray.views.popup import tokens as t
from usagetray.views.popup.compose import INNER, LEFT, RIGHT
from usagetray.views.popup.first_page import FirstPage
from usagetray.views.popup.first_pieces import Tick
from usagetray.views.popup.header import Header
from usagetray.views.popup.now_page import NowPage
from usagetray.views.popup.scene import Bar, Text, fill_length
from usagetray.views.popup.widgets import Meter, Painted, Pressable, RowActions

PIECES = [*samples.MOMENTS]


def row(popup: Opened, key: str) -> RowActions:
    return next(one for one in painted(popup.window) if isinstance(one, RowActions) and one.row.key.endswith(key))


def click(widget: Painted, zone: str) -> None:
    text = next(item for item in widget.scene.items if isinstance(item, Text) and item.zone == zone)
    at = QPointF(text.x + text.width / 2, text.y + text.height / 2) * widget.look.scale
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at.toPoint())


def page_of(popup: Opened) -> NowPage:
    (page,) = (one for one in popup.window.findChildren(NowPage) if not one.isHidden())
    return page


def header_of(popup: Opened) -> Header:
    (header,) = popup.window.findChildren(Header)
    return header


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("moment", PIECES)
def test_every_text_fits_its_place(open_popup: Open, artifacts: Path | None, moment: str, theme: str) -> None:
    """No letter beyond its box, no box beyond its row or the padding, and no two texts of a row on each other."""
    popup = open_popup(samples.MOMENTS[moment](), theme=theme)

    assert misfits(popup.window, may_cut=moment == "hostile") == []
    if artifacts:
        popup.window.grab().save(str(artifacts / f"popup_{moment}_{theme}.png"))


def test_each_kind_of_row_has_its_own_fixed_height(open_popup: Open) -> None:
    """Full 60, compact 24, head 28, footer 40, card 64, all of it 360 wide."""
    popup = open_popup(samples.calm())

    heights = {type(one).__name__: one.height() for one in painted(popup.window)}
    assert row(popup, "five_hour").height() == 60
    assert row(popup, "primary").height() == 24
    assert heights["Pressable"] == 40
    assert page_of(popup).card.scene.items[0].height == 64  # type: ignore[union-attr]
    assert popup.window.width() == 360


def test_bars_are_as_long_as_their_share(open_popup: Open) -> None:
    """62 % of 328 pixels is 203: blue one pixel before the end of the fill, track two pixels after."""
    popup = open_popup(samples.calm())

    picture = row(popup, "five_hour").grab().toImage()
    assert colour_at(picture, LEFT + 202, 32) == QColor(t.LIGHT.ok)
    assert colour_at(picture, LEFT + 205, 32) == QColor(t.LIGHT.track)
    assert colour_at(picture, RIGHT - 6, 32) == QColor(t.LIGHT.track)


def test_old_bars_are_stripes_in_grey(open_popup: Open) -> None:
    picture = row(open_popup(samples.offline()), "five_hour").grab().toImage()

    seen = {colour_at(picture, LEFT + x, 32).name().upper() for x in range(12, 100)}
    assert seen == {t.LIGHT.text3, t.LIGHT.track}


def colour_at(picture: QImage, x: float, y: float) -> QColor:
    return picture.pixelColor(round(x), round(y))


@pytest.mark.parametrize(
    ("share", "pixels"),
    [(None, 0), (0.0, 0), (0.001, 2), (0.5, 164), (0.999, 327), (1.0, 328), (3.53, 328)],
)
def test_a_little_is_not_nothing_and_nearly_full_is_not_full(share: float | None, pixels: int) -> None:
    assert fill_length(share, INNER) == pixels


def test_bars_of_compact_rows_begin_and_end_together(open_popup: Open) -> None:
    """So that 6 % and 34 % can be compared by eye."""
    popup = open_popup(samples.overview(samples.claude(), samples.codex(), samples.minimax()))

    ends = set()
    for one in painted(popup.window):
        if isinstance(one, Meter) and one.row.compact:
            ends |= {(item.x, item.width) for item in one.scene.items if isinstance(item, Bar)}
    assert len(ends) == 1


def test_rows_that_say_the_same_say_it_in_the_same_words(open_popup: Open) -> None:
    """A row with a long reset has no room for its source; then no row of its section names it."""
    roomy = samples.window("w1", "Session", "", 0.5, samples.local(20, 21, 20), source="X")
    tight = samples.window("w2", "Week", "", 0.5, samples.local(23, 9), source="a source with quite a long name")
    popup = open_popup(samples.overview(samples.claude(roomy, tight)))

    texts = {item.text for key in ("w1", "w2") for item in row(popup, key).scene.items if isinstance(item, Text)}
    assert "1\u00a0m ago" in texts
    assert not [text for text in texts if text.startswith("From")]


def test_rows_are_progress_bars_to_a_screen_reader(open_popup: Open) -> None:
    fable = row(open_popup(samples.warning()), "weekly_fable")

    heard = QAccessible.queryAccessibleInterface(fable)
    assert heard.role() == QAccessible.Role.ProgressBar
    assert heard.text(QAccessible.Text.Name) == "Claude week, Fable only"
    assert heard.text(QAccessible.Text.Description).startswith("Warning. 88 percent used.")
    assert fable.value() == 88  # type: ignore[attr-defined]


def test_a_row_without_a_figure_is_no_progress_bar(open_popup: Open) -> None:
    """A bar at 0 would say "nothing used", which nobody knows."""
    nothing = row(open_popup(samples.states()), "w3")

    assert not isinstance(nothing, Meter)
    assert QAccessible.queryAccessibleInterface(nothing).role() != QAccessible.Role.ProgressBar


def test_everything_shown_has_a_name_for_a_screen_reader(open_popup: Open) -> None:
    for moment in PIECES:
        for widget in painted(open_popup(samples.MOMENTS[moment]()).window):
            assert widget.accessibleName(), (moment, widget)


def test_the_focus_starts_on_the_verdict_and_walks_the_rows(open_popup: Open) -> None:
    popup = open_popup(samples.calm())
    page = page_of(popup)

    assert QApplication.focusWidget() is page.card
    QTest.keyClick(popup.window, Qt.Key.Key_Down)
    assert QApplication.focusWidget() is row(popup, "five_hour")
    assert row(popup, "five_hour").ring
    QTest.keyClick(popup.window, Qt.Key.Key_Up)
    QTest.keyClick(popup.window, Qt.Key.Key_Up)
    assert QApplication.focusWidget() is page.card


def test_tab_goes_from_the_tabs_over_the_card_and_the_rows_to_the_footer(open_popup: Open) -> None:
    popup = open_popup(samples.overview(samples.claude(samples.session())))
    page, header = page_of(popup), header_of(popup)
    header.tabs.setFocus()

    seen: list[QWidget] = [header.tabs]
    for _ in range(5):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        seen.append(QApplication.focusWidget())

    assert seen == [header.tabs, header.refresh, header.settings, page.card, row(popup, "five_hour"), page.footer]


def test_a_click_on_a_figure_flips_every_figure_and_tells_the_tray(open_popup: Open) -> None:
    popup = open_popup(samples.calm())

    click(row(popup, "primary"), "figure")

    assert row(popup, "five_hour").row.unit == "left"
    assert popup.said("set") == [{"event": "set", "show_left": True}]
    QTest.keyClick(popup.window, Qt.Key.Key_U)
    assert row(popup, "five_hour").row.unit == "used"


def test_a_click_on_a_time_flips_every_time(open_popup: Open) -> None:
    popup = open_popup(samples.calm())

    click(row(popup, "primary"), "time")

    assert row(popup, "five_hour").row.rights[0].startswith("resets in")


def test_refreshing_can_be_asked_for_in_four_ways(open_popup: Open) -> None:
    popup = open_popup(samples.calm())
    page = page_of(popup)

    QTest.keyClick(popup.window, Qt.Key.Key_F5)
    QTest.keyClick(popup.window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    QTest.mouseClick(header_of(popup).refresh, Qt.MouseButton.LeftButton)
    QTest.mouseClick(page.footer, Qt.MouseButton.LeftButton)

    assert len(popup.said("refresh")) == 4


def test_escape_hides_and_the_next_click_shows_again(open_popup: Open) -> None:
    popup = open_popup(samples.calm())

    QTest.keyClick(popup.window, Qt.Key.Key_Escape)
    assert not popup.window.isVisible()
    popup.window.obey({"verb": "show", "x": 1500, "y": 10})
    popup.wait_for(popup.window.isVisible, "the popup a second time")

    assert len(popup.said("hidden")) == 1


def test_the_click_outside_that_closed_it_does_not_open_it_again(open_popup: Open) -> None:
    """The press closes a popup; what the icon reports a moment later was the same click."""
    popup = open_popup(samples.calm())

    popup.window.close()  # as Qt does on a press outside
    popup.window.obey({"verb": "show", "x": 1500, "y": 10})
    QTest.qWait(50)

    assert not popup.window.isVisible()


def test_a_second_click_on_the_icon_closes(open_popup: Open) -> None:
    popup = open_popup(samples.calm())

    popup.window.obey({"verb": "show", "x": 1500, "y": 10})

    assert not popup.window.isVisible()


def test_a_show_without_a_point_keeps_an_open_popup_open(open_popup: Open) -> None:
    """`usagetray show`, or a click on an alert."""
    popup = open_popup(samples.calm())

    popup.window.obey({"verb": "show", "x": None, "y": None})

    assert popup.window.isVisible()


def test_nothing_ticks_while_it_is_hidden(open_popup: Open) -> None:
    popup = open_popup(samples.calm())
    assert popup.window._seconds.isActive()
    assert not popup.window._retire.isActive()

    popup.window.obey({"verb": "hide"})

    assert not popup.window._seconds.isActive()
    assert popup.window._retire.isActive()


def test_the_verb_refresh_reads_the_store_again_only_while_it_is_open(open_popup: Open) -> None:
    popup = open_popup(samples.calm())
    before = len(popup.loads)

    popup.window.obey({"verb": "refresh"})
    popup.wait_for(lambda: len(popup.loads) == before + 1, "a second reading")
    popup.window.obey({"verb": "hide"})
    popup.window.obey({"verb": "refresh"})
    QTest.qWait(30)

    assert len(popup.loads) == before + 1


def test_rows_are_kept_while_their_figures_change(open_popup: Open) -> None:
    """A refresh neither moves a row nor takes the focus from it."""
    popup = open_popup(samples.calm())
    kept = row(popup, "five_hour")
    kept.setFocus()
    height = popup.window.height()

    changed = samples.overview(
        samples.claude(samples.session(0.64), samples.week(), samples.fable()), *samples.calm().accounts[1:]
    )
    popup.window.arrived.emit(changed)

    assert row(popup, "five_hour") is kept
    assert kept.row.figure == "64\u202f%"
    assert kept.hasFocus()
    assert popup.window.height() == height


def test_a_popup_that_is_too_high_folds_the_calmest_account_and_unfolds_it_on_demand(open_popup: Open) -> None:
    calm = [replace(samples.minimax(), account=f"m{at}", label=f"Team {at}") for at in range(5)]
    popup = open_popup(samples.overview(samples.claude(), *calm))
    assert popup.window.height() <= t.MAX_HEIGHT

    folded = [
        one for one in painted(popup.window) if isinstance(one, Pressable) and "unfold" in one.accessibleDescription()
    ]
    assert folded
    name = folded[-1].accessibleName()
    folded[-1].click()

    assert [
        one.row.name
        for one in painted(popup.window)
        if isinstance(one, Meter) and one.accessibleName().startswith(name)
    ]
    assert popup.window.height() <= t.MAX_HEIGHT


def test_a_store_that_does_not_answer_is_said_and_the_window_opens_all_the_same(open_popup: Open) -> None:
    popup = open_popup(None)

    assert page_of(popup).card.accessibleName().startswith("The figures can’t be read")


def test_the_demo_is_marked(open_popup: Open) -> None:
    popup = open_popup(samples.warning())

    assert header_of(popup).demo.isVisible()
    assert header_of(popup).demo.accessibleName() == "Demonstration with made-up figures"


def test_a_shadow_and_round_corners_need_a_compositor(open_popup: Open) -> None:
    """Without one the corner is the border's own colour; with one it is see-through."""
    plain = open_popup(samples.calm()).window.grab().toImage()
    blended = open_popup(samples.calm(), compositor=True).window.grab().toImage()

    assert colour_at(plain, 0, 0) == QColor(t.LIGHT.edge)
    assert plain.width() == 360
    assert blended.width() == 360 + 2 * t.SHADOW
    assert colour_at(blended, 0, 0).lightness() < 8 or colour_at(blended, 0, 0).alpha() < 8


# ---- first run -------------------------------------------------------------------------------------------------


def first_page(popup: Opened) -> FirstPage:
    (page,) = popup.window.findChildren(FirstPage)
    return page


def test_first_run_sends_what_is_ticked_and_no_hook_unasked(open_popup: Open) -> None:
    popup = open_popup(samples.first_run())

    assert first_page(popup).start.words == "Start with 2 tools"
    first_page(popup).start.click()

    answer = {"event": "first_run", "providers": ["claude", "codex"], "allow": [], "autostart": False}
    assert popup.said("first_run") == [answer]
    assert popup.window.isVisible()
    assert not first_page(popup).start.isEnabled()  # a second press would answer twice


def test_the_button_counts_and_a_hook_goes_only_with_its_tool(open_popup: Open) -> None:
    popup = open_popup(samples.first_run())
    page = first_page(popup)
    (_, claude, ((_, status_line),)), (_, codex, _) = page.choices.tools

    status_line.click()
    codex.click()
    assert page.start.words == "Start with 1 tool"
    assert page.choices.chosen() == (["claude"], [["claude", "status-line"]])
    claude.click()
    assert page.choices.chosen() == ([], [])
    assert not page.start.isEnabled()


def test_not_now_decides_nothing(open_popup: Open) -> None:
    popup = open_popup(samples.first_run())

    first_page(popup).not_now.click()

    assert popup.said("first_run") == []
    assert popup.said("later") == [{"event": "later"}]
    assert not popup.window.isVisible()


def test_the_first_page_says_what_would_be_read(open_popup: Open) -> None:
    popup = open_popup(samples.first_run())

    described = [one.accessibleDescription() for one in painted(popup.window) if isinstance(one, Tick)]
    assert described[0].startswith("Reads Claude Code’s own usage file")
    assert described[1].startswith("Fresher figures: adds a command")


def test_without_any_tool_the_first_page_points_to_the_demo(open_popup: Open) -> None:
    popup = open_popup(samples.nothing_found())

    names = " ".join(one.accessibleName() for one in painted(popup.window))
    assert "usagetray demo" in names
    assert first_page(popup).start.isHidden()


def test_after_the_first_answer_the_page_gives_way_to_the_figures(open_popup: Open) -> None:
    popup = open_popup(samples.first_run())

    first_page(popup).start.click()
    popup.window.arrived.emit(samples.calm())

    popup.wait_for(lambda: QApplication.focusWidget() is page_of(popup).card, "the focus on the verdict")
    assert page_of(popup).card.accessibleName().startswith("Nothing is near its limit")


def test_an_overview_that_changes_by_itself_is_read_again_when_it_is_due(open_popup: Open) -> None:
    """`changes_at` has come a second after the reading: one more reading, and not one every second."""
    due: Overview = replace(samples.calm(), changes_at=samples.NOW + timedelta(milliseconds=10))
    popup = open_popup(due)
    before = len(popup.loads)
    QTest.qWait(30)

    popup.window._tick()
    popup.wait_for(lambda: len(popup.loads) == before + 1, "the reading that was due")


def test_a_locked_account_can_be_waited_for_or_not(open_popup: Open) -> None:
    """The switch says what the store knows, shows at once what was chosen, and tells the tray."""
    popup = open_popup(samples.locked())
    waiting = page_of(popup).waiting

    assert waiting.switch.isChecked()
    waiting.switch.click()

    assert popup.said("action") == [{"event": "action", "verb": "want_back/off/claude/a1"}]
    popup.window.arrived.emit(samples.locked())
    assert not waiting.switch.isChecked()
    waiting.switch.click()
    assert popup.said("action")[-1] == {"event": "action", "verb": "want_back/on/claude/a1"}


def test_on_a_very_low_screen_a_lockout_leaves_room_for_the_rows(open_popup: Open) -> None:
    """600 pixels at twice the density: the large countdown goes, the sentence and the switch stay."""
    popup = open_popup(samples.locked())
    page = page_of(popup)
    usual = page.card.height()

    page.put(popup.window._shown, page.look, 204.0)  # type: ignore[arg-type]

    assert page.card.height() < usual
    assert page.body.height() >= 28
    assert page.footer.geometry().bottom() <= 204
    assert page.body.geometry().top() > page.waiting.geometry().top()
    assert page.card.accessibleName().startswith("Claude is locked until 21:20")


def test_where_there_is_room_is_a_press_away(open_popup: Open) -> None:
    popup = open_popup(samples.locked())
    waiting = page_of(popup).waiting
    assert waiting.elsewhere.accessibleName() == "MiniMax has 88 percent left"

    waiting.elsewhere.click()

    assert QApplication.focusWidget() is row(popup, "minimax/a1/five")


def test_an_alert_opens_the_popup_on_its_row(open_popup: Open) -> None:
    popup = open_popup(samples.calm(), show=False)

    popup.window.obey({"verb": "show", "x": None, "y": None, "focus": ["codex", "a1", "secondary"]})
    popup.wait_for(popup.window.isVisible, "the popup")

    assert QApplication.focusWidget() is row(popup, "codex/a1/secondary")


def test_flipping_the_times_is_told_to_the_tray(open_popup: Open) -> None:
    popup = open_popup(samples.calm())

    QTest.keyClick(popup.window, Qt.Key.Key_T)

    assert popup.said("set") == [{"event": "set", "countdown": True}]
    popup.window.obey({"verb": "hide"})
    popup.window.obey({"verb": "show", "x": None, "y": None, "countdown": False})
    popup.wait_for(popup.window.isVisible, "the popup a second time")
    assert row(popup, "five_hour").row.rights[0].startswith("resets 21:20")
