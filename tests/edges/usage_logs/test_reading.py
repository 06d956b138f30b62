"""What one log tells, look after look: from where the last ended, from its beginning where it was written anew."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.logs.desk import Desk
from tests.logs.lines import PROMPT, answer, text
from tests.logs.second_count import second_count
from usagetray.edges.usage_logs import reading

LOG = "-work/s1.jsonl"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def streamed(number: int, blocks: int = 3) -> list[dict[str, object]]:
    """One answer in several lines, the last of which holds its true output: ten to the power of its number."""
    outputs = [*range(1, blocks), 10**number]
    return [
        answer(f"msg_{number}", each, request=f"req_{number}", at=number * 10 + n) for n, each in enumerate(outputs)
    ]


CONTENT = PROMPT + b"".join(text(*streamed(number)) for number in range(1, 6))
WHOLE = 111110


# ---- growing -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("restarts", [False, True], ids=["one program", "a new one for each look"])
def test_a_log_that_grows_byte_by_byte_ends_with_the_same_totals(desk: Desk, restarts: bool) -> None:
    """Cut at 40 arbitrary places, in the middle of lines, characters and records."""
    cuts = sorted(random.Random(1).sample(range(1, len(CONTENT)), 40))
    desk.write(LOG, raw=b"")
    with desk.running() as it:
        for start, stop in zip([0, *cuts], [*cuts, len(CONTENT)], strict=True):
            desk.append(LOG, raw=CONTENT[start:stop])
            if restarts:
                desk.index()
            else:
                it.look()

        assert it.output == WHOLE
    assert desk.told() == second_count(desk.logs())


def test_half_a_line_waits_for_its_other_half(desk: Desk) -> None:
    line = text(answer(output=70))
    desk.write(LOG, raw=line[:100])
    with desk.running() as it:
        it.look()
        before = it.output
        desk.append(LOG, raw=line[100:])
        it.look()

        assert (before, it.output) == (0, 70)


def test_what_is_appended_while_a_log_is_being_read_is_read_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The part told first is booked; the rest comes with the next look at the latest."""
    monkeypatch.setattr(reading, "PART", 2)
    desk.write(LOG, raw=CONTENT)
    with desk.running() as it:
        it.indexing.look(0)
        desk.append(LOG, answer("msg_6", 10**6, at=99))
        it.look()
        it.look()

        assert it.output == WHOLE + 10**6


@pytest.mark.parametrize("part", [1, 2, 3, 7, 4000])
def test_a_log_told_in_parts_is_the_same_as_told_at_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    """Blocks so small that a part ends within an answer."""
    monkeypatch.setattr(reading, "PART", part)
    monkeypatch.setattr("usagetray.edges.usage_logs.lines.BLOCK", 700)
    desk.write(LOG, raw=CONTENT)

    desk.index()

    assert desk.told() == second_count(desk.logs())


# ---- written anew (R23) ------------------------------------------------------------------------------------


def test_a_shortened_log_takes_nothing_away_and_what_is_new_in_it_counts(desk: Desk) -> None:
    desk.write(LOG, raw=CONTENT)
    with desk.running() as it:
        it.look()
        desk.write(LOG, answer("msg_9", 7, request="req_9"))
        it.look()

        assert it.output == WHOLE + 7


@pytest.mark.parametrize("in_place", [True, False], ids=["the same file", "another file"])
def test_a_log_replaced_by_a_longer_one_is_read_from_its_beginning(desk: Desk, in_place: bool) -> None:
    other = PROMPT + text(*(answer(f"msg_n{n}", 1, request=f"req_n{n}", at=n) for n in range(40)))
    path = desk.write(LOG, raw=CONTENT)
    assert len(other) > len(CONTENT)
    with desk.running() as it:
        it.look()
        if not in_place:
            path.rename(desk.folder / "elsewhere")
        desk.write(LOG, raw=other)
        it.look()

        assert it.output == WHOLE + 40


