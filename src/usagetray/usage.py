"""The words of counting: what one response of a model used, as logs and programs tell it.

The four kinds of tokens are disjoint: a prompt is `input` + both writes + `cache_read`. Vendors' own counts often
overlap; the provider's module is where that ends.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import datetime
from typing import NamedTuple

from usagetray.quick_dataclass import dataclass

BANDS = (0, 100_000, 200_000, 272_000)
"""Prompt lengths above which some model's prices change. Attempts on the same side of all of them may be added up
before they are priced; a price table with another threshold needs a line here."""


def band_of(prompt_tokens: int) -> int:
    """The index of the highest of `BANDS` that the prompt is longer than; 0 for an empty one too."""
    return bisect_left(BANDS, prompt_tokens, 1) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCounts:
    input: int = 0  # of the prompt, neither read from a cache nor written to one
    cache_write_5m: int = 0
    cache_write_1h: int = 0
    cache_read: int = 0
    output: int = 0  # reasoning included

    @property
    def prompt(self) -> int:
        return self.input + self.cache_write_5m + self.cache_write_1h + self.cache_read

    @property
    def total(self) -> int:
        return self.prompt + self.output

    def __add__(self, other: TokenCounts) -> TokenCounts:
        return TokenCounts(
            input=self.input + other.input,
            cache_write_5m=self.cache_write_5m + other.cache_write_5m,
            cache_write_1h=self.cache_write_1h + other.cache_write_1h,
            cache_read=self.cache_read + other.cache_read,
            output=self.output + other.output,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One request to one model, with all that its price depends on; or a sum of such that share all of it."""

    model: str  # as the log names it
    at: datetime | None  # its UTC date decides the rates; None: unknown
    tokens: TokenCounts
    prompt: int  # tokens of the one prompt; of a sum, any length within the band they share
    tier: str = ""  # as served: "standard", "batch", "priority", "flex"; "": not told
    speed: str = ""  # "standard", "fast"; "": not told
    geo: str = ""  # where it ran, as told
    web_searches: int = 0
    flags: frozenset[str] = frozenset()  # what had to be assumed in counting it


class EventPlace(NamedTuple):
    """Where a response was made."""

    project: str = ""  # the working folder, as the log names it
    session: str = ""
    agent: str = ""  # a sub-agent's id; "" for the main conversation
    app: str = ""  # the user's own program, and the kind of task, where they recorded it
    task: str = ""


class EventTerms(NamedTuple):
    """All that a response's price depends on besides its day and its tokens, as told; "" for what was not."""

    model: str
    tier: str = ""
    speed: str = ""
    geo: str = ""
    flags: str = ""  # what had to be assumed, words parted by blanks: "assumed_model assumed_5m_cache"


Attempts = tuple[tuple[str, int, int, int, int, int], ...]
"""Of each request the model ("": the response's own), input, writes (5 min, 1 h), read and output."""


class UsageEvent(NamedTuple):
    """One record of a response. Several may tell of the same one: `domain/ledger.py` says which of them count.

    A tuple, because a first scan makes hundreds of thousands of them, as `EventRow`; its decoder makes place and
    terms once for all events that share them.
    """

    key: str  # the vendor's id of the response; where it has none, one made of the file and the place in it
    part: str  # the request's id, where a record names one beside `key`; "" where not
    side: bool  # of a side-chain, or a copy nested in another record: makes no second response
    at_us: int  # microseconds since 1970 UTC; 0 where no record told a time
    place: EventPlace
    terms: EventTerms
    input: int
    cache_write_5m: int
    cache_write_1h: int
    cache_read: int
    output: int
    reasoning: int = 0  # within output
    web_searches: int = 0
    attempts: Attempts = ()
    """Where the response took several requests. They are priced one by one; the event's own counts are their sum."""


EventRow = tuple[
    str, str, bool, int, EventPlace, EventTerms, int, int, int, int, int, int, int, Attempts
]  # fmt: skip
"""A `UsageEvent` before anybody asks for its fields by name: made in half the time, and taken apart in a third."""


class Response(NamedTuple):
    """One response, counted once, as the ledger keeps it."""

    at: datetime
    provider: str
    account: str  # "" where the log names none
    machine: str  # label of the root it was read from; "" for this computer's own
    project: str
    session: str
    agent: str
    app: str
    task: str
    attempts: tuple[Attempt, ...]  # one, but where several requests made it


class UsageSum(NamedTuple):
    """Responses added up which share their period, price terms and whatever was grouped by; other fields are ""."""

    period: str  # "2026-11-20", "2026-11", a session's id...: what was grouped by first
    provider: str
    account: str
    machine: str
    project: str
    folder: str  # the tool's own name for the project's folder
    session: str
    agent: str
    app: str
    task: str
    attempt: Attempt  # the sum, priced as one
    responses: int
    reasoning: int
    first_at: datetime
    last_at: datetime
