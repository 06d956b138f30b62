"""Secrets in a store that is fine, missing, locked, unwilling, slow or narrow."""

from __future__ import annotations

import logging
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from usagetray.edges.keychain import Keychain, keychain_double, service_name
from usagetray.edges.vaults import MemoryVault
from usagetray.errors import Cause, SourceError, UserError
from usagetray.model import Secret

CANARY = "sk-canary-0123456789abcdefghij"


class HandClock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


def failure(act) -> SourceError:
    with pytest.raises(SourceError) as caught:
        act()
    assert CANARY not in repr(caught.value)
    return caught.value


OTHERS: set[int | None] = set()
"""Threads that hang already, in a key store of another file's tests."""


@pytest.fixture(autouse=True)
def only_own_threads() -> None:
    OTHERS.clear()
    OTHERS.update(each.ident for each in threading.enumerate() if each.name == "key store")


def key_threads() -> int:
    return sum(each.name == "key store" and each.ident not in OTHERS for each in threading.enumerate())


@pytest.mark.parametrize("length", [1, 30, 1000, 1001, 3500])
def test_a_secret_comes_back_whatever_its_length(clock: HandClock, length: int) -> None:
    keychain = keychain_double("ok", clock)
    secret = Secret(("0123456789" * 400)[:length])

    keychain.set("api_key", secret)

    assert keychain.get("api_key") == secret
    assert keychain.get("other") is None


def test_a_long_secret_lies_in_parts_of_1000_characters_under_a_header(clock: HandClock) -> None:
    vault = MemoryVault("ok")
    keychain = Keychain("usagetray", clock, vault=vault)

    keychain.set("k", Secret("a" * 1000 + "b" * 1000 + "c"))

    assert vault.entries == {
        ("usagetray", "k#0"): "a" * 1000,
        ("usagetray", "k#1"): "b" * 1000,
        ("usagetray", "k#2"): "c",
        ("usagetray", "k"): '{"v": 1, "n": 3}',
    }


def test_replacing_a_long_secret_by_a_short_one_and_deleting_it_leave_nothing_behind(clock: HandClock) -> None:
    vault = MemoryVault("ok")
    keychain = Keychain("usagetray", clock, vault=vault)
    keychain.set("k", Secret("a" * 2500))

    keychain.set("k", Secret("b"))
    assert vault.entries == {("usagetray", "k#0"): "b", ("usagetray", "k"): '{"v": 1, "n": 1}'}

    keychain.delete("k")
    keychain.delete("k")
    assert vault.entries == {}


def test_a_replacement_that_is_cut_short_never_mixes_old_and_new(clock: HandClock) -> None:
    """Two parts replaced by two; the second write fails: no key rather than half of each."""

    class Failing(MemoryVault):
        def write(self, service: str, name: str, text: str) -> None:
            if text.startswith("b") and name.endswith("#1"):
                raise SourceError("key store", Cause.STORE_MISSING)
            super().write(service, name, text)

    keychain = Keychain("usagetray", clock, vault=Failing("ok"))
    keychain.set("k", Secret("a" * 1500))

    failure(lambda: keychain.set("k", Secret("b" * 1500)))

    assert keychain.get("k") is None


@pytest.mark.parametrize(
    "header", ["", "[]", "{}", '{"v": 2, "n": 1}', '{"v": 1, "n": 0}', '{"v": 1, "n": 1e9}', "sk-foreign"]
)
def test_an_entry_that_is_not_ours_is_malformed_and_can_be_replaced(clock: HandClock, header: str) -> None:
    vault = MemoryVault("ok")
    vault.entries["usagetray", "k"] = header
    keychain = Keychain("usagetray", clock, vault=vault)

    assert failure(lambda: keychain.get("k")).cause is Cause.CREDENTIAL_MALFORMED

    keychain.set("k", Secret(CANARY))
    assert keychain.get("k") == Secret(CANARY)


def test_a_store_that_takes_less_than_a_part_is_said_in_a_sentence(clock: HandClock) -> None:
    keychain = keychain_double("ok", clock, limit=500)

    with pytest.raises(UserError, match="does not take a key this long"):
        keychain.set("k", Secret("a" * 501))
    with pytest.raises(UserError, match="too long to be a key"):
        keychain.set("k", Secret("a" * 70_000))


def test_no_store_is_missing_for_reading_and_writing(clock: HandClock) -> None:
    keychain = keychain_double("missing", clock)

    assert failure(lambda: keychain.get("k")).cause is Cause.STORE_MISSING
    assert failure(lambda: keychain.set("k", Secret(CANARY))).cause is Cause.STORE_MISSING


def test_a_locked_store_is_given_up_in_time_asked_only_once_and_used_when_it_opens(clock: HandClock) -> None:
    """The deadline is 0.2 s instead of 5; five polls find one call still outstanding and start no other."""
    vault = MemoryVault("locked")
    vault.entries.update({("usagetray", "k"): '{"v": 1, "n": 1}', ("usagetray", "k#0"): CANARY})
    keychain = Keychain("usagetray", clock, vault=vault, deadline_s=0.2)

    began = time.monotonic()
    assert failure(lambda: keychain.get("k")).cause is Cause.STORE_LOCKED
    assert time.monotonic() - began < 2
    for _ in range(5):
        assert failure(lambda: keychain.get("k")).cause is Cause.STORE_LOCKED
    assert keychain.counters() == {"calls": 1, "may_ask": 0}
    assert key_threads() == 1

    vault.unlocked.set()
    wait_until(lambda: key_threads() == 0)
    assert keychain.get("k") == Secret(CANARY)


