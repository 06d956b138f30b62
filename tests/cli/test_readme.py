"""The README says what is: settings, commands, sources, states and the JSON are compared with the program."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Computer
from tests.cli.test_headless import ACCOUNT, COUNTERS, TOP, WINDOW
from usagetray.domain.states import State
from usagetray.providers import discover
from usagetray.settings.keys import KEYS

REPOSITORY = Path(__file__).parents[2]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def table(heading: str) -> list[list[str]]:
    """The cells of the first table under a heading, without its head."""
    section = README[README.index(f"\n{heading}\n") :]
    rows = re.findall(r"^\|(.*)\|$", section[: section.index("\n\n", section.index("\n|"))], re.MULTILINE)
    return [[cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", row)] for row in rows[2:]]


def test_every_setting_stands_there_with_its_default(computer: Computer) -> None:
    """In the order of the program, with `*` for a provider's id."""
    rows = {row[0].strip("`"): row[1].strip("`") for row in table("## Settings")}

    assert list(rows) == list(KEYS)
    for key, default in rows.items():
        assert computer.run("config", "get", key.replace("*", "claude")).out == default + "\n", key


def test_every_command_stands_there(computer: Computer) -> None:
    listed = re.findall(r"^    ([a-z-]+) ", computer.run("--help").out, re.MULTILINE)

    rows = [row[0].strip("`").split() for row in table("## Commands")]

    assert {row[1] for row in rows if len(row) > 1} == set(listed)


def test_every_source_of_every_provider_stands_there() -> None:
    """And no other; whoever adds one says what it reads, and where it goes."""
    rows = {(row[0], row[1]): row for row in table("## What it reads, and what it never does")}

    assert set(rows) == {(each.name, source.label) for each in discover() for source in each.strategies}
    for provider in discover():
        for source in provider.strategies:
            row = rows[provider.name, source.label]
            if source.consent is not None:
                assert row[5].startswith("asks"), row
            elif not provider.hooks:
                assert row[5] == "none needed", row
            assert (source.origin or "").removeprefix("https://") in row[6]


def test_every_state_stands_there() -> None:
    named = [name for row in table("## States") for name in re.findall(r"`(\w+)`", row[0])]

    assert sorted(named) == sorted(each.value for each in State)


def test_every_promise_stands_there_once() -> None:
    section = README[README.index("\n## Promises\n") : README.index("\n## How it is built\n")]

    assert re.findall(r"\*\*(P\d+a?)\*\*", section) == sorted(
        [*(f"P{number}" for number in range(1, 29)), "P13a"], key=lambda name: (int(name[1:].rstrip("a")), name)
    )


def test_the_json_example_has_the_shape_that_is_printed() -> None:
    shown = json.loads(README[README.index("```json") + 7 : README.index("```\n", README.index("```json") + 7)])

    assert list(shown) == list(TOP)
    assert list(shown["accounts"][0]) == list(ACCOUNT)
    assert list(shown["accounts"][0]["windows"][0]) == list(WINDOW)
    assert list(shown["counters"]) == list(COUNTERS)


def test_every_module_at_the_top_has_a_place_in_the_picture() -> None:
    picture = README[README.index("    src/usagetray/\n") : README.index("Imports point from")]

    for path in (REPOSITORY / "src" / "usagetray").iterdir():
        if path.suffix == ".py" and path.stem not in ("__init__", "statusline_former"):
            assert path.name in picture, path.name


@pytest.mark.parametrize("link", sorted(set(re.findall(r"(?:\]\(|src=\")([^)#:\"]+)[)\"]", README))))
def test_what_is_linked_is_there(link: str) -> None:
    assert (REPOSITORY / link).exists()


def test_every_heading_that_is_linked_is_there() -> None:
    headings = {
        re.sub(r"[^\w -]", "", each).strip().lower().replace(" ", "-")
        for each in re.findall(r"^#+ (.*)$", README, re.MULTILINE)
    }

    assert set(re.findall(r"\]\(#([^)]+)\)", README)) <= headings


def test_the_changelog_begins_with_this_version(computer: Computer) -> None:
    newest = re.search(r"^## (\S+) ", (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert newest is not None
    assert computer.run("--version").out == f"usagetray {newest[1]}\n"
