"""Providers described in files of the user's own: from the file to the figure, and what is said of a faulty one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import Asked, ManualClock, Recorder, Reply, Vendor, always, ok, refused
from usagetray.edges.keychain import Keychain
from usagetray.edges.vaults import MemoryVault
from usagetray.model import Secret
from usagetray.profile import open_profile
from usagetray.providers.contract import Provider
from usagetray.spine.connecting import Connecting, offers
from usagetray.spine.core import Core
from usagetray.spine.declarations import declared
from usagetray.spine.own_providers import known, named

FILES = Path(__file__).parent / "own_providers"
GATEWAY = (FILES / "gateway.toml").read_text()
ANSWER = Reply(status=200, body=(FILES / "answer.json").read_bytes())
KEY = "sk-CANARY-gateway-0123456789abcdef"


class Desk:
    """One user's profile, with a folder for such files, and a server on loopback."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock()
        self.keychain = Keychain("usagetray:test", self.clock, vault=MemoryVault("ok"))
        home = {"HOME": str(folder), "USAGETRAY_HOME": str(folder / "profile")}
        self.profile = replace(open_profile(home), clock=self.clock)
        self.folder = folder / "profile" / "providers"
        self.folder.mkdir(parents=True, mode=0o700)
        self.core: Core | None = None

    @cached_property
    def server(self) -> Vendor:
        """There from the moment it is spoken of."""
        return Vendor(self.clock, always(ANSWER))

    def write(self, text: str, name: str = "gateway", server: Vendor | None = None) -> Path:
        path = self.folder / f"{name}.toml"
        path.write_text(text.replace("https://gateway.example.com", (server or self.server).origin))
        return path

    def start(self) -> Core:
        self.core = Core(self.profile, [], keychain=self.keychain, notifier=Recorder(), ceiling_s=2.0)
        return self.core

    @property
    def gateway(self) -> Provider:
        return next(each for each in known(self.profile).providers if each.id == "gateway")

    def connect(self, key: str = KEY) -> None:
        (offer,) = offers(self.gateway)
        Connecting(self.profile, self.gateway, self.keychain).give(offer, lambda _: Secret(key))

    def tick(self) -> list[dict[str, Any]]:
        assert self.core
        self.clock.advance(timedelta(minutes=11))
        self.core.click()
        self.core.tick()
        found: list[dict[str, Any]] = self.core.status()["accounts"]
        return found

    def close(self) -> None:
        if self.core is not None:
            self.core.close()
        if "server" in vars(self):
            self.server.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    try:
        yield made
    finally:
        made.close()


# ---- from the file to the figure ---------------------------------------------------------------------------


def test_a_described_gateway_is_asked_and_shown(desk: Desk) -> None:
    """300 of 1,200; a quarter left of the second pool; 123.45 of 500 euros."""
    desk.write(GATEWAY)
    desk.connect()
    desk.start()

    (account,) = desk.tick()

    day, fast = account["windows"]
    (money,) = account["money"]
    (asked,) = desk.server.asked
    assert account["provider"] == "gateway"
    assert (day["key"], day["used_percent"], day["resets_at"]) == ("day", 25, "2026-11-21T00:00:00Z")
    assert (fast["key"], fast["used_percent"], fast["length_s"]) == ("fast-requests", 75, None)
    assert fast["resets_at"] == datetime.fromtimestamp(1795219200, UTC).isoformat().replace("+00:00", "Z")
    assert (money["amount"], money["limit"], money["currency"], money["kind"]) == ("123.45", "500.00", "EUR", "budget")
    assert asked.path == "/v1/usage?scope=me"
    assert asked.headers["x-api-key"] == KEY
    assert "authorization" not in asked.headers
    assert asked.headers["user-agent"].startswith("usagetray/")


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside a link that leads nowhere"])
def test_a_running_program_takes_a_new_file_in_and_lets_a_removed_one_go(desk: Desk, beside: bool) -> None:
    if beside:
        (desk.folder / "gone.toml").symlink_to("nowhere")
    desk.start()
    before = desk.tick()

    path = desk.write(GATEWAY)
    desk.connect()
    with_file = desk.tick()
    path.unlink()
    without = desk.tick()

    assert (before, without) == ([], [])
    assert [each["provider"] for each in with_file] == ["gateway"]


def test_nothing_is_asked_before_the_user_has_given_a_key(desk: Desk) -> None:
    desk.write(GATEWAY)
    desk.start()

    assert desk.tick() == []
    assert desk.server.asked == []


