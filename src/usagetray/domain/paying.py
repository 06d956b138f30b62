"""While use is paid for on top of a plan: since when, because of which window, and what it has come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from usagetray.domain.alerts import Seen
from usagetray.domain.states import Level
from usagetray.model import Money
from usagetray.quick_dataclass import dataclass

ZERO = Decimal(0)


class Spent(NamedTuple):
    """What a vendor said had been paid on top of the plan so far: in its month, as a rule."""

    at: datetime
    used: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """Paid for from a full window on, until no full one is left. Kept in the store: a restart repeats nothing."""

    window: str  # its key: the one that was used up first
    began_at: datetime
    ends_at: datetime | None  # when that window, or the last full one, comes back
    told: Decimal = ZERO  # the highest amount that was announced


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """What an episode has come to."""

    window: str  # the key of the one that was used up first
    began_at: datetime
    amount: Money | None  # since then; None: the vendor has not said


def episode(
    seen: Sequence[Seen], former: Episode | None, used_up: Mapping[str, datetime], now: datetime
) -> Episode | None:
    """The episode an account is in; None: nothing is paid for. `seen`: its windows now.

    `used_up`: when each of the full ones was, by key. An episode goes on while any window is full, whichever began it,
    and ends when the last of them comes back; what is not known for the moment ends nothing.
    """
    full = [each for each in seen if each.level is Level.PAYING and each.used is not None]
    if full:
        ends_at = max((each.resets_at for each in full if each.resets_at is not None), default=None)
        if former is not None:
            return replace(former, ends_at=ends_at)
        first = min(full, key=lambda each: (used_up.get(each.window, each.captured_at), -_end(each)))
        return Episode(window=first.window, began_at=used_up.get(first.window, first.captured_at), ends_at=ends_at)
    if former is None or former.ends_at is None or now >= former.ends_at:
        return None
    is_known = any(each.window == former.window and each.may_alert for each in seen)
    return None if is_known else former


def _end(seen: Seen) -> float:
    return seen.resets_at.timestamp() if seen.resets_at is not None else float("inf")


def spent_since(said: Iterable[Spent], began_at: datetime) -> Money | None:
    """What was paid since then; None where nothing was said of it since, or only in several currencies.

    A sum that falls began anew, with its month. Without a reading from before, the first one is where it began: what
    had been paid of it then nobody knows, so the sum is the least it can be.
    """
    in_order = sorted(said, key=lambda each: (each.at, each.used.amount))
    before = [each for each in in_order if each.at < began_at]
    after = [each for each in in_order if each.at >= began_at]
    if not after or len({each.used.currency for each in (*before[-1:], *after)}) > 1:
        return None
    last = (before[-1:] or after[:1])[0].used.amount
    total = ZERO
    for each in after:
        amount = each.used.amount
        total += amount - last if amount >= last else amount
        last = amount
    return Money(amount=total, currency=after[-1].used.currency)


def amount_crossed(spent: Money, amounts: Sequence[Decimal], told: Decimal) -> Decimal | None:
    """The highest of the amounts that has been reached and was not announced yet; None for none."""
    crossed = max((each for each in amounts if spent.amount >= each), default=ZERO)
    return crossed if crossed > told else None
