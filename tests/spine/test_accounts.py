"""Several accounts of one provider: each with its own key, waits, errors and alerts; none pays for another."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support import (
    ALLOWED,
    NOW,
    Asked,
    ClaudeHome,
    ManualClock,
    Recorder,
    Reply,
    Vendor,
    World,
    always,
    limits,
    ok,
    refused,
    wait_until,
)
from usagetray.edges.keychain import Keychain
from usagetray.edges.vaults import MemoryVault
from usagetray.errors import UserError
from usagetray.model import Secret
from usagetray.profile import open_profile
from usagetray.providers import deepseek
from usagetray.spine.connecting import Connecting, checked_account, offers
from usagetray.spine.core import Core
from usagetray.spine.sources import account_at, account_home

MINUTE = timedelta(minutes=1)
PROVIDER = deepseek.PROVIDER


def canary(account: str) -> str:
    return f"sk-CANARY-{account}-0123456789abcdef"


def balance(amount: str) -> Reply:
    row = {"currency": "USD", "total_balance": amount, "granted_balance": "0.00", "topped_up_balance": amount}
    return ok({"is_available": True, "balance_infos": [row]})


class Desk:
    """One user's profile and key store, and one vendor who knows its customers by their keys."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("DEEPSEEK_API_KEY", raising=False)
        self.clock = ManualClock()
        self.vendor = Vendor(self.clock, self.answer)
        self.answers: dict[str, Reply] = {}
        self.hanging: set[str] = set()
        self.alerts = Recorder()
        self.vault = MemoryVault("ok")
        self.keychain = Keychain("usagetray:test", self.clock, vault=self.vault)
        self.folder = folder
        self.core: Core | None = None

    def answer(self, asked: Asked) -> Reply:
        account = asked.token.removeprefix("sk-CANARY-").removesuffix("-0123456789abcdef")
        if account in self.hanging:
            self.vendor.over.wait(30)
        return self.answers.get(account, balance("10.00"))

    def start(self, *, ceiling_s: float = 30.0, **environ: str) -> Core:
        self.stop()
        home = {"HOME": str(self.folder), "USAGETRAY_HOME": str(self.folder / "profile"), **environ}
        profile = open_profile(home, origins=(f"deepseek={self.vendor.origin}",))
        object.__setattr__(profile, "clock", self.clock)
        self.core = Core(profile, [PROVIDER], keychain=self.keychain, notifier=self.alerts, ceiling_s=ceiling_s)
        return self.core

    def connecting(self, account: str = "") -> Connecting:
        assert self.core
        return Connecting(self.core.profile, PROVIDER, self.keychain, account=account)

    def connect(self, *accounts: str) -> None:
        """ "" stands for the first key, which needs no name."""
        for account in accounts:
            (offer,) = offers(PROVIDER, account)
            self.connecting(account).give(offer, lambda _, name=account: Secret(canary(name or "first")))  # type: ignore[misc]

    def disconnect(self, account: str) -> None:
        (offer,) = offers(PROVIDER, account)
        self.connecting(account).withdraw(offer)

    def round(self, minutes: int = 20) -> None:
        """Time for everybody to be asked once more."""
        assert self.core
        self.clock.advance(timedelta(minutes=minutes))
        self.core.tick()

    def accounts(self) -> dict[str, dict[str, Any]]:
        assert self.core
        return {each["account"]: each for each in self.core.status()["accounts"]}

    def states(self) -> dict[str, str]:
        return {name: each["state"] for name, each in self.accounts().items()}

    def amounts(self) -> dict[str, str]:
        return {name: each["money"][0]["amount"] for name, each in self.accounts().items() if each["money"]}

    def asked(self, account: str) -> int:
        return len([each for each in self.vendor.asked if each.token == canary(account)])

    def stop(self) -> None:
        if self.core is not None:
            self.vendor.over.set()
            self.core.close()
            self.core = None

    def configure(self, text: str) -> None:
        path = self.folder / "profile" / "config.toml"
        path.write_text(path.read_text() + text if path.exists() else text)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    made = Desk(tmp_path, monkeypatch)
    try:
        yield made
    finally:
        made.stop()
        made.vendor.close()


# ---- keys --------------------------------------------------------------------------------------------------


def test_each_key_is_asked_with_and_shown_by_itself(desk: Desk) -> None:
    desk.answers = {"first": balance("1.00"), "work": balance("2.00"), "club": balance("3.00")}
    desk.start()
    desk.connect("", "work", "club")

    desk.core.tick()  # type: ignore[union-attr]

    assert desk.amounts() == {"default": "1.00", "work": "2.00", "club": "3.00"}
    assert [desk.asked(each) for each in ("first", "work", "club")] == [1, 1, 1]
    assert {name: each["label"] for name, each in desk.accounts().items()} == {
        "default": None,
        "work": "work",
        "club": "club",
    }