def test_another_address_in_the_file_gets_no_key_before_it_is_given_one(desk: Desk) -> None:
    """Whoever may write the file could otherwise send the key to themselves. The former address keeps its key."""
    other = Vendor(desk.clock, always(ANSWER))
    desk.write(GATEWAY)
    desk.connect()
    desk.start()
    desk.tick()

    try:
        desk.write(GATEWAY + "\n", server=other)
        desk.tick()
        asked_without = list(other.asked)
        desk.connect("sk-CANARY-other-0123456789abcdef")
        desk.tick()
        sent = [each.headers["x-api-key"] for each in other.asked]
    finally:
        other.close()

    assert asked_without == []
    assert sent == ["sk-CANARY-other-0123456789abcdef"]
    assert {each.headers["x-api-key"] for each in desk.server.asked} == {KEY}


def test_another_path_at_the_same_address_needs_no_new_key(desk: Desk) -> None:
    desk.write(GATEWAY)
    desk.connect()
    desk.start()

    desk.write(GATEWAY.replace("/v1/usage", "/v2/usage"))
    desk.tick()

    assert [each.path for each in desk.server.asked] == ["/v2/usage?scope=me"]


def test_a_redirect_is_not_followed_with_the_key(desk: Desk) -> None:
    other = Vendor(desk.clock, always(ANSWER))
    desk.server.answer = always(Reply(status=307, body=b"", headers={"Location": f"{other.origin}/v1/usage"}))
    desk.write(GATEWAY)
    desk.connect()
    desk.start()

    try:
        (account,) = desk.tick()
    finally:
        other.close()

    assert account["state"] == "portal"
    assert other.asked == []


def test_a_described_provider_may_have_several_accounts(desk: Desk) -> None:
    def answer(asked: Asked) -> Reply:
        return ANSWER if asked.headers["x-api-key"] == KEY else refused(429)

    desk.server.answer = answer
    desk.write(GATEWAY)
    desk.connect()
    (offer,) = offers(desk.gateway, "club")
    Connecting(desk.profile, desk.gateway, desk.keychain, account="club").give(offer, lambda _: Secret("sk-club-0001"))
    desk.start()

    states = {each["account"]: each["state"] for each in desk.tick()}

    assert states == {"default": "fresh", "club": "rate_limited"}


def test_readers_in_a_hurry_read_the_files_only_for_ids_that_stand_in_one(desk: Desk) -> None:
    path = desk.write(GATEWAY)

    assert [each.id for each in named(desk.profile, {"claude", "gateway"})] == ["claude", "gateway"]
    path.unlink()
    path.mkdir()  # would be complained about if it were read
    assert [each.id for each in named(desk.profile, {"claude"})] == ["claude"]
    assert [each.id for each in named(desk.profile, {"gateway", "codex"})] == ["codex"]


@pytest.mark.parametrize("words", [["status"], ["bar", "tmux"]], ids=" ".join)
def test_who_has_no_such_file_loads_nothing_for_them(desk: Desk, words: list[str]) -> None:
    code = (
        f"import sys; from usagetray.views.cli import main; main({words!r}); print('user_defined' in str(sys.modules))"
    )
    environ = {**os.environ, "USAGETRAY_HOME": str(desk.profile.paths.profile)}

    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "False"


# ---- faulty files ------------------------------------------------------------------------------------------

WRONG = [
    ('id = "gateway"', 'id = "Gateway"', 1, "id takes small letters"),
    ('id = "gateway"', "", 1, "id is missing"),
    ('id = "gateway"', 'id = "claude"', 1, "claude is taken by a provider that is built in"),
    ('name = "Team gateway"', "name = 7", 2, "name takes a text of 1 to 40 characters, not 7"),
    ("https://gateway", "http://gateway", 3, "url takes an address like https://"),
    ("https://gateway", "https://me:secret@gateway", 3, "url takes an address like https://"),
    ("https://gateway.example.com", "https://Gateway.example.com", 3, "url takes an address like https://"),
    ("X-Api-Key: {key}", "X-Api-Key: sk-CANARY-0123456789", 4, "auth takes a header with {key}"),
    ("X-Api-Key: {key}", "Host: {key}", 4, "auth takes a header with {key}"),
    ("X-Api-Key: {key}", "X-Api-Key: {key}{key}", 4, "auth takes a header with {key}"),
    ('method = "GET"', 'method = "POST"', 5, 'method takes "GET"'),
    ("poll_minutes = 10", "poll_minutes = 1", 6, "poll_minutes takes whole minutes from 2 to 1440, not 1"),
    ("poll_minutes = 10", "poll_minutes = true", 6, "poll_minutes takes whole minutes from 2 to 1440, not true"),
    ('length = "24h"', 'length = "1w"', 11, "length takes a span such as"),
    ('used = "data.day.used"', 'used = "data..used"', 12, "used takes a place in the answer"),
    ('used = "data.day.used"', 'percent = "a"\nused = "b"', 8, "a window takes one of percent"),
    ("limit = \"data.day.limit\"", "limit = -1", 13, "limit takes a number above 0, or a place"),
    ('reset_as = "iso"', 'reset_as = "unix"', 15, 'reset_as takes "iso" or "epoch_s"'),
    ('reset_as = "iso"', "", 14, "reset and reset_as stand together"),
    ('kind = "budget"', 'kind = "gift"', 25, 'kind takes "billed" or "credits"'),
    ('unit = "hundredths"', "", 24, "unit is missing"),
    ('currency_at = "data.currency"', "", 24, "money takes either currency or currency_at"),
    ('currency_at = "data.currency"', 'currency = "dollar"', 30, 'currency takes a code such as "USD"'),
    ("fraction_left =", "fracton_left =", 19, "there is no such key here; did you mean fraction_left?"),
    ("[[money]]", "[[money]", 24, "is not valid TOML"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "line", "says"), WRONG, ids=[f"{each[1] or '-'}" for each in WRONG])
