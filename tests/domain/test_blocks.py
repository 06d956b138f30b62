"""Blocks of five hours: by the server's resets where it stated them, by the log elsewhere."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from usagetray.domain.blocks import LENGTH, Block, StatedReset, blocks, pace
from usagetray.usage import Attempt, Response, TokenCounts

ACTIVE = json.loads((Path(__file__).parent / "blocks" / "active.json").read_text())["blocks"][0]
"""As another program reckoned the three responses of `test_an_active_block_...` at 21:09:36."""
DAY = datetime(2026, 11, 20, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def response(at: datetime, *, provider: str = "p", account: str = "", model: str = "m", output: int = 10) -> Response:
    tokens = TokenCounts(input=100, cache_write_5m=2_000, cache_read=50_000, output=output)
    return Response(
        at=at,
        provider=provider,
        account=account,
        machine="",
        project="/work",
        session="s",
        agent="",
        app="",
        task="",
        attempts=(Attempt(model=model, at=at, tokens=tokens, prompt=tokens.prompt),),
    )


def at(*hours: float) -> list[Response]:
    return [response(DAY + each * HOUR) for each in hours]


def spans(found: tuple[Block, ...]) -> list[tuple[float, float, int]]:
    """Beginning and end in hours of the day, and responses; -1 marks a gap."""
    return [
        ((each.starts_at - DAY) / HOUR, (each.ends_at - DAY) / HOUR, -1 if each.is_gap else each.responses)
        for each in found
    ]


LATER = DAY + timedelta(days=30)


# ---- by the log --------------------------------------------------------------------------------------------


def test_a_block_begins_at_the_full_hour_and_takes_in_five_hours() -> None:
    """9:30 and 13:59 share 9 to 14; 14:01 begins the next at 14."""
    found = blocks(at(9.5, 13 + 59 / 60, 14 + 1 / 60), (), LATER)

    assert spans(found) == [(9, 14, 2), (14, 19, 1)]
    assert not any(each.by_server for each in found)


def test_more_than_five_hours_without_a_response_leave_a_gap() -> None:
    """The gap runs from five hours after the last response to the next one."""
    found = blocks(at(1.5, 8.25), (), LATER)

    assert spans(found) == [(1, 6, 1), (6.5, 8.25, -1), (8, 13, 1)]
    assert found[1].sums == ()
    assert found[1].last_at is None


def test_five_hours_to_the_second_are_still_the_same_block() -> None:
    assert spans(blocks(at(9, 14), (), LATER)) == [(9, 14, 2)]


def test_providers_do_not_share_a_block() -> None:
    mixed = [response(DAY + 9 * HOUR, provider="p"), response(DAY + 11 * HOUR, provider="q")]

    found = blocks(mixed, (), LATER)

    assert [(each.provider, each.responses) for each in found] == [("p", 1), ("q", 1)]


def test_what_shares_its_price_terms_is_one_sum_and_the_first_seen_comes_first() -> None:
    mixed = [
        response(DAY + 9 * HOUR, model="b"),
        response(DAY + 9.1 * HOUR, model="a"),
        response(DAY + 9.2 * HOUR, model="b"),
    ]

    (block,) = blocks(mixed, (), LATER)

    assert [(each.attempt.model, each.responses, each.attempt.tokens.output) for each in block.sums] == [
        ("b", 2, 20),
        ("a", 1, 10),
    ]
    assert block.sums[0].attempt.tokens.prompt == 2 * 52_100


def test_prompts_on_both_sides_of_a_price_limit_are_never_added_up() -> None:
    """52,100 tokens and 210,000: above 200,000 some models cost twice as much."""
    tokens = TokenCounts(input=210_000, output=1)
    long = response(DAY + 9 * HOUR)._replace(
        attempts=(Attempt(model="m", at=DAY + 9 * HOUR, tokens=tokens, prompt=210_000),)
    )

    (block,) = blocks([*at(9), long], (), LATER)

    assert [each.attempt.tokens.prompt for each in block.sums] == [52_100, 210_000]


# ---- the active one ----------------------------------------------------------------------------------------


def three_responses() -> list[Response]:
    starts = datetime(2026, 11, 20, 20, 19, 36, tzinfo=UTC)
    return [response(starts + each * MINUTE, output=1_000) for each in (0, 20, 42)]


def test_an_active_block_has_a_pace_and_a_projection() -> None:
    """159,300 tokens in 42 minutes: 3,793 a minute, 1,031,657 when the block ends in 230 minutes."""
    now = datetime(2026, 11, 20, 21, 9, 36, tzinfo=UTC)

    (block,) = blocks(three_responses(), (), now)
    found = pace(block, now)

    total = sum(each.attempt.tokens.total for each in block.sums)
    assert (total, block.responses, block.is_active) == (ACTIVE["totalTokens"], ACTIVE["entries"], True)
    assert found is not None
    assert found.per_minute(total) == ACTIVE["burnRate"]["tokensPerMinute"]
    assert found.remaining_minutes == ACTIVE["projection"]["remainingMinutes"]
    assert round(found.at_the_end(total)) == ACTIVE["projection"]["totalTokens"]


def test_one_response_has_no_speed() -> None:
    now = DAY + 9.5 * HOUR

    (block,) = blocks(at(9.25), (), now)

    assert block.is_active
    assert pace(block, now) is None


def test_a_block_that_is_over_is_not_active() -> None:
    (block,) = blocks(at(9.25, 9.5), (), DAY + 14 * HOUR)

    assert not block.is_active
    assert pace(block, DAY + 14 * HOUR) is None


# ---- by the server -----------------------------------------------------------------------------------------


def reset(hour: float, *, account: str = "a", provider: str = "p") -> StatedReset:
    return StatedReset(provider, account, f"/home/{account}", DAY + hour * HOUR)


def test_a_stated_reset_decides_where_the_block_ends() -> None:
    """By the log 9 to 14 would be one; the server said 13:30, so it began at 8:30 and the last is outside."""
    found = blocks(at(9.5, 13.4, 13.6), [reset(13.5)], LATER)

    assert spans(found) == [(8.5, 13.5, 2), (13.5, 18.5, 1)]
    assert [each.by_server for each in found] == [True, False]
    assert {each.account for each in found} == {"a"}


def test_a_reckoned_block_ends_where_a_stated_one_begins() -> None:
    found = blocks(at(9.5, 12.5), [reset(17)], LATER)

    assert spans(found) == [(9, 12, 1), (12, 17, 1)]


def test_resets_stated_some_seconds_apart_are_one() -> None:
    close = [reset(13.5), StatedReset("p", "a", "/home/a", DAY + 13.5 * HOUR + timedelta(seconds=61))]

    assert spans(blocks(at(9.5, 13.4), close, LATER)) == [(8.5, 13.5, 2)]


def test_a_window_begun_before_the_last_had_ended_cuts_it_off() -> None:
    """The vendor reset everybody: a window to 13:00 was followed by one that began at 10:00."""
    found = blocks(at(9, 10.5, 14), [reset(13), reset(15)], LATER)

    assert spans(found) == [(8, 10, 1), (10, 15, 2)]


def test_with_two_accounts_what_names_none_is_reckoned_from_the_log() -> None:
    found = blocks(at(9.5), [reset(13.5), reset(12.2, account="b")], LATER)

    assert [(each.account, each.by_server) for each in found] == [("", False)]


def test_a_log_that_names_the_tool_s_home_belongs_to_the_account_there() -> None:
    named = response(DAY + 9.5 * HOUR, account="/home/b")

    found = blocks([named], [reset(13.5), reset(12.25, account="b")], LATER)

    assert [(each.account, each.ends_at) for each in found] == [("b", DAY + 12.25 * HOUR)]


def test_a_stated_window_is_active_until_its_reset() -> None:
    (block,) = blocks(at(9.5), [reset(13.5)], DAY + 13.4 * HOUR)

    assert block.is_active


def test_a_block_that_a_clock_ahead_has_written_is_not_running_yet() -> None:
    ahead = blocks(at(9.5), [], DAY + 8 * HOUR)
    stated = blocks(at(9.5), [reset(13.5)], DAY + 8 * HOUR)

    assert [each.is_active for each in (*ahead, *stated)] == [False, False]


# ---- whatever comes ----------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 60 * 60), max_size=30).map(sorted),
    st.lists(st.integers(0, 60 * 60), max_size=6),
)
def test_every_response_is_in_exactly_one_block_and_blocks_of_an_account_do_not_overlap(
    minutes: list[int], resets: list[int]
) -> None:
    said = [response(DAY + each * MINUTE) for each in minutes]
    stated = [StatedReset("p", "a", "/home/a", DAY + each * MINUTE) for each in resets]

    found = [each for each in blocks(said, stated, LATER) if not each.is_gap]

    assert sum(each.responses for each in found) == len(said)
    assert sum(sum_.responses for each in found for sum_ in each.sums) == len(said)
    assert all(each.ends_at - each.starts_at <= LENGTH for each in found)
    assert all(one.ends_at <= two.starts_at for one, two in itertools.pairwise(found))
    for each in found:
        assert each.last_at is not None
        assert all(each.starts_at <= sum_.first_at <= sum_.last_at <= each.ends_at for sum_ in each.sums)
