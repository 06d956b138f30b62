"""Responses cut into blocks of five hours: by the resets a server stated where it did, else reckoned from the log.

The reckoning is the one other programs use too: a block begins at the full UTC hour of its first response and takes
in what follows within five hours of its beginning and of the response before. The servers' own windows keep to no
full hour and hold use from elsewhere as well, so a block says what was used here, and never a percentage.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from typing import NamedTuple

from usagetray.domain.windows import SAME_RESET
from usagetray.quick_dataclass import dataclass
from usagetray.usage import Attempt, Response, TokenCounts, UsageSum, band_of

LENGTH = timedelta(hours=5)
MINUTE = timedelta(minutes=1)


class StatedReset(NamedTuple):
    """A server said when a window of five hours, of which something was used, ends."""

    provider: str
    account: str
    home: str  # of the tool that said it
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    provider: str
    account: str
    starts_at: datetime
    ends_at: datetime
    last_at: datetime | None = None  # of its last response; None in a gap
    by_server: bool = False  # its ends are a server's window; else reckoned from the log
    is_active: bool = False
    responses: int = 0
    sums: tuple[UsageSum, ...] = ()  # in the order of first appearance; () in a gap

    @property
    def is_gap(self) -> bool:
        return self.last_at is None

    @property
    def busy(self) -> timedelta:
        """From its first response to its last."""
        first_at = min((each.first_at for each in self.sums), default=None)
        return self.last_at - first_at if self.last_at and first_at else timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast an active block is used, measured from its first response to its last, and where that leads."""

    minutes: float  # measured over so long
    remaining_minutes: int  # until the block ends, rounded to the nearest

    def per_minute(self, amount: float) -> float:
        return amount / self.minutes

    def at_the_end(self, amount: float) -> float:
        """What an amount of the block comes to if the rest of it goes on like this."""
        return amount + self.per_minute(amount) * self.remaining_minutes


def pace(block: Block, now: datetime) -> Pace | None:
    """None for a block that is over, and for one with a single instant of use: that has no speed."""
    if not block.is_active or not block.busy:
        return None
    return Pace(minutes=block.busy / MINUTE, remaining_minutes=round(max(timedelta(0), block.ends_at - now) / MINUTE))


def blocks(responses: Iterable[Response], stated: Iterable[StatedReset], now: datetime) -> tuple[Block, ...]:
    """All blocks with the gaps between them, oldest first; each provider's account by itself.

    `responses`: in the order of time. A log names an account by the tool's home, or not at all: that is the only one
    a server spoke of there, or anywhere.
    """
    said = tuple(stated)
    windows, names = _windows(said), _names(said)
    lanes: dict[tuple[str, str], _Lane] = {}
    for response in responses:
        key = (response.provider, response.account)
        key = (response.provider, names.get(key, response.account))
        lane = lanes.get(key)
        if lane is None:
            lane = lanes[key] = _Lane(*key, windows.get(key, ()))
        lane.add(response)
    found = [block for lane in lanes.values() for block in lane.finished(now)]
    return tuple(sorted(found, key=lambda each: (each.starts_at, each.provider, each.account)))


# ---- the server's windows ----------------------------------------------------------------------------------

_Windows = tuple[tuple[datetime, datetime], ...]


def _windows(stated: Sequence[StatedReset]) -> dict[tuple[str, str], _Windows]:
    """Of each account the windows a server spoke of, apart from each other, oldest first.

    One that began while the last had not ended cuts that one off: the vendor started everybody anew.
    """
    ends: dict[tuple[str, str], list[datetime]] = {}
    for each in sorted(stated, key=lambda each: each.ends_at):
        known = ends.setdefault((each.provider, each.account), [])
        if not known or each.ends_at - known[-1] > SAME_RESET:
            known.append(each.ends_at)
    return {key: _apart(known) for key, known in ends.items()}


def _apart(ends: Sequence[datetime]) -> _Windows:
    found: list[tuple[datetime, datetime]] = []
    for ends_at in ends:
        starts_at = ends_at - LENGTH
        if found and found[-1][1] > starts_at:
            found[-1] = (found[-1][0], starts_at)
        found.append((starts_at, ends_at))
    return tuple(each for each in found if each[0] < each[1])


def _names(stated: Sequence[StatedReset]) -> dict[tuple[str, str], str]:
    """The account that a log means by a home, or by naming none; only where it can be but one."""
    meant: dict[tuple[str, str], set[str]] = {}
    for each in stated:
        for name in ("", each.home):
            meant.setdefault((each.provider, name), set()).add(each.account)
    return {key: next(iter(accounts)) for key, accounts in meant.items() if len(accounts) == 1}


# ---- one account after the other ---------------------------------------------------------------------------


