"""Providers that take another tool's sign-in: what is asked, with what, of whom; what is said when it fails."""

from __future__ import annotations

import base64
import contextlib
import json
import sqlite3
import sys
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.providers import recorded, sign_ins
from tests.support import Asked, ManualClock, Recorder, Reply, Vendor, always, in_turn, ok, refused
from usagetray.app import build_headless
from usagetray.edges.keychain import Keychain
from usagetray.edges.vaults import MemoryVault
from usagetray.errors import Cause, SourceError
from usagetray.model import Secret
from usagetray.providers import copilot, cursor, gemini
from usagetray.providers.alibaba import PROVIDER as ALIBABA
from usagetray.providers.alibaba import console
from usagetray.providers.contract import Form
from usagetray.spine.connecting import Connecting, offers
from usagetray.spine.core import Core

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the made-up gh is a Unix script")

CANARIES = {
    "copilot": "gho_CANARY0copilot0123456789abcdef",
    "cursor": "CANARY-cursor-0123456789abcdef",
    "gemini": "ya29.CANARY-gemini-0123456789abcdef",
    "alibaba": "CANARY-alibaba-0123456789abcdef",
}
ALLOW = {"copilot": "gh", "cursor": "period", "gemini": "quota"}
GEMINI_PLAN = recorded.body("gemini", "load_code_assist.json")
COOKIE = f"login_aliyunid_ticket={CANARIES['alibaba']}; login_aliyunid_csrf=csrf-1; cna=c-1; sec_token=sec-1"


def jwt(signature: str, **claims: object) -> str:
    parts = (json.dumps(each).encode() for each in ({"alg": "none"}, claims))
    return ".".join([*(base64.urlsafe_b64encode(each).rstrip(b"=").decode() for each in parts), signature])


def gemini_says(asked: Asked) -> Reply:
    is_plan = asked.path.endswith("loadCodeAssist")
    return ok(GEMINI_PLAN if is_plan else recorded.body("gemini", "quota.json"))


ANSWERS: Mapping[str, Callable[[Asked], Reply]] = {
    "copilot": always(ok(recorded.body("copilot", "user_credits.json"))),
    "cursor": always(ok(recorded.body("cursor", "get_current_period_usage.json"))),
    "gemini": gemini_says,
    "alibaba": always(ok(recorded.body("alibaba", "quota_ok.json"))),
}


