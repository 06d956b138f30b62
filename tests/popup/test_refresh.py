"""What new figures leave alone while the popup is open: place, scrolling, focus, the tab, and whatever was opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.popup import history_samples, samples
from tests.popup.advice_samples import poor, told
from tests.popup.conftest import Open, Opened
from tests.popup.measuring import painted
from tests.popup.test_detail import details, explain
from tests.popup.test_detail import opened as detail_of
from tests.popup.test_window import page_of, row
from usagetray.domain.states import Level, WindowState
from usagetray.overview import ForecastView, Overview
from usagetray.views.popup.scene import Scene
from usagetray.views.popup.shell import Shell
from usagetray.views.popup.tabs import TABS
from usagetray.views.popup.widgets import RowActions


def crowded(used: float = 0.4) -> Overview:
    """More accounts near a limit than any screen has room for: none of them may be folded."""
    return samples.overview(
        *(samples.claude(samples.session(used), samples.week(0.93), account=f"a{at}") for at in range(7))
    )


def without_a_figure(shown: Overview) -> Overview:
    """The session of the first account has ended: its row becomes another kind of widget."""
    first, *rest = shown.accounts
    ended = replace(first.windows[0], state=WindowState.ENDED, used=None)
    return replace(shown, accounts=(replace(first, windows=(ended, *first.windows[1:])), *rest))


def scenes(popup: Opened) -> list[Scene]:
    return [piece.scene for piece in painted(popup.window)]


@pytest.mark.parametrize("change", [crowded, lambda: crowded(0.77), lambda: without_a_figure(crowded())])
def test_it_stays_where_it_was_scrolled_to(open_popup: Open, change: object) -> None:
    popup = open_popup(crowded())
    bar = page_of(popup).body.verticalScrollBar()
    assert bar.maximum() > 300
    bar.setValue(211)
    before = popup.window.geometry()

    popup.window.arrived.emit(change())  # type: ignore[operator]
    popup.window._tick()

    assert bar.value() == 211
    assert popup.window.geometry() == before


def test_what_was_opened_stays_open(open_popup: Open) -> None:
    """A row's detail, while its figure goes from 62 to 64 %."""
    popup = open_popup(samples.calm(), explain=explain)
    detail_of(popup)

    changed = samples.overview(samples.claude(samples.session(0.64), samples.week()), *samples.calm().accounts[1:])
    popup.window.arrived.emit(changed)

    assert row(popup, "five_hour").row.figure == "64\u202f%"
    assert len(details(popup)) == 1
    assert "Looking" not in details(popup)[0].accessibleDescription()


def test_the_same_figures_again_repaint_nothing(open_popup: Open) -> None:
    popup = open_popup(samples.warning())
    before = scenes(popup)

    popup.window.arrived.emit(samples.warning())

    assert all(one is other or one == other for one, other in zip(before, scenes(popup), strict=True))


READERS: Mapping[str, object] = {"history": history_samples.sums, "advice": told(poor)}


@pytest.mark.parametrize("tab", ["now", "history", "advice"])
def test_the_tab_and_the_focus_within_it_stay(open_popup: Open, tab: str) -> None:
    """Also where the tab's own figures are read anew, as the tray asks for after each change of the store."""
    first, *rest = samples.calm().accounts
    popup = open_popup(samples.overview(replace(first, windows=(samples.session(),)), *rest), readers=READERS)
    (shell,) = popup.window.findChildren(Shell)
    shell.open([each.key for each in TABS].index(tab))
    popup.wait_for(shell.is_settled, tab)
    assert shell.page is not None
    stop = shell.page.stops()[-2]
    stop.setFocus(Qt.FocusReason.TabFocusReason)
    before = popup.window.geometry()
    read = len(popup.loads)

    popup.window.obey({"verb": "refresh"})
    popup.wait_for(lambda: len(popup.loads) > read, "the second reading")
    popup.window.arrived.emit(samples.overview(replace(first, windows=(samples.session(0.64),)), *rest))
    QTest.qWait(30)

    assert shell.tab == tab
    assert QApplication.focusWidget() is stop
    assert popup.window.geometry() == before


def test_a_hidden_popup_stays_hidden_and_another_window_keeps_the_keyboard(open_popup: Open) -> None:
    popup = open_popup(samples.calm(), show=False)
    other = QWidget()
    other.show()
    other.activateWindow()
    popup.wait_for(other.isActiveWindow, "the other window")

    popup.window.obey({"verb": "refresh"})
    popup.window.arrived.emit(samples.warning())
    QTest.qWait(30)

    assert not popup.window.isVisible()
    assert other.isActiveWindow()
    other.hide()
    other.deleteLater()


def test_an_alert_about_a_row_out_of_sight_scrolls_to_it(open_popup: Open) -> None:
    popup = open_popup(crowded(), show=False)

    popup.window.obey({"verb": "show", "x": None, "y": None, "focus": ["claude", "a6", "weekly"]})
    popup.wait_for(popup.window.isVisible, "the popup")

    asked = row(popup, "claude/a6/weekly")
    assert isinstance(asked, RowActions)
    assert asked.hasFocus()
    assert asked.ring
    body = page_of(popup).body
    assert 0 <= asked.mapTo(body, asked.rect().topLeft()).y() <= body.height() - asked.height()


def test_when_it_runs_out_moves_with_each_reading_and_nothing_else(open_popup: Open) -> None:
    """The tray tells an open popup of each of its looks, one in ten seconds: 20:17 becomes 20:26."""

    def runs_out(minutes: int) -> Overview:
        at = samples.NOW + timedelta(minutes=minutes)
        told = ForecastView(
            used=0.85, is_estimate=False, even=0.75, at_reset=1.3, p_lockout=0.9, runs_out_at=(at, at, at),
            is_warned=True, knows_enough=True, others_share=0.0, worked_at=samples.NOW,
        )  # fmt: skip
        short = replace(samples.session(0.85), forecast=told, level=Level.CRITICAL)
        return samples.overview(samples.claude(short, samples.week()), *samples.calm().accounts[1:])

    popup = open_popup(runs_out(13))
    before, focused = popup.window.geometry(), QApplication.focusWidget()
    said = row(popup, "five_hour").row.lefts

    popup.window.arrived.emit(runs_out(22))

    assert (said, row(popup, "five_hour").row.lefts) == (("Runs out 20:17",), ("Runs out 20:26",))
    assert popup.window.geometry() == before
    assert QApplication.focusWidget() is focused
