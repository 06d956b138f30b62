"""Asking a provider's server: one origin, verified TLS, no redirects, and an end within 30 s whatever happens."""

from __future__ import annotations

import contextlib
import json
import logging
import math
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from usagetray.edges.calls import Call, Calls
from usagetray.edges.http_answers import (
    MOST_BYTES,
    broken,
    decoded,
    http_date,
    refusal,
    retry_after,
    sendable,
    unpacked,
)
from usagetray.edges.origins import checked_origin, checked_override, proxy_for, url
from usagetray.edges.threads import NO_THREAD, begin
from usagetray.errors import Cause, SourceError
from usagetray.model import Secret
from usagetray.providers.contract import BEARER, Form
from usagetray.quick_dataclass import dataclass

if TYPE_CHECKING:
    import ssl

    import httpx

__all__ = ["Http", "checked_origin", "checked_override", "retry_after", "url"]

CEILING_S = 30.0
"""An attempt ends within this, name look-up and a dripping body included."""

SILENCE_S = 15.0
"""No byte for this long ends the attempt early; the ceiling alone would also hold up an honest error."""

CONNECT_S = 8.0
"""For each address of a name: a network whose IPv6 leads nowhere still leaves time for IPv4."""

log = logging.getLogger(__name__)


class _GivenUpError(Exception):
    """Raised inside an abandoned request so that it ends before it sends anything more."""


@dataclass(frozen=True, slots=True)
class Question:
    """One request, ready to be sent."""

    method: str
    address: str
    headers: Mapping[str, str] = field(repr=False)  # the secret stands in one of them
    body: bytes | None = field(default=None, repr=False)


class _Exchange:
    """One request in its own thread, which can be cut off from outside."""

    def __init__(self, ceiling_s: float) -> None:
        self.deadline = time.monotonic() + ceiling_s
        self.done = threading.Event()
        self.answer: Any = None
        self.error: SourceError | None = None
        self.call: Call | None = None  # None: refused before it began
        self.answered = False  # a status line came
        self._given_up = False
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()

    def left_s(self) -> float:
        return self.deadline - time.monotonic()

    @property
    def connected(self) -> bool:
        return self._socket is not None

    def trace(self, event: str, details: Mapping[str, Any]) -> None:
        """Called by the HTTP library at each step: learns the socket, and stops a request that was given up."""
        if self.call is not None:
            self.call.trace(event, details)
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            with self._lock:
                self._socket = details["return_value"].get_extra_info("socket")
        # Only here: raised at other steps it would keep the library from closing its connection.
        if event.endswith(".send_request_headers.started") and (self._given_up or self.left_s() <= 0):
            raise _GivenUpError

    def give_up(self) -> None:
        """Wakes a thread that waits for bytes: shutting the socket down is the only way that always does."""
        with self._lock:
            self._given_up = True
            if self._socket is not None:
                with contextlib.suppress(OSError, ValueError):
                    # The plain socket's own call: an SSLSocket's would first drop the TLS state under the reader.
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


