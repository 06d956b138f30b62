"""What a screen reader hears, what the keyboard reaches, and what high contrast leaves."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.popup import samples
from tests.popup.conftest import Open, Opened
from tests.popup.gallery_samples import PICTURES, near_limit, normal
from tests.popup.measuring import painted
from tests.popup.test_tokens import contrast
from tests.popup.test_window import header_of, page_of, row
from usagetray.domain.states import WindowState
from usagetray.overview import Overview
from usagetray.views.popup.content import Wish, page
from usagetray.views.popup.desk import current_look
from usagetray.views.popup.now_page import news
from usagetray.views.popup.scene import Bar, Panel, Text
from usagetray.views.popup.shell import Shell
from usagetray.views.popup.spec import Page, Problem
from usagetray.views.popup.tabs import TABS
from usagetray.views.popup.tokens import COLOUR_NAMES
from usagetray.views.popup.widgets import Painted

SIGNS = re.compile(r"%|\b\d+[\s\u00a0][hmds]\b|·|\u202f")
"""Nobody reads these aloud as they are meant."""
OURS = [name for name, picture in PICTURES.items() if picture.tab != "history"]


def opened(open_popup: Open, name: str) -> Opened:
    picture = PICTURES[name]
    popup = open_popup(picture.overview(), theme=picture.theme, readers=picture.readers)
    for shell in popup.window.findChildren(Shell):
        shell.open([tab.key for tab in TABS].index(picture.tab))
        popup.wait_for(shell.is_settled, picture.tab)
    return popup


@pytest.mark.parametrize("name", OURS)
def test_every_piece_has_a_name_and_units_are_spoken_in_full(open_popup: Open, name: str) -> None:
    for widget in painted(opened(open_popup, name).window):
        heard = f"{widget.accessibleName()} | {widget.accessibleDescription()}"
        assert widget.accessibleName(), widget
        assert not SIGNS.search(heard), heard


@pytest.mark.parametrize("name", OURS)
def test_the_keyboard_reaches_every_control_and_shows_where_it_is(open_popup: Open, name: str) -> None:
    """Tab goes round once over all of them; each has a ring of its own that changes what is painted."""
    popup = opened(open_popup, name)
    wanted = {
        widget
        for widget in painted(popup.window)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isEnabled()
    }
    seen: set[QWidget] = set()

    for _ in range(len(wanted) + 3):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        here = QApplication.focusWidget()
        seen.add(here)
        if isinstance(here, Painted):
            assert here.ring, here.accessibleName()

    assert {one.accessibleName() for one in wanted} <= {one.accessibleName() for one in seen}


def test_a_row_says_its_state_first_and_then_what_will_come_of_it(open_popup: Open) -> None:
    fable = row(opened(open_popup, "normal_light"), "weekly_fable")

    assert fable.accessibleName() == "Claude week, Fable only"
    assert fable.accessibleDescription().startswith(
        "Warning. 88 percent used. Runs out Saturday 10:40. Resets Monday 09:00, in 2 days 12 hours."
    )


def test_a_refresh_moves_no_row_and_takes_the_focus_from_nobody(open_popup: Open) -> None:
    """Every figure, forecast and mark changes; heights and the focused row stay."""
    popup = open_popup(normal())
    before = {one.row.key: (one.y(), one.height()) for one in page_of(popup).body.rows if hasattr(one, "row")}
    focused = row(popup, "weekly_fable")
    focused.setFocus(Qt.FocusReason.TabFocusReason)

    popup.window.arrived.emit(near_limit())

    after = {one.row.key: (one.y(), one.height()) for one in page_of(popup).body.rows if hasattr(one, "row")}
    assert row(popup, "five_hour").row.figure == "94\u202f%"
    assert {key: high for key, (_, high) in after.items()} == {key: high for key, (_, high) in before.items()}
    assert QApplication.focusWidget() is focused
    assert focused.ring


def test_a_row_that_loses_its_figure_keeps_the_focus(open_popup: Open) -> None:
    """A limit that ended is no progress bar any more: another widget, in the same place."""
    shown = normal()
    popup = open_popup(shown)
    row(popup, "weekly").setFocus(Qt.FocusReason.TabFocusReason)
    claude = shown.accounts[0]
    windows = tuple(
        replace(one, state=WindowState.ENDED, used=None) if one.key == "weekly" else one for one in claude.windows
    )

    popup.window.arrived.emit(replace(shown, accounts=(replace(claude, windows=windows), *shown.accounts[1:])))

    assert QApplication.focusWidget() is row(popup, "claude/a1/weekly")


def test_the_refresh_button_says_when_it_was_last_updated(open_popup: Open) -> None:
    popup = opened(open_popup, "calm")

    assert header_of(popup).refresh.accessibleName().startswith("Refresh, Updated 1 minute ago")
    assert header_of(popup).settings.accessibleName() == "Settings"


# ---- high contrast ---------------------------------------------------------------------------------------------


@pytest.fixture(params=[("#000000", "#FFFFFF"), ("#FFFFFF", "#000000"), ("#2D3236", "#FFFFFF")])
def system(request: pytest.FixtureRequest, application: QApplication) -> object:
    """The ground and the ink of a desktop."""
    before = application.palette()
    palette = QPalette(before)
    palette.setColor(QPalette.ColorRole.Window, QColor(request.param[0]))
    palette.setColor(QPalette.ColorRole.WindowText, QColor(request.param[1]))
    application.setPalette(palette)
    yield request.param
    application.setPalette(before)


def test_high_contrast_has_the_system_s_two_colours_only(system: tuple[str, str]) -> None:
    palette = current_look("contrast").palette

    charts = {f"m{at}" for at in range(1, 7)} | {f"h{at}" for at in range(5)}
    assert {palette.colour(name).upper() for name in COLOUR_NAMES - charts} == set(system)
    assert contrast(palette.text, palette.bg) >= 7


def test_high_contrast_draws_a_line_round_every_bar_and_no_tint(open_popup: Open, system: tuple[str, str]) -> None:
    ground, ink = system
    popup = open_popup(normal(), theme="contrast")

    picture = row(popup, "five_hour").grab().toImage()
    (bar,) = [item for item in row(popup, "five_hour").scene.items if isinstance(item, Bar)]
    middle, last = round(bar.y + bar.height / 2), round(bar.x + bar.width)
    seen = {picture.pixelColor(x, middle).name().upper() for x in range(round(bar.x) + 4, last - 4)}
    assert seen == {ground, ink}
    assert picture.pixelColor(last - 12, round(bar.y)).name().upper() == ink
    legend = [item for item in page_of(popup).footer.scene.items if isinstance(item, Text | Panel)]
    assert not [item for item in legend if isinstance(item, Text) and item.text == "forecast"]


def test_another_verdict_and_a_new_problem_are_told_unasked_and_nothing_else_is() -> None:
    """The role "alert" cannot be had for a widget of ours from Python; what it is for, an announcement does."""

    def shown(overview: Overview) -> Page:
        return page(overview, samples.NOW, samples.ZONE, Wish())

    calm, warning, offline = shown(samples.calm()), shown(samples.warning()), shown(samples.states())

    assert news(calm, calm) == []
    assert [heard[:5] for heard in news(calm, warning)] == ["Fable"]
    problems = [line for section in offline.sections for line in section.lines if isinstance(line, Problem)]
    assert len(problems) > 1
    assert len(news(calm, offline)) == 1 + len({each.title for each in problems})
    assert news(offline, offline) == []
