"""Reading the settings file.

A value that cannot be used costs only itself: its default holds, and the problem names file, line, key.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from usagetray.settings import AccountSettings, AlertSettings, IconSettings, ProviderSettings, Settings, WorkSettings
from usagetray.settings import budgets as budget_rows
from usagetray.settings import rates as rate_rows
from usagetray.settings.keys import is_id, kind_of

T = TypeVar("T")
MOST_BYTES = 4 << 20
LIKE_A_KEY = re.compile(r"\b(?:sk|pk|rk|gh[a-z]|github_pat|xox[a-z])[-_][\w-]{6,}|[A-Za-z0-9_-]{24,}")


def load(path: Path) -> Settings:
    """The settings in the file; defaults where there is none. Never raises, never writes."""
    try:
        text = text_of(path)
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        return Settings(problems=(f"{path} cannot be read ({_reason(error)}); the defaults hold until it can.",))
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        return Settings(problems=(f"{path}: {syntax(error)}; the defaults hold until it is mended.",))
    return _Reader(path, text, table).settings()


def text_of(path: Path) -> str:
    """The whole file, links followed. Raises UnicodeDecodeError, and OSError also for what is no file of settings.

    Opening a pipe would wait for who writes to it, and some devices never end.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    with os.fdopen(handle, "rb") as stream:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "it is no regular file", str(path))
        content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise OSError(errno.EFBIG, f"it is larger than {MOST_BYTES >> 20} MiB", str(path))
    return content.decode("utf-8-sig")


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
        known = Settings()
        return Settings(
            show_left=self.value("show", "used") == "left",
            countdown=self.value("times", "clock") == "countdown",
            clock=self.value("clock", known.clock),
            language=self.value("language", known.language),
            shortcut=self.value("shortcut", known.shortcut),
            presentation=self.value("presentation", known.presentation),
            welcomed=self.value("welcomed", known.welcomed),
            poll_minutes=self.value("polling.minutes", known.poll_minutes),
            alerts=AlertSettings(**self.values("alerts", known.alerts)),
            icon=IconSettings(**self.values("icon", known.icon)),
            work=WorkSettings(**self.values("work", known.work)),
            incidents=self.value("incidents", known.incidents),
            status_line_cost=self.value("statusline.cost", known.status_line_cost),
            providers=MappingProxyType(
                {each: self.provider(each) for each in self.section("providers") if is_id(each)}
            ),
            rates=rate_rows.read(self.table.get("rates", []), f"{self.path}", self.text, self.problems.append),
            budgets=budget_rows.read(self.table.get("budgets", []), f"{self.path}", self.text, self.problems.append),
            problems=tuple(self.problems),
        )

    def provider(self, provider_id: str) -> ProviderSettings:
        prefix = f"providers.{provider_id}"
        own = self.values(prefix, ProviderSettings())
        accounts = {
            each: AccountSettings(**self.values(f"{prefix}.accounts.{each}", AccountSettings()))
            for each in self.section(f"{prefix}.accounts")
            if is_id(each)
        }
        return ProviderSettings(**own, accounts=MappingProxyType(accounts))

    def values(self, section: str, default: Any) -> dict[str, Any]:
        """Of all keys of a section that are called as the fields of `default` are."""
        names = [each.name for each in fields(default) if kind_of(f"{section}.{each.name}")]
        return {name: self.value(f"{section}.{name}", getattr(default, name)) for name in names}

    def section(self, key: str) -> Mapping[str, Any]:
        found: Any = self.table
        for part in key.split(".") if key else ():
            found = found.get(part, {})
            if not isinstance(found, Mapping):
                self.problem(key, "a [section]", found)
                return {}
        return found  # type: ignore[no-any-return]

    def value(self, key: str, default: T) -> T:
        kind = kind_of(key)
        assert kind is not None, key  # noqa: S101 - a key read here that nobody may set is our own mistake
        section, _, name = key.rpartition(".")
        table = self.section(section)
        if name not in table:
            return default
        try:
            return kind.read(table[name])  # type: ignore[no-any-return]
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


def _dotted(key: str) -> str:
    """`providers . "x"` as `providers.x`."""
    return re.sub(r"[\s\"']", "", key)


def shown(value: Any) -> str:
    """A value as the user wrote it, short. Of an address only the host: the rest may be as good as a password.

    What may be a key that was put in the wrong place is not repeated at all.
    """
    text = {True: "true", False: "false"}.get(value) if isinstance(value, bool) else repr(value)
    text = LIKE_A_KEY.sub("…", text or "")
    return re.sub(r"://(?:[^/\s]*@)?([\w.:\[\]-]*)[^'\"]*", r"://\1…", text).replace("'", '"')[:40]
