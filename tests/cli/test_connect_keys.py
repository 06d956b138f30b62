"""Connecting what needs more than a key: one region of several, an address of the user's own."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Computer

KEY = "sk-test-4f9a7c31d2e84b06a5"


def allowed(computer: Computer, provider: str) -> str:
    return computer.run("config", "get", f"providers.{provider}.allow").out.strip()


@pytest.mark.parametrize(
    ("provider", "names"),
    [("minimax", ("quota-global (minimax.io)", "quota-china")), ("zai", ("quota-global (z.ai)", "(bigmodel.cn)"))],
)
def test_with_several_regions_the_one_that_is_meant_has_to_be_named(
    computer: Computer, provider: str, names: tuple[str, ...]
) -> None:
    """A key that is piped in must not end up in the wrong one."""
    said = computer.run("connect", provider, "--keychain", "ok", stdin=f"{KEY}\n".encode())

    assert said.status == 1
    assert all(name in said.err for name in names)
    assert allowed(computer, provider) == "[]"


def test_the_region_that_is_named_is_the_one_that_is_allowed(computer: Computer) -> None:
    said = computer.run("connect", "minimax", "--only", "quota-china", "--keychain", "ok", stdin=f"{KEY}\n".encode())

    assert (said.status, said.err) == (0, "")
    assert "api.minimaxi.com, and nowhere else" in " ".join(said.out.split())
    assert allowed(computer, "minimax") == '["quota_china"]'


def test_address_and_key_are_taken_from_two_lines(computer: Computer) -> None:
    """The address is told by `providers` and the settings; the key is nowhere."""
    typed = f"https://LLM.example.com/team/v1/\n{KEY}\n".encode()
    said = computer.run("connect", "litellm", "--keychain", "ok", stdin=typed)

    known = next(each for each in computer.run("providers", "--json").json if each["id"] == "litellm")
    assert (said.status, said.err) == (0, "")
    assert known["sources"][0]["origin"] == "https://llm.example.com/team"
    assert computer.run("config", "get", "providers.litellm.address").out == '"https://llm.example.com/team"\n'
    assert KEY[:12] not in said.out + computer.config.read_text()


@pytest.mark.parametrize("typed", ["http://llm.example.com", "https://me:secret@llm.example.com", "", "llm"])
def test_what_is_no_safe_address_changes_nothing(computer: Computer, typed: str) -> None:
    said = computer.run("connect", "litellm", "--keychain", "ok", stdin=f"{typed}\n{KEY}\n".encode())

    assert said.status == 1
    assert "ddress" in said.err
    assert "secret" not in said.err
    assert allowed(computer, "litellm") == "[]"


def test_where_a_key_is_one_way_of_two_none_given_leaves_the_other_open(computer: Computer) -> None:
    """Kimi's program may be signed in where no key is at hand."""
    said = computer.run("connect", "kimi", "--yes", "--keychain", "ok")

    assert (said.status, said.err) == (0, "")
    assert allowed(computer, "kimi") == '["sign_in"]'


def test_an_option_is_told_with_the_way_to_change_it(computer: Computer) -> None:
    before = computer.run("providers", "minimax").out

    computer.run("config", "set", "providers.minimax.options", '["counts-mean-used"]')

    assert "Option counts-mean-used (off)" in before
    assert """usagetray config set providers.minimax.options '["counts-mean-used"]'""" in before
    assert "Option counts-mean-used (on)" in computer.run("providers", "minimax").out
