"""What will come of a limit, in its row: tick, tint, words, mark; and money without an end."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.popup import samples
from tests.popup.conftest import Open
from tests.popup.gallery_samples import SATURDAY, SESSION_EVEN, WEEK_EVEN, calm, expected, month, normal, states
from tests.popup.measuring import painted
from tests.popup.samples import local
from tests.popup.test_content import problems, rows, shown
from usagetray.domain.states import Level, State, WindowState
from usagetray.overview import Overview, WindowView
from usagetray.views.popup.compose import Columns, compose
from usagetray.views.popup.content import Wish
from usagetray.views.popup.desk import current_look
from usagetray.views.popup.scene import Bar
from usagetray.views.popup.settings.pages import PAGES
from usagetray.views.popup.spec import Page, Row
from usagetray.views.popup.widgets import RowActions


def of(window: WindowView, *, left: bool = False) -> Row:
    return rows(shown(samples.overview(samples.claude(window)), Wish(left=left)))[window.key]


def test_a_row_shows_even_pace_and_what_will_be_used_in_bar_and_words() -> None:
    row = of(expected(samples.session(0.62), 0.83, even=SESSION_EVEN))

    assert (row.share, row.even, row.ahead) == (0.62, SESSION_EVEN, 0.83)
    assert row.lefts == ("Lasts, 17\u202f% to spare",)
    assert "Even use would be at 74\u202f% used now" in row.why
    assert "About 83\u202f% used by the reset" in row.why


def test_left_turns_tick_and_tint_round_together_with_the_figure() -> None:
    """62 % used is 38 % left, of which 17 % will be left at the reset; even use would have left 25.3 %."""
    row = of(expected(samples.session(0.62), 0.83, even=SESSION_EVEN), left=True)

    assert (row.figure, row.unit) == ("38\u202f%", "left")
    assert [round(each or 0, 3) for each in (row.share, row.even, row.ahead)] == [0.38, 0.253, 0.17]


def test_a_limit_that_runs_out_is_a_warning_however_little_is_used() -> None:
    row = of(expected(samples.week(0.30), 1.2, even=WEEK_EVEN, runs_out=SATURDAY))

    assert (row.mark, row.fill_colour, row.left_colour, row.left_strong) == ("triangle", "warn", "warn", True)
    assert row.lefts == ("Runs out Sat\u00a010:40",)
    assert row.ahead == 1.0


def test_half_an_hour_before_it_is_critical() -> None:
    row = of(expected(samples.session(0.60), 1.0, even=SESSION_EVEN, runs_out=local(20, 20, 17)))

    assert (row.mark, row.fill_colour) == ("bang", "crit")


def test_a_figure_that_logs_moved_on_says_so() -> None:
    row = of(expected(samples.session(0.62), 0.83, even=SESSION_EVEN, used=0.64, is_estimate=True))

    assert row.figure == "~64\u202f%"
    assert row.share == 0.64
    assert "~: moved on by what your logs counted since" in row.why


@pytest.mark.parametrize(
    "window",
    [
        samples.session(0.62, stale=True),
        samples.session(1.0, state=WindowState.LOCKED, level=Level.LOCKED),
        samples.session(None, state=WindowState.ENDED),
        samples.session(0.0, state=WindowState.NOT_STARTED, resets_at=None),
    ],
    ids=["old", "locked", "ended", "not started"],
)
def test_nothing_is_drawn_ahead_of_what_is_old_over_or_not_begun(window: WindowView) -> None:
    row = of(expected(window, 0.9, even=SESSION_EVEN))

    assert (row.even, row.ahead) == (None, None)


def test_an_account_with_such_a_limit_is_neither_compact_nor_folded() -> None:
    tight = samples.codex()
    windows = (expected(tight.windows[0], 1.0, even=0.3, runs_out=SATURDAY), tight.windows[1])

    made = shown(samples.overview(samples.claude(), replace(tight, windows=windows)))

    assert not rows(made)["primary"].compact
    assert made.sections[1].collapsed is None


def test_the_legend_stands_below_where_something_is_drawn() -> None:
    assert shown(calm()).footer.has_legend
    assert not shown(samples.calm()).footer.has_legend
    assert not shown(samples.offline()).footer.has_legend


def test_a_budget_that_will_not_do_is_a_warning_with_its_tick_and_tint() -> None:
    """$214 of $300 on the 20th is 71 %, and heads for $324."""
    over, within = (rows(shown(samples.overview(samples.claude(), budgets=(each,))))["0"] for each in BUDGETS)

    assert (over.mark, over.fill_colour, over.ahead) == ("triangle", "warn", 1.0)
    assert over.lefts[0].startswith("Heading for about $324")
    assert (within.mark, within.fill_colour) == ("", "ok")
    assert within.ahead == pytest.approx(254 / 300)
    assert over.even == pytest.approx(0.66, abs=0.02)


def test_the_card_counts_a_budget_that_will_not_do_among_what_is_below() -> None:
    """Fable is what the card says; the budget of $300 heads for $324."""
    assert shown(normal()).card.detail.endswith("And 1 more below.")


BUDGETS = (month("214.37", 324), month("168.20", 254))


def test_a_bill_without_an_end_offers_a_budget() -> None:
    bill = next(row for row in rows(shown(states())).values() if row.name == "November")

    assert (bill.fill, bill.figure, bill.unit, bill.scope) == ("dash", "$214.37", "so far", "no budget set")
    assert (bill.action, dict(bill.event)) == ("Set a budget ›", {"event": "settings", "page": "work"})
    assert rows_with_budget(replace(states(), budgets=BUDGETS[:1])) == [""]


def test_enter_on_such_a_bill_leads_there(open_popup: Open) -> None:
    popup = open_popup(states())
    bill = next(one for one in painted(popup.window) if isinstance(one, RowActions) and one.row.action)
    bill.setFocus()

    QTest.keyClick(bill, Qt.Key.Key_Return)

    assert popup.said("settings") == [{"event": "settings", "page": "work"}]


def test_the_pages_of_the_settings_that_buttons_lead_to_are_there() -> None:
    assert {"work", "providers"} <= {each.key for each in PAGES}
    assert "budgets" in {getattr(piece, "key", "") for each in PAGES if each.key == "work" for piece in each.pieces}


def rows_with_budget(overview: Overview) -> list[str]:
    return [row.action for row in rows(shown(overview)).values() if row.name == "November"]


def test_a_key_that_was_refused_can_be_replaced_from_its_card() -> None:
    refused = samples.account("kimi", "Kimi", state=State.SIGNED_OUT, by_key=True)

    (card,) = problems(shown(samples.overview(samples.claude(), refused)))

    assert card.action == "Replace the key"
    assert dict(card.event) == {"event": "settings", "page": "providers"}


def test_a_lock_says_in_its_section_that_nothing_is_charged_and_nowhere_twice() -> None:
    made = shown(samples.locked())

    assert made.waiting is not None
    assert made.waiting.elsewhere == "MiniMax has 88\u202f% left"
    assert made.waiting.elsewhere_key == "minimax/a1"
    assert made.card.extra == ()
    assert texts(made).count("Nothing is being charged while you wait.") == 1


def test_calm_and_paying_have_nothing_to_wait_for() -> None:
    assert shown(samples.calm()).waiting is None
    assert shown(samples.paying()).waiting is None


def texts(made: Page) -> list[str]:
    return [line.text for section in made.sections for line in section.lines if hasattr(line, "text")]


def test_only_a_fresh_bar_gets_tick_and_tint(application: object) -> None:
    fresh = rows(shown(normal()))["weekly_fable"]
    letters = current_look("light").letters

    def bar(row: Row) -> Bar:
        return next(item for item in compose(row, letters, Columns()).items if isinstance(item, Bar))

    assert (bar(fresh).even, bar(fresh).ahead) == (WEEK_EVEN, 1.0)
    assert bar(replace(fresh, fill="stale")).even is None
