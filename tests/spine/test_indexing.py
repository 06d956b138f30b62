"""The ledger follows the logs: every response once, whatever happens to files, programs and disk."""

from __future__ import annotations

import itertools
import os
import random
import shutil
from collections import Counter
from datetime import UTC, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.logs.desk import Desk
from tests.logs.lines import BEGAN, PROMPT, SONNET, answer, progress, text
from tests.logs.second_count import second_count
from usagetray.settings import ProviderSettings, Settings

RECORDED = Path(__file__).parents[1] / "providers" / "claude" / "counted" / "projects"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def recorded(desk: Desk) -> Desk:
    """A home with the recorded logs, each written a second after the other."""
    shutil.copytree(RECORDED, desk.tree)
    for path in desk.tree.rglob("journal.jsonl"):
        path.unlink()  # no log, and the second count does not know that
    for path in sorted(desk.tree.rglob("*.jsonl")):
        desk.written(path)
    return desk


# ---- order, splits, repetition (P15) -------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_files_in_any_order_give_the_same(recorded: Desk, seed: int) -> None:
    expected = second_count(recorded.logs(), recorded.times())
    with recorded.running() as it:
        it.indexing._walk()
        random.Random(seed).shuffle(it.indexing._waiting)
        while it.indexing.progress is not None:
            it.indexing._read(0)

        assert it.told() == expected


@pytest.mark.parametrize("seed", range(4))
def test_lines_in_any_order_give_the_same(recorded: Desk, seed: int) -> None:
    """Those without an id go by their place in the file, so they count as before too."""
    chance = random.Random(seed)
    for path in recorded.tree.rglob("*.jsonl"):
        lines = path.read_bytes().split(b"\n")[:-1]
        chance.shuffle(lines)
        path.write_bytes(b"".join(line + b"\n" for line in lines))
        recorded.written(path)

    recorded.index()

    assert recorded.told() == second_count(recorded.logs(), recorded.times())


@pytest.mark.parametrize("seed", range(4))
def test_files_that_grow_in_turn_by_pieces_of_any_size_give_the_same(recorded: Desk, seed: int) -> None:
    """Each is cut at arbitrary bytes; between the pieces the program looks, and now and then begins anew."""
    chance, logs, times = random.Random(seed), recorded.logs(), recorded.times()
    shutil.rmtree(recorded.tree)
    pieces = []
    for name, content in logs.items():
        cuts = [0, *sorted(chance.sample(range(len(content)), 3)), len(content)]
        pieces.append([(name, content[start:stop]) for start, stop in itertools.pairwise(cuts)])
    while pieces:
        with recorded.running() as it:
            for _ in range(8):
                pieces = [each for each in pieces if each]
                if not pieces:
                    break
                name, piece = chance.choice(pieces).pop(0)
                path = recorded.tree / name
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("ab") as file:
                    file.write(piece)
                os.utime(path, ns=(int(times[name]), int(times[name])))  # so that a session's age is what it was
                it.look()

    assert recorded.told() == second_count(recorded.logs(), recorded.times())


def test_looking_again_changes_nothing(recorded: Desk) -> None:
    recorded.index()
    once = recorded.told()
    with recorded.running() as it:
        before = it.store.database.rows_written
        it.look()
        written = it.store.database.rows_written - before

        assert it.told() == once
    assert written == 0


def test_one_answer_logged_fourteen_times_counts_once_with_its_last_figures(desk: Desk) -> None:
    """R22: output grows from 3 to 159, with and without a request id, in two files and a resumed copy."""
    outputs = [3, 3, 3, 3, 3, 17, 17, 40, 40, 88, 88, 120, 140, 159]
    lines = [answer("msg_1", output, request=None if n % 3 else "req_1", at=n) for n, output in enumerate(outputs)]
    for files in (lines, lines[::-1], random.Random(2).sample(lines, 14)):
        desk.write("-work/s1.jsonl", *files[:9])
        desk.write("-work/s1/subagents/agent-a1.jsonl", *files[9:])
        desk.write("-work/s2.jsonl", *(dict(each, sessionId="s2") for each in files))
        desk.index()

    (response,) = desk.told()
    assert (response.output, response.session) == (159, "s1")


# ---- copies, resumed and forked sessions, roots --------------------------------------------------------------


def test_a_resumed_session_s_copy_counts_only_for_what_is_new_in_it(desk: Desk) -> None:
    old = [answer(f"msg_{n}", 10, request=f"req_{n}", at=n * 60) for n in range(4)]
    copied = [dict(each, sessionId="s2", forkedFrom={"sessionId": "s1"}) for each in old[:3]]
    desk.write("-work/s1.jsonl", *old)
    desk.write("-work/s2.jsonl", *copied, answer("msg_9", 500, request="req_9", at=9999, session="s2"))

    desk.index()

    assert Counter((each.session, each.output) for each in desk.told().elements()) == {("s1", 10): 4, ("s2", 500): 1}


