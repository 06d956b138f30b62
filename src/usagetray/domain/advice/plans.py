"""Plans as the vendors sell them: fees by the month, and how many times the small plan a large one holds.

Rows come from `data/plans.json` and the user's own file. Fees of different currencies are never compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from usagetray.quick_dataclass import dataclass

MONTHS_PER = {"week": Decimal(12) / Decimal(52), "month": Decimal(1), "year": Decimal(12)}
"""Months that one period lasts: a year is 12, a week 12/52."""

OLD_DAYS = 90
"""A row checked longer ago than this is marked: fees and limits change without notice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One generation of one plan."""

    vendor: str
    id: str
    name: str
    fee: Decimal | None  # in `currency` per `period`; None: unknown, or between the two below
    fee_low: Decimal | None = None
    fee_high: Decimal | None = None
    currency: str | None
    period: str | None  # "week", "month", "year"; None: pay as you go
    per_seat: bool = False
    base: str | None = None  # the plan of the vendor that the multiples count
    session: Decimal | None = None  # advertised multiple of the short window
    weekly: tuple[Decimal, Decimal] | None = None  # multiple of the week, low and high, as far as published
    credit: Decimal | None = None  # included each month beside the windows, in `currency`
    sale: str = "on_sale"  # "renewals_only", "ended"
    valid_to: str | None = None
    checked: date
    confidence: str = "medium"  # "high", "low"
    note: str | None = None
    is_own: bool = False  # the user's own row

    @property
    def key(self) -> str:
        return f"{self.vendor}/{self.id}"

    @property
    def monthly(self) -> Decimal | None:
        """The fee of one month, exact; None where it is unknown or there is none."""
        return None if self.fee is None or self.period is None else monthly_fee(self.fee, self.period)

    @property
    def monthly_range(self) -> tuple[Decimal | None, Decimal | None]:
        """The fee of one month where it depends on seat, contract or date: an unknown end is None."""
        if self.period is None:
            return None, None
        low, high = (self.fee, self.fee) if self.fee is not None else (self.fee_low, self.fee_high)
        return (
            None if low is None else monthly_fee(low, self.period),
            None if high is None else monthly_fee(high, self.period),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTable:
    plans: tuple[Plan, ...]  # the vendors that matter most first: a bare "pro" or "$20" means theirs
    draws_on: Mapping[str, str]  # provider id -> vendor
    vendor_names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # for people
    problems: tuple[str, ...] = ()  # sentences about rows that could not be read

    def find(self, name: str) -> Plan | None:
        """By "vendor/id", by the id alone, or by the vendor's full name of it."""
        wanted = name.strip().lower()
        by_key = [plan for plan in self.plans if wanted == plan.key]
        by_id = [plan for plan in self.plans if wanted == plan.id]
        by_name = [plan for plan in self.plans if wanted == plan.name.lower()]
        return next(iter(by_key + by_id + by_name), None)

    def labelled(self, vendor: str, label: str) -> Plan | None:
        """The plan of a vendor that a reading calls "Max 5x": by its id, or every word of it stands in the name."""
        words = label.lower().split()
        sold = [plan for plan in self.plans if plan.vendor == vendor and plan.sale != "ended"]
        by_id = [plan for plan in sold if plan.id == "_".join(words)]
        by_name = [plan for plan in sold if words and set(words) <= set(_words(plan.name))]
        return next(iter(by_id + sorted(by_name, key=lambda plan: (plan.period != "month", len(plan.name)))), None)

    def for_one(self, vendor: str, currency: str = "USD") -> tuple[Plan, ...]:
        """What one person may buy and be advised: on sale, with a known fee above 0; cheapest month first."""
        fitting = [
            plan
            for plan in self.plans
            if plan.vendor == vendor
            and plan.sale == "on_sale"
            and plan.valid_to is None
            and not plan.per_seat
            and plan.currency == currency
            and plan.monthly
        ]
        return tuple(sorted(fitting, key=lambda plan: (plan.monthly or 0, plan.id)))

    def by_fee(self, monthly: Decimal) -> Plan | None:
        """The first monthly plan for one person with just this fee."""
        fitting = (
            plan
            for plan in self.plans
            if plan.fee == monthly and plan.period == "month" and plan.sale == "on_sale" and not plan.per_seat
        )
        return next(fitting, None)


def monthly_fee(fee: Decimal, period: str) -> Decimal:
    """A fee by the month: a year / 12, a week x 52/12. Multiplied before it is divided, so that $20 a week is exact."""
    if period == "week":
        return fee * 52 / 12
    return fee / MONTHS_PER[period]


def merged(shipped: Sequence[Plan], own: Sequence[Plan]) -> tuple[Plan, ...]:
    """The user's rows in place of ours with the same vendor and id, further ones behind them."""
    replaced = {plan.key: plan for plan in own}
    kept = [replaced.pop(plan.key, plan) for plan in shipped]
    return (*kept, *replaced.values())


def _words(name: str) -> list[str]:
    return name.lower().replace(",", " ").replace("(", " ").replace(")", " ").split()


# ---- how much larger ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """How many times the use of one plan fills another: a peak of 40 % times 5 is 200 %."""

    strict: Decimal  # the end that makes the other plan look smaller
    mild: Decimal
    is_assumed: bool  # the vendor never published a weekly multiple: the session's stands in


def session_ratio(of: Plan, on: Plan) -> Ratio | None:
    """For the short window; None where either multiple is unknown or they count different plans."""
    if of.key == on.key:
        return Ratio(strict=Decimal(1), mild=Decimal(1), is_assumed=False)
    if of.vendor != on.vendor or of.base != on.base or not of.session or not on.session:
        return None
    times = of.session / on.session
    return Ratio(strict=times, mild=times, is_assumed=False)


def week_ratio(of: Plan, on: Plan) -> Ratio | None:
    """For the week. The multiples were only published as ranges: the ratio of the upper ends, and of the lower ones.

    Downwards the upper ends are the strict reading (20x to 5x: 4 against 1.71), upwards the lower ones.
    """
    if of.weekly is None or on.weekly is None or of.vendor != on.vendor or of.base != on.base:
        times = session_ratio(of, on)
        if times is None or of.key == on.key:
            return times
        return Ratio(strict=times.strict, mild=times.mild, is_assumed=True)
    ends = (of.weekly[0] / on.weekly[0], of.weekly[1] / on.weekly[1])
    return Ratio(strict=max(ends), mild=min(ends), is_assumed=False)
