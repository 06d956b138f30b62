"""What is known besides anybody's use: prices, plans, models, and the day they are asked for."""

from __future__ import annotations

from datetime import date

from usagetray.domain.advice.models import ModelFacts
from usagetray.domain.advice.plans import PlanTable
from usagetray.domain.rates import Rates, RateTable
from usagetray.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    rates: RateTable
    plans: PlanTable
    models: ModelFacts
    day: date  # of the asking, UTC

    def base_rates(self, model: str, day: date | None = None) -> Rates | None:
        """The ordinary rates of a model, as any log names it, on a day or today; None where it has no price."""
        known = self.rates.name(model).id
        card = None if known is None else self.rates.card(known, day or self.day)
        return None if card is None else card.row.base
