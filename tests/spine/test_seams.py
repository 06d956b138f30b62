"""The places where a test takes the world's part: each is there, shut in ordinary use, and said in the status."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from tests.support import ALLOWED, World, account
from usagetray.app import build_headless
from usagetray.edges.notify import Sink
from usagetray.errors import UserError
from usagetray.profile import open_profile
from usagetray.views.cli import main


def test_the_status_names_the_seams_that_are_open(world: World) -> None:
    core = world.start()
    core.tick()

    counters = core.status()["counters"]

    assert counters["seams"] == ["profile", "clock", "keychain ok", "origin claude"]
    assert counters["requests"][world.vendor.origin]["requests"] == 1
    assert counters["open_handles"] > 3
    assert counters["threads"] >= 1
    assert counters["rows_written"] > 0
    assert json.dumps(core.status())


def test_in_ordinary_use_no_seam_is_open(tmp_path: Path) -> None:
    assert open_profile({"HOME": str(tmp_path)}).seams == ()


@pytest.mark.parametrize(
    "origin", ["http://example.invalid", "http://localhost:80", "https://127.0.0.1:1", "file:///x"]
)
def test_only_a_loopback_origin_may_stand_in(origin: str, tmp_path: Path) -> None:
    with pytest.raises(UserError):
        open_profile({"USAGETRAY_HOME": str(tmp_path)}, origins=(f"claude={origin}",))


@pytest.mark.parametrize("seam", [{"origins": ("claude=http://127.0.0.1:9",)}, {"keychain": "ok"}])
def test_origin_and_keychain_need_an_isolated_profile(seam: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(UserError, match="USAGETRAY_HOME"):
        open_profile({"HOME": str(tmp_path)}, **seam)  # type: ignore[arg-type]


def test_one_headless_run_prints_the_status_and_leaves_private_files_only(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`run --headless --once` under umask 000: everything of ours 0700 and 0600, nothing new in the tool's folders."""
    monkeypatch.setenv("USAGETRAY_HOME", str(world.profile))
    before = sorted(world.home.path.rglob("*"))
    words = ["--origin", f"claude={world.vendor.origin}", "--keychain", "ok", "run", "--headless", "--once"]
    former = os.umask(0)
    try:
        (world.profile / "config.toml").chmod(0o600)
        assert main(words) == 0
    finally:
        os.umask(former)

    status = json.loads(capsys.readouterr().out)
    modes = {each: stat.S_IMODE(each.stat().st_mode) for each in world.profile.rglob("*")}
    wrong = {str(each): oct(mode) for each, mode in modes.items() if mode != (0o700 if each.is_dir() else 0o600)}
    assert status["schema"] == 1
    assert len(world.vendor.asked) == 1
    assert status["accounts"][0]["provider"] == "claude"
    assert wrong == {}
    assert sorted(world.home.path.rglob("*")) == before


def test_alerts_go_to_a_file_line_by_line(world: World, tmp_path: Path) -> None:
    core = build_headless(
        world.profile,
        clock=world.clock,
        keychain="ok",
        notifier=Sink(tmp_path / "alerts.jsonl", world.clock.now),
        origins={"claude": world.vendor.origin},
    )
    world.running.append(core)
    world.configure(ALLOWED + "[alerts]\nthresholds = [40]\n")

    core.tick()

    (line,) = [json.loads(each) for each in (tmp_path / "alerts.jsonl").read_text().splitlines()]
    assert set(line) == {"at", "key", "provider", "account", "window", "threshold", "title", "body", "urgency"}
    assert (line["provider"], line["window"], line["threshold"]) == ("claude", "five_hour", 0.4)


@pytest.mark.parametrize("kind", ["ok", "missing", "locked", "refuses", "slow:0.1"])
def test_every_kind_of_key_store_lets_the_rest_work(world: World, kind: str) -> None:
    """Claude needs no key: its figures come whatever the store does, and nothing may ask the user."""
    core = build_headless(world.profile, clock=world.clock, keychain=kind, origins={"claude": world.vendor.origin})
    world.running.append(core)

    core.tick()

    assert account(core)["state"] == "fresh"
    assert core.status()["counters"]["keychain"]["may_ask"] == 0


def test_no_piece_of_a_token_is_anywhere_in_the_profile(world: World) -> None:
    """Asked, refused and asked again: no twelve characters of the token in any file of ours."""
    token = "sk-made-up-0123456789-abcdefghij-KLMNOPQRST"
    world.home.sign_in(token)
    core = world.start()
    core.tick()
    world.stop(core)

    contents = b"".join(each.read_bytes() for each in world.profile.rglob("*") if each.is_file())
    pieces = [token[at : at + 12].encode() for at in range(len(token) - 11)]
    assert world.vendor.asked[0].token == token
    assert [each for each in pieces if each in contents] == []
