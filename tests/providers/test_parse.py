"""One bad field costs one field: percentages, instants and the rest of vendor JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from usagetray.providers.contract import Home
from usagetray.providers.parse import MOST_DROPPED, MOST_TEXT, Answer, account_of_home, decode, instant_of

NAN, INFINITE = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("written", "share"),
    [
        (0, 0.0),
        (-0.0, 0.0),
        (1, 0.01),
        (0.4, 0.004),
        (42, 0.42),
        (42.0, 0.42),
        ("42.5", 0.425),
        (" 7 ", 0.07),
        (28.000000000000004, 0.28),
        (99.99999999999999, 1.0),
        (100, 1.0),
        (105, 1.05),
        (353, 3.53),
    ],
)
def test_a_percentage_reads_as_its_share(written: object, share: float):
    """1 is one percent, never the whole; above 100 is overage."""
    answer = Answer({"used": written})

    assert answer.share("used") == share
    assert answer.dropped == []


@pytest.mark.parametrize(
    "written",
    [
        "",
        "abc",
        "4 2",
        "1_0",
        "٤٢",
        "nan",
        "inf",
        "0x2a",
        "9" * 5000,
        -5,
        NAN,
        INFINITE,
        1e400,
        10**400,
        True,
        False,
        [],
        {},
    ],
    ids=lambda value: repr(value)[:12],
)
def test_an_unreadable_percentage_is_unknown_and_named(written: object):
    """Not 0, not 100, and nothing raised."""
    answer = Answer({"window": {"used": written}})

    assert answer.share("window", "used") is None
    assert answer.dropped == ["window.used"]


@pytest.mark.parametrize("body", [{}, {"window": None}, {"window": {}}, {"window": {"used": None}}])
def test_null_and_absent_are_unknown_without_a_complaint(body: dict[str, object]):
    """The vendor did not say; that is no fault of the answer."""
    answer = Answer(body)

    assert answer.share("window", "used") is None
    assert answer.dropped == []


AT = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-20T22:00:00Z",
        "2026-11-20T22:00:00+00:00",
        "2026-11-20T15:00:00-07:00",
        "2026-11-20T22:00:00.481Z",
        "2026-11-20T22:00:00.481223+00:00",
        "2026-11-20T22:00:00.481223999Z",
        "2026-11-20t22:00:00z",
        "2026-11-20 22:00:00",
        " 2026-11-20T22:00:00 ",
        1795212000,
        1795212000.4,
        "1795212000",
        1795212000000,
        1795212000123.0,
        "1795212000123",
    ],
)
def test_an_instant_reads_the_same_however_it_is_written(written: object):
    """22:00 UTC within a second; text without a zone is UTC."""
    instant = instant_of(written)

    assert instant is not None
    assert abs(instant - AT) < timedelta(seconds=1)
    assert instant.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "written",
    [
        -1,
        "soon",
        "",
        253402300799,
        "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00+14:00",
        58_000 * 31_556_952_000,
        10**400,
        NAN,
        INFINITE,
        True,
        [],
        {},
        "2026-13-01",
        "2" * 300,
    ],
    ids=lambda value: repr(value)[:12],
)
def test_an_unbelievable_instant_is_unknown_and_named(written: object):
    """Before 2000 or after 2100 no vendor states anything."""
    answer = Answer({"resets_at": written})

    assert answer.instant("resets_at") is None
    assert answer.dropped == ["resets_at"]


@pytest.mark.parametrize("written", [0, 0.0, "0", None])
def test_a_zero_instant_is_how_vendors_write_unknown(written: object):
    """So it is not among the dropped fields."""
    answer = Answer({"resets_at": written})

    assert answer.instant("resets_at") is None
    assert answer.dropped == []


def test_a_list_loses_only_its_bad_entries():
    """17 and null are no objects; the third entry is read."""
    answer = Answer({"limits": [17, None, {"percent": 3}]})

    rows = answer.rows("limits")

    assert [row.share("percent") for row in rows] == [0.03]
    assert answer.dropped == ["limits[0]", "limits[1]"]


def test_a_field_inside_a_row_is_named_with_its_place():
    """For `doctor`: which field of which entry."""
    answer = Answer({"limits": [{"scope": {"model": "oops"}}]})

    assert answer.rows("limits")[0].text("scope", "model", "display_name") is None
    assert answer.dropped == ["limits[0].scope.model"]


def test_text_is_bounded_and_can_always_be_stored():
    """10 000 characters become 200; half a surrogate pair becomes a question mark."""
    answer = Answer(json.loads('{"long": "' + "x" * 10_000 + '", "half": "\\ud800", "blank": "  ", "number": 3}'))

    assert len(answer.text("long") or "") == MOST_TEXT
    assert answer.text("half") == "?"
    assert answer.text("blank") is None
    assert answer.text("number") is None
    assert answer.dropped == ["number"]


def test_other_readers_drop_what_they_cannot_read():
    """A flag is true or false, a whole number has no fraction, a number is not negative."""
    answer = Answer({"flag": 1, "whole": 2.5, "number": "-3", "fine": "12.50"})

    assert (answer.flag("flag"), answer.whole("whole"), answer.number("number")) == (None, None, None)
    assert answer.number("fine") == Decimal("12.50")
    assert answer.dropped == ["flag", "whole", "number"]


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"a": ' * 50_000, b"9" * 5000])
def test_what_is_no_json_decodes_to_nothing(text: bytes):
    """Half written, not UTF-8, nested 100 000 deep, a number of 5000 digits."""
    assert decode(text) is None


def test_the_list_of_dropped_fields_is_bounded():
    """An answer with 1000 bad entries is told by its first 50."""
    answer = Answer({"limits": [0] * 1000})

    answer.rows("limits")

    assert len(answer.dropped) == MOST_DROPPED


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(body=ANYTHING)
def test_nothing_that_json_can_hold_raises(body: object):
    """Every reader on every shape: a legal value or None."""
    answer = Answer(body)
    for reader in (
        answer.share,
        answer.number,
        answer.whole,
        answer.instant,
        answer.text,
        answer.flag,
        answer.rows,
        answer.sub,
    ):
        reader("a")
        reader("a", "b", "c")
    share = answer.share("b")

    assert share is None or 0 <= share < 1e4


def test_two_homes_of_one_name_are_two_accounts():
    """Work and play both end in `codex`: told apart by the digest of their paths, which is not shown."""
    default = account_of_home(Home(path=Path("/home/x/.codex"), is_default=True))
    work = account_of_home(Home(path=Path("/srv/work/codex"), is_default=False))
    play = account_of_home(Home(path=Path("/srv/play/codex"), is_default=False))

    assert default.id == "default"
    assert work.label == play.label == "codex"
    assert work.id != play.id
    assert "srv" not in work.id


def test_a_field_whose_name_no_file_can_hold_is_as_if_it_were_not_there() -> None:
    """JSON may write half a character as a name; kept among what was told, it would keep all of it from the store."""
    answer = Answer({"five_hour": 1, "\ud80e": {"x": 1}, " ": 3, "größe": 2, "gone": None})

    assert answer.names() == ("five_hour", "größe")
