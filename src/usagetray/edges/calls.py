"""Every request this program makes, counted where it is sent, and refused where a day has had too many."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from usagetray.domain.own_cost import CallCounts, CallDay
from usagetray.errors import Cause, SourceError

MOST_A_DAY = 5760
"""Requests to one host in a UTC day. The busiest day that P1 and the pacing allow is four accounts at one host, each
asked every two minutes: 2,880. Twice that is no use any more but a fault of ours, and no vendor is to suffer from it.
"""

OWN_LIMIT = (
    "usagetray’s own limit of {most:,} requests a day to one server is reached; it asks again after midnight UTC"
)

Key = tuple[str, str, date]
"""Host, purpose, UTC day."""


def host_of(origin: str) -> str:
    """ "https://api.example.com" -> "api.example.com"; a port stays."""
    return urlsplit(origin).netloc.rpartition("@")[2]


class Calls:
    """Counts of this process since they were last taken out, by host, purpose and day; safe from any thread."""

    def __init__(self, now: Callable[[], datetime], most_a_day: int = MOST_A_DAY) -> None:
        self.most_a_day = most_a_day
        self._now = now
        self._lock = threading.Lock()
        self._counted: dict[Key, CallDay] = {}
        self._begun: dict[tuple[str, date], int] = {}

    def recall(self, days: Iterable[CallDay]) -> None:
        """What earlier runs of the program sent today: the ceiling holds across restarts."""
        with self._lock:
            for each in days:
                place = (each.host, each.day)
                self._begun[place] = self._begun.get(place, 0) + each.counts.begun

    def begin(self, source: str, origin: str, purpose: str = "") -> Call:
        """One request, about to be sent; `purpose` is the source's name, if nothing else.

        Raises `SourceError` RATE_LIMITED where the host has had its day's worth; nothing may be sent then.
        """
        now, host = self._now().astimezone(UTC), host_of(origin)
        place = (host, now.date())
        call = Call(self, (host, purpose or source, now.date()), now)
        with self._lock:
            if self._begun.get(place, 0) >= self.most_a_day:
                self._note(call, CallCounts(refused=1))
                midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), UTC)
                detail = OWN_LIMIT.format(most=self.most_a_day)
                raise SourceError(source, Cause.RATE_LIMITED, detail, retry_after=midnight - now)
            for each in [each for each in self._begun if each[1] < now.date() - timedelta(days=2)]:
                del self._begun[each]
            self._begun[place] = self._begun.get(place, 0) + 1
        return call

    def taken_out(self) -> tuple[CallDay, ...]:
        """What was counted since the last time."""
        with self._lock:
            counted, self._counted = tuple(self._counted.values()), {}
        return counted

    def note(self, call: Call, counts: CallCounts) -> None:
        with self._lock:
            self._note(call, counts)

    def _note(self, call: Call, counts: CallCounts) -> None:
        host, purpose, day = call.key
        known = self._counted.get(call.key)
        self._counted[call.key] = CallDay(
            host=host,
            purpose=purpose,
            day=day,
            first_at=min(call.at, known.first_at) if known else call.at,
            last_at=max(call.at, known.last_at) if known else call.at,
            counts=known.counts + counts if known else counts,
        )


class Call:
    """One request under way: what of it has left, and what has come back."""

    def __init__(self, calls: Calls, key: Key, at: datetime) -> None:
        self.key = key
        self.at = at
        self.body_bytes = 0
        self._calls = calls
        self._head: Any = None
        self._is_sent = self._is_over = False
        self._out = self._in = 0

    def trace(self, event: str, details: Mapping[str, Any]) -> None:
        """Called by the HTTP library at each step. What asks a proxy for a tunnel is sent too, but is no request."""
        if event.endswith(".send_request_headers.started"):
            self._head = details["request"]
        elif event.endswith(".send_request_headers.complete") and self._head is not None:
            self._out += _head_bytes(self._head)
            self._is_sent = self._is_sent or self._head.method != b"CONNECT"
        elif event.endswith(".send_request_body.complete") and self._is_sent:
            self._out += self.body_bytes

    def received(self, answer: Any) -> None:
        """An answer as far as it was read."""
        line = f"{answer.http_version} {answer.status_code} {answer.reason_phrase}\r\n"
        self._in += len(line) + sum(len(name) + len(value) + 4 for name, value in answer.headers.raw) + 2
        self._in += answer.num_bytes_downloaded

    def end(self, *, failed: bool) -> None:
        """Counts it, once."""
        if not self._is_over:
            self._is_over = True
            self._calls.note(
                self,
                CallCounts(
                    requests=int(self._is_sent),
                    unsent=int(not self._is_sent),
                    failures=int(failed),
                    bytes_out=self._out,
                    bytes_in=self._in,
                ),
            )


def _head_bytes(request: Any) -> int:
    """As it stands on the wire: request line, headers, empty line."""
    line = len(request.method) + 1 + len(request.url.target) + len(" HTTP/1.1\r\n")
    return line + sum(len(name) + len(value) + 4 for name, value in request.headers) + 2
