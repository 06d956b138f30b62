"""Linux homes as Windows sees them: of distributions that run, and of no other."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.logs.desk import Desk
from tests.logs.lines import answer, text
from usagetray.edges import wsl
from usagetray.providers import with_logs
from usagetray.settings import ProviderSettings, Settings
from usagetray.spine.log_trees import log_trees


def listing(*names: str) -> bytes:
    """As wsl.exe prints it."""
    return "".join(f"{name}\r\n" for name in names).encode("utf-16-le")


@pytest.fixture
def share(tmp_path: Path) -> Path:
    for home in ("Ubuntu/home/ada", "Ubuntu/home/bob", "Debian/home/eve", "docker-desktop/home/x"):
        (tmp_path / "share" / home).mkdir(parents=True)
    (tmp_path / "share" / "Ubuntu" / "home" / "file").touch()
    return tmp_path / "share"


def found(share: Path, installed: list[str], running: bytes) -> list[tuple[str, str]]:
    return [
        (name, str(home.relative_to(share))) for name, home in wsl.homes(lambda: installed, lambda: running, str(share))
    ]


def test_the_homes_of_running_distributions_are_found_with_their_names(share: Path) -> None:
    told = found(share, ["Debian", "Ubuntu", "docker-desktop"], listing("Ubuntu", "docker-desktop"))

    assert told == [("Ubuntu", "Ubuntu/home/ada"), ("Ubuntu", "Ubuntu/home/bob")]


def test_a_distribution_that_sleeps_is_not_looked_into(share: Path) -> None:
    """A look would start it."""
    assert found(share, ["Ubuntu", "Debian"], listing()) == []


def test_without_any_distribution_no_program_is_started() -> None:
    def started() -> bytes:
        raise AssertionError("started")

    assert list(wsl.homes(list, started)) == []
    assert list(wsl.homes(lambda: ["..", "a/b", "docker-desktop"], started)) == []


@pytest.mark.parametrize("error", [OSError("none"), subprocess.TimeoutExpired("wsl", 5)])
def test_a_program_that_fails_finds_nothing(error: Exception) -> None:
    def failing() -> bytes:
        raise error

    assert list(wsl.homes(lambda: ["Ubuntu"], failing)) == []


def test_a_distribution_that_stops_meanwhile_hides_only_itself(share: Path) -> None:
    assert found(share, ["Gone", "Debian"], listing("Gone", "Debian")) == [("Debian", "Debian/home/eve")]


def test_elsewhere_than_on_windows_none_is_registered() -> None:
    assert wsl.registered() == []


def test_their_logs_are_trees_under_the_distribution_s_name(share: Path, tmp_path: Path) -> None:
    """Unless the provider is switched off."""
    homes = [("Ubuntu", share / "Ubuntu" / "home" / "ada")]
    on = list(log_trees(with_logs(), Settings(), {"HOME": str(tmp_path)}, lambda: homes))
    off = Settings(providers={"claude": ProviderSettings(enabled=False)})

    trees = {(each.provider, each.machine, each.tree) for each in on if each.machine}
    assert ("claude", "Ubuntu", str(share / "Ubuntu/home/ada/.claude/projects")) in trees
    assert ("codex", "Ubuntu", str(share / "Ubuntu/home/ada/.codex/sessions")) in trees
    assert not [
        each
        for each in log_trees(with_logs(), off, {"HOME": str(tmp_path)}, lambda: homes)
        if each.provider == "claude"
    ]


def test_what_they_tell_is_counted_and_bears_their_name(
    share: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = share / "Ubuntu" / "home" / "ada"
    (home / ".claude" / "projects" / "p").mkdir(parents=True)
    (home / ".claude" / "projects" / "p" / "s.jsonl").write_bytes(text(answer(output=70)))
    monkeypatch.setattr(log_trees, "__defaults__", (lambda: [("Ubuntu", home)],))  # as it is on Windows
    desk = Desk(tmp_path)

    desk.index()

    with desk.running() as it:
        assert [each.machine for each in it.store.responses()] == ["Ubuntu"]
