"""Requests against loopback servers that answer, lie, hang, drip and redirect."""

from __future__ import annotations

import gzip
import logging
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.edges.servers import Answer, Server, certificate, response, serving
from tests.support import ManualClock, Vendor, always, ok
from usagetray.edges.http import Http
from usagetray.errors import Cause, SourceError, UserError
from usagetray.model import Secret

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
CANARY = "sk-canary-0123456789abcdefghij"
TOKEN = Secret(CANARY)


@pytest.fixture
def http() -> Iterator[Http]:
    client = Http("1.2.3", {}, now=lambda: NOW, ceiling_s=5.0)
    yield client
    client.close()


@pytest.fixture
def hasty() -> Iterator[Http]:
    """A client whose ceiling is 0.4 s instead of 30."""
    client = Http("1.2.3", {}, now=lambda: NOW, ceiling_s=0.4)
    yield client
    client.close()


def failure(http: Http, origin: str, bearer: Secret = TOKEN, headers: dict[str, str] | None = None) -> SourceError:
    with pytest.raises(SourceError) as caught:
        http.web("Vendor", origin).get_json("/usage", bearer=bearer, headers=headers)
    assert CANARY not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    return caught.value


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def test_an_answer_comes_back_as_json_and_the_request_says_who_we_are(http: Http) -> None:
    with serving(response(body=b'{"used": 0.4}')) as server:
        found = http.web("Vendor", server.origin).get_json("/usage?d=1", bearer=TOKEN, headers={"X-Beta": "one"})

    assert found == {"used": 0.4}
    head = server.requests[0].decode().splitlines()
    assert head[0] == "GET /usage?d=1 HTTP/1.1"
    sent = {line.partition(": ")[0].lower(): line.partition(": ")[2] for line in head[1:] if line}
    assert sent["user-agent"] == "usagetray/1.2.3"
    assert sent["authorization"] == f"Bearer {CANARY}"
    assert sent["x-beta"] == "one"
    assert set(sent) == {"host", "user-agent", "authorization", "x-beta", "accept", "accept-encoding", "connection"}


@pytest.mark.parametrize(
    ("auth", "header"),
    [
        ("x-api-key: {}", f"x-api-key: {CANARY}"),
        ("Authorization: {}", f"Authorization: {CANARY}"),
        ("Cookie: session={}; kind=console", f"Cookie: session={CANARY}; kind=console"),
    ],
)
def test_the_secret_goes_in_the_header_and_form_that_the_vendor_wants(http: Http, auth: str, header: str) -> None:
    """And in no other: a header of the same name that was given besides is not sent."""
    given = {header.partition(":")[0].upper(): "another"}
    with serving(response()) as server:
        http.web("Vendor", server.origin).get_json("/usage", bearer=TOKEN, headers=given, auth=auth)

    head = server.requests[0].decode().splitlines()
    assert [line for line in head if CANARY in line or "another" in line] == [header]


@pytest.mark.parametrize(
    "auth", ["x-api-key", "x-api-key: ", "x-api-key: {} {}", "x-api-key: {x}", "a b: {}", "a: {}\n"]
)
def test_a_form_that_names_no_place_for_the_secret_is_the_programs_own_fault(http: Http, auth: str) -> None:
    with serving(response()) as server, pytest.raises(ValueError, match="a secret is sent as"):
        http.web("Vendor", server.origin).get_json("/", bearer=TOKEN, auth=auth)

    assert server.requests == []


def test_a_question_that_is_json_is_posted_to_the_origin(http: Http) -> None:
    vendor = Vendor(ManualClock(NOW), always(ok({"used": 1})))
    try:
        web = http.web("Vendor", vendor.origin)
        found = web.post_json("/usage", {"days": 7, "name": "é"}, bearer=TOKEN, auth="x-api-key: {}")
    finally:
        vendor.close()

    assert found == {"used": 1}
    (asked,) = vendor.asked
    assert (asked.method, asked.path, asked.body) == ("POST", "/usage", b'{"days": 7, "name": "\\u00e9"}')
    assert (asked.headers["content-type"], asked.headers["x-api-key"]) == ("application/json", CANARY)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_of_a_posted_question_is_not_followed(http: Http, status: int) -> None:
    with serving(response()) as elsewhere:
        moved = response(status, headers={"Location": elsewhere.origin + "/"})
        with serving(moved) as server, pytest.raises(SourceError) as caught:
            http.web("Vendor", server.origin).post_json("/", {}, bearer=TOKEN, auth="x-api-key: {}")

        assert caught.value.cause is Cause.PORTAL
        assert elsewhere.requests == []


