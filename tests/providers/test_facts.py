"""Resolving needs: only what is a regular file inside the tool's folders is read, and never more than asked for."""

from __future__ import annotations

import os
import socket
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from usagetray.edges import facts as edge
from usagetray.edges import spool
from usagetray.model import Secret
from usagetray.providers.claude import PROVIDER
from usagetray.providers.contract import Facts, Home, HomeRule, Key, LocalFile, Need, NewestFiles, Spooled, Strategy

NOW = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
LOGS = NewestFiles(name="logs", under=lambda home: home.path / "logs", count=3, tail=100, depth=2)
RULE = HomeRule(env="TOOL_HOME", default="~/.tool")


def resolved(
    folder: Path, need: Need, *, keys: edge.KeyLookup | None = None, environ: dict[str, str] | None = None
) -> Facts:
    home = folder / "home"
    home.mkdir(exist_ok=True)
    one = Strategy(id="one", label="one", needs=(need,), fetch=lambda *_: ())
    return edge.resolve(
        one, Home(path=home, is_default=True), now=NOW, spool_dir=folder / "spool", keychain=keys, environ=environ or {}
    )


def written(path: Path, text: str = "{}\n", age_s: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    changed = NOW.timestamp() - age_s
    os.utime(path, (changed, changed))
    return path


def test_the_newest_files_come_first_and_no_more_than_asked_for(tmp_path: Path):
    """Five files in folders of different depth, three wanted; the one too deep is not seen."""
    logs = tmp_path / "home" / "logs"
    for age, place in enumerate(
        ["a/b/c/deep.jsonl", "one.jsonl", "a/two.jsonl", "a/b/three.jsonl", "four.jsonl", "x.txt"]
    ):
        written(logs / place, age_s=age * 60)

    found = resolved(tmp_path, LOGS).files["logs"]

    assert [file.path.name for file in found] == ["one.jsonl", "two.jsonl", "three.jsonl"]
    assert found[0].modified_at.timestamp() == NOW.timestamp() - 60


def test_of_a_long_file_the_end_is_read_and_the_head_if_asked_for(tmp_path: Path):
    """300 bytes: the last 100, and the first 10."""
    written(tmp_path / "home" / "logs" / "long.jsonl", "h" * 10 + "m" * 190 + "e" * 100)
    need = NewestFiles(name="logs", under=LOGS.under, tail=100, head=10)

    (file,) = resolved(tmp_path, need).files["logs"]

    assert (file.content, file.head, file.cut) == (b"e" * 100, b"h" * 10, True)


def test_nothing_but_regular_files_inside_the_tree_is_read(tmp_path: Path):
    """Links out, round and to nowhere; a pipe, a socket, a closed folder: others are read, and nothing waits."""
    logs = tmp_path / "home" / "logs"
    written(logs / "good.jsonl")
    outside = written(tmp_path / "outside" / "secret.jsonl")
    (logs / "out.jsonl").symlink_to(outside)
    (logs / "out").symlink_to(outside.parent)
    (logs / "loop").symlink_to(logs)
    (logs / "gone.jsonl").symlink_to(tmp_path / "nothing")
    os.mkfifo(logs / "pipe.jsonl")
    (logs / "closed").mkdir(mode=0o000)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(os.path.relpath(logs / "socket.jsonl"))  # a path in full may be too long for a socket

    done: list[Facts] = []
    thread = threading.Thread(target=lambda: done.append(resolved(tmp_path, LOGS)), daemon=True)
    thread.start()
    thread.join(10)
    listener.close()

    assert [file.path.name for file in done[0].files["logs"]] == ["good.jsonl"]


@pytest.mark.parametrize("kind", ["missing", "folder", "pipe", "link out", "too long", "dangling", "loop"])
def test_a_file_that_is_none_is_absent(kind: str, tmp_path: Path):
    """No exception, no wait, no content."""
    place = tmp_path / "deep" / "home" / "config"
    place.parent.mkdir(parents=True)
    match kind:
        case "folder":
            place.mkdir()
        case "pipe":
            os.mkfifo(place)
        case "link out":
            place.symlink_to(written(tmp_path / "secret"))
        case "too long":
            place.write_text("x" * 11)
        case "dangling":
            place.symlink_to(tmp_path / "nothing")
        case "loop":
            place.symlink_to(place)

    found = resolved(tmp_path / "deep", LocalFile(name="config", place=lambda home: home.path / "config", most=10))

    assert found.file("config") is None


def test_a_file_behind_a_link_inside_the_users_folder_is_read(tmp_path: Path):
    """Settings kept in a folder of dot files and linked into place."""
    kept = written(tmp_path / "dotfiles" / "config", "kept")
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "config").symlink_to(kept)

    file = resolved(tmp_path, LocalFile(name="config", place=lambda home: home.path / "config")).file("config")

    assert file is not None
    assert file.content == b"kept"


