"""A provider that needs a key, from `connect` to the figure and back: what is asked, with what, and what is left."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.providers import recorded
from tests.providers.recorded import KEY
from tests.support import (
    TICK,
    ManualClock,
    PatientKeychain,
    Recorder,
    Reply,
    Vendor,
    always,
    in_turn,
    ok,
    refused,
    until_due,
    wait_until,
)
from usagetray.app import build_headless
from usagetray.edges.vaults import MemoryVault
from usagetray.errors import Cause, SourceError
from usagetray.model import Secret
from usagetray.providers import deepseek
from usagetray.providers.contract import Facts
from usagetray.spine.connecting import Connecting, offers
from usagetray.spine.core import Core
from usagetray.spine.sources import NO_HOME

PROVIDER = deepseek.PROVIDER
(OFFER,) = offers(PROVIDER)
NEWER_KEY = "sk-CANARY-deepseek-fedcba9876543210"
MINUTE = timedelta(minutes=1)
ONE_REQUEST = timedelta(minutes=13)
"""Less than the interval of 15 minutes and a tenth."""


class Desk:
    """One user's profile, key store and vendor; the program is started and stopped as often as a test likes."""

    def __init__(self, folder: Path, answer: Callable[..., Reply], kind: str = "ok") -> None:
        self.folder = folder
        self.clock = ManualClock()
        self.vendor = Vendor(self.clock, answer)
        self.vault = MemoryVault(kind)
        self.keychain = PatientKeychain("usagetray:test", self.clock, self.vault)
        self.core: Core | None = None

    def start(self) -> Core:
        self.stop()
        self.core = build_headless(
            self.folder / "profile",
            clock=self.clock,
            keychain=self.keychain,
            notifier=Recorder(),
            origins={"deepseek": self.vendor.origin},
        )
        return self.core

    def stop(self) -> None:
        if self.core is not None:
            self.core.close()
            self.core = None

    def run(self, span: timedelta, *, every: timedelta | None = None) -> None:
        """Without `every`, the program's ticks but for those at which nothing is due."""
        assert self.core
        ends_at = self.clock.now() + span
        while self.clock.now() < ends_at:
            self.core.tick()
            self.clock.advance(every or until_due(self.core, self.clock, MINUTE))

    @property
    def connecting(self) -> Connecting:
        assert self.core
        return Connecting(self.core.profile, PROVIDER, self.keychain)

    def connect(self, key: str | None = KEY) -> None:
        """As `usagetray connect` does it, whose last word to the running tray is "refresh"."""
        self.connecting.give(OFFER, lambda _: Secret(key) if key else None)
        assert self.core
        self.core.click()

    def accounts(self) -> list[dict[str, Any]]:
        assert self.core
        found: list[dict[str, Any]] = self.core.status()["accounts"]
        return found

    def close(self) -> None:
        self.vault.unlocked.set()
        self.stop()
        self.vendor.close()


Make = Callable[..., Desk]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Makes a desk with one answer, or a function of the request; nothing of the tools' homes is there."""
    for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME", "XDG_CONFIG_HOME", "USAGETRAY_HOME", "DEEPSEEK_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    made: list[Desk] = []

    def make(answer: Callable[..., Reply] | None = None, kind: str = "ok") -> Desk:
        made.append(Desk(tmp_path, answer or always(ok(recorded.body("deepseek", "balance.json"))), kind))
        made[-1].start()
        return made[-1]

    yield make
    for each in made:
        each.close()


def files_with(folder: Path, text: str) -> list[Path]:
    """Files that hold the text, or the better part of it."""
    pieces = (text.encode(), text[8:24].encode())
    return [path for path in folder.rglob("*") if path.is_file() and any(each in path.read_bytes() for each in pieces)]


# ---- from connect to the figure ----------------------------------------------------------------------------


def test_before_it_is_connected_nothing_is_asked_and_no_key_is_looked_for(desk: Make):
    """An hour: no request, no call of the key store, no account, and nobody is told that it is missing here."""
    one = desk()

    one.run(timedelta(hours=1))

    assert one.vendor.asked == []
    assert one.keychain.counters() == {"calls": 0, "may_ask": 0}
    assert one.accounts() == []
    assert one.core is not None
    assert "DeepSeek" not in one.core.overview().missing


