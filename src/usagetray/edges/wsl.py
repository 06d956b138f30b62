"""Homes inside the Linux distributions that run under Windows (WSL), as Windows sees them.

The registry says which there are. One that is not running is left alone: a mere look into its files would start it,
and keep it running.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

KEY = r"Software\Microsoft\Windows\CurrentVersion\Lxss"
SHARE = r"\\wsl.localhost"
NOBODY_S = ("docker-desktop", "docker-desktop-data")
"""Distributions in which nobody works."""
WITHIN_S = 5.0


def registered() -> list[str]:
    """The names of the distributions installed for this user; none but on Windows."""
    found: list[str] = []
    if sys.platform == "win32":
        import winreg

        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, KEY) as lxss:
                for number in range(winreg.QueryInfoKey(lxss)[0]):
                    with winreg.OpenKey(lxss, winreg.EnumKey(lxss, number)) as entry:
                        found.append(str(winreg.QueryValueEx(entry, "DistributionName")[0]))
        except OSError:
            return found  # no WSL here, or an entry without a name
    return found


def listed_as_running() -> bytes:
    """What `wsl --list --running --quiet` prints. It starts no distribution. Raises OSError or a subprocess error."""
    program = Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "System32" / "wsl.exe"
    flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    return subprocess.run(  # noqa: S603 - Windows' own program, with fixed words
        [str(program), "--list", "--running", "--quiet"],
        capture_output=True,
        timeout=WITHIN_S,
        check=True,
        creationflags=flags,
    ).stdout


def homes(
    names: Callable[[], Iterable[str]] = registered,
    running: Callable[[], bytes] = listed_as_running,
    share: str = SHARE,
) -> Iterator[tuple[str, Path]]:
    """Of each distribution that runs now its name, and each home folder in it."""
    installed = [each for each in names() if each not in NOBODY_S and _is_name(each)]
    if not installed:
        return
    try:
        awake = set(running().decode("utf-16-le", errors="replace").removeprefix("\ufeff").split("\r\n"))
    except (OSError, subprocess.SubprocessError):
        return
    for name in installed:
        if name in awake:
            folder = Path(f"{share}/{name}/home")
            try:
                found = sorted(each for each in folder.iterdir() if each.is_dir())
            except OSError:
                continue  # stopped just now, or without such a folder
            yield from ((name, each) for each in found)


def _is_name(text: str) -> bool:
    """It becomes part of a path."""
    return bool(text) and not any(each in text for each in "\\/\0") and text not in (".", "..")
