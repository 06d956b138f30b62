"""What may be seen by others who look at this screen: no account's name, no project, no sum of money. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from usagetray.domain.alerts import AlertKind
from usagetray.language import tr
from usagetray.overview import AccountView, Overview
from usagetray.views.figures import percent


def alert_title(kind: AlertKind, threshold: float | None) -> str:
    """ "A limit is at 75 %". `threshold`: a share; of a sum that was paid it is not said."""
    match kind:
        case AlertKind.THRESHOLD:
            return tr("A limit is at {percent}", percent=percent(threshold))
        case AlertKind.LOCKED:
            return tr("A limit is used up")
        case AlertKind.BACK:
            return tr("A limit is back")
        case AlertKind.PAYING:
            return tr("Use is paid for now")
        case AlertKind.PAYING_AMOUNT:
            return tr("More was paid for use")
        case AlertKind.BILLING_ROUTE:
            return tr("Something else than a plan is billed")
        case AlertKind.BUDGET:
            return tr("A budget is at {percent}", percent=percent(threshold))
        case AlertKind.SPIKE:
            return tr("More is used than usual")
        case _:
            return tr("A limit runs out before its reset")


def alert_text() -> str:
    """The text below each such title."""
    return tr("Presentation mode is on; the rest is in usagetray.")


def overview(shown: Overview) -> Overview:
    """The same without names of accounts and sums. An account of which nothing else is known is left out."""
    accounts = tuple(_account(each) for each in shown.accounts if each.windows or not (each.money or each.cost))
    if len({each.provider for each in accounts}) < len(accounts):
        accounts = _numbered(accounts)
    return replace(shown, accounts=accounts, billing=(), budgets=(), spikes=(), cost=None, notices=())


def _account(account: AccountView) -> AccountView:
    return replace(
        account,
        label=None,
        money=(),
        money_captured_at=None,
        money_stale=False,
        shares=(),
        cost=None,
        paid=None,
        billed_beside=(),
        billing=None,
    )


def _numbered(accounts: Sequence[AccountView]) -> tuple[AccountView, ...]:
    """Several of one provider are told apart by their place, for as long as others look."""
    counted: dict[str, int] = {}
    found = []
    for account in accounts:
        number = counted[account.provider] = counted.get(account.provider, 0) + 1
        found.append(replace(account, label=str(number)))
    return tuple(found)
