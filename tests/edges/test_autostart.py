"""Starting at login: what is written is what the system starts, and what is read back."""

from __future__ import annotations

import plistlib
import stat
import subprocess
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.packaging.test_linux_files import checker
from usagetray.edges import autostart
from usagetray.edges.autostart import APPROVED, DESKTOP_FILE, RUN, command_now, entry, exec_line, exec_words, mend

REPOSITORY = Path(__file__).parents[2]
USAGETRAY = Path(sys.executable).with_name("usagetray")
COMMANDS = (
    ("/usr/bin/usagetray",),
    ("/opt/Usage Tray/bin/usagetray",),
    ("/home/a/100%/usagetray", "-m", "usagetray"),
    ('/home/$(x)/`y`/"z"/usagetray', "back\\slash"),
)


class Registry(types.ModuleType):
    """The three calls of winreg's that matter, on a dictionary."""

    HKEY_CURRENT_USER, REG_SZ, KEY_SET_VALUE, KEY_QUERY_VALUE = "HKCU", 1, 2, 1

    def __init__(self) -> None:
        super().__init__("winreg")
        self.values: dict[tuple[str, str], object] = {}

    @contextmanager
    def OpenKey(self, _root: str, path: str) -> Iterator[str]:  # noqa: N802
        yield path

    @contextmanager
    def CreateKeyEx(self, _root: str, path: str, _reserved: int, _rights: int) -> Iterator[str]:  # noqa: N802
        yield path

    def QueryValueEx(self, key: str, name: str) -> tuple[object, int]:  # noqa: N802
        if (key, name) not in self.values:
            raise FileNotFoundError(2, "not found")
        return self.values[key, name], 1

    def SetValueEx(self, key: str, name: str, _reserved: int, _kind: int, value: object) -> None:  # noqa: N802
        self.values[key, name] = value

    def DeleteValue(self, key: str, name: str) -> None:  # noqa: N802
        if self.values.pop((key, name), None) is None:
            raise FileNotFoundError(2, "not found")


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Registry:
    made = Registry()
    monkeypatch.setitem(sys.modules, "winreg", made)
    return made


@pytest.fixture(params=["linux", "darwin", "win32"])
def place(request: pytest.FixtureRequest, registry: Registry, tmp_path: Path) -> autostart.Entry:
    return entry({"HOME": str(tmp_path)}, request.param)


