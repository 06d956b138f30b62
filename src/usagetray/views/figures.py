"""Figures as people read them: shares, spans, instants and money. One place, so that every view says the same.

Inside a figure the spaces do not break: "62 %" (narrow), "1 h 16 m", "Mon 09:00".
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from usagetray.model import Money
from usagetray.views.plain import plain

NARROW = "\u202f"  # narrow no-break space, before %
NBSP = "\u00a0"
DASH = "–"
MINUS = "−"

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CNY": "CN¥", "INR": "₹", "KRW": "₩", "BRL": "R$"}
_WHOLE_CURRENCIES = frozenset({"JPY", "KRW"})
_LONGEST_PERCENT = 999


# ---- shares ------------------------------------------------------------------------------------------------


def used_percent(share: float | None) -> float | None:
    """The share as a percentage without float noise, for scripts; None where there is no legal figure."""
    if share is None or share < 0 or not math.isfinite(share * 100):
        return None
    rounded = round(share * 100, 6)  # 0.29 * 100 is 28.999999999999996, and means 29
    return int(rounded) if rounded.is_integer() else rounded


def percent(share: float | None, *, left: bool = False) -> str:
    """ "62 %": rounded down, so that 100 appears only when it is reached; "<1 %" is not zero, "–" is no figure.

    Left is 100 minus the used figure as shown, so that the two always add up; nothing is left from 100 upward.
    """
    exact = used_percent(share)
    if share is None or exact is None:
        return DASH
    if share > 0 and exact < 1:
        return f">99{NARROW}%" if left else f"<1{NARROW}%"
    whole = math.floor(exact)
    if left:
        return f"{max(0, 100 - whole)}{NARROW}%"
    if whole > _LONGEST_PERCENT:
        return f">{_LONGEST_PERCENT}{NARROW}%"
    return f"{whole}{NARROW}%"


def used_or_left(share: float | None, left: bool) -> str:
    """ "62 % used" or "38 % left": the word is always there."""
    shown = percent(share, left=left)
    return shown if shown == DASH else f"{shown} {'left' if left else 'used'}"


def is_over(share: float | None) -> bool:
    """Whether a whole percent beyond the limit was reported."""
    exact = used_percent(share)
    return exact is not None and exact >= 101


# ---- spans -------------------------------------------------------------------------------------------------


def duration(span: timedelta) -> str:
    """Time to go, its two largest units rounded down: "2 d 13 h", "13 m", "under 1 m"; "now" when none is left."""
    if span <= timedelta(0):
        return "now"
    if span < timedelta(minutes=1):
        return f"under{NBSP}1{NBSP}m"
    return _two_units(span)


def countdown(at: datetime, now: datetime) -> str:
    """ "in 1 h 16 m", or "now"."""
    span = duration(at - now)
    return span if span == "now" else f"in {span}"


def age(span: timedelta) -> str:
    """How long ago: "24 s", "1 m", "1 h 42 m". A negative span (a clock that was set back) is "0 s"."""
    if span < timedelta(minutes=1):
        return f"{max(0, int(span.total_seconds()))}{NBSP}s"
    return _two_units(span)


def ago(at: datetime, now: datetime) -> str:
    """ "1 m ago", or "just now" within the last seconds."""
    span = now - at
    return "just now" if span < timedelta(seconds=5) else f"{age(span)} ago"


def old(at: datetime, now: datetime) -> str:
    """ "1 h 42 m old"."""
    return f"{age(now - at)} old"


def _two_units(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    units = ((minutes // 1440, "d"), (minutes // 60 % 24, "h"), (minutes % 60, "m"))
    first = next(index for index, (count, _) in enumerate(units) if count)
    return NBSP.join(f"{count}{NBSP}{unit}" for count, unit in units[first : first + 2] if count)


# ---- instants ----------------------------------------------------------------------------------------------


def instant(at: datetime, now: datetime, zone: tzinfo, *, with_day: bool = False) -> str:
    """ "21:20" today, "Mon 09:00" within six days, "30 Nov 09:00" beyond, with the year when that is not clear.

    `with_day` names the day even today: a weekly reset is never a bare time.
    """
    # Vendors restate a reset some milliseconds early: 20:59:59.9 means 21:00.
    local, today = _local(at + timedelta(seconds=1), zone), _local(now, zone)
    clock = f"{local:%H:%M}"
    days = (local.date() - today.date()).days
    if days == 0 and not with_day:
        return clock
    if abs(days) <= 6:
        return f"{_DAYS[local.weekday()]}{NBSP}{clock}"
    date = f"{local.day}{NBSP}{_MONTHS[local.month - 1]}"
    if abs(days) > 300:
        date += f"{NBSP}{local.year}"
    return f"{date}{NBSP}{clock}"


def _local(at: datetime, zone: tzinfo) -> datetime:
    try:
        return at.astimezone(zone)
    except OverflowError:  # the year 9999, as some vendors say "never"
        return at.astimezone(UTC)


# ---- money -------------------------------------------------------------------------------------------------


def money(sum_: Money, *, trim: bool = False) -> str:
    """ "$12.66", "€1,234", "412.50 credits"; "<$0.01" for less than the smallest coin, "–" for no legal amount.

    `trim` leaves out the cents of a whole amount: limits read "$50".
    """
    if not sum_.amount.is_finite():
        return DASH
    coin = Decimal(1) if sum_.currency in _WHOLE_CURRENCIES else Decimal("0.01")
    amount = abs(sum_.amount)
    sign = MINUS if sum_.amount < 0 else ""
    try:
        if 0 < amount < coin:
            return "<" + sign + _in_currency(str(coin), sum_.currency)
        shown = amount.quantize(coin, ROUND_HALF_UP)
        if shown >= 1000 or (trim and shown == shown.to_integral_value()):
            shown = amount.quantize(Decimal(1), ROUND_HALF_UP)
    except InvalidOperation:  # more digits than any sum of money has
        return DASH
    return sign + _in_currency(f"{shown:,}", sum_.currency)


def cost(usd: Decimal, *, at_least: bool = False) -> str:
    """A cost at list prices, to the cent: "$12.66", "$1,234.50", "≥ $12.66"; "<$0.01" below half a cent.

    Rounded here and nowhere else, once it has been summed.
    """
    if not usd.is_finite():
        return DASH
    try:
        shown = abs(usd).quantize(Decimal("0.01"), ROUND_HALF_UP)
    except InvalidOperation:  # more digits than any sum of money has
        return DASH
    mark = f"≥{NBSP}" if at_least else ""
    if usd and not shown:
        return f"{mark}$0.00" if at_least else "<$0.01"
    return f"{mark}{MINUS if usd < 0 else ''}${shown:,}"


def exact_amount(sum_: Money) -> str | None:
    """The amount with its currency's own decimals, for scripts: "12.66"; None for no legal amount."""
    coin = Decimal(1) if sum_.currency in _WHOLE_CURRENCIES else Decimal("0.01")
    try:
        return f"{sum_.amount.quantize(coin, ROUND_HALF_UP):f}" if sum_.amount.is_finite() else None
    except InvalidOperation:
        return None


def _in_currency(amount: str, currency: str) -> str:
    sign = _SIGNS.get(currency)
    return f"{sign}{amount}" if sign else f"{amount}{NBSP}{plain(currency, 12)}"