class Http:
    """The client, built at the first request, and what is remembered of each origin."""

    def __init__(
        self,
        version: str,
        proxies: Mapping[str, str] | None = None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        ceiling_s: float = CEILING_S,
        tls: ssl.SSLContext | None = None,
        calls: Calls | None = None,
    ) -> None:
        """`proxies` as from `urllib.request.getproxies()`; None: ask the system at each request.

        `now` stamps the server's date and the counters; the ceiling is always real time. `calls`: where each request
        is counted, and refused where its host has had too many.
        """
        self._calls = calls or Calls(now)
        self._version = version
        self._proxies = proxies
        self._now = now
        self._ceiling_s = ceiling_s
        self._tls = tls
        self._lock = threading.Lock()
        self._clients: dict[str | None, httpx.Client] = {}  # by proxy: one, but for a laptop that travels
        self._turns: dict[tuple[str, str, str], threading.Lock] = {}
        self._threads: dict[tuple[str, str, str], threading.Thread] = {}
        self._counters: dict[str, dict[str, int | str]] = {}
        self._dates: dict[str, tuple[datetime, datetime]] = {}

    def web(self, source_name: str, origin: str, account: str = "", base: str = "") -> OriginWeb:
        """Requests of one source, for one account, to one origin, all paths below `base` there.

        Raises `UserError` for an origin no secret may go to.
        """
        return OriginWeb(self, source_name, checked_origin(origin), account, base, self._ceiling_s)

    def look(self, source: str, origin: str, path: str) -> Any:
        """The decoded JSON of a page that is there for everybody: no secret is sent. Raises `SourceError`."""
        return self.ask(source, origin, Question("GET", url(checked_origin(origin), path), {}))

    def server_date(self, origin: str) -> tuple[datetime, datetime] | None:
        """(what the server's clock said last, ours at that moment); None: it never said."""
        return self._dates.get(origin)

    def counters(self) -> dict[str, dict[str, int | str]]:
        """Per origin: requests sent, bytes of bodies received, last_at (ISO)."""
        with self._lock:
            return {origin: dict(counts) for origin, counts in self._counters.items()}

    def close(self) -> None:
        with self._lock:
            clients, self._clients = tuple(self._clients.values()), {}
        for client in clients:
            client.close()

    def ask(self, source: str, origin: str, question: Question, account: str = "", *, ends_at: float = math.inf) -> Any:
        """See `Web.get_json`. One request at a time per source, account and origin; others wait their turn.

        Per account, because one that hangs must not hold up its neighbours at the same vendor. `ends_at`: the instant
        of the monotonic clock at which it is over, whatever the ceiling.
        """
        left_s = ends_at - time.monotonic()
        if left_s <= 0:
            raise SourceError(source, Cause.TIMEOUT)
        exchange = _Exchange(min(self._ceiling_s, left_s))
        key = (source, account, origin)
        with self._lock:
            turn = self._turns.setdefault(key, threading.Lock())
        if not turn.acquire(timeout=max(exchange.left_s(), 0)):
            raise SourceError(source, Cause.TIMEOUT, "an earlier request has not ended")
        try:
            earlier = self._threads.get(key)
            if earlier is not None and earlier.is_alive():
                raise SourceError(source, Cause.TIMEOUT, "an earlier request has not ended")
            thread = threading.Thread(
                target=self._run, args=(exchange, source, origin, question), name=f"http {source}", daemon=True
            )
            if not begin(thread):
                raise SourceError(source, Cause.OFFLINE, NO_THREAD)
            self._threads[key] = thread
            if not exchange.done.wait(max(exchange.left_s(), 0)):
                exchange.give_up()
                raise SourceError(source, Cause.TIMEOUT)
            thread.join(max(exchange.left_s(), 0))
        finally:
            turn.release()
        if exchange.error is not None:
            raise exchange.error
        return exchange.answer

    def _run(self, exchange: _Exchange, source: str, origin: str, question: Question) -> None:
        error: BaseException | None = None
        try:
            exchange.answer = self._ask(exchange, source, origin, question)
        except Exception as failure:
            # The top of this thread, and the one place where foreign errors end. Re-raised they would chain on
            # into logs with whatever they quote, so only our own error leaves.
            error = failure
        if error is not None:
            late = isinstance(error, _GivenUpError) or exchange.left_s() <= 0
            exchange.error = (
                SourceError(source, Cause.TIMEOUT)
                if late
                else broken(source, error, exchange.connected, exchange.answered)
            )
            log.debug("%s: %s (%s)", source, exchange.error.cause.value, type(error).__name__)
        if exchange.call is not None:
            exchange.call.end(failed=error is not None)
        exchange.done.set()

    def _ask(self, exchange: _Exchange, source: str, origin: str, question: Question) -> Any:
        import httpx  # deferred: 63 ms that a start-up should not pay

        client = self._client(source, origin)
        call = exchange.call = self._calls.begin(source, origin)
        call.body_bytes = len(question.body or b"")
        timeout = httpx.Timeout(min(SILENCE_S, self._ceiling_s), connect=min(CONNECT_S, self._ceiling_s))
        self._count(origin, requests=1)
        body = bytearray()
        with client.stream(
            question.method,
            question.address,
            headers=question.headers,
            content=question.body,
            timeout=timeout,
            extensions={"trace": exchange.trace},
        ) as got:
            exchange.answered = True
            try:
                self._note_date(origin, got)
                self._read(exchange, source, got, body)
            finally:
                call.received(got)
            self._count(origin, received=got.num_bytes_downloaded)
        return decoded(source, bytes(body), got.headers.get("content-type", ""))

    def _note_date(self, origin: str, got: httpx.Response) -> None:
        theirs = http_date(got.headers.get("date"))
        if theirs is not None:
            self._dates[origin] = (theirs, self._now())

    def _read(self, exchange: _Exchange, source: str, got: httpx.Response, body: bytearray) -> None:
        """Fills the body. Raises what the status says, or for one that is too long or comes too slowly."""
        failed = refusal(source, got.status_code, got.headers, http_date(got.headers.get("date")) or self._now())
        if failed is not None:
            raise failed  # its body is nobody's business: never read
        for chunk in unpacked(source, got.iter_raw(), got.headers.get("content-encoding", "")):
            body += chunk
            if exchange.left_s() <= 0:
                raise _GivenUpError
            if len(body) > MOST_BYTES:
                raise SourceError(source, Cause.BAD_DATA, "more than 4 MiB")

    def _client(self, source: str, origin: str) -> httpx.Client:
        from http.cookiejar import CookieJar, DefaultCookiePolicy
        from urllib.request import getproxies, proxy_bypass

        import httpx

        proxy = proxy_for(origin, getproxies() if self._proxies is None else self._proxies)
        if proxy is not None and self._proxies is None and proxy_bypass(origin.split("://")[1].split(":")[0]):
            proxy = None  # the exceptions of the Windows and macOS settings
        with self._lock:
            if proxy not in self._clients:
                if self._tls is None:
                    # The system's own authorities too: a company's network is signed by one of those.
                    self._tls = httpx.create_ssl_context(trust_env=False)
                    self._tls.load_default_certs()
                try:
                    self._clients[proxy] = httpx.Client(
                        verify=self._tls,
                        proxy=proxy,
                        trust_env=False,  # no netrc, no other steering by the environment
                        follow_redirects=False,
                        # Cookies would tie one account's request to the next one's.
                        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
                        # Polls are minutes apart: a kept connection would be found dead, after sleep always.
                        limits=httpx.Limits(max_keepalive_connections=0),
                        headers={
                            "User-Agent": f"usagetray/{self._version}",
                            "Accept": "application/json",
                            "Accept-Encoding": "identity",
                        },
                    )
                except (ImportError, ValueError, httpx.InvalidURL):
                    failed = SourceError(source, Cause.PROXY, "the proxy setting names a kind that is not supported")
                else:
                    return self._clients[proxy]
                raise failed
            return self._clients[proxy]

    def _count(self, origin: str, *, requests: int = 0, received: int = 0) -> None:
        with self._lock:
            counts = self._counters.setdefault(origin, {"requests": 0, "bytes": 0, "last_at": ""})
            counts["requests"] = int(counts["requests"]) + requests
            counts["bytes"] = int(counts["bytes"]) + received
            counts["last_at"] = self._now().isoformat()