def test_what_only_a_parent_s_log_still_tells_of_a_sub_agent_counts(desk: Desk) -> None:
    """With its own log the copy adds nothing; without it, it is the only trace."""
    own = [answer("msg_a", 3, at=1, agent="a1", side=True), answer("msg_a", 150, at=2, agent="a1", side=True)]
    lost = [answer("msg_b", 3, at=3, model=SONNET), answer("msg_b", 70, at=4, model=SONNET)]
    desk.write("-work/s1.jsonl", answer("msg_1", 5), *map(progress, (*own, *lost)))
    desk.write("-work/s1/subagents/agent-a1.jsonl", *own)

    desk.index()

    assert desk.totals().output == 5 + 150 + 70
    assert desk.told() == second_count(desk.logs(), desk.times())


def test_a_session_seen_from_two_roots_counts_once_and_other_machines_are_told_apart(tmp_path: Path) -> None:
    """Another computer's logs, mounted here: what it shares with this one is ours, the rest bears its name."""
    laptop = tmp_path / "laptop"
    desk = Desk(tmp_path, settings=Settings(providers={"claude": ProviderSettings(logs=(("laptop", laptop),))}))
    own = desk.write("-work/s1.jsonl", answer("msg_1", 10))
    folder = laptop / "projects" / "-work"
    folder.mkdir(parents=True)
    shutil.copy2(own, folder / "s1.jsonl")
    (folder / "s2.jsonl").write_bytes(text(answer("msg_2", 500, request="req_2", session="s2")))

    desk.index()

    with desk.running() as it:
        machines = {each.machine: each.attempt.tokens.output for each in it.store.usage(by=("machine",), zone=UTC)}
    assert sum(machines.values()) == 510
    assert machines["laptop"] >= 500


def test_of_two_copies_of_the_same_age_the_place_does_not_depend_on_the_order_of_reading(tmp_path: Path) -> None:
    found = set()
    for order in (1, -1):
        folder = tmp_path / str(order)
        desk = Desk(folder, settings=Settings(providers={"claude": ProviderSettings(logs=(("b", folder / "b"),))}))
        own = desk.write("-work/s1.jsonl", answer("msg_1", 10))
        (folder / "b" / "projects" / "-work").mkdir(parents=True)
        shutil.copy2(own, folder / "b" / "projects" / "-work")
        with desk.running() as it:
            it.indexing._walk()
            it.indexing._waiting[:] = sorted(it.indexing._waiting, key=lambda each: each[1].machine)[::order]
            it.look()
            found.add(next(it.store.responses()).machine)

    assert len(found) == 1


@pytest.mark.parametrize("named", ["{a},{b}", "{a}"])
def test_the_tool_s_own_variable_may_name_several_homes(tmp_path: Path, named: str) -> None:
    homes = {each: tmp_path / each for each in ("a", "b")}
    for number, home in enumerate(homes.values()):
        (home / "projects" / "p").mkdir(parents=True)
        line = answer(f"msg_{number}", 10**number, request=f"req_{number}")
        (home / "projects" / "p" / f"s{number}.jsonl").write_bytes(text(line))
    desk = Desk(tmp_path, environ={"CLAUDE_CONFIG_DIR": named.format(**homes)})

    desk.index()

    assert desk.totals().output in ({11} if "b" in named else {1})


# ---- what stays (P17, R27) -----------------------------------------------------------------------------------


def test_what_was_counted_stays_counted_when_its_logs_are_deleted(recorded: Desk) -> None:
    """R27: by day, model and project; after a restart, a second look, and a rebuilding of everything."""
    recorded.index()
    once = recorded.told()
    shutil.rmtree(recorded.tree)
    recorded.tree.mkdir()

    recorded.index()
    with recorded.running() as it:
        it.indexing.read_anew()
        it.store.ledger.add_up_again()
        it.indexing.catch_up()
        state = it.store.index_state()

    assert recorded.told() == once
    assert state.gone_files == state.files or state.files == 0


def test_a_log_that_is_gone_is_noted_and_one_that_comes_back_is_not_counted_twice(desk: Desk) -> None:
    path = desk.write("-work/s1.jsonl", answer("msg_1", 10))
    desk.write("-work/s2.jsonl", answer("msg_2", 100, request="req_2"))
    with desk.running() as it:
        it.look()
        path.rename(desk.folder / "away")
        desk.clock.sleep(400)
        it.look()
        gone = it.store.index_state().gone_files
        (desk.folder / "away").rename(path)
        desk.clock.sleep(400)
        it.look()
        it.look()

        assert (gone, it.store.index_state().gone_files) == (1, 0)
        assert it.output == 110


