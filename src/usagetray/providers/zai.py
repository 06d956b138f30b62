"""Z.ai and BigModel: the quotas of a GLM coding plan, asked for with the user's own key.

Source: GET /api/monitor/usage/quota/limit, which the vendor's own usage plugin calls; undocumented, shapes as of
2026-11. A key belongs to one region, so each region is a source of its own with a key of its own.
`data.limits[]`: `TOKENS_LIMIT` (older plans) and `CREDIT_LIMIT` (since 2026-07-30) are the coding quota, told apart
by length; `TIME_LIMIT` counts calls of tools and is no length of time, its unit (5, 1) means a month. `usage` is the
ALLOWANCE, `currentValue` what was used, `percentage` what was used in whole percents. A missing week means that the
plan has none; a missing `nextResetTime` that the window has not begun. Refusals come as HTTP 200 with a `code`.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from usagetray.errors import Cause, SourceError
from usagetray.model import Snapshot, UsageWindow
from usagetray.providers.contract import Facts, Key, Provider, Strategy, Web
from usagetray.providers.keyed import by_key, key_and_way, told
from usagetray.providers.parse import Answer, full_at_most, length_name, part

ID = "zai"
SOURCE = "Z.ai"
PATH = "/api/monitor/usage/quota/limit"
CODING = ("TOKENS_LIMIT", "CREDIT_LIMIT")
TOOLS = "TIME_LIMIT"
UNITS = {1: timedelta(days=1), 3: timedelta(hours=1), 5: timedelta(minutes=1), 6: timedelta(weeks=1)}
MOST_UNITS = 400  # days of a year and some; minutes of a window are fewer
OLDER = {"fiveHourPercent": timedelta(hours=5), "weeklyPercent": timedelta(weeks=1)}
PLANS = ("level", "planName", "plan", "plan_type", "packageName")
CAUSES = {
    **dict.fromkeys((401, 1000, 1001, 1002, 1003, 1004), Cause.REFUSED),
    **dict.fromkeys((403, 1113, 1309, 1313), Cause.NOT_ALLOWED),
    **dict.fromkeys((429, 1302, 1303), Cause.RATE_LIMITED),
    **dict.fromkeys((500, 502, 503), Cause.SERVER_ERROR),
}
REASONS = {
    1113: ("no balance", "There is no balance left on this account."),
    1309: ("the plan has expired", "The coding plan behind this key has expired."),
    1313: ("the account is restricted", "The vendor has restricted this account for its use."),
}
"""Codes of a refusal: what it is called, and the sentence for the user."""


def fetch(region: str, key: Key, facts: Facts, web: Web | None) -> tuple[Snapshot, ...]:
    secret, way = key_and_way(SOURCE, key, facts, web)
    answer = Answer(way.get_json(PATH, bearer=secret))
    code = answer.whole("code") or 0
    if answer.flag("success") is False or code in CAUSES:
        named = REASONS[code][0] if code in REASONS else f"refused with code {code}"
        raise SourceError(SOURCE, CAUSES.get(code, Cause.BAD_DATA), named)
    said = answer.sub("data") or Answer({})
    windows: dict[str, UsageWindow] = {}
    for window in (*map(_window, said.rows("limits")), *_older(said)):
        if window is not None:
            windows.setdefault(window.key, window)
    plan = said.text(said.pick(*PLANS))
    plan = plan and plan.replace("_", " ").title()
    found = tuple(windows.values())
    return told(SOURCE, ID, f"quota_{region}", facts, answer, windows=found, plan=plan, region=region)


def _window(row: Answer) -> UsageWindow | None:
    kind, length = row.text("type"), _length(row)
    used, resets_at = _used(row), row.instant("nextResetTime")
    if used is None and resets_at is None:
        return None
    scope = ""
    key, label = length_name(length) if length else ("limit", "Limit")
    if kind == TOOLS:
        key, label, scope, length = "tools", "Tools", "search and reader", None
    elif kind not in CODING:  # of a kind that came later: shown, and not taken to lock anything
        scope = (kind or "other").removesuffix("_LIMIT").replace("_", " ").lower()
        key = f"{scope}:{key}"
    is_coding = kind in CODING
    return UsageWindow(
        key=key, label=label, scope=scope, utilization=used, resets_at=resets_at, length=length, locks=is_coding
    )


def _length(row: Answer) -> timedelta | None:
    unit, number = UNITS.get(row.whole("unit") or 0), row.whole("number")
    return unit * number if unit and number and number <= MOST_UNITS else None


def _used(row: Answer) -> float | None:
    """From the counts where there are any: the percentage is whole."""
    total, left, used = row.number("usage"), row.number("remaining"), row.number("currentValue")
    if total and left is not None and left <= total:
        used = total - left
    counted = full_at_most(part(used, total))
    return row.filled("percentage") if counted is None else counted


def _older(said: Answer) -> tuple[UsageWindow, ...]:
    """The named percentages of answers without a list."""
    found = []
    for name, length in OLDER.items():
        used, (key, label) = said.filled(name), length_name(length)
        if used is not None:
            found.append(UsageWindow(key=key, label=label, utilization=used, resets_at=None, length=length))
    return tuple(found)


def _source(region: str, where: str, origin: str, *env: str) -> Strategy:
    key = Key(name=f"{region}_key", label=f"API key of {where}", env=env)
    return by_key(
        id=f"quota_{region}",
        label=where,
        key=key,
        fetch=partial(fetch, region, key),
        origin=origin,
        asks=f"how much of the plan that you have at {where} is used",
        one_of="region",
        reasons=dict(REASONS.values()),
    )


PROVIDER = Provider(
    id=ID,
    name=SOURCE,
    homes=None,
    hosts=("z.ai", "bigmodel.cn"),
    strategies=(
        _source("global", "z.ai", "https://api.z.ai", "Z_AI_API_KEY", "ZAI_API_KEY"),
        _source(
            "china",
            "bigmodel.cn",
            "https://open.bigmodel.cn",
            *("BIGMODEL_API_KEY", "ZHIPU_API_KEY", "ZHIPUAI_API_KEY", "GLM_API_KEY"),
        ),
    ),
)
