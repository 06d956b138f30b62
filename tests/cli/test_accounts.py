"""Accounts and providers on the command line: named, listed in one table, gone through, and taken back one by one."""

from __future__ import annotations

import os
import pty
import select
import shlex
import subprocess
import sys
import time

import pytest

from tests.cli.conftest import Computer
from usagetray.providers import discover
from usagetray.views.plain import columns

KEY = b"sk-test-4f9a7c31d2e84b06a5\n"
OWN = """id = "gateway"
name = "Team gateway"
url = "https://gateway.example.com/v1/usage"
[[windows]]
label = "Day"
percent = "used"
"""


def typed(computer: Computer, words: str, *answers: bytes) -> str:
    """What a person sees who types the answers, each at its prompt."""
    command = f"{shlex.quote(sys.executable)} -m usagetray {words}"
    ours, theirs = pty.openpty()
    env = {**computer.env, **computer.isolated, "TERM": "dumb"}
    running = subprocess.Popen(
        ["sh", "-c", command], stdin=theirs, stdout=theirs, stderr=theirs, env=env, close_fds=True
    )
    os.close(theirs)
    shown, left, ends = b"", list(answers), time.monotonic() + 30
    while time.monotonic() < ends:
        ready, _, _ = select.select([ours], [], [], 0.2)
        if ready:
            try:
                got = os.read(ours, 65536)
            except OSError:
                break
            shown += got
            if shown.rstrip().endswith((b"[y/N]", b"):", b"?")) and left:
                os.write(ours, left.pop(0))
        elif running.poll() is not None:
            break
    os.close(ours)
    assert running.wait(10) == 0, shown.decode()
    return shown.decode().replace("\r\n", "\n")


# ---- accounts ----------------------------------------------------------------------------------------------


def test_a_further_account_is_connected_and_taken_back_by_name(computer: Computer) -> None:
    first = computer.run("connect", "deepseek", "--keychain", "ok", stdin=KEY)
    work = computer.run("connect", "deepseek", "--account", "work", "--keychain", "ok", stdin=KEY)
    allowed = computer.run("config", "get", "providers.deepseek.accounts.work.allow").out
    gone = computer.run("disconnect", "deepseek", "--account", "work", "--keychain", "ok")

    assert (first.status, work.status, gone.status) == (0, 0, 0)
    assert "balance, account work" in work.out
    assert allowed == '["balance"]\n'
    assert computer.run("config", "get", "providers.deepseek.accounts.work.allow").out == "[]\n"
    assert computer.run("config", "get", "providers.deepseek.allow").out == '["balance"]\n'


def test_disconnecting_the_provider_takes_every_account_s_key_back(computer: Computer) -> None:
    computer.run("connect", "deepseek", "--keychain", "ok", stdin=KEY)
    computer.run("connect", "deepseek", "--account", "work", "--keychain", "ok", stdin=KEY)

    said = computer.run("disconnect", "deepseek", "--keychain", "ok")

    assert said.out.count("no key of it is kept") == 2
    assert computer.run("config", "get", "providers.deepseek.accounts.work.allow").out == "[]\n"


def test_a_further_account_s_key_is_never_the_environment_s(computer: Computer) -> None:
    said = computer.run(
        *("connect", "deepseek", "--account", "work", "--keychain", "ok"),
        stdin=b"\n",
        DEEPSEEK_API_KEY="sk-env-0123456",
    )

    assert said.status == 1
    assert "No key was given" in said.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("connect", "deepseek", "--account", "My work"), "small letters"),
        (("connect", "deepseek", "--account", "default"), "the account of the first key"),
        (("connect", "claude", "--account", "work"), "providers.claude.homes"),
        (("disconnect", "deepseek", "--account", "club"), "no account called 'club'"),
        (("connect", "--account", "work"), "Which provider is meant?"),
        (("connect", "--yes"), "Which provider is meant?"),
        (("connect", "cluade"), "did you mean claude?"),
        (("disconnect", "deep-seek"), "did you mean deepseek?"),
        (("providers", "codecs"), "did you mean codex?"),
        (("connect", "xyzzy"), "known are "),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(computer: Computer, words: tuple[str, ...], says: str) -> None:
    said = computer.run(*words, "--keychain", "ok", stdin=KEY)

    assert said.status == 1
    assert says in said.err
    assert said.err.count("\n") == 1
    assert not computer.config.exists()


def test_a_wrong_setting_of_an_account_is_told_with_its_line(computer: Computer) -> None:
    computer.write_config('[providers.deepseek.accounts.work]\nlabel = "Work"\nthresholds = [0]\n')

    said = computer.run("config", "get", "providers.deepseek.accounts.work.label")

    assert said.out == '"Work"\n'
    assert "line 3: providers.deepseek.accounts.work.thresholds takes a list of percentages" in said.err


