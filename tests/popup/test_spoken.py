"""What a screen reader hears has no abbreviations."""

from __future__ import annotations

import pytest

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


def test_only_what_says_something_becomes_a_sentence() -> None:
    assert sentences("", "Warning", "88\u202f% used.", "") == "Warning. 88 percent used."