def test_the_requests_of_one_attempt_end_within_the_ceiling_together(hasty: Http) -> None:
    """Six of 0.1 s each within 0.4 s: the last ones are cut off, or not sent at all."""
    vendor = Vendor(ManualClock(NOW), always(ok([])))
    vendor.delay_s = 0.1
    web = hasty.web("Vendor", vendor.origin)
    ended: list[Cause | None] = []
    try:
        for _ in range(6):
            try:
                web.get_json("/", bearer=TOKEN)
                ended.append(None)
            except SourceError as error:
                ended.append(error.cause)
    finally:
        vendor.close()

    assert ended[3:] == [Cause.TIMEOUT] * 3
    assert len(vendor.asked) <= 4


def test_requests_bytes_and_the_servers_date_are_kept(http: Http) -> None:
    """The server's clock is 48 h behind ours."""
    with serving(response(body=b"{}", headers={"Date": "Wed, 18 Nov 2026 20:00:00 GMT"})) as server:
        http.web("Vendor", server.origin).get_json("/", bearer=TOKEN)
        http.web("Vendor", server.origin).get_json("/", bearer=TOKEN)

    assert http.counters() == {server.origin: {"requests": 2, "bytes": 4, "last_at": NOW.isoformat()}}
    assert http.server_date(server.origin) == (NOW - timedelta(hours=48), NOW)
    assert http.server_date("https://a.example") is None


def test_a_wait_until_a_date_is_measured_on_the_servers_clock(http: Http) -> None:
    """The server, two days behind us, says: in five minutes."""
    said = {"Date": "Wed, 18 Nov 2026 20:00:00 GMT", "Retry-After": "Wed, 18 Nov 2026 20:05:00 GMT"}
    with serving(response(429, headers=said)) as server:
        failed = failure(http, server.origin)

    assert (failed.cause, failed.retry_after) == (Cause.RATE_LIMITED, timedelta(minutes=5))


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (response(401), Cause.REFUSED),
        (response(403, b"<html>", kind="text/html"), Cause.NOT_ALLOWED),
        (response(503), Cause.SERVER_ERROR),
        (response(200, b"<html>Sign in</html>", kind="text/html"), Cause.PORTAL),
        (response(200, b""), Cause.BAD_DATA),
        (response(200, b'{"a": [1,'), Cause.BAD_DATA),
        (response(200, b'{"a": 1', headers={"Content-Length": "4000"}), Cause.BAD_DATA),
        (response(200, b"x" * (4 * 1024 * 1024 + 1)), Cause.BAD_DATA),
        (response(200, gzip.compress(bytes(5 * 1024 * 1024)), headers={"Content-Encoding": "gzip"}), Cause.BAD_DATA),
        (lambda connection, request: connection.sendall(b"SSH-2.0-x\r\n\r\n"), Cause.SERVER_ERROR),
        (lambda connection, request: None, Cause.SERVER_ERROR),
    ],
)
def test_an_answer_that_is_none_has_its_cause(http: Http, answer: Answer, cause: Cause) -> None:
    with serving(answer) as server:
        assert failure(http, server.origin).cause is cause


def test_a_closed_port_is_offline(http: Http) -> None:
    assert failure(http, f"http://127.0.0.1:{closed_port()}").cause is Cause.OFFLINE


def test_an_unknown_name_is_dns(http: Http) -> None:
    """The name ends in `.invalid`, which no resolver knows."""
    assert failure(http, "https://vendor.invalid").cause is Cause.DNS


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_no_secret_arrives_there(http: Http, status: int) -> None:
    with serving(response()) as elsewhere:
        for target in (elsewhere.origin, f"http://localhost:{elsewhere.port}", f"//127.0.0.1:{elsewhere.port}"):
            with serving(response(status, headers={"Location": f"{target}/usage"})) as server:
                assert failure(http, server.origin).cause is Cause.PORTAL
                assert len(server.requests) == 1

    assert elsewhere.requests == []


def test_an_origin_no_secret_may_go_to_is_refused_before_anything_is_sent(http: Http) -> None:
    with serving(response()) as server, pytest.raises(UserError):
        http.web("Vendor", f"http://localhost:{server.port}")

    assert server.requests == []


