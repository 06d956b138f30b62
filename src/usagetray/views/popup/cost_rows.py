"""The rows of an account's cost to date: what its logs come to at list prices, with no bar, for there is no limit."""

from __future__ import annotations

from usagetray.domain.cost import Cost
from usagetray.domain.cost_to_date import CostToDate
from usagetray.language import tr
from usagetray.overview import AccountView, Overview
from usagetray.views import cost_words
from usagetray.views.amounts import tokens
from usagetray.views.popup.spec import Row, Spoken
from usagetray.views.popup.spoken import sentences, spoken
from usagetray.views.words import account_name


def cost_rows(key: str, account: AccountView, overview: Overview, *, compact: bool) -> tuple[Row, ...]:
    """One row with both sums; where rows are small, one for each. A day without use has none of its own."""
    cost = account.cost
    if cost is None:
        return ()
    month = cost_words.month_name(cost)
    if compact:
        periods = [(tr("Today"), cost.of_day), (month, cost.of_month)]
        return tuple(
            _row(f"{key}/cost/{name}", name, each, account, cost, overview, rights=(_label(each),), compact=True)
            for name, each in periods
            if each.tokens
        )
    rights = (cost_words.meaning(account), "")
    if not cost.of_day.tokens:
        lefts = (tr("Nothing used today"),)
        return (_row(f"{key}/cost", month, cost.of_month, account, cost, overview, lefts=lefts, rights=rights),)
    in_month = tr("{cost} in {month}", cost=cost_words.amount_or_why(cost.of_month), month=month)
    lefts = (in_month[:1].upper() + in_month[1:],)
    return (_row(f"{key}/cost", tr("Today"), cost.of_day, account, cost, overview, lefts=lefts, rights=rights),)


def _label(cost: Cost) -> str:
    return tr(cost_words.LABEL) if cost_words.amount(cost) else tr("{count} tokens", count=tokens(cost.tokens))


def _row(
    key: str,
    name: str,
    shown: Cost,
    account: AccountView,
    cost: CostToDate,
    overview: Overview,
    *,
    lefts: tuple[str, ...] = (),
    rights: tuple[str, ...],
    compact: bool = False,
) -> Row:
    said = cost_words.to_date(cost, overview)
    said = said[:1].upper() + said[1:]
    missing = cost_words.missing(cost)
    return Row(
        key=key,
        name=name,
        scope="" if compact else _label(shown),
        figure=cost_words.amount_or_why(shown, short=True),
        unit=tr("so far") if cost_words.amount(shown) and not overview.is_counted else "",
        share=None,
        fill="none",
        lefts=lefts,
        rights=rights,
        compact=compact,
        why="\n".join((f"{said}: {cost_words.meaning(account)}", *cost_words.details(account, cost, overview))),
        spoken=Spoken(
            name=tr("{name} cost", name=account_name(account, overview.accounts)),
            description=spoken(sentences(said, cost_words.meaning(account), missing)),
        ),
    )
