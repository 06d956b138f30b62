"""All that any view may show of one instant: facts of the store with the domain's judgements. The words for it.

`overviewing.py` makes it; views only read it.
"""

from __future__ import annotations

from dataclasses import field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from usagetray.billing import Verdict
from usagetray.domain.holding_back import Manners
from usagetray.domain.incidents import Incident
from usagetray.domain.paying import Paid
from usagetray.domain.states import Level, State, WindowState
from usagetray.model import Money, MoneyLine, SurfaceShare
from usagetray.quick_dataclass import dataclass

if TYPE_CHECKING:  # who has a tenth of a second shows them where there are any, and makes none
    from usagetray.domain.budgets import BudgetState
    from usagetray.domain.cost_to_date import CostToDate
    from usagetray.domain.forecast.memory import Allowance
    from usagetray.domain.spikes import Spike


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastView:
    """What will come of one window, as far as it is known."""

    used: float | None  # share estimated now: the reading, moved on by what local logs counted since
    is_estimate: bool  # logs counted something since the reading
    even: float | None  # share that even use would have reached by now; None: no window is running
    at_reset: float | None  # share expected when it resets, 0.0 upward; None: nobody can say
    p_lockout: float  # chance that it is used up before its reset
    runs_out_at: tuple[datetime, datetime, datetime] | None  # if it is: 10, 50 and 90 % of the chances
    is_warned: bool  # likely enough that an alert was given in this cycle
    knows_enough: bool  # else nothing of this is put into words
    others_share: float = 0.0  # of the use, what no local log showed: other devices, the web
    worked_at: datetime | None = None  # newest local work that counts here; None: nobody knows
    allowances: tuple[Allowance, ...] = ()  # tokens of one percent, as days of use told them, the newest last
    allowance_change: tuple[Allowance, Allowance] | None = None  # before and now, where it has clearly changed


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowView:
    """One window as it may be shown now."""

    key: str
    label: str
    scope: str
    model: str | None
    used: float | None
    """Share used, 0.0 upward; None where nothing may be shown as current (ended, unknown, unlimited)."""
    state: WindowState
    level: Level
    stale: bool
    resets_at: datetime | None  # also kept for an ended window: when it ended
    length: timedelta | None
    source: str = ""  # reads after "from": "the status line"
    source_id: str = ""
    captured_at: datetime
    stale_at: datetime | None = None  # when the figure turns, or turned, stale; None: not by itself
    used_up_at: datetime | None = None  # first reading at 1.0 in this cycle
    locks: bool = True  # at 1.0 the whole account stops
    forecast: ForecastView | None = None  # None: not made, or nothing is known of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempted:
    """How one strategy's last attempt ended, for `status --verbose` and `providers`."""

    strategy: str
    label: str
    at: datetime | None  # last attempt, of a local source the last whose outcome was new; None: never tried
    state: State  # FRESH when it answered
    detail: str  # masked words of the error
    next_at: datetime | None
    consent: bool | None  # None: needs none
    dropped: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    asks: bool = False  # over the network; else it reads files on every tick


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentView:
    """Trouble that the vendor reports of itself."""

    incident: Incident
    captured_at: datetime  # when its status page said so
    stale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BilledBeside:
    """What the same vendor billed: it stands beside a cost at list prices, and is never part of it."""

    name: str  # the provider's name
    period: str  # "today", "month": of the vendor's own days
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingView:
    """Which credential a tool bills, as it is installed in one home."""

    provider: str
    tool: str  # "Example Code"
    typed: str  # the command a person types
    headless: str  # how a script asks it something
    check: str  # how users can see for themselves
    home: str
    user_home: str
    looked_at: datetime
    profiles_read: bool  # shell profiles may be read, and were
    verdicts: tuple[Verdict, ...]  # of a person's session, then of a script's
    stale: bool = False  # nobody has looked for hours

    @property
    def warns(self) -> bool:
        """A plan is there, and something else is billed."""
        return not self.stale and any(each.would_warn for each in self.verdicts)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    provider: str
    name: str  # the provider's name
    account: str
    label: str | None  # "Personal"
    plan: str | None
    state: State
    windows: tuple[WindowView, ...]  # in the order to show
    money: tuple[MoneyLine, ...]
    money_captured_at: datetime | None
    money_source: str | None
    shares: tuple[SurfaceShare, ...]
    level: Level
    locked_until: datetime | None
    captured_at: datetime | None  # of the oldest figure shown as current
    next_attempt_at: datetime | None
    attempts: tuple[Attempted, ...] = ()
    throttled: str | None = None  # what to do instead of asking a vendor that answers 429 again and again
    refusal: str | None = None  # what the user should know of a vendor that refuses the sign-in or key
    formerly: tuple[str, ...] = ()  # ids under which the same figures stood before anybody named the account
    clock_off: timedelta | None = None  # our clock minus the server's, when it is suspect
    money_stale_at: datetime | None = None  # when the sums turn, or turned, stale
    money_stale: bool = False
    by_key: bool = False  # asked for with a key the user gave us, not with a tool's sign-in
    thresholds: tuple[float, ...] | None = None  # shares at which this account alerts; None: those of all
    paid: Paid | None = None  # since a window was full; None: use is not paid for, or that was not noticed yet
    incidents: tuple[IncidentView, ...] = ()
    billing: BillingView | None = None  # of the tool it is signed in with
    cost: CostToDate | None = None  # of what its tool's logs tell, at list prices; None: nothing used this month
    billed_beside: tuple[BilledBeside, ...] = ()

    @property
    def pays(self) -> bool:
        """A window is full, and use goes on at the user's cost."""
        return any(window.level is Level.PAYING for window in self.windows)

    @property
    def has_figures(self) -> bool:
        return bool(self.windows or self.money or self.cost)

    @property
    def stale(self) -> bool:
        """All shown figures are old."""
        if not self.windows:
            return self.money_stale
        shown = [window for window in self.windows if window.state is not WindowState.ENDED]
        return bool(shown) and all(window.stale for window in shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTool:
    """A tool whose traces were seen on this machine."""

    provider: str
    name: str
    reads: str
    connected: bool  # its local figures are being read
    hooks: tuple[tuple[str, str, bool], ...] = ()  # (hook id, what it explains, installed)
    is_free: bool = True  # some of its figures need no consent
    asks: tuple[tuple[str, str, str, bool], ...] = ()
    """What could be allowed without a key: (its name, where the figures come from, what it explains, given)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingLogs:
    """Logs that are being read, and take more than a moment: what was counted of them is not all yet."""

    done: int  # bytes
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    generated_at: datetime
    demo: bool
    accounts: tuple[AccountView, ...]
    found: tuple[FoundTool, ...] = ()
    missing: tuple[str, ...] = ()  # names of known tools that were looked for, and left no trace
    keyed: tuple[tuple[str, str], ...] = ()  # on the first run: id and name of each provider that takes a key
    billing: tuple[BillingView, ...] = ()
    first_run: bool = False  # the user has not yet said what may be read
    checked_at: datetime | None = None  # last time a server was asked
    figures_at: datetime | None = None  # capture time of the newest figure
    next_check_at: datetime | None = None
    changes_at: datetime | None = None  # next instant at which something here reads differently by itself
    notices: tuple[str, ...] = ()  # sentences about the program itself: settings, store
    refreshing: bool = False
    counters: dict[str, object] = field(default_factory=dict)
    budgets: tuple[BudgetState, ...] = ()  # the user's own, in the order of the settings
    spikes: tuple[Spike, ...] = ()  # of the hour that it is now
    is_counting: bool = False  # logs are being read: budgets and spikes are not yet what they will be
    cost: CostToDate | None = None  # all that was used by anybody's logs here, at list prices
    counted_at: datetime | None = None  # when all logs had been read to their ends; None: not yet
    reading: ReadingLogs | None = None
    is_watched: bool = True  # somebody follows the logs: what was counted of them is all until now
    manners: Manners = field(default_factory=Manners)  # how alerts behave now

    @property
    def is_counted(self) -> bool:
        """The logs have been read: costs are whole, not only so far."""
        return self.counted_at is not None and self.reading is None and self.is_watched
