"""The words of the history: names of models and projects, amounts to read and to hear, days and hours."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

from usagetray.domain.history import Amount, By, Series, Unit
from usagetray.hours import time_of_day
from usagetray.language import tr, tr_later, tr_n
from usagetray.views import amounts
from usagetray.views.cost_words import LEAST_SHOWN
from usagetray.views.figures import MONTHS, NBSP, cost, day_of_month, number
from usagetray.views.plain import plain

DAYS = (
    tr_later("Mon"), tr_later("Tue"), tr_later("Wed"), tr_later("Thu"), tr_later("Fri"), tr_later("Sat"),
    tr_later("Sun"),
)  # fmt: skip
WEEKDAYS = (
    tr_later("Monday"), tr_later("Tuesday"), tr_later("Wednesday"), tr_later("Thursday"), tr_later("Friday"),
    tr_later("Saturday"), tr_later("Sunday"),
)  # fmt: skip
MOST_NAME = 40

_FAMILY = re.compile(r"(claude-|gpt-|gemini-)(.+)")
_NUMBERS = re.compile(r"(?<=\d)-(?=\d)")
_SIZES = (
    (10**12, tr_later("trillion")),
    (10**9, tr_later("billion")),
    (10**6, tr_later("million")),
    (10**3, tr_later("thousand")),
)


# ---- names -------------------------------------------------------------------------------------------------


def model(name: str) -> str:
    """ "claude-opus-4-5" is "Opus 4.5", "gpt-5.1-codex" "GPT-5.1 Codex"; what is not known stays as it was told."""
    shown = plain(name.rpartition("/")[2] or name, MOST_NAME)  # what stands before is the way it was asked
    match = _FAMILY.fullmatch(shown)
    if match is None:
        return shown
    family, rest = match[1], _NUMBERS.sub(".", match[2])
    words = " ".join(word if word[:1].isdigit() else word.capitalize() for word in rest.split("-"))
    if family.startswith("gpt"):
        return f"{family.upper()}{words}"
    # "Opus 4.5" says whose it is; a number alone would not.
    return words if words[:1].isalpha() and family.startswith("cl") else f"{family[:-1].capitalize()} {words}"


def project(folder: str) -> str:
    """The last folder of a path, whichever system's."""
    found = [part for part in plain(folder, 400).replace("\\", "/").split("/") if part]
    return plain(found[-1], MOST_NAME) if found else tr("No folder")


def series(each: Series, by: By) -> str:
    if each.others:
        return tr("Other")
    return model(each.key) if by == "model" else project(each.key)


def whole_name(each: Series, by: By) -> str:
    """For hints: what the short name leaves out."""
    if each.others:
        if by == "model":
            return tr_n("{count} more model", "{count} more models", each.others)
        return tr_n("{count} more project", "{count} more projects", each.others)
    return plain(each.key) or tr("No folder")


# ---- amounts -----------------------------------------------------------------------------------------------


def is_unknown(amount: Amount) -> bool:
    """Nothing of it that is worth a cent has a price: "at least $0.00" would be no figure."""
    return amount.is_least and amount.usd < LEAST_SHOWN


def short(amount: Amount, unit: Unit) -> str:
    """ "$592", "≥ $12.40", "38k"; "no price" where nothing of it has one."""
    if unit == "tokens":
        return amounts.tokens(amount.tokens)
    if is_unknown(amount):
        return tr("no price")
    shown = amounts.dollars(amount.usd, whole=True)
    return f"≥{NBSP}{shown}" if amount.is_least else shown


def exact(amount: Amount, unit: Unit) -> str:
    """To the cent, and to the token."""
    if unit == "tokens":
        return tr_n("{amount} token", "{amount} tokens", amount.tokens, amount=number(amount.tokens))
    if is_unknown(amount):
        return tr("no price is known")
    return cost(amount.usd, at_least=amount.is_least)


def spoken(amount: Amount, unit: Unit) -> str:
    """ "99 dollars", "3 dollars 20 cents", "4.1 million tokens"; never a sign or a letter for a unit."""
    if unit == "tokens":
        return _spoken_tokens(amount.tokens)
    if is_unknown(amount):
        return tr("no price is known")
    said = spoken_dollars(amount.usd)
    return tr("at least {amount}", amount=said) if amount.is_least else said


def spoken_dollars(usd: Decimal) -> str:
    if usd >= 10:
        return tr("{count} dollars", count=number(usd.quantize(Decimal(1), ROUND_HALF_UP)))
    cents = int((usd * 100).to_integral_value(ROUND_HALF_UP))
    if usd > 0 and not cents:
        return tr("less than 1 cent")
    whole, rest = divmod(cents, 100)
    dollars = tr_n("{count} dollar", "{count} dollars", whole)
    if not rest:
        return dollars
    parts = tr_n("{count} cent", "{count} cents", rest)
    return parts if not whole else tr("{dollars} {cents}", dollars=dollars, cents=parts)


def _spoken_tokens(count: int) -> str:
    """Three digits, as they are shown."""
    step = 10 ** max(0, len(str(count)) - 3)
    rounded = (count + step // 2) // step * step
    for size, name in _SIZES:
        if rounded >= size:
            return tr("{amount} {size} tokens", amount=number(rounded / size, ",.12g"), size=tr(name))
    return tr_n("{count} token", "{count} tokens", count)


def spoken_share(part: float | None) -> str:
    if part is None:
        return tr("no share")
    return tr("less than 1 percent") if 0 < part < 0.005 else tr("{count} percent", count=f"{part * 100:.0f}")


# ---- days and hours ----------------------------------------------------------------------------------------


def day(at: date, today: date, *, year: bool = False) -> str:
    """ "11 Nov"; "today"."""
    if at == today:
        return tr("today")
    shown = day_of_month(at)
    return f"{shown}{NBSP}{at.year}" if year else shown


def whole_day(at: date) -> str:
    """ "Wednesday, 11 November"."""
    return tr(
        "{weekday}, {day} {month}", weekday=tr(WEEKDAYS[at.weekday()]), day=at.day, month=tr(MONTHS[at.month - 1])
    )


def spoken_day(at: date) -> str:
    return tr("{day} {month}", day=at.day, month=tr(MONTHS[at.month - 1]))


def hours(first: int, last: int) -> str:
    """ "14:00–17:00", the end of the last hour told."""
    return f"{hour(first)}–{hour(last + 1)}"


def hour(number_: int) -> str:
    """ "14:00"; 24 is midnight again."""
    return time_of_day(datetime(2000, 1, 1, number_ % 24, tzinfo=UTC))


def spoken_hours(first: int, last: int) -> str:
    return tr("{first} to {last}", first=hour(first), last=hour(last + 1))
