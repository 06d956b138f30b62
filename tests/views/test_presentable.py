"""What others may see of a screen: no account, project or sum, in alerts, tooltip and menu."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.views.build import BERLIN, DAYS, account, codex, one_warning, overview, paying, said, usage_credits, window
from tests.views.costs import KINDS
from usagetray.domain.alerts import AlertKind
from usagetray.domain.holding_back import Manners
from usagetray.overview import Overview
from usagetray.views import bars, presentable
from usagetray.views.menu import MenuLine, menu, tooltip

PRESENTED = Manners(presentation=True)
NAMES = ("Personal", "somebody@example.invalid", "Acme")
SUM = re.compile(r"[$€£¥]\s?\d|\d\s?[€£¥]|\d+\.\d\d\b")


def shown(day: Overview) -> str:
    """All that tooltip and menu say, also in what folds out."""
    day = replace(day, manners=PRESENTED)

    def texts(lines: tuple[MenuLine, ...]) -> Iterator[str]:
        for line in lines:
            yield line.text
            yield from texts(line.children)

    return said("\n".join((tooltip(day, BERLIN, left=False), *texts(menu(day, BERLIN, left=False)))))


@pytest.mark.parametrize("kind", AlertKind)
def test_an_alert_names_neither_whose_limit_nor_how_much_money(kind: AlertKind) -> None:
    title = presentable.alert_title(kind, 50.0 if kind is AlertKind.PAYING_AMOUNT else 0.75)

    assert 0 < len(title) <= 63
    assert not re.search(r"Claude|Codex|session|week|\$|50", title)


def test_an_alert_still_says_how_much_of_a_limit_is_used() -> None:
    assert said(presentable.alert_title(AlertKind.THRESHOLD, 0.75)) == "A limit is at 75 %"


@pytest.mark.parametrize("day", [*DAYS, *KINDS])
def test_tooltip_and_menu_show_no_sum(day: str) -> None:
    made = (DAYS.get(day) or KINDS[day])()

    assert not SUM.search(shown(made)), shown(made)


@pytest.mark.parametrize("day", [*DAYS, *KINDS])
def test_a_status_bar_shows_no_sum(day: str) -> None:
    made = (DAYS.get(day) or KINDS[day])()

    line = bars.line(presentable.overview(made), False, BERLIN)

    assert not SUM.search(said("\n".join((line.text, line.short, *line.rows))))


def test_accounts_of_one_provider_are_told_apart_without_their_names() -> None:
    several = overview(account(window(0.8), label=NAMES[0], account=NAMES[1]), account(window(), label=NAMES[2]))

    text = shown(several)

    assert not any(name in text for name in NAMES)
    assert "Claude (1)" in text
    assert "Claude (2)" in text


def test_what_is_known_of_limits_is_still_said() -> None:
    text = shown(one_warning())

    assert "Fable: 88 % used" in text
    assert "Session  62 % used · resets 21:20" in text


def test_of_an_account_that_has_only_sums_nothing_is_said() -> None:
    prepaid = replace(codex(name="Example Bank", money=(usage_credits(),)), windows=())

    assert "Example Bank" not in shown(overview(account(window()), prepaid))
    assert "Presentation mode is on" in shown(overview(prepaid))


def test_use_that_is_paid_for_is_said_without_the_sum() -> None:
    assert "You are paying for Claude now" in shown(paying())


def test_the_menu_switches_it_on_and_off() -> None:
    for is_on, verb in ((False, "presentation/on"), (True, "presentation/off")):
        day = replace(one_warning(), manners=Manners(presentation=is_on))
        (line,) = [each for each in menu(day, BERLIN, left=False) if each.text == "Presentation mode"]

        assert (line.checked, line.action) == (is_on, verb)
