"""The words of advice: figures and judgements, not sentences; those are the views'."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from usagetray.domain.advice.confidence import WEIGHTS, Confidence
from usagetray.quick_dataclass import dataclass

Figure: TypeAlias = Decimal | int | str | bool | date | None


class Kind(StrEnum):
    PLAN_PAYS = "plan_pays"  # API-equivalent against the fee of the plan one has
    API_OR_PLAN = "api_or_plan"  # no plan: the bill against the fees there are
    LOWER_PLAN = "lower_plan"
    HIGHER_PLAN = "higher_plan"
    HYBRID = "hybrid"  # a smaller plan, the rest on the API
    YEARLY = "yearly"
    CACHE_SAVED = "cache_saved"
    CACHE_LIFETIME = "cache_lifetime"
    CACHE_START = "cache_start"
    BATCH = "batch"
    ROUTING = "routing"
    CONTEXT = "context"


class Verdict(StrEnum):
    YES = "yes"
    NO = "no"
    EVEN = "break-even"
    MAY = "may"
    UNCLEAR = "no clear difference"
    UNKNOWN = "unknown"
    FACT = "fact"  # a figure, nothing to be done


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """Dollars a month; an open end is None ("at least")."""

    point: Decimal
    low: Decimal | None
    high: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """The input with the largest effect, and the value at which the advice turns."""

    what: str  # a word the views know: "tokens_month", "cached_share", "reads_kept", ...
    at: Decimal | int


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    kind: Kind
    about: str  # a plan's key, a vendor, a model, or an application and its task
    verdict: Verdict
    figures: Mapping[str, Figure] = field(default_factory=lambda: MappingProxyType({}))
    method: str  # a word the views know; each names the rule of one paragraph in the README
    monthly: Amount | None  # what following it saves; of a fact, what it is worth
    confidence: Confidence
    days: int
    missing: tuple[str, ...] = ()
    flips: Flip | None = None

    @property
    def weight(self) -> Decimal:
        return Decimal(0) if self.monthly is None else self.monthly.point * WEIGHTS[self.confidence]
