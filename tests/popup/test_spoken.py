"""What a screen reader hears has no abbreviations."""

from __future__ import annotations

import pytest

from usagetray import language
from usagetray.views.popup.spoken import sentences, spoken


@pytest.mark.parametrize(
    ("shown", "heard"),
    [
        ("resets Mon\u00a009:00 · in 2\u00a0d\u00a013\u00a0h", "resets Monday 09:00, in 2 days 13 hours"),
        ("1\u00a0h\u00a042\u00a0m old", "1 hour 42 minutes old"),
        ("88\u202f% used", "88 percent used"),
        ("<1\u202f% used", "less than 1 percent used"),
        ("–", "not given"),
        ("Updated 12\u00a0s ago · next in 1\u00a0m", "Updated 12 seconds ago, next in 1 minute"),
    ],
)
def test_units_are_spoken_in_full(shown: str, heard: str) -> None:
    assert spoken(shown) == heard


@pytest.mark.parametrize(
    ("shown", "heard"),
    [
        ("Reset Mo\u00a009:00, in 2\u00a0T 13\u00a0h", "Reset Montag 09:00, in 2 Tage 13 Stunden"),
        ("vor 1\u00a0h 42\u00a0min", "vor 1 Stunde 42 Minuten"),
        ("<1\u202f% verbraucht", "weniger als 1 Prozent verbraucht"),
    ],
)
def test_german_is_spoken_in_german(shown: str, heard: str) -> None:
    language.speak("de")
    try:
        assert spoken(shown) == heard
    finally:
        language.speak("en")


def test_a_range_is_not_taken_for_a_figure_that_is_missing() -> None:
    assert spoken("Saves $22–41 a month") == "Saves $22–41 a month"


def test_only_what_says_something_becomes_a_sentence() -> None:
    assert sentences("", "Warning", "88\u202f% used.", "") == "Warning. 88 percent used."
