"""Figures as people read them: shares, spans, instants and money. One place, so that every view says the same.

Inside a figure the spaces do not break: "62 %" (narrow), "1 h 16 m", "Mon 09:00".
"""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from usagetray.hours import time_of_day
from usagetray.language import tr, tr_later
from usagetray.model import Money
from usagetray.views.plain import plain

NARROW = "\u202f"  # narrow no-break space, before %
NBSP = "\u00a0"
DASH = "–"
MINUS = "−"

_DAYS = (
    tr_later("Mon"), tr_later("Tue"), tr_later("Wed"), tr_later("Thu"), tr_later("Fri"), tr_later("Sat"),
    tr_later("Sun"),
)  # fmt: skip
_MONTHS = (
    tr_later("Jan"), tr_later("Feb"), tr_later("Mar"), tr_later("Apr"), tr_later("May"), tr_later("Jun"),
    tr_later("Jul"), tr_later("Aug"), tr_later("Sep"), tr_later("Oct"), tr_later("Nov"), tr_later("Dec"),
)  # fmt: skip
MONTHS = (
    tr_later("January"), tr_later("February"), tr_later("March"), tr_later("April"), tr_later("May"), tr_later("June"),
    tr_later("July"), tr_later("August"), tr_later("September"), tr_later("October"), tr_later("November"),
    tr_later("December"),
)  # fmt: skip
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
    if shown == DASH:
        return shown
    return tr("{share} left", share=shown) if left else tr("{share} used", share=shown)


def is_over(share: float | None) -> bool:
    """Whether a whole percent beyond the limit was reported."""
    exact = used_percent(share)
    return exact is not None and exact >= 101


# ---- spans -------------------------------------------------------------------------------------------------


def duration(span: timedelta) -> str:
    """Time to go, its two largest units rounded down: "2 d 13 h", "13 m", "under 1 m"; "now" when none is left."""
    if span <= timedelta(0):
        return tr("now")
    if span < timedelta(minutes=1):
        return tr("under 1 m").replace(" ", NBSP)
    return _two_units(span)


def countdown(at: datetime, now: datetime) -> str:
    """ "in 1 h 16 m", or "now"."""
    span = at - now
    return duration(span) if span <= timedelta(0) else tr("in {span}", span=duration(span))


def age(span: timedelta) -> str:
    """How long ago: "24 s", "1 m", "1 h 42 m". A negative span (a clock that was set back) is "0 s"."""
    if span < timedelta(minutes=1):
        return _counted(max(0, int(span.total_seconds())), tr("{count} s"))
    return _two_units(span)


def ago(at: datetime, now: datetime) -> str:
    """ "1 m ago", or "just now" within the last seconds."""
    span = now - at
    return tr("just now") if span < timedelta(seconds=5) else tr("{span} ago", span=age(span))


def old(at: datetime, now: datetime) -> str:
    """ "1 h 42 m old"."""
    return tr("{span} old", span=age(now - at))


def _two_units(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    units = (
        (minutes // 1440, tr("{count} d")),
        (minutes // 60 % 24, tr("{count} h")),
        (minutes % 60, tr("{count} m")),
    )
    first = next(index for index, (count, _) in enumerate(units) if count)
    return NBSP.join(_counted(count, unit) for count, unit in units[first : first + 2] if count)


def _counted(count: int, unit: str) -> str:
    return unit.format(count=count).replace(" ", NBSP)


# ---- instants ----------------------------------------------------------------------------------------------


def instant(at: datetime, now: datetime, zone: tzinfo, *, with_day: bool = False) -> str:
    """ "21:20" today, "Mon 09:00" within six days, "30 Nov 09:00" beyond, with the year when that is not clear.

    `with_day` names the day even today: a weekly reset is never a bare time.
    """
    # Vendors restate a reset some milliseconds early: 20:59:59.9 means 21:00.
    local, today = _local(at + timedelta(seconds=1), zone), _local(now, zone)
    clock = time_of_day(local)
    days = (local.date() - today.date()).days
    if days == 0 and not with_day:
        return clock
    if abs(days) <= 6:
        return f"{tr(_DAYS[local.weekday()])}{NBSP}{clock}"
    day = day_of_month(local)
    if abs(days) > 300:
        day += f"{NBSP}{local.year}"
    return f"{day}{NBSP}{clock}"


def day_of_month(day: date) -> str:
    """ "30 Nov"."""
    written = tr("{day} {month}", day=day.day, month=tr(_MONTHS[day.month - 1]))
    return written.replace(" ", NBSP)


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
            return "<" + sign + _in_currency(number(coin), sum_.currency)
        shown = amount.quantize(coin, ROUND_HALF_UP)
        if shown >= 1000 or (trim and shown == shown.to_integral_value()):
            shown = amount.quantize(Decimal(1), ROUND_HALF_UP)
    except InvalidOperation:  # more digits than any sum of money has
        return DASH
    return sign + _in_currency(number(shown), sum_.currency)


def bare(sum_: Money) -> str:
    """The same before a sum that names the unit: "8,000" of "8,000 of 25,000 credits"; a sign stays, "$3.12 of $50"."""
    shown = money(sum_)
    return shown if sum_.currency in _SIGNS else shown.removesuffix(f"{NBSP}{plain(sum_.currency, 12)}")


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
    if usd and not shown and not at_least:
        return "<" + _in_currency(number(Decimal("0.01")), "USD")
    return f"{mark}{MINUS if usd < 0 and shown else ''}{_in_currency(number(shown), 'USD')}"


def exact_amount(sum_: Money) -> str | None:
    """The amount with its currency's own decimals, for scripts: "12.66"; None for no legal amount."""
    coin = Decimal(1) if sum_.currency in _WHOLE_CURRENCIES else Decimal("0.01")
    try:
        return f"{sum_.amount.quantize(coin, ROUND_HALF_UP):f}" if sum_.amount.is_finite() else None
    except InvalidOperation:
        return None


def _in_currency(amount: str, currency: str) -> str:
    sign = _SIGNS.get(currency)
    if sign is None:
        return f"{amount}{NBSP}{plain(currency, 12)}"
    return tr("{sign}{amount}", sign=sign, amount=amount).replace(" ", NBSP)


# ---- numbers -----------------------------------------------------------------------------------------------


def number(value: Decimal | float, form: str = ",") -> str:
    """ "1,234.5", with the separators of the language; `form` as `format` takes it."""
    written, model = format(value, form), tr("1,234.5")
    return written if model == "1,234.5" else written.translate({ord(","): model[1], ord("."): model[5]})