def test_a_further_account_stands_where_there_is_no_first_one(desk: Desk) -> None:
    desk.start()
    desk.connect("work")

    desk.core.tick()  # type: ignore[union-attr]

    assert desk.states() == {"work": "fresh"}


def test_the_environment_s_key_is_nobody_s_but_the_first_account_s(desk: Desk) -> None:
    """The further account's own key is gone from the key store: it asks with none, rather than with another's."""
    desk.start(DEEPSEEK_API_KEY=canary("first"))
    desk.connect("", "work")
    (offer,) = offers(PROVIDER, "work")
    assert offer.key is not None
    desk.keychain.delete("deepseek@work/api_key")

    desk.core.tick()  # type: ignore[union-attr]

    assert desk.asked("first") == 1
    assert offer.key.env == ()
    assert len(desk.vendor.asked) == 1


def test_one_that_is_refused_or_throttled_leaves_its_neighbours_fresh(desk: Desk) -> None:
    """Its waits are its own: in an hour the throttled one is asked four times at most, the others at each turn."""
    desk.answers = {"work": refused(401), "club": refused(429)}
    desk.start()
    desk.connect("", "work", "club")

    desk.core.tick()  # type: ignore[union-attr]
    for _ in range(3):
        desk.round()

    assert desk.states() == {"default": "fresh", "work": "signed_out", "club": "rate_limited"}
    assert desk.asked("first") == 4
    assert desk.asked("work") == 2
    assert desk.asked("club") <= 4


def test_ten_accounts_of_one_vendor_refresh_on_time_while_one_hangs(desk: Desk) -> None:
    """Nine have their figures at once, at both turns; the tenth has its state at the ceiling (2.5 s)."""
    names = [f"a{number}" for number in range(10)]
    desk.hanging = {"a3"}
    core = desk.start(ceiling_s=2.5)
    desk.connect(*names)
    others = {name: "fresh" for name in names if name != "a3"}

    core.look()
    wait_until(lambda: desk.states().items() >= others.items(), "the others' figures")
    assert core.refresh.is_busy  # with the one that hangs
    core.refresh.settle(30)
    desk.round()

    assert {desk.asked(name) for name in others} == {2}
    assert desk.states() == {**others, "a3": "server_error"}


def test_disconnecting_one_leaves_the_others_and_their_keys(desk: Desk) -> None:
    desk.start()
    desk.connect("", "work", "club")
    desk.core.tick()  # type: ignore[union-attr]

    desk.disconnect("work")
    desk.round()

    assert desk.states() == {"default": "fresh", "club": "fresh"}
    assert desk.keychain.get("deepseek@work/api_key") is None
    assert desk.keychain.get("deepseek@club/api_key") == Secret(canary("club"))
    assert desk.asked("work") == 1


def test_an_account_keeps_its_identity_when_another_goes(desk: Desk) -> None:
    """By name, never by place: the figures of "club" are not suddenly those of "work"."""
    desk.answers = {"work": balance("2.00"), "club": balance("3.00")}
    desk.start()
    desk.connect("work", "club")
    desk.core.tick()  # type: ignore[union-attr]

    desk.disconnect("work")
    desk.start()

    assert desk.amounts() == {"club": "3.00"}


def test_a_label_and_being_switched_off_are_one_account_s_own(desk: Desk) -> None:
    desk.start()
    desk.connect("", "work", "club")
    desk.core.tick()  # type: ignore[union-attr]

    desk.configure('\n[providers.deepseek.accounts.default]\nlabel = "Mine"\n')
    path = desk.folder / "profile" / "config.toml"
    path.write_text(path.read_text().replace("accounts.work]", 'accounts.work]\nlabel = "The firm"'))
    path.write_text(path.read_text().replace("accounts.club]", "accounts.club]\nenabled = false"))
    desk.core.tick()  # type: ignore[union-attr]

    assert {name: each["label"] for name, each in desk.accounts().items()} == {"default": "Mine", "work": "The firm"}