def test_a_write_that_was_given_up_leaves_no_key_when_the_store_opens_later(clock: HandClock) -> None:
    """The user was told that it was not kept."""
    vault = MemoryVault("locked")
    keychain = Keychain("usagetray", clock, vault=vault, deadline_s=0.1)

    failure(lambda: keychain.set("k", Secret(CANARY)))
    vault.unlocked.set()
    wait_until(lambda: key_threads() == 0)

    assert keychain.get("k") is None
    assert vault.entries == {}


def test_callers_at_the_same_time_take_turns(clock: HandClock) -> None:
    keychain = keychain_double("slow:0.05", clock)
    found: list[Secret | None] = []
    threads = [threading.Thread(target=lambda: found.append(keychain.get("k"))) for _ in range(4)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)

    assert found == [None] * 4


def test_a_store_slower_than_the_deadline_is_locked_and_a_quicker_one_is_not(clock: HandClock) -> None:
    assert failure(lambda: keychain_double("slow:0.5", clock, deadline_s=0.1).get("k")).cause is Cause.STORE_LOCKED
    assert keychain_double("slow:0.05", clock).get("k") is None


def test_after_a_refusal_there_is_silence_for_six_hours_but_for_a_click(clock: HandClock) -> None:
    """Polls every 5 min for 5 h 55 m make no call; a click makes exactly one; the poll at 6 h makes one."""
    keychain = keychain_double("refuses", clock)

    assert failure(lambda: keychain.get("k")).cause is Cause.STORE_LOCKED
    for _ in range(71):
        clock.sleep(300)
        assert failure(lambda: keychain.get("k")).cause is Cause.STORE_LOCKED
    assert keychain.counters() == {"calls": 1, "may_ask": 0}

    clock.sleep(300)
    failure(lambda: keychain.get("k"))
    assert keychain.counters() == {"calls": 2, "may_ask": 0}

    failure(lambda: keychain.get("k", may_ask=True))
    assert keychain.counters() == {"calls": 3, "may_ask": 1}


def test_the_silence_survives_a_restart_and_a_clock_set_back_does_not_stretch_it(clock: HandClock) -> None:
    before = keychain_double("refuses", clock)
    failure(lambda: before.get("k"))
    after = Keychain("usagetray", clock, vault=MemoryVault("ok"), silent_until=before.silent_until)

    assert failure(lambda: after.get("k")).cause is Cause.STORE_LOCKED
    clock.sleep(-48 * 3600)
    assert after.get("k") is None


def test_a_refused_write_is_a_missing_store(clock: HandClock) -> None:
    class WriteOnly(MemoryVault):
        def read(self, service: str, name: str) -> str | None:
            return None

    keychain = Keychain("usagetray", clock, vault=WriteOnly("refuses"))

    assert failure(lambda: keychain.set("k", Secret(CANARY))).cause is Cause.STORE_MISSING


def test_an_unforeseen_error_of_a_store_is_not_quoted(clock: HandClock, caplog: pytest.LogCaptureFixture) -> None:
    class Quoting(MemoryVault):
        def write(self, service: str, name: str, text: str) -> None:
            raise ValueError(f"cannot store {text}")

    keychain = Keychain("usagetray", clock, vault=Quoting("ok"))
    caplog.set_level(logging.DEBUG)

    assert failure(lambda: keychain.set("k", Secret(CANARY))).cause is Cause.STORE_LOCKED
    assert CANARY not in caplog.text


def test_an_isolated_profile_keeps_its_keys_under_a_name_of_its_own() -> None:
    assert service_name(None) == "usagetray"
    assert service_name(Path("/a")) != service_name(Path("/b"))
    assert service_name(Path("/a")).startswith("usagetray:")
    assert len(service_name(Path("/a"))) == len("usagetray:") + 12


@pytest.mark.parametrize("kind", ["", "open", "slow", "slow:x", "slow:-1", "slow:nan", "slow:inf"])
def test_an_unknown_double_is_refused_in_a_sentence(clock: HandClock, kind: str) -> None:
    with pytest.raises(UserError, match="slow:SECONDS"):
        keychain_double(kind, clock)


@pytest.mark.parametrize(
    "backend",
    ["keyring.backends.null.Keyring", "keyring.backends.fail.Keyring", "tests.edges.plain_keyring.PlaintextKeyring"],
)
def test_a_store_that_is_none_or_keeps_plain_text_counts_as_missing(
    clock: HandClock, backend: str, monkeypatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", backend)
    keychain = Keychain("usagetray", clock)

    assert failure(lambda: keychain.get("k")).cause is Cause.STORE_MISSING
    assert failure(lambda: keychain.set("k", Secret(CANARY))).cause is Cause.STORE_MISSING


def wait_until(question) -> None:
    deadline = time.monotonic() + 5
    while not question():
        assert time.monotonic() < deadline
        time.sleep(0.01)
