"""The user's settings, as frozen words; `reading.py` makes them of a TOML file, `keys.py` says what each key takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from datetime import time
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from usagetray.quick_dataclass import dataclass
from usagetray.settings.budgets import Budget
from usagetray.settings.rates import UserRate

DEFAULT_THRESHOLDS = (0.50, 0.75, 0.90)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Span = tuple[time, time]
"""From when to when on a clock; past midnight where the second is the earlier one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSettings:
    enabled: bool = True
    thresholds: tuple[float, ...] = DEFAULT_THRESHOLDS  # shares, ascending
    forecast: bool = True  # a window will run out before its reset
    locked: bool = True
    back: bool = True
    paying: bool = True
    paying_amounts: tuple[Decimal, ...] = (Decimal(10), Decimal(50))  # ascending, in the vendor's currency
    billing_route: bool = True  # something else than the plan is billed
    budgets: bool = True
    spikes: bool = True  # an hour or a session that costs many times the usual
    spikes_mute: tuple[str, ...] = ()  # projects that are left out of them: a folder, or the last part of its name
    quiet_hours: Span | None = None  # what can wait is held back until they end
    backend: str = "auto"  # or "plyer"
    command: tuple[str, ...] = ()  # a program and its arguments, given each alert besides the desktop
    webhook: str = ""  # an address each alert is posted to; "": none


@dataclass(frozen=True, slots=True, kw_only=True)
class IconSettings:
    style: Literal["bars", "ring", "number"] = "bars"
    follow: str = ""  # the id of the one provider it shows; "": of whichever is tightest
    separate: bool = False  # an icon for each provider
    colour: str = "auto"  # or "never"
    panel: str = "auto"  # "light" or "dark": the brightness of the panel, which cannot be asked
    label: bool = False  # text beside the icon where the desktop shows it


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkSettings:
    """When the user works, as far as they say so: a forecast learns it, and begins with this."""

    hours: Span | None = None
    days: tuple[str, ...] = ()  # of `WEEKDAYS`


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSettings:
    """What holds for one account only: one with a key of its own, or any that a vendor names."""

    enabled: bool = True  # shown and announced
    label: str = ""  # what the user calls it; "": what the vendor does
    thresholds: tuple[float, ...] | None = None  # shares, ascending; None: those of all alerts
    allow: tuple[str, ...] = ()  # strategies the user has consented to with this account's own key
    address: str = ""  # of the vendor's server, where everybody has their own


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSettings:
    enabled: bool = True
    homes: tuple[Path, ...] = ()  # further folders of the vendor's tool
    plan: str = ""  # the plan they pay for, where only they can say; "": not said
    plan_day: int = 0  # of the month on which it renews, 1 to 31; 0: not said
    allow: tuple[str, ...] = ()  # strategies the user has consented to
    address: str = ""  # of the vendor's server, where everybody has their own
    logs: tuple[tuple[str, Path], ...] = ()  # further folders of logs alone: the other computer's name, and the place
    options: tuple[str, ...] = ()  # what the user has switched on of what the provider offers
    accounts: Mapping[str, AccountSettings] = field(default_factory=lambda: MappingProxyType({}))  # by name

    def account(self, account_id: str) -> AccountSettings:
        """By the account's identity. What cannot stand in a key of the file stands there as "-"."""
        return self.accounts.get(re.sub(r"[^\w-]", "-", account_id), AccountSettings())


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    show_left: bool = False
    countdown: bool = False  # how long until a reset stands first, not when it is
    clock: str = "auto"  # "24" or "12" hours; "auto": as the system's language has it
    language: str = "auto"  # "en", "de"; "auto": the system's
    shortcut: str = ""  # the keys that open the popup, "Ctrl+Alt+U"; "": none
    presentation: bool = False  # alerts name no account, project or sum: others see this screen
    welcomed: bool = False  # the first-run page has been answered
    poll_minutes: int = 5
    alerts: AlertSettings = AlertSettings()
    icon: IconSettings = IconSettings()
    work: WorkSettings = WorkSettings()
    incidents: bool = True  # status pages are looked at, of vendors of whom a server may be asked anyway
    providers: Mapping[str, ProviderSettings] = field(default_factory=lambda: MappingProxyType({}))
    status_line_cost: bool = True  # our own status line ends with what was used today, at list prices
    rates: tuple[UserRate, ...] = ()  # prices of the user's own, laid over those of the program
    budgets: tuple[Budget, ...] = ()
    problems: tuple[str, ...] = ()  # sentences: file, line, key, what is right

    def of(self, provider_id: str) -> ProviderSettings:
        return self.providers.get(provider_id, ProviderSettings())

    def thresholds(self, provider_id: str, account_id: str) -> tuple[float, ...]:
        own = self.of(provider_id).account(account_id).thresholds
        return self.alerts.thresholds if own is None else own
