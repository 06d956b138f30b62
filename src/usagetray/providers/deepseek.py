"""DeepSeek: prepaid credits, asked for with the user's own key.

Source: GET /user/balance, documented by the vendor, read on 2026-11-20. Amounts are decimal texts, one row per
currency (USD, CNY); what is left is stated, what was spent is not. `granted_balance` and `topped_up_balance` add
up to the total and are not shown by themselves.
"""

from __future__ import annotations

from datetime import timedelta

from usagetray.model import Money, MoneyKind, MoneyLine, Snapshot
from usagetray.providers.contract import Facts, Key, Provider, Web
from usagetray.providers.keyed import by_key, key_and_way, told
from usagetray.providers.parse import Answer

ID, SOURCE = "deepseek", "DeepSeek"
KEY = Key(name="api_key", label="API key", env=("DEEPSEEK_API_KEY",))


def fetch(facts: Facts, web: Web | None) -> tuple[Snapshot, ...]:
    key, way = key_and_way(SOURCE, KEY, facts, web)
    answer = Answer(way.get_json("/user/balance", bearer=key))
    return told(SOURCE, ID, "balance", facts, answer, money=credits_of(answer))


def credits_of(answer: Answer) -> tuple[MoneyLine, ...]:
    """One line per currency, the one to read first at the front: what has something left, and US dollars."""
    is_usable = answer.flag("is_available")
    balances = [balance for row in answer.rows("balance_infos") if (balance := _balance(row)) is not None]
    balances.sort(key=lambda balance: (balance.amount == 0, balance.currency != "USD", balance.currency))
    has_any = any(balance.amount for balance in balances)
    wrong = ["not_usable" if each.amount and is_usable is False else None for each in balances]
    return tuple(
        MoneyLine(kind=MoneyKind.CREDITS, label="Credits", balance=each, disabled_reason=why if has_any else "spent")
        for each, why in zip(balances, wrong, strict=True)
    )


def _balance(row: Answer) -> Money | None:
    amount, currency = row.number("total_balance"), row.text("currency")
    if amount is not None and currency is None:
        row.drop("currency")  # a number of what?
    return Money(amount=amount, currency=currency) if amount is not None and currency is not None else None


SOURCES = (
    by_key(
        id="balance",
        label=SOURCE,
        key=KEY,
        fetch=fetch,
        origin="https://api.deepseek.com",
        asks="how much of your prepaid credits is left; that costs no credits",
        poll_every=timedelta(minutes=15),
    ),
)
PROVIDER = Provider(id=ID, name=SOURCE, homes=None, strategies=SOURCES, hosts=("deepseek.com",), official=True)
