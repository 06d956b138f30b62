"""Questions about published rules of thumb, and two rules of our own: alerts as use rises, waits after refusals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from usagetray.domain.advice import rules_of_thumb as rules
from usagetray.views.cli.worked.reading import Answer, Inputs, Tables

RULE = "This is a published rule of thumb, not an answer from your own use: your own break-even decides."
THRESHOLDS = (50, 75, 90)
RESET_FALL = 25
"""Use of a limit does not fall by itself: by so many points, or below the first threshold, it was reset."""


def weekly_matrix(inputs: Inputs, _: Tables) -> Answer:
    return Answer(
        {
            "band": [rules.weekly_matrix(tokens) for tokens in inputs.counts("weekly_tokens")],
            "published_monthly_usd": rules.WEEKLY_MATRIX_USD,
        },
        (RULE,),
    )


def weekly_tree(inputs: Inputs, _: Tables) -> Answer:
    rows = [(row.amount("hours_per_week"), row.count("weekly_tokens")) for row in inputs.rows("rows")]
    bands = [rules.weekly_tree(hours, tokens) for hours, tokens in rows]
    matrix = [rules.weekly_matrix(tokens) for _, tokens in rows]
    return Answer(
        {"band": bands, "published_monthly_usd": rules.WEEKLY_TREE_USD, "band_by_matrix": matrix},
        (
            "Two rules of the same source disagree: the tree (hours first) and the matrix (tokens alone) give "
            f"different bands for {sum(one != other for one, other in zip(bands, matrix, strict=True))} of these "
            f"{len(rows)} rows, so a band always names its rule.",
        ),
    )


def monthly_matrix(inputs: Inputs, _: Tables) -> Answer:
    return Answer(
        {
            "band": [rules.monthly_matrix(tokens) for tokens in inputs.counts("monthly_tokens")],
            "recommendation": rules.MONTHLY_MATRIX_PLANS,
            "published_api_usd": rules.MONTHLY_MATRIX_USD,
        },
        (RULE,),
    )


def sessions(inputs: Inputs, _: Tables) -> Answer:
    days = inputs.above_zero("days")
    return Answer({"band": [rules.by_sessions(count, days) for count in inputs.amounts("sessions_per_month")]}, (RULE,))


def situations(inputs: Inputs, _: Tables) -> Answer:
    found = [rules.situation(each) or (None, None) for each in inputs.texts("situations")]
    return Answer(
        {"choice": [choice for choice, _ in found], "measured_from": [measure for _, measure in found]},
        (
            RULE,
            "Where no lockout can be accepted, the API or a hybrid (a plan, the rest on the API) serves: whichever is "
            "cheaper for your use.",
        ),
    )


def alerts(inputs: Inputs, _: Tables) -> Answer:
    """One alert per threshold and cycle; a clear fall is a reset, which arms all of them again."""
    said: list[int | str | None] = []
    told = Decimal(0)
    highest = Decimal(0)
    for used in inputs.amounts("used_percent_readings"):
        if highest - used > RESET_FALL or (highest >= THRESHOLDS[0] > used and highest - used > 1):
            told, highest = Decimal(0), Decimal(0)
        highest = max(highest, used)
        crossed = max((each for each in (*THRESHOLDS, 100) if used >= each), default=0)
        said.append(("locked" if crossed == 100 else crossed) if crossed > told else None)
        told = max(told, Decimal(crossed))
    return Answer({"alerts_after_reading": said})


def waits(inputs: Inputs, _: Tables) -> Answer:
    """Seconds before each retry of a model call: 1, doubling, or as long as the server says."""
    asked = inputs.amount("retry_after", Decimal(0))
    refused = 0
    for status in inputs.counts("answers"):
        if status != 429:
            break
        refused += 1
    return Answer(
        {"waits_seconds": [max(Decimal(2**count), asked) for count in range(refused)]},
        (
            "These waits are for calls of a model. usagetray itself waits far longer between its own requests for "
            "usage figures: from 5 minutes up to an hour.",
        ),
    )


KINDS: Mapping[str, Callable[[Inputs, Tables], Answer]] = {
    "band_weekly_matrix": weekly_matrix,
    "band_weekly_tree": weekly_tree,
    "band_monthly_matrix": monthly_matrix,
    "band_sessions": sessions,
    "situation_matrix": situations,
    "alert_thresholds": alerts,
    "backoff": waits,
}
