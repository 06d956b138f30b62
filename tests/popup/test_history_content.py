"""What the page "History" says: figures, names, order, and what is heard instead of seen."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.popup import history_samples as samples
from usagetray.domain.history import Amount, HistorySums, HistoryWish, history
from usagetray.views.figures import NARROW, NBSP
from usagetray.views.popup import history_words as words
from usagetray.views.popup.history_content import history_view
from usagetray.views.popup.history_spec import Chart, Heat, HistoryView

SIGNS = re.compile(r"[$%≥≈]|\d\s?[hmkMB]\b|<")
"""What a screen reader would spell, or leave out."""


def view(sums: HistorySums, **wish: object) -> HistoryView:
    wanted = HistoryWish(**wish)  # type: ignore[arg-type]
    return history_view(history(sums, wanted), wanted, failed=False)


def chart(shown: HistoryView) -> Chart:
    assert shown.chart is not None
    return shown.chart


def heat(shown: HistoryView) -> Heat:
    assert shown.heat is not None
    return shown.heat


def heard(shown: HistoryView) -> list[str]:
    """All that a screen reader says of it."""
    found = [shown.headline.spoken, *(line.spoken for line in shown.legend), *(one.spoken for one in shown.sums)]
    if shown.chart is not None:
        found += [shown.chart.spoken, *(bar.spoken for bar in shown.chart.bars)]
    if shown.heat is not None:
        found += [shown.heat.spoken, *(row.spoken for row in shown.heat.rows)]
    return found


# ---- the first line ----------------------------------------------------------------------------------------


def test_the_sum_is_labelled_as_the_estimate_it_is() -> None:
    shown = view(samples.sums())

    assert shown.headline.big == "$1,286"
    assert shown.headline.note == "at list prices, last 30 days"
    assert shown.headline.lines == ("Estimate from your logs, not a bill.",)


def test_a_sum_with_something_unpriced_says_at_least_and_which_model_is_left_out() -> None:
    shown = view(samples.sums(unpriced=12_000))

    assert shown.headline.big == f"≥{NBSP}$1,286"
    assert shown.headline.spoken.startswith("at least 1,286 dollars")
    assert (shown.note, shown.note_tip) == ("house-model has no price and is left out", "house-model")
    assert [line.name for line in shown.legend] == ["Opus 5.5", "Fable 5.2", "Sonnet 5.5", "GPT-6.1"]


def test_use_without_any_price_is_never_nothing() -> None:
    """Neither $0 nor an empty day: a mark below which nobody knows what is; the hours go by tokens."""
    shown = view(samples.unpriced_only())

    assert shown.headline.big == "No price"
    assert [bar.is_unknown for bar in chart(shown).bars][-5:] == [True, True, False, False, True]
    assert chart(shown).bars[-1].spoken == "20 November: no price is known"
    assert heat(shown).most == "38k an hour"
    assert "$0" not in " ".join([heat(shown).most, heat(shown).least, *(one.figure for one in shown.sums)])


def test_before_the_first_session_the_page_says_so() -> None:
    shown = view(samples.empty())

    assert shown.headline.lines == ("Nothing counted yet. Figures appear after your first session.",)
    assert (shown.chart, shown.heat, shown.legend, shown.can_export) == (None, None, (), False)


def test_while_logs_are_read_the_page_says_how_far() -> None:
    first = replace(samples.empty(), logs_read=(312_000_000, 1_000_000_000))

    assert view(samples.reading()).headline.lines == ("Reading logs: 312 of 1,000 MB",)
    assert view(first).headline.lines[-1] == "Reading logs: 312 of 1,000 MB"


def test_a_store_that_does_not_answer_is_not_an_empty_history() -> None:
    waiting, failed = (history_view(None, HistoryWish(), failed=each) for each in (False, True))

    assert waiting.headline.lines == ("Adding up…",)
    assert failed.headline.lines == ("The history can’t be read now.",)


# ---- bars and legend ---------------------------------------------------------------------------------------


def test_a_day_is_heard_with_its_sum_and_its_models() -> None:
    (dearest,) = (bar for bar in chart(view(samples.sums())).bars if bar.spoken.startswith("12 November"))

    assert dearest.spoken == (
        "12 November: 99 dollars; Opus 5.5 48 dollars, Fable 5.2 24 dollars, Sonnet 5.5 17 dollars, "
        "GPT-6.1 9 dollars 95 cents"
    )
    assert dearest.tip.startswith("Thursday, 12 November: $9")


@pytest.mark.parametrize("moment", samples.MOMENTS)
@pytest.mark.parametrize("unit", ["cost", "tokens"])
@pytest.mark.parametrize("by", ["model", "project"])
def test_nothing_heard_holds_a_sign_or_a_short_unit(moment: str, unit: str, by: str) -> None:
    for text in heard(view(samples.MOMENTS[moment](), unit=unit, by=by)):
        if moment not in ("many", "hostile"):  # there names hold all sorts of things
            assert not SIGNS.search(text), text
        assert "\u202e" not in text
        assert "\x1b" not in text


@pytest.mark.parametrize("days", [7, 30, 90])
def test_there_is_one_bar_a_day_and_none_is_higher_than_the_axis(days: int) -> None:
    shown = chart(view(samples.sums(), days=days))

    assert len(shown.bars) == days
    assert max(sum(bar.parts) for bar in shown.bars) <= 1
    assert max(sum(bar.parts) for bar in shown.bars) > 0.5
    assert 2 <= len(shown.ticks) <= 5
    assert shown.marks[-1] == (days - 1, "today")


@pytest.mark.parametrize(
    ("usd", "ticks"),
    [
        ("99.50", ["$0", "$50", "$100"]),
        ("0.013", ["$0", "$0.005", "$0.010", "$0.015"]),
        ("7", ["$0", "$2", "$4", "$6", "$8"]),
        ("1234", ["$0", "$500", "$1,000", "$1,500"]),
        ("100", ["$0", "$50", "$100"]),
        ("0.4", ["$0", "$0.10", "$0.20", "$0.30", "$0.40"]),
    ],
)
def test_lines_stand_at_round_figures(usd: str, ticks: list[str]) -> None:
    given = samples.sums(1)
    (day,) = given.days
    part = day.models[0]._replace(pico=int(Decimal(usd) * 10**12))
    one = replace(given, days=(day._replace(models=(part,)),))

    assert [label for _, label in chart(view(one)).ticks] == ticks


def test_the_legend_tells_share_and_sum_and_has_the_bars_order() -> None:
    shown = view(samples.sums())

    assert [(line.colour, line.name, line.share) for line in shown.legend] == [
        ("m1", "Opus 5.5", f"46{NARROW}%"),
        ("m2", "Fable 5.2", f"25{NARROW}%"),
        ("m3", "Sonnet 5.5", f"19{NARROW}%"),
        ("m4", "GPT-6.1", f"10{NARROW}%"),
    ]
    assert shown.legend[0].spoken == "Opus 5.5: 593 dollars, 46 percent"


def test_more_than_five_are_gathered_in_the_colour_of_the_rest() -> None:
    shown = view(samples.many(), by="project")

    assert [line.colour for line in shown.legend] == ["m1", "m2", "m3", "m4", "m5", "m6"]
    assert shown.legend[-1].name == "Other"
    assert shown.legend[-1].tip.startswith("5 more projects")
    assert {len(bar.parts) for bar in chart(shown).bars} == {6}


def test_folders_of_one_name_are_told_apart() -> None:
    names = [line.name for line in view(samples.many(), by="project").legend if "folder" in line.name]

    assert len(names) == len(set(names)) > 1


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("claude-opus-4-5", "Opus 4.5"),
        ("claude-opus-4", "Opus 4"),
        ("claude-3-5-sonnet", "Claude 3.5 Sonnet"),
        ("gpt-5.1-codex", "GPT-5.1 Codex"),
        ("gemini-2.5-pro", "Gemini 2.5 Pro"),
        ("house-model", "house-model"),
        ("openrouter/some/house-model", "house-model"),
        ("o3", "o3"),
        ("<b>", "‹b›"),
    ],
)
def test_models_have_the_names_people_call_them_by(told: str, shown: str) -> None:
    assert words.model(told) == shown


@pytest.mark.parametrize(
    ("folder", "shown"),
    [("/home/me/webshop", "webshop"), ("C:\\Users\\me\\webshop\\", "webshop"), ("", "No folder"), ("/", "No folder")],
)
def test_a_project_is_called_by_its_folder(folder: str, shown: str) -> None:
    assert words.project(folder) == shown


@pytest.mark.parametrize(
    ("usd", "heard_as"),
    [
        ("99.5", "100 dollars"),
        ("9.999", "10 dollars"),
        ("3.2", "3 dollars 20 cents"),
        ("1", "1 dollar"),
        ("0.01", "1 cent"),
        ("0.001", "less than 1 cent"),
        ("0", "0 dollars"),
        ("1286.4", "1,286 dollars"),
    ],
)
def test_money_is_heard_in_words(usd: str, heard_as: str) -> None:
    assert words.spoken(Amount(1, Decimal(usd)), "cost") == heard_as


def test_less_than_a_cent_with_something_unpriced_is_no_sum() -> None:
    """ "at least $0.00" would read as nothing."""
    amount = Amount(5, Decimal("0.001"), 5, True)

    assert [say(amount, "cost") for say in (words.short, words.exact, words.spoken)] == [
        "no price",
        "no price is known",
        "no price is known",
    ]


@pytest.mark.parametrize(
    ("count", "heard_as"),
    [(1, "1 token"), (950, "950 tokens"), (38_000, "38 thousand tokens"), (4_100_000, "4.1 million tokens")],
)
def test_tokens_are_heard_in_words(count: int, heard_as: str) -> None:
    assert words.spoken(Amount(count), "tokens") == heard_as


# ---- hours -------------------------------------------------------------------------------------------------


def test_each_weekday_is_heard_with_its_busiest_hour() -> None:
    rows = heat(view(samples.sums())).rows

    assert [row.name for row in rows] == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    assert rows[3].spoken.startswith("Thursday: busiest from 14:00 to 15:00, ")
    assert rows[3].spoken.endswith(" an hour")


def test_the_busiest_hours_and_since_when_are_named() -> None:
    shown = heat(view(samples.sums()))

    assert shown.busiest == "Busiest: Thu 14:00–17:00"
    assert shown.since == f"kept since 23{NBSP}Aug"


def test_the_busiest_hour_has_the_darkest_shade_and_idle_ones_none() -> None:
    rows = heat(view(samples.sums())).rows

    assert max(max(row.shades) for row in rows) == 4
    assert rows[0].shades[3] == 0
    assert rows[0].tips[3] == "Monday 03:00–04:00\nnothing used"
    assert "an hour" in rows[0].tips[9]
    assert re.search(r"in \d such hours", rows[0].tips[9])


def test_a_history_of_another_year_names_it() -> None:
    given = replace(samples.sums(), kept_since=date(2025, 3, 3))

    assert heat(view(given)).since == f"kept since 3{NBSP}Mar{NBSP}2025"
