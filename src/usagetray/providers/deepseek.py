"""DeepSeek: prepaid credits, asked for with the user's own key.

Source: GET /user/balance, documented by the vendor, read on 2026-11-20. Amounts are decimal texts, one row per
currency (USD, CNY); what is left is stated, what was spent is not. `granted_balance` and `topped_up_balance` add
up to the total and are not shown by themselves.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from usagetray.errors import Cause, SourceError
from usagetray.model import Account, Money, MoneyKind, MoneyLine, Secret, Snapshot
from usagetray.providers.contract import Facts, Key, Provider, Strategy, Web
from usagetray.providers.parse import Answer, unread

ID = "deepseek"
SOURCE = "DeepSeek"
STRATEGY_ID = "balance"
PATH = "/user/balance"
KEY = Key(name="api_key", label="API key", env=("DEEPSEEK_API_KEY",))


def key(facts: Facts) -> Secret | None:
    return facts.secrets.get(KEY.name)


def fetch(facts: Facts, web: Web | None) -> tuple[Snapshot, ...]:
    secret = key(facts)
    if secret is None or web is None:
        raise SourceError(SOURCE, Cause.NOT_CONNECTED, "there is no API key")
    answer = Answer(web.get_json(PATH, bearer=secret))
    found = credits_of(answer)
    if not found:
        raise SourceError(SOURCE, Cause.BAD_DATA, unread("no balance in the answer could be read", answer))
    return (
        Snapshot(
            provider_id=ID,
            strategy_id=STRATEGY_ID,
            account=Account(id="default"),  # the vendor does not say whose key it is
            captured_at=facts.now,
            money=found,
            dropped=tuple(answer.dropped),
        ),
    )


def credits_of(answer: Answer) -> tuple[MoneyLine, ...]:
    """One line per currency, the one to read first at the front: what has something left, and US dollars."""
    is_usable = answer.flag("is_available")
    balances = [balance for row in answer.rows("balance_infos") if (balance := _balance(row)) is not None]
    balances.sort(key=lambda balance: (balance.amount == 0, balance.currency != "USD", balance.currency))
    all_spent = all(balance.amount == 0 for balance in balances)
    return tuple(
        MoneyLine(
            kind=MoneyKind.CREDITS,
            label="Credits",
            balance=balance,
            disabled_reason="spent" if all_spent else _unusable(balance.amount, is_usable),
        )
        for balance in balances
    )


def _balance(row: Answer) -> Money | None:
    amount, currency = row.number("total_balance"), row.text("currency")
    if amount is None:
        return None
    if currency is None:
        row.drop("currency")  # a number of what?
        return None
    return Money(amount=amount, currency=currency)


def _unusable(amount: Decimal, is_usable: bool | None) -> str | None:
    return "not_usable" if is_usable is False and amount else None


PROVIDER = Provider(
    id=ID,
    name=SOURCE,
    homes=None,
    strategies=(
        Strategy(
            id=STRATEGY_ID,
            label=SOURCE,
            needs=(KEY,),
            fetch=fetch,
            consent=(
                "Keeps your API key in your system’s key store and sends it to api.deepseek.com, and nowhere else, "
                "every 15 minutes, to ask how much of your prepaid credits is left. That costs no credits. The key is "
                "never written to a file or a log."
            ),
            origin="https://api.deepseek.com",
            poll_every=timedelta(minutes=15),
            credential=key,
        ),
    ),
    official=True,
)