class Desk:
    """Somebody who uses all four tools: their files, their gh, their vendors' servers, and the program between."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.profile = folder / "profile"
        self.profile.mkdir(mode=0o700)
        self.clock = ManualClock()
        self.vendors = {each: Vendor(self.clock, ANSWERS[each]) for each in CANARIES}
        self.vault = MemoryVault("ok")
        self.keychain = Keychain("usagetray:test", self.clock, vault=self.vault)
        self.core: Core | None = None

    def gh(self, body: str) -> None:
        """A made-up `gh`; the body is that of a Unix script."""
        place = self.folder / "bin" / "gh"
        place.parent.mkdir(exist_ok=True)
        place.write_text(f"#!/bin/sh\n{body}\n")
        place.chmod(0o755)

    def cursor(self, token: str) -> None:
        path = self.home / ".config" / "Cursor" / "User" / "globalStorage" / "state.vscdb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        with contextlib.closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("CREATE TABLE ItemTable (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB)")
            rows = [("cursorAuth/accessToken", token), ("cursorAuth/refreshToken", "never-read")]
            connection.executemany("INSERT INTO ItemTable VALUES (?, ?)", rows)

    def gemini(self, token: str, *, ends_in: timedelta = timedelta(days=3), auth: str = "oauth-personal") -> None:
        folder = self.home / ".gemini"
        folder.mkdir(parents=True, exist_ok=True)
        login = recorded.body("gemini", "oauth_creds.json")
        login |= {"access_token": token, "expiry_date": int((self.clock.now() + ends_in).timestamp() * 1000)}
        (folder / "oauth_creds.json").write_text(json.dumps(login))
        (folder / "settings.json").write_text(json.dumps({"security": {"auth": {"selectedType": auth}}}))

    def sign_in(self) -> None:
        self.gh(f'[ "$*" = "auth token --hostname github.com" ] && echo {CANARIES["copilot"]}')
        self.cursor(jwt(CANARIES["cursor"], sub="auth0|user_1", exp=4_000_000_000))
        self.gemini(CANARIES["gemini"])

    def start(self, *allowed: str) -> Core:
        text = "welcomed = true\n"
        for each in ALLOW:
            text += f"[providers.{each}]\nenabled = {str(each in allowed).lower()}\nallow = ['{ALLOW[each]}']\n"
        (self.profile / "config.toml").write_text(text)
        origins = {each: vendor.origin for each, vendor in self.vendors.items()}
        self.core = build_headless(
            self.profile, clock=self.clock, keychain=self.keychain, notifier=Recorder(), origins=origins
        )
        if "alibaba" in allowed:
            offer = next(each for each in offers(ALIBABA) if each.name == "console")
            Connecting(self.core.profile, ALIBABA, self.keychain).give(offer, lambda _: Secret(COOKIE))
        return self.core

    def run(self, span: timedelta) -> None:
        """In steps of a minute once the first minutes are over."""
        assert self.core is not None
        ends_at = self.clock.now() + span
        quick_until = self.clock.now() + timedelta(minutes=3)
        while self.clock.now() < ends_at:
            self.core.tick()
            self.clock.advance(timedelta(seconds=10 if self.clock.now() < quick_until else 60))

    def account(self, provider: str) -> dict[str, Any]:
        assert self.core is not None
        (only,) = [each for each in self.core.status()["accounts"] if each["provider"] == provider]
        return dict(only)

    def asked(self, provider: str) -> list[Asked]:
        return self.vendors[provider].asked

    def close(self) -> None:
        if self.core is not None:
            self.core.close()
        for vendor in self.vendors.values():
            vendor.close()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME", "XDG_CONFIG_HOME", "USAGETRAY_HOME", "GH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    made = Desk(tmp_path)
    made.sign_in()
    yield made
    made.close()


# ---- all of them -------------------------------------------------------------------------------------------


def test_each_shows_its_figures_and_each_secret_reaches_its_own_server_alone(desk: Desk):
    """Four at once for half an hour: no token, nor a part of one, at another's server or in any file of ours."""
    desk.start(*CANARIES)
    desk.run(timedelta(minutes=31))

    for provider in CANARIES:
        assert desk.account(provider)["state"] == "fresh", provider
        own = [repr(each) for each in desk.asked(provider)]
        assert own
        assert all(CANARIES[provider] in each for each in own)
        for other in set(CANARIES) - {provider}:
            assert not [each for each in own if CANARIES[other][8:24] in each], (provider, other)
        assert all(asked.headers["user-agent"].startswith("usagetray/") for asked in desk.asked(provider))
    assert desk.core is not None
    desk.core.close()
    desk.core = None
    written = [path for path in desk.profile.rglob("*") if path.is_file()]
    assert len(written) > 2
    for canary in CANARIES.values():
        assert not [path for path in written if canary[8:24].encode() in path.read_bytes()]


def test_what_is_not_allowed_is_not_asked_and_no_program_started(desk: Desk):
    desk.gh(f"touch {desk.folder}/started; echo x")
    desk.start()
    desk.run(timedelta(minutes=20))

    assert [asked for vendor in desk.vendors.values() for asked in vendor.asked] == []
    assert not (desk.folder / "started").exists()


def test_files_of_the_tools_are_as_they_were(desk: Desk):
    before = {path: path.read_bytes() for path in desk.home.rglob("*") if path.is_file()}
    desk.start(*CANARIES)
    desk.run(timedelta(minutes=16))

    assert {path: path.read_bytes() for path in desk.home.rglob("*") if path.is_file()} == before


# ---- Copilot -----------------------------------------------------------------------------------------------


def test_copilot_is_asked_with_the_token_that_gh_hands_out_each_time(desk: Desk):
    """Every 15 minutes; gh's token changes in between, and is kept nowhere."""
    desk.gh(f'echo "made-up-token-$(date +%N)"; echo 1 >> {desk.folder}/runs')
    desk.start("copilot")
    desk.run(timedelta(minutes=40))

    first, second, *_ = desk.asked("copilot")
    assert (first.method, first.path) == ("GET", "/copilot_internal/user")
    assert first.headers["authorization"].startswith("token made-up-token-")
    assert first.headers["authorization"] != second.headers["authorization"]
    assert "editor-version" not in first.headers
    assert len((desk.folder / "runs").read_text().split()) == len(desk.asked("copilot")) == 3
    account = desk.account("copilot")
    assert (account["plan"], account["account"]) == ("Pro+", "example-user")
    assert [(each["key"], each["used_percent"]) for each in account["windows"]] == [("premium_interactions", 35)]


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (403, "GitHub does not answer this for gh tokens of your account."),
        (404, "No Copilot plan stands behind this GitHub account, or it is not told to this token."),
    ],
)
def test_copilot_that_does_not_answer_this_account_is_left_alone_until_the_user_asks(desk: Desk, status: int, why: str):
    """Once, then not for two hours; a click asks again."""
    desk.vendors["copilot"].answer = always(refused(status))
    core = desk.start("copilot")
    desk.run(timedelta(hours=2))

    assert len(desk.asked("copilot")) == 1
    account = desk.account("copilot")
    assert account["state"] == "not_allowed"
    assert why in account["state_text"]
    core.click()
    desk.run(timedelta(minutes=2))
    assert len(desk.asked("copilot")) == 2


