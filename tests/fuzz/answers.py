"""Vendors' answers: each provider's readers, the status pages, and what stands around a body in HTTP."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from tests.fuzz.legal import assert_legal
from tests.fuzz.target import NOW, Target, scratch, texts
from tests.providers import keyed, recorded
from tests.providers.recorded import HERE as RECORDED
from tests.providers.test_recorded import CASES, REFUSALS
from usagetray.edges.http_answers import MOST_BYTES, decoded, http_date, refusal, retry_after, unpacked
from usagetray.errors import SourceError
from usagetray.providers import discover
from usagetray.providers.contract import Facts, Home
from usagetray.providers.user_defined import snapshot
from usagetray.spine import status_page
from usagetray.spine.declarations import declared

BY_STATUS_LINE = "status_line"
"""It comes in a spool, not in an answer: see `tools.py`."""
CUT = b"\n#---\n"
"""Parts two inputs of one target."""
WHERE = Path("gateway.toml")

GATEWAY = b"""id = "gateway"
name = "Gateway"
url = "https://gateway.example.com/usage"

[[windows]]
key = "day"
label = "Day"
length = "24h"
used = "data.used"
limit = "data.limit"
reset = "data.reset"
reset_as = "epoch_s"

[[windows]]
key = "week"
label = "Week"
length = "7d"
share = "limits[0].percent"
unit = "percent_left"

[[money]]
label = "Budget"
kind = "budget"
used = "spent"
limit = 500
unit = "hundredths"
currency_at = "currency"
"""
GATEWAY_ANSWER = (
    b'{"data": {"used": 12, "limit": "40", "reset": 1795230000}, "limits": [{"percent": 41.5}],'
    b' "spent": 1250, "currency": "USD"}'
)
PAGE = json.dumps(
    {
        "components": [
            {"id": "c1", "name": "API", "status": "partial_outage"},
            {"id": "c2", "name": "Console", "status": "operational"},
        ],
        "incidents": [
            {
                "name": "Elevated errors",
                "status": "investigating",
                "impact": "minor",
                "started_at": "2026-11-20T18:00:00Z",
                "components": [{"id": "c1", "name": "API"}],
            }
        ],
    }
).encode()


def targets() -> tuple[Target, ...]:
    readers = sorted({(provider, case["reader"]) for provider, case in CASES} - {("claude", BY_STATUS_LINE)})
    return (
        *(_provider(provider, reader) for provider, reader in readers),
        _names("anthropic_admin", "workspaces", "api_keys", "me"),
        Target("status-page", "BAD_DATA or at most five incidents, kept and read again alike", _page, (PAGE,)),
        Target(
            "user-provider",
            "a sentence for each mistake, or a provider whose own answers give legal figures or BAD_DATA",
            _own_provider,
            (GATEWAY + CUT + GATEWAY_ANSWER, GATEWAY),
            is_json=False,
        ),
        Target("http-headers", "a wait above 0 and at most 6 h, an aware instant, a refusal", _headers, HEADERS, False),
        Target("http-packed", "bytes in pieces of at most 4 MiB, or BAD_DATA", _packed, _packed_seeds(), False),
        Target("http-body", "JSON, or SourceError without the body in it", _body, (PAGE, b"<html>", b"\xef\xbb\xbf{}")),
    )


def _provider(provider: str, reader: str) -> Target:
    cases = [case for each, case in CASES if (each, case["reader"]) == (provider, reader)]
    refused = [case for each, case in REFUSALS if (each, case["reader"]) == (provider, reader)]
    bodies = [json.loads((RECORDED / provider / case["file"]).read_text()).get("body") for case in refused]
    now = cases[0]["now"]

    def run(content: bytes) -> None:
        with contextlib.suppress(SourceError):
            told = recorded.read(provider, reader, decoded("Vendor", content, "application/json"), now, scratch())
            recorded.assert_legal(told)
            assert_legal(told)
            if keyed.readers(provider):
                assert all((window.utilization or 0) <= 1 for window in told.windows)

    return Target(
        f"answer-{provider}-{reader}".replace("_", "-"),
        "SourceError, or windows and sums as a history may hold them",
        run,
        (
            *(json.dumps(recorded.body(provider, case["file"])).encode() for case in cases),
            *(json.dumps(each).encode() for each in bodies),
        ),
    )


def _names(provider: str, *ends: str) -> Target:
    """What a bill's provider asks besides the bill: the names of keys and workspaces."""
    pages = {"": recorded.body(provider, "cost_report.json")}

    def run(content: bytes) -> None:
        with contextlib.suppress(SourceError):
            answer = decoded("Vendor", content, "application/json")
            for found in recorded.ask_bill(provider, pages, NOW, dict.fromkeys(ends, answer)):
                assert_legal(found)

    seeds = texts(*(f"providers/{provider}/{each}.json" for each in ("workspaces", "api_keys", "organization_me")))
    return Target(f"answer-{provider}-names".replace("_", "-"), "names, or none; the bill stays", run, seeds)