class _Lane:
    """The blocks of one account, made while its responses come by."""

    def __init__(self, provider: str, account: str, windows: _Windows) -> None:
        self.provider, self.account, self.windows = provider, account, windows
        self._starts = [starts_at for starts_at, _ in windows]
        self._done: list[_Open] = []
        self._open: _Open | None = None

    def add(self, response: Response) -> None:
        block = self._open
        if block is None or not block.holds(response.at):
            if block is not None:
                self._done.append(block)
            block = self._open = self._begun(response.at, block)
        block.add(response)

    def _begun(self, at: datetime, before: _Open | None) -> _Open:
        place = bisect_right(self._starts, at)
        if place and at < self.windows[place - 1][1]:
            return _Open(*self.windows[place - 1], by_server=True)
        starts_at = at.replace(minute=0, second=0, microsecond=0)
        if place:
            starts_at = max(starts_at, self.windows[place - 1][1])
        if before is not None:  # one that began where a window ended does not end at a full hour either
            starts_at = max(starts_at, min(before.ends_at, at))
        return _Open(starts_at, min((starts_at + LENGTH, *self._starts[place : place + 1])), by_server=False)

    def finished(self, now: datetime) -> Iterable[Block]:
        former: _Open | None = None
        for each in (*self._done, *((self._open,) if self._open else ())):
            if former is not None and each.first_at - former.last_at > LENGTH:
                yield Block(
                    provider=self.provider,
                    account=self.account,
                    starts_at=former.last_at + LENGTH,
                    ends_at=each.first_at,
                )
            is_recent = each.by_server or now - each.last_at < LENGTH
            yield Block(
                provider=self.provider,
                account=self.account,
                starts_at=each.starts_at,
                ends_at=each.ends_at,
                last_at=each.last_at,
                by_server=each.by_server,
                is_active=is_recent and each.starts_at <= now < each.ends_at,  # a clock may have been ahead
                responses=each.responses,
                sums=each.sums(self.provider, self.account),
            )
            former = each


@dataclass(slots=True)
class _Sum:
    """Attempts that share all their price depends on, added up."""

    attempt: Attempt  # the first of them
    first_at: datetime
    last_at: datetime
    counts: list[int] = field(default_factory=lambda: [0] * 7)


class _Open:
    """A block that may still grow."""

    def __init__(self, starts_at: datetime, ends_at: datetime, *, by_server: bool) -> None:
        self.starts_at, self.ends_at, self.by_server = starts_at, ends_at, by_server
        self.first_at = self.last_at = starts_at
        self.responses = 0
        self._sums: dict[tuple[object, ...], _Sum] = {}

    def holds(self, at: datetime) -> bool:
        if self.by_server or self.ends_at - self.starts_at < LENGTH:  # what a window ends, ends sharply
            return at < self.ends_at and (self.by_server or at - self.last_at <= LENGTH)
        return at <= self.ends_at and at - self.last_at <= LENGTH

    def add(self, response: Response) -> None:
        if not self.responses:
            self.first_at = response.at
        self.last_at = response.at
        self.responses += 1
        is_first = 1
        for attempt in response.attempts:
            day = attempt.at.date() if attempt.at else None
            key = (attempt.model, day, attempt.tier, attempt.speed, attempt.geo, band_of(attempt.prompt), attempt.flags)
            sum_ = self._sums.get(key)
            if sum_ is None:
                sum_ = self._sums[key] = _Sum(attempt, response.at, response.at)
            tokens, counts = attempt.tokens, sum_.counts
            added = (tokens.input, tokens.cache_write_5m, tokens.cache_write_1h, tokens.cache_read, tokens.output)
            for place, count in enumerate((*added, attempt.web_searches, is_first)):
                counts[place] += count
            sum_.last_at = response.at
            is_first = 0

    def sums(self, provider: str, account: str) -> tuple[UsageSum, ...]:
        return tuple(self._usage(each, provider, account) for each in self._sums.values())

    def _usage(self, each: _Sum, provider: str, account: str) -> UsageSum:
        first = each.attempt
        input_, write_5m, write_1h, read, output, searches, responses = each.counts
        tokens = TokenCounts(
            input=input_, cache_write_5m=write_5m, cache_write_1h=write_1h, cache_read=read, output=output
        )
        attempt = Attempt(
            model=first.model,
            at=first.at,
            tokens=tokens,
            prompt=first.prompt,  # of one of them: all lie in one band
            tier=first.tier,
            speed=first.speed,
            geo=first.geo,
            web_searches=searches,
            flags=first.flags,
        )
        return UsageSum(
            period=self.starts_at.isoformat(),
            provider=provider,
            account=account,
            machine="",
            project="",
            folder="",
            session="",
            agent="",
            app="",
            task="",
            attempt=attempt,
            responses=responses,
            reasoning=0,
            first_at=each.first_at,
            last_at=each.last_at,
        )
