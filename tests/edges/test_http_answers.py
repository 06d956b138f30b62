"""What answers mean, as pure functions."""

import gzip
import math
from datetime import UTC, datetime, timedelta

import pytest

from usagetray.edges.http_answers import MOST_BYTES, decoded, refusal, retry_after, unpacked
from usagetray.errors import Cause, SourceError

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (" 120 ", 120),
        ("1.5", 1.5),
        ("7200", 7200),
        ("21600", 21600),
        ("86400", 21600),
        ("9" * 400, 21600),
        ("0" * 30 + "120", 120),
        ("120, 7200", 7200),  # from the server and from what stands before it
        ("120,120", 120),
        ("Fri, 20 Nov 2026 20:05:00 GMT", 300),
        ("Sat, 21 Nov 2026 20:05:00 GMT", 21600),
        ("Fri, 20 Nov 2026 13:05:00 -0700", 300),
    ],
)
def test_a_wait_the_server_asks_for_is_kept_up_to_six_hours(header: str, seconds: float) -> None:
    assert retry_after(header, NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "0",
        "0.0",
        "-5",
        "soon",
        "1e3",
        "120, soon",
        "0, 0",
        "NaN",
        "inf",
        "\u0661\u0662",
        "Fri, 20 Nov 2026 19:59:59 GMT",
        "Fri, 99 Nov 2026",
    ],
)
def test_a_wait_that_says_nothing_usable_counts_as_none(header: str | None) -> None:
    assert retry_after(header, NOW) is None


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        (301, Cause.PORTAL),
        (302, Cause.PORTAL),
        (304, Cause.PORTAL),
        (308, Cause.PORTAL),
        (511, Cause.PORTAL),
        (401, Cause.REFUSED),
        (403, Cause.NOT_ALLOWED),
        (407, Cause.PROXY),
        (429, Cause.RATE_LIMITED),
        (408, Cause.SERVER_ERROR),
        (418, Cause.SERVER_ERROR),
        (500, Cause.SERVER_ERROR),
        (502, Cause.SERVER_ERROR),
        (503, Cause.SERVER_ERROR),
        (504, Cause.SERVER_ERROR),
        (520, Cause.SERVER_ERROR),
        (529, Cause.SERVER_ERROR),
        (204, Cause.BAD_DATA),
        (400, Cause.BAD_DATA),
        (402, Cause.BAD_DATA),
        (404, Cause.BAD_DATA),
    ],
)
def test_each_status_has_its_cause(status: int, cause: Cause) -> None:
    failed = refusal("S", status, {}, NOW)

    assert failed is not None
    assert failed.cause is cause


def test_a_rate_limit_carries_the_servers_wait() -> None:
    failed = refusal("S", 429, {"retry-after": "90"}, NOW)

    assert failed is not None
    assert failed.retry_after == timedelta(seconds=90)


@pytest.mark.parametrize("headers", [{"content-type": "text/html"}, {"cf-mitigated": "challenge"}])
def test_a_challenge_page_is_told_from_a_missing_right(headers: dict[str, str]) -> None:
    failed = refusal("S", 403, headers, NOW)

    assert failed is not None
    assert (failed.cause, failed.detail) == (Cause.NOT_ALLOWED, "challenge page")


@pytest.mark.parametrize(
    ("body", "kind", "cause"),
    [
        (b"", "application/json", Cause.BAD_DATA),
        (b" \n", "text/html", Cause.BAD_DATA),
        (b'{"a": [1, 2', "application/json", Cause.BAD_DATA),
        (b"\xff\xfe{}", "application/json", Cause.BAD_DATA),
        (b'{"a": "\xc3"}', "application/json", Cause.BAD_DATA),
        (b"[" * 200_000, "application/json", Cause.BAD_DATA),
        (b"<!doctype html><p>Sign in", "text/html", Cause.PORTAL),
        (b"\n <html>", "application/json", Cause.PORTAL),
        (b"Please sign in", "text/html; charset=utf-8", Cause.PORTAL),
    ],
)
def test_a_body_that_is_no_answer_has_its_cause(body: bytes, kind: str, cause: Cause) -> None:
    with pytest.raises(SourceError) as failed:
        decoded("S", body, kind)

    assert failed.value.cause is cause
    assert failed.value.__context__ is None  # nothing that quotes the body hangs on it


def test_odd_numbers_cost_no_more_than_their_field() -> None:
    """NaN, infinity, 1e400 and an integer of 5,000 digits, which `int` alone refuses."""
    found = decoded("S", b'{"a": NaN, "b": Infinity, "c": 1e400, "d": -' + b"9" * 5000 + b', "e": 42}', "")

    assert math.isnan(found["a"])
    assert (found["b"], found["c"], found["d"], found["e"]) == (math.inf, math.inf, -math.inf, 42)


def test_a_list_is_handed_on_for_the_provider_to_judge() -> None:
    assert decoded("S", b"\xef\xbb\xbf[1]", "text/html") == [1]


def test_a_packed_body_is_never_unpacked_beyond_the_cap() -> None:
    """64 MiB of zeros in 64 KiB: no piece is larger than the cap and one byte."""
    bomb = gzip.compress(bytes(64 * 1024 * 1024))

    sizes = [len(piece) for piece in unpacked("S", [bomb], "gzip")]

    assert max(sizes) == MOST_BYTES + 1
    assert sum(sizes) == 64 * 1024 * 1024


def test_a_packed_body_comes_out_as_it_was() -> None:
    packed = gzip.compress(b'{"a": 1}', mtime=0)

    assert b"".join(unpacked("S", [packed[:9], packed[9:]], "GZIP")) == b'{"a": 1}'


@pytest.mark.parametrize(
    ("encoding", "body"),
    [("br", b"x"), ("gzip", b"no gzip"), ("gzip", gzip.compress(b"{}" * 99, mtime=0)[:-9]), ("gzip, gzip", b"")],
)
def test_a_body_packed_otherwise_is_bad_data(encoding: str, body: bytes) -> None:
    with pytest.raises(SourceError) as failed:
        b"".join(unpacked("S", [body], encoding))

    assert failed.value.cause is Cause.BAD_DATA


@pytest.mark.parametrize(
    ("headers", "cause", "wait"),
    [
        ({"retry-after": "90"}, Cause.RATE_LIMITED, timedelta(seconds=90)),
        ({"x-ratelimit-remaining": "0"}, Cause.RATE_LIMITED, None),
        ({"x-ratelimit-remaining": "12"}, Cause.NOT_ALLOWED, None),
    ],
)
def test_a_403_that_names_a_limit_means_too_often(
    headers: dict[str, str], cause: Cause, wait: timedelta | None
) -> None:
    failed = refusal("S", 403, headers, NOW)

    assert failed is not None
    assert (failed.cause, failed.retry_after) == (cause, wait)