def _page(content: bytes) -> None:
    with contextlib.suppress(SourceError):
        found = status_page.read("Vendor", decoded("Vendor", content, "application/json"), ("c1", "API", "claude"))
        assert_legal(found)
        assert len(found) <= status_page.MOST_INCIDENTS
        looked = status_page.Looked(at=NOW, failures=0, not_before=None, captured_at=NOW, incidents=found)
        assert status_page.remembered(status_page.written(looked)) == looked


def _own_provider(content: bytes) -> None:
    description, _, answer = content.partition(CUT)
    try:
        text = description.decode("utf-8-sig")
    except UnicodeDecodeError:
        return  # told before the file is parsed
    problems: list[str] = []
    found = declared(WHERE, text, {each.id: "another" for each in discover()}, problems.append)
    assert_legal(problems)
    assert found is not None or problems
    if found is not None:
        facts = Facts(home=Home(path=Path("-"), is_default=True), now=NOW)
        with contextlib.suppress(SourceError):
            assert_legal(snapshot(found, decoded("Gateway", answer, "application/json"), facts))


HEADERS = (
    b"429\nretry-after: 120\ncontent-type: application/json",
    b"503\nretry-after: Fri, 20 Nov 2026 19:10:00 GMT\ndate: Fri, 20 Nov 2026 19:00:00 GMT",
    b"403\ncf-mitigated: challenge\nx-ratelimit-remaining: 0",
    b"302\nlocation: https://login.example.com",
    b"200\ncontent-encoding: gzip",
)


def _headers(content: bytes) -> None:
    status, *lines = content.decode("latin-1").split("\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (each.partition(":") for each in lines)}
    failed = refusal("Vendor", int(status) if status.isdecimal() and len(status) < 5 else 500, headers, NOW)
    for text in (*headers.values(), content.decode("latin-1")):
        wait, at = retry_after(text, NOW), http_date(text)
        assert wait is None or 0 < wait.total_seconds() <= 6 * 3600
        assert_legal(at)
    assert failed is None or failed.retry_after is None or failed.retry_after.total_seconds() > 0


def _packed(content: bytes) -> None:
    encoding, _, body = content.partition(b"\n")
    whole = 0
    with contextlib.suppress(SourceError):
        chunks = [body[at : at + 700] for at in range(0, len(body), 700)]
        for piece in unpacked("Vendor", chunks, encoding.decode("latin-1")):
            assert len(piece) <= MOST_BYTES + 1
            whole += len(piece)
            if whole > MOST_BYTES:
                break  # as whoever reads it


def _packed_seeds() -> tuple[bytes, ...]:
    import gzip
    import zlib

    bomb = gzip.compress(bytes(6 << 20), mtime=0)
    return (
        b"gzip\n" + gzip.compress(PAGE, mtime=0),
        b"deflate\n" + zlib.compress(PAGE),
        b"gzip\n" + bomb,
        b"identity, gzip\n" + gzip.compress(b"{}", mtime=0),
        b"br\nx",
    )


def _body(content: bytes) -> None:
    error: BaseException | None = None
    try:
        decoded("Vendor", content, "text/html" if content[:1] == b"<" else "application/json")
    except SourceError as caught:
        error = caught
    assert error is None or (error.__cause__, error.__context__) == (None, None)
    assert len(str(error)) < 200
