"""Claude: what the status line helper was told by Claude Code, read from our own spool.

Documented by the vendor ("Customize your status line"): after each answer Claude Code hands its status line
command the use of the five-hour and the weekly window. No money, no window of one model, no plan.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from usagetray.errors import Cause, SourceError
from usagetray.model import Account, Snapshot, UsageWindow
from usagetray.providers.claude import identity
from usagetray.providers.claude.limits import WEEK, session_window, week_window
from usagetray.providers.contract import Facts, Spooled, Strategy, Web
from usagetray.providers.parse import Answer, account_of_home, decode
from usagetray.quick_dataclass import dataclass

ID = "status_line"
SPOOL = Spooled(name="spool", spool="statusline")
SAME_RESET = timedelta(minutes=2)
"""The vendor restates a reset some seconds off; less than this is no new window."""
OLDEST = WEEK + timedelta(days=1)
"""Every window of an older line has ended since."""
AHEAD = timedelta(minutes=5)
"""A line further in the future was written under another clock: its age cannot be told."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one run of the helper noted."""

    at: datetime
    account: str | None
    windows: tuple[UsageWindow, ...]


def line(text: bytes, facts: Facts, dropped: list[str]) -> Line | None:
    """A line of this home, or None: another home's, half written, too old, or nothing in it."""
    body = decode(text)
    if not isinstance(body, dict):
        return None
    answer = Answer(body)
    at = answer.instant("at")
    if answer.raw("home") != str(facts.home.path) or at is None or not facts.now - OLDEST < at <= facts.now + AHEAD:
        return None
    windows = []
    if limits := answer.sub("rate_limits"):
        for name, make in (("five_hour", session_window), ("seven_day", week_window)):
            if window := limits.sub(name):
                made = make(window.share("used_percentage"), window.instant("resets_at"))
                if made.utilization is not None or made.resets_at is not None:
                    windows.append(made)
    dropped.extend(name for name in answer.dropped if name not in dropped)
    return Line(at, answer.text("account"), tuple(windows)) if windows else None


def supersedes(new: UsageWindow, at: datetime, old: UsageWindow) -> bool:
    """Several open sessions may report older figures: a lower one, said `at`, counts only in a later window."""
    if old.resets_at is not None and old.resets_at <= at:
        return True
    if new.resets_at is not None and old.resets_at is not None:
        if new.resets_at > old.resets_at + SAME_RESET:
            return True
        if new.resets_at < old.resets_at - SAME_RESET:
            return False
    return new.utilization is not None and new.utilization >= (old.utilization or 0.0)


def newest(lines: Iterable[tuple[str, Line]]) -> dict[str, dict[str, tuple[datetime, UsageWindow]]]:
    """Of lines with their account, oldest first: per account and window the figure that counts, and its time."""
    found: dict[str, dict[str, tuple[datetime, UsageWindow]]] = {}
    resets: dict[str, tuple[datetime | None, ...]] = {}
    for account, one in lines:
        ends = tuple(window.resets_at for window in one.windows)
        # After a change of sign-in a session still open repeats the former account's figures.
        if len(ends) == 2 and any(other != account and seen == ends for other, seen in resets.items()):
            continue
        resets[account] = ends
        windows = found.setdefault(account, {})
        for window in one.windows:
            before = windows.get(window.key)
            if before is None or supersedes(window, one.at, before[1]):
                windows[window.key] = (one.at, window)
    return found


def fetch(facts: Facts, web: Web | None) -> tuple[Snapshot, ...]:
    del web
    spool = facts.file(SPOOL.name)
    if spool is None:
        raise SourceError(identity.SOURCE, Cause.NOT_CONNECTED, "the status line has reported nothing yet")
    dropped: list[str] = []
    read = [line(text, facts, dropped) for text in spool.content.split(b"\n") if text]
    lines = sorted((one for one in read if one is not None), key=lambda one: one.at)
    current = identity.account(identity.config(facts))
    known = {one.account for one in lines if one.account} | ({current.id} if current else set())
    # A line that names nobody is shown only where there is nobody else it could belong to.
    sole = current or account_of_home(facts.home) if len(known) < 2 else None
    if sole and known and sole.id not in known:
        sole = Account(id=next(iter(known)))
    named = [(one.account or (sole.id if sole else ""), one) for one in lines]
    snapshots = []
    for account_id, windows in newest((name, one) for name, one in named if name).items():
        account = next((one for one in (current, sole) if one and one.id == account_id), Account(id=account_id))
        snapshots.append(
            Snapshot(
                provider_id=identity.PROVIDER_ID,
                strategy_id=ID,
                account=account,
                captured_at=max(at for at, _ in windows.values()),
                windows=tuple(replace(window, captured_at=at) for at, window in windows.values()),
                dropped=tuple(dropped),
            )
        )
    return tuple(snapshots)


STRATEGY = Strategy(id=ID, label="the status line", needs=(SPOOL, *identity.NEEDS), fetch=fetch)
