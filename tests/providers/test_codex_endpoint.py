"""Codex asked over real HTTP on loopback: the headless program, a made-up server, a home with a made-up sign-in."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.providers import recorded
from tests.providers.codex_desk import (
    ACCOUNT,
    ALLOWED,
    CHALLENGE,
    HOUR,
    MINUTE,
    NOW,
    OTHER,
    SECOND,
    WHAM,
    Desk,
    failed,
    limits,
    token,
)
from tests.support import Asked, Vendor, always, in_turn, ok
from usagetray.providers.contract import Reply


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Iterator[Desk]:
    for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME", "XDG_CONFIG_HOME", "USAGETRAY_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    made = Desk(tmp_path)
    try:
        yield made
    finally:
        made.close()
    assert [each.getMessage() for each in caplog.get_records("call") if each.levelno >= logging.ERROR] == []


# ---- what it answers ---------------------------------------------------------------------------------------

CASES = [case for case in recorded.cases("codex") if case["reader"] == "usage"]


@pytest.mark.parametrize("case", CASES, ids=[case["file"] for case in CASES])
def test_a_recorded_answer_arrives_in_the_status(desk: Desk, case: dict[str, Any]) -> None:
    """Windows, plan, credits and spend cap, from the socket to the status that scripts read."""
    desk.vendor.answer = always(ok(recorded.body("codex", case["file"])))
    desk.start()

    said = desk.account

    assert said["plan"] == case["plan"]
    assert said["state"] == "fresh"
    shown = {each["key"]: (each["used_percent"], each["resets_at"]) for each in said["windows"]}
    for window in case["windows"]:
        used, resets_at = shown.pop(window["key"])
        assert used == pytest.approx(window["percent"])
        if "resets_at" in window:
            assert datetime.fromisoformat(resets_at) == window["resets_at"]
    assert shown == {}
    assert any(each["kind"] == "credits" for each in said["money"])
    if "cap" in case:
        cap = tuple(Decimal(case["cap"][each]) for each in ("used", "limit"))
        told = [(each["amount"], each["limit"]) for each in said["money"] if each["limit"]]
        assert cap in [(Decimal(used), Decimal(limit)) for used, limit in told]


def test_one_request_names_the_account_and_us_and_nobody_else(desk: Desk) -> None:
    desk.start()

    (asked,) = desk.vendor.asked
    assert asked.path == WHAM
    assert asked.token == token()
    assert asked.headers["chatgpt-account-id"] == ACCOUNT
    assert asked.headers["user-agent"].startswith("usagetray/")
    assert not {"cookie", "originator", "openai-beta"} & set(asked.headers)


def test_an_account_that_only_the_token_names_is_named_too(desk: Desk) -> None:
    desk.sign_in(token(account=OTHER), account=None)

    desk.start()

    assert desk.vendor.asked[0].headers["chatgpt-account-id"] == OTHER
    assert desk.account["account"] == OTHER


def test_keys_of_the_sign_in_file_may_be_written_in_camel_case(desk: Desk) -> None:
    desk.auth.write_text(json.dumps({"tokens": {"accessToken": token(), "accountId": ACCOUNT}}))

    desk.start()

    assert desk.vendor.asked[0].headers["chatgpt-account-id"] == ACCOUNT
    assert desk.account["account"] == ACCOUNT


def test_an_answer_for_another_account_is_not_kept(desk: Desk) -> None:
    desk.vendor.answer = always(ok(limits(99, account_id=OTHER)))

    core = desk.start()

    assert [each["windows"] for each in desk.accounts] in ([], [[]])
    assert core.store.latest_snapshots() == ()


def test_without_consent_nothing_is_asked_and_the_sign_in_is_not_opened(desk: Desk) -> None:
    """A day; the access time of the file would tell."""
    desk.configure("welcomed = true\n")
    desk.session(30, NOW)
    os.utime(desk.auth, (0, 0))

    desk.start()
    desk.run(timedelta(days=1), leap=10 * MINUTE)

    assert desk.vendor.asked == []
    assert desk.auth.stat().st_atime == 0
    assert desk.used()["codex:5-hour"] is None  # ended since


# ---- where the token goes ----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(desk: Desk, status: int) -> None:
    """Neither to another place nor back to the same one."""
    elsewhere = Vendor(desk.clock, always(ok(limits(99))))
    try:
        places = (f"{elsewhere.origin}{WHAM}", f"{desk.vendor.origin}{SECOND}")
        desk.vendor.answer = in_turn(*(failed(status, Location=place) for place in places))
        desk.start()
        desk.run(15 * MINUTE)

        assert elsewhere.asked == []
        assert set(desk.paths()) == {WHAM}
        assert desk.account["state"] == "portal"
    finally:
        elsewhere.close()


def test_codex_s_own_settings_do_not_steer_where_the_token_goes(desk: Desk) -> None:
    """`chatgpt_base_url` is obeyed by Codex; a file that anybody can talk a user into is no reason to send a token."""
    elsewhere = Vendor(desk.clock, always(ok(limits(99))))
    try:
        line = f'chatgpt_base_url = "{elsewhere.origin}/backend-api/"\n'
        (desk.home / "config.toml").write_text(f"{line}[profiles.x]\n{line}")
        desk.start()

        assert elsewhere.asked == []
        assert desk.used() == {"codex:5-hour": 27, "codex:weekly": 64}
    finally:
        elsewhere.close()


def test_nothing_of_the_sign_in_reaches_our_own_files(desk: Desk) -> None:
    """No token, no refresh token, in any piece of 12 characters; after answers and failures of all kinds."""
    desk.vendor.answer = in_turn(ok(limits()), failed(401), failed(500), CHALLENGE, ok(limits(28)))
    core = desk.start()
    desk.run(30 * MINUTE)
    said = json.dumps(core.status())
    core.close()
    desk.core = None

    kept = b"".join(each.read_bytes() for each in desk.profile.rglob("*") if each.is_file()) + said.encode()
    secrets = token().encode(), b"rt_made_up"
    pieces = [secret[at : at + 12] for secret in secrets for at in range(max(1, len(secret) - 11))]
    assert [piece for piece in pieces if piece in kept] == []


# ---- when it is refused ------------------------------------------------------------------------------------


def test_two_refusals_ask_to_sign_in_and_the_session_files_still_show_figures(desk: Desk) -> None:
    """After the second, at least a minute later, it is not asked again before the token changes."""
    desk.session(30, NOW - 2 * MINUTE)
    desk.vendor.answer = always(failed(401, "token_expired"))
    desk.start()
    assert desk.account["state"] != "signed_out"

    desk.run(HOUR)

    first, second = (each.at for each in desk.vendor.asked)
    assert second - first >= MINUTE
    assert desk.account["state"] == "signed_out"
    assert desk.used() == {"codex:5-hour": 30, "codex:weekly": 50}

    desk.vendor.answer = always(ok(limits(31)))
    desk.sign_in(token("b"))
    desk.run(2 * MINUTE)

    assert desk.account["state"] == "fresh"
    assert desk.used()["codex:5-hour"] == 31


def test_a_figure_taken_since_the_refusals_speaks_against_them(desk: Desk) -> None:
    """Codex itself was answered after we were refused twice: its sign-in is good, nothing is to be mended."""
    desk.session(30, NOW - 2 * MINUTE)
    desk.vendor.answer = always(failed(401))
    desk.start()
    desk.run(10 * MINUTE)
    assert desk.account["state"] == "signed_out"

    desk.session(35, desk.clock.now())
    desk.run(MINUTE)

    assert desk.account["state"] == "fresh"
    assert desk.used()["codex:5-hour"] == 35


def test_a_token_renewed_after_a_refusal_is_used_at_the_next_attempt(desk: Desk) -> None:
    desk.vendor.answer = lambda asked: ok(limits(20)) if asked.token == token("b") else failed(401)
    desk.start()
    desk.sign_in(token("b"))

    seen = set()
    for _ in range(12):
        desk.run(timedelta(seconds=10))
        seen |= {each["state"] for each in desk.accounts}

    assert [each.token for each in desk.vendor.asked] == [token(), token("b")]
    assert "signed_out" not in seen
    assert desk.used()["codex:5-hour"] == 20


def test_a_token_renewed_while_it_was_asked_brings_no_figure_of_the_former(desk: Desk) -> None:
    """The answer belongs to somebody who is no longer signed in."""

    def answer(asked: Asked) -> Reply:
        if asked.token == token():
            desk.sign_in(token("b"), OTHER)
            return ok(limits(99))
        return ok(limits(20))

    desk.vendor.answer = answer
    desk.start()
    desk.run(3 * MINUTE)

    assert [each["account"] for each in desk.accounts] == [OTHER]
    assert desk.used()["codex:5-hour"] == 20


# ---- paths -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", [CHALLENGE, failed(404)], ids=["challenge page", "not there"])
def test_the_second_path_is_tried_once_where_the_first_does_not_serve(desk: Desk, first: Reply) -> None:
    desk.vendor.answer = lambda asked: first if asked.path == WHAM else ok(limits(33))

    desk.start()

    assert desk.paths() == [WHAM, SECOND]
    assert desk.used()["codex:5-hour"] == 33
    assert desk.account["state"] == "fresh"


def test_where_neither_path_serves_the_session_files_stand(desk: Desk) -> None:
    """Each attempt tries both, once; the attempts are an hour apart; nobody is told to sign in."""
    desk.session(30, NOW - 2 * MINUTE)
    desk.vendor.answer = always(CHALLENGE)

    desk.start()
    desk.run(2 * HOUR, leap=5 * MINUTE)

    assert len(desk.paths()) <= 2 * 3
    assert desk.paths()[:2] == [WHAM, SECOND]
    assert desk.account["state"] == "fresh"
    assert desk.used()["codex:5-hour"] == 30


@pytest.mark.parametrize(
    "reply",
    [
        failed(403),
        failed(401),
        failed(429),
        Reply(status=429, body=b"<html>", headers={"Content-Type": "text/html", "cf-mitigated": "challenge"}),
        Reply(status=503, body=b"<html>", headers={"Content-Type": "text/html"}),
        failed(500),
        ok([]),
    ],
    ids=["403", "401", "429", "429 page", "503 page", "500", "a list"],
)
def test_no_other_failure_is_taken_to_a_second_path(desk: Desk, reply: Reply) -> None:
    """A server that asks for patience would see two requests at once."""
    desk.vendor.answer = always(reply)

    desk.start()

    assert desk.paths() == [WHAM]


def test_a_429_earns_its_wait(desk: Desk) -> None:
    """Five minutes at least, longer if the server says so; the last figures stay."""
    desk.vendor.answer = in_turn(ok(limits()), failed(429, "connector_rate_limit", **{"Retry-After": "1800"}))
    desk.start()
    desk.run(10 * MINUTE)
    limited_at = desk.vendor.asked[1].at

    desk.run(35 * MINUTE)

    later = [each.at for each in desk.vendor.asked[2:]]
    assert later
    assert min(later) - limited_at >= 30 * MINUTE
    assert desk.account["state"] == "rate_limited"
    assert desk.used()["codex:5-hour"] == 27


# ---- what cannot be asked with -----------------------------------------------------------------------------


def test_a_token_that_has_run_out_is_left_alone(desk: Desk) -> None:
    """A day without a request; bytes, times, number and mode of the file stay; the state says who renews it."""
    desk.sign_in(token(ends=NOW - MINUTE))
    desk.auth.chmod(0o600)
    before, content = desk.auth.stat(), desk.auth.read_bytes()

    desk.start()
    desk.run(timedelta(days=1), leap=10 * MINUTE)

    after = desk.auth.stat()
    assert desk.vendor.asked == []
    assert (after.st_mtime_ns, after.st_ino, after.st_mode) == (before.st_mtime_ns, before.st_ino, before.st_mode)
    assert desk.auth.read_bytes() == content
    assert desk.account["state"] == "expired"
    assert "Open Codex" in desk.account["state_text"]

    desk.sign_in(token("b", ends=NOW + timedelta(days=9)))
    desk.run(2 * MINUTE)

    assert desk.account["state"] == "fresh"


@pytest.mark.parametrize(
    "auth",
    [
        {"auth_mode": "apikey", "OPENAI_API_KEY": "sk-made-up", "tokens": None, "last_refresh": None},
        {"OPENAI_API_KEY": "sk-made-up", "tokens": None},
        {"OPENAI_API_KEY": "sk-made-up", "tokens": {"access_token": token()}},
        {"auth_mode": "apikey", "OPENAI_API_KEY": None, "tokens": {"access_token": token()}},
        {"auth_mode": "chatgpt", "tokens": {"access_token": ""}},
        {"auth_mode": "chatgpt"},
        {},
    ],
)
def test_without_a_sign_in_of_a_plan_nothing_is_asked(desk: Desk, auth: dict[str, Any]) -> None:
    """With an API key there are no limits to ask for; the session files are what there is."""
    desk.session(30, NOW)
    desk.auth.write_text(json.dumps(auth))

    desk.start()
    desk.run(10 * MINUTE)

    assert desk.vendor.asked == []
    assert desk.account["state"] == "fresh"
    assert desk.used()["codex:5-hour"] == 30


@pytest.mark.parametrize(
    "bad", ["a b", "a\nb", "ä", "x" * 20_000, 7, ["a"], "a\u2028b"], ids=lambda bad: repr(bad)[:12]
)
def test_a_token_that_cannot_stand_in_a_header_is_not_sent(desk: Desk, bad: object) -> None:
    desk.auth.write_text(json.dumps({"tokens": {"access_token": bad, "account_id": ACCOUNT}}))

    desk.start()

    assert desk.vendor.asked == []
    assert desk.account["state"] == "credential_malformed"


@pytest.mark.parametrize("content", [b"", b"[]", b'{"tokens": ', b"\xff\xfe", b"null"])
def test_a_broken_sign_in_file_is_said_not_sent(desk: Desk, content: bytes) -> None:
    desk.auth.write_bytes(content)

    desk.start()

    assert desk.vendor.asked == []
    assert desk.account["state"] == "credential_malformed"


@pytest.mark.parametrize(
    "opaque", ["plain", "a.b", "a.!!!.c", "a.bnVsbA.c", "a.W10.c", token(ends=None)], ids=lambda each: each[:8]
)
def test_a_token_that_tells_no_end_is_tried(desk: Desk, opaque: str) -> None:
    """Only the server knows; a personal token has no claims to read."""
    desk.sign_in(opaque)

    desk.start()

    assert [each.token for each in desk.vendor.asked] == [opaque]


# ---- beside the session files ------------------------------------------------------------------------------


def test_one_account_is_shown_with_the_newest_figure_of_each_window(desk: Desk) -> None:
    """Server at 20:00: 27 and 64 %; session file at 20:02: 29 %, and nothing of the week."""
    desk.session(20, NOW - HOUR)
    desk.start()
    assert desk.used() == {"codex:5-hour": 27, "codex:weekly": 64}

    desk.clock.advance(2 * MINUTE)
    desk.session(29, desk.clock.now(), slots=("primary",))
    desk.run(timedelta(seconds=10))

    assert desk.account["account"] == ACCOUNT
    assert desk.used() == {"codex:5-hour": 29, "codex:weekly": 64}
    assert {each["key"]: each["source"] for each in desk.account["windows"]} == {
        "codex:5-hour": "Codex’s session files",
        "codex:weekly": "ChatGPT",
    }


def test_a_former_account_s_session_figure_is_not_the_next_one_s(desk: Desk) -> None:
    """A has two windows, B only a week: A's five hours do not appear under B."""
    desk.start()
    desk.clock.advance(MINUTE)
    desk.session(29, desk.clock.now())
    desk.run(MINUTE)
    weekly = limits()
    weekly["rate_limit"]["primary_window"] = None
    desk.vendor.answer = always(ok(weekly))
    desk.sign_in(token("b"), OTHER)

    desk.run(10 * MINUTE)

    shown = {each["account"]: {window["key"] for window in each["windows"]} for each in desk.accounts}
    assert shown[OTHER] == {"codex:weekly"}


