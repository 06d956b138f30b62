"""Starting at login: one entry of ours in the place each system looks at. Its text is our only memory of it.

Linux (and other XDG desktops): a .desktop file in the autostart folder. macOS: a launch agent. Windows: a value below
the user's `Run` key; Windows and macOS not yet run.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import plistlib
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol
from xml.parsers.expat import ExpatError

from usagetray.edges.files import write_atomic
from usagetray.errors import UserError

NAME = "usagetray"
MOST_BYTES = 64 * 1024

Command = tuple[str, ...]
"""A program, absolute, and its arguments."""


class Entry(Protocol):
    """Raises `UserError` where the place cannot be read or written."""

    @property
    def place(self) -> str:
        """Where it is, in words for the user."""

    def read(self) -> Command | None:
        """What is started at login; None while nothing of ours is."""

    def write(self, command: Command) -> None: ...

    def remove(self) -> None: ...


def entry(environ: Mapping[str, str], platform: str = sys.platform) -> Entry:
    """This system's."""
    if platform == "win32":
        return RunValue()
    home = Path(environ.get("HOME") or Path.home())
    if platform == "darwin":
        return LaunchAgent(home / "Library" / "LaunchAgents" / f"{NAME}.plist")
    config = environ.get("XDG_CONFIG_HOME", "")
    folder = Path(config) if Path(config).is_absolute() else home / ".config"  # a relative one is to be ignored
    return DesktopFile(folder / "autostart" / f"{NAME}.desktop")


def command_now(environ: Mapping[str, str], arguments: Sequence[str], platform: str = sys.platform) -> Command:
    """The absolute command that starts the program as it was started now; `arguments` are its `sys.argv`."""
    if image := environ.get("APPIMAGE"):  # what runs lies in a folder that is gone after the end
        return (image,)
    if getattr(sys, "frozen", False):
        return (sys.executable,)
    if platform == "win32":
        # The script of pip's would open a console window at each login.
        windowless = Path(sys.executable).with_name("pythonw.exe")
        return (str(windowless) if windowless.exists() else sys.executable, "-m", NAME)
    script = Path(arguments[0]).absolute()
    if script.name == NAME and os.access(script, os.X_OK) and script.is_file():
        return (str(script),)  # not resolved: pipx and uv keep this link and change what it points to
    return (sys.executable, "-m", NAME)


def mend(found: Entry, command: Command) -> bool:
    """Points the entry at `command` where it is on and the program it names is gone; whether it did.

    An entry for another copy that is still there was somebody's wish, and stays.
    """
    recorded = found.read()
    if not recorded or recorded == command or Path(recorded[0]).exists():
        return False
    found.write(command)
    return True


# ---- Linux -------------------------------------------------------------------------------------------------

DESKTOP_FILE = """\
[Desktop Entry]
Type=Application
Name=usagetray
Comment=How much of your AI coding plans is left, and when it comes back
Exec=@PROGRAM@
Icon=usagetray
Terminal=false
NoDisplay=true
StartupNotify=false
X-GNOME-Autostart-enabled=true
X-GNOME-Autostart-Delay=5
"""
"""As in packaging/linux, for an installation without a package."""


class DesktopFile:
    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def place(self) -> str:
        return str(self._path)

    def read(self) -> Command | None:
        lines = dict(
            re.findall(r"^([A-Za-z-]+)\s*=\s*(.*)$", _read(self._path).decode("utf-8", "replace"), re.MULTILINE)
        )
        # The desktops' own settings switch it off by one of these.
        if lines.get("Hidden") == "true" or lines.get("X-GNOME-Autostart-enabled") == "false":
            return None
        return exec_words(lines["Exec"]) if lines.get("Exec") else None

    def write(self, command: Command) -> None:
        _write(self._path, DESKTOP_FILE.replace("@PROGRAM@", exec_line(command)).encode())

    def remove(self) -> None:
        _remove(self._path)


def exec_line(command: Command) -> str:
    """As the Desktop Entry Specification quotes: within the argument, then within the value."""
    return " ".join(_exec_word(word) for word in command)