def test_copilot_that_refuses_twice_is_left_alone_and_says_why(desk: Desk):
    desk.vendors["copilot"].answer = always(refused(401))
    desk.start("copilot")
    desk.run(timedelta(hours=2))

    assert len(desk.asked("copilot")) == 2
    assert desk.account("copilot")["state"] == "signed_out"
    assert "GitHub does not answer this for gh tokens" in desk.account("copilot")["state_text"]


def test_copilot_that_says_too_often_by_a_403_waits_as_long_as_it_says(desk: Desk):
    desk.vendors["copilot"].answer = in_turn(
        refused(403, retry_after="1800"), ok(recorded.body("copilot", "user_credits.json"))
    )
    desk.start("copilot")
    desk.run(timedelta(minutes=20))
    assert desk.account("copilot")["state"] == "rate_limited"

    desk.run(timedelta(minutes=20))
    assert desk.account("copilot")["state"] == "fresh"


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ("echo 'no oauth token' >&2; exit 1", "gh is not signed in to github.com"),
        ("echo 'two words'", "the token cannot be sent"),
        ("printf '\\303\\251\\n'", "the token cannot be sent"),
    ],
    ids=["not signed in", "no token", "no ASCII"],
)
def test_a_gh_without_a_token_sends_nothing(desk: Desk, body: str, detail: str):
    desk.gh(body)
    desk.start("copilot")
    desk.run(timedelta(minutes=1))

    assert desk.asked("copilot") == []
    assert desk.core is not None
    (source,) = [each for each in desk.core.store.sources() if each.provider == "copilot"]
    assert desk.core.store.attempts(source)[-1].detail == detail


def test_a_token_of_the_user_s_own_is_enough_without_gh():
    facts = replace(sign_ins.facts(recorded.NOW), secrets={"token": Secret("ghp_made_up")})
    web = sign_ins.Answers(recorded.body("copilot", "user_free.json"))
    one = recorded.strategy(copilot.PROVIDER, "token")

    (said,) = one.fetch(facts, web)

    assert web.asked == [("/copilot_internal/user", None, "ghp_made_up")]
    assert said.account.plan == "Free"
    assert said.strategy_id == "token"


# ---- Cursor ------------------------------------------------------------------------------------------------


def test_cursor_is_asked_with_the_editor_s_token_and_an_empty_question(desk: Desk):
    desk.start("cursor")
    desk.run(timedelta(minutes=1))

    (asked,) = desk.asked("cursor")
    assert (asked.method, asked.path, asked.body) == (
        "POST",
        "/aiserver.v1.DashboardService/GetCurrentPeriodUsage",
        b"{}",
    )
    assert asked.headers["connect-protocol-version"] == "1"
    assert desk.account("cursor")["account"] == "user_1"
    assert [each["amount"] for each in desk.account("cursor")["money"]] == ["3.50"]


def test_a_cursor_token_that_has_run_out_is_not_sent_and_a_new_one_is_noticed(desk: Desk):
    """Less than a minute left counts as run out."""
    ends = desk.clock.now().timestamp() + 59
    desk.cursor(jwt("old", sub="auth0|user_1", exp=ends))
    desk.start("cursor")
    desk.run(timedelta(minutes=3))
    assert desk.asked("cursor") == []
    assert desk.account("cursor")["state"] == "expired"

    desk.cursor(jwt("new", sub="auth0|user_1", exp=ends + 100_000))
    desk.run(timedelta(minutes=3))

    assert [each.token.rpartition(".")[2] for each in desk.asked("cursor")] == ["new"]
    assert desk.account("cursor")["state"] == "fresh"


