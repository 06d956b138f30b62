"""What the forecast knows and remembers. Everything here can be written as JSON and read again without loss."""

from __future__ import annotations

from datetime import datetime, timedelta

from usagetray.quick_dataclass import dataclass

PER_DOLLAR = 200_000.0
"""Weighted tokens of a dollar at list prices: an input token at $5 a million weighs 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Tokens that the local logs counted at one instant."""

    at: datetime
    model: str
    weight: float  # tokens weighted by list price: dollars times `PER_DOLLAR`; habits keep whole thousands


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowReading:
    """One window as the vendor stated it."""

    window: str  # key
    used: float | None  # share; None: not told
    resets_at: datetime | None  # None: no window is running
    length: timedelta
    captured_at: datetime
    model: str | None = None  # set where the window holds for one model only


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A request was turned away: the window is used up."""

    window: str
    at: datetime
    resets_at: datetime | None = None


Observation = Work | WindowReading | Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """Tokens for one percent of a window, as a day of use told it."""

    day: int  # days since 1970, UTC
    tokens: float  # weighted, for a share of 0.01
    low: float  # of the band in which it lies with 95 %
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """What share of a window a weighted token takes, from readings and the tokens counted between them."""

    share: float = 0.0  # sum of the moves, older ones fading
    weight: float = 0.0  # of the tokens counted meanwhile
    open_share: float = 0.0  # of the move that is being measured
    open_weight: float = 0.0
    ratios: tuple[float, ...] = ()  # logarithms of the last moves' tokens per share, oldest first
    history: tuple[Allowance, ...] = ()

    @property
    def rate(self) -> float | None:
        """Share per weighted token; None: nothing learned yet."""
        return self.share / self.weight if self.share > 0 and self.weight > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """The alert that was given in a cycle of a window."""

    ends_at: datetime  # reset of that cycle
    alerted_at: datetime
    used: float  # share estimated then


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowMemory:
    key: str
    model: str | None
    length: timedelta
    resets_at: datetime | None = None
    presumed: bool = False  # the reset is our own reckoning: no reading has confirmed this cycle
    stated: float | None = None  # newest reading of this cycle
    stated_at: datetime | None = None
    used: float = 0.0  # estimate at `stated_at`, finer than the reading
    since: float = 0.0  # weighted tokens counted after it
    seen: float = 0.0  # share moved while local logs showed work; fading
    unseen: float = 0.0  # share moved without; fading
    ended: float = 0.0  # cycles that have ended; fading
    used_up: float = 0.0  # of them, those that were used up before; fading
    meter: Meter = Meter()
    episode: Episode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """Thousands of weighted tokens in each quarter of an hour of the last weeks, of all models or of one."""

    model: str | None
    first_day: int = 0  # UTC days since 1970
    days: tuple[tuple[int, ...], ...] = ()  # 96 quarters each
    rush: float = 0.0  # thousands per quarter at the newest work, averaged over some minutes
    rush_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Of one account."""

    windows: tuple[WindowMemory, ...] = ()
    habits: tuple[Habit, ...] = ()
    locks: tuple[tuple[int, int], ...] = ()  # quarters in which a used up window stopped all work, oldest first
    worked_at: datetime | None = None  # newest local work


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """What holds until the user's own habits are known."""

    utc_offset: timedelta = timedelta(0)
    work_begins: float = 9.0  # local hours
    work_ends: float = 18.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    window: str
    used: float | None  # estimate of now; None: never stated
    used_sd: float
    at_reset: float | None  # share expected at the reset, 0.0 upward: the median; None: nobody can say
    pace: float | None  # share used minus share of the window gone by; None: no window is running
    p_lockout: float  # where no window is running: of one that would begin now
    exhausts_at: tuple[datetime, datetime, datetime] | None
    """When it is used up if it is: 10, 50 and 90 % of the chances. None where nobody can say."""
    p_near: float  # chance that at least 90 % will have been used
    p_soon: float  # chance that it is used up so soon that a warning had better not wait
    resets_at: datetime | None
    stated_at: datetime | None  # capture time of the reading it stands on
    others_share: float  # of the use, what no local log showed: other devices, the web
    knows_enough: bool
    is_estimate: bool  # local work was counted after the newest reading
