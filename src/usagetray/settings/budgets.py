"""The user's budgets, as the settings file tells them: `[[budgets]]` tables, each one sum for a day, week or month.

[[budgets]]
amount = "300"                 # all that is needed: a month, everything, at list prices
name = "Everything"            # what it is called; without it, after what it is for
period = "month"               # or "week" (from Monday), "day"
provider = "claude"            # or project = "webshop", or app = "docs-bot"; several must all hold
basis = "estimate"             # our count at list prices; or "billed": what the vendor billed
currency = "USD"               # another one only with basis = "billed"
thresholds = [50, 75, 90]      # percentages at which to alert; without them, those of all alerts
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from usagetray.language import tr_later
from usagetray.quick_dataclass import dataclass
from usagetray.settings.rates import RowError, as_written, line_of

KEYS = ("name", "amount", "currency", "period", "provider", "project", "app", "basis", "thresholds")
PERIODS = ("day", "week", "month")
BASES = ("estimate", "billed")
SUM = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,2})?")
LONGEST_NAME, LONGEST_PLACE = 40, 400
EVERYTHING = "Everything"


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """A sum that the user does not want to exceed."""

    name: str
    amount: Decimal  # above zero
    place: str = ""  # for sentences: the file and the line
    currency: str = "USD"
    period: str = "month"  # one of `PERIODS`
    provider: str = ""  # its id; "": all
    project: str = ""  # a folder, or the last part of its name; "": all
    app: str = ""  # one of the user's own programs; "": all use, whoever made it
    basis: str = ""  # one of `BASES`; "": billed for a vendor that tells its bill, else an estimate
    thresholds: tuple[float, ...] | None = None  # shares, ascending; None: those of all alerts

    @property
    def key(self) -> str:
        """Of what was announced of it: another sum is another budget."""
        return f"{self.period} {self.amount.normalize():f} {self.currency}"

    def written(self) -> dict[str, Any]:
        """As it stands in the file."""
        texts = {key: value for key in KEYS[:-1] if (value := str(getattr(self, key)))}
        if self.thresholds is None:
            return texts
        return {**texts, "thresholds": [round(each * 100, 3) for each in self.thresholds]}


def read(found: Any, path: str, text: str, problem: Callable[[str], None]) -> tuple[Budget, ...]:
    """The budgets of a file's text that can be used; `problem` is told of each other one, in a sentence, and it is left
    out."""
    try:
        tables = _tables(found)
    except ValueError as error:
        problem(f"{path}, line {line_of(text, 0, '', 'budgets')}: budgets takes {error}; none are used.")
        return ()
    budgets: list[Budget] = []
    for number, row in enumerate(tables):
        try:
            budgets.append(_row(row, f"{path}, line {line_of(text, number, 'amount', 'budgets')}", budgets))
        except RowError as error:
            place = f"{path}, line {line_of(text, number, error.key, 'budgets')}"
            problem(f"{place}: budgets.{error.key} takes {error}, not {error.found}; this budget is left out.")
    return tuple(budgets)


def check(found: Any) -> tuple[Budget, ...]:
    """All budgets, for one who sets them: raises ValueError at the first that cannot be used."""
    budgets: list[Budget] = []
    for row in _tables(found):
        budgets.append(_row(row, "", budgets))
    return tuple(budgets)


# ---- one budget --------------------------------------------------------------------------------------------


def _tables(found: Any) -> list[Mapping[str, Any]]:
    if isinstance(found, list) and all(isinstance(each, Mapping) for each in found):
        return found
    raise ValueError(tr_later("[[budgets]] tables, each with an amount"))


def _row(row: Mapping[str, Any], place: str, before: list[Budget]) -> Budget:
    for key in row:
        if key not in KEYS:
            raise RowError(key, f"nothing, a budget has {', '.join(KEYS)}", as_written(row[key]))
    period = _one_of(row, "period", PERIODS) or "month"
    basis = _one_of(row, "basis", BASES)
    provider, project, app = (_text(row, key, LONGEST_PLACE) for key in ("provider", "project", "app"))
    if basis == "billed" and (project or app):
        key = "project" if project else "app"
        raise RowError(
            key, tr_later('no value where basis is "billed": a bill knows its provider only'), as_written(row[key])
        )
    currency = row.get("currency", "USD")
    if not (isinstance(currency, str) and re.fullmatch(r"[A-Z]{3}", currency)):
        raise RowError("currency", tr_later('three letters like "USD"'), as_written(currency))
    if currency != "USD" and basis != "billed":
        raise RowError(
            "currency", tr_later('"USD", as list prices are, unless basis is "billed"'), as_written(currency)
        )
    name = _text(row, "name", LONGEST_NAME) or _named_after(project, app, provider)
    if any((each.name, each.period) == (name, period) for each in before):
        raise RowError("name", f"a name that no other budget of a {period} has", f'"{name}"')
    return Budget(
        name=name,
        amount=_amount(row),
        place=place,
        currency=currency,
        period=period,
        provider=provider.lower(),
        project=project,
        app=app,
        basis=basis,
        thresholds=_thresholds(row["thresholds"]) if "thresholds" in row else None,
    )


def _named_after(project: str, app: str, provider: str) -> str:
    return (re.split(r"[/\\]", project.rstrip("/\\"))[-1] or app or provider or EVERYTHING)[:LONGEST_NAME]


def _amount(row: Mapping[str, Any]) -> Decimal:
    found = row.get("amount")
    written = str(found) if isinstance(found, int) and not isinstance(found, bool) else found
    if isinstance(written, str) and SUM.fullmatch(written.strip()) and Decimal(written) > 0:
        return Decimal(written)
    raise RowError(
        "amount", 'a sum in quotes, like "300" or "12.50"', as_written(found) if "amount" in row else "nothing"
    )


def amounts(found: Any) -> tuple[Decimal, ...]:
    """Sums at which something is announced, ascending. Raises ValueError with what is right."""
    if isinstance(found, list):
        written = [str(each) if isinstance(each, int) and not isinstance(each, bool) else each for each in found]
        if all(isinstance(each, str) and SUM.fullmatch(each) and Decimal(each) > 0 for each in written):
            return tuple(sorted({Decimal(each) for each in written}))
    raise ValueError(tr_later('a list of sums above zero, such as [10, "12.50"]'))


def _one_of(row: Mapping[str, Any], key: str, choices: tuple[str, ...]) -> str:
    """ "" where the key is not there."""
    if key not in row:
        return ""
    found = row[key]
    if isinstance(found, str) and found in choices:
        return found
    raise RowError(key, " or ".join(f'"{each}"' for each in choices), as_written(found))


def _text(row: Mapping[str, Any], key: str, longest: int) -> str:
    if key not in row:
        return ""
    found = row[key]
    if isinstance(found, str) and found.strip() and len(found) <= longest and found.isprintable():
        return found.strip()
    raise RowError(key, f"a text of at most {longest} characters", as_written(found))


def _thresholds(found: Any) -> tuple[float, ...]:
    is_percents = isinstance(found, list) and all(
        isinstance(each, int | float) and not isinstance(each, bool) and 1 <= each <= 99 for each in found
    )
    if is_percents:
        return tuple(sorted({each / 100 for each in found}))
    raise RowError("thresholds", tr_later("a list of percentages from 1 to 99"), as_written(found))
