"""How our words stand in the store: instants and spans as whole microseconds, snapshots as JSON."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from usagetray.domain.alerts import AlertKind, Told
from usagetray.domain.attempts import Attempt
from usagetray.domain.holding_back import Held, LeftOut
from usagetray.errors import Cause
from usagetray.model import Snapshot
from usagetray.quick_dataclass import dataclass

log = logging.getLogger(__name__)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One strategy of one provider in one home: what is asked, paced and judged by itself."""

    provider: str
    home: str
    strategy: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.provider, self.home, self.strategy


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the next attempt of a source waits for."""

    next_at: datetime | None  # None: not before the sign-in changes
    every: timedelta | None  # the interval now in force; None: a passive source
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRow:
    """An alert as it is kept. `sent_at` None: held back, or never to be shown."""

    id: int = 0
    due_at: datetime
    sent_at: datetime | None = None
    shown: bool | None = None
    kind: AlertKind
    provider: str
    account: str
    window: str
    threshold: float | None
    title: str
    body: str
    urgency: str
    held_for: Held | None = None  # why it was not shown at once
    left_out: LeftOut | None = None  # why it never will be
    merged_into: int | None = None  # the first of those that it was shown together with


def to_us(at: datetime | None) -> int | None:
    return None if at is None else (at - EPOCH) // MICROSECOND


def to_at(us: int | None) -> datetime | None:
    """None also for what a damaged disk made of an instant."""
    try:
        return None if us is None else EPOCH + us * MICROSECOND
    except (OverflowError, TypeError):
        return None


def to_span_us(span: timedelta | None) -> int | None:
    return None if span is None else span // MICROSECOND


def to_span(us: int | None) -> timedelta | None:
    try:
        return None if us is None else us * MICROSECOND
    except (OverflowError, TypeError):
        return None


def to_body(snapshot: Snapshot) -> bytes:
    """Without what is as it mostly is: half the length."""
    return msgspec.json.encode(_sparse(snapshot))


def _sparse(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_sparse(each) for each in value]
    if not is_dataclass(value):
        return value
    told = ((each, getattr(value, each.name)) for each in fields(value))
    return {each.name: _sparse(own) for each, own in told if own != each.default}


def to_snapshot(body: bytes) -> Snapshot | None:
    """None for a row that an older program or a damaged disk left unreadable: the others still count."""
    try:
        return msgspec.json.decode(body, type=Snapshot)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        log.warning("a stored snapshot could not be read")
        return None


def to_attempt(row: Sequence[Any]) -> Attempt:
    at, ended_at, cause, retry_after, credential, detail = row
    return Attempt(
        at=to_at(at) or EPOCH,
        ended_at=to_at(ended_at),
        cause=_cause(cause),
        retry_after=to_span(retry_after),
        credential=credential,
        detail=detail,
    )


def _cause(text: str | None) -> Cause | None:
    """A cause of a newer program, or a damaged one, is a failure of some kind."""
    if text is None:
        return None
    return Cause(text) if text in Cause.__members__.values() else Cause.BAD_DATA


def to_told(row: Sequence[Any]) -> Told:
    ends_at, used, threshold, stops, used_up_at = row
    return Told(
        cycle_ends_at=to_at(ends_at),
        used=used,
        threshold=threshold,
        stops=frozenset(each for each in AlertKind if each in stops.split(",")),
        used_up_at=to_at(used_up_at),
    )


def told_row(told: Told) -> tuple[Any, ...]:
    stops = ",".join(sorted(told.stops))
    return to_us(told.cycle_ends_at), told.used, told.threshold, stops, to_us(told.used_up_at)


def to_alert_row(row: Sequence[Any]) -> AlertRow:
    rowid, due_at, sent_at, shown, kind, provider, account, window, threshold, title, body, urgency, *rest = row
    held_for, left_out, merged_into = rest
    return AlertRow(
        id=rowid,
        due_at=to_at(due_at) or EPOCH,
        sent_at=to_at(sent_at),
        shown=None if shown is None else bool(shown),
        kind=next((each for each in AlertKind if each == kind), AlertKind.THRESHOLD),
        provider=provider,
        account=account,
        window=window,
        threshold=threshold,
        title=title,
        body=body,
        urgency=urgency,
        held_for=next((each for each in Held if each == held_for), None),
        left_out=next((each for each in LeftOut if each == left_out), None),
        merged_into=merged_into,
    )
