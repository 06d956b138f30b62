"""What is said of a window's future, and in which order windows come by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.views.build import (
    BERLIN,
    NOW,
    SESSION_RESET,
    account,
    codex,
    fable,
    overview,
    said,
    week,
    window,
)
from usagetray.domain.states import Level, WindowState
from usagetray.overview import ForecastView, WindowView
from usagetray.views import bars, forecast_words, tightest
from usagetray.views.headline import headline
from usagetray.views.icon.picture import IconState
from usagetray.views.status_json import status_json
from usagetray.views.status_text import status_text
from usagetray.views.verdict import verdict

SATURDAY = datetime.fromisoformat("2026-11-21T09:40:00Z")  # 10:40 in Berlin


def told(**changes: Any) -> ForecastView:
    """A session at 62 % that will end at 83 %."""
    base = ForecastView(
        used=0.62,
        is_estimate=False,
        even=0.75,
        at_reset=0.83,
        p_lockout=0.1,
        runs_out_at=(SESSION_RESET,) * 3,
        is_warned=False,
        knows_enough=True,
        worked_at=NOW - timedelta(minutes=2),
    )
    return replace(base, **changes)


def runs_out(at: datetime, **changes: Any) -> ForecastView:
    late = at + timedelta(minutes=20)
    given = {"at_reset": 1.3, "p_lockout": 0.9, "runs_out_at": (at, at, late), "is_warned": True}
    return told(**{**given, **changes})


def row(shown: WindowView) -> str:
    return said(forecast_words.row(shown, NOW, BERLIN))


CASES = [
    (told(), "Lasts, 17 % to spare"),
    (told(at_reset=0.98), "Just lasts"),
    (told(at_reset=1.02, p_lockout=0.45), "Just lasts"),
    (told(p_lockout=0.4), "Just lasts"),
    (told(worked_at=NOW - timedelta(minutes=40)), "Lasts, nothing used for 40 m"),
    (told(worked_at=NOW - timedelta(minutes=40), others_share=0.3), "Lasts, 17 % to spare"),
    (told(even=0.02), "Too early to say"),
    (told(at_reset=None), "Too early to say"),
    (runs_out(NOW + timedelta(minutes=13)), "Runs out 20:17"),
    (runs_out(NOW + timedelta(minutes=13), p_lockout=0.44), "Runs out 20:17"),
    (runs_out(NOW + timedelta(minutes=13), is_warned=False), "Runs out 20:17"),
    (told(knows_enough=False), ""),
    (None, ""),
]


@pytest.mark.parametrize(("forecast", "words"), CASES)
def test_each_case_has_its_words(forecast: ForecastView | None, words: str) -> None:
    assert row(window(0.62, forecast=forecast)) == words


def test_a_week_names_the_day_even_today() -> None:
    assert row(week(0.88, forecast=runs_out(SATURDAY))) == "Runs out Sat 10:40"
    assert row(week(0.88, forecast=runs_out(NOW + timedelta(hours=1)))) == "Runs out Fri 21:04"


def test_without_a_reset_there_is_no_forecast() -> None:
    shown = window(0.62, resets_at=None, forecast=told(even=None, at_reset=None, runs_out_at=None, knows_enough=False))

    assert row(shown) == "No forecast"


@pytest.mark.parametrize(
    "changes",
    [{"stale": True}, {"state": WindowState.ENDED, "used": None}, {"state": WindowState.LOCKED, "used": 1.0}],
    ids=["stale", "ended", "locked"],
)
def test_nothing_is_said_of_what_is_old_over_or_used_up(changes: dict[str, Any]) -> None:
    shown = window(**{"forecast": runs_out(NOW + timedelta(hours=1), is_estimate=True, used=0.9), **changes})

    assert row(shown) == ""
    assert forecast_words.tick(shown) is None
    assert forecast_words.tint(shown) is None
    assert not forecast_words.is_estimated(shown)


def test_an_estimate_is_marked_and_has_the_age_of_its_reading() -> None:
    at = NOW - timedelta(minutes=4)
    shown = window(0.62, forecast=told(used=0.634, is_estimate=True), captured_at=at)
    day = overview(account(shown, week()))

    assert said(forecast_words.figure(shown, left=False)) == "~63 %"
    assert said(forecast_words.figure(shown, left=True)) == "~37 %"
    assert "~63 % used" in said(status_text(day, BERLIN, left=False))
    assert "4 m ago" in said(status_text(day, BERLIN, left=False))
    assert "session ~63 % (4 m old), week 41 % used" in said(bars.line(day, left=False).text)
    (first, _) = status_json(day)["accounts"][0]["windows"]
    assert first["used_percent"] == 62
    assert first["forecast"]["used_percent"] == 63.4
    assert first["forecast"]["is_estimate"]


@pytest.mark.parametrize("used", [0.615, 0.625])
def test_an_estimate_below_the_reading_or_of_the_same_percent_is_not_shown(used: float) -> None:
    shown = window(0.62, forecast=told(used=used, is_estimate=True))

    assert said(forecast_words.figure(shown, left=False)) == "62 %"


def test_tick_and_tint_end_within_the_bar() -> None:
    assert forecast_words.tick(window(forecast=told())) == 0.75
    assert forecast_words.tint(window(forecast=told())) == 0.83
    assert forecast_words.tint(window(forecast=runs_out(NOW + timedelta(hours=1)))) == 1.0


# ---- the verdict -------------------------------------------------------------------------------------------


def lasting(made: WindowView) -> WindowView:
    return replace(made, forecast=told())


def warned(made: WindowView, at: datetime, level: Level = Level.WARNING) -> WindowView:
    return replace(made, forecast=runs_out(at), level=max(made.level, level))


def test_the_card_says_what_runs_out_and_that_all_else_lasts() -> None:
    narrow = warned(fable(0.6), SATURDAY)

    told_of = verdict(overview(account(lasting(window()), lasting(week()), narrow)), BERLIN, left=False)

    assert (told_of.tone, told_of.mark) == ("warn", "triangle")
    assert said(told_of.title) == "Fable runs out Sat 10:40"
    assert said(told_of.detail) == "1 d 22 h before its reset. Everything else lasts."


def test_everything_else_lasts_is_said_only_where_it_is_known() -> None:
    narrow = warned(fable(0.6), SATURDAY)

    told_of = verdict(overview(account(window(), lasting(week()), narrow)), BERLIN, left=False)

    assert said(told_of.detail) == "1 d 22 h before its reset."


def test_a_model_that_two_accounts_have_is_said_with_its_account() -> None:
    narrow = warned(fable(0.6), SATURDAY)
    both = overview(account(narrow, label="Work"), account(lasting(fable(0.2)), label="Home", account="acc-2"))

    assert said(verdict(both, BERLIN, left=False).title) == "Claude (Work) Fable runs out Sat 10:40"


def test_what_is_likely_but_not_sure_enough_for_a_warning_is_said_as_that() -> None:
    """It would stand in the row as "Runs out 20:17" below a card that speaks of something else."""
    likely = replace(window(0.5), forecast=replace(runs_out(NOW + timedelta(minutes=13)), is_warned=False))

    told_of = verdict(overview(account(likely, lasting(week(0.6)))), BERLIN, left=False)

    assert (told_of.tone, said(told_of.title)) == ("ok", "Claude session may run out")
    assert said(told_of.detail) == "At this pace it runs out 20:17; it resets 21:20."


def test_under_half_an_hour_the_card_counts_down() -> None:
    short = warned(window(0.85), NOW + timedelta(minutes=13), Level.CRITICAL)

    told_of = verdict(overview(account(short, lasting(week()))), BERLIN, left=False)

    assert told_of.tone == "crit"
    assert said(told_of.title) == "Claude session runs out at 20:17"
    assert said(told_of.detail).startswith("13 m left at this pace; it resets 21:20.")


def test_where_all_is_known_to_last_the_card_says_so() -> None:
    told_of = verdict(overview(account(lasting(window()), lasting(week()))), BERLIN, left=False)
    close = replace(window(), forecast=told(at_reset=0.99))
    just = verdict(overview(account(close, lasting(week()))), BERLIN, left=False)

    assert (told_of.tone, told_of.title) == ("ok", "Everything lasts")
    assert said(told_of.detail) == "Next reset: Claude session, 21:20."
    assert (just.title, just.detail) == ("Just enough", "Claude session ends close to its limit.")


def test_a_limit_that_may_run_out_is_not_called_far_from_it() -> None:
    """It is likely, and the rule is not sure enough to warn of it."""
    unsure = replace(week(0.4), forecast=runs_out(SATURDAY, is_warned=False))

    told_of = verdict(overview(account(lasting(window(0.3)), unsure)), BERLIN, left=False)

    assert "near its limit" not in told_of.title
    assert "lasts" not in told_of.title


# ---- the order ---------------------------------------------------------------------------------------------


def test_what_runs_out_soonest_comes_before_what_is_fuller() -> None:
    late, soon, full = warned(week(0.8), SATURDAY), warned(window(0.5), NOW + timedelta(hours=1)), lasting(fable(0.92))

    (_, first) = tightest.tightest_window([account(late, soon, full)]) or (None, None)

    assert first is soon


def test_the_icon_keeps_a_warning_until_it_is_clearly_over() -> None:
    """A chance of 0.4 begins it, 0.3 ends it."""
    before = headline(overview(account(warned(window(0.5), NOW + timedelta(hours=1)))))
    less = replace(window(0.5), forecast=runs_out(NOW + timedelta(hours=1), p_lockout=0.33, is_warned=False))
    gone = replace(window(0.5), forecast=told(p_lockout=0.2))

    assert before.picture.state is IconState.WARNING
    kept = headline(overview(account(less)), before)
    assert kept.picture.state is IconState.WARNING
    assert headline(overview(account(gone)), kept).picture.state is IconState.NORMAL


def test_the_icon_stays_with_one_of_two_that_run_out_at_about_the_same_time() -> None:
    hour = timedelta(hours=1)
    ours = account(warned(window(0.5), NOW + hour))
    theirs = replace(codex(), windows=(warned(window(0.5), NOW + hour + timedelta(minutes=4)),))
    first = headline(overview(ours, theirs))
    nearer = replace(theirs, windows=(warned(window(0.5), NOW + hour - timedelta(minutes=4)),))
    much = replace(theirs, windows=(warned(window(0.5), NOW + hour - timedelta(minutes=14)),))

    assert first.provider == ours.provider
    assert headline(overview(ours, nearer), first).provider == ours.provider
    assert headline(overview(ours, much), first).provider == theirs.provider


def test_scripts_are_told_nothing_before_enough_is_known() -> None:
    day = overview(account(window(forecast=told(knows_enough=False)), replace(week(), forecast=told())))

    (first, second) = status_json(day)["accounts"][0]["windows"]

    assert first["forecast"] is None
    assert second["forecast"] == {
        "used_percent": 62.0,
        "is_estimate": False,
        "even_percent": 75.0,
        "at_reset_percent": 83.0,
        "lockout_chance": 0.1,
        "runs_out": dict.fromkeys(("early", "expected", "late"), "2026-11-20T20:20:00Z"),
        "is_warned": False,
        "elsewhere_percent": 0.0,
    }
