"""What a server's answer, or its silence, means: the one place where foreign errors become ours."""

from __future__ import annotations

import json
import math
import re
import socket
import ssl
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from usagetray.errors import Cause, SourceError
from usagetray.model import Secret
from usagetray.providers.contract import BEARER

LONGEST_WAIT = timedelta(hours=6)
"""A server may ask for more; by then it is worth asking again whether it still means it."""

MOST_BYTES = 4 * 1024 * 1024
"""Of a body, packed or unpacked. Real answers are a few kilobytes."""

MOST_DIGITS = 300
"""Of an integer: beyond this no float can hold it either, and `int` itself refuses some thousands."""

SENDABLE = re.compile(r"[!-~](?:[ -~]*[!-~])?")
TOKEN = re.compile(r"[!-~]+")
AUTH = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9-]*): (?P<before>[ -z|~]*)\{\}(?P<after>[ -z|~]*)")


def retry_after(header: str | None, now: datetime) -> timedelta | None:
    """The wait a `Retry-After` header asks for: seconds or an HTTP date; at most 6 h.

    Of one that came several times, from the server and from what stands before it, the longest. None when nothing
    usable was said: absent, empty, zero, negative, past, unreadable.
    """
    text = (header or "").strip()
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?(\s*,\s*[0-9]+(\.[0-9]+)?)*", text):
        seconds = max(float(each) for each in text.split(","))
        wait = min(timedelta(seconds=min(seconds, LONGEST_WAIT.total_seconds())), LONGEST_WAIT)
    else:
        moment = http_date(text)
        if moment is None:
            return None
        wait = min(moment - now, LONGEST_WAIT)
    return wait if wait > timedelta(0) else None


def http_date(text: str | None) -> datetime | None:
    """The instant of a `Date` header, aware UTC; None when it is none."""
    if not text:
        return None
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def sendable(source: str, bearer: Secret, headers: Mapping[str, str], auth: str = BEARER) -> dict[str, str]:
    """The request's own headers; `auth` names the one that carries the secret, and its form.

    Raises CREDENTIAL_MALFORMED for what cannot stand in one. Checked here because an HTTP library that refuses a
    header quotes it in its error.
    """
    carrier = AUTH.fullmatch(auth)
    if carrier is None:
        raise ValueError("a secret is sent as `Header: form`, with {} once in the form")
    if not TOKEN.fullmatch(bearer.reveal()):
        raise SourceError(source, Cause.CREDENTIAL_MALFORMED, "the token holds characters that cannot be sent")
    for name, value in headers.items():
        if not SENDABLE.fullmatch(value):
            raise SourceError(source, Cause.CREDENTIAL_MALFORMED, f"{name} holds characters that cannot be sent")
    others = {name: value for name, value in headers.items() if name.lower() != carrier["name"].lower()}
    return {**others, carrier["name"]: f"{carrier['before']}{bearer.reveal()}{carrier['after']}"}


def refusal(source: str, status: int, headers: Mapping[str, str], now: datetime) -> SourceError | None:
    """What a status other than 200 means; None for 200. `now` is the server's own clock where it told us."""
    if status == 200:
        return None
    challenge = "html" in headers.get("content-type", "").lower() or "cf-mitigated" in headers
    detail = "challenge page" if challenge else f"answered {status}"
    cause = Cause.BAD_DATA
    used_up = status == 403 and (headers.get("retry-after") or headers.get("x-ratelimit-remaining") == "0")
    if 300 <= status < 400 or status == 511:
        # Followed, a redirect would carry the token elsewhere; a network's login page is the usual reason.
        return SourceError(source, Cause.PORTAL, f"redirected, {status}" if status < 400 else detail)
    if status == 401:
        return SourceError(source, Cause.REFUSED)
    if status == 403 and not used_up:
        cause = Cause.NOT_ALLOWED
    elif status == 407:
        cause = Cause.PROXY
    elif status == 429 or used_up:  # some say with a 403 that it was too often
        cause = Cause.RATE_LIMITED
    elif status >= 500 or status in (408, 418, 425):
        # 408 is the server's own trouble: it had our request and says it had not.
        cause = Cause.SERVER_ERROR
    wait = retry_after(headers.get("retry-after"), now) if status == 429 or status >= 500 or used_up else None
    return SourceError(source, cause, detail, retry_after=wait)


def unpacked(source: str, chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The body's bytes, never more at once than the cap: a few packed kilobytes can hold gigabytes."""
    names = [name.strip() for name in encoding.lower().split(",") if name.strip() not in ("", "identity")]
    if not names:
        yield from chunks
        return
    if names not in (["gzip"], ["x-gzip"], ["deflate"]):
        raise SourceError(source, Cause.BAD_DATA, "packed in a way that was not asked for")
    unpacker = zlib.decompressobj(wbits=47 if names != ["deflate"] else 15)
    try:
        for chunk in chunks:
            left, piece = chunk, b""
            # Output may be pending although all input was taken, as long as a piece came out full.
            while left or len(piece) > MOST_BYTES:
                piece = unpacker.decompress(left, MOST_BYTES + 1)
                left = unpacker.unconsumed_tail
                yield piece
        if not unpacker.eof:
            raise zlib.error  # noqa: TRY301 - cut off: as broken as the other kinds
    except zlib.error:
        raise SourceError(source, Cause.BAD_DATA, "packed data that cannot be unpacked") from None


def decoded(source: str, body: bytes, content_type: str) -> Any:
    """The JSON of a 200 answer's body, of whatever kind; NaN and infinity pass, they are one field's trouble."""
    text = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not text:
        raise SourceError(source, Cause.BAD_DATA, "empty answer")
    try:
        return json.loads(body.decode("utf-8-sig"), parse_int=_integer)
    except (ValueError, RecursionError):
        # Said below, outside: a chained error would carry the body into a log.
        pass
    if text.startswith(b"<") or "html" in content_type.lower():
        raise SourceError(source, Cause.PORTAL, "a web page")
    raise SourceError(source, Cause.BAD_DATA, "not JSON")


def _integer(text: str) -> int | float:
    if len(text) <= MOST_DIGITS:
        return int(text)
    return -math.inf if text.startswith("-") else math.inf


def broken(source: str, error: BaseException, connected: bool, answered: bool) -> SourceError:
    """The cause behind a foreign error of a request. Its text is not shown: it may quote what was sent."""
    import httpx  # deferred: only reached when a request was made

    if isinstance(error, SourceError):
        return error
    if isinstance(error, httpx.ProxyError):
        status = str(error)[:3]
        return SourceError(source, Cause.PROXY, f"the proxy answered {status}" if status.isdigit() else "")
    if isinstance(error, httpx.ConnectError):
        chain = tuple(_chain(error))
        if any(isinstance(link, ssl.SSLError) for link in chain):
            return SourceError(source, Cause.TLS)
        unknown = any(isinstance(link, socket.gaierror) for link in chain)
        return SourceError(source, Cause.DNS if unknown else Cause.OFFLINE)
    if isinstance(error, httpx.TimeoutException):
        return SourceError(source, Cause.TIMEOUT if connected else Cause.OFFLINE)
    if isinstance(error, httpx.RemoteProtocolError):
        if answered:
            return SourceError(source, Cause.BAD_DATA, "the answer was cut off")
        return SourceError(source, Cause.SERVER_ERROR, "hung up, or did not speak HTTP")
    if isinstance(error, httpx.NetworkError | OSError):
        return SourceError(source, Cause.OFFLINE, "the connection broke off")
    return SourceError(source, Cause.BAD_DATA, type(error).__name__)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
