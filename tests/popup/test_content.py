"""Which lines the page has, and what a row of each state says. No Qt."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from tests.popup import samples
from tests.popup.samples import NOW, ZONE
from usagetray import language
from usagetray.domain.states import Level, State, WindowState
from usagetray.model import Money, MoneyKind, MoneyLine
from usagetray.overview import FoundTool, Overview
from usagetray.views.popup.content import Wish, page
from usagetray.views.popup.spec import Caption, Head, Page, Problem, Row


def shown(overview: Overview, wish: Wish | None = None, later: timedelta = timedelta(0)) -> Page:
    return page(overview, NOW + later, ZONE, wish or Wish())


def rows(made: Page) -> dict[str, Row]:
    lines = [line for section in made.sections for line in section.lines]
    return {line.key.split("/")[-1]: line for line in lines if isinstance(line, Row)}


def problems(made: Page) -> list[Problem]:
    return [line for section in made.sections for line in section.lines if isinstance(line, Problem)]


def test_the_first_account_has_full_rows_and_a_calm_second_one_compact_rows() -> None:
    made = shown(samples.calm())

    assert not rows(made)["five_hour"].compact
    assert rows(made)["primary"].compact


def test_an_account_with_a_warning_is_never_compact_nor_folded() -> None:
    """Codex at 80 % is the second account and still shows full rows."""
    tight = samples.codex()
    tight = replace(tight, windows=(replace(tight.windows[0], used=0.8, level=Level.WARNING),), level=Level.WARNING)

    made = shown(samples.overview(samples.claude(), tight))

    assert not rows(made)["primary"].compact
    assert made.sections[1].collapsed is None


def test_each_row_state_has_its_own_picture() -> None:
    """Zero, nearly nothing, no value, ended, unlimited, over and old all look different."""
    seen = rows(shown(samples.states()))

    kinds = {key: (row.fill, row.figure) for key, row in seen.items() if key.startswith("w")}
    assert kinds == {
        "w1": ("outline", "0\u202f%"),
        "w2": ("solid", "<1\u202f%"),
        "w3": ("dash", "–"),
        "w4": ("dash", "–"),
        "w5": ("none", "No limit"),
        "w6": ("solid", "105\u202f%"),
        "w7": ("stale", "38\u202f%"),
    }
    assert seen["w4"].lefts == ("Ended 19:20, waiting for a new figure",)
    assert seen["w6"].lefts == ("Over the limit",)


def test_a_stale_figure_is_grey_striped_and_says_its_age_first() -> None:
    row = rows(shown(samples.offline()))["five_hour"]

    assert (row.fill, row.fill_colour, row.figure_colour, row.mark) == ("stale", "text3", "text3", "")
    assert row.lefts == ("1\u00a0h\u00a042\u00a0m old",)
    assert row.spoken.description.startswith("1 hour 42 minutes old.")


def test_one_old_window_among_fresh_ones_carries_its_age_in_a_compact_row_too() -> None:
    """Its account is not stale as a whole, so the head says nothing; the row must."""
    half = samples.codex()
    old = replace(half.windows[1], stale=True, captured_at=NOW - timedelta(hours=2))

    made = shown(samples.overview(samples.claude(), replace(half, windows=(half.windows[0], old))))

    assert rows(made)["secondary"].rights == ("2\u00a0h old",)
    assert made.sections[1].collapsed is None


def test_the_switch_to_left_turns_figures_words_and_bars() -> None:
    """62 % used is 38 % left, and the bar is as long as the figure says."""
    row = rows(shown(samples.calm(), Wish(left=True)))["five_hour"]

    assert (row.figure, row.unit) == ("38\u202f%", "left")
    assert row.share is not None
    assert abs(row.share - 0.38) < 1e-9
    assert row.spoken.percent == 38


def test_times_flip_between_clock_and_span() -> None:
    both = rows(shown(samples.calm()))
    spans = rows(shown(samples.calm(), Wish(countdown=True)))

    assert both["five_hour"].rights[0] == "resets 21:20 · in 1\u00a0h\u00a016\u00a0m"
    assert both["primary"].rights[0] == "resets 22:41"
    assert spans["five_hour"].rights[0] == "resets in 1\u00a0h\u00a016\u00a0m · 21:20"
    assert spans["primary"].rights[0] == "resets in 2\u00a0h\u00a037\u00a0m"


def test_a_screen_reader_hears_name_value_and_what_is_wrong() -> None:
    row = rows(shown(samples.warning()))["weekly_fable"]

    assert row.spoken.name == "Claude week, Fable only"
    assert row.spoken.percent == 88
    assert row.spoken.description.startswith("Warning. 88 percent used.")
    assert "Resets Monday 09:00, in 2 days 12 hours." in row.spoken.description


def test_no_value_is_spoken_as_not_given_and_never_as_zero() -> None:
    row = rows(shown(samples.states()))["w3"]

    assert row.spoken.percent is None
    assert "Not given." in row.spoken.description


def test_why_this_number_names_source_instant_and_zone() -> None:
    why = rows(shown(samples.calm()))["five_hour"].why.splitlines()

    assert why[0] == "Session (5 h): 62\u202f% used"
    assert why[1].startswith("From the status line, 1\u00a0m ago")
    assert why[2] == "Stated Fri\u00a020:03"
    assert why[3] == "Resets Fri\u00a021:20 NZDT"


def test_what_all_accounts_share_stands_in_the_card_and_not_in_each_section() -> None:
    made = shown(samples.offline())

    assert made.card.title.startswith("Offline")
    assert problems(made) == []
    assert made.footer.action == "Try now"


def test_each_account_in_trouble_says_so_in_its_own_section() -> None:
    titles = [problem.title for problem in problems(shown(samples.states()))]

    assert "Sign in to Codex again" in titles
    assert "The clock looks wrong" in titles


def test_every_failing_state_is_marked_in_the_section_of_its_account() -> None:
    """R18: each state of the closed list but the two that rows tell shows a card with a title and a sentence."""
    silent = {State.FRESH, State.WINDOW_ENDED}
    for state in State:
        made = shown(samples.overview(samples.claude(), replace(samples.codex(), state=state)))

        assert len(problems(made)) == (0 if state in silent else 1), state


def test_surfaces_are_one_line_largest_first() -> None:
    lines = [line for section in shown(samples.warning()).sections for line in section.lines]

    captions = [line.text for line in lines if isinstance(line, Caption)]
    assert captions == ["Claude Code 88\u202f%, Chats 9\u202f%, Cowork 3\u202f%"]


def test_foreign_names_are_inert_and_short() -> None:
    """R40: markup, escapes, direction overrides and 10 000 letters come out as plain text."""
    made = shown(samples.hostile())

    head = next(line for line in made.sections[0].lines if isinstance(line, Head))
    row = rows(made)["x"]
    for text in (head.plan, head.label, row.name, row.scope, row.why, made.card.detail, row.spoken.name):
        assert not set("<>\x1b\u202e\u202c") & set(text), text
        assert len(text) <= 400


def test_a_page_a_minute_later_differs_only_in_its_times() -> None:
    """So that widgets can be kept: the same lines under the same keys."""
    now, later = shown(samples.calm()), shown(samples.calm(), later=timedelta(minutes=1))

    assert now != later
    assert [line.key for section in now.sections for line in section.lines] == [
        line.key for section in later.sections for line in section.lines
    ]


def test_a_tool_that_is_here_but_not_connected_is_offered() -> None:
    tool = FoundTool(provider="codex", name="Codex", reads="Reads Codex’s own session files.", connected=False)

    offer = problems(shown(samples.overview(samples.claude(), found=(tool,))))[0]

    assert (offer.title, offer.action) == ("Codex is on this computer", "Connect")
    assert dict(offer.event) == {"event": "connect", "provider": "codex", "hooks": ()}


def test_money_with_a_limit_has_a_bar_and_money_without_one_none() -> None:
    """$168.20 of $300 is 56 % of the bar."""
    row = rows(shown(samples.calm()))["money0"]

    assert (row.figure, row.unit, row.fill) == ("$168.20", "of $300", "solid")
    assert row.share is not None
    assert round(row.share, 2) == 0.56


def test_a_window_that_ended_while_open_does_not_keep_its_figure() -> None:
    ended = samples.session(None, state=WindowState.ENDED, resets_at=NOW - timedelta(minutes=2))

    row = rows(shown(samples.overview(samples.claude(ended))))["five_hour"]

    assert row.figure == "–"
    assert row.rights == ()


def test_the_span_of_a_sum_is_told_once_and_in_the_user_s_language() -> None:
    """German read "month" beside "KI-Guthaben", and "day" beside "Heute (UTC-Tag)"."""
    used = Money(amount=Decimal(3), currency="USD")
    sums = tuple(
        MoneyLine(kind=MoneyKind.CREDITS, label=label, used=used, period=period)
        for label, period in (("AI credits", "month"), ("Today (UTC day)", "day"))
    )
    language.speak("de")
    try:
        made = rows(shown(samples.overview(replace(samples.claude(), windows=(), money=sums))))
    finally:
        language.speak("en")

    assert [row.scope for row in made.values() if row.name in ("KI-Guthaben", "Heute (UTC-Tag)")][:2] == ["Monat", ""]
