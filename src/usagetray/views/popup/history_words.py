"""The words of the history: names of models and projects, amounts to read and to hear, days and hours."""

from __future__ import annotations

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from usagetray.domain.history import Amount, By, Series, Unit
from usagetray.language import tr, tr_later, tr_n
from usagetray.views import amounts
from usagetray.views.figures import NBSP, day_of_month
from usagetray.views.plain import plain

DAYS = (
    tr_later("Mon"), tr_later("Tue"), tr_later("Wed"), tr_later("Thu"), tr_later("Fri"), tr_later("Sat"),
    tr_later("Sun"),
)  # fmt: skip
WEEKDAYS = (
    tr_later("Monday"), tr_later("Tuesday"), tr_later("Wednesday"), tr_later("Thursday"), tr_later("Friday"),
    tr_later("Saturday"), tr_later("Sunday"),
)  # fmt: skip
WHOLE_MONTHS = (
    tr_later("January"), tr_later("February"), tr_later("March"), tr_later("April"), tr_later("May"), tr_later("June"),
    tr_later("July"), tr_later("August"), tr_later("September"), tr_later("October"), tr_later("November"),
    tr_later("December"),
)  # fmt: skip
MOST_NAME = 40

_FAMILY = re.compile(r"(claude-|gpt-|gemini-)(.+)")
_NUMBERS = re.compile(r"(?<=\d)-(?=\d)")
_CENT = Decimal("0.01")
_SIZES = {
    "T": tr_later("trillion"),
    "B": tr_later("billion"),
    "M": tr_later("million"),
    "k": tr_later("thousand"),
}


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


def short(amount: Amount, unit: Unit) -> str:
    """ "$592", "≥ $12.40", "38k"; "no price" where nothing of it has one."""
    if unit == "tokens":
        return amounts.tokens(amount.tokens)
    if amount.is_unknown:
        return tr("no price")
    shown = amounts.dollars(amount.usd, whole=True)
    return f"≥{NBSP}{shown.removeprefix('<')}" if amount.is_least else shown


def exact(amount: Amount, unit: Unit) -> str:
    """To the cent, and to the token."""
    if unit == "tokens":
        return tr_n("{amount} token", "{amount} tokens", amount.tokens, amount=f"{amount.tokens:,}")
    if amount.is_unknown:
        return tr("no price is known")
    shown = f"${amount.usd.quantize(_CENT, ROUND_HALF_UP):,}"
    if amount.is_least:
        return f"≥{NBSP}{shown}"
    return f"<${_CENT}" if 0 < amount.usd < _CENT / 2 else shown


def spoken(amount: Amount, unit: Unit) -> str:
    """ "99 dollars", "3 dollars 20 cents", "4.1 million tokens"; never a sign or a letter for a unit."""
    if unit == "tokens":
        return _spoken_tokens(amount.tokens)
    if amount.is_unknown:
        return tr("no price is known")
    said = spoken_dollars(amount.usd)
    return tr("at least {amount}", amount=said) if amount.is_least else said


def spoken_dollars(usd: Decimal) -> str:
    if usd >= 10:
        return tr("{count} dollars", count=f"{usd.quantize(Decimal(1), ROUND_HALF_UP):,}")
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
    shown = amounts.tokens(count)
    if shown[-1] in _SIZES:
        return tr("{count} {size} tokens", count=shown[:-1], size=tr(_SIZES[shown[-1]]))
    return tr_n("{count} token", "{count} tokens", count)


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
        "{weekday}, {day} {month}", weekday=tr(WEEKDAYS[at.weekday()]), day=at.day, month=tr(WHOLE_MONTHS[at.month - 1])
    )


def spoken_day(at: date) -> str:
    return tr("{day} {month}", day=at.day, month=tr(WHOLE_MONTHS[at.month - 1]))


def hours(first: int, last: int) -> str:
    """ "14:00–17:00", the end of the last hour told."""
    return f"{first:02}:00–{last + 1:02}:00"


def spoken_hours(first: int, last: int) -> str:
    return tr("{first} to {last} o’clock", first=first, last=last + 1)
