"""`usagetray completion SHELL`: what a shell needs to complete our verbs and options, read off the parser itself."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from usagetray.quick_dataclass import dataclass
from usagetray.views.cli import out


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One thing that may be typed."""

    text: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What may follow an option, or stand as an argument."""

    choices: tuple[str, ...] = ()
    kind: str = ""  # "file", or the name of a list that is asked for when it is needed


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """A level of the command line: the program itself, a verb, or a step of a verb."""

    path: tuple[str, ...]  # () for the program itself
    options: tuple[Word, ...]
    values: Mapping[str, Value]  # of the options that take one
    arguments: tuple[Value, ...]
    below: tuple[Word, ...]


def run(arguments: argparse.Namespace) -> int:
    from usagetray.views.cli import _parser  # deferred: it is what led here

    if arguments.what in LISTS:
        out("\n".join(LISTS[arguments.what]()))
    else:
        out(SHELLS[arguments.what](tuple(verbs(_parser()))))
    return 0


# ---- the names that are asked for --------------------------------------------------------------------------


def _providers() -> tuple[str, ...]:
    from usagetray.profile import open_profile
    from usagetray.spine.own_providers import known

    return tuple(each.id for each in known(open_profile(os.environ)).providers)


def _settings() -> tuple[str, ...]:
    from usagetray.settings.keys import KEYS

    providers = _providers()
    one = [key for key in KEYS if key.count("*") == 1]  # an account's name is for the user to know
    return (*(key for key in KEYS if "*" not in key), *(key.replace("*", each) for key in one for each in providers))


def _sources() -> tuple[str, ...]:
    from usagetray.providers import discover
    from usagetray.spine.connecting import offers

    return tuple(dict.fromkeys(offer.name for each in discover() for offer in offers(each)))


LISTS: Mapping[str, Callable[[], tuple[str, ...]]] = {
    "providers": _providers,
    "settings": _settings,
    "sources": _sources,
}
KINDS = {"PROVIDER": "providers", "KEY": "settings", "WHAT": "sources"}
"""By the placeholder under which an argument stands in the help."""


# ---- reading the parser ------------------------------------------------------------------------------------


def verbs(parser: argparse.ArgumentParser, path: tuple[str, ...] = ()) -> Iterator[Verb]:
    """The parser as data, depth first. Hidden options are left out; they are for tests."""
    actions = [each for each in parser._actions if each.help is not argparse.SUPPRESS]
    steps = next((each for each in actions if isinstance(each, argparse._SubParsersAction)), None)
    about = {each.dest: each.help or "" for each in steps._choices_actions} if steps else {}
    named = [each for each in actions if each.option_strings]
    yield Verb(
        path=path,
        options=tuple(Word(text=text, about=each.help or "") for each in named for text in each.option_strings),
        values={text: _value(each) for each in named if each.nargs != 0 for text in each.option_strings},
        arguments=tuple(_value(each) for each in actions if not each.option_strings and each is not steps),
        below=tuple(Word(text=name, about=about.get(name, "")) for name in steps.choices) if steps else (),
    )
    for name, below in steps.choices.items() if steps else ():
        yield from verbs(below, (*path, name))


def _value(action: argparse.Action) -> Value:
    if action.choices is not None:
        return Value(choices=tuple(map(str, action.choices)))
    if action.type is Path:
        return Value(kind="file")
    placeholder = action.metavar if isinstance(action.metavar, str) else action.dest
    return Value(kind=KINDS.get(placeholder.upper(), ""))


# ---- writing for a shell -----------------------------------------------------------------------------------
#
# Each script walks over the words before the cursor: down into verbs, past options with their values, counting
# arguments. What may come next then stands in tables. A path is its verbs, each with a space before it.


def bash(known: tuple[Verb, ...]) -> str:
    def reply(value: Value) -> str:
        if value.kind == "file":
            return 'compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$current"))'
        names = f"$(usagetray completion {value.kind} 2>/dev/null)" if value.kind else " ".join(value.choices)
        return f'COMPREPLY=($(compgen -W "{names}" -- "$current"))' if names else ":"

    def words(verb: Verb) -> str:
        return " ".join(each.text for each in (*verb.below, *verb.options))

    return _filled(
        BASH,
        known,
        value=lambda path, option, value: f'        "{path} {option}") {reply(value)} ;;',
        argument=lambda path, place, value: f'        "{path}/{place}") {reply(value)} ;;',
        words=lambda path, verb: f'        "{path}") COMPREPLY+=($(compgen -W "{words(verb)}" -- "$current")) ;;',
    )


def zsh(known: tuple[Verb, ...]) -> str:
    def reply(value: Value) -> str:
        if value.kind == "file":
            return "_files"
        if value.kind:
            return f'compadd -- ${{(f)"$(usagetray completion {value.kind} 2>/dev/null)"}}'
        return f"compadd -- {' '.join(value.choices)}" if value.choices else ":"

    def described(words: tuple[Word, ...]) -> str:
        return " ".join(_single_quoted(f"{each.text}:{each.about.replace(':', chr(92) + ':')}") for each in words)

    return _filled(
        ZSH,
        known,
        value=lambda path, option, value: f'        "{path} {option}") {reply(value)} ;;',
        argument=lambda path, place, value: f'        "{path}/{place}") {reply(value)} ;;',
        words=lambda path, verb: (
            f'        "{path}") below=({described(verb.below)}) options=({described(verb.options)}) ;;'
        ),
    )


def fish(known: tuple[Verb, ...]) -> str:
    def names(value: Value) -> str:
        return f"(usagetray completion {value.kind} 2>/dev/null)" if value.kind else " ".join(value.choices)

    def line(path: str, place: int | str, rest: str, about: str = "") -> str:
        at = f"string match -q -- \\'{path}/{place}\\' (__usagetray_at)"
        told = f" -d {_single_quoted(about)}" if about else ""
        return f"complete -c usagetray -n '{at}' {rest}{told}"

    def of(path: str, verb: Verb) -> str:
        lines = [line(path, 0, f"-a {each.text}", each.about) for each in verb.below]
        for option in verb.options:
            flag = f"-l {option.text[2:]}" if option.text.startswith("--") else f"-s {option.text[1:]}"
            value = verb.values.get(option.text)
            if value is not None:
                flag += " -r -F" if value.kind == "file" else f" -x -a '{names(value)}'"
            lines.append(line(path, "*", flag, option.about))
        return "\n".join(lines)

    return _filled(
        FISH,
        known,
        value=lambda *_: "",
        argument=lambda path, place, value: line(path, place, "-F" if value.kind == "file" else f"-a '{names(value)}'"),
        words=of,
        between=" ",
    )


def _filled(
    script: str,
    known: tuple[Verb, ...],
    *,
    value: Callable[[str, str, Value], str],
    argument: Callable[[str, int, Value], str],
    words: Callable[[str, Verb], str],
    between: str = "|",
) -> str:
    """The script with its tables: where verbs lead, which options take a value, what may stand where."""
    valued = [(_path(verb), option, each) for verb in known for option, each in verb.values.items()]
    arguments = [
        (_path(verb), place, each)
        for verb in known
        for place, each in enumerate(verb.arguments)
        if each.choices or each.kind
    ]
    tables = {
        "@VERBS@": between.join(f'"{_path(verb)}"' for verb in known if verb.path),
        "@VALUED@": between.join(f'"{path} {option}"' for path, option, _ in valued),
        "@VALUES@": "\n".join(value(*each) for each in valued),
        "@ARGUMENTS@": "\n".join(argument(*each) for each in arguments),
        "@WORDS@": "\n".join(words(_path(verb), verb) for verb in known),
    }
    for mark, table in tables.items():
        script = script.replace(mark, table)
    return script.strip()


def _path(verb: Verb) -> str:
    return "".join(f" {each}" for each in verb.path)


def _single_quoted(text: str) -> str:
    """For zsh and fish; the one sign that could end the quotation becomes a typographic one."""
    return "'" + text.replace("%%", "%").replace("\\", "").replace("'", "’") + "'"


BASH = """
# bash completion for usagetray, made by `usagetray completion bash`.
# Copy to ~/.local/share/bash-completion/completions/usagetray
_usagetray() {
    local word path= place=0 skip= i
    local current=${COMP_WORDS[COMP_CWORD]}
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ -n $skip ]]; then
            [[ $word == "=" ]] || skip=
            continue
        fi
        case "$path $word" in
        @VERBS@) path="$path $word" place=0 ;;
        @VALUED@) skip=$word ;;
        *" -"*) ;;
        *) place=$((place + 1)) ;;
        esac
    done
    if [[ -n $skip ]]; then
        [[ $current == "=" ]] && current=
        case "$path $skip" in
