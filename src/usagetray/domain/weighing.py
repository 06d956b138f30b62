"""What responses weigh against each other: the list price of what each of them used.

Vendors tell nobody by which measure they count a plan's use. List prices come near it, for they too tell models and
kinds of tokens apart; a share worked out by them is an estimate, and is called one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from usagetray.domain.pricing import Price
from usagetray.domain.reports import model_name
from usagetray.quick_dataclass import dataclass
from usagetray.usage import Attempt, Response


class Use(NamedTuple):
    """One attempt of a response, as far as it weighs on a window."""

    at: datetime
    project: str
    session: str
    agent: str  # a sub-agent's id; "" for the main conversation
    app: str
    model: str  # as logged
    weight: float  # dollars at list prices, or what stands for them
    prompt: int  # tokens; 0 of a further attempt, which continues no conversation
    read: int  # of the prompt, from a cache
    written: int  # of the prompt, to a cache


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """Uses in the order of time, and how their weights came about."""

    uses: tuple[Use, ...] = ()
    unpriced: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))  # tokens by model, most first
    by_tokens: bool = False  # nothing has a price: the tokens themselves are the weights


Pricing = Callable[[Attempt], Price]


def weighed(responses: Iterable[Response], price: Pricing, model: str | None = None) -> Weighed:
    """`model`: of a window that counts one model only, as the vendor calls it ("Fable"); the others weigh nothing.

    A model without a price weighs by its tokens, at the mean price of a token of all the others. What was served in
    fast mode weighs nothing: no plan covers it.
    """
    told: list[tuple[Response, Attempt, int, float | None]] = []
    dollars, priced_tokens, unpriced = 0.0, 0, Counter[str]()
    for response in responses:
        for number, attempt in enumerate(response.attempts):
            if model is not None and model.lower() not in attempt.model.lower():
                continue
            found = price(attempt)
            if found.status == "ignored" or found.fast:
                continue
            if found.usd is None:
                unpriced[attempt.model] += found.tokens
                told.append((response, attempt, number, None))
                continue
            usd = float(found.usd)
            dollars += usd
            priced_tokens += found.tokens
            told.append((response, attempt, number, usd))
    mean = dollars / priced_tokens if dollars and priced_tokens else 1.0
    uses = [
        _use(response, attempt, number, attempt.tokens.total * mean if usd is None else usd)
        for response, attempt, number, usd in told
    ]
    return Weighed(
        uses=tuple(sorted(uses)),
        unpriced=MappingProxyType(dict(sorted(unpriced.items(), key=lambda each: (-each[1], each[0])))),
        by_tokens=bool(unpriced) and not dollars,
    )


def _use(response: Response, attempt: Attempt, number: int, weight: float) -> Use:
    tokens = attempt.tokens
    return Use(
        at=response.at,
        project=response.project,
        session=response.session,
        agent=response.agent,
        app=response.app,
        model=model_name(attempt),
        weight=weight,
        prompt=0 if number else tokens.prompt,
        read=tokens.cache_read,
        written=tokens.cache_write_5m + tokens.cache_write_1h,
    )
