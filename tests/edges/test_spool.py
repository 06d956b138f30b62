"""Spools: what helpers append, whatever became of the helper before."""

from __future__ import annotations

from pathlib import Path

from usagetray.edges import spool


def test_half_a_line_of_a_helper_that_was_killed_does_not_spoil_the_next_one(tmp_path: Path) -> None:
    spool.append(tmp_path, "spool", b'{"first": 1}')
    with spool_file(tmp_path).open("ab") as file:
        file.write(b'{"torn": "half a li')

    spool.append(tmp_path, "spool", b'{"next": 2}')

    assert spool.read(tmp_path, "spool") == (b'{"first": 1}', b'{"torn": "half a li', b'{"next": 2}')


def test_a_line_is_added_whole_to_an_empty_spool_and_to_one_with_lines(tmp_path: Path) -> None:
    for line in (b"one", b"two", b"three"):
        spool.append(tmp_path, "spool", line)

    assert spool_file(tmp_path).read_bytes() == b"one\ntwo\nthree\n"


def spool_file(folder: Path) -> Path:
    return Path(spool.place(folder, "spool"))