def test_connected_it_asks_once_with_the_key_and_shows_what_is_left(desk: Make):
    """12.34 of 2 granted and 10.34 paid for; the next request only after 15 minutes."""
    one = desk()

    one.connect()
    one.run(ONE_REQUEST)

    (asked,) = one.vendor.asked
    assert (asked.path, asked.headers["authorization"]) == ("/user/balance", f"Bearer {KEY}")
    assert asked.headers["user-agent"].startswith("usagetray/")
    (account,) = one.accounts()
    assert (account["provider"], account["state"], account["windows"]) == ("deepseek", "fresh", [])
    assert [(each["kind"], each["amount"], each["currency"]) for each in account["money"]] == [
        ("credits", "12.34", "USD"),
        ("credits", "0.00", "CNY"),
    ]
    one.run(timedelta(minutes=5))
    assert len(one.vendor.asked) == 2


def test_the_key_store_is_asked_with_the_requests_and_not_in_between(desk: Make):
    """An hour of ticks each 10 s: two or three calls for each of some 4 requests, none that may ask the user."""
    one = desk()
    one.connect()
    one.run(timedelta(minutes=1))
    may_ask = one.keychain.counters()["may_ask"]

    one.run(timedelta(hours=1), every=TICK)

    assert len(one.vendor.asked) > 3
    assert one.keychain.counters()["calls"] <= 3 * len(one.vendor.asked) + 1
    assert one.keychain.counters()["may_ask"] == may_ask


def test_the_key_is_in_the_key_store_and_in_no_file(desk: Make, tmp_path: Path):
    one = desk()
    one.connect()
    one.run(ONE_REQUEST)

    one.stop()

    assert KEY in one.vault.entries.values()
    assert len(list((tmp_path / "profile").rglob("*"))) > 3
    assert files_with(tmp_path, KEY) == []


def test_disconnected_the_key_is_deleted_and_nothing_is_asked_any_more(desk: Make):
    one = desk()
    one.connect()
    one.run(ONE_REQUEST)

    one.connecting.withdraw(OFFER)
    one.run(timedelta(hours=1))

    assert one.vault.entries == {}
    assert len(one.vendor.asked) == 1
    assert one.accounts() == []


def test_a_store_that_stalls_keeps_a_key_that_a_second_disconnect_deletes(desk: Make):
    """The first time it cannot be deleted, but from then on it is not used."""
    one = desk()
    one.connect()
    one.run(ONE_REQUEST)
    one.vault.unlocked.clear()

    with pytest.raises(SourceError):
        one.connecting.withdraw(OFFER)
    one.run(timedelta(hours=1))
    one.vault.unlocked.set()
    wait_until(lambda: _is_withdrawn(one.connecting), "the key store's answer")  # the call that stalled ends first

    assert len(one.vendor.asked) == 1
    assert one.vault.entries == {}


def _is_withdrawn(connecting: Connecting) -> bool:
    try:
        connecting.withdraw(OFFER)
    except SourceError:
        return False
    return True


def test_a_key_from_the_environment_is_used_and_kept_nowhere(desk: Make, monkeypatch: pytest.MonkeyPatch):
    """Also where there is no key store at all."""
    monkeypatch.setenv("DEEPSEEK_API_KEY", f"  {KEY}\n")
    one = desk(kind="missing")

    one.connect(key=None)
    one.run(ONE_REQUEST)

    assert [each.token for each in one.vendor.asked] == [KEY]
    assert one.accounts()[0]["state"] == "fresh"
    assert files_with(one.folder, KEY) == []


# ---- what can go wrong -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "state"), [("missing", "secret_store_missing"), ("locked", "secret_store_locked")], ids=str
)
def test_a_store_that_does_not_answer_is_told_and_asked_but_once_a_minute(desk: Make, kind: str, state: str):
    """The user allowed it in better days. Ten minutes: a call a minute, no request."""
    one = desk()
    one.connect()
    one.vault.kind = kind
    if kind == "locked":
        one.vault.unlocked.clear()
    before = one.keychain.counters()["calls"]

    one.run(timedelta(minutes=10), every=TICK)

    assert one.accounts()[0]["state"] == state
    assert one.vendor.asked == []
    assert 1 <= one.keychain.counters()["calls"] - before <= 11


def test_an_unlocked_store_is_noticed(desk: Make):
    one = desk()
    one.connect()
    one.vault.unlocked.clear()
    one.run(timedelta(minutes=2))

    one.vault.unlocked.set()
    one.run(timedelta(minutes=2))

    assert one.accounts()[0]["state"] == "fresh"


