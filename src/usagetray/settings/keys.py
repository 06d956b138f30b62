"""Every key of the settings file: what it takes, and how a value of it is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import time
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from usagetray.language import tr_later
from usagetray.settings import WEEKDAYS, Span
from usagetray.settings import budgets as budget_rows
from usagetray.settings import rates as rate_rows

ADDRESS = re.compile(
    r"(?:https://[a-z0-9.-]+(?::[0-9]{1,5})?|http://(?:127\.0\.0\.1|\[::1\]):[0-9]{1,5})(?:[/?][!-~]*)?"
)
"""A host in lower case, without a login before it; plain http only to this computer."""
SHORTCUT = re.compile(r"(?:(?:Ctrl|Alt|Shift|Meta)\+)+(?:[A-Z0-9]|F[0-9]{1,2}|Space)")


ACCOUNT_KEY = re.compile(r"[^\w-]")
"""What of an account's identity cannot stand in a key; "-" stands there for it."""


class Kind(NamedTuple):
    """What a key takes. `read` raises ValueError, whose text follows "takes"."""

    read: Callable[[Any], Any]
    write: Callable[[Any], Any] = lambda value: value


# ---- what they take ----------------------------------------------------------------------------------------


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError(tr_later("true or false"))


def _one_of(*choices: str) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if value in choices:
            return str(value)
        raise ValueError(" or ".join(f'"{choice}"' for choice in choices))

    return check


