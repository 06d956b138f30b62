"""The words everything else is said in: what a provider told us, frozen, each value with its unit.

A share runs from 0.0 to 1.0 (above 1.0 in overage); percent lives only in vendor JSON and on screen.
Instants are aware UTC and end in `_at`; `None` always means "the vendor did not say", never zero.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from usagetray.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageWindow:
    """One quota of a plan, as the vendor stated it at one instant."""

    key: str  # "five_hour", "weekly"; stable within a provider
    label: str  # "Session", "Week", "5 hours"
    scope: str = ""  # what stands small beside the label: "5 h", "all models", "Fable only"
    utilization: float | None  # share of the quota spent; above 1.0 in overage
    resets_at: datetime | None  # None while no window is running, or unknown
    length: timedelta | None
    model: str | None = None  # set when the window holds for one model only
    locks: bool = True  # at 1.0 the whole account stops (a window of one model or surface does not)
    unlimited: bool = False
    captured_at: datetime | None = None  # when it was stated, if not together with the rest of its snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    amount: Decimal
    currency: str  # ISO 4217 code, or "credits" for a vendor's own unit


class MoneyKind(StrEnum):
    BILLED = "billed"  # the vendor said it is owed
    ESTIMATE = "estimate"  # our count at list prices
    CREDITS = "credits"  # prepaid
    OVERAGE = "overage"  # paid on top of a plan
    BUDGET = "budget"  # a cap somebody set


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyLine:
    """One sum of money and what stands against it."""

    kind: MoneyKind
    label: str  # "Usage credits", "Credits"
    used: Money | None = None
    limit: Money | None = None
    balance: Money | None = None
    period: str | None = None  # "month" where the vendor says so
    enabled: bool | None = None
    unlimited: bool = False
    disabled_reason: str | None = None
    covers: bool = False  # use goes on, paid from here, when a window is full
    ends_at: datetime | None = None  # end of the period: from then on the sum is no longer today's, or the month's


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendDay:
    """What a vendor billed on one UTC day for one combination of whatever it parts its bill by.

    A day on which nothing was billed is one of these with an amount of zero. Keys, workspaces and projects stand here
    by the vendor's ids; what people call them is told beside, and may change.
    """

    day: date
    amount: Money
    model: str | None = None
    key: str | None = None  # the API key that was used
    workspace: str | None = None
    project: str | None = None
    line_item: str | None = None  # the bill's own words: "gpt-5.5, input", "Web Search Usage"
    kind: str | None = None  # the vendor's word for what was bought: "tokens", "web_search"


@dataclass(frozen=True, slots=True, kw_only=True)
class SurfaceShare:
    """Which part of a window's use came from where (terminal, chat, ...)."""

    key: str
    label: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Whose figures these are. `id` is the vendor's own identity, never a position or an e-mail."""

    id: str
    label: str | None = None  # "Personal", an organisation's name
    plan: str | None = None  # "Max 5x"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What one strategy of a provider said about one account at one instant."""

    provider_id: str
    strategy_id: str
    account: Account
    captured_at: datetime  # when the vendor stated it, not when we read it
    windows: tuple[UsageWindow, ...] = ()
    money: tuple[MoneyLine, ...] = ()
    shares: tuple[SurfaceShare, ...] = ()
    spend: tuple[SpendDay, ...] = ()  # whole days; each takes the place of what was said of that day before
    names: tuple[tuple[str, str], ...] = ()  # id and name of keys, workspaces and projects in `spend`
    dropped: tuple[str, ...] = ()  # paths of fields that could not be read
    ignored: tuple[str, ...] = ()  # kinds understood as not for show, for `doctor`
    memory: str = ""  # what the provider's own module wants to know again at its next answer; nobody else reads it


class Secret:
    """A credential that cannot be printed by accident: only `reveal()` gives the text."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "Secret(•••)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)