@pytest.mark.parametrize(
    "content",
    [b"tok-1", b'"tok-1"', "tok-1".encode("utf-16-le"), b" tok-1\n"],
    ids=["plain", "as JSON", "in UTF-16", "with blanks"],
)
def test_a_cursor_token_is_understood_however_it_is_written(content: bytes):
    facts = sign_ins.facts(recorded.NOW, ("token", content))

    assert cursor.session(facts) == Secret("tok-1")


@pytest.mark.parametrize("content", [b"", b'""', b'"half', b"[1]\x00\xff", b"\xd8\x00", b"a b", b'{"x": 1}', b"17\x01"])
def test_a_torn_read_is_no_token_and_raises_nothing_else(content: bytes):
    with pytest.raises(SourceError) as caught:
        cursor.session(sign_ins.facts(recorded.NOW, ("token", content)))

    assert caught.value.cause in (Cause.NOT_CONNECTED, Cause.CREDENTIAL_MALFORMED)


@pytest.mark.parametrize("given", ["user_9%3A%3Atok", "WorkosCursorSessionToken=user_9%3A%3Atok", "user_9::tok"])
def test_a_cursor_cookie_names_its_account_and_is_taken_with_or_without_its_name(given: str):
    facts = replace(sign_ins.facts(recorded.NOW), secrets={"cookie": Secret(given)})
    web = sign_ins.Answers(recorded.body("cursor", "usage_summary.json"))

    (said,) = cursor.fetch_summary(facts, web)

    assert said.account.id == "user_9"
    assert web.asked[0][2] == given.removeprefix("WorkosCursorSessionToken=")


def test_a_cursor_session_that_leads_to_the_login_page_is_a_refused_one():
    facts = replace(sign_ins.facts(recorded.NOW), secrets={"cookie": Secret("tok")})

    with pytest.raises(SourceError) as caught:
        cursor.fetch_summary(facts, recorded.Recorded(SourceError("Cursor", Cause.PORTAL, "redirected, 302")))

    assert caught.value.cause is Cause.REFUSED


# ---- Gemini ------------------------------------------------------------------------------------------------


def test_gemini_is_asked_for_the_project_and_then_for_its_quota(desk: Desk):
    """And does not say that it is the CLI."""
    desk.start("gemini")
    desk.run(timedelta(minutes=1))

    plan, quota = desk.asked("gemini")
    assert (plan.path, quota.path) == ("/v1internal:loadCodeAssist", "/v1internal:retrieveUserQuota")
    assert b"GEMINI_CLI" not in plan.body
    assert json.loads(quota.body) == {"project": "example-project-123"}
    assert desk.account("gemini")["plan"] == "Gemini Code Assist Standard"


@pytest.mark.parametrize(
    ("project", "asked"),
    [({"id": "p"}, {"project": "p"}), ({"projectId": "q"}, {"project": "q"}), (None, {}), ([1], {}), ({}, {})],
)
def test_gemini_s_project_is_found_in_every_shape(project: object, asked: dict[str, str], desk: Desk):
    facts = sign_ins.facts(recorded.NOW, ("sign-in", b'{"access_token": "t"}'))
    web = sign_ins.Answers({"cloudaicompanionProject": project}, recorded.body("gemini", "quota.json"))

    gemini.fetch(facts, web)

    assert web.asked[1][1] == asked


def test_a_gemini_account_that_was_moved_is_said_so_and_left_alone(desk: Desk):
    error = recorded.body("gemini", "error_unsupported_client.json")
    desk.vendors["gemini"].answer = always(Reply(status=error["status"], body=json.dumps(error["body"]).encode()))
    desk.start("gemini")
    desk.run(timedelta(hours=2))

    assert len(desk.asked("gemini")) == 1
    assert "moved individual accounts to Antigravity" in desk.account("gemini")["state_text"]


@pytest.mark.parametrize(
    ("ends_in", "auth", "cause"),
    [
        (timedelta(seconds=59), "oauth-personal", "expired"),
        (timedelta(hours=1), "gemini-api-key", None),
        (timedelta(hours=1), "vertex-ai", None),
    ],
)
def test_a_gemini_sign_in_that_is_of_no_use_is_not_sent(desk: Desk, ends_in: timedelta, auth: str, cause: str | None):
    desk.gemini("token-x", ends_in=ends_in, auth=auth)
    core = desk.start("gemini")
    desk.run(timedelta(minutes=2))

    assert desk.asked("gemini") == []
    states = [each["state"] for each in core.status()["accounts"] if each["provider"] == "gemini"]
    assert states == ([cause] if cause else [])


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    content=st.binary(max_size=40) | st.sampled_from([b"null", b"[]", b'{"access_token": 7}', b'{"access_token": ""}'])
)
def test_no_sign_in_file_breaks_anything(content: bytes):
    for read, name in ((gemini.token, "sign-in"), (cursor.session, "token")):
        with contextlib.suppress(SourceError):
            read(sign_ins.facts(recorded.NOW, (name, content)))


