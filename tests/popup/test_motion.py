"""What moves, for how long, and that nothing does where the user wants it still."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QVariantAnimation
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.popup import samples
from tests.popup.conftest import Open
from tests.popup.test_window import header_of, row
from usagetray.views.popup.motion import may_move
from usagetray.views.popup.widgets import Meter

RUNNING = QVariantAnimation.State.Running


def changed() -> object:
    return samples.overview(
        samples.claude(samples.session(0.80), samples.week(), samples.fable()), *samples.calm().accounts[1:]
    )


def test_a_bar_glides_to_a_value_that_changed_while_it_is_seen(open_popup: Open) -> None:
    popup = open_popup(samples.calm(), moves=True)
    meter = row(popup, "five_hour")
    assert isinstance(meter, Meter)
    assert meter._gliding is None

    popup.window.arrived.emit(changed())

    gliding = meter._gliding
    assert gliding is not None
    assert (gliding.startValue(), gliding.endValue(), gliding.duration()) == (0.62, 0.80, 180)
    assert row(popup, "weekly")._gliding is None  # type: ignore[attr-defined]
    popup.wait_for(lambda: gliding.state() != RUNNING, "the end of it")
    meter.grab()


def test_the_popup_fades_in_where_a_compositor_can(open_popup: Open) -> None:
    popup = open_popup(samples.calm(), moves=True, compositor=True)

    popup.wait_for(lambda: popup.window.windowOpacity() == 1.0, "all of it")
    fading = popup.window._fading
    assert fading is not None
    assert fading.duration() == 120


def test_the_sign_turns_while_a_request_runs_and_stops_with_its_answer(open_popup: Open) -> None:
    popup = open_popup(samples.calm(), moves=True)
    refresh = header_of(popup).refresh

    QTest.keyClick(popup.window, Qt.Key.Key_F5)
    assert refresh._turning is not None
    refresh.grab()
    popup.window.arrived.emit(samples.overview(*samples.calm().accounts, checked_at=samples.NOW))

    assert refresh._turning is None


def test_nothing_moves_under_reduced_motion(open_popup: Open) -> None:
    popup = open_popup(samples.calm(), moves=False, compositor=True)

    QTest.keyClick(popup.window, Qt.Key.Key_F5)
    popup.window.arrived.emit(changed())

    assert row(popup, "five_hour")._gliding is None  # type: ignore[attr-defined]
    assert header_of(popup).refresh._turning is None
    assert popup.window._fading is None
    assert popup.window.windowOpacity() == 1.0


@pytest.mark.parametrize(("said", "moves"), [("gtk-enable-animations=0", False), ("gtk-enable-animations = 1", True)])
def test_the_desktop_s_wish_is_kept(application: QApplication, tmp_path: Path, said: str, moves: bool) -> None:
    (tmp_path / "gtk-3.0").mkdir()
    (tmp_path / "gtk-3.0" / "settings.ini").write_text(f"[Settings]\n{said}\n")

    assert may_move({"XDG_CONFIG_HOME": str(tmp_path)}) is moves
    assert may_move({"XDG_CONFIG_HOME": str(tmp_path / "none"), "USAGETRAY_REDUCED_MOTION": "1"}) is False