def test_a_cookie_is_not_sent_back(http: Http) -> None:
    """It would tie one account's request to the next one's."""
    with serving(response(headers={"Set-Cookie": "who=a; Path=/"})) as server:
        http.web("Vendor", server.origin).get_json("/", bearer=TOKEN)
        http.web("Vendor", server.origin).get_json("/", bearer=TOKEN)

    assert b"cookie" not in server.requests[1].lower()


def test_a_login_file_of_the_machine_changes_nothing(http: Http, tmp_path: Path, monkeypatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login other password other\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with serving(response()) as server:
        http.web("Vendor", server.origin).get_json("/", bearer=TOKEN)

    assert f"authorization: bearer {CANARY}" in server.requests[0].decode().lower()


# ---- malformed credentials ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", [f"{CANARY}\n", f"{CANARY}\r\nX-Evil: 1", f"{CANARY}\u00e9", f" {CANARY}", f"{CANARY}\0", ""]
)
def test_a_token_that_cannot_stand_in_a_header_is_malformed_and_not_quoted(http: Http, text: str) -> None:
    with serving(response()) as server:
        failed = failure(http, server.origin, bearer=Secret(text))

    assert failed.cause is Cause.CREDENTIAL_MALFORMED
    assert server.requests == []
    assert http.counters() == {}


def test_an_account_id_that_cannot_stand_in_a_header_is_malformed_and_not_quoted(http: Http) -> None:
    with serving(response()) as server:
        failed = failure(http, server.origin, headers={"X-Account": f"{CANARY}\n"})

    assert (failed.cause, failed.detail) == (
        Cause.CREDENTIAL_MALFORMED,
        "X-Account holds characters that cannot be sent",
    )


# ---- TLS ---------------------------------------------------------------------------------------------------


def test_a_certificate_by_an_unknown_issuer_is_tls_and_nothing_is_sent(http: Http, tmp_path: Path) -> None:
    context, _ = certificate(tmp_path, "127.0.0.1")
    with serving(response(), tls=context) as server:
        assert failure(http, f"https://127.0.0.1:{server.port}").cause is Cause.TLS

    assert server.requests == []


def test_a_certificate_for_another_name_is_tls(tmp_path: Path) -> None:
    """Its issuer is trusted; only the name is wrong."""
    context, trusted = certificate(tmp_path, "other.example")
    http = Http("1", {}, tls=ssl.create_default_context(cafile=str(trusted)))
    with serving(response(), tls=context) as server:
        assert failure(http, f"https://127.0.0.1:{server.port}").cause is Cause.TLS
    http.close()

    assert server.requests == []


def test_a_trusted_certificate_with_the_right_name_is_spoken_to(tmp_path: Path) -> None:
    context, trusted = certificate(tmp_path, "127.0.0.1")
    http = Http("1", {}, tls=ssl.create_default_context(cafile=str(trusted)))
    with serving(response(body=b"[]"), tls=context) as server:
        assert http.web("Vendor", f"https://127.0.0.1:{server.port}").get_json("/", bearer=TOKEN) == []
    http.close()


def test_plain_http_where_tls_should_be_is_tls(http: Http) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def greet() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=greet)
        thread.start()
        assert failure(http, f"https://127.0.0.1:{listener.getsockname()[1]}").cause is Cause.TLS
        thread.join()


# ---- proxies -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [407, 403, 502])
def test_a_proxy_that_refuses_is_proxy_and_never_sees_the_token(status: int) -> None:
    with serving(response(status, headers={"Proxy-Authenticate": "Basic"})) as proxy:
        http = Http("1", {"https": proxy.origin})
        failed = failure(http, "https://vendor.invalid")
        http.close()

    assert (failed.cause, failed.detail) == (Cause.PROXY, f"the proxy answered {status}")
    assert proxy.requests[0].startswith(b"CONNECT vendor.invalid:443 ")
    assert CANARY.encode() not in proxy.requests[0]


