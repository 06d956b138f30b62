"""What one percent of a window holds, and whether that has changed."""

from __future__ import annotations

import pytest

from tests.domain.forecast_days import DAY, MONDAY
from usagetray.domain.forecast import allowance, changed
from usagetray.domain.forecast.memory import Meter
from usagetray.domain.forecast.meter import learned


def measured(*tokens_per_percent: float, meter: Meter | None = None) -> Meter:
    """Each a step of 5 %."""
    meter = meter or Meter()
    for each in tokens_per_percent:
        meter = learned(meter, 0.05, 5 * each, MONDAY)
    return meter


def test_tokens_per_percent_are_told_with_a_band_around_them() -> None:
    meter = measured(90_000, 110_000, 100_000, 95_000, 105_000, 100_000)

    told = allowance(meter, MONDAY)

    assert told is not None
    assert told.tokens == pytest.approx(100_000, rel=0.01)
    assert told.low < 95_000 < 105_000 < told.high
    assert meter.rate == pytest.approx(0.01 / 100_000)


def test_nothing_is_told_from_a_few_steps() -> None:
    assert allowance(measured(100_000, 100_000), MONDAY) is None
    assert changed(measured(100_000, 50_000), MONDAY) is None


def test_small_moves_are_measured_together() -> None:
    """Of whole percents one alone may be anything from 0 to 2."""
    meter = Meter()
    for share in (0.01, 0.0, 0.02, 0.01, 0.01):
        meter = learned(meter, share, 100_000, MONDAY)

    assert len(meter.ratios) == 1
    assert meter.open_share == 0.0


def test_a_change_is_told_only_when_the_bands_part() -> None:
    before = [100_000.0, 95_000, 105_000, 98_000, 102_000, 100_000, 97_000, 103_000]

    wobbling = measured(*before, 85_000, 110_000, 92_000, 108_000, 88_000, 95_000)
    halved = measured(*before, 50_000, 52_000, 49_000, 51_000, 50_000, 48_000)

    assert changed(wobbling, MONDAY) is None
    told = changed(halved, MONDAY)
    assert told is not None
    assert [round(each.tokens, -4) for each in told] == [100_000, 50_000]


def test_each_day_leaves_one_line_of_history_and_the_oldest_go() -> None:
    meter = Meter()
    for day in range(80):
        for _ in range(3):
            meter = learned(meter, 0.05, 500_000, MONDAY + day * DAY)

    days = [each.day for each in meter.history]
    assert len(days) == 60
    assert days == sorted(set(days))