def test_a_spool_is_read_over_its_change(tmp_path: Path):
    """The line before the spool was set aside and the one after it."""
    spool.append(tmp_path / "spool", "notes", b"old")
    (tmp_path / "spool" / "notes.jsonl").rename(tmp_path / "spool" / "notes.jsonl.1")
    spool.append(tmp_path / "spool", "notes", b"new")

    file = resolved(tmp_path, Spooled(name="notes", spool="notes")).file("notes")

    assert file is not None
    assert file.content == b"old\nnew"


def test_a_spool_stays_bounded(tmp_path: Path):
    """Five lines of 300 kB: set aside beyond 1 MiB, and the end is what is read."""
    for number in range(5):
        spool.append(tmp_path / "spool", "notes", str(number).encode() * 300_000)
    spool.append(tmp_path / "spool", "notes", b"last")

    sizes = [path.stat().st_size for path in (tmp_path / "spool").iterdir()]

    assert max(sizes) < 1_500_000
    assert len(sizes) == 2
    assert spool.read(tmp_path / "spool", "notes")[-1] == b"last"


def test_a_planted_link_is_no_spool(tmp_path: Path):
    """Nothing is written to where it leads."""
    target = written(tmp_path / "target", "")
    (tmp_path / "spool").mkdir()
    (tmp_path / "spool" / "notes.jsonl").symlink_to(target)

    with pytest.raises(OSError, match=r"symbolic links|notes"):
        spool.append(tmp_path / "spool", "notes", b"x")

    assert target.read_text() == ""


def test_a_key_comes_from_the_keychain_first(tmp_path: Path):
    """Else from the environment, else not at all."""
    need = Key(name="key", label="API key", env=("TOOL_KEY",))
    environ = {"TOOL_KEY": "from the environment"}

    kept = resolved(tmp_path, need, keys=lambda _: Secret("kept"), environ=environ).secrets
    found = resolved(tmp_path, need, keys=lambda _: None, environ=environ).secrets
    none = resolved(tmp_path, need).secrets

    assert kept == {"key": Secret("kept")}
    assert found == {"key": Secret("from the environment")}
    assert none == {}


def test_homes_are_the_named_one_or_the_tools_own_and_those_of_the_settings():
    """Each once; the default place named by the variable is not the default installation."""
    own = Home(path=Path("/u/.tool"), is_default=True)

    assert edge.homes(RULE, {"HOME": "/u"}) == (own,)
    assert edge.homes(RULE, {"HOME": "/u", "TOOL_HOME": ""}) == (own,)
    assert edge.homes(RULE, {"HOME": "/u"}, (Path("~/.tool"), Path("/w/../work"))) == (
        own,
        Home(path=Path("/work"), is_default=False),
    )
    assert edge.homes(RULE, {"HOME": "/u", "TOOL_HOME": "/work"}, (Path("~/.tool"),)) == (
        Home(path=Path("/work"), is_default=False),
        own,
    )
    assert edge.homes(RULE, {"HOME": "/u", "TOOL_HOME": "/u/.tool"}) == (Home(path=Path("/u/.tool"), is_default=False),)


def test_a_tool_is_seen_by_its_traces_without_opening_any(tmp_path: Path):
    """An unreadable log is trace enough; its time is the last activity."""
    home = Home(path=tmp_path / ".claude", is_default=True)
    before = (edge.seen(PROVIDER, home), edge.newest_change(PROVIDER, home))
    written(home.path / "projects" / "-src" / "a.jsonl", age_s=60).chmod(0o000)

    assert before == (False, None)
    assert edge.seen(PROVIDER, home)
    assert edge.newest_change(PROVIDER, home) == datetime.fromtimestamp(NOW.timestamp() - 60, UTC)
