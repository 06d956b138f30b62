"""Kimi Code: the windows of Moonshot's coding subscription, with the user's own key or the Kimi program's sign-in.

Source: GET /coding/v1/usages, which the vendor's program asks; two generations of answers, shapes as of 2026-11.
Older: `usage` is the week, `limits[]` has a window each; numbers are mostly texts, a zero is left out. The limit is 100
(percent) or a count of requests, so only shares are shown. Newer: `usages.limit_5h`, `limit_month_total` and the like
with a `used_ratio` from 0 to 1; `limits[]` may be all zeros then, which means nothing. Where both speak of one window
the higher figure is shown, and marked where they differ by more than rounding.
The program's token lives for 15 minutes, is never renewed by us, and its file is only read.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

from usagetray.errors import Cause, SourceError
from usagetray.model import Secret, Snapshot, UsageWindow
from usagetray.providers.contract import Facts, HomeRule, Key, LocalFile, Provider, Strategy, Web
from usagetray.providers.keyed import by_key, key_and_way, told
from usagetray.providers.parse import Answer, decode, full_at_most, length_name, part

ID = "kimi"
SOURCE = "Kimi"
PATHS = ("/coding/v1/usages", "/coding/v1/usage")  # the older one where the first is not there
KEY = Key(name="api_key", label="API key of Kimi Code", env=("KIMI_CODE_API_KEY",))
SIGN_IN = LocalFile(name="sign_in", place=lambda home: home.path / "credentials" / "kimi-code.json", most=64 * 1024)
WEEK = timedelta(days=7)
UNITS = {"MINUTE": timedelta(minutes=1), "HOUR": timedelta(hours=1), "DAY": timedelta(days=1)}
POOL = re.compile(r"limit_(?:(\d{1,3})(m|h|d)|month_(\w{1,30}))")
RESETS = ("resetTime", "resetAt", "reset_time", "reset_at")
ORIGIN = "https://api.kimi.com"
REFUSED = "Kimi answers its own program only, or there is no membership behind this key."
NO_PLAN = (Cause.BAD_DATA, "answered 402")
DIFFER = 0.01


def by_own_key(facts: Facts, web: Web | None) -> tuple[Snapshot, ...]:
    key, way = key_and_way(SOURCE, KEY, facts, web)
    return _told("key", facts, _answer(way, key))


def by_sign_in(facts: Facts, web: Web | None) -> tuple[Snapshot, ...]:
    token = _token(facts)
    if web is None:
        raise SourceError(SOURCE, Cause.NOT_CONNECTED, "asking Kimi is not allowed")
    return _told("sign_in", facts, _answer(web, token))


def _token(facts: Facts) -> Secret:
    file = facts.file(SIGN_IN.name)
    found = decode(file.content) if file else {}
    if not isinstance(found, dict):
        raise SourceError(SOURCE, Cause.CREDENTIAL_MALFORMED, "the sign-in file is no JSON object")
    if not (text := Answer(found).raw("access_token")):
        raise SourceError(SOURCE, Cause.NOT_CONNECTED, "Kimi keeps no sign-in here")
    if not isinstance(text, str):
        raise SourceError(SOURCE, Cause.CREDENTIAL_MALFORMED, "the token is no text")
    expires_at = Answer(found).instant("expires_at")
    if expires_at is not None and expires_at <= facts.now:
        raise SourceError(SOURCE, Cause.EXPIRED, "start kimi: it renews its sign-in")
    return Secret(text)


def _sent(facts: Facts) -> Secret | None:
    try:
        return _token(facts)
    except SourceError:
        return None


def _answer(way: Web, secret: Secret) -> Any:
    try:
        try:
            return way.get_json(PATHS[0], bearer=secret)
        except SourceError as error:
            if (error.cause, error.detail) != (Cause.BAD_DATA, "answered 404"):
                raise
        return way.get_json(PATHS[1], bearer=secret)
    except SourceError as error:
        if (error.cause, error.detail) == NO_PLAN:
            raise SourceError(SOURCE, Cause.NOT_ALLOWED, "no membership") from None
        raise


def _told(strategy_id: str, facts: Facts, body: Any) -> tuple[Snapshot, ...]:
    answer = Answer(body)
    level = answer.text("user", "membership", "level")
    plan = level and level.removeprefix("LEVEL_").replace("_", " ").title()
    return told(SOURCE, ID, strategy_id, facts, answer, windows=_windows(answer), plan=plan)


def _windows(answer: Answer) -> tuple[UsageWindow, ...]:
    stated = [_counted(answer.sub("usage"), WEEK)]
    for row in answer.rows("limits"):
        stated.append(_counted(row.sub("detail"), _length(row)))
    pools = answer.sub("usages") if isinstance(answer.raw("usages"), dict) else None
    stated += [_pool(pools, name) for name in pools.names()] if pools else []
    found: dict[str, UsageWindow] = {}
    for window in stated:
        if window is not None:
            found[window.key] = _higher(found.get(window.key), window)
    return tuple(found.values())


def _length(row: Answer) -> timedelta | None:
    unit = (row.text("window", "timeUnit") or "").upper().removeprefix("TIME_UNIT_").removesuffix("S")
    count = row.whole("window", "duration")
    return UNITS[unit] * count if unit in UNITS and count and count <= WEEK / UNITS["MINUTE"] else None


def _counted(detail: Answer | None, length: timedelta | None) -> UsageWindow | None:
    """A window told by counts; None where they mean nothing."""
    if detail is None:
        return None
    limit, used, left = detail.number("limit"), detail.number("used"), detail.number("remaining")
    if used is None and limit is not None and left is not None and left <= limit:
        used = limit - left
    share = full_at_most(part(used, limit))
    resets_at = detail.instant(detail.pick(*RESETS))
    if limit == 0 or (share is None and resets_at is None):
        return None
    key, label = length_name(length) if length else ("limit", "Limit")
    return UsageWindow(key=key, label=label, utilization=share, resets_at=resets_at, length=length)


def _pool(pools: Answer, name: str) -> UsageWindow | None:
    """A window told by a ratio. Of a kind that came later it is shown, and not taken to lock anything."""
    pool = pools.sub(name)
    if pool is None:
        return None
    ratio = pool.number("used_ratio")
    used = full_at_most(None if ratio is None else round(float(ratio), 9))
    if ratio is not None and used is None:
        pool.drop("used_ratio")
    resets_at = pool.instant(pool.pick(*RESETS))
    if used is None and resets_at is None:
        return None
    known, length, scope = POOL.fullmatch(name), None, ""
    key, label = name[:40], name.removeprefix("limit_").replace("_", " ").capitalize()[:40] or "Limit"
    if known and known[1] and int(known[1]):
        length = int(known[1]) * {"m": UNITS["MINUTE"], "h": UNITS["HOUR"], "d": UNITS["DAY"]}[known[2]]
        key, label = length_name(length)
    elif known and known[3]:
        is_total = known[3] == "total"
        key, scope = f"month_{known[3]}", "all use" if is_total else ""
        label = "Month" if is_total else f"Month for {known[3].replace('_', ' ')}"
    return UsageWindow(
        key=key, label=label, scope=scope, utilization=used, resets_at=resets_at, length=length, locks=known is not None
    )


def _higher(one: UsageWindow | None, other: UsageWindow) -> UsageWindow:
    """Of two tellings of one window the one that leaves less."""
    if one is None or one.utilization is None or other.utilization is None:
        return other if one is None or one.utilization is None else one
    fuller, emptier = (one, other) if one.utilization >= other.utilization else (other, one)
    if (fuller.utilization or 0) - (emptier.utilization or 0) > DIFFER:
        fuller = replace(fuller, scope="uncertain")
    return replace(fuller, resets_at=fuller.resets_at or emptier.resets_at)


PROVIDER = Provider(
    id=ID,
    name=SOURCE,
    homes=HomeRule(env="KIMI_CODE_HOME", default="~/.kimi-code"),
    hosts=("moonshot.ai", "moonshot.cn", "kimi.com", "kimi.ai"),
    strategies=(
        replace(
            by_key(
                id="key", label="Kimi", key=KEY, fetch=by_own_key, origin=ORIGIN, asks="how much of your plan is used"
            ),
            when_refused=REFUSED,
        ),
        Strategy(
            id="sign_in",
            label="Kimi’s sign-in",
            needs=(SIGN_IN,),
            fetch=by_sign_in,
            consent=(
                "Reads the sign-in that the Kimi program keeps in kimi-code.json and sends its token to api.kimi.com, "
                "and nowhere else, every 5 minutes, to ask how much of your plan is used. The token stays in memory: "
                "it is never stored, renewed or written to a log. It holds for 15 minutes after Kimi was used last."
            ),
            origin=ORIGIN,
            credential=_sent,
            when_refused=REFUSED,
        ),
    ),
    signs=(SIGN_IN,),
    reads="Of its sign-in nothing is read until you allow it.",
)