# ---- the table ---------------------------------------------------------------------------------------------


def test_the_table_has_every_provider_and_fits_eighty_columns(computer: Computer) -> None:
    computer.claude()
    (computer.profile / "providers").mkdir(parents=True)
    (computer.profile / "providers" / "gateway.toml").write_text(OWN)
    computer.run("connect", "deepseek", "--keychain", "ok", stdin=KEY)

    said = computer.run("providers")

    lines = said.out.splitlines()
    table = lines[: lines.index("")]
    rows = {line.split()[0]: line.split() for line in table if not line.startswith(" ")}
    assert set(rows) == {"PROVIDER", "gateway", *(each.id for each in discover())}
    assert max(map(columns, table)) <= 80
    assert rows["claude"][1:5] == ["yes", "yes", "nothing", "no"]
    assert rows["codex"][1:5] == ["no", "no", "nothing", "no"]
    assert rows["deepseek"][1:5] == ["–", "yes", "key", "yes"]
    assert rows["gateway"][1:5] == ["–", "no", "key", "yours"]
    assert "  reads gateway.example.com" in table


def test_one_provider_is_told_in_full(computer: Computer) -> None:
    computer.run("connect", "deepseek", "--account", "work", "--keychain", "ok", stdin=KEY)

    said = computer.run("providers", "DeepSeek")

    assert "DeepSeek (deepseek): connected" in said.out
    assert "api.deepseek.com" in said.out
    assert "keys of their own: work" in said.out
    assert "Claude" not in said.out


def test_the_json_says_what_each_needs_and_has(computer: Computer) -> None:
    computer.run("connect", "deepseek", "--account", "work", "--keychain", "ok", stdin=KEY)

    rows = {each["id"]: each for each in computer.run("providers", "--json").json}

    assert rows["deepseek"]["connected"] is True
    assert rows["deepseek"]["needs"] == ["key"]
    assert rows["deepseek"]["official"] is True
    assert rows["deepseek"]["further_accounts"] == ["work"]
    assert rows["claude"]["needs"] == []


def test_a_faulty_file_is_told_beneath_the_table(computer: Computer) -> None:
    (computer.profile / "providers").mkdir(parents=True)
    (computer.profile / "providers" / "gateway.toml").write_text(OWN.replace("percent", "percents"))

    said = " ".join(computer.run("providers").out.split())

    assert "gateway.toml, line 6: there is no such key here; did you mean percent?" in said


# ---- going through what was found --------------------------------------------------------------------------


def test_without_a_name_and_without_a_terminal_it_says_what_there_is(computer: Computer) -> None:
    computer.claude()

    said = computer.run("connect")

    assert said.status == 0
    assert "Claude could read more: status-line, " in said.out
    assert "nobody to ask here" in said.out
    assert "deepseek" in said.out
    assert "Codex" not in said.out
    assert not computer.config.exists()


def test_without_a_name_a_person_is_asked_about_what_was_found(computer: Computer) -> None:
    """Claude's files are here and a key of DeepSeek's is in the environment; the person wants only the latter."""
    computer.claude()
    computer.env["DEEPSEEK_API_KEY"] = "sk-env-4f9a7c31d2e84b06"

    shown = typed(computer, "connect --keychain ok", b"n\n", b"y\n", b"\n")

    assert "Go through it? (usagetray connect claude)" in shown
    assert "taken from DEEPSEEK_API_KEY" in shown
    assert "sk-env" not in shown
    assert computer.run("config", "get", "providers.deepseek.allow").out == '["balance"]\n'
    assert computer.run("config", "get", "providers.claude.allow").out == "[]\n"


def test_a_described_provider_is_connected_by_its_id(computer: Computer) -> None:
    (computer.profile / "providers").mkdir(parents=True)
    (computer.profile / "providers" / "gateway.toml").write_text(OWN)

    said = computer.run("connect", "gateway", "--keychain", "ok", stdin=KEY)

    assert said.status == 0
    assert "sends it to gateway.example.com, and nowhere else" in " ".join(said.out.split())
    assert computer.run("config", "get", "providers.gateway.allow").out == '["endpoint"]\n'
    assert "gateway" in computer.run("completion", "providers").out.split()


def test_the_doctor_names_the_account_that_lacks_its_key(computer: Computer) -> None:
    computer.run("connect", "deepseek", "--account", "work", "--keychain", "ok", stdin=KEY)

    said = " ".join(computer.run("doctor", "--keychain", "ok").out.split())

    assert "DeepSeek (work)" in said
    assert "`usagetray connect deepseek --account work`" in said
    assert "in None" not in said
