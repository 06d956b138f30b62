"""What is typed wrong gets one sentence on standard error, the right exit status, and changes nothing."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Computer

NOT_UNDERSTOOD = {
    "an unknown verb": ("nope",),
    "an unknown option": ("status", "--nope"),
    "no provider": ("disconnect",),
    "no step": ("config",),
    "no value": ("config", "set", "show"),
    "a run that does not say how": ("run",),
    "no file": ("icon-sheet",),
    "a speed that is no number": ("demo", "--speed", "fast"),
    "a speed of nothing": ("demo", "--speed", "0"),
}
CANNOT_BE_DONE = {
    "an unknown provider": (("connect", "nope"), "There is no provider called 'nope'; known are "),
    "an unknown source": (("connect", "claude", "--only", "nope"), "there is: status-line"),
    "taking back an unknown source": (("disconnect", "claude", "--only", "nope"), "there is: status-line"),
    "a setting there is not": (("config", "get", "colour"), "`config get` lists them".replace("`", "`usagetray ", 1)),
    "setting what there is not": (("config", "set", "colour", "red"), "There is no setting called colour"),
    "a value it does not take": (("config", "set", "show", "lft"), 'show takes "used" or "left", not "lft"'),
    "a number out of bounds": (("config", "set", "polling.minutes", "1"), "whole minutes from 2 to 30, not 1"),
    "one threshold as no list": (("config", "set", "alerts.thresholds", "80"), "a list of percentages"),
    "a picture of another kind": (("icon-sheet", "x.jpg"), "ending in .png"),
    "a picture in no folder": (("icon-sheet", "/nowhere/x.png"), "No such file or directory"),
    "a double there is not": (("--keychain", "nope", "status"), "ok, missing, locked, refuses, slow:SECONDS"),
    "a server that is not this computer": (("--origin", "claude=http://203.0.113.9", "status"), "127.0.0.1"),
    "a server without a provider": (("--origin", "http://127.0.0.1:1", "status"), "PROVIDER=http"),
}


@pytest.mark.parametrize("words", NOT_UNDERSTOOD.values(), ids=NOT_UNDERSTOOD)
def test_a_command_line_that_is_not_understood_ends_with_2(computer: Computer, words: tuple[str, ...]) -> None:
    said = computer.run(*words)

    assert (said.status, said.out) == (2, "")
    assert said.err.startswith("usagetray: ")
    assert said.err.count("\n") == 1
    assert "--help`)" in said.err


@pytest.mark.parametrize(("words", "sentence"), CANNOT_BE_DONE.values(), ids=CANNOT_BE_DONE)
def test_what_cannot_be_done_is_said_in_one_sentence_and_ends_with_1(
    computer: Computer, words: tuple[str, ...], sentence: str
) -> None:
    said = computer.run(*words)

    assert (said.status, said.out) == (1, "")
    assert sentence in said.err
    assert said.err.startswith("usagetray: ")
    assert said.err.count("\n") == 1
    assert not computer.config.exists()


@pytest.mark.parametrize("seam", [("--keychain", "ok"), ("--origin", "claude=http://127.0.0.1:1")])
def test_doubles_are_refused_in_a_profile_that_is_not_isolated(computer: Computer, seam: tuple[str, str]) -> None:
    """Before the verb and behind it; nobody's real figures come from a pretended server."""
    before = computer.run(*seam, "status", isolated=False)
    behind = computer.run("status", *seam, isolated=False)

    assert before.status == behind.status == 1
    assert before.err == behind.err
    assert "USAGETRAY_HOME" in before.err


def test_an_unforeseen_failure_says_where_its_details_are(computer: Computer) -> None:
    """A folder in the database's place is no state the program knows; --log puts the stack trace into the log only."""
    (computer.profile / "usagetray.db").mkdir(parents=True)

    said = computer.run("status", "--log")

    assert said.status == 1
    assert said.err.startswith("usagetray: ")
    assert said.err.count("\n") == 1
