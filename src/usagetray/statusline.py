"""`usagetray statusline`: what Claude Code runs as its status line command.

Notes the limits it is told in our spool, then shows the user's former status line, or a line of our own. Has
45 ms for all of it, interpreter included: so `json`, `os`, `sys`, `time` and nothing heavier at the top.
Ends with 0 and prints something whatever happens: anything else blanks the user's status line.
"""

# Pathlib and contextlib would cost a third of that:
# ruff: noqa: PTH100, PTH109, PTH111, PTH113, PTH117, PTH118, PTH120, SIM105

from __future__ import annotations

import json
import os
import sys
import time

from usagetray.edges import spool

SPOOL = "statusline"
COST = "costs.json"
COST_HOLDS_S = 900
"""The tray writes it anew at least every 5 minutes; one that was killed no longer does."""
MOST_COST = 64 * 1024
RECORD = ("hooks", "status-line.json")
GUARD = "USAGETRAY_STATUSLINE"
"""Set for the former command, so that one which leads back to us does not run for ever."""
PATIENCE_S = 1.0
"""Some versions of Claude Code leave the pipe open: a whole object is enough, and this is the longest wait."""
MOST_INPUT = 4 * 1024 * 1024
MOST_CONFIG = 8 * 1024 * 1024
MOST_OUTPUT = 256 * 1024
WINDOWS = (("five_hour", "5 h"), ("seven_day", "week"))
NOTHING = "usagetray: no limits yet"
DAY_S = 86_400
RESET_GRACE_S = 60
LEVELS = ((100, "⊖", 31), (90, "!", 31), (75, "▲", 33))
"""From how many percent used: the mark, and the terminal's number of its colour."""


def main(argv: list[str]) -> int:
    """Takes no arguments; what is given is ignored. Always 0."""
    del argv
    told = b""
    line = NOTHING
    try:
        told = received(0, PATIENCE_S)
        limits = reduced(told)
        now = time.time()
        home, config = places()
        state = state_dir()
        cost = cost_note(state, home, now)
        line = cost or NOTHING
        if limits:
            line = own_line(limits, now, shows_left(), not os.environ.get("NO_COLOR"))
            line = " · ".join(filter(None, ("" if cost and line == NOTHING else line, cost)))
            note = {"at": round(now, 3), "home": home, "account": account(config), "rate_limits": limits}
            try:
                spool.append(os.path.join(state, "spool"), SPOOL, json.dumps(note).encode())
            except OSError:
                pass  # a full or read-only disk costs the reading, not the status line
        former = former_command(state, home)
        shown = b""
        if former and sys.platform != "win32" and not os.environ.get(GUARD):
            from usagetray.statusline_former import output  # deferred: most users have no former command

            shown = output(former, told, MOST_OUTPUT, GUARD)
        show(shown if shown.strip() else (line + "\n").encode())
    except Exception:  # the top of a run whose only report is the row it fills
        show((line + "\n").encode())
    return 0


def received(handle: int, patience_s: float) -> bytes:
    """What stands in the pipe, up to the end of one JSON object, the end of the pipe, or of our patience."""
    import select

    told = b""
    until = time.monotonic() + patience_s
    while len(told) < MOST_INPUT:
        left = until - time.monotonic()
        try:
            if left <= 0 or not select.select([handle], [], [], left)[0]:
                break
            chunk = os.read(handle, 65_536)
        except OSError:
            break
        told += chunk
        if not chunk or (told.rstrip().endswith(b"}") and parsed(told) is not None):
            break
    return told


def parsed(text: bytes) -> dict[str, object] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def reduced(told: bytes) -> dict[str, dict[str, object]]:
    """The windows and their two figures, as they were told; nothing else of the object is kept."""
    limits = (parsed(told) or {}).get("rate_limits")
    found: dict[str, dict[str, object]] = {}
    if isinstance(limits, dict):
        for name, _ in WINDOWS:
            window = limits.get(name)
            if isinstance(window, dict):
                found[name] = {
                    field: window[field]
                    for field in ("used_percentage", "resets_at")
                    if isinstance(window.get(field), int | float | str) and len(str(window[field])) < 40
                }
    return {name: window for name, window in found.items() if window}


def places() -> tuple[str, str]:
    """The folder of the Claude Code that runs us, and its global config file."""
    named = os.environ.get("CLAUDE_CONFIG_DIR")
    if named:
        home = os.path.abspath(named)
        config = os.path.join(home, ".claude.json")
    else:
        home = os.path.abspath(os.path.expanduser("~/.claude"))
        config = os.path.join(os.path.dirname(home), ".claude.json")
    old = os.path.join(home, ".config.json")
    return home, old if os.path.isfile(old) else config


def account(config: str) -> str | None:
    """The identity signed in at this instant; None if nobody is, or the file is being rewritten."""
    login = (read_object(config, MOST_CONFIG) or {}).get("oauthAccount")
    uuid = login.get("accountUuid") if isinstance(login, dict) else None
    return uuid if isinstance(uuid, str) and 0 < len(uuid) <= 200 else None


def former_command(state: str, home: str) -> str | None:
    """The status line command the user had before, from the record of the installation."""
    homes = (read_object(os.path.join(state, *RECORD), MOST_CONFIG, own=True) or {}).get("homes")
    record = homes.get(home) if isinstance(homes, dict) else None
    former = record.get("former_command") if isinstance(record, dict) else None
    return former if isinstance(former, str) and former.strip() else None


