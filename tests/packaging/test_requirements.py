"""The locked packages: all of them, with hashes, and from nowhere in particular."""

from __future__ import annotations

import importlib.metadata
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

REPOSITORY = Path(__file__).parents[2]
LOCKS = REPOSITORY / "packaging" / "requirements"
PINNED = re.compile(r"^(?P<what>[a-z0-9][\w.-]*==\S+(?: ;[^\\]+)?) \\$", re.MULTILINE)
ENVIRONMENTS = (
    {"sys_platform": "linux", "python_version": "3.11", "python_full_version": "3.11.2"},
    {"sys_platform": "linux", "python_version": "3.13", "python_full_version": "3.13.1"},
    {"sys_platform": "darwin", "python_version": "3.12", "python_full_version": "3.12.4"},
    {"sys_platform": "win32", "python_version": "3.12", "python_full_version": "3.12.4"},
)


def locked(name: str) -> tuple[Requirement, ...]:
    return tuple(Requirement(found["what"]) for found in PINNED.finditer((LOCKS / name).read_text(encoding="utf-8")))


def declared(*, dev: bool) -> tuple[Requirement, ...]:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return tuple(map(Requirement, project["dependencies"] + (project["optional-dependencies"]["dev"] if dev else [])))


def plain_name(requirement: Requirement) -> str:
    return requirement.name.lower().replace("_", "-")


@pytest.mark.parametrize(
    "environment", ENVIRONMENTS, ids=lambda each: f"{each['sys_platform']}-{each['python_version']}"
)
@pytest.mark.parametrize("name", ["runtime.txt", "dev.txt"])
def test_all_that_is_declared_is_locked_once_within_its_bounds(name: str, environment: dict[str, str]) -> None:
    """On each system: exactly one version of each declared package, and one that the declaration allows."""
    here = [each for each in locked(name) if each.marker is None or each.marker.evaluate(environment)]
    names = [plain_name(each) for each in here]
    versions = {plain_name(each): next(iter(each.specifier)).version for each in here}

    wanted = [
        each
        for each in declared(dev=name == "dev.txt")
        if each.marker is None or each.marker.evaluate({**environment, "extra": ""})
    ]

    assert len(names) == len(set(names))
    assert wanted
    for each in wanted:
        assert each.specifier.contains(versions[plain_name(each)]), each


@pytest.mark.parametrize("name", ["runtime.txt", "dev.txt"])
def test_every_line_is_a_pin_with_hashes_or_a_comment(name: str) -> None:
    """An option or an address in here would steer where packages come from."""
    text = (LOCKS / name).read_text(encoding="utf-8")
    pins = re.split(r"\n(?=\S)", text)

    for pin in pins:
        if not pin.startswith("#"):
            assert re.fullmatch(r"\S+==\S+( ;[^\\]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+\n*", pin), pin[:80]
    assert "://" not in text


def test_the_program_and_its_tests_share_one_lock() -> None:
    """dev.txt is runtime.txt and more: what is tested is what is shipped."""
    assert set(map(str, locked("runtime.txt"))) <= set(map(str, locked("dev.txt")))


def test_the_version_of_the_popup_library_that_aborts_is_shut_out() -> None:
    """PySide6 6.12.0 ends under Python 3.11 after some thousand paint calls."""
    old = {"sys_platform": "linux", "python_version": "3.11", "python_full_version": "3.11.2"}
    kept = [each for each in locked("runtime.txt") if each.name == "pyside6-essentials"]

    assert kept
    for each in kept:
        assert each.marker is not None
        assert not (each.marker.evaluate(old) and each.specifier.contains("6.12.0"))


def test_the_installed_version_is_the_declared_one() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert importlib.metadata.version("usagetray") == project["version"]


def test_every_declared_package_is_used_by_the_program() -> None:
    """One that nothing imports costs every install its size, and its author's trust, for nothing."""
    modules = {"pillow": "PIL", "pyside6-essentials": "PySide6"}
    sources = "\n".join(file.read_text(encoding="utf-8") for file in (REPOSITORY / "src").rglob("*.py"))

    for each in declared(dev=False):
        module = modules.get(plain_name(each), plain_name(each).replace("-", "_"))
        pattern = rf"^\s*(import|from) {module}\b|import_module\(f?\"{module}\b"
        assert re.search(pattern, sources, re.MULTILINE), each.name
