"""Spools: what helpers append, whatever became of the helper before."""

from __future__ import annotations

import subprocess
import sys
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


def test_a_disk_that_takes_half_a_line_or_half_a_file_is_an_error(tmp_path: Path) -> None:
    """Of 4 KiB, at the system's limit for files, 100 bytes had room: what was kept before stays readable."""
    spool.append(tmp_path, "spool", b"first")
    spool.put(tmp_path, "told.json", b"whole")
    script = (
        "import resource, signal, sys\n"
        "from usagetray.edges import spool\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "for act in (spool.append, spool.put):\n"
        "    try:\n"
        "        act(sys.argv[1], {spool.append: 'spool', spool.put: 'told.json'}[act], b'x' * 4096)\n"
        "    except OSError as error:\n"
        "        print(error.strerror)\n"
    )

    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True, check=True)

    assert done.stdout == "No space left on device\n" * 2
    assert (tmp_path / "told.json").read_bytes() == b"whole"
    spool.append(tmp_path, "spool", b"next")
    first, torn, after = spool.read(tmp_path, "spool")
    assert (first, torn.strip(b"x"), after) == (b"first", b"", b"next")


def spool_file(folder: Path) -> Path:
    return Path(spool.place(folder, "spool"))