@VALUES@
        esac
        return
    fi
    if [[ $current != -* ]]; then
        case "$path/$place" in
@ARGUMENTS@
        esac
    fi
    case "$path" in
@WORDS@
    esac
}
complete -F _usagetray usagetray
"""

ZSH = """
#compdef usagetray
# zsh completion for usagetray, made by `usagetray completion zsh`.
# Copy to a folder of $fpath, as _usagetray
_usagetray() {
    local word at= place=0 skip=
    local -a below options
    for word in "${(@)words[2,CURRENT-1]}"; do
        if [[ -n $skip ]]; then
            skip=
            continue
        fi
        case "$at $word" in
        @VERBS@) at="$at $word" place=0 ;;
        @VALUED@) skip=$word ;;
        *" -"*) ;;
        *) place=$((place + 1)) ;;
        esac
    done
    if [[ -n $skip ]]; then
        case "$at $skip" in
@VALUES@
        esac
        return
    fi
    if [[ ${words[CURRENT]} != -* ]]; then
        case "$at/$place" in
@ARGUMENTS@
        esac
    fi
    case "$at" in
@WORDS@
    esac
    if [[ ${words[CURRENT]} == -* ]]; then
        _describe -t options option options
    elif (( $#below )); then
        _describe -t commands verb below
    fi
}
if [[ $funcstack[1] == _usagetray ]]; then
    _usagetray "$@"
else
    compdef _usagetray usagetray
fi
"""

FISH = """
# fish completion for usagetray, made by `usagetray completion fish`.
# Copy to ~/.config/fish/completions/usagetray.fish
function __usagetray_at
    set -l at
    set -l place 0
    set -l skip
    set -l typed (commandline -opc)
    for word in $typed[2..-1]
        if test -n "$skip"
            set skip
            continue
        end
        switch "$at $word"
            case @VERBS@
                set at "$at $word"
                set place 0
            case @VALUED@
                set skip $word
            case '* -*'
            case '*'
                set place (math $place + 1)
        end
    end
    echo "$at/$place"
end
complete -c usagetray -f
@WORDS@
@ARGUMENTS@
"""

SHELLS: Mapping[str, Callable[[tuple[Verb, ...]], str]] = {"bash": bash, "zsh": zsh, "fish": fish}
