"""`usagetray doctor billing`, and where else it is said what pays: in words and JSON, with no value anywhere."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Computer

CANARY = "NOTAREALKEY"
KEY = f"sk-ant-api03-{CANARY}-0000000000000000001"


@pytest.fixture
def plan(computer: Computer) -> Computer:
    """Claude Code with a plan, and zsh."""
    computer.env["SHELL"] = "/bin/zsh"
    computer.claude()
    (computer.home / ".claude.json").write_text(
        '{\n "oauthAccount": {"accountUuid": "acc-1", "organizationType": "claude_max"}\n}\n'
    )
    (computer.home / ".claude" / "projects" / "p").mkdir()
    (computer.home / ".claude" / "projects" / "p" / "s.jsonl").write_text('{"type":"user"}\n')
    return computer


def allow(computer: Computer) -> None:
    computer.write_config('[providers.claude]\nallow = ["shell_profiles"]\n')


def test_the_status_names_what_pays_and_a_key_s_file_and_line_once_it_may_be_read(plan: Computer) -> None:
    """Nobody has approved the key: a session is unclear, a script bills it."""
    (plan.home / ".zshrc").write_text(f"\nexport ANTHROPIC_API_KEY={KEY}\n")

    before = plan.run("status").out
    allow(plan)
    said = plan.run("status").out

    words = " ".join(said.split())
    assert "\n  billing: plan (likely)\n" in before
    assert "billing: unknown, ANTHROPIC_API_KEY ~/.zshrc line 2; claude -p: API key, ~/.zshrc line 2" in words
    assert CANARY not in said


def test_the_status_for_scripts_has_the_route_that_needs_a_look_first(plan: Computer) -> None:
    (plan.home / ".zshrc").write_text(f"export ANTHROPIC_AUTH_TOKEN={KEY}\n")
    allow(plan)

    found = plan.run("status", "--json").json["billing_route"]

    assert (found["provider"], found["route"], found["certainty"]) == ("claude", "auth_token", "likely")
    assert (found["would_warn"], found["profiles_read"]) == (True, True)
    assert found["because"] == [
        {"source": "file", "file": str(plan.home / ".zshrc"), "line": 1, "variable": "ANTHROPIC_AUTH_TOKEN"}
    ]
    assert [each["mode"] for each in found["routes"]] == ["interactive", "headless"]


def test_without_any_tool_there_is_no_route(computer: Computer) -> None:
    assert computer.run("status", "--json").json["billing_route"] is None
    assert "Neither of the tools" in computer.run("doctor", "billing").out


def test_profiles_are_asked_for_once_and_taken_back(plan: Computer) -> None:
    """What is read is said before, and that it is names and lines only."""
    offered = plan.run("connect", "claude", "--only", "shell-profiles")
    refused = plan.config.exists() and "shell_profiles" in plan.config.read_text()
    given = plan.run("connect", "claude", "--only", "shell-profiles", "--yes")
    again = plan.run("connect", "claude", "--only", "shell-profiles", "--yes")
    allowed = "shell_profiles" in plan.config.read_text()
    withdrawn = plan.run("disconnect", "claude", "--only", "shell-profiles")

    said = " ".join(offered.out.split())
    assert "looks into your shell’s profiles" in said
    assert "never a value" in said
    assert (refused, allowed) == (False, True)
    assert "Allowed." in given.out
    assert "allowed already" in again.out
    assert "No longer allowed." in withdrawn.out
    assert "shell_profiles" not in plan.config.read_text()


def test_the_doctor_answers_for_this_very_terminal(plan: Computer) -> None:
    said = plan.run("doctor", "billing", ANTHROPIC_API_KEY=KEY)

    words = " ".join(said.out.split())
    assert said.status == 1
    assert "! claude -p billing: API key, set in this environment" in words
    assert "env -u ANTHROPIC_API_KEY claude -p" in words
    assert "claude auth status --json" in words
    assert CANARY not in said.out + said.err


def test_the_doctor_is_certain_of_a_clean_terminal(plan: Computer) -> None:
    said = plan.run("doctor", "billing")
    routes = plan.run("doctor", "billing", "--json").json["routes"]

    assert (said.status, said.err) == (0, "")
    assert "+ claude -p  billing: plan\n" in said.out
    assert "connect claude --only shell-profiles" in " ".join(said.out.split())
    assert {(each["route"], each["certainty"]) for each in routes} == {("plan", "certain")}


def test_the_doctor_sees_the_settings_of_the_project_it_stands_in(plan: Computer) -> None:
    project = plan.home / "demo"
    (project / ".claude").mkdir(parents=True)
    (project / ".claude" / "settings.json").write_text('{"env": {\n"ANTHROPIC_AUTH_TOKEN": "%s"}}' % KEY)  # noqa: UP031

    said = plan.run(shell=f"cd '{project}' && usagetray doctor billing")

    assert "+ claude     billing: plan" in said.out
    assert "! claude -p  billing: bearer token, ~/demo/.claude/settings.json line 2" in said.out
    assert "folder not trusted yet" in " ".join(said.out.split())
    assert CANARY not in said.out


def test_a_report_for_others_names_no_path_of_ours(plan: Computer) -> None:
    for words in (("--report",), ("--report", "--json")):
        said = plan.run("doctor", "billing", *words, ANTHROPIC_API_KEY=KEY)

        assert str(plan.home) not in said.out
        assert CANARY not in said.out


def test_a_hostile_name_of_a_folder_is_shown_as_inert_text(plan: Computer) -> None:
    project = plan.home / "de\x1b[31mmo\u202e"
    (project / ".claude").mkdir(parents=True)
    (project / ".claude" / "settings.local.json").write_text('{"env": {"ANTHROPIC_AUTH_TOKEN": "x"}}')

    said = plan.run(shell=f"cd '{project}' && usagetray doctor billing")

    assert "\x1b" not in said.out
    assert "\u202e" not in said.out


def test_a_run_without_a_desktop_announces_a_change_once(plan: Computer) -> None:
    allow(plan)
    sink = plan.home / "alerts.jsonl"
    plan.run("run", "--headless", "--once", "--notify-to", str(sink))
    (plan.home / ".zshrc").write_text(f"export ANTHROPIC_AUTH_TOKEN={KEY}\n")

    for _ in range(2):
        plan.run("run", "--headless", "--once", "--notify-to", str(sink), "--log")

    (line,) = map(json.loads, sink.read_text().splitlines())
    assert (line["provider"], line["window"], line["urgency"]) == ("claude", "billing_route", "critical")
    assert line["title"] == "Claude Code now bills a bearer token"
    assert "~/.zshrc line 1" in line["body"]
    files = [path.read_bytes() for path in plan.profile.rglob("*") if path.is_file()]
    assert not any(CANARY.encode() in each for each in (*files, sink.read_bytes()))
