"""The user's settings: a TOML file, read into frozen words; unknown keys are left alone.

A value that cannot be used costs only itself: its default holds, and the problem names file, line, key.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from usagetray import settings_budgets, settings_rates

T = TypeVar("T")

ADDRESS = re.compile(
    r"(?:https://[a-z0-9.-]+(?::[0-9]{1,5})?|http://(?:127\.0\.0\.1|\[::1\]):[0-9]{1,5})(?:[/?][!-~]*)?"
)
"""A host in lower case, without a login before it; plain http only to this computer."""

DEFAULT_THRESHOLDS = (0.50, 0.75, 0.90)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSettings:
    enabled: bool = True
    thresholds: tuple[float, ...] = DEFAULT_THRESHOLDS  # shares, ascending
    locked: bool = True
    back: bool = True
    paying: bool = True
    paying_amounts: tuple[Decimal, ...] = (Decimal(10), Decimal(50))  # ascending, in the vendor's currency
    billing_route: bool = True  # something else than the plan is billed
    budgets: bool = True
    spikes: bool = True  # an hour or a session that costs many times the usual
    spikes_mute: tuple[str, ...] = ()  # projects that are left out of them: a folder, or the last part of its name
    backend: str = "auto"  # or "plyer"
    command: tuple[str, ...] = ()  # a program and its arguments, given each alert besides the desktop
    webhook: str = ""  # an address each alert is posted to; "": none


@dataclass(frozen=True, slots=True, kw_only=True)
class IconSettings:
    panel: str = "auto"  # "light" or "dark": the brightness of the panel, which cannot be asked
    label: bool = False  # text beside the icon where the desktop shows it


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
    welcomed: bool = False  # the first-run page has been answered
    poll_minutes: int = 5
    alerts: AlertSettings = AlertSettings()
    icon: IconSettings = IconSettings()
    incidents: bool = True  # status pages are looked at, of vendors of whom a server may be asked anyway
    providers: Mapping[str, ProviderSettings] = field(default_factory=lambda: MappingProxyType({}))
    status_line_cost: bool = True  # our own status line ends with what was used today, at list prices
    rates: tuple[settings_rates.UserRate, ...] = ()  # prices of the user's own, laid over those of the program
    budgets: tuple[settings_budgets.Budget, ...] = ()
    problems: tuple[str, ...] = ()  # sentences: file, line, key, what is right

    def of(self, provider_id: str) -> ProviderSettings:
        return self.providers.get(provider_id, ProviderSettings())

    def thresholds(self, provider_id: str, account_id: str) -> tuple[float, ...]:
        own = self.of(provider_id).account(account_id).thresholds
        return self.alerts.thresholds if own is None else own


# ---- what each key takes -----------------------------------------------------------------------------------


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError("true or false")


def _one_of(*choices: str) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if value in choices:
            return str(value)
        raise ValueError(" or ".join(f'"{choice}"' for choice in choices))

    return check


def _minutes(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 2 <= value <= 30:
        return value
    raise ValueError("whole minutes from 2 to 30")


def _thresholds(value: Any) -> tuple[float, ...]:
    is_percents = isinstance(value, list) and all(
        isinstance(each, int | float) and not isinstance(each, bool) and 1 <= each <= 99 for each in value
    )
    if is_percents:
        return tuple(sorted({each / 100 for each in value}))
    raise ValueError("a list of percentages from 1 to 99")


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(value)
    raise ValueError("a list of texts")


def _command(value: Any) -> tuple[str, ...]:
    words = _texts(value) if isinstance(value, list) else ("",)
    if (not words or words[0].strip()) and not any("\0" in word for word in words):
        return words
    raise ValueError("a list of texts, a program and its arguments")


def _address(value: Any) -> str:
    if isinstance(value, str) and (not value or ADDRESS.fullmatch(value)):
        return value
    raise ValueError("an address that begins with https:// (or http://127.0.0.1:PORT) and holds no login")


def _server(value: Any) -> str:
    """What `connect` writes: nothing that could be written in two ways, for a key is kept for each."""
    if isinstance(value, str) and (
        not value or (ADDRESS.fullmatch(value) and not re.search(r"[?#\\]|/$|//.*//", value))
    ):
        return value
    raise ValueError("an address that begins with https:// (or http://127.0.0.1:PORT), without a login or / at its end")


def _day(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 31:
        return value
    raise ValueError("a day of the month from 1 to 31, or 0")


def _label(value: Any) -> str:
    if isinstance(value, str) and len(value) <= 40 and (not value or value.isprintable()):
        return value
    raise ValueError("a text of at most 40 characters")


def _folders(value: Any) -> tuple[Path, ...]:
    return tuple(Path(each).expanduser() for each in _texts(value))


def _labelled_folders(value: Any) -> tuple[tuple[str, Path], ...]:
    found = []
    for text in _texts(value):
        name, sign, folder = text.partition("=")
        if not (sign and name.strip() and folder.strip()):
            raise ValueError('a list of texts like "laptop=/mnt/laptop/logs"')
        found.append((name.strip(), Path(folder.strip()).expanduser()))
    return tuple(found)


CHECKS: Mapping[str, Callable[[Any], Any]] = {
    "show": _one_of("used", "left"),
    "welcomed": _flag,
    "polling.minutes": _minutes,
    "alerts.enabled": _flag,
    "alerts.thresholds": _thresholds,
    "alerts.locked": _flag,
    "alerts.back": _flag,
    "alerts.paying": _flag,
    "alerts.paying_amounts": settings_budgets.amounts,
    "alerts.billing_route": _flag,
    "alerts.budgets": _flag,
    "alerts.spikes": _flag,
    "alerts.spikes_mute": _texts,
    "alerts.backend": _one_of("auto", "plyer"),
    "alerts.command": _command,
    "alerts.webhook": _address,
    "icon.panel": _one_of("auto", "light", "dark"),
    "icon.label": _flag,
    "incidents": _flag,
    "statusline.cost": _flag,
    "rates": settings_rates.check,
    "budgets": settings_budgets.check,
    "providers.*.enabled": _flag,
    "providers.*.homes": _folders,
    "providers.*.logs": _labelled_folders,
    "providers.*.allow": _texts,
    "providers.*.plan": _label,
    "providers.*.plan_day": _day,
    "providers.*.address": _server,
    "providers.*.options": _texts,
    "providers.*.accounts.*.enabled": _flag,
    "providers.*.accounts.*.label": _label,
    "providers.*.accounts.*.thresholds": _thresholds,
    "providers.*.accounts.*.allow": _texts,
    "providers.*.accounts.*.address": _server,
}
"""Every key that means something, with what it takes; `*` is a provider's id, or an account's name."""


def check_for(key: str) -> Callable[[Any], Any] | None:
    """The check of a dotted key; None where no such setting exists."""
    parts = key.split(".")
    if len(parts) in (3, 5) and parts[0] == "providers":
        parts[1] = "*"
        parts[3:4] = ["*"] * len(parts[3:4])
    return CHECKS.get(".".join(parts))


# ---- reading -----------------------------------------------------------------------------------------------


def load(path: Path) -> Settings:
    """The settings in the file; defaults where there is none. Never raises, never writes."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        return Settings(problems=(f"{path} cannot be read ({_reason(error)}); the defaults hold until it can.",))
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        return Settings(problems=(f"{path}: {syntax(error)}; the defaults hold until it is mended.",))
    return _Reader(path, text, table).settings()


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return error.strerror or "no reason given" if isinstance(error, OSError) else "it is not UTF-8 text"


