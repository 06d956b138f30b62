"""Claude: putting our helper into Claude Code's settings as its status line command, and taking it out again.

Pure edits of the text of `settings.json`: only the `statusLine` key changes; order, indentation, unknown keys
and line ends stay. The installed command is a shell string that falls through to the user's former command
when our program is gone, so that an uninstalled usagetray costs nobody their status line.
"""

from __future__ import annotations

import json
import re
import shlex
from typing import Any

from usagetray.errors import UserError
from usagetray.providers.contract import Edit, Hook
from usagetray.quick_dataclass import dataclass

KEY = "statusLine"
FILE = "settings.json"
OURS = re.compile(
    r"if \[ -x (?P<program>.+?) \]; then (?P<run>.+? statusline); (?:else /bin/sh -c (?P<former>.+); )?fi", re.DOTALL
)
ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")


@dataclass(frozen=True, slots=True)
class Member:
    """One key of an object in the text, by index in characters."""

    key: str
    at: int  # of the quote that opens the key
    value_at: int
    end: int  # behind the value


def installed_command(command: str, former: str | None) -> str:
    """The shell string to install: `command` while its program is there, else the former command.

    `command` is a shell command that may begin with assignments: `USAGETRAY_HOME=/x /bin/usagetray statusline`.
    """
    program = next(word for word in shlex.split(command) if not ASSIGNMENT.match(word))
    otherwise = f"else /bin/sh -c {shlex.quote(former)}; " if former else ""
    return f"if [ -x {shlex.quote(program)} ]; then {command}; {otherwise}fi"


def former_of(installed: str) -> str | None:
    """The user's own command inside an installed one; None if there was none."""
    match = OURS.fullmatch(installed.strip())
    if match is None or match["former"] is None:
        return None
    try:
        return shlex.split(match["former"])[0]
    except (ValueError, IndexError):
        return None


def is_ours(installed: object) -> bool:
    return isinstance(installed, str) and OURS.fullmatch(installed.strip()) is not None


def install(text: str | None, command: str) -> Edit:
    if text is None:
        whole = json.dumps({KEY: _value(installed_command(command, None))}, indent=2, ensure_ascii=False) + "\n"
        return Edit(text=whole, at=0, removed="", inserted=whole, former_command=None)
    settings, members = _parsed(text)
    member = next((one for one in reversed(members) if one.key == KEY), None)
    if member is None:
        return _added(text, members, command)
    now = settings[KEY].get("command") if isinstance(settings[KEY], dict) else None
    if not isinstance(now, str) or not now.strip():
        written = json.dumps(_value(installed_command(command, None)), ensure_ascii=False)
        return _spliced(text, member.value_at, member.end, written, None)
    former = former_of(now) if is_ours(now) else now
    inner = next(one for one in reversed(_members(text, member.value_at)) if one.key == "command")
    written = json.dumps(installed_command(command, former), ensure_ascii=False)
    return _spliced(text, inner.value_at, inner.end, written, former)


def remove(text: str, command: str, former: str | None) -> str:
    """The text without our command: the former one stands there again, or the key is gone. Others' stay."""
    del command  # ours is known by its form, also when the program has moved since
    settings, members = _parsed(text)
    member = next((one for one in reversed(members) if one.key == KEY), None)
    now = settings[KEY].get("command") if member and isinstance(settings[KEY], dict) else None
    if member is None or not is_ours(now):
        return text
    former = former_of(str(now)) or former
    if former:
        inner = next(one for one in reversed(_members(text, member.value_at)) if one.key == "command")
        return text[: inner.value_at] + json.dumps(former, ensure_ascii=False) + text[inner.end :]
    index = members.index(member)
    if index > 0:
        return text[: members[index - 1].end] + text[member.end :]
    if len(members) > 1:
        return text[: member.at] + text[members[1].at :]
    return text[: member.at].rstrip() + text[member.end :].lstrip()


def _value(command: str) -> dict[str, str]:
    return {"type": "command", "command": command}


def _spliced(text: str, at: int, end: int, inserted: str, former: str | None) -> Edit:
    return Edit(
        text=text[:at] + inserted + text[end:], at=at, removed=text[at:end], inserted=inserted, former_command=former
    )


def _added(text: str, members: tuple[Member, ...], command: str) -> Edit:
    """A new last key, laid out as the others are."""
    opening = text.index("{")
    value = _value(installed_command(command, None))
    if not members:
        closing = text.rindex("}")
        written = "\n  " + _laid_out(value, "  ", "\n") + "\n"
        return _spliced(text, opening + 1, closing, written, None)
    lead = text[opening + 1 : members[0].at]
    if "\n" not in lead:
        written = f", {json.dumps(KEY)}: {json.dumps(value, ensure_ascii=False)}"
    else:
        newline = "\r\n" if "\r\n" in lead else "\n"
        indent = lead.rsplit("\n", 1)[1]
        written = f",{newline}{indent}{_laid_out(value, indent, newline)}"
    end = members[-1].end
    return _spliced(text, end, end, written, None)


def _laid_out(value: dict[str, str], indent: str, newline: str) -> str:
    body = json.dumps(value, indent=indent or 2, ensure_ascii=False).replace("\n", newline + indent)
    return f"{json.dumps(KEY)}: {body}"


def _parsed(text: str) -> tuple[dict[str, Any], tuple[Member, ...]]:
    try:
        settings = json.loads(text)
    except (ValueError, RecursionError):
        settings = None
    if not isinstance(settings, dict):
        raise UserError(
            f"Claude Code’s {FILE} is no plain JSON object, so nothing was changed: "
            "correct it (comments are not allowed there), then connect again."
        )
    return settings, _members(text, text.index("{"))


def _members(text: str, at: int) -> tuple[Member, ...]:
    """The keys of the object that opens at `at`, in their order. The text must be valid JSON."""
    decoder = json.JSONDecoder()
    found = []
    here = _blank(text, at + 1)
    while text[here] != "}":
        key, end = decoder.raw_decode(text, here)
        value_at = _blank(text, _blank(text, end) + 1)
        _, value_end = decoder.raw_decode(text, value_at)
        found.append(Member(key, here, value_at, value_end))
        here = _blank(text, value_end)
        if text[here] == ",":
            here = _blank(text, here + 1)
    return tuple(found)


def _blank(text: str, at: int) -> int:
    while text[at] in " \t\r\n":
        at += 1
    return at


HOOK = Hook(
    id="status-line",
    explains=(
        "Fresher figures: adds a command to Claude Code’s settings, so that after each answer it tells usagetray "
        "how much is used. A status line you have goes on; disconnecting puts the file back."
    ),
    place=lambda home: home.path / FILE,
    install=install,
    remove=remove,
)