def test_a_key_is_in_no_file_no_log_and_no_request_but_its_own(
    desk: Desk, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """Refused, throttled, redirected, broken and hanging: not a piece of 12 characters of any key goes astray."""
    caplog.set_level("DEBUG")
    elsewhere = Vendor(desk.clock, always(balance("0.00")))
    moved = Reply(status=302, body=b"", headers={"Location": f"{elsewhere.origin}/user/balance"})
    quoting = Reply(status=500, body=canary("broken").encode())
    desk.answers = {"work": refused(401), "club": refused(429), "moved": moved, "broken": quoting}
    desk.hanging = {"slow"}
    names = ["work", "club", "moved", "broken", "slow"]
    desk.start(ceiling_s=0.3)
    desk.connect("", *names)

    try:
        desk.core.tick()  # type: ignore[union-attr]
        desk.round()
        said = json.dumps(desk.core.status())  # type: ignore[union-attr]
    finally:
        elsewhere.close()
    desk.stop()

    pieces = [canary(name)[at : at + 12] for name in ("first", *names) for at in range(len(canary(name)) - 11)]
    texts = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert texts
    assert elsewhere.asked == []
    assert not any(piece.encode() in text for piece in pieces for text in texts)
    assert not any(piece in text for piece in pieces for text in (said, caplog.text))
    for asked in desk.vendor.asked:
        others = [name for name in ("first", *names) if canary(name) != asked.token]
        assert not any(canary(name) in text for name in others for text in (asked.path, *asked.headers.values()))


@pytest.mark.parametrize("name", ["Work", "", "a b", "ä", "-a", "a" * 33, "a.b", "a/b", "../a", "default"])
def test_a_name_that_cannot_stand_in_the_settings_is_refused(name: str) -> None:
    with pytest.raises(UserError):
        checked_account(PROVIDER, name)


def test_an_account_s_place_is_no_folder_of_anybody_s() -> None:
    assert account_at(str(account_home("work").path)) == "work"
    assert [account_at(each) for each in ("-", "/-/work", "/home/u/.claude", "-/work/more", "work")] == [""] * 5


# ---- homes -------------------------------------------------------------------------------------------------

WORK = "00000000-0000-4000-8000-00000000000b"


@pytest.fixture
def both(world: World) -> World:
    """A second home of Claude Code, signed in as somebody else with another token; the vendor tells them apart."""
    place = world.folder / "work"
    place.mkdir()
    second = ClaudeHome(path=place, clock=world.clock)
    second.sign_in("made-up-token-b")
    (place / ".claude" / ".claude.json").write_text(json.dumps({"oauthAccount": {"accountUuid": WORK}}))
    world.configure(ALLOWED + f'homes = ["{place / ".claude"}"]\n')
    return world


def by_token(answers: dict[str, Reply]) -> Any:
    return lambda asked: answers[asked.token]


def test_two_homes_are_two_accounts_with_their_own_figures_and_alerts(both: World) -> None:
    both.vendor.answer = by_token({"made-up-token-a": ok(limits(20)), "made-up-token-b": ok(limits(91))})
    core = both.start()

    core.tick()

    shown = {each["account"]: each["windows"][0]["used_percent"] for each in core.status()["accounts"]}
    assert shown == {"00000000-0000-4000-8000-00000000000a": 20, WORK: 91}
    assert [each.account for each in both.alerts.alerts] == [WORK]


def test_one_home_fails_while_the_other_is_fresh(both: World) -> None:
    """And comes back by itself when its figures do; each has a history of its own in the store."""
    both.vendor.answer = by_token({"made-up-token-a": ok(limits(20)), "made-up-token-b": ok(limits(30))})
    core = both.start()
    core.tick()
    both.vendor.answer = by_token({"made-up-token-a": ok(limits(25)), "made-up-token-b": refused(500)})

    both.run(core, 30 * MINUTE, every=MINUTE)

    states = {each["account"]: each["state"] for each in core.status()["accounts"]}
    shown = {each["account"]: each["windows"][0]["used_percent"] for each in core.status()["accounts"]}
    assert states == {"00000000-0000-4000-8000-00000000000a": "fresh", WORK: "server_error"}
    assert shown == {"00000000-0000-4000-8000-00000000000a": 25, WORK: 30}


def test_two_homes_that_never_answered_are_two_accounts(both: World) -> None:
    both.vendor.answer = always(refused(500))
    core = both.start()

    core.tick()

    named = [(each["provider"], each["account"]) for each in core.status()["accounts"]]
    assert len(named) == 2
    assert len(set(named)) == 2


def test_thresholds_of_one_account_are_not_the_other_s(both: World) -> None:
    """60 % of both: the one announces from 50 on, the other from 95."""
    config = both.profile / "config.toml"
    config.write_text(config.read_text() + f"[providers.claude.accounts.{WORK}]\nthresholds = [95]\n")
    both.vendor.answer = always(ok(limits(60)))
    core = both.start()

    core.tick()

    assert [each.account for each in both.alerts.alerts] == ["00000000-0000-4000-8000-00000000000a"]


def test_a_locked_account_points_to_the_other_one_of_the_same_vendor(both: World) -> None:
    both.vendor.answer = by_token({"made-up-token-a": ok(limits(100)), "made-up-token-b": ok(limits(40))})
    config = both.profile / "config.toml"
    config.write_text(config.read_text() + f'[providers.claude.accounts.{WORK}]\nlabel = "Work"\n')
    core = both.start()

    core.tick()

    (alert,) = both.alerts.alerts
    assert "Claude (Work) has 60" in alert.body.replace("\u202f", " ")


def test_threads_of_many_accounts_end(desk: Desk) -> None:
    desk.start()
    desk.connect(*(f"a{number}" for number in range(10)))
    before = threading.active_count()

    desk.core.tick()  # type: ignore[union-attr]

    wait_until(lambda: threading.active_count() <= before + 2, "the end of the threads")
    assert desk.clock.now() == NOW