def test_the_systems_proxy_is_asked_for_at_each_request(monkeypatch) -> None:
    """A laptop travels: without it the name is looked up in vain, with it the proxy refuses."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    http = Http("1")
    with serving(response(407)) as proxy:
        assert failure(http, "https://vendor.invalid").cause is Cause.DNS
        monkeypatch.setenv("HTTPS_PROXY", proxy.origin)
        assert failure(http, "https://vendor.invalid").cause is Cause.PROXY
        monkeypatch.setenv("NO_PROXY", ".invalid")
        assert failure(http, "https://vendor.invalid").cause is Cause.DNS
    http.close()


def test_a_kind_of_proxy_we_cannot_use_is_said_as_such() -> None:
    http = Http("1", {"all": "socks5://127.0.0.1:1080"})

    assert failure(http, "https://vendor.invalid").cause is Cause.PROXY
    http.close()


def test_loopback_is_reached_straight_although_a_proxy_is_set() -> None:
    with serving(response(407)) as proxy, serving(response(body=b"[]")) as server:
        http = Http("1", {"http": proxy.origin, "all": proxy.origin})
        assert http.web("Vendor", server.origin).get_json("/", bearer=TOKEN) == []
        http.close()

    assert proxy.requests == []


# ---- the ceiling -------------------------------------------------------------------------------------------


def hang(server_of: list[Server]) -> Answer:
    return lambda connection, request: server_of[0].over.wait(10) and None


def drip(server_of: list[Server], head: bytes) -> Answer:
    def answer(connection: socket.socket, request: bytes) -> None:
        connection.sendall(head)
        while not server_of[0].over.wait(0.05):
            connection.sendall(b"a")

    return answer


@pytest.mark.parametrize(
    "make",
    [
        hang,
        lambda servers: drip(servers, b"HTTP/1.1 200 x\r\nContent-Length: 100000\r\n\r\n"),
        lambda servers: drip(servers, b"HTTP/1.1 200 x\r\nX-Long: "),
    ],
    ids=["silence", "a body byte by byte", "a header byte by byte"],
)
def test_a_request_ends_at_the_ceiling_and_leaves_no_thread(hasty: Http, make) -> None:
    """0.4 s; each byte of a drip would start a library's own timeout afresh."""
    servers: list[Server] = []
    with serving(make(servers)) as server:
        servers.append(server)
        began = time.monotonic()
        failed = failure(hasty, server.origin)
        took = time.monotonic() - began
        wait_until(lambda: not any(thread.name.startswith("http ") for thread in threading.enumerate()))

    assert failed.cause is Cause.TIMEOUT
    assert took < 3


def test_a_name_look_up_that_hangs_is_abandoned_and_holds_up_only_its_own_origin(hasty: Http, monkeypatch) -> None:
    """One thread hangs; five further requests fail at once and start none; another origin is served."""
    over = threading.Event()
    real = socket.getaddrinfo

    def look_up(host, *rest, **more):
        if "slow" in str(host):
            over.wait(10)
            raise socket.gaierror(socket.EAI_AGAIN, "later")
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with serving(response(body=b"[]")) as server:
        assert failure(hasty, "https://slow.invalid").cause is Cause.TIMEOUT
        for _ in range(5):
            assert failure(hasty, "https://slow.invalid").cause is Cause.TIMEOUT
        running = [thread for thread in threading.enumerate() if thread.name.startswith("http ")]
        assert hasty.web("Vendor", server.origin).get_json("/", bearer=TOKEN) == []

    assert len(running) == 1
    over.set()
    wait_until(lambda: not running[0].is_alive())
    assert failure(hasty, "https://slow.invalid").cause is Cause.DNS


def test_requests_of_one_source_to_one_origin_take_turns(http: Http) -> None:
    """Four at once; the server counts how many it holds at a time."""
    held, most, guard = 0, 0, threading.Lock()

    def answer(connection: socket.socket, request: bytes) -> None:
        nonlocal held, most
        with guard:
            held += 1
            most = max(most, held)
        time.sleep(0.05)
        with guard:
            held -= 1
        response(body=b"[]")(connection, request)

    with serving(answer) as server:
        web = http.web("Vendor", server.origin)
        threads = [threading.Thread(target=web.get_json, args=("/",), kwargs={"bearer": TOKEN}) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)

    assert (len(server.requests), most) == (4, 1)


def test_nothing_of_a_request_is_logged(http: Http, caplog: pytest.LogCaptureFixture) -> None:
    """Ours at the most verbose level."""
    caplog.set_level(logging.DEBUG, logger="usagetray")
    with serving(response(500, b"body-canary")) as server:
        failure(http, server.origin)

    ours = " ".join(record.getMessage() for record in caplog.records if record.name.startswith("usagetray"))
    assert "server_error" in ours
    assert not any(piece in ours for piece in (CANARY, "body-canary", "127.0.0.1", "/usage"))


def wait_until(question) -> None:
    deadline = time.monotonic() + 5
    while not question():
        assert time.monotonic() < deadline
        time.sleep(0.01)