def read_object(path: str, most: int, *, own: bool = False) -> dict[str, object] | None:
    """A JSON object from a regular file; with `own`, only from one that nobody else can have written."""
    try:
        handle = os.open(
            path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | (getattr(os, "O_NOFOLLOW", 0) if own else 0)
        )
    except (OSError, ValueError):
        return None
    try:
        found = os.fstat(handle)
        if found.st_mode & 0o170000 != 0o100000 or found.st_size > most:
            return None
        if own and hasattr(os, "getuid") and (found.st_uid != os.getuid() or found.st_mode & 0o022):
            return None
        text = b""
        while chunk := os.read(handle, 1_048_576):
            text += chunk
        return parsed(text)
    except OSError:
        return None
    finally:
        os.close(handle)


def state_dir() -> str:
    """Where our state lies; the same rule as for the rest of the program, without importing it."""
    profile = os.environ.get("USAGETRAY_HOME")
    if profile:
        return os.path.join(os.getcwd(), os.path.expanduser(profile), "state")
    if sys.platform == "linux":
        named = os.environ.get("XDG_STATE_HOME", "")
        return os.path.join(named if os.path.isabs(named) else os.path.expanduser("~/.local/state"), "usagetray")
    import platformdirs

    return platformdirs.user_state_dir("usagetray", appauthor=False)


def own_line(limits: dict[str, dict[str, object]], now: float, left: bool = False, colour: bool = False) -> str:
    """`5 h 42 % · ▲ week 81 % used · week resets Tue 16:59`: the reset is the tightest window's, in local time.

    A window that has ended since has no figure: what was told of it holds no longer.
    """
    parts = []
    tightest: tuple[float, float, str] | None = None
    for name, label in WINDOWS:
        window = limits.get(name, {})
        percent = figure(window.get("used_percentage"))
        ends = figure(window.get("resets_at"))
        if percent is not None and ends is not None and ends + RESET_GRACE_S <= now:
            parts.append(f"{label} –")
        elif percent is not None:
            parts.append(marked(f"{label} {in_words(percent, left)}", percent, colour))
            if tightest is None or percent > tightest[0]:
                tightest = (percent, ends or 0.0, label)
    if not parts:
        return NOTHING
    line = " · ".join(parts)
    if tightest is None:
        return line
    line += " left" if left else " used"
    _, ends, label = tightest
    if now < ends < now + 9 * DAY_S:
        pattern = "%H:%M" if ends - now < DAY_S else "%a %H:%M"
        line += f" · {label + ' ' if len(parts) > 1 else ''}resets " + time.strftime(pattern, time.localtime(ends))
    return line


def cost_note(state: str, home: str, now: float) -> str:
    """ "≈ $3.20 today at list prices", as the tray wrote it for this home; "" without, or where it holds no longer."""
    told = read_object(os.path.join(state, "spool", COST), MOST_COST, own=True) or {}
    at, until, lines = figure(told.get("at")), figure(told.get("until")), told.get("lines")
    if at is None or until is None or not isinstance(lines, dict) or not at - 60 <= now < min(until, at + COST_HOLDS_S):
        return ""
    text = lines.get(home)
    return text if isinstance(text, str) and len(text) <= 80 and text.isprintable() else ""


def marked(text: str, percent: float, colour: bool) -> str:
    """With a mark, and a colour where one may be, from 75 % used on."""
    for least, mark, code in LEVELS:
        if percent >= least:
            return f"\x1b[{code}m{mark} {text}\x1b[0m" if colour else f"{mark} {text}"
    return text


def in_words(percent: float, left: bool) -> str:
    """Rounded down, so that only a full window says 100; what is left adds up to 100 with it."""
    if 0 < percent < 1:
        return ">99 %" if left else "<1 %"
    whole = int(percent + 1e-6)
    return f"{max(0, 100 - whole) if left else whole} %"


def shows_left() -> bool:
    """The one setting for used or left, as it stands in the file: a TOML reader would cost a tenth of our time."""
    profile = os.environ.get("USAGETRAY_HOME")
    if profile:
        path = os.path.join(os.getcwd(), os.path.expanduser(profile), "config.toml")
    elif sys.platform == "linux":
        named = os.environ.get("XDG_CONFIG_HOME", "")
        folder = named if os.path.isabs(named) else os.path.expanduser("~/.config")
        path = os.path.join(folder, "usagetray", "config.toml")
    else:
        return False
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except (OSError, ValueError):
        return False
    try:
        text = os.read(handle, 65_536)
    except OSError:
        return False
    finally:
        os.close(handle)
    for line in text.split(b"\n"):
        if line.lstrip().startswith(b"["):
            return False
        key, _, value = line.partition(b"=")
        if key.strip() == b"show":
            return value.partition(b"#")[0].strip() in (b'"left"', b"'left'")
    return False


def figure(value: object) -> float | None:
    """A number that may be shown: finite, not negative, of a believable size."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if 0 <= number < 1e11 else None


def show(text: bytes) -> None:
    try:
        while text:
            text = text[os.write(1, text) :]
    except OSError:
        pass  # nobody looks any more
