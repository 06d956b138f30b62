"""Consent on the command line: said before, given once, taken back without a trace."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Computer

SETTINGS = {
    "a status line of the user's": '{\n  "model": "opus",\n  "statusLine": {"type": "command", "command": "echo"}\n}\n',
    "no status line": '{"model":"opus","env":{"A":"ü"}}',
    "an empty object": "{}\n",
    "other line ends": '{\r\n\t"model": "opus"\r\n}\r\n',
}


def explained(computer: Computer, provider: str, name: str) -> str:
    """What `providers` says of one thing that can be allowed."""
    known = next(each for each in computer.run("providers", "--json").json if each["id"] == provider)
    return str(next(offer["explains"] for offer in known["offers"] if offer["name"] == name))


@pytest.mark.parametrize("text", SETTINGS.values(), ids=SETTINGS)
def test_the_status_line_is_added_and_taken_back_byte_for_byte(computer: Computer, text: str) -> None:
    settings = computer.claude() / "settings.json"
    settings.write_bytes(text.encode())

    given = computer.run("connect", "claude", "--only", "status-line", "--yes")
    installed = settings.read_bytes()
    withdrawn = computer.run("disconnect", "claude", "--only", "status-line")

    assert (given.status, given.err) == (0, "")
    assert explained(computer, "claude", "status-line") in " ".join(given.out.split())
    assert json.loads(installed)["statusLine"]["command"]
    assert installed != text.encode()
    assert (withdrawn.status, withdrawn.err) == (0, "")
    assert settings.read_bytes() == text.encode()


def test_without_a_settings_file_one_is_made_and_removed_again(computer: Computer) -> None:
    settings = computer.claude() / "settings.json"

    computer.run("connect", "claude", "--only", "status-line", "--yes")
    was_made = settings.exists()
    computer.run("disconnect", "claude", "--only", "status-line")

    assert was_made
    assert not settings.exists() or settings.read_text().strip() in ("", "{}")


def test_a_settings_file_that_does_not_parse_is_left_alone(computer: Computer) -> None:
    settings = computer.claude(settings='{"model": ') / "settings.json"

    said = computer.run("connect", "claude", "--only", "status-line", "--yes")

    assert said.status == 1
    assert "settings.json" in said.err
    assert settings.read_text() == '{"model": '


def test_without_a_terminal_and_without_yes_nothing_is_allowed(computer: Computer) -> None:
    """A "y" on standard input is no person's yes."""
    settings = computer.claude(settings="{}") / "settings.json"

    said = computer.run("connect", "claude", stdin=b"y\ny\n")

    assert "nobody to ask" in said.out
    assert settings.read_text() == "{}"
    assert computer.run("config", "get", "providers.claude.allow").out == "[]\n"


def test_a_source_is_allowed_by_name_and_taken_back(computer: Computer) -> None:
    """What is read and sent is said before; only what was named changes."""
    computer.claude()

    given = computer.run("connect", "claude", "--only", "usage-endpoint", "--yes")
    allowed = computer.run("config", "get", "providers.claude.allow").out
    withdrawn = computer.run("disconnect", "claude", "--only", "usage-endpoint")

    said = " ".join(given.out.split())
    assert explained(computer, "claude", "usage-endpoint") in said
    assert "api.anthropic.com" in said
    assert allowed == '["usage_endpoint"]\n'
    assert "No longer allowed." in withdrawn.out
    assert computer.run("config", "get", "providers.claude.allow").out == "[]\n"


def test_disconnecting_takes_everything_back_and_reads_nothing_more(computer: Computer) -> None:
    settings = computer.claude(settings="{}") / "settings.json"
    computer.run("connect", "claude", "--yes")

    said = computer.run("disconnect", "claude")

    assert said.status == 0
    assert "`usagetray connect claude` begins again" in said.out
    assert settings.read_text() == "{}"
    claude = next(each for each in computer.run("providers", "--json").json if each["id"] == "claude")
    assert not claude["enabled"]
    assert not any(offer["given"] for offer in claude["offers"])
    assert "not connected (usagetray connect claude)" in computer.run("status").out


def test_taking_back_what_was_never_given_changes_nothing(computer: Computer) -> None:
    computer.claude(settings="{}")

    said = computer.run("disconnect", "claude", "--only", "status-line")

    assert (said.status, said.out) == (0, "status-line: it was not allowed.\n")


def test_a_home_that_is_not_known_is_named(computer: Computer) -> None:
    computer.claude(settings="{}")

    said = computer.run("connect", "claude", "--only", "status-line", "--yes", "--home", "/nowhere")

    assert said.status == 1
    assert "/nowhere is not a folder usagetray knows for Claude" in said.err


def test_a_provider_may_be_called_by_its_name(computer: Computer) -> None:
    assert computer.run("connect", "Codex").status == 0


KEY = "sk-test-4f9a7c31d2e84b06a5"


@pytest.mark.parametrize("keychain", ["ok", "missing", "refuses"])
def test_a_key_from_standard_input_is_in_no_file_and_no_output(computer: Computer, keychain: str) -> None:
    """Not even a piece of twelve characters, whether the key store takes it or not, and with the log at its fullest."""
    said = computer.run("connect", "deepseek", "--keychain", keychain, "--log", stdin=f"{KEY}\n".encode())
    computer.run("run", "--headless", "--once", "--keychain", keychain, "--log")

    pieces = [KEY[at : at + 12].encode() for at in range(len(KEY) - 11)]
    files = [path.read_bytes() for path in computer.home.parent.rglob("*") if path.is_file()]
    assert said.status == (0 if keychain == "ok" else 1)
    assert files
    assert not any(piece in text for piece in pieces for text in [*files, said.raw, said.err.encode()])


def test_without_a_key_store_the_way_out_is_named(computer: Computer) -> None:
    said = computer.run("connect", "deepseek", "--keychain", "missing", stdin=f"{KEY}\n".encode())

    assert said.status == 1
    assert "no key store" in said.err
    assert "DEEPSEEK_API_KEY" in said.err


@pytest.mark.parametrize("typed", [b"", b"\n", b"two words\n", "schlüssel\n".encode()])
def test_what_is_no_key_is_refused(computer: Computer, typed: bytes) -> None:
    said = computer.run("connect", "deepseek", "--keychain", "ok", stdin=typed)

    assert said.status == 1
    assert computer.run("config", "get", "providers.deepseek.allow").out == "[]\n"
