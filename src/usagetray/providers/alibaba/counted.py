"""Alibaba Cloud Coding Plan: an estimate from the responses that this computer's own logs hold.

Source: the vendor's help pages, limits read on 2026-10: requests in any five hours, in a week from Monday 00:00
UTC+8, and in a month from 00:00 UTC+8 of the day of subscription. No key can read the quota. A response counts as one
request; retries and other computers are not seen, so this is a lower bound, and locks nobody.
"""

from __future__ import annotations

import calendar
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from usagetray.errors import Cause, SourceError
from usagetray.model import Account, Snapshot, UsageWindow
from usagetray.providers.contract import Counted, CountSince, Facts, Said, Strategy, Web

ID = "alibaba"
SOURCE = "Alibaba Coding Plan"
STRATEGY_ID = "counted"
ESTIMATE = "estimate"
CHINA = timezone(timedelta(hours=8))
FIVE_HOURS, WEEK = timedelta(hours=5), timedelta(days=7)
PRECISION = timedelta(seconds=1)
REQUESTS = Counted(models=("qwen",))


class Limits(NamedTuple):
    """Requests allowed."""

    five_hours: int
    week: int
    month: int


PLANS = {"lite": Limits(1_200, 9_000, 18_000), "pro": Limits(6_000, 45_000, 90_000)}


def fetch(facts: Facts, web: Web | None) -> tuple[Snapshot, ...]:
    del web
    limits = PLANS.get(facts.plan.strip().lower())
    if limits is None:
        raise SourceError(SOURCE, Cause.NOT_CONNECTED, f"name your plan in the settings: {' or '.join(PLANS)}")
    if facts.count is None:
        raise SourceError(SOURCE, Cause.NOT_CONNECTED, "no log of requests is kept here")
    return (
        Snapshot(
            provider_id=ID,
            strategy_id=STRATEGY_ID,
            account=Account(id="default", plan=facts.plan.strip().title()),
            captured_at=facts.now,
            windows=windows(limits, facts.plan_day or 1, facts.count, facts.now),
        ),
    )


def windows(limits: Limits, day: int, count: CountSince, now: datetime) -> tuple[UsageWindow, ...]:
    """Pure: `count` tells how many responses there were from an instant on; `day`: of the month, 1 to 31."""
    week_began, week_ends = week_of(now)
    month_began, month_ends = month_of(now, day)
    return (
        UsageWindow(
            key="five_hours_counted",
            label="5 hours",
            scope=ESTIMATE,
            utilization=count(now - FIVE_HOURS) / limits.five_hours,
            resets_at=has_room_at(limits.five_hours, count, now),
            length=FIVE_HOURS,
            locks=False,
        ),
        UsageWindow(
            key="week_counted",
            label="Week",
            scope=ESTIMATE,
            utilization=count(week_began) / limits.week,
            resets_at=week_ends,
            length=week_ends - week_began,
            locks=False,
        ),
        UsageWindow(
            key="month_counted",
            label="Month",
            scope=ESTIMATE,
            utilization=count(month_began) / limits.month,
            resets_at=month_ends,
            length=month_ends - month_began,
            locks=False,
        ),
    )


def has_room_at(limit: int, count: CountSince, now: datetime) -> datetime | None:
    """When enough requests will be five hours old that one more fits, to the second; None while there is room.

    A window that rolls resets at no instant: little by little it has room again.
    """
    full_from, room_from = now - FIVE_HOURS, now
    if count(full_from) < limit:
        return None
    while room_from - full_from > PRECISION:
        middle = full_from + (room_from - full_from) / 2
        if count(middle) < limit:
            room_from = middle
        else:
            full_from = middle
    return room_from + FIVE_HOURS


def week_of(now: datetime) -> tuple[datetime, datetime]:
    """When the running week began and will end."""
    today = _midnight(now)
    began = today - timedelta(days=today.weekday())
    return began, began + WEEK


def month_of(now: datetime, day: int) -> tuple[datetime, datetime]:
    """When the running month of the plan began and will end; where a month has no such day, on its last one."""
    today = _midnight(now)
    this = _on(today.year, today.month, day)
    if this > today:
        return _on(today.year, today.month - 1, day), this
    return this, _on(today.year, today.month + 1, day)


def _midnight(now: datetime) -> datetime:
    return now.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)


def _on(year: int, month: int, day: int) -> datetime:
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return datetime(year, month, min(day, calendar.monthrange(year, month)[1]), tzinfo=CHINA)


STRATEGY = Strategy(
    id=STRATEGY_ID,
    label="requests counted here (only what this computer recorded)",
    needs=(Said(), REQUESTS),
    fetch=fetch,
)
