"""What Claude's program strategy makes of what the user's own `claude` says; a made-up one is really started."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fake_claude import FakeClaude, response, unknown_question, usage
from tests.providers import recorded
from usagetray.edges import facts as edge
from usagetray.edges.program import Programs
from usagetray.errors import Cause, SourceError
from usagetray.model import Snapshot
from usagetray.providers import claude
from usagetray.providers.claude.program import CLAUDE
from usagetray.providers.contract import Home

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the made-up program is a Unix script")

STRATEGY = recorded.strategy(claude.PROVIDER, "program")
CANARY = "sk-ant-CANARY-0123456789abcdef"


class Desk:
    """A user with Claude Code, its program on the PATH."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.claude = FakeClaude(folder).install()
        self.home = recorded.claude_home(folder)
        self.environ = {"HOME": str(folder), "PATH": f"{self.claude.bin}{os.pathsep}{os.defpath}"}
        self.programs = Programs(answer_s=10.0, patience_s=1.0)

    def ask(self) -> Snapshot:
        (snapshot,) = self.answer()
        return snapshot

    def answer(self) -> tuple[Snapshot, ...]:
        found = edge.resolve(
            STRATEGY,
            self.home,
            now=recorded.NOW,
            spool_dir=self.folder / "profile" / "state" / "spool",
            keychain=None,
            environ=self.environ,
            programs=self.programs,
        )
        return STRATEGY.fetch(found, None)

    def failure(self) -> SourceError:
        with pytest.raises(SourceError) as caught:
            self.ask()
        return caught.value

    @property
    def start(self) -> dict[str, Any]:
        (only,) = self.claude.starts
        return only


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.programs.close(5.0)


# ---- what it is told and may see ---------------------------------------------------------------------------


def test_the_question_is_the_one_that_was_recorded(desk: Desk) -> None:
    """No week of transcripts is read for it; the only other line is the greeting."""
    desk.ask()

    greeting, question = map(json.loads, desk.start["told"])

    assert greeting["request"] == {"subtype": "initialize"}
    assert question == {
        "type": "control_request",
        "request_id": "usage-1",
        "request": {"subtype": "get_usage", "skip_behaviors": True},
    }


def test_no_hook_plugin_or_session_of_the_user_is_touched(desk: Desk) -> None:
    """The empty list of settings arrives as an empty argument, and does not swallow the next one."""
    desk.ask()

    arguments = desk.start["arguments"]

    assert arguments[arguments.index("--setting-sources") + 1] == ""
    assert {"-p", "--strict-mcp-config", "--no-session-persistence", "--disable-slash-commands"} <= set(arguments)
    assert Path(desk.start["folder"]) == (desk.folder / "profile" / "state" / "scratch").resolve()


def test_no_key_reaches_the_program(desk: Desk) -> None:
    """With a key in its environment it would answer for the key, and not for the plan."""
    desk.environ |= dict.fromkeys(("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"), CANARY)

    desk.ask()

    assert CANARY not in json.dumps(desk.start)


def test_the_default_folder_is_not_named(desk: Desk) -> None:
    """Named, even the default one makes the program look for another sign-in."""
    desk.environ["CLAUDE_CONFIG_DIR"] = "/somewhere/else"

    desk.ask()

    assert "CLAUDE_CONFIG_DIR" not in desk.start["environ"]


def test_any_other_folder_is_named(desk: Desk) -> None:
    other = desk.folder / "work"
    other.mkdir()
    desk.home = Home(path=other, is_default=False)

    snapshot = desk.ask()

    assert desk.start["environ"]["CLAUDE_CONFIG_DIR"] == str(other)
    assert snapshot.account.id.startswith("work-")


# ---- what it answers ---------------------------------------------------------------------------------------


def test_the_recorded_answer_brings_windows_and_plan(desk: Desk) -> None:
    """Session 42 %, week 61 %, week of one model 18 %; whose they are stands in the config file."""
    desk.claude.says(recorded.body("claude", "cli_get_usage_response.json"))

    snapshot = desk.ask()

    assert {each.key: each.utilization for each in snapshot.windows} == {
        "five_hour": 0.42,
        "seven_day": 0.61,
        "seven_day_model:fable": 0.18,
    }
    login = recorded.body("claude", "global_config.json")["oauthAccount"]
    assert snapshot.account.id == login["accountUuid"]
    assert snapshot.account.plan is not None
    assert snapshot.account.plan.startswith("Max")
    assert snapshot.captured_at == recorded.NOW


def test_without_a_config_file_the_plan_is_what_the_program_says(desk: Desk) -> None:
    (desk.folder / ".claude.json").unlink()
    desk.claude.says(usage(plan="pro"))

    snapshot = desk.ask()

    assert (snapshot.account.id, snapshot.account.plan) == ("default", "Pro")


def test_other_answers_are_passed_over(desk: Desk) -> None:
    """To another question, of another kind, or a mere mention: only the one to ours counts."""
    desk.claude.says(
        response({"rate_limits_available": False}, request_id="usage-2"),
        {"type": "assistant", "response": {"subtype": "success", "request_id": "usage-1"}},
        {"type": "control_response", "response": "usage-1"},
        usage({"five_hour": {"utilization": 7, "resets_at": None}}),
        usage({"five_hour": {"utilization": 99, "resets_at": None}}),
    )

    snapshot = desk.ask()

    assert [each.utilization for each in snapshot.windows] == [0.07]


def test_a_version_that_does_not_know_the_question_is_said(desk: Desk) -> None:
    desk.claude.says(unknown_question())

    error = desk.failure()

    assert error.cause is Cause.BAD_DATA
    assert "version" in error.detail


def test_where_no_plan_stands_behind_the_sign_in_nothing_is_shown(desk: Desk) -> None:
    """Not 0 %: there is no limit to show, and nothing to mend."""
    desk.claude.says(recorded.body("claude", "cli_get_usage_response_not_subscriber.json"))

    assert desk.answer() == ()


@pytest.mark.parametrize(
    "said",
    [usage({}), usage({"five_hour": "soon"}), usage([1, 2]), usage("soon"), response(None), response("all is well")],
)
def test_an_answer_in_another_shape_is_no_empty_success(desk: Desk, said: object) -> None:
    """Only the program's own word that there are no limits is taken for it."""
    desk.claude.says(said)

    assert desk.failure().cause is Cause.BAD_DATA


def test_silence_is_bad_data(desk: Desk) -> None:
    desk.claude.says()

    assert desk.failure().cause is Cause.BAD_DATA


# ---- when it is not started --------------------------------------------------------------------------------


@pytest.mark.skipif(
    any(Path(place).exists() for place in CLAUDE.places if not place.startswith("~")),
    reason="this machine has one of its own where it is looked for",
)
def test_without_the_program_it_is_not_connected(desk: Desk) -> None:
    (desk.claude.bin / "claude").unlink()
    desk.environ["PATH"] = str(desk.claude.bin)

    assert desk.failure().cause is Cause.NOT_CONNECTED


def test_while_nobody_can_say_whose_it_is_the_program_is_not_started(desk: Desk) -> None:
    """The config file is caught half written: the figures would stand under another name."""
    (desk.folder / ".claude.json").write_text('{"oauthAccount": {"accountUu')

    error = desk.failure()

    assert error.cause is Cause.BAD_DATA
    assert desk.claude.starts == []


def test_it_needs_consent_and_says_what_for() -> None:
    assert STRATEGY.consent is not None
    assert "own claude program" in STRATEGY.consent
    assert "every 15 minutes" in STRATEGY.consent
    assert STRATEGY.origin is None
    assert STRATEGY.is_asked
