"""Amounts as people read them: tokens in three digits, costs with what they leave out."""

from __future__ import annotations

from decimal import Decimal

from usagetray.language import tr, tr_later
from usagetray.model import Money
from usagetray.views.figures import NARROW, NBSP, money, number

_UNITS = (
    (10**12, tr_later("{amount}T")),
    (10**9, tr_later("{amount}B")),
    (10**6, tr_later("{amount}M")),
    (10**3, tr_later("{amount}k")),
)


def tokens(count: int) -> str:
    """ "950", "38k", "4.1M", "1.92B": three digits at most, rounded half up, without zeros at the end."""
    step = 10 ** max(0, len(str(count)) - 3)
    rounded = (count + step // 2) // step * step
    for size, unit in _UNITS:
        if rounded >= size:
            return tr(unit, amount=number(rounded / size, ",.12g")).replace(" ", NBSP)
    return str(count)


def dollars(amount: Decimal, *, whole: bool = False) -> str:
    """ "$12.66", "$1,235", "<$0.01"; `whole` for what is only reckoned, from $10 up: "$55"."""
    if whole and abs(amount) >= 10:
        return money(Money(amount=amount.to_integral_value(rounding="ROUND_HALF_UP"), currency="USD"), trim=True)
    return money(Money(amount=amount, currency="USD"))


def share(part: float | None) -> str:
    """ "38 %", rounded to the nearest; "–" without a figure. For shares of a sum, which are no limits."""
    if part is None:
        return "–"
    return f"<1{NARROW}%" if 0 < part < 0.005 else f"{part * 100:.0f}{NARROW}%"
