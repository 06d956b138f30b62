"""Profiles as text: what each shell would have set at the end, and that no text whatever breaks the reading."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.billing.made_up import CANARY
from usagetray.edges.shells import fish, plain_lines, posix, powershell
from usagetray.edges.shells.statements import Environment, Statement

KEY = "EXAMPLE_KEY"
KNOWN = {"HOME": "/home/example"}
HEREDOC = "cat <<EOF\nexport EXAMPLE_KEY=inside\nEOF\n"
Parse = Callable[[str, Mapping[str, str]], Iterator[Statement]]


def left(parse: Parse, text: str) -> tuple[str | None, int | None, bool] | None:
    """(value, line, perhaps) of the variable when all is read; None where it is not exported or empty."""
    environment = Environment([KEY])
    for statement in parse(text, KNOWN):
        environment.take(statement, "profile")
    held = environment.exported().get(KEY)
    if held is None or held.is_empty:
        return None
    return held.value.reveal() if held.value else None, held.at.line, held.perhaps


POSIX = {
    "plain": ("export EXAMPLE_KEY=v\n", ("v", 1, False)),
    "without a line's end": ("export EXAMPLE_KEY=v", ("v", 1, False)),
    "double quotes": ('\nexport EXAMPLE_KEY="v w"\n', ("v w", 2, False)),
    "single quotes and a comment": ("export EXAMPLE_KEY='v#w'   # why", ("v#w", 1, False)),
    "pieces in quotes": ("export EXAMPLE_KEY=a\"b\"'c'\\d", ("abcd", 1, False)),
    "ANSI quotes": ("export EXAMPLE_KEY=$'v\\'w'", ("v'w", 1, False)),
    "line ends of Windows": ("a=1\r\nexport EXAMPLE_KEY=v\r\n", ("v", 2, False)),
    "several in one command": ("export A=1 EXAMPLE_KEY=v B=2", ("v", 1, False)),
    "several commands in one line": ("cd /; export EXAMPLE_KEY=v; ls", ("v", 1, False)),
    "a line that goes on": ("export \\\n  EXAMPLE_KEY=v", ("v", 2, False)),
    "set, exported later": ("EXAMPLE_KEY=v\nexport EXAMPLE_KEY\n", ("v", 1, False)),
    "exported, set later": ("export EXAMPLE_KEY\nEXAMPLE_KEY=v\n", ("v", 2, False)),
    "declare -x": ("declare -x EXAMPLE_KEY=v", ("v", 1, False)),
    "typeset with more flags": ("typeset -gx EXAMPLE_KEY=v", ("v", 1, False)),
    "everything is exported": ("set -a\nEXAMPLE_KEY=v\nset +a", ("v", 1 + 1, False)),
    "allexport": ("set -o allexport; EXAMPLE_KEY=v", ("v", 1, False)),
    "the last one wins": ("export EXAMPLE_KEY=v\nexport EXAMPLE_KEY=w", ("w", 2, False)),
    "not exported": ("EXAMPLE_KEY=v", None),
    "exported no more": ("export EXAMPLE_KEY=v\nexport -n EXAMPLE_KEY", None),
    "for one command only": ("EXAMPLE_KEY=v claude -p hello", None),
    "unset": ("export EXAMPLE_KEY=v\nunset EXAMPLE_KEY", None),
    "a function of the name is unset": ("export EXAMPLE_KEY=v\nunset -f EXAMPLE_KEY", ("v", 1, False)),
    "emptied": ("export EXAMPLE_KEY=v\nexport EXAMPLE_KEY=", None),
    "emptied in quotes": ('export EXAMPLE_KEY=v\nexport EXAMPLE_KEY=""', None),
    "commented out": ("#export EXAMPLE_KEY=v\n  # export EXAMPLE_KEY=w", None),
    "no comment": ("export EXAMPLE_KEY=v#w", ("v#w", 1, False)),
    "within a here-document": (HEREDOC, None),
    "behind a here-document": (HEREDOC + "export EXAMPLE_KEY=v", ("v", 4, False)),
    "an indented here-document": ("cat <<-'E O F'\n\tEXAMPLE_KEY=x\n\tE O F\nexport EXAMPLE_KEY=v", ("v", 4, False)),
    "a here-string": ("cat <<< EXAMPLE_KEY=x\nexport EXAMPLE_KEY=v", ("v", 2, False)),
    "shifted left": ("((x = 1 << 2))\nexport EXAMPLE_KEY=v", ("v", 2, False)),
    "in a text of several lines": ("echo 'a\nexport EXAMPLE_KEY=x\n'", None),
    "behind a text of several lines": ("echo 'a\nb'\nexport EXAMPLE_KEY=v", ("v", 3, False)),
    "under a condition": ("if [ -n x ]; then\n export EXAMPLE_KEY=v\nfi", ("v", 2, True)),
    "behind a condition": ("if x; then y; fi\nexport EXAMPLE_KEY=v", ("v", 2, False)),
    "behind a case": ("case $- in *i*) ;; *) return;; esac\nexport EXAMPLE_KEY=v", ("v", 2, False)),
    "in a case": ("case $x in\n (a|b) export EXAMPLE_KEY=v ;;\n *) ;;\nesac", ("v", 2, True)),
    "if another command succeeds": ("[ -f x ] && export EXAMPLE_KEY=v", ("v", 1, True)),
    "if it does so in the line before": ("[ -f x ] &&\n export EXAMPLE_KEY=v", ("v", 2, True)),
    "a function": ("keys() {\n export EXAMPLE_KEY=v\n}", ("v", 2, True)),
    "a function, by its word": ("function keys {\n export EXAMPLE_KEY=v\n}\n", ("v", 2, True)),
    "behind a function": ("f () { :; }\nexport EXAMPLE_KEY=v", ("v", 2, False)),
    "in a loop": ("for x in a b; do export EXAMPLE_KEY=v; done", ("v", 1, True)),
    "in a shell of its own": ("(export EXAMPLE_KEY=v)", None),
    "in a pipe": ("echo | export EXAMPLE_KEY=v", None),
    "for certain, then perhaps": ("export EXAMPLE_KEY=v\nif x; then export EXAMPLE_KEY=w; fi", ("v", 1, False)),
    "perhaps taken away": ("export EXAMPLE_KEY=v\nif x; then unset EXAMPLE_KEY; fi", ("v", 1, True)),
    "from a command": ("export EXAMPLE_KEY=$(pass show key)", (None, 1, True)),
    "from a command with brackets": ('export EXAMPLE_KEY="$(f "a)" | g)"\nexport B=1', (None, 1, True)),
    "from another variable": ("export EXAMPLE_KEY=$OTHER", (None, 1, True)),
    "from itself": ("export EXAMPLE_KEY=v\nexport EXAMPLE_KEY=$EXAMPLE_KEY", ("v", 1, False)),
    "from itself, if set": ('export EXAMPLE_KEY="${EXAMPLE_KEY:-}"', None),
    "the home folder": ("export EXAMPLE_KEY=$HOME/x${HOME}", ("/home/example/x/home/example", 1, False)),
    "after the end": ("return 0\nexport EXAMPLE_KEY=v", None),
    "after an end that is only perhaps": ("[ -z x ] && return\nexport EXAMPLE_KEY=v", ("v", 2, False)),
    "a longer name": ("export EXAMPLE_KEY_2=v MY_EXAMPLE_KEY=w", None),
    "a list": ("export EXAMPLE_KEY=(a b)\nls", (None, 1, True)),
}  # fmt: skip
FISH = {
    "set -gx": ("set -gx EXAMPLE_KEY v\n", ("v", 1, False)),
    "set -x": ("set -x EXAMPLE_KEY 'v w'", ("v w", 1, False)),
    "universal": ("set -Ux EXAMPLE_KEY v", ("v", 1, False)),
    "long options": ("set --global --export EXAMPLE_KEY v", ("v", 1, False)),
    "its export function": ("export EXAMPLE_KEY=v", ("v", 1, False)),
    "line ends of Windows": ("ls\r\nset -gx EXAMPLE_KEY v\r\n", ("v", 2, False)),
    "not exported": ("set -g EXAMPLE_KEY v", None),
    "unexported": ("set -gx EXAMPLE_KEY v; set -gu EXAMPLE_KEY w", None),
    "only asked for": ("set -qx EXAMPLE_KEY", None),
    "local": ("set -lx EXAMPLE_KEY v", None),
    "erased": ("set -gx EXAMPLE_KEY v\nset -e EXAMPLE_KEY", None),
    "without a value": ("set -gx EXAMPLE_KEY", None),
    "commented out": ("# set -gx EXAMPLE_KEY v", None),
    "a comment behind": ("set -gx EXAMPLE_KEY v # why", ("v", 1, False)),
    "under a condition": ("if status is-interactive\n  set -gx EXAMPLE_KEY v\nend", ("v", 2, True)),
    "behind one with else if": ("if a\nelse if b\nend\nset -gx EXAMPLE_KEY v", ("v", 4, False)),
    "if unset": ("set -q EXAMPLE_KEY; or set -gx EXAMPLE_KEY v", ("v", 1, True)),
    "from a command": ("set -gx EXAMPLE_KEY (cat key)\nset -gx B 1", (None, 1, True)),
    "a line that goes on": ("set -gx \\\n EXAMPLE_KEY v", ("v", 2, False)),
    "in a text of several lines": ("echo 'a\nset -gx EXAMPLE_KEY x\n'\nls", None),
}  # fmt: skip
POWERSHELL = {
    "single quotes": ("$env:EXAMPLE_KEY = 'v'", ("v", 1, False)),
    "double quotes": ('\n$env:EXAMPLE_KEY="v"', ("v", 2, False)),
    "any case": ("$Env:example_key = 'v'", ("v", 1, False)),
    "braces": ("${env:EXAMPLE_KEY} = 'v'", ("v", 1, False)),
    "line ends of Windows": ("ls\r\n$env:EXAMPLE_KEY = 'v'\r\n", ("v", 2, False)),
    "an item": ("Set-Item -Path Env:\\EXAMPLE_KEY -Value 'v'", ("v", 1, False)),
    "called": ("[Environment]::SetEnvironmentVariable('EXAMPLE_KEY', 'v')", ("v", 1, False)),
    "for other processes": ("[Environment]::SetEnvironmentVariable('EXAMPLE_KEY', 'v', 'User')", None),
    "null": ("$env:EXAMPLE_KEY = 'v'\n$env:EXAMPLE_KEY = $null", None),
    "removed": ("$env:EXAMPLE_KEY = 'v'\nRemove-Item Env:EXAMPLE_KEY", None),
    "commented out": ("# $env:EXAMPLE_KEY = 'v'\n<# a\n$env:EXAMPLE_KEY = 'v'\n#>", None),
    "a comment behind": ("$env:EXAMPLE_KEY = 'v' # why", ("v", 1, False)),
    "behind a comment of several lines": ("<# a\n b #>\n$env:EXAMPLE_KEY = 'v'", ("v", 3, False)),
    "in a text of several lines": ("$x = @'\n$env:EXAMPLE_KEY = 'v'\n'@", None),
    "under a condition": ("if ($x) {\n  $env:EXAMPLE_KEY = 'v'\n}", ("v", 2, True)),
    "from a command": ("$env:EXAMPLE_KEY = (Get-Secret key)", (None, 1, True)),
}  # fmt: skip
LINES = {
    "plain": ("EXAMPLE_KEY=v", ("v", 1, False)),
    "exported": ("A=1\nexport EXAMPLE_KEY=v\n", ("v", 2, False)),
    "quotes": ("EXAMPLE_KEY=\"v w\"\r\n", ("v w", 1, False)),
    "a comment behind": ("EXAMPLE_KEY=v # why", ("v", 1, False)),
    "of PAM": ("EXAMPLE_KEY DEFAULT=v", ("v", 1, False)),
    "empty": ("EXAMPLE_KEY=", None),
    "commented out": ("#EXAMPLE_KEY=v", None),
    "a longer name": ("EXAMPLE_KEY_2=v", None),
}  # fmt: skip
SHELLS: Mapping[str, tuple[Parse, Mapping[str, tuple[str, object]]]] = {
    "posix": (posix.statements, POSIX),
    "fish": (fish.statements, FISH),
    "powershell": (powershell.statements, POWERSHELL),
    "lines": (plain_lines.statements, LINES),
}
EACH = [(shell, name) for shell, (_, texts) in SHELLS.items() for name in texts]


@pytest.mark.parametrize(("shell", "name"), EACH, ids=[f"{shell}, {name}" for shell, name in EACH])
def test_a_profile_leaves_what_its_shell_would(shell: str, name: str) -> None:
    parse, texts = SHELLS[shell]
    text, expected = texts[name]

    assert left(parse, text) == expected


def test_fish_keeps_universal_variables_in_a_file_of_its_own() -> None:
    text = "# VERSION: 3.0\nSETUVAR OTHER:x\nSETUVAR --export EXAMPLE_KEY:v\\x2dw\n"

    assert left(lambda content, _: fish.stored(content), text) == ("v-w", 3, False)


def test_a_plain_shell_variable_of_fish_stays_at_home() -> None:
    assert left(lambda content, _: fish.stored(content), "SETUVAR EXAMPLE_KEY:v\n") is None


PIECES = st.sampled_from(
    [
        *(
            "export ",
            "EXAMPLE_KEY",
            "=",
            f"{CANARY}-1",
            " ",
            "\n",
            "\r\n",
            "'",
            '"',
            "`",
            "\\",
            "$",
            "$(",
            "${",
            "}",
            ")",
        ),
        *("(", "((", "<<EOF", "<<-'E'", "<<<", "EOF\n", "#", ";", ";;", "&&", "||", "|", "&", ">", "<(", "if ", "fi\n"),
        *(
            "case x in ",
            "esac",
            "for ",
            "done",
            "{ ",
            "function f ",
            "end\n",
            "set -gx ",
            "set -e ",
            "$env:",
            "@'\n",
            "<#",
        ),
        *(
            "Remove-Item Env:",
            "\x00",
            "\u202e",
            "é",
            "\ud800".encode("utf-8", "replace").decode(),
            "source ~/x\n",
            "unset ",
        ),
    ]
)
TEXTS = st.one_of(st.lists(PIECES, max_size=60).map("".join), st.text(max_size=200))


@pytest.mark.parametrize("shell", SHELLS)
@settings(max_examples=120, deadline=None)
@given(text=TEXTS)
def test_no_text_whatever_breaks_the_reading_or_shows_a_value(shell: str, text: str) -> None:
    parse, _ = SHELLS[shell]

    found = list(parse(text, KNOWN))

    assert CANARY not in "".join(repr(each) for each in found if CANARY not in each.name)
    assert all(1 <= each.line <= text.count("\n") + 1 for each in found)


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    "piece", ["$a", "'", '"', "(", "$(", "${", "`", "\\", "<<E ", "a=(", " ", "\n", "{", "if ", "@'", "(("]
)
def test_a_large_profile_of_nothing_but_openings_is_read_in_no_time(shell: str, piece: str) -> None:
    """Thirty thousand of them: a reading that grew with the square would take minutes."""
    parse, _ = SHELLS[shell]

    found = list(parse(piece * 30_000, KNOWN))

    assert not any(each.name == KEY for each in found)
