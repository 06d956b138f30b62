"""Where a plan and the API cost the same: in dollars, tokens, days and sessions, at one's own mix."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from usagetray.quick_dataclass import dataclass

MILLION = Decimal(1_000_000)


class Pays(StrEnum):
    YES = "yes"
    EVEN = "break-even"
    NO = "no"


def pays(equivalent: Decimal, fee: Decimal) -> Pays:
    """Whether the plan pays: use worth more than its fee. Just as much is reached, and is neither yes nor no."""
    if equivalent == fee:
        return Pays.EVEN
    return Pays.YES if equivalent > fee else Pays.NO


def reached(equivalent: Decimal, fees: Mapping[str, Decimal]) -> tuple[str, ...]:
    """Plans whose fee the use is worth, in the order given. Which of them is large enough, money cannot say."""
    return tuple(name for name, fee in fees.items() if pays(equivalent, fee) is not Pays.NO)


def blended(usd: Decimal, tokens: int) -> Decimal | None:
    """Dollars per million tokens of all kinds; depends on caching and mix, so it is nobody else's."""
    return usd * MILLION / tokens if tokens else None


def whole(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEven:
    """The use at which API-equivalent and fee meet. None: nothing to tell it from."""

    fee: Decimal  # a month
    rate: Decimal | None  # dollars per million tokens
    tokens: int | None  # a month
    tokens_week: int | None
    active_days: Decimal | None  # a month, at the mean of an active day
    sessions: Decimal | None  # a month, at the mean of a session


def break_even(
    fee: Decimal, *, usd: Decimal, tokens: int, active_days: int | None = None, sessions: int | None = None
) -> BreakEven:
    """`usd`, `tokens`, `active_days` and `sessions` of one and the same span, whatever its length."""
    per_month = fee * tokens / usd if usd > 0 and tokens else None
    return BreakEven(
        fee=fee,
        rate=blended(usd, tokens),
        tokens=None if per_month is None else whole(per_month),
        tokens_week=None if per_month is None else whole(per_month * 12 / 52),
        active_days=fee * active_days / usd if usd > 0 and active_days else None,
        sessions=fee * sessions / usd if usd > 0 and sessions else None,
    )


def sessions_for(fee: Decimal, per_session: Decimal) -> Decimal | None:
    """How many sessions a month are worth the fee."""
    return fee / per_session if per_session > 0 else None