def test_a_fault_is_told_with_file_line_key_and_what_is_taken(
    desk: Desk, right: str, wrong: str, line: int, says: str
) -> None:
    assert right in GATEWAY
    path = desk.folder / "gateway.toml"
    path.write_text(GATEWAY.replace(right, wrong, 1))

    problems = known(desk.profile).problems

    said = [each for each in problems if f"line {line}" in each and says in each]
    assert said, problems
    assert said[0].startswith(str(path))
    assert said[0].endswith(".")
    assert not any("CANARY" in each or "secret" in each for each in problems)


def test_a_fault_in_one_window_costs_that_one(desk: Desk) -> None:
    desk.write(GATEWAY.replace('"24h"', '"1w"'))
    desk.connect()
    desk.start()

    (account,) = desk.tick()

    assert [each["key"] for each in account["windows"]] == ["fast-requests"]
    assert len(account["money"]) == 1


def test_a_faulty_file_leaves_the_others_working_and_is_told_in_the_status(desk: Desk) -> None:
    desk.write("id = ", "a-broken-one")
    (desk.folder / "b-not-text.toml").write_bytes(b"\xff\xfe")
    (desk.folder / "c-a-folder.toml").mkdir()
    desk.write(GATEWAY)
    shutil.copy(desk.folder / "gateway.toml", desk.folder / "the-same-again.toml")
    core = desk.start()

    assert [each.id for each in known(desk.profile).providers if each.id == "gateway"] == ["gateway"]
    notices = core.overview().notices
    assert [Path(each.split(".toml")[0]).name for each in notices] == [
        "a-broken-one",
        "b-not-text",
        "c-a-folder",
        "the-same-again",
    ]
    assert "taken by gateway.toml" in notices[-1]


def test_a_key_written_into_the_file_is_never_shown_again(desk: Desk) -> None:
    """Wherever somebody put it: no sentence quotes twelve characters of it."""
    for place in ("id", "name", "url", "auth", "method", "poll_minutes", "api_key", "windows"):
        desk.write(f'{place} = "{KEY}"\n', place.replace("_", "-"))

    problems = known(desk.profile).problems

    assert problems
    assert not any(KEY[at : at + 12] in each for each in problems for at in range(len(KEY) - 11))


@given(cut=st.integers(0, len(GATEWAY)), put=st.text(alphabet='[]="{}.\n\\\x00aé1-', max_size=6))
@settings(max_examples=150, deadline=None)
def test_no_file_does_harm(cut: int, put: str) -> None:
    """It describes a provider, or is told in sentences that each name it."""
    problems: list[str] = []

    found = declared(Path("x.toml"), GATEWAY[:cut] + put + GATEWAY[cut:], {}, problems.append)

    assert found is not None or problems
    assert all(each.startswith("x.toml") and each.endswith(".") for each in problems)


def test_the_readme_s_example_is_one(tmp_path: Path) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    text = readme.split("```toml\nid =", 1)[1].split("```", 1)[0]
    problems: list[str] = []

    found = declared(tmp_path / "gateway.toml", f"id ={text}", {}, problems.append)

    assert problems == []
    assert found is not None
    assert (len(found.windows), len(found.money)) == (2, 1)


def test_a_good_answer_is_asked_for_at_the_pace_the_file_names(desk: Desk) -> None:
    """Every 10 minutes and a tenth: in an hour five to seven times."""
    desk.write(GATEWAY)
    desk.connect()
    core = desk.start()
    desk.server.answer = always(ok({"data": {"day": {"used": 1, "limit": 100}}}))

    for _ in range(360):
        core.tick()
        desk.clock.advance(timedelta(seconds=10))

    assert 5 <= len(desk.server.asked) <= 7