def syntax(error: ValueError | RecursionError) -> str:
    """What the TOML reader could not read, and where, in words that follow a colon."""
    if isinstance(error, RecursionError):
        return "its lists or tables are nested too deeply"
    if not isinstance(error, tomllib.TOMLDecodeError):
        return "a number in it has too many digits"
    match = re.search(r"^(.*?) \(at (?:line (\d+), column \d+|end of document)\)$", str(error))
    if match is None:
        return f"not valid TOML ({error})"
    place = f"line {match[2]}" if match[2] else "at its end"
    return f"{place} is not valid TOML ({match[1][0].lower()}{match[1][1:]})"


class _Reader:
    """Walks one parsed file and collects what was wrong with it."""

    def __init__(self, path: Path, text: str, table: Mapping[str, Any]) -> None:
        self.path, self.text, self.table = path, text, table
        self.problems: list[str] = []

    def settings(self) -> Settings:
        alerts, icon, known = AlertSettings(), IconSettings(), Settings()
        return Settings(
            show_left=self.value("show", "used") == "left",
            welcomed=self.value("welcomed", known.welcomed),
            poll_minutes=self.value("polling.minutes", known.poll_minutes),
            alerts=AlertSettings(
                enabled=self.value("alerts.enabled", alerts.enabled),
                thresholds=self.value("alerts.thresholds", alerts.thresholds),
                locked=self.value("alerts.locked", alerts.locked),
                back=self.value("alerts.back", alerts.back),
                paying=self.value("alerts.paying", alerts.paying),
                paying_amounts=self.value("alerts.paying_amounts", alerts.paying_amounts),
                billing_route=self.value("alerts.billing_route", alerts.billing_route),
                budgets=self.value("alerts.budgets", alerts.budgets),
                spikes=self.value("alerts.spikes", alerts.spikes),
                spikes_mute=self.value("alerts.spikes_mute", alerts.spikes_mute),
                backend=self.value("alerts.backend", alerts.backend),
                command=self.value("alerts.command", alerts.command),
                webhook=self.value("alerts.webhook", alerts.webhook),
            ),
            icon=IconSettings(panel=self.value("icon.panel", icon.panel), label=self.value("icon.label", icon.label)),
            incidents=self.value("incidents", known.incidents),
            status_line_cost=self.value("statusline.cost", known.status_line_cost),
            providers=MappingProxyType(
                {each: self.provider(each) for each in self.section("providers") if is_id(each)}
            ),
            rates=settings_rates.read(self.table.get("rates", []), f"{self.path}", self.text, self.problems.append),
            budgets=settings_budgets.read(
                self.table.get("budgets", []), f"{self.path}", self.text, self.problems.append
            ),
            problems=tuple(self.problems),
        )

    def provider(self, provider_id: str) -> ProviderSettings:
        default, prefix = ProviderSettings(), f"providers.{provider_id}"
        return ProviderSettings(
            enabled=self.value(f"{prefix}.enabled", default.enabled),
            homes=self.value(f"{prefix}.homes", default.homes),
            logs=self.value(f"{prefix}.logs", default.logs),
            allow=self.value(f"{prefix}.allow", default.allow),
            plan=self.value(f"{prefix}.plan", default.plan),
            plan_day=self.value(f"{prefix}.plan_day", default.plan_day),
            address=self.value(f"{prefix}.address", default.address),
            options=self.value(f"{prefix}.options", default.options),
            accounts=MappingProxyType(
                {each: self.account(prefix, each) for each in self.section(f"{prefix}.accounts") if is_id(each)}
            ),
        )

    def account(self, provider: str, name: str) -> AccountSettings:
        default, prefix = AccountSettings(), f"{provider}.accounts.{name}"
        return AccountSettings(
            enabled=self.value(f"{prefix}.enabled", default.enabled),
            label=self.value(f"{prefix}.label", default.label),
            thresholds=self.value(f"{prefix}.thresholds", default.thresholds),
            allow=self.value(f"{prefix}.allow", default.allow),
            address=self.value(f"{prefix}.address", default.address),
        )

    def section(self, key: str) -> Mapping[str, Any]:
        found: Any = self.table
        for part in key.split(".") if key else ():
            found = found.get(part, {})
            if not isinstance(found, Mapping):
                self.problem(key, "a [section]", found)
                return {}
        return found  # type: ignore[no-any-return]

    def value(self, key: str, default: T) -> T:
        check = check_for(key)
        assert check is not None, key  # noqa: S101 - a key read here without a check is our own mistake
        section, _, name = key.rpartition(".")
        table = self.section(section)
        if name not in table:
            return default
        try:
            return check(table[name])  # type: ignore[no-any-return]
        except ValueError as error:
            self.problem(key, str(error), table[name])
            return default

    def problem(self, key: str, wanted: str, found: Any) -> None:
        line = line_of(self.text, key)
        sentence = f"{self.path}, line {line}: {key} takes {wanted}, not {shown(found)}; its default holds."
        if sentence not in self.problems:
            self.problems.append(sentence)