def test_a_disk_that_is_not_mounted_is_not_taken_for_deleted_logs(tmp_path: Path) -> None:
    laptop = tmp_path / "laptop"
    desk = Desk(tmp_path, settings=Settings(providers={"claude": ProviderSettings(logs=(("laptop", laptop),))}))
    (laptop / "projects" / "p").mkdir(parents=True)
    (laptop / "projects" / "p" / "s.jsonl").write_bytes(text(answer("msg_1", 10)))
    desk.index()
    laptop.rename(tmp_path / "elsewhere")

    desk.index()

    with desk.running() as it:
        assert it.store.index_state().gone_files == 0
        assert it.output == 10


# ---- what cannot be true -------------------------------------------------------------------------------------


def test_a_response_larger_than_any_window_is_set_aside_and_told(desk: Desk) -> None:
    desk.write("-work/s1.jsonl", answer("msg_1", 10), answer("msg_2", 5_000_000, request="req_2"))

    desk.index()

    with desk.running() as it:
        assert it.output == 10
        assert it.store.index_state().aside == {"larger than any context window": 1}
        it.told()


@pytest.mark.parametrize("cuts", [(), (5000, 20_000, 30_000)], ids=["at once", "in pieces"])
def test_a_replay_of_old_records_stamped_anew_is_set_aside_however_it_is_read(
    desk: Desk, cuts: tuple[int, ...]
) -> None:
    """Of a hundred within a second forty are taken for true, the others for a copy."""
    content = PROMPT + text(*(answer(f"msg_{n}", 1, request=f"req_{n}", at=n / 1000) for n in range(100)))
    stops = [*cuts, len(content)]
    desk.write("-work/s1.jsonl", raw=b"")
    for start, stop in itertools.pairwise([0, *stops]):
        desk.append("-work/s1.jsonl", raw=content[start:stop])
        desk.index()

    with desk.running() as it:
        assert it.store.index_state().aside == {"more in one second than a conversation can have": 60}
        assert it.output == 40


def test_a_replayed_record_that_another_log_tells_properly_counts(desk: Desk) -> None:
    """The copy is in doubt, the response is not."""
    made = [answer(f"msg_{n}", 1, request=f"req_{n}", at=n * 60) for n in range(100)]
    desk.write("-work/s2.jsonl", *(dict(each, timestamp="2026-11-19T09:00:00.000Z", sessionId="s2") for each in made))
    desk.write("-work/s1.jsonl", *made)

    desk.index()

    assert desk.totals().output == 100
    with desk.running() as it:
        assert it.store.index_state().aside == {}


def test_what_is_set_aside_is_no_request_of_a_plan_either(desk: Desk) -> None:
    desk.write("-work/s1.jsonl", answer("msg_1", 10), answer("msg_2", 5_000_000, request="req_2"))

    desk.index()

    with desk.running() as it:
        assert it.store.count_since(BEGAN, "claude") == 1


@pytest.mark.parametrize("told", ["9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00Z", "1970-01-01T00:00:01Z"])
def test_a_time_that_cannot_be_true_is_none(desk: Desk, told: str) -> None:
    """It has the log's own; one year 9999 made every report fail, for no zone has a clock for it."""
    desk.write("-work/s1.jsonl", dict(answer("msg_1", 10), timestamp=told), answer("msg_2", 1, request="req_2"))

    desk.index()

    with desk.running() as it:
        assert {each.at.year for each in it.store.responses()} == {2026}
        assert sum(each.responses for each in it.store.usage(by=("day",), zone=ZoneInfo("Asia/Tokyo"))) == 2


def test_responses_that_tell_no_time_are_not_all_of_one_second(desk: Desk) -> None:
    made = [answer(f"msg_{n}", 1, request=f"req_{n}") for n in range(60)]
    desk.write(
        "-work/s1.jsonl", *({name: value for name, value in each.items() if name != "timestamp"} for each in made)
    )

    desk.index()

    assert desk.totals().output == 60


# ---- looking (hot logs, new ones, rest) ----------------------------------------------------------------------


def test_a_line_appended_to_a_hot_log_is_counted_with_the_next_look(desk: Desk) -> None:
    for number in range(5):
        desk.write(f"-work/s{number}.jsonl", answer(f"msg_{number}", 1, request=f"req_{number}"))
    with desk.running() as it:
        it.look()
        desk.append("-work/s3.jsonl", answer("msg_9", 70, request="req_9"))
        it.look()

        assert it.output == 75