# ---- Alibaba's console -------------------------------------------------------------------------------------


def test_the_console_is_asked_by_a_form_with_the_cookies_and_the_tokens_within_them(desk: Desk):
    desk.start("alibaba")
    desk.run(timedelta(minutes=1))

    (asked,) = desk.asked("alibaba")
    assert asked.method == "POST"
    assert asked.path.startswith("/data/api.json?action=BroadScopeAspnGateway&product=sfm_bailian&api=zeldaEasy.")
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert asked.headers["cookie"] == COOKIE.replace("; ", ";")
    assert (asked.headers["x-csrf-token"], asked.headers["x-xsrf-token"]) == ("csrf-1", "csrf-1")
    form = {name: values[0] for name, values in urllib.parse.parse_qs(asked.body.decode()).items()}
    assert (form["region"], form["sec_token"]) == ("cn-beijing", "sec-1")
    assert json.loads(form["params"])["Data"]["cornerstoneParam"]["X-Anonymous-Id"] == "c-1"
    assert desk.account("alibaba")["plan"] == "Coding Plan Pro"


def test_the_question_is_the_recorded_one():
    asked, expected = console.question(None), recorded.body("alibaba", "request_params.json")
    expected["Data"]["cornerstoneParam"]["feTraceId"] = asked["Data"]["cornerstoneParam"]["feTraceId"]

    assert asked == expected


def test_a_console_session_that_has_ended_is_not_asked_again_until_there_is_a_new_one(desk: Desk):
    """It answers 200 and says that a login is wanted; twice, a minute apart."""
    desk.vendors["alibaba"].answer = always(ok(recorded.body("alibaba", "error_need_login.json")["body"]))
    desk.start("alibaba")
    desk.run(timedelta(hours=2))

    assert len(desk.asked("alibaba")) == 2
    assert desk.account("alibaba")["state"] == "signed_out"
    assert "usagetray connect alibaba" in desk.account("alibaba")["state_text"]


def test_cookies_without_their_token_are_not_sent():
    web = sign_ins.Answers()
    facts = replace(sign_ins.facts(recorded.NOW), secrets={"cookie": Secret("login_aliyunid_ticket=x")})

    with pytest.raises(SourceError) as caught:
        console.fetch(facts, web)

    assert caught.value.cause is Cause.CREDENTIAL_MALFORMED
    assert web.asked == []


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        ({"code": 401}, Cause.REFUSED),
        ({"statusCode": "403"}, Cause.NOT_ALLOWED),
        ({"code": "BailianGateway.Workspace.NotAuthorised"}, Cause.NOT_ALLOWED),
        ({"data": '{"status_code": 429}'}, Cause.RATE_LIMITED),
        ({"code": "Whatever"}, Cause.BAD_DATA),
        (recorded.body("alibaba", "token_plan_personal_old.json"), Cause.BAD_DATA),
        ({}, Cause.BAD_DATA),
        (None, Cause.BAD_DATA),
        ("[" * 5000, Cause.BAD_DATA),
    ],
    ids=str,
)
def test_a_console_s_refusal_is_told_by_its_code(answer: object, cause: Cause):
    with pytest.raises(SourceError) as caught:
        console.read(sign_ins.facts(recorded.NOW), answer)

    assert caught.value.cause is cause


def test_an_expired_subscription_gives_no_figure():
    rows = [{"planName": "Old", "status": "EXPIRED", "endTime": "2027-01-01 00:00", "codingPlanQuotaInfo": {}}]

    assert console.read(sign_ins.facts(recorded.NOW), {"data": {"codingPlanInstanceInfos": rows}}) == ()


def test_a_form_does_not_show_its_fields():
    assert "sec" not in repr(Form({"sec_token": "sec-1"}))


def test_a_deep_and_wide_answer_is_given_up_in_time():
    """A hundred thousand texts and a nest of lists: still only bad data."""
    answer: Any = ["x"] * 100_000
    for _ in range(50):
        answer = [answer]
    before = datetime.now().astimezone()

    with pytest.raises(SourceError):
        console.read(sign_ins.facts(recorded.NOW), [answer, ["{"] * 100_000])

    assert datetime.now().astimezone() - before < timedelta(seconds=2)