def _minutes(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 2 <= value <= 30:
        return value
    raise ValueError(tr_later("whole minutes from 2 to 30"))


def _thresholds(value: Any) -> tuple[float, ...]:
    is_percents = isinstance(value, list) and all(
        isinstance(each, int | float) and not isinstance(each, bool) and 1 <= each <= 99 for each in value
    )
    if is_percents:
        return tuple(sorted({each / 100 for each in value}))
    raise ValueError(tr_later("a list of percentages from 1 to 99"))


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(value)
    raise ValueError(tr_later("a list of texts"))


def _command(value: Any) -> tuple[str, ...]:
    words = _texts(value) if isinstance(value, list) else ("",)
    if (not words or words[0].strip()) and not any("\0" in word for word in words):
        return words
    raise ValueError(tr_later("a list of texts, a program and its arguments"))


def _address(value: Any) -> str:
    if isinstance(value, str) and (not value or ADDRESS.fullmatch(value)):
        return value
    raise ValueError(tr_later("an address that begins with https:// (or http://127.0.0.1:PORT) and holds no login"))


def _server(value: Any) -> str:
    """What `connect` writes: nothing that could be written in two ways, for a key is kept for each."""
    if isinstance(value, str) and (
        not value or (ADDRESS.fullmatch(value) and not re.search(r"[?#\\]|/$|//.*//", value))
    ):
        return value
    raise ValueError(
        tr_later("an address that begins with https:// (or http://127.0.0.1:PORT), without a login or / at its end")
    )


def _day(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 31:
        return value
    raise ValueError(tr_later("a day of the month from 1 to 31, or 0"))


def _label(value: Any) -> str:
    if isinstance(value, str) and len(value) <= 40 and (not value or value.isprintable()):
        return value
    raise ValueError(tr_later("a text of at most 40 characters"))


def _folders(value: Any) -> tuple[Path, ...]:
    return tuple(Path(each).expanduser() for each in _texts(value))


def _labelled_folders(value: Any) -> tuple[tuple[str, Path], ...]:
    found = []
    for text in _texts(value):
        name, sign, folder = text.partition("=")
        if not (sign and name.strip() and folder.strip()):
            raise ValueError(tr_later('a list of texts like "laptop=/mnt/laptop/logs"'))
        found.append((name.strip(), Path(folder.strip()).expanduser()))
    return tuple(found)


def _minute(text: str) -> time | None:
    found = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", text.strip())
    return time(int(found[1]), int(found[2])) if found else None


def _span(value: Any) -> Span | None:
    if value == "":
        return None
    first, sign, last = value.partition("-") if isinstance(value, str) else ("", "", "")
    begins, ends = _minute(first), _minute(last)
    if sign and begins is not None and ends is not None and begins != ends:
        return begins, ends
    raise ValueError(tr_later('two times of day like "22:00-07:00", or ""'))


def _weekdays(value: Any) -> tuple[str, ...]:
    if isinstance(value, list) and all(each in WEEKDAYS for each in value):
        return tuple(each for each in WEEKDAYS if each in value)
    raise ValueError(tr_later('a list of weekdays like ["mon", "tue"]'))


def _provider_id(value: Any) -> str:
    if isinstance(value, str) and (not value or is_id(value)):
        return value
    raise ValueError(tr_later('the id of a provider as `usagetray providers` lists them, or ""'))


def _shortcut(value: Any) -> str:
    if isinstance(value, str) and (not value or SHORTCUT.fullmatch(value)):
        return value
    raise ValueError(tr_later('keys like "Ctrl+Alt+U", or ""'))


def is_id(name: str) -> bool:
    """A provider's name as this program gives them; anything else in their section is somebody else's."""
    return re.fullmatch(r"[\w-]+", name) is not None


# ---- how they are written ----------------------------------------------------------------------------------


def _span_text(span: Span | None) -> str:
    return "" if span is None else f"{span[0]:%H:%M}-{span[1]:%H:%M}"


def _percents(shares: tuple[float, ...] | None) -> list[float]:
    return [int(each) if each == int(each) else each for each in (round(each * 100, 3) for each in shares or ())]


def _sums(amounts: tuple[Decimal, ...]) -> list[int | str]:
    return [int(each) if each == int(each) else str(each) for each in amounts]


def _rows(rows: tuple[Any, ...]) -> list[dict[str, Any]]:
    return [each.written() for each in rows]


def _folder_texts(folders: tuple[Path, ...]) -> list[str]:
    return [str(each) for each in folders]


def _labelled_texts(folders: tuple[tuple[str, Path], ...]) -> list[str]:
    return [f"{name}={place}" for name, place in folders]


# ---- the keys ----------------------------------------------------------------------------------------------

FLAG, LABEL, TEXTS = Kind(_flag), Kind(_label), Kind(_texts, list)
PERCENTS, SPAN = Kind(_thresholds, _percents), Kind(_span, _span_text)

KEYS: Mapping[str, Kind] = {
    "show": Kind(_one_of("used", "left")),
    "times": Kind(_one_of("clock", "countdown")),
    "clock": Kind(_one_of("auto", "24", "12")),
    "language": Kind(_one_of("auto", "en", "de")),
    "shortcut": Kind(_shortcut),
    "presentation": FLAG,
    "welcomed": FLAG,
    "polling.minutes": Kind(_minutes),
    "alerts.enabled": FLAG,
    "alerts.thresholds": PERCENTS,
    "alerts.forecast": FLAG,
    "alerts.locked": FLAG,
    "alerts.back": FLAG,
    "alerts.paying": FLAG,
    "alerts.paying_amounts": Kind(budget_rows.amounts, _sums),
    "alerts.billing_route": FLAG,
    "alerts.budgets": FLAG,
    "alerts.spikes": FLAG,
    "alerts.spikes_mute": TEXTS,
    "alerts.quiet_hours": SPAN,
    "alerts.backend": Kind(_one_of("auto", "plyer")),
    "alerts.command": Kind(_command, list),
    "alerts.webhook": Kind(_address),
    "icon.style": Kind(_one_of("bars", "ring", "number")),
    "icon.follow": Kind(_provider_id),
    "icon.separate": FLAG,
    "icon.colour": Kind(_one_of("auto", "never")),
    "icon.panel": Kind(_one_of("auto", "light", "dark")),
    "icon.label": FLAG,
    "work.hours": SPAN,
    "work.days": Kind(_weekdays, list),
    "incidents": FLAG,
    "statusline.cost": FLAG,
    "rates": Kind(rate_rows.check, _rows),
    "budgets": Kind(budget_rows.check, _rows),
    "providers.*.enabled": FLAG,
    "providers.*.homes": Kind(_folders, _folder_texts),
    "providers.*.logs": Kind(_labelled_folders, _labelled_texts),
    "providers.*.allow": TEXTS,
    "providers.*.plan": LABEL,
    "providers.*.plan_day": Kind(_day),
    "providers.*.address": Kind(_server),
    "providers.*.options": TEXTS,
    "providers.*.accounts.*.enabled": FLAG,
    "providers.*.accounts.*.label": LABEL,
    "providers.*.accounts.*.thresholds": PERCENTS,
    "providers.*.accounts.*.allow": TEXTS,
    "providers.*.accounts.*.address": Kind(_server),
}
"""`*` is a provider's id, or an account's name."""


CONSENTS = frozenset(
    {
        "providers.*.allow",
        "providers.*.address",
        "providers.*.accounts.*.allow",
        "providers.*.accounts.*.address",
    }
)
"""What is written only where the user agrees to it in words: by `connect`, in a terminal or in a window."""


def form_of(key: str) -> str:
    """A dotted key as it stands in `KEYS`, with `*` for the provider and the account."""
    parts = key.split(".")
    if len(parts) in (3, 5) and parts[0] == "providers":
        parts[1] = "*"
        parts[3:4] = ["*"] * len(parts[3:4])
    return ".".join(parts)


def kind_of(key: str) -> Kind | None:
    """What a dotted key takes; None where no such setting exists."""
    return KEYS.get(form_of(key))
