"""Claude: "locked until T", from the records that Claude Code writes into its session logs when it is refused.

A refused turn is an assistant record of the model `<synthetic>`. Newer ones carry `quotaLimits` with the reset
as a number, older ones only a text ("You've hit your session limit · resets 9:50pm (Asia/Saigon)"). Such a
record holds until its reset, or until any real answer came after it. Undocumented; seen 2025 to 2026-10.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from usagetray.errors import Cause, SourceError
from usagetray.model import Snapshot, UsageWindow
from usagetray.providers.claude import identity
from usagetray.providers.claude.limits import SESSION, WEEK, model_window, session_window, week_window
from usagetray.providers.contract import Facts, FileText, NewestFiles, Strategy, Web
from usagetray.providers.parse import account_of_home, decode, instant_of, text_of
from usagetray.quick_dataclass import dataclass

ID = "lockout"
LOGS = NewestFiles(name="logs", under=lambda home: home.path / "projects")
SYNTHETIC = "<synthetic>"
SLACK = timedelta(minutes=10)
OLD_TEXT = re.compile(r"limit reached\|(\d{9,13})\b", re.ASCII)
TEXT = re.compile(
    r"[Ll]imit\b.{0,40}?\bresets\s+"
    r"(?:(?P<month>[A-Z][a-z]{2})[a-z]*\s+(?P<day>\d{1,2})(?:,|\s+at)?\s+|(?P<weekday>[A-Z][a-z]{2})[a-z]*\s+(?:at\s+)?)?"
    r"(?P<hour>\d{1,2})(?::(?P<minute>\d{2}))?\s?(?P<half>[ap])m\s+\((?P<zone>[A-Za-z0-9_+/-]{2,40})\)",
    re.ASCII,
)
WHICH = re.compile(r"(?:hit|reached) your (?P<which>[\w. -]{0,40}?)\s?limit\b", re.ASCII)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Lockout:
    at: datetime
    window: UsageWindow


def refused(record: dict[str, Any], at: datetime) -> UsageWindow | None:
    """The window that a synthetic record says is used up; None if it speaks of anything else.

    Overload (529), throttling by the server (429) and a monthly spend cap are not a plan's limit.
    """
    limits = record.get("quotaLimits")
    text = _text(record)
    if "spend limit" in text:
        return None
    if isinstance(limits, dict):
        resets_at = instant_of(limits.get("resetsAt"))
        if resets_at is not None and limits.get("status") == "rejected":
            return _named(str(limits.get("rateLimitType")), resets_at)
    if match := OLD_TEXT.search(text):
        resets_at = instant_of(match[1])
        return _by_distance(at, resets_at) if resets_at else None
    if match := TEXT.search(text):
        resets_at = _clock_time(match, at)
        if resets_at is None or resets_at > at + WEEK + SLACK:
            return None
        which = WHICH.search(text)
        name = which["which"].strip() if which else ""
        if name in ("", "usage"):
            return _by_distance(at, resets_at)
        if name in ("session", "weekly"):
            return _named("five_hour" if name == "session" else "seven_day", resets_at)
        model = " ".join(word for word in name.split() if word != "weekly")
        return _named(f"seven_day_{model}", resets_at)
    return None


def _named(kind: str, resets_at: datetime) -> UsageWindow | None:
    if kind == "five_hour":
        return session_window(1.0, resets_at)
    if kind == "seven_day":
        return week_window(1.0, resets_at)
    model = kind.removeprefix("seven_day_")
    # "seven_day_overage_included" and "overage" name no model; nobody can say what is locked then.
    return model_window(model.title(), 1.0, resets_at) if model != kind and "overage" not in model else None


def _by_distance(at: datetime, resets_at: datetime) -> UsageWindow:
    """Texts that name no window: what comes back within five hours is the session."""
    return session_window(1.0, resets_at) if resets_at <= at + SESSION + SLACK else week_window(1.0, resets_at)


def _clock_time(match: re.Match[str], at: datetime) -> datetime | None:
    """The next instant after `at` that a clock in the named zone shows so."""
    from zoneinfo import ZoneInfo  # deferred: only for who is locked out

    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if not 1 <= hour <= 12 or minute > 59:
        return None
    hour = hour % 12 + (12 if match["half"] == "p" else 0)
    try:
        local = at.astimezone(ZoneInfo(match["zone"]))
        stated = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
        if match["month"]:
            stated = stated.replace(month=MONTHS.index(match["month"]) + 1, day=int(match["day"]))
            if stated < local - timedelta(days=1):
                stated = stated.replace(year=stated.year + 1)
        elif match["weekday"]:
            stated += timedelta(days=(WEEKDAYS.index(match["weekday"]) - stated.weekday()) % 7)
            if stated <= local:
                stated += WEEK
        elif stated <= local:
            stated += timedelta(days=1)
        return stated.astimezone(UTC)
    except (ValueError, KeyError, OSError, OverflowError):  # no such zone, month, day or date
        return None


def _text(record: dict[str, Any]) -> str:
    message = record.get("message")
    content = message.get("content") if isinstance(message, dict) else None
    if isinstance(content, list) and content and isinstance(content[0], dict):
        content = content[0].get("text")
    return text_of(content) or ""


def scan(file: FileText) -> tuple[list[Lockout], datetime | None]:
    """From the end of one log: refusals since its last real answer, and when that answer came."""
    lines = file.content.split(b"\n")
    found: list[Lockout] = []
    for line in reversed(lines[1:] if file.cut else lines):
        if b'"assistant"' not in line:
            continue
        record = decode(line)
        if not isinstance(record, dict) or record.get("type") != "assistant":
            continue
        at = instant_of(record.get("timestamp"))
        if at is None:
            continue
        message = record.get("message")
        model = message.get("model") if isinstance(message, dict) else None
        if model != SYNTHETIC and record.get("isApiErrorMessage") is not True:
            return found, at
        window = refused(record, at)
        if window is not None:
            found.append(Lockout(at, window))
    return found, None


def fetch(facts: Facts, web: Web | None) -> tuple[Snapshot, ...]:
    """What is still locked; usually nothing."""
    del web
    files = facts.files.get(LOGS.name, ())
    if not files:
        raise SourceError(identity.SOURCE, Cause.NOT_CONNECTED, "no session logs here")
    scanned = [scan(file) for file in files]
    answered_at = max((at for _, at in scanned if at is not None), default=None)
    held: dict[str, Lockout] = {}
    for lockout in sorted((one for found, _ in scanned for one in found), key=lambda one: one.at):
        ahead = lockout.window.resets_at is not None and lockout.window.resets_at > facts.now
        if ahead and lockout.at <= facts.now and (answered_at is None or lockout.at > answered_at):
            held[lockout.window.key] = lockout
    if not held:
        return ()
    account = identity.account(identity.config(facts)) or account_of_home(facts.home)
    return (
        Snapshot(
            provider_id=identity.PROVIDER_ID,
            strategy_id=ID,
            account=account,
            captured_at=max(lockout.at for lockout in held.values()),
            windows=tuple(replace(lockout.window, captured_at=lockout.at) for lockout in held.values()),
        ),
    )


STRATEGY = Strategy(id=ID, label="a session log", needs=(LOGS, *identity.NEEDS), fetch=fetch, withdraws=True)