def line_of(text: str, key: str) -> int:
    """The line that sets the key, or the nearest table around it, 1-based: TOML readers do not keep it."""
    section, best, found = "", "", 1
    for number, line in enumerate(text.split("\n"), 1):
        if head := re.match(r"\s*\[\[?([^\]]+)\]", line):
            named = section = _dotted(head[1])
        elif setting := re.match(r"\s*([^=#]+)=", line):
            named = f"{section}.{_dotted(setting[1])}".strip(".")
        else:
            continue
        if len(named) > len(best) and f"{key}.".startswith(f"{named}."):
            best, found = named, number
    return found


def is_id(name: str) -> bool:
    """A provider's name as this program gives them; anything else in their section is somebody else's."""
    return re.fullmatch(r"[\w-]+", name) is not None


def _dotted(key: str) -> str:
    """`providers . "x"` as `providers.x`."""
    return re.sub(r"[\s\"']", "", key)


def shown(value: Any) -> str:
    """A value as the user wrote it, short. Of an address only the host: the rest may be as good as a password."""
    text = {True: "true", False: "false"}.get(value) if isinstance(value, bool) else repr(value)
    return re.sub(r"://(?:[^/\s]*@)?([\w.:\[\]-]*)[^'\"]*", r"://\1…", text or "").replace("'", '"')[:40]
