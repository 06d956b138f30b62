"""Made-up spending: so many dollars, on that instant, there."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from usagetray.domain.spending import Spend, quarter_of
from usagetray.settings.budgets import Budget


def spend(
    at: datetime,
    usd: object = 1,
    *,
    provider: str = "p",
    project: str = "/home/me/webshop",
    session: str = "s",
    app: str = "",
    model: str = "large",
    unpriced: int = 0,
) -> Spend:
    return Spend(
        quarter_of(at), provider, project, session, app, model, Decimal(str(usd)), unpriced, is_least=unpriced > 0
    )


def budget(amount: object = 100, period: str = "month", **rest: object) -> Budget:
    return Budget(name="b", amount=Decimal(str(amount)), period=period, **rest)  # type: ignore[arg-type]