def test_a_log_moved_to_an_archive_is_counted_once(desk: Desk) -> None:
    """Also the answers that have no id but their place in the file."""
    path = desk.write(LOG, answer(None, 5), answer(None, 5), raw=None)
    desk.append(LOG, raw=CONTENT)
    with desk.running() as it:
        it.look()
        target = desk.tree / "archive" / "-work" / path.name
        target.parent.mkdir(parents=True)
        path.rename(target)
        desk.clock.sleep(400)  # so long that all folders are listed again
        it.look()

        assert it.output == WHOLE + 10
        assert it.store.index_state().gone_files == 1


def open_files() -> int:
    """0 where the system does not list them."""
    return len(list(Path("/proc/self/fd").glob("*")))


@pytest.mark.parametrize(
    "becomes",
    [Path.mkdir, lambda path: path.symlink_to(path), *([os.mkfifo] if hasattr(os, "mkfifo") else [])],
)
def test_a_log_that_becomes_something_else_before_it_is_read_tells_nothing(
    desk: Desk, becomes: Callable[[Path], object]
) -> None:
    """A folder, a pipe or a link in circles; its neighbours are read, and nothing stays open."""
    path = desk.write(LOG, raw=CONTENT)
    desk.write("-work/s2.jsonl", answer("msg_9", 7, request="req_9"))
    with desk.running() as it:
        it.indexing._walk()
        path.unlink()
        becomes(path)
        before = open_files()
        while it.indexing.progress is not None:
            it.indexing.look(0)

        assert it.output == 7
        assert list(reading.whole_lines(str(path))) == []
        assert open_files() == before


def test_every_step_of_a_rough_life_agrees_with_a_second_count(desk: Desk) -> None:
    """R23 in a row: half lines, growth, copies. Only what was never in a whole line is not counted."""
    with desk.running() as it:
        desk.write(LOG, raw=CONTENT[:500])
        it.look()
        assert it.told() == second_count(desk.logs(), desk.times())
        desk.append(LOG, raw=CONTENT[500:])
        it.look()
        assert it.told() == second_count(desk.logs(), desk.times())
        desk.write("-work/s2.jsonl", raw=CONTENT.replace(b'"s1"', b'"s2"') + text(answer("msg_9", 7, session="s2")))
        it.look()
        it.look()
        assert it.told() == second_count(desk.logs(), desk.times())


# ---- content that is not as it should be (R25) ----------------------------------------------------------------

