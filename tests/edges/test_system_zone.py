"""The time zone of systems that name none: rules in `TZ`, as containers and routers have them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from usagetray.edges.system_zone import SystemZone
from usagetray.profile import local_zone

NEW_YORK = "EST5EDT,M3.2.0,M11.1.0"
YEAR = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _system_zone_as_before() -> Iterator[None]:
    yield
    time.tzset()


@pytest.fixture(autouse=True)
def _variable(monkeypatch: pytest.MonkeyPatch, _system_zone_as_before: None) -> pytest.MonkeyPatch:
    """Taken back before the C library looks at it again."""
    return monkeypatch


def test_rules_say_what_the_zone_with_that_name_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each hour of a year, the one that comes twice included, there and back."""
    monkeypatch.setenv("TZ", NEW_YORK)
    zone, named = SystemZone(), ZoneInfo("America/New_York")

    for hour in range(365 * 24):
        instant = YEAR + timedelta(hours=hour)
        local, expected = instant.astimezone(zone), instant.astimezone(named)
        assert (local.replace(tzinfo=None), local.fold) == (expected.replace(tzinfo=None), expected.fold)
        assert local.utcoffset() == expected.utcoffset()
        assert local.astimezone(UTC) == instant


@pytest.mark.parametrize(
    ("variable", "offset_h"),
    [("UTC0", 0), ("<+03>-3", 3), ("EST5EDT,M3.2.0,M11.1.0", -5), ("Nowhere/Nope", 0), ("../../etc/passwd", 0)],
)
def test_a_zone_without_a_name_is_told_as_the_system_tells_it(
    monkeypatch: pytest.MonkeyPatch, variable: str, offset_h: int
) -> None:
    """What is no zone at all is UTC to the C library, and so to `date`."""
    monkeypatch.setenv("TZ", variable)

    zone = local_zone()

    assert YEAR.astimezone(zone).utcoffset() == timedelta(hours=offset_h)
    assert str(zone) == variable
    assert datetime(2026, 1, 1, 12, tzinfo=zone).isoformat()


def test_a_zone_is_looked_up_anew_once_it_has_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC0")
    assert isinstance(local_zone(), SystemZone)

    monkeypatch.setenv("TZ", "Asia/Kathmandu")

    assert YEAR.astimezone(local_zone()).utcoffset() == timedelta(hours=5, minutes=45)
