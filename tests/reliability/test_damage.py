"""A damaged store or settings file: the program starts, keeps the original, saves what it can, and says so."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.logs.lines import answer, text
from tests.reliability.fake_provider import CLAUDE
from tests.reliability.sim import HOUR, MINUTE, Sim
from usagetray.edges.settings_file import set_value
from usagetray.edges.store import open_writer
from usagetray.edges.store.opening import PAGE
from usagetray.errors import SettingsError, UserError

DAMAGES_MADE = int(os.environ.get("USAGETRAY_DAMAGES", "36"))
"""Of stores, and of settings files; more in the long form."""


def zeros(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content))
    return content[:at] + bytes(min(PAGE, len(content) - at)) + content[at + PAGE :]


def flipped(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 8, 64, 512))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content))]


def letter(content: bytes, chance: random.Random) -> bytes:
    return b"this is a letter to my aunt\n" * chance.randrange(1, 500)


DAMAGES = (zeros, flipped, cut, letter)


def used_for_a_while(sim: Sim) -> bytes:
    """82 % was announced, two responses were counted; the store as it is afterwards."""
    log = sim.home / ".claude" / "projects" / "p" / "s1.jsonl"
    log.parent.mkdir(parents=True)
    log.write_bytes(text(answer("msg_1", 10, request="r1"), answer("msg_2", 100, request="r2")))
    sim.vendor.answer = CLAUDE.healthy(82, sim.clock.now() + 3 * HOUR)
    sim.start()
    sim.tick()
    sim.run(30 * MINUTE)
    sim.stop()
    return (sim.profile_dir / "usagetray.db").read_bytes()


def figures(user: Sim) -> list[object]:
    """Of all accounts: a flipped bit in a name makes another one, which nobody can tell from a real one."""
    return [window["used_percent"] for account in user.accounts() for window in account["windows"]]


def test_r30_dozens_of_damaged_stores_never_stop_the_start(sim: Callable[..., Sim]) -> None:
    """Bits flipped, pages of zeros, cut off, another text: figures come as before, and the file is kept."""
    user = sim(CLAUDE)
    whole = used_for_a_while(user)
    store = user.profile_dir / "usagetray.db"
    set_aside = 0
    for seed in range(DAMAGES_MADE):
        for each in user.profile_dir.glob("usagetray.db*"):
            each.unlink()
        broken = DAMAGES[seed % len(DAMAGES)](whole, random.Random(seed))
        if broken[60:64] != whole[60:64] and len(broken) > PAGE and broken[:16] == whole[:16]:
            continue  # the number of its schema: a newer program's, as far as anybody can tell
        store.write_bytes(broken)

        core = user.start()
        user.tick()
        if 82 not in figures(user):
            core.click()  # the figure was lost, but not when it is asked for next
            user.clock.advance(MINUTE)
            user.tick()
            core.refresh.settle(20)

        aside = store.with_name("usagetray.db.damaged-1")
        if aside.exists():
            set_aside += 1
            assert aside.read_bytes()[200:] == broken[200:]  # but for what SQLite notes of its readers
            assert any(str(aside) in each for each in core.overview().notices)
        assert 82 in figures(user), seed
        user.stop()
    assert set_aside > DAMAGES_MADE / 2


def test_r30_nothing_is_announced_again_where_the_damage_spared_it(sim: Callable[..., Sim]) -> None:
    """Each page after the first becomes zeros in turn: the one with what was announced, and the ten KiB that say where
    it lies, are the only ones whose loss may repeat an alert.
    """
    user = sim(CLAUDE)
    whole = used_for_a_while(user)
    store, repeated = user.profile_dir / "usagetray.db", 0
    pages = range(PAGE, len(whole), PAGE)  # some ninety
    for at in pages:
        for each in user.profile_dir.glob("usagetray.db*"):
            each.unlink()
        store.write_bytes(whole[:at] + bytes(PAGE) + whole[at + PAGE :])
        before = len(user.alerts.alerts)

        core = user.start()
        user.tick()

        repeated += len(user.alerts.alerts) - before
        assert sorted(each.attempts[0].tokens.output for each in core.store.responses()) == [10, 100]
        user.stop()
    assert repeated <= 22, f"{repeated} of {len(pages)}"


@pytest.mark.parametrize("ruined", [zeros, flipped, letter])
def test_r30_a_store_damaged_while_the_program_runs_is_mended_without_a_restart(
    sim: Callable[..., Sim], ruined: Callable[[bytes, random.Random], bytes]
) -> None:
    """Overwritten from outside, and all of it looked at again: figures, counts and the sentence are there."""
    user = sim(CLAUDE)
    used_for_a_while(user)
    core = user.start()
    user.tick()
    store = user.profile_dir / "usagetray.db"
    core.store.settle()
    core.store.database._disk.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    core.store.database._disk.execute("PRAGMA cache_size = 1")  # as with a history larger than what is kept in memory
    content = store.read_bytes()
    with store.open("r+b") as file:  # the same file, for the program holds it open
        for seed in range(12):
            content = content[:PAGE] + ruined(content[PAGE:], random.Random(seed))[: len(content) - PAGE]
        file.write(content)
    user.vendor.answer = CLAUDE.healthy(84, user.clock.now() + 3 * HOUR)

    user.run(HOUR)

    assert user.window()["used_percent"] == 84
    assert user.account()["state"] in ("fresh", "store_damaged")
    assert any("damaged-1" in each for each in core.overview().notices)
    assert sorted(each.attempts[0].tokens.output for each in core.store.responses()) == [10, 100]
    user.stop()
    with closing(sqlite3.connect(store)) as found:
        assert found.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_r30_a_mending_that_is_killed_is_taken_up_by_the_next_start(tmp_path: Path, sim: Callable[..., Sim]) -> None:
    """Killed 12 times at any moment of it: as many rows are saved as without a kill."""
    user = sim(CLAUDE)
    whole = bytearray(used_for_a_while(user))
    whole[2 * PAGE : 3 * PAGE] = b"\xff" * PAGE
    expected, whole_s = None, 0.0
    for number in range(12):
        folder = tmp_path / f"own-{number}"
        folder.mkdir(mode=0o700)
        store = folder / "usagetray.db"
        store.write_bytes(whole)
        if number:
            child = os.fork()
            if child == 0:
                try:
                    open_writer(store)
                finally:
                    os._exit(0)
            time.sleep(random.Random(number).uniform(0, whole_s))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        began = time.monotonic()
        opened = open_writer(store)
        whole_s = whole_s or time.monotonic() - began
        found = {
            table: opened.database.rows(f"SELECT count(*) FROM {table}") for table in ("snapshot", "attempt", "told")
        }
        opened.close()

        expected = expected or found
        assert found == expected, number
        assert len(list(folder.glob("*.damaged-1"))) == 1
        assert not list(folder.glob("*.mending*"))


def test_r30_dozens_of_damaged_settings_stop_nothing_and_are_left_as_they_are(sim: Callable[..., Sim]) -> None:
    """The default holds for what cannot be read, one sentence names the file, and a change refuses to overwrite it."""
    user = sim(CLAUDE)
    core = user.start()
    config = user.profile_dir / "config.toml"
    whole = config.read_bytes() + b'[alerts]\nthresholds = [50, 75]\n[unknown]\nkept = "yes"\n'
    unreadable = 0
    for seed in range(DAMAGES_MADE):
        broken = DAMAGES[seed % len(DAMAGES)](whole, random.Random(seed)).replace(b"\x00", b"\x01" if seed % 3 else b"")
        config.write_bytes(broken)

        if seed % 5 == 0:
            core = user.restart()  # else it notices while it runs
        core.look(ask=False)
        problems = [each for each in core.overview().notices if str(config) in each or "config.toml" in each]
        refusal = ""
        try:
            set_value(config, "alerts.enabled", True)
        except SettingsError as error:
            refusal = str(error)
        if refusal:
            unreadable += 1
            assert str(config) in refusal
            assert problems, broken
            assert config.read_bytes() == broken
        assert not list(user.profile_dir.glob(".config.toml*"))
    assert unreadable > DAMAGES_MADE / 3


@pytest.mark.parametrize("trouble", ["busy", "a folder", "unreadable"])
def test_r30_a_store_that_is_only_busy_or_unreadable_is_not_touched(
    sim: Callable[..., Sim], trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = sim(CLAUDE)
    whole = used_for_a_while(user)
    store = user.profile_dir / "usagetray.db"
    monkeypatch.setattr("usagetray.edges.store.database.BUSY_S", 0.1)
    with closing(sqlite3.connect(store, isolation_level=None)) as other:
        if trouble == "busy":
            other.execute("PRAGMA locking_mode = EXCLUSIVE")
            other.execute("BEGIN EXCLUSIVE")
        elif trouble == "a folder":
            store.rename(store.with_name("kept"))
            store.mkdir()
        elif os.geteuid() == 0:
            store.unlink()
            store.symlink_to("/proc/self/mem")  # opens for nobody as a store, not even for root
        else:
            store.chmod(0)

        with pytest.raises((UserError, OSError)) as told:
            user.start()

        assert "usagetray.db" in str(told.value)
        assert not list(user.profile_dir.glob("*.damaged*"))
        if trouble == "busy":
            other.execute("ROLLBACK")
            assert store.read_bytes() == whole
        elif store.is_symlink():
            store.unlink()
        elif store.is_dir():
            shutil.rmtree(store)