GOOD = [text(answer(f"msg_{n}", 10**n, request=f"req_{n}", at=n)) for n in range(5)]
BAD: dict[str, tuple[bytes, str]] = {
    "cut": (text(answer("msg_x", 9))[:200] + b"\n", "not JSON"),
    "NUL within": (text(answer("msg_x", 9)).replace(b"/work/a", b"/work/\0"), "not JSON"),
    "two records in one line": (text(answer("msg_x", 9))[:-1] + text(answer("msg_y", 9)), "not JSON"),
    "not an object": (b'["usage"]\n', "not an object"),
    "negative": (text(answer("msg_x", -9)), "bad usage"),
    "2^63": (text(answer("msg_x", 2**63)), "bad usage"),
    "nested 100 000 deep": (b'{"type":"assistant","usage":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n", "not JSON"),
    "nested objects": (b'{"usage":' * 100_000 + b"1" + b"}" * 100_000 + b"\n", "not JSON"),
}
FINE: dict[str, Callable[[bytes], bytes]] = {
    "byte order mark": lambda line: b"\xef\xbb\xbf" + line,
    "CRLF": lambda line: line[:-1] + b"\r\n",
    "zeros before": lambda line: b"\0" * 100 + line,
    "U+2028": lambda line: line.replace(b'"content":[]', '"content":[{"type":"text","text":"a\u2028b"}]'.encode()),
    "not UTF-8": lambda line: line.replace(b"/work/a", b"/work/\xff\xfe"),
    "not UTF-8, where nobody reads": lambda line: line.replace(b'"content":[]', b'"content":["\xff"]'),
    "lone surrogate": lambda line: line.replace(b'"content":[]', rb'"content":[{"type":"text","text":"\ud800"}]'),
    "blank lines": lambda line: b"\n\r\n \n" + line,
    "unknown fields": lambda line: line.replace(b'"type":"assistant"', b'"new":{"a":[1,2.5e300]},"type":"assistant"'),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_line_is_skipped_with_its_reason_and_its_neighbours_count(desk: Desk, name: str) -> None:
    line, reason = BAD[name]
    desk.write(LOG, raw=GOOD[0] + line + GOOD[1])

    desk.index()

    with desk.running() as it:
        assert (it.output, it.store.index_state().skipped) == (11, {reason: 1})


@pytest.mark.parametrize("name", FINE)
def test_an_odd_line_that_can_be_understood_counts(desk: Desk, name: str) -> None:
    desk.write(LOG, raw=GOOD[0] + FINE[name](GOOD[1]) + GOOD[2])

    desk.index()

    with desk.running() as it:
        assert (it.output, it.store.index_state().skipped) == (111, {})


@pytest.mark.parametrize("escape", [rb"\ud800", rb"\udfff", rb"\ud800\ud800"])
def test_a_lone_surrogate_where_we_read_costs_its_field_at_most(desk: Desk, escape: bytes) -> None:
    """It cannot be stored as text; the tokens count all the same, and nothing breaks."""
    desk.write(LOG, raw=GOOD[0].replace(b"/work/a", b"/work/" + escape) + GOOD[1])

    desk.index()

    with desk.running() as it:
        assert it.output == 11
        it.told()


@settings(max_examples=40, deadline=None, derandomize=True)
@given(data=st.data())
def test_no_mangled_line_breaks_a_scan_or_costs_a_good_line(data: st.DataObject, tmp_path_factory: object) -> None:
    """40 logs of good lines between mangled ones: bytes replaced, left out or put in. The bench makes 100 000."""
    lines = []
    for good in GOOD:
        mangled = bytearray(good[:-1])
        for _ in range(data.draw(st.integers(1, 4))):
            at = data.draw(st.integers(0, len(mangled) - 1))
            mangled[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3)).replace(b"\n", b"")
        # Another key, so that what can still be read of it does not join a good one.
        lines += [good, bytes(mangled).replace(b"msg_", b"bad_").replace(b"req_", b"bad_") + b"\n"]
    desk = Desk(tmp_path_factory.mktemp("desk"))  # type: ignore[attr-defined]
    desk.write(LOG, raw=b"".join(lines))

    desk.index()

    with desk.running() as it:
        counted = {response.attempts[0].tokens.output for response in it.store.responses()}
        assert {1, 10, 100, 1000, 10000} <= counted
        it.told()


# ---- packed ------------------------------------------------------------------------------------------------


def test_a_packed_log_counts_like_the_one_it_was_made_of(desk: Desk) -> None:
    rollout = Path(__file__).parents[2] / "providers" / "codex" / "sessions"
    path = max(rollout.rglob("*.jsonl"), key=lambda each: each.stat().st_size)
    below = path.relative_to(rollout)
    sessions = desk.home / ".codex" / "sessions"
    (sessions / below).parent.mkdir(parents=True)
    (sessions / below).write_bytes(path.read_bytes())
    desk.index()
    plain = desk.told()
    (sessions / below).rename(sessions / below.with_name("kept-aside"))
    packed = zstandard.ZstdCompressor().compress(path.read_bytes())
    (sessions / f"{below}.zst").write_bytes(packed)

    desk.index()
    desk.index()

    assert desk.told() == plain
    assert plain.total() > 1


def test_a_packed_log_that_is_cut_off_tells_what_can_be_unpacked_or_nothing(desk: Desk) -> None:
    sessions = desk.home / ".codex" / "sessions" / "2026"
    sessions.mkdir(parents=True)
    (sessions / "rollout-x.jsonl.zst").write_bytes(zstandard.ZstdCompressor().compress(os.urandom(5000))[:900])
    desk.write(LOG, raw=GOOD[0])

    desk.index()

    assert desk.totals().output == 1
