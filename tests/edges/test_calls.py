"""What leaves and comes back is counted to the byte, and a day has an end."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from tests.edges.servers import response, serving
from tests.edges.test_http import closed_port
from tests.support import ManualClock, Vendor, always, ok
from usagetray.domain.own_cost import CallCounts, CallDay
from usagetray.edges.calls import MOST_A_DAY, Calls, host_of
from usagetray.edges.http import Http
from usagetray.errors import Cause, SourceError
from usagetray.model import Secret

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
TOKEN = Secret("sk-canary-0123456789abcdefghij")


def test_what_is_counted_is_what_the_server_received_and_sent() -> None:
    """The server's own record of the request is 1 : 1 what we say has left; its answer what we say has come."""
    calls = Calls(lambda: NOW)
    http = Http("1.2.3", {}, now=lambda: NOW, ceiling_s=5.0, calls=calls)
    said = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n" + b'{"used": 0.4}'
    with serving(lambda connection, _: connection.sendall(said)) as server:
        http.web("Vendor", server.origin).get_json("/usage?d=1", bearer=TOKEN)
    http.close()

    (counted,) = calls.taken_out()
    assert (counted.host, counted.purpose, counted.day) == (f"127.0.0.1:{server.port}", "Vendor", NOW.date())
    assert counted.counts == CallCounts(requests=1, bytes_out=len(server.requests[0]), bytes_in=len(said))
    assert calls.taken_out() == ()


def test_a_posted_body_is_counted_too() -> None:
    calls, vendor = Calls(lambda: NOW), Vendor(ManualClock(NOW), always(ok({})))
    http = Http("1.2.3", {}, now=lambda: NOW, ceiling_s=5.0, calls=calls)
    try:
        sizes = []
        for body in ({"a": 1}, {"a": 1, "b": "x" * 1000}):
            http.web("Vendor", vendor.origin).post_json("/", body, bearer=TOKEN)
            sizes.append(calls.taken_out()[0].counts.bytes_out)
    finally:
        http.close()
        vendor.close()

    bodies = [len(asked.body) for asked in vendor.asked]
    heads = [size - body for size, body in zip(sizes, bodies, strict=True)]
    assert heads[1] - heads[0] == 3  # the longer body’s length has three digits more
    assert bodies[1] > 1000


def test_a_refusal_counts_as_sent_and_failed_and_a_closed_port_as_not_sent() -> None:
    calls = Calls(lambda: NOW)
    http = Http("1.2.3", {}, now=lambda: NOW, ceiling_s=5.0, calls=calls)
    with serving(response(401)) as server, pytest.raises(SourceError):
        http.web("Vendor", server.origin).get_json("/", bearer=TOKEN)
    with pytest.raises(SourceError):
        http.web("Vendor", f"http://127.0.0.1:{closed_port()}").get_json("/", bearer=TOKEN)
    http.close()

    refused, unsent = (each.counts for each in calls.taken_out())
    assert (refused.requests, refused.unsent, refused.failures) == (1, 0, 1)
    assert refused.bytes_in > 0
    assert unsent == CallCounts(unsent=1, failures=1)


def test_a_request_that_was_given_up_is_counted_when_its_thread_ends() -> None:
    calls = Calls(lambda: NOW)
    http = Http("1.2.3", {}, now=lambda: NOW, ceiling_s=0.3, calls=calls)
    with serving(lambda *_: server.over.wait(5) and None) as server, pytest.raises(SourceError):
        http.web("Vendor", server.origin).get_json("/", bearer=TOKEN)
    for thread in [each for each in threading.enumerate() if each.name == "http Vendor"]:
        thread.join(5)
    http.close()

    (counted,) = calls.taken_out()
    assert (counted.counts.requests, counted.counts.failures) == (1, 1)
    assert counted.counts.bytes_out == len(server.requests[0])


def test_past_the_ceiling_nothing_is_sent_and_the_state_is_our_own_rate_limit() -> None:
    """Two are allowed here; the third never reaches the server, and says until when."""
    calls = Calls(lambda: NOW, most_a_day=2)
    http = Http("1.2.3", {}, now=lambda: NOW, ceiling_s=5.0, calls=calls)
    with serving(response()) as server:
        web = http.web("Vendor", server.origin)
        web.get_json("/", bearer=TOKEN)
        http.look("Another", server.origin, "/")
        with pytest.raises(SourceError) as caught:
            web.get_json("/", bearer=TOKEN)
    http.close()

    assert len(server.requests) == 2
    assert caught.value.cause is Cause.RATE_LIMITED
    assert caught.value.retry_after == timedelta(hours=4)
    assert "own limit of 2 requests a day" in caught.value.detail
    by_purpose = {each.purpose: each.counts for each in calls.taken_out()}
    assert (by_purpose["Vendor"].requests, by_purpose["Vendor"].refused) == (1, 1)
    assert by_purpose["Another"].requests == 1


def test_the_ceiling_is_of_a_utc_day_and_of_one_host() -> None:
    clock = ManualClock(NOW)
    calls = Calls(clock.now, most_a_day=1)
    calls.begin("a", "https://one.example").end(failed=False)

    calls.begin("a", "https://two.example")
    with pytest.raises(SourceError):
        calls.begin("b", "https://one.example")
    clock.advance(timedelta(hours=4))
    calls.begin("a", "https://one.example")


def test_the_ceiling_remembers_what_an_earlier_run_sent() -> None:
    calls = Calls(lambda: NOW, most_a_day=3)
    counts = CallCounts(requests=2, unsent=1, failures=1)
    earlier = CallDay(host="one.example", purpose="a", day=NOW.date(), first_at=NOW, last_at=NOW, counts=counts)
    calls.recall([earlier])

    with pytest.raises(SourceError):
        calls.begin("b", "https://one.example")


def test_many_threads_at_once_do_not_get_past_the_ceiling() -> None:
    calls, refused = Calls(lambda: NOW, most_a_day=50), []

    def ask() -> None:
        for _ in range(20):
            try:
                calls.begin("a", "https://one.example").end(failed=False)
            except SourceError:
                refused.append(1)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    (counted,) = calls.taken_out()
    assert (counted.counts.unsent, counted.counts.refused, len(refused)) == (50, 110, 110)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://api.example.com", "api.example.com"),
        ("http://127.0.0.1:4711", "127.0.0.1:4711"),
        ("https://me:secret@hooks.example.com/T/abcdef?key=1", "hooks.example.com"),
    ],
)
def test_a_host_is_kept_without_what_could_be_a_secret(origin: str, host: str) -> None:
    assert host_of(origin) == host


def test_the_ceiling_is_twice_four_accounts_every_two_minutes() -> None:
    assert MOST_A_DAY == 2 * 4 * 24 * 60 / 2
