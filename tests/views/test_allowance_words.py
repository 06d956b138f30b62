"""How much one percent of a limit takes, in words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.views.build import account, said, window
from usagetray.domain.forecast.memory import Allowance
from usagetray.overview import ForecastView, WindowView
from usagetray.views.allowance_words import allowance_lines, change_notices

FRIDAY = 20_777  # 20 November 2026


def day(number: int, tokens: float) -> Allowance:
    return Allowance(day=number, tokens=tokens, low=tokens * 0.9, high=tokens * 1.1)


def measured(*found: Allowance, **changes: Any) -> WindowView:
    told = ForecastView(
        used=0.6,
        is_estimate=False,
        even=0.5,
        at_reset=0.8,
        p_lockout=0.1,
        runs_out_at=None,
        is_warned=False,
        knows_enough=True,
        allowances=found,
    )
    return window(0.6, forecast=replace(told, **changes))


def test_one_percent_is_told_in_weighted_tokens_and_at_list_prices_with_its_band() -> None:
    """140,000 weighted tokens are 70 cents: an input token at $5 a million weighs 1."""
    (line,) = allowance_lines(measured(day(FRIDAY, 140_000.0)))

    assert said(line) == (
        "1 % of it takes about 140k tokens weighted by price, $0.70 at list prices; between 126k and 154k."
    )


def test_earlier_days_and_use_elsewhere_follow() -> None:
    lines = allowance_lines(measured(day(FRIDAY - 1, 131_000.0), day(FRIDAY, 140_000.0), others_share=0.22))

    assert [said(each) for each in lines[1:]] == [
        "On earlier days: 19 Nov 131k.",
        "Lately about 22 % of its use came from elsewhere.",
    ]


def test_before_anything_was_measured_nothing_is_said() -> None:
    assert allowance_lines(window()) == ()
    assert allowance_lines(measured()) == ()


def test_a_change_is_said_in_the_detail_and_as_a_notice_without_an_alert() -> None:
    change = day(FRIDAY - 9, 140_000.0), day(FRIDAY, 90_000.0)
    shown = account(measured(change[1], allowance_change=change))

    (notice,) = change_notices([shown, account(measured(change[1]))][:1])

    assert said(notice) == (
        "The allowance of Claude session seems to have changed: 1 % took about 140k weighted tokens, now 90k."
    )
    assert any("seems to have changed" in each for each in allowance_lines(shown.windows[0]))
    assert change_notices([account(measured(change[1]))]) == ()