def _exec_word(word: str) -> str:
    escaped = re.sub(r'(["`$\\])', r"\\\1", word.replace("%", "%%"))
    plain = re.fullmatch(r"[\w@%+=:,./-]+", word, re.ASCII) is not None
    return escaped if plain else f'"{escaped}"'.replace("\\", "\\\\")


def exec_words(line: str) -> Command:
    words = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', line.replace("\\\\", "\\"))
    return tuple((re.sub(r"\\(.)", r"\1", quoted) or plain).replace("%%", "%") for quoted, plain in words)


# ---- macOS -------------------------------------------------------------------------------------------------


class LaunchAgent:
    """Only the file is written: launchd reads it at the next login. Loading it now would start a second tray, and
    unloading it would end the tray that launchd started."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def place(self) -> str:
        return str(self._path)

    def read(self) -> Command | None:
        content = _read(self._path)
        try:
            agent = plistlib.loads(content) if content else {}
            words = agent["ProgramArguments"] if agent.get("RunAtLoad") and not agent.get("Disabled") else ()
            return tuple(str(word) for word in words) or None
        except (plistlib.InvalidFileException, ExpatError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def write(self, command: Command) -> None:
        agent = {
            "Label": NAME,
            "ProgramArguments": list(command),
            "RunAtLoad": True,
            "ProcessType": "Interactive",
            "LimitLoadToSessionType": "Aqua",
        }
        _write(self._path, plistlib.dumps(agent))

    def remove(self) -> None:
        _remove(self._path)


# ---- Windows -----------------------------------------------------------------------------------------------

RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
APPROVED = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
"""Where the Task Manager notes what the user switched off there: an odd first byte means off."""


class RunValue:
    def __init__(self) -> None:
        self._registry: Any = importlib.import_module("winreg")

    @property
    def place(self) -> str:
        return rf"HKEY_CURRENT_USER\{RUN}, value {NAME}"

    def read(self) -> Command | None:
        line, noted = self._value(RUN), self._value(APPROVED)
        if not isinstance(line, str) or (isinstance(noted, bytes) and noted[:1] and noted[0] & 1):
            return None
        return tuple(quoted or plain for quoted, plain in re.findall(r'"([^"]*)"|(\S+)', line)) or None

    def write(self, command: Command) -> None:
        program, *rest = command
        line = " ".join([f'"{program}"', *([subprocess.list2cmdline(rest)] if rest else [])])
        with self._key(RUN, for_writing=True) as key:
            self._registry.SetValueEx(key, NAME, 0, self._registry.REG_SZ, line)
        self._delete(APPROVED)

    def remove(self) -> None:
        self._delete(RUN)
        self._delete(APPROVED)

    def _value(self, path: str) -> object:
        try:
            with self._registry.OpenKey(self._registry.HKEY_CURRENT_USER, path) as key:
                return self._registry.QueryValueEx(key, NAME)[0]
        except OSError:
            return None

    def _delete(self, path: str) -> None:
        with contextlib.suppress(FileNotFoundError), self._key(path, for_writing=True) as key:
            self._registry.DeleteValue(key, NAME)

    def _key(self, path: str, *, for_writing: bool) -> Any:
        rights = self._registry.KEY_SET_VALUE if for_writing else self._registry.KEY_QUERY_VALUE
        try:
            return self._registry.CreateKeyEx(self._registry.HKEY_CURRENT_USER, path, 0, rights)
        except OSError as error:
            raise UserError(f"The registry does not let {NAME} be changed ({error.strerror}).") from None


# ---- files -------------------------------------------------------------------------------------------------


def _read(path: Path) -> bytes:
    """Empty where there is none."""
    try:
        with path.open("rb") as stream:
            return stream.read(MOST_BYTES)
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}).") from None


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # a folder of the desktop's: its mode stays
        write_atomic(path, content)
    except OSError as error:
        raise UserError(f"{path} cannot be written ({error.strerror}).") from None


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise UserError(f"{path} cannot be removed ({error.strerror}).") from None