def test_exchanged_sign_ins_never_mix_figures(desk: Desk) -> None:
    """Two accounts taking turns in one home, 100 times: 11 % is A's, 77 % is B's, always."""
    right = {ACCOUNT: 11, OTHER: 77}
    desk.vendor.answer = lambda asked: ok(limits({token("a"): 11, token("b"): 77}[asked.token]))
    desk.start()
    wrong = []
    for number in range(100):
        desk.sign_in(*((token("b"), OTHER) if number % 2 == 0 else (token("a"), ACCOUNT)))
        desk.run(2 * MINUTE)
        wrong += [
            (number, each["account"], window["used_percent"])
            for each in desk.accounts
            for window in each["windows"]
            if window["key"] == "codex:5-hour" and window["used_percent"] not in (None, right[each["account"]])
        ]

    assert wrong == []
    assert {each.token for each in desk.vendor.asked} == {token("a"), token("b")}


def test_an_alert_is_not_repeated_when_the_account_gets_its_name_or_loses_it(desk: Desk) -> None:
    """80 % from a session file, then from the server, then from a session file again: one alert at 75 %, one at 90."""
    desk.configure("welcomed = true\n")
    desk.session(80, NOW, week=10)
    desk.vendor.answer = always(ok(limits(81, 10)))
    desk.start()
    assert [each.threshold for each in desk.alerts.alerts] == [0.75]
    assert desk.account["account"] == "default"

    desk.configure(ALLOWED)
    desk.run(MINUTE)
    assert desk.account["account"] == ACCOUNT
    assert desk.used()["codex:5-hour"] == 81
    assert [each.threshold for each in desk.alerts.alerts] == [0.75]

    desk.vendor.answer = always(ok(limits(92, 10)))
    desk.run(10 * MINUTE)
    assert [each.threshold for each in desk.alerts.alerts] == [0.75, 0.9]

    desk.configure("welcomed = true\n")
    desk.session(93, desk.clock.now(), week=10)
    desk.run(MINUTE)

    assert desk.account["account"] == "default"
    assert desk.used()["codex:5-hour"] == 93
    assert [each.threshold for each in desk.alerts.alerts] == [0.75, 0.9]
