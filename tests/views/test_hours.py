"""Times of day in twelve hours and in twenty-four: as the settings have it, or the system."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from usagetray.edges.system_hours import has_twelve_hours
from usagetray.hours import write_hours
from usagetray.settings import Settings
from usagetray.spine.speaking import speak_as_set
from usagetray.views.figures import instant

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    write_hours(twelve=False)


@pytest.mark.parametrize(
    ("hours", "minutes", "written"),
    [(-9, 0, "12:00\u00a0am"), (0, 5, "9:05\u00a0am"), (3, 0, "12:00\u00a0pm"), (12, 20, "9:20\u00a0pm")],
)
def test_twelve_hours_have_no_zeroth_one(hours: int, minutes: int, written: str) -> None:
    write_hours(twelve=True)

    assert instant(NOW + timedelta(hours=hours, minutes=minutes), NOW, UTC) == written


@pytest.mark.parametrize(
    ("setting", "environ", "written"),
    [
        ("24", {"LANG": "en_US.UTF-8"}, "Fri\u00a021:20"),
        ("12", {"LANG": "de_DE.UTF-8"}, "Fri\u00a09:20\u00a0pm"),
        ("auto", {"LANG": "en_US.UTF-8"}, "Fri\u00a09:20\u00a0pm"),
        ("auto", {"LANG": "en_US.UTF-8", "LC_TIME": "de_DE.UTF-8"}, "Fri\u00a021:20"),
        ("auto", {"LANG": "C.UTF-8"}, "Fri\u00a021:20"),
    ],
)
def test_the_setting_goes_before_the_system(setting: str, environ: dict[str, str], written: str) -> None:
    speak_as_set(replace(Settings(), clock=setting, language="en"), environ)

    assert instant(NOW + timedelta(hours=12, minutes=20), NOW, UTC, with_day=True) == written


@pytest.mark.parametrize(
    ("name", "twelve"),
    [("en_US", True), ("en_GB.UTF-8", False), ("fr_CA@euro", False), ("en-AU", True), ("de_DE", False), ("C", False)],
)
def test_the_territory_says_how_many_hours_there_are(name: str, twelve: bool) -> None:
    assert has_twelve_hours({"LC_ALL": name}) is twelve