class OriginWeb:
    """`providers.contract.Web` for one attempt at one account of one source, and one origin.

    All its requests together end within the ceiling: a bill of many pages must not hold an attempt up for minutes.
    """

    def __init__(self, http: Http, source: str, origin: str, account: str, base: str, ceiling_s: float) -> None:
        self._http = http
        self._ceiling_s = ceiling_s
        self._ends_at: float | None = None  # the clock starts with the first request
        self._source = source
        self._origin = origin
        self._account = account
        self._base = base

    def get_json(
        self, path: str, *, bearer: Secret, headers: Mapping[str, str] | None = None, auth: str = BEARER
    ) -> Any:
        sent = sendable(self._source, bearer, headers or {}, auth)
        return self._ask(Question("GET", url(self._origin, self._base + path), sent))

    def post_json(
        self, path: str, body: Any, *, bearer: Secret, headers: Mapping[str, str] | None = None, auth: str = BEARER
    ) -> Any:
        if isinstance(body, Form):
            kind, text = "application/x-www-form-urlencoded", urlencode(body.fields)
        else:
            kind, text = "application/json", json.dumps(body, ensure_ascii=True, allow_nan=False)
        sent = sendable(self._source, bearer, {"Content-Type": kind, **(headers or {})}, auth)
        return self._ask(Question("POST", url(self._origin, self._base + path), sent, text.encode()))

    def _ask(self, question: Question) -> Any:
        if self._ends_at is None:
            self._ends_at = time.monotonic() + self._ceiling_s
        return self._http.ask(self._source, self._origin, question, self._account, ends_at=self._ends_at)
