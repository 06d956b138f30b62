"""Questions by the session: a month of them, the number that is worth a plan, a table of scenarios."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from usagetray.domain.advice.break_even import sessions_for
from usagetray.domain.advice.rules_of_thumb import PUBLISHED_SESSION_USD
from usagetray.views.cli.worked.reading import Answer, Inputs, Tables, money


def month(inputs: Inputs, _: Tables) -> Answer:
    count = inputs.amount("sessions_per_day") * inputs.amount("days")
    return Answer({"sessions": count, "usd": count * inputs.amount("usd_per_session")})


def break_even(inputs: Inputs, _: Tables) -> Answer:
    each, days = inputs.above_zero("usd_per_session"), inputs.above_zero("days")
    counts = {name: sessions_for(fee, each) for name, fee in inputs.named_amounts("fees").items()}
    return Answer(
        {
            "sessions_per_month": counts,
            "sessions_per_day": {name: None if count is None else count / days for name, count in counts.items()},
        },
        ("In money alone. A plan may be worth more for its limits, which the peaks of its windows show.",),
    )


def scenarios(inputs: Inputs, _: Tables) -> Answer:
    days, each, counts = inputs.amount("days"), inputs.amount("usd_per_session"), inputs.amounts("sessions_per_day")
    return Answer(
        {
            "usd": [count * days * each for count in counts],
            "at_0_50": [count * days * PUBLISHED_SESSION_USD for count in counts],
        },
        (
            f"The price of a session decides: {money(each)} as stated here, while the published table of such "
            f"scenarios works at {money(PUBLISHED_SESSION_USD)}.",
        ),
    )


KINDS: Mapping[str, Callable[[Inputs, Tables], Answer]] = {
    "sessions_month": month,
    "break_even_sessions": break_even,
    "scenario_table": scenarios,
}
