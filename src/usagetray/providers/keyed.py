"""What providers that are asked with the user's own key have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from usagetray.errors import Cause, SourceError
from usagetray.model import Account, Money, MoneyLine, Secret, Snapshot, UsageWindow
from usagetray.providers.contract import Address, Facts, Key, Strategy, Web
from usagetray.providers.parse import Answer, account_of_home, unread

MINUTE = timedelta(minutes=1)


def by_key(
    *,
    id: str,  # noqa: A002 - as the field it fills
    label: str,
    key: Key,
    fetch: Callable[[Facts, Web | None], tuple[Snapshot, ...]],
    origin: str | Address,
    asks: str,
    poll_every: timedelta = 5 * MINUTE,
    one_of: str | None = None,
    reasons: Mapping[str, str] | None = None,
) -> Strategy:
    """A strategy that asks one server with the user's own key. `asks`, in the consent: "how much of it is used"."""
    built_in = origin if isinstance(origin, str) else None
    host = built_in.removeprefix("https://") if built_in else "the address you name"
    return Strategy(
        id=id,
        label=label,
        needs=(key,) if isinstance(origin, str) else (origin, key),
        fetch=fetch,
        consent=(
            f"Keeps your {key.label} in your system’s key store and sends it to {host}, and nowhere else, every "
            f"{poll_every // MINUTE} minutes, to ask {asks}. The key is never written to a file or a log."
        ),
        origin=built_in,
        one_of=one_of,
        reasons=reasons or {},
        poll_every=poll_every,
        credential=lambda facts: facts.secrets.get(key.name),
    )


def usd(amount: Decimal | None) -> Money | None:
    return None if amount is None else Money(amount=amount, currency="USD")


def key_and_way(source: str, key: Key, facts: Facts, web: Web | None) -> tuple[Secret, Web]:
    """The user's key and the way to the server. Raises NOT_CONNECTED where either is missing."""
    secret = facts.secrets.get(key.name)
    if secret is None or web is None:
        raise SourceError(source, Cause.NOT_CONNECTED, "there is no API key")
    return secret, web


def told(
    source: str,
    provider_id: str,
    strategy_id: str,
    facts: Facts,
    answer: Answer,
    *,
    windows: tuple[UsageWindow, ...] = (),
    money: tuple[MoneyLine, ...] = (),
    plan: str | None = None,
    region: str = "",
    ignored: tuple[str, ...] = (),
    memory: str = "",
) -> tuple[Snapshot, ...]:
    """What was read of the answer. Raises BAD_DATA, naming fields, if nothing was.

    `region`: of a vendor whose accounts in two regions have nothing to do with each other.
    """
    if not windows and not money:
        raise SourceError(source, Cause.BAD_DATA, unread("no figure in the answer could be read", answer))
    here = account_of_home(facts.home)
    account = Account(id=f"{here.id}@{region}", label=region.title()) if region else here
    return (
        Snapshot(
            provider_id=provider_id,
            strategy_id=strategy_id,
            account=replace(account, plan=plan),
            captured_at=facts.now,
            windows=windows,
            money=money,
            dropped=tuple(answer.dropped),
            ignored=ignored,
            memory=memory,
        ),
    )
