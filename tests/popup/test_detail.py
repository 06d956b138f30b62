"""What opens under a limit's row: by click and by key, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.popup import samples
from tests.popup.conftest import Open, Opened
from tests.popup.measuring import misfits, painted
from tests.popup.test_window import row
from usagetray.domain.forensics import Reading, Why, why
from usagetray.domain.weighing import Use, Weighed
from usagetray.views.popup.detail import Id
from usagetray.views.popup.scene import Text
from usagetray.views.popup.widgets import Plain

SESSION = "/five_hour"
RESET = samples.local(20, 21, 20)
START = RESET - timedelta(hours=5)


def behind() -> Why:
    """62 %: steady work, one dear response after a pause, sub-agents elsewhere on the disk, and 9 % from elsewhere."""
    uses: list[Use] = []

    def use(minute: float, weight: float, project: str, session: str, *, agent: str = "", read: float = 0.95) -> None:
        at, prompt = START + timedelta(minutes=minute), 182_000
        place = (project, session, agent, "", "claude-opus-5-5")
        uses.append(Use(at, *place, weight, prompt, int(prompt * read), int(prompt * (1 - read))))

    readings = []
    for n in range(8):
        use(n * 5 + 1, 3.0, "/home/x/work/borealis", "4f2a1c07")
        readings.append(Reading(START + timedelta(minutes=n * 5 + 2), 0.03 * (n + 1), RESET))
    use(110, 11.0, "/home/x/work/borealis", "4f2a1c07", read=0)
    readings.append(Reading(START + timedelta(minutes=111), 0.35, RESET))
    for n in range(9):
        use(150 + n / 3, 2.0, "/home/x/webshop", "77aa", agent=f"a{n % 3}")
    readings.append(Reading(START + timedelta(minutes=160), 0.53, RESET))
    readings.append(Reading(START + timedelta(minutes=200), 0.62, RESET))
    found = why(readings, Weighed(uses=tuple(uses)), timedelta(hours=5))
    assert found is not None
    return found


def explain(which: frozenset[Id]) -> Mapping[Id, Why | None]:
    return {each: behind() if each[2] == "five_hour" else None for each in which}


def details(popup: Opened) -> list[Plain]:
    pieces = (each for each in painted(popup.window) if isinstance(each, Plain))
    return [each for each in pieces if each.accessibleName().startswith(("Who used", "Detail"))]


def words(piece: Plain) -> str:
    texts = [each.text for each in piece.scene.items if isinstance(each, Text)]
    return " ".join(texts).replace("\u202f", " ").replace("\u00a0", " ")


def opened(popup: Opened, key: str = SESSION) -> Plain:
    QTest.keyClick(row(popup, key), Qt.Key.Key_Return)
    popup.wait_for(lambda: details(popup) and "Looking" not in words(details(popup)[0]), "the detail")
    (found,) = details(popup)
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_says_who_used_it_what_was_dear_and_where_the_figure_is_from(
    open_popup: Open, artifacts: Path | None, theme: str
) -> None:
    popup = open_popup(samples.MOMENTS["warning"](), theme=theme, explain=explain)

    said = words(opened(popup))

    assert "Who used the session work/borealis 35 % x/webshop 18 % Elsewhere: other devices, the web 9 %" in said
    assert "11 %, work/borealis: went on after 1 h 14 m: the cache was gone, 182k tokens written anew." in said
    assert "18 %, x/webshop: 3 sub-agents, 9 responses in 2 m." in said
    assert "Shared out by list prices: an estimate." in said
    assert said.endswith("A reading from the status line, 1 m ago.")
    assert misfits(popup.window) == []
    if artifacts:
        popup.window.grab().save(str(artifacts / f"popup_detail_{theme}.png"))


def test_a_click_opens_it_and_a_click_closes_it(open_popup: Open) -> None:
    popup = open_popup(samples.MOMENTS["warning"](), explain=explain)
    name = QPoint(60, 14)

    QTest.mouseClick(row(popup, SESSION), Qt.MouseButton.LeftButton, pos=name)
    popup.wait_for(lambda: details(popup), "the detail")
    height = popup.window.height()
    QTest.mouseClick(row(popup, SESSION), Qt.MouseButton.LeftButton, pos=name)

    assert details(popup) == []
    assert popup.window.height() < height


def test_the_keyboard_reaches_it_and_a_screen_reader_hears_it(open_popup: Open) -> None:
    popup = open_popup(samples.MOMENTS["warning"](), explain=explain)
    before = row(popup, SESSION).accessibleDescription()
    row(popup, SESSION).setFocus(Qt.FocusReason.TabFocusReason)

    found = opened(popup)
    kept = row(popup, SESSION).hasFocus() and row(popup, SESSION).ring
    QTest.keyClick(row(popup, SESSION), Qt.Key.Key_Down)

    assert before.endswith("Press Enter for what used it.")
    assert kept
    assert found.hasFocus()
    assert found.accessibleName() == "Who used the session"
    assert "Work/borealis, 35 percent." in found.accessibleDescription()


def test_where_no_log_tells_it_says_that_and_why_this_number(open_popup: Open) -> None:
    popup = open_popup(samples.MOMENTS["warning"](), explain=explain)

    said = words(opened(popup, "/weekly"))

    assert said == "No log here tells what used it. A reading from the status line, 1 m ago."


def test_a_store_that_does_not_answer_leaves_the_row_open_and_says_what_is_known(open_popup: Open) -> None:
    def fails(which: frozenset[Id]) -> Mapping[Id, Why | None]:
        raise OSError("no store")

    popup = open_popup(samples.MOMENTS["warning"](), explain=fails)

    assert "A reading from the status line" in words(opened(popup))


def test_all_is_shut_when_the_popup_opens_again(open_popup: Open) -> None:
    popup = open_popup(samples.MOMENTS["warning"](), explain=explain)
    opened(popup)

    popup.window.obey({"verb": "hide"})
    popup.events.clear()
    popup.window.obey({"verb": "show"})
    popup.wait_for(lambda: popup.said("shown"), "the popup again")

    assert details(popup) == []
