"""The same set-ups on a real disk, and what else may lie there in a file's place."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.billing.made_up import CASES, TOOLS, VENDORS, scene_of
from usagetray.domain.billing_route import billed
from usagetray.edges.billing import gathered, repository_root
from usagetray.edges.billing.disk import MOST_BYTES, Disk, stamp

OF_LINUX = [each for each in CASES if each["os"] == "linux" and all(path.startswith("/home") for path in each["files"])]


def on_disk(case: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The set-up with its home moved there, files written."""
    moved: dict[str, Any] = json.loads(json.dumps(case).replace("/home/example", str(folder)))
    for path, text in moved["files"].items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text)
    return moved


@pytest.mark.parametrize("case", OF_LINUX, ids=[each["id"] for each in OF_LINUX])
def test_files_on_the_disk_tell_the_same(case: dict[str, Any], tmp_path: Path) -> None:
    moved = on_disk(case, tmp_path)
    rules, _ = TOOLS[case["tool"]]

    found = billed(rules, gathered(rules, scene_of(moved), Disk(), profiles=True, vendors=VENDORS))

    wanted = moved["expected"]
    first = wanted["because"][0]
    assert (found.route, found.certainty, found.would_warn) == (
        wanted["route"],
        wanted["certainty"],
        wanted["would_warn"],
    )
    assert (found.because[0].file, found.because[0].line) == (first["file"], first["line"])


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _folder(path: Path) -> None:
    path.mkdir()


def _large(path: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(MOST_BYTES + 1)


def _loop(path: Path) -> None:
    path.symlink_to(path)


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _unreadable(path: Path) -> None:
    path.symlink_to("/proc/self/mem")


STRANGE = [_pipe, _folder, _large, _loop, _device, _unreadable]


@pytest.mark.parametrize("strange", STRANGE, ids=[each.__name__ for each in STRANGE])
@pytest.mark.parametrize("name", [".zshrc", ".claude.json", ".claude/settings.json"])
def test_what_is_no_file_is_not_there(name: str, strange: Callable[[Path], None], tmp_path: Path) -> None:
    case = next(each for each in OF_LINUX if each["id"] == "B01")
    moved = on_disk(case, tmp_path)
    (tmp_path / ".claude").mkdir()
    (tmp_path / name).unlink(missing_ok=True)
    strange(tmp_path / name)
    rules, _ = TOOLS["claude_code"]

    found = billed(rules, gathered(rules, scene_of(moved), Disk(), profiles=True, vendors=VENDORS))

    assert found.route == ("unknown" if name == ".claude.json" else "plan")


def test_bytes_that_are_no_text_cost_themselves_only(tmp_path: Path) -> None:
    case = next(each for each in OF_LINUX if each["id"] == "B02")
    moved = on_disk(case, tmp_path)
    (tmp_path / ".zshrc").write_bytes(b"\xff\xfe\x00\x80\nexport ANTHROPIC_API_KEY=x\xff\n")
    rules, _ = TOOLS["claude_code"]

    found = billed(rules, gathered(rules, scene_of(moved), Disk(), profiles=True, vendors=VENDORS))

    assert (found.route, found.because[0].line) == ("api_key", 2)


def test_a_profile_kept_elsewhere_is_followed_by_its_link(tmp_path: Path) -> None:
    case = next(each for each in OF_LINUX if each["id"] == "B02")
    moved = on_disk(case, tmp_path / "home")
    profile = tmp_path / "home" / ".zshrc"
    profile.rename(tmp_path / "dotfiles")
    profile.symlink_to(tmp_path / "dotfiles")
    rules, _ = TOOLS["claude_code"]

    found = billed(rules, gathered(rules, scene_of(moved), Disk(), profiles=True, vendors=VENDORS))

    assert (found.because[0].file, found.because[0].line) == (str(profile), 12)


def test_without_consent_no_profile_is_so_much_as_asked_for(tmp_path: Path) -> None:
    case = next(each for each in OF_LINUX if each["id"] == "B02")
    moved = on_disk(case, tmp_path)
    rules, _ = TOOLS["claude_code"]
    disk = Disk()

    found = billed(rules, gathered(rules, scene_of(moved), disk, profiles=False, vendors=VENDORS))

    assert found.route == "plan"
    assert not [path for path in disk.stamps() if "zsh" in path or ".env" in path or "environment" in path]


def test_every_file_that_was_looked_for_is_watched(tmp_path: Path) -> None:
    case = next(each for each in OF_LINUX if each["id"] == "B02")
    moved = on_disk(case, tmp_path)
    rules, _ = TOOLS["claude_code"]
    disk = Disk()
    gathered(rules, replace(scene_of(moved), place=None), disk, profiles=True, vendors=VENDORS)
    former = disk.stamps()

    (tmp_path / ".zshenv").write_text("export A=1\n")

    changed = {path for path, known in former.items() if stamp(path) != known}
    assert changed == {str(tmp_path / ".zshenv")}


def test_the_registry_is_nowhere_but_on_windows() -> None:
    assert Disk().registry(r"HKCU\Environment") == {}


def test_a_folder_outside_of_any_repository_has_no_root(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()

    assert repository_root(str(tmp_path / "a"), "linux", Disk()) is None
