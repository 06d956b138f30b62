"""The allowance meter in words: how many tokens one percent of a limit takes, and whether that has changed.

Tokens are weighted by list price, for an output token takes more of a limit than one read from a cache. What a plan
allows is told by nobody; it is measured here from readings and the tokens counted between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from usagetray.domain.forecast.memory import PER_DOLLAR, Allowance
from usagetray.language import tr
from usagetray.overview import AccountView, WindowView
from usagetray.views.amounts import dollars, share, tokens
from usagetray.views.figures import day_of_month
from usagetray.views.words import account_name, window_name

EPOCH = date(1970, 1, 1)
MOST_DAYS = 4
WORTH_SAYING = 0.02
"""Share of a limit's use that came from elsewhere."""


def allowance_lines(window: WindowView) -> tuple[str, ...]:
    """What is known of the allowance behind a limit, a sentence each; () before it was measured."""
    told = window.forecast
    if told is None or not told.allowances:
        return ()
    now = told.allowances[-1]
    said = [
        tr(
            "1 % of it takes about {tokens} tokens weighted by price, {cost} at list prices; between {low} and {high}.",
            tokens=_tokens(now.tokens),
            cost=dollars(Decimal(now.tokens / PER_DOLLAR)),
            low=_tokens(now.low),
            high=_tokens(now.high),
        )
    ]
    if told.allowance_change is not None:
        said.append(_change(*told.allowance_change))
    earlier = told.allowances[-1 - MOST_DAYS : -1]
    if earlier:
        days = ", ".join(f"{_day(each)} {_tokens(each.tokens)}" for each in earlier)
        said.append(tr("On earlier days: {days}.", days=days))
    if told.others_share >= WORTH_SAYING:
        said.append(tr("Lately about {share} of its use came from elsewhere.", share=share(told.others_share)))
    return tuple(said)


def change_notices(accounts: Sequence[AccountView]) -> tuple[str, ...]:
    """Of each limit whose allowance has clearly changed."""
    return tuple(
        tr(
            "The allowance of {name} seems to have changed: 1 % took about {before} weighted tokens, now {now}.",
            name=f"{account_name(account, accounts)} {window_name(window)}",
            before=_tokens(window.forecast.allowance_change[0].tokens),
            now=_tokens(window.forecast.allowance_change[1].tokens),
        )
        for account in accounts
        for window in account.windows
        if window.forecast is not None and window.forecast.allowance_change is not None
    )


def _change(before: Allowance, now: Allowance) -> str:
    return tr(
        "The allowance seems to have changed: 1 % took about {before} weighted tokens, now {now}.",
        before=_tokens(before.tokens),
        now=_tokens(now.tokens),
    )


def _tokens(count: float) -> str:
    return tokens(round(count))


def _day(told: Allowance) -> str:
    return day_of_month(EPOCH + timedelta(days=told.day))
