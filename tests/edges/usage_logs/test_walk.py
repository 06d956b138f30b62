"""Listing logs: regular files only, no link out of the tree, nothing opened, and no file that can stop it."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.logs.desk import Desk
from tests.logs.lines import answer, text
from usagetray.edges.usage_logs.walk import as_name, as_text, look_at, walk

ENDINGS = (".jsonl",)


def names(tree: Path) -> set[str]:
    return {found.below for found in walk(tree, ENDINGS)}


def test_logs_are_found_at_any_depth_and_by_their_ending(tmp_path: Path) -> None:
    for name in ("a.jsonl", "p/b.jsonl", "p/s/subagents/workflows/w/c.jsonl", "p/notes.txt", "p/c.jsonl.bak"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "folder.jsonl").mkdir()

    assert names(tmp_path) == {"a.jsonl", "p/b.jsonl", "p/s/subagents/workflows/w/c.jsonl"}


def test_nothing_is_found_where_there_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")

    assert names(tmp_path / "absent") == names(tmp_path / "file") == set()


def hostile(desk: Desk, outside: Path) -> None:
    """One good log among all that is not one."""
    desk.write("-work/good.jsonl", answer("msg_good", 50))
    folder = desk.tree / "-work"
    outside.mkdir()
    (outside / "secret.jsonl").write_bytes(text(answer("msg_outside", 999)))
    (folder / "inside.jsonl").symlink_to("good.jsonl")
    (folder / "dangling.jsonl").symlink_to("nowhere.jsonl")
    (folder / "itself.jsonl").symlink_to("itself.jsonl")
    (folder / "loop").symlink_to(folder)
    (folder / "out.jsonl").symlink_to(outside / "secret.jsonl")
    (folder / "out").symlink_to(outside)
    os.mkfifo(folder / "pipe.jsonl")
    (folder / "device.jsonl").symlink_to("/dev/zero")
    (folder / "long").mkdir()
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.path.relpath(folder / "socket.jsonl"))


def test_what_is_no_log_is_passed_over_and_the_good_one_counted_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R26: loops, dangling links, links out of the tree, a pipe, a socket, a device; a link within is the same log."""
    monkeypatch.chdir(tmp_path)  # a socket's path is short
    desk = Desk(tmp_path)
    hostile(desk, tmp_path / "outside")

    desk.index()

    assert names(desk.tree) == {"-work/good.jsonl", "-work/inside.jsonl"}
    assert [each.output for each in desk.told()] == [50]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_a_folder_that_may_not_be_read_hides_only_itself(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.write("a/one.jsonl", answer("msg_1"))
    desk.write("b/two.jsonl", answer("msg_2"))
    (desk.tree / "b").chmod(0)
    try:
        desk.index()
    finally:
        (desk.tree / "b").chmod(0o700)

    assert desk.told().total() == 1


def test_a_log_that_may_not_be_read_is_read_once_it_may_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does it hide the others. Root may read all, so the refusal itself is played."""
    desk = Desk(tmp_path)
    desk.write("a/one.jsonl", answer("msg_1"))
    closed = desk.write("a/two.jsonl", answer("msg_2"))
    really = os.open

    def refusing(path: object, *rest: int) -> int:
        if path == str(closed):
            raise PermissionError(13, "Permission denied")
        return really(path, *rest)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refusing)
        desk.index()
    before = desk.told().total()
    desk.index()

    assert (before, desk.told().total()) == (1, 2)


def test_a_path_of_four_thousand_characters_stops_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.write("a/one.jsonl", answer("msg_1"))
    here = os.open(desk.tree, os.O_RDONLY)
    try:
        for _ in range(24):  # deeper than any path may be long
            os.mkdir("d" * 200, dir_fd=here)
            inner = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = inner
        log = os.open("deep.jsonl", os.O_WRONLY | os.O_CREAT, dir_fd=here)
        os.write(log, text(answer("msg_2")))
        os.close(log)
    finally:
        os.close(here)

    desk.index()
    desk.index()

    assert desk.told().total() == 1


def test_a_log_that_vanishes_between_listing_and_reading_costs_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    gone = desk.write("a/one.jsonl", answer("msg_1"))
    desk.write("a/two.jsonl", answer("msg_2"))
    with desk.running() as it:
        list(walk(desk.tree, ENDINGS))
        it.indexing._walk()
        gone.unlink()
        it.look()

        assert it.told().total() == 1


def test_one_log_is_looked_at_as_it_is_now(tmp_path: Path) -> None:
    log = tmp_path / "a.jsonl"
    log.write_text("x")
    (listed,) = walk(tmp_path, ENDINGS)

    assert look_at(str(log), str(tmp_path)) == listed
    log.unlink()
    assert look_at(str(log), str(tmp_path)) is None
    log.mkdir()
    assert look_at(str(log), str(tmp_path)) is None


@pytest.mark.skipif(sys.platform != "linux", reason="other systems' names are text")
def test_a_name_that_is_no_text_hides_neither_its_own_log_nor_any_other(tmp_path: Path) -> None:
    """Bytes of an old encoding in the names of a folder and of a log, which says itself neither where it is from."""
    desk = Desk(tmp_path)
    desk.write("-work/good.jsonl", answer("msg_good", 50))

    def odd_one(id_: str) -> dict[str, Any]:
        return {name: value for name, value in answer(id_, 50).items() if name not in ("sessionId", "cwd")}

    odd = desk.tree / os.fsdecode(b"-caf\xe9") / os.fsdecode(b"s\xff\xfe.jsonl")
    desk.write(str(odd.relative_to(desk.tree)), odd_one("msg_odd"))
    with desk.running() as it:
        it.look()
        assert it.told().total() == 2
        desk.append(str(odd.relative_to(desk.tree)), odd_one("msg_more"))
        it.look()

        assert it.told().total() == 3


@pytest.mark.parametrize("name", ["plain", "Ünï/日本", "caf\udce9", "half \ud83d"])
def test_a_name_is_text_and_back_again(name: str) -> None:
    as_text(name).encode()
    assert as_name(as_text(name)) == name
