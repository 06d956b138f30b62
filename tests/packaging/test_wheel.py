"""The wheel holds all that the program reads at run time, and its licences."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
NEEDED = (
    "usagetray/py.typed",
    "usagetray/data/InterBoldSubset.ttf",
    "usagetray/data/OFL.txt",
    "usagetray/__main__.py",
    "usagetray/views/popup/process.py",
    "usagetray/providers/claude/__init__.py",
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Built from a copy of the sources, without asking an index."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        (source / name).write_bytes((REPOSITORY / name).read_bytes())
    for file in (REPOSITORY / "src" / "usagetray").rglob("*"):
        if file.is_file() and "__pycache__" not in file.parts:
            copy = source / file.relative_to(REPOSITORY)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.read_bytes())
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    done = subprocess.run([*build, "-w", folder, source], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = folder.glob("*.whl")
    return zipfile.ZipFile(made)


def test_every_file_that_is_read_at_run_time_is_in(wheel: zipfile.ZipFile) -> None:
    assert set(NEEDED) <= set(wheel.namelist())


def test_every_module_is_in(wheel: zipfile.ZipFile) -> None:
    sources = {file.relative_to(REPOSITORY / "src").as_posix() for file in (REPOSITORY / "src").rglob("*.py")}

    assert sources <= set(wheel.namelist())


def test_nothing_but_the_package_is_in(wheel: zipfile.ZipFile) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist()}

    assert {top for top in tops if not top.endswith(".dist-info")} == {"usagetray"}


def test_both_licences_and_the_command_are_declared(wheel: zipfile.ZipFile) -> None:
    (info,) = {name.split("/")[0] for name in wheel.namelist() if ".dist-info/" in name}
    names = set(wheel.namelist())

    assert {f"{info}/licenses/LICENSE", f"{info}/licenses/src/usagetray/data/OFL.txt"} <= names
    assert b"usagetray = usagetray.__main__:main" in wheel.read(f"{info}/entry_points.txt")
