"""What responses weigh against each other."""

from __future__ import annotations

from functools import partial

import pytest

from tests.report_build import AT, TABLE
from usagetray.domain.pricing import price
from usagetray.domain.weighing import Weighed, weighed
from usagetray.usage import Attempt, Response, TokenCounts

MILLION = 1_000_000


def attempt(model: str = "large", *, output: int = MILLION, speed: str = "") -> Attempt:
    return Attempt(model=model, at=AT, tokens=TokenCounts(output=output), prompt=0, speed=speed)


def weights(*attempts: Attempt, model: str | None = None) -> tuple[list[float], Weighed]:
    responses = [Response(AT, "p", "", "", "/p", f"s-{n}", "", "", "", (each,)) for n, each in enumerate(attempts)]
    told = weighed(responses, partial(price, table=TABLE), model)
    return [each.weight for each in told.uses], told


def test_a_response_weighs_its_list_price() -> None:
    """A million tokens of output: $15 and $5."""
    assert weights(attempt(), attempt("small"))[0] == [15, 5]


def test_a_model_without_a_price_weighs_its_tokens_at_the_mean_of_the_others() -> None:
    """$20 for two million tokens: half a million of "other" weighs 5, and is named."""
    found, told = weights(attempt(), attempt("small"), attempt("other", output=MILLION // 2))

    assert found == [15, 5, pytest.approx(5)]
    assert dict(told.unpriced) == {"other": MILLION // 2}
    assert not told.by_tokens


def test_where_nothing_has_a_price_the_tokens_are_the_weights() -> None:
    found, told = weights(attempt("other", output=20), attempt("another", output=10))

    assert found == [20, 10]
    assert told.by_tokens


def test_fast_mode_weighs_nothing_for_no_plan_covers_it() -> None:
    assert weights(attempt(speed="fast"), attempt("small"))[0] == [5]


def test_a_window_of_one_model_counts_that_one_only() -> None:
    assert weights(attempt(), attempt("small"), model="Large")[0] == [15]


def test_every_attempt_of_a_response_weighs_and_only_the_first_is_a_response() -> None:
    two = Response(AT, "p", "", "", "/p", "s", "", "", "", (attempt(), attempt("small")))

    told = weighed([two], partial(price, table=TABLE))

    assert sorted(each.weight for each in told.uses) == [5, 15]