@pytest.mark.parametrize("name", ["-work/s9.jsonl", "-new/s9.jsonl", "-work/s1/subagents/workflows/w/agent-a.jsonl"])
def test_a_new_log_is_found_with_the_next_look(desk: Desk, name: str) -> None:
    """In a folder that was there, in a new project, and deep below a session that is being worked in."""
    desk.write("-work/s1.jsonl", answer("msg_1", 1))
    desk.write("-work/s1/subagents/agent-b.jsonl", answer("msg_2", 1, request="req_2", agent="b", side=True))
    with desk.running() as it:
        it.look()
        desk.write(name, answer("msg_9", 70, request="req_9"))
        it.look()

        assert it.output == 72


def test_a_log_at_rest_that_grows_after_all_is_found_in_turn(desk: Desk) -> None:
    """One written to last month is not looked at on each tick, but on one of them."""
    for number in range(450):
        desk.write(f"-work/s{number}.jsonl", answer(f"msg_{number}", 1, request=f"req_{number}"))
    desk.clock.sleep(30 * 86400)
    with desk.running() as it:
        it.look()
        path = desk.tree / "-work" / "s333.jsonl"
        with path.open("ab") as file:
            file.write(text(answer("msg_x", 70, request="req_x")))
        for _ in range(4):
            it.look()

        assert it.output == 520


def test_a_machine_at_rest_is_left_to_rest_and_one_at_work_is_looked_at(desk: Desk) -> None:
    desk.write("-work/s1.jsonl", answer("msg_1", 1))
    with desk.running() as it:
        it.look()
        desk.append("-work/s1.jsonl", answer("msg_2", 1, request="req_2"))
        assert it.indexing.look_if_busy(1)
        desk.clock.sleep(3600)
        desk.append("-work/s1.jsonl", answer("msg_3", 1, request="req_3"))

        assert not it.indexing.look_if_busy(1)


def test_a_minute_after_the_last_line_nobody_looks_between_ticks(desk: Desk) -> None:
    """Also after old logs were read for the first time: what counts is when they were written."""
    desk.write("-work/old.jsonl", answer("msg_0", 1))
    desk.clock.sleep(3600)
    with desk.running() as it:
        it.look()
        at_first = it.indexing.is_busy
        desk.append("-work/old.jsonl", answer("msg_1", 1, request="req_1"))
        it.look()
        after_a_line = it.indexing.is_busy
        desk.clock.sleep(60)

        assert (at_first, after_a_line, it.indexing.is_busy) == (False, True, False)


def test_a_clock_that_is_set_back_does_not_keep_it_looking_for_years(desk: Desk) -> None:
    desk.write("-work/s1.jsonl", answer("msg_1", 1))
    with desk.running() as it:
        it.look()
        before = it.indexing.is_busy
        desk.clock.jump(timedelta(days=-365))

        assert (before, it.indexing.is_busy) == (True, False)


def test_the_newest_log_is_read_first(desk: Desk) -> None:
    """So that today shows at once."""
    for number in range(5):
        desk.write(f"-work/s{number}.jsonl", answer(f"msg_{number}", 10**number, request=f"req_{number}"))
    with desk.running() as it:
        it.indexing.look(0)

        assert it.output == 10**4
        assert it.indexing.progress is not None


# ---- when things fail ----------------------------------------------------------------------------------------


def test_a_full_disk_loses_nothing(desk: Desk) -> None:
    """The marks stay where they were: the same is read again once there is room, and counted once."""
    desk.write("-work/s1.jsonl", answer("msg_1", 1))
    with desk.running() as it:
        it.look()
        (pages,) = it.store.database.stored("PRAGMA page_count")[0]
        it.store.database.stored(f"PRAGMA max_page_count = {pages}")
        desk.write("-work/s2.jsonl", *(answer(f"msg_n{n}", 10, request=f"req_n{n}", at=n) for n in range(900)))
        it.indexing.look(0)
        held = it.output
        it.store.database.stored("PRAGMA max_page_count = 1000000")
        it.look()
        it.look()

        assert (held, it.output) == (1, 9001)
        it.told()


def test_a_program_that_is_not_there_any_more_costs_no_count(desk: Desk) -> None:
    """A new one goes on from the marks of the last whole transaction."""
    desk.write("-work/s1.jsonl", *(answer(f"msg_{n}", 1, request=f"req_{n}", at=n) for n in range(50)))
    desk.write("-work/s2.jsonl", *(answer(f"msg_b{n}", 1, request=f"req_b{n}", at=n) for n in range(50)))
    with desk.running() as it:
        it.indexing.look(0)  # reads one of them

    desk.index()

    assert desk.totals().output == 100
