"""The program's account of itself in words: figures with their units, and never a zero for what nobody told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from usagetray.domain.own_cost import CallCounts, Effort, HostCalls, OwnCost
from usagetray.views.own_cost_words import host_rows, page, seconds, size, summary

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
KATHMANDU = ZoneInfo("Asia/Kathmandu")


def cost(*hosts: HostCalls, **more: object) -> OwnCost:
    given = {"as_of": NOW, "this_day": Effort(), "this_week": Effort(), "log_bytes": None, **more}
    return OwnCost(at=NOW, hosts=hosts, ceiling=5760, store_bytes=4_200_000, **given)  # type: ignore[arg-type]


def asked(**counts: int) -> HostCalls:
    made = CallCounts(**{"requests": 2, "bytes_out": 1_500, "bytes_in": 20_000, **counts})
    return HostCalls(
        host="api.example.com", purpose="Example", first_at=NOW, last_at=NOW, this_day=made, this_week=made, kept=made
    )


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1.0 KB"),
        (9_949, "9.9 KB"),
        (9_960, "10 KB"),
        (4_200_000, "4.2 MB"),
        (None, "–"),
    ],
)
def test_a_size_has_two_figures_and_a_unit(count: int | None, words: str) -> None:
    assert size(count).replace("\u00a0", " ") == words


@pytest.mark.parametrize(("value", "words"), [(0.0, "0.00 s"), (9.994, "9.99 s"), (14.4, "14 s"), (700.0, "12 min")])
def test_processor_time_is_told_in_seconds_and_from_ten_minutes_on_in_minutes(value: float, words: str) -> None:
    assert seconds(timedelta(seconds=value)).replace("\u00a0", " ") == words


def test_a_page_without_room_for_a_table_has_a_sentence_and_a_line_for_each_server() -> None:
    """20:00 UTC is 01:45 of the next day in Kathmandu."""
    told = cost(asked())

    assert summary(told).replace("\u00a0", " ") == "2 requests today (UTC), 1.5 KB sent and 20 KB received."
    assert [[each.replace("\u00a0", " ") for each in row] for row in host_rows(told, KATHMANDU)] == [
        ["api.example.com", "Example", "2 in seven days, 1.5 KB sent, 20 KB received; the last 01:45"]
    ]
    assert summary(cost()) == "Nothing was sent to anybody today (UTC)."


def test_a_server_that_has_had_its_day_is_told_with_what_to_do() -> None:
    lines = " ".join(text for text, _ in page(cost(asked(refused=7)), KATHMANDU, 80))

    assert "api.example.com has had its day’s requests: 7 more were not sent" in lines
    assert "`usagetray doctor --report`" in lines
    assert "has had its day" not in " ".join(text for text, _ in page(cost(asked()), KATHMANDU, 80))
