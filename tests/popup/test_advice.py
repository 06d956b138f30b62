"""The page "Advice": what it answers, what it always says, and how its grounds open."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.popup import samples
from tests.popup.advice_samples import ADVICE, early, month, nothing, poor, told, without_plan
from tests.popup.conftest import Open, Opened
from tests.popup.measuring import misfits, painted
from usagetray.domain.advice.own_advice import OwnAdvice
from usagetray.views.popup.advice_content import advice_view
from usagetray.views.popup.advice_page import AdvicePage
from usagetray.views.popup.advice_reader import decoded, encoded, store_advice
from usagetray.views.popup.advice_spec import AdviceView
from usagetray.views.popup.shell import Shell
from usagetray.views.popup.spec import Comparison, Heading, Tip, Words
from usagetray.views.popup.tabs import TABS
from usagetray.views.popup.widgets import Pressable


def view(found: OwnAdvice | None, **more: object) -> AdviceView:
    given = {"failed": False, "overview": None, "opened": frozenset()}
    read = told(lambda: found)() if found is not None else None
    return advice_view(read, **{**given, **more})  # type: ignore[arg-type]


def texts(shown: AdviceView) -> str:
    said: list[str] = []
    for section in shown.sections:
        for line in section.lines:
            match line:
                case Heading() | Words():
                    said.append(line.text)
                case Tip():
                    said += [line.title, line.detail, line.amount, *(line.more if line.is_open else ())]
    return " | ".join(said)


def opened(open_popup: Open, found: OwnAdvice) -> tuple[Opened, AdvicePage]:
    popup = open_popup(samples.calm(), readers={"advice": told(lambda: found)})
    (shell,) = popup.window.findChildren(Shell)
    shell.open([tab.key for tab in TABS].index("advice"))
    popup.wait_for(shell.is_settled, "the advice")
    page = shell.page
    assert isinstance(page, AdvicePage)
    return popup, page


def test_it_says_whether_the_plan_pays_and_compares_it_with_the_others() -> None:
    """$39 on each of thirty days, by the month 30.4 of them: $1,187 at the most, for $100."""
    shown = view(month())

    assert "Is Max 5x worth it?" in texts(shown)
    assert "Yes. It replaces about $1,1" in texts(shown)
    (bars,) = [line for section in shown.sections for line in section.lines if isinstance(line, Comparison)]
    assert [row.name for row in bars.rows] == ["API, list price", "Max 20x", "Max 5x, yours", "Pro"]
    assert [row.is_own for row in bars.rows] == [False, False, True, False]
    assert bars.rows[0].share == 1.0


def test_both_directions_are_told() -> None:
    assert "would have been enough" in texts(view(poor()))
    assert "$80" in texts(view(poor()))
    assert "next larger plan" in texts(view(month()))


def test_what_could_be_saved_on_the_api_stands_beside_what_it_costs() -> None:
    shown = view(month())

    tips = [line for section in shown.sections if section.key == "billed" for line in section.lines]
    assert isinstance(tips[0], Heading)
    assert tips[0].text == "On the API you could save"
    assert tips[0].aside.startswith("of $")
    assert [tip.amount for tip in tips[1:] if isinstance(tip, Tip) and tip.amount]


@pytest.mark.parametrize("name", [name for name in ADVICE if name != "nothing"])
def test_it_always_says_list_prices_their_date_the_days_and_that_savings_overlap(name: str) -> None:
    said = texts(view(ADVICE[name]()))

    assert "Savings overlap" in said
    assert "List prices of 20\u00a0Nov\u00a02026; answers may differ between models." in said
    assert "days of your logs" in said


def test_a_few_days_are_not_enough_and_it_says_when_they_are() -> None:
    """Four days, the first of them on 16 November: a week of them is over on the 23rd."""
    said = texts(view(early()))

    assert "Ready on 23\u00a0Nov: seven days of use make a fair answer." in said
    assert "So far about $274 a month at list prices, for $100." in said
    assert "Yes" not in said


def test_without_use_or_a_plan_it_says_so() -> None:
    assert "Nothing counted yet." in texts(view(nothing()))
    assert "Would a plan of Anthropic pay?" in texts(view(without_plan()))
    assert "Reading your logs" in texts(view(None))
    assert "did not answer" in texts(view(None, failed=True))


def test_a_tip_opens_to_what_it_stands_on(open_popup: Open) -> None:
    popup, page = opened(open_popup, month())
    tip = next(one for one in page.body.rows if isinstance(one, Pressable))
    closed = tip.height()
    name = tip.accessibleName()

    tip.click()

    tip = next(one for one in page.body.rows if one.accessibleName() == name)  # type: ignore[assignment]
    assert tip.height() > closed
    assert "Worked out by" in tip.accessibleDescription()
    assert popup.window.height() <= 720


def test_how_opens_every_tip_and_closes_them_again(open_popup: Open) -> None:
    _, page = opened(open_popup, month())
    high = page.body.widget().height()

    page.footer.click()
    assert page.body.widget().height() > high
    assert page.footer.accessibleName() == "Less"
    page.footer.click()

    assert page.body.widget().height() == high


def test_the_arrow_keys_walk_the_advice(open_popup: Open) -> None:
    popup, page = opened(open_popup, month())
    page.stops()[0].setFocus()

    for _ in range(len(page.stops()) + 2):
        QTest.keyClick(popup.window, Qt.Key.Key_Down)

    assert QApplication.focusWidget() is page.footer


@pytest.mark.parametrize("size", [15, 23])
@pytest.mark.parametrize("name", ADVICE)
def test_every_text_of_the_advice_fits(open_popup: Open, application: QApplication, name: str, size: int) -> None:
    usual, larger = application.font(), application.font()
    larger.setPixelSize(size)
    application.setFont(larger)
    try:
        popup, page = opened(open_popup, ADVICE[name]())
        page.footer.click()

        assert misfits(popup.window) == []
    finally:
        application.setFont(usual)


def test_everything_of_the_advice_has_a_name(open_popup: Open) -> None:
    popup, _ = opened(open_popup, month())

    assert all(widget.accessibleName() for widget in painted(popup.window))


def test_a_key_before_the_plan_stands_first_and_can_be_meant(open_popup: Open) -> None:
    warned = samples.billed_by_key()
    popup = open_popup(warned, readers={"advice": told(month)})
    (shell,) = popup.window.findChildren(Shell)
    shell.open([tab.key for tab in TABS].index("advice"))
    popup.wait_for(shell.is_settled, "the advice")
    page = shell.page
    assert isinstance(page, AdvicePage)

    assert "bills an API key" in page.card.accessibleName()
    page.buttons[0].click()

    assert popup.said("action") == [{"event": "action", "verb": "on_purpose/claude"}]


def test_an_answer_that_comes_late_does_not_take_the_focus(open_popup: Open) -> None:
    popup, page = opened(open_popup, month())
    stop = page.stops()[1]
    stop.setFocus()
    (shell,) = popup.window.findChildren(Shell)

    shell._take("advice", replace(told(month)(), footer="Read again"))

    assert QApplication.focusWidget() is stop


@pytest.mark.parametrize("name", ADVICE)
def test_what_is_told_is_the_same_at_the_other_end_of_the_pipe(name: str) -> None:
    read = told(ADVICE[name])()

    assert decoded(encoded(read)) == read


def test_it_is_worked_out_in_a_process_of_its_own_and_in_the_language_that_is_set(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('language = "de"\n')

    read = store_advice({"USAGETRAY_HOME": str(tmp_path), "HOME": str(tmp_path), "PATH": ""})()

    assert [line.text for section in read.sections for line in section.lines if isinstance(line, Words)] == [
        "Noch nichts gezählt. Rat gibt es nach deinen ersten Sitzungen."
    ]