def test_only_a_click_may_have_a_store_ask_and_after_a_refusal_the_rest_is_silence(desk: Make):
    """The store says no once: then no call for six hours, but the one that may ask for a click after an hour."""
    one = desk()
    one.connect()
    one.vault.kind = "refuses"
    one.run(timedelta(minutes=1))
    before = one.keychain.counters()

    one.run(timedelta(hours=1), every=MINUTE)
    assert one.keychain.counters() == before
    assert one.core
    one.core.click()
    one.run(timedelta(hours=5), every=MINUTE)

    calls, may_ask = (one.keychain.counters()[name] - before[name] for name in ("calls", "may_ask"))
    assert (calls, may_ask) == (1, 1)
    assert one.accounts()[0]["state"] == "secret_store_locked"
    assert one.vendor.asked == []


def test_a_refused_key_is_told_after_the_second_time_and_not_asked_again(desk: Make):
    """Told as a refused key: there is nowhere to sign in."""
    error = recorded.body("deepseek", "error_401.json")
    one = desk(always(Reply(status=error["status"], body=json.dumps(error["body"]).encode())))
    one.connect()

    one.run(timedelta(hours=2))

    (account,) = one.accounts()
    assert len(one.vendor.asked) == 2
    assert account["state"] == "signed_out"
    assert account["state_text"].startswith("DeepSeek refused the key.")
    assert "usagetray connect deepseek" in account["state_text"]


def test_a_new_key_is_used_at_once_in_a_running_tray(desk: Make):
    one = desk(in_turn(refused(401), refused(401), ok(recorded.body("deepseek", "balance.json"))))
    one.connect()
    one.run(timedelta(minutes=30))

    one.connect(NEWER_KEY)
    one.run(timedelta(minutes=1))

    assert [each.token for each in one.vendor.asked] == [KEY, KEY, NEWER_KEY]
    assert one.accounts()[0]["state"] == "fresh"


def test_a_key_that_was_changed_while_no_tray_ran_is_noticed_at_the_next_start(
    desk: Make, monkeypatch: pytest.MonkeyPatch
):
    """A variable of the environment, say; the refused one is not tried again by a mere restart."""
    monkeypatch.setenv("DEEPSEEK_API_KEY", KEY)
    one = desk(in_turn(refused(401), refused(401), ok(recorded.body("deepseek", "balance.json"))))
    one.connect(key=None)
    one.run(timedelta(minutes=30))
    one.start()
    one.run(timedelta(minutes=30))
    assert len(one.vendor.asked) == 2

    monkeypatch.setenv("DEEPSEEK_API_KEY", NEWER_KEY)
    one.start()
    one.run(timedelta(minutes=1))

    assert [each.token for each in one.vendor.asked] == [KEY, KEY, NEWER_KEY]
    assert one.accounts()[0]["state"] == "fresh"


def test_an_old_balance_says_that_it_is_old(desk: Make):
    """Not renewed for more than twice the interval of 15 minutes."""
    one = desk(in_turn(ok(recorded.body("deepseek", "balance.json"))))
    one.connect()
    one.run(timedelta(minutes=1))
    one.stop()

    one.clock.jump(timedelta(minutes=30, seconds=30))
    one.start()

    (account,) = one.accounts()
    assert account["state"] == "stale"
    assert account["state_text"] == "DeepSeek: figures 31 m old. They may have changed."
    assert account["money"][0]["amount"] == "12.34"


# ---- pure --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [None, [], "hello", 17, {}, {"balance_infos": []}, {"balance_infos": [{"total_balance": "x", "currency": "USD"}]}],
)
def test_an_answer_without_a_balance_is_bad_data(answer: object):
    with pytest.raises(SourceError) as caught:
        recorded.ask_deepseek(answer)

    assert caught.value.cause is Cause.BAD_DATA


def test_without_a_key_there_is_nothing_to_ask():
    with pytest.raises(SourceError) as caught:
        deepseek.fetch(Facts(home=NO_HOME, now=recorded.NOW), recorded.Recorded({}))

    assert caught.value.cause is Cause.NOT_CONNECTED


def test_no_key_stands_in_any_message():
    said = []
    for answer in (recorded.body("deepseek", "balance.json"), {}, [KEY], {"error": KEY}):
        try:
            said.append(repr(recorded.ask_deepseek(answer)))
        except SourceError as error:
            said += [str(error), repr(error), error.detail]

    assert len(said) > 4
    assert not [text for text in said if KEY[8:20] in text]


def test_amounts_stay_exact():
    """0.1 and 0.2 of a dollar are not floats."""
    rows = [{"currency": "USD", "total_balance": "0.30000000000000004"}]

    (line,) = recorded.ask_deepseek({"balance_infos": rows})[0].money

    assert line.balance is not None
    assert line.balance.amount == Decimal("0.30000000000000004")
