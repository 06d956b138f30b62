"""Costs at list prices as people read them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from usagetray.views.figures import cost

SHOWN = {
    "0": "$0.00",
    "0.0049999": "<$0.01",
    "0.005": "$0.01",
    "0.615": "$0.62",
    "1.1146842": "$1.11",
    "1234.5": "$1,234.50",
    "-0.615": "−$0.62",
    "NaN": "–",
    "1e40": "–",
}


@pytest.mark.parametrize("usd", SHOWN)
def test_a_cost_is_rounded_to_the_cent_and_never_to_nothing(usd: str) -> None:
    """Half a cent rounds up."""
    assert cost(Decimal(usd)) == SHOWN[usd]


def test_a_sum_with_something_unpriced_in_it_is_the_least_it_can_be() -> None:
    assert cost(Decimal("12.664"), at_least=True) == "≥\u00a0$12.66"
    assert cost(Decimal("0.001"), at_least=True) == "≥\u00a0$0.00"
