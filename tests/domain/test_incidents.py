"""When a status page is looked at, and how long its word counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from usagetray.domain.incidents import Incident, Looked, failed, next_look, stale_at, told

NOW = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TROUBLE = Incident(name="Errors", status="identified", impact="major")


def apart(looked: Looked, *, saving: bool = False) -> float:
    """Minutes from the last look to the next."""
    return (next_look(looked, NOW, key="x", saving=saving) - looked.at) / MINUTE


def test_a_page_never_looked_at_is_looked_at_now():
    assert next_look(None, NOW, key="x", saving=False) <= NOW


def test_a_calm_page_is_looked_at_every_five_minutes_and_one_with_an_incident_every_two():
    """Within a tenth, so that many pages are not asked in one second; twice as far apart on battery saver."""
    assert apart(Looked(at=NOW, captured_at=NOW)) == pytest.approx(5, rel=0.1)
    assert apart(Looked(at=NOW, captured_at=NOW, incidents=(TROUBLE,))) == pytest.approx(2, rel=0.1)
    assert apart(Looked(at=NOW, captured_at=NOW), saving=True) == pytest.approx(10, rel=0.1)


def test_a_page_that_fails_is_looked_at_ever_more_rarely_up_to_half_an_hour():
    looked = Looked(at=NOW, captured_at=NOW, incidents=(TROUBLE,))
    waits = []
    for _ in range(6):
        looked = failed(looked, NOW, retry_after=None)
        waits.append(apart(looked))

    assert waits == [pytest.approx(each, rel=0.1) for each in (10, 20, 30, 30, 30, 30)]


def test_a_page_that_asks_for_a_wait_gets_it_but_not_for_days():
    hour = failed(None, NOW, retry_after=timedelta(hours=1))
    year = failed(None, NOW, retry_after=timedelta(days=365))

    assert apart(hour) == 60
    assert apart(year) == 360


def test_a_look_from_another_clock_holds_nothing_up():
    looked = Looked(at=NOW + timedelta(days=400))

    assert next_look(looked, NOW, key="x", saving=False) <= NOW


def test_a_failed_look_keeps_what_was_reported_with_its_own_time():
    """Told for six hours, stale after a quarter of one."""
    looked = failed(Looked(at=NOW, captured_at=NOW, incidents=(TROUBLE,)), NOW + MINUTE, retry_after=None)

    assert looked.captured_at == NOW
    assert stale_at(NOW) == NOW + 15 * MINUTE
    assert told(looked, NOW + timedelta(hours=6)) == (TROUBLE,)
    assert told(looked, NOW + timedelta(hours=6, seconds=1)) == ()
    assert told(looked, NOW - timedelta(hours=1)) == ()
    assert told(failed(None, NOW, retry_after=None), NOW) == ()