@pytest.mark.parametrize("command", COMMANDS[:3], ids=" ".join)
def test_on_is_read_back_and_off_takes_it_away(place: autostart.Entry, command: tuple[str, ...]) -> None:
    assert place.read() is None

    place.write(command)
    read = place.read()
    place.remove()

    assert read == command
    assert place.read() is None
    place.remove()  # off twice is no fault


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_freedesktop_finds_the_file_right(command: tuple[str, ...], tmp_path: Path) -> None:
    """Even with quotes, dollars, percent signs and backslashes in the path."""
    program = checker("desktop-file-validate")
    place = entry({"XDG_CONFIG_HOME": str(tmp_path)}, "linux")

    place.write(command)

    file = tmp_path / "autostart" / "usagetray.desktop"
    done = subprocess.run([program, file], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
    assert place.read() == command
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_backslash_is_doubled_once_by_each_of_the_two_rules() -> None:
    assert exec_line(("/a b", "c\\d", "100%")) == r'"/a b" "c\\\\d" 100%%'
    assert exec_words(r'"/a b" "c\\\\d" 100%%') == ("/a b", "c\\d", "100%")


def test_the_packaged_file_is_the_one_we_write() -> None:
    packaged = REPOSITORY / "packaging" / "linux" / "usagetray-autostart.desktop.in"

    assert packaged.read_text(encoding="utf-8") == DESKTOP_FILE


@pytest.mark.parametrize("line", ["Hidden=true", "X-GNOME-Autostart-enabled=false"])
def test_what_the_desktop_switched_off_is_off(line: str, tmp_path: Path) -> None:
    place = entry({"XDG_CONFIG_HOME": str(tmp_path)}, "linux")
    place.write(("/usr/bin/usagetray",))
    file = tmp_path / "autostart" / "usagetray.desktop"

    file.write_text(file.read_text() + line + "\n")

    assert place.read() is None


def test_a_launch_agent_starts_once_and_is_not_kept_alive(tmp_path: Path) -> None:
    """Quit must mean quit."""
    entry({"HOME": str(tmp_path)}, "darwin").write(("/Applications/usagetray.app/Contents/MacOS/usagetray",))

    agent = plistlib.loads((tmp_path / "Library" / "LaunchAgents" / "usagetray.plist").read_bytes())

    assert agent["RunAtLoad"] is True
    assert agent["ProcessType"] == "Interactive"
    assert "KeepAlive" not in agent


def test_a_launch_agent_that_is_no_plist_is_off(tmp_path: Path) -> None:
    place = entry({"HOME": str(tmp_path)}, "darwin")
    place.write(("/usagetray",))

    (tmp_path / "Library" / "LaunchAgents" / "usagetray.plist").write_bytes(b"<plist><dict><key>")

    assert place.read() is None


def test_windows_starts_a_quoted_path(registry: Registry) -> None:
    """Unquoted, `C:\\Program` would be tried first."""
    entry({}, "win32").write((r"C:\Program Files\Python\pythonw.exe", "-m", "usagetray"))

    assert registry.values == {(RUN, "usagetray"): r'"C:\Program Files\Python\pythonw.exe" -m usagetray'}


def test_what_the_task_manager_switched_off_is_off_until_it_is_asked_for_again(registry: Registry) -> None:
    place = entry({}, "win32")
    place.write((r"C:\usagetray.exe",))
    registry.values[APPROVED, "usagetray"] = b"\x03" + bytes(11)
    was = place.read()

    place.write((r"C:\usagetray.exe",))

    assert was is None
    assert place.read() == (r"C:\usagetray.exe",)


def test_an_entry_follows_a_program_that_moved_but_not_a_second_copy(place: autostart.Entry, tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.touch()
    assert mend(place, (str(new),)) is False  # it is off, and stays off
    place.write((str(old),))

    assert mend(place, (str(new),)) is False
    old.unlink()

    assert mend(place, (str(new),)) is True
    assert place.read() == (str(new),)


def test_the_command_is_the_one_that_runs_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "usagetray"
    script.touch(mode=0o755)
    monkeypatch.chdir(tmp_path)
    module = (sys.executable, "-m", "usagetray")

    assert command_now({}, ["./usagetray"], "linux") == (str(script),)
    assert command_now({}, ["/x/usagetray/__main__.py"], "linux") == module
    assert command_now({}, ["usagetray.exe"], "win32") == module
    assert command_now({"APPIMAGE": "/home/a/u.AppImage"}, ["/tmp/mount/usagetray"], "linux") == ("/home/a/u.AppImage",)


def test_the_verb_switches_it_on_says_so_and_off_again(tmp_path: Path) -> None:
    env = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config"), "PATH": "/usr/bin:/bin"}

    def verb(step: str, **more: str) -> subprocess.CompletedProcess[str]:
        whole = {**env, **more}
        return subprocess.run([USAGETRAY, "autostart", step], env=whole, capture_output=True, text=True, check=False)

    assert "does not start" in verb("status").stdout
    on = verb("on")
    file = tmp_path / "config" / "autostart" / "usagetray.desktop"
    file.write_text(file.read_text().replace(str(USAGETRAY), "/nowhere/usagetray"))
    moved = verb("status")
    off = verb("off")

    assert (on.returncode, on.stderr) == (0, "")
    assert str(USAGETRAY) in on.stdout
    assert "That program is gone" in moved.stdout
    assert "does not start" in off.stdout
    assert not file.exists()
    refused = verb("on", USAGETRAY_HOME=str(tmp_path / "profile"))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "isolated profile" in refused.stderr
