"""What a Linux package installs beside the program."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import tomllib
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

REPOSITORY = Path(__file__).parents[2]
LINUX = REPOSITORY / "packaging" / "linux"
METAINFO = LINUX / "usagetray.metainfo.xml"
ENTRIES = ("usagetray.desktop", "usagetray-autostart.desktop.in")


def checker(program: str) -> str:
    """The path of a validator; without it the test is skipped, except in CI."""
    found = shutil.which(program)
    if found is None:
        sentence = f"{program} is not installed: see tests/desktop/apt-packages.txt"
        pytest.fail(sentence) if os.environ.get("CI") else pytest.skip(sentence)
    return found


def entry(name: str) -> dict[str, str]:
    read = configparser.ConfigParser(interpolation=None)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read_string((LINUX / name).read_text(encoding="utf-8"))
    return dict(read["Desktop Entry"])


def version() -> str:
    return str(tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


@pytest.mark.parametrize("name", ENTRIES)
def test_a_menu_or_autostart_entry_is_valid(name: str, tmp_path: Path) -> None:
    """Judged by freedesktop's own program, with the template filled in as an installer would."""
    program = checker("desktop-file-validate")
    filled = tmp_path / "usagetray.desktop"
    text = (LINUX / name).read_text(encoding="utf-8")
    filled.write_text(text.replace("@PROGRAM@", "/usr/bin/usagetray"), encoding="utf-8")

    done = subprocess.run([program, filled], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, ""), done.stdout


def test_the_menu_starts_the_command_and_shows_an_icon_that_is_there() -> None:
    read = entry("usagetray.desktop")

    assert read["Exec"] == "usagetray"
    assert (LINUX / "icons" / "256.png").exists()
    assert read["Icon"] == "usagetray"


def test_starting_at_login_shows_no_second_entry_in_the_menu() -> None:
    assert entry("usagetray-autostart.desktop.in")["NoDisplay"] == "true"


def test_the_software_centre_can_read_the_description() -> None:
    """An id in reverse-domain form needs a domain; who publishes a package has one, this repository has not."""
    program = checker("appstreamcli")
    options = ("--no-net", "--override=cid-desktopapp-is-not-rdns=info")

    done = subprocess.run([program, "validate", *options, METAINFO], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_the_description_names_this_version_and_the_entry_it_belongs_to() -> None:
    root = ET.parse(METAINFO).getroot()
    newest = root.find("releases/release")

    assert newest is not None
    assert newest.get("version") == version()
    assert root.findtext("launchable") == "usagetray.desktop"
    assert (LINUX / str(root.findtext("launchable"))).exists()
