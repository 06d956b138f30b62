"""MiniMax: the short window and the week of a coding plan, and prepaid points, with the user's own subscription key.

Source: GET /v1/token_plan/remains, else /v1/api/openplatform/coding_plan/remains; named in the vendor's help pages, the
fields undocumented, shapes as of 2026-09. A key works in one region only, so each region is a source with a key of
its own. Bounds are epoch milliseconds; refusals come as HTTP 200 with `base_resp.status_code`.
`*_remaining_percent` is what is LEFT, and wins over counts. `*_usage_count` means what is left too, against its name: a
fresh plan says 1500 of 1500. Some reported that it had come to mean use at the first path, so a figure made of counts
there is marked uncertain until two answers within one window decide it (what is left only falls, what is used only
rises); the user can decide it too. Without a total and a percentage there is no quota; status 3 with nothing counted is
"no limit" for the coding row's week, and "not in the plan" for any other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from usagetray.errors import Cause, SourceError
from usagetray.model import Money, MoneyKind, MoneyLine, Secret, Snapshot, UsageWindow
from usagetray.providers.contract import Facts, Key, Option, Provider, Strategy, Web
from usagetray.providers.keyed import by_key, key_and_way, told
from usagetray.providers.parse import Answer, decode, length_name, part
from usagetray.quick_dataclass import dataclass

ID = "minimax"
SOURCE = "MiniMax"
TOKEN_PLAN, CODING_PLAN = "/v1/token_plan/remains", "/v1/api/openplatform/coding_plan/remains"
COUNTS_MEAN_USED = Option(
    name="counts-mean-used",
    explains="Reads MiniMax’s counts as what was used, not as what is left; for when the bar runs backwards.",
)
NO_BALANCE, NO_BALANCE_CODE = "no balance", 1008
CAUSES = {
    **dict.fromkeys((1004, 2049), Cause.REFUSED),
    **dict.fromkeys((1000, 1001), Cause.SERVER_ERROR),
    1002: Cause.RATE_LIMITED,
    NO_BALANCE_CODE: Cause.NOT_ALLOWED,
}
NOT_HERE = (Cause.REFUSED, Cause.BAD_DATA)
"""How a path answers that the account is not served at: worth asking the other one."""
PLANS = ("current_subscribe_title", "plan_name", "combo_title", "current_plan_title")
POINTS = ("points_balance", "point_balance", "credits_balance", "credit_balance", "balance")
NOT_LIMITED = 3
NORMAL = 1000  # thousandths of the plan's quota
LONGEST = timedelta(days=40)


FAMILY = re.compile(r"(minimax-)?m(\*|[0-9])|minimax-m", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Span:
    """The names of the fields of one of a row's two windows."""

    key: str
    fields: str
    begins: str
    ends: str
    left: str  # milliseconds to the end
    boost: str


SHORT = Span("interval", "current_interval", "start_time", "end_time", "remains_time", "interval")
WEEK = Span("weekly", "current_weekly", "weekly_start_time", "weekly_end_time", "weekly_remains_time", "weekly")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a count is taken for: what was used, or what is left."""

    used: bool
    certain: bool


def fetch(region: str, key: Key, facts: Facts, web: Web | None) -> tuple[Snapshot, ...]:
    secret, way = key_and_way(SOURCE, key, facts, web)
    path, answer = _asked(way, secret)
    wrapped = answer.sub("data") if isinstance(answer.raw("data"), dict) else None
    said = wrapped if wrapped and wrapped.raw("model_remains") is not None else answer
    rows = {(row.text("model_name") or "other")[:60]: row for row in said.rows("model_remains")}
    chosen = _coding_row(rows)
    meaning, memory = _meaning(facts, path, rows.get(chosen))
    windows: list[UsageWindow] = []
    ignored = []
    for name, row in rows.items():
        if name != chosen and FAMILY.match(name) and FAMILY.match(chosen):
            ignored.append(f"{name} (counted with {chosen})")
            continue
        found = [_window(row, span, name, name == chosen, meaning, facts.now) for span in (SHORT, WEEK)]
        windows += [window for window in found if window is not None]
        if not any(found):
            ignored.append(f"{name} (not in this plan)")
    return told(
        SOURCE,
        ID,
        f"quota_{region}",
        facts,
        answer,
        windows=tuple(windows),
        money=_points(said),
        plan=said.text(said.pick(*PLANS)) or said.text("current_combo_card", "title"),
        region=region,
        ignored=tuple(ignored[:10]),
        memory=memory,
    )


def _asked(way: Web, secret: Secret) -> tuple[str, Answer]:
    """The path that serves this account, the newer one first, and its answer."""
    try:
        return TOKEN_PLAN, _answer(way, secret, TOKEN_PLAN)
    except SourceError as error:
        if error.cause not in NOT_HERE:
            raise
        first = error
    try:
        return CODING_PLAN, _answer(way, secret, CODING_PLAN)
    except SourceError as error:
        raise (first if first.cause is Cause.REFUSED and error.cause in NOT_HERE else error) from None


def _answer(way: Web, secret: Secret, path: str) -> Answer:
    answer = Answer(way.get_json(path, bearer=secret))
    code = answer.whole("base_resp", "status_code")
    if code:
        cause = CAUSES.get(code, Cause.BAD_DATA)
        is_key = cause is Cause.REFUSED
        named = NO_BALANCE if code == NO_BALANCE_CODE else f"refused with code {code}"
        raise SourceError(SOURCE, cause, "a wrong key, or of another region" if is_key else named)
    return answer


def _coding_row(rows: Mapping[str, Answer]) -> str:
    """The row that coding draws on; "" without rows."""
    first = next((name for name in rows if FAMILY.match(name)), next(iter(rows), ""))
    return next((name for name in rows if name.lower() == "general"), first)


def _meaning(facts: Facts, path: str, row: Answer | None) -> tuple[Meaning, str]:
    """What counts mean at this path, and what to remember for the next time."""
    kept = next((decode(each.memory) for each in facts.former if each.memory), None)
    known = kept if isinstance(kept, dict) else {}
    before = Answer(known.get(path) if isinstance(known.get(path), dict) else {})
    begins, count = (row.raw(SHORT.begins), row.number("current_interval_usage_count")) if row else (None, None)
    verdict, last = before.text("verdict"), before.number("count")
    if (
        verdict is None
        and count is not None
        and last is not None
        and begins is not None
        and before.raw("begins") == begins
    ):
        verdict = "left" if count < last else "used" if count > last else None
    now = {
        "begins": begins if isinstance(begins, int | str) else None,
        "count": None if count is None else str(count),
        "verdict": verdict,
    }
    memory = json.dumps({**{name: known[name] for name in (TOKEN_PLAN, CODING_PLAN) if name in known}, path: now})
    if COUNTS_MEAN_USED.name in facts.options:
        return Meaning(used=True, certain=True), memory
    return Meaning(used=verdict == "used", certain=verdict is not None or path == CODING_PLAN), memory


def _window(row: Answer, span: Span, name: str, is_coding: bool, meaning: Meaning, now: datetime) -> UsageWindow | None:
    left, total = row.filled(f"{span.fields}_remaining_percent"), row.number(f"{span.fields}_total_count")
    unlimited = row.whole(f"{span.fields}_status") == NOT_LIMITED and not total and left in (None, 1.0)
    if unlimited and not (is_coding and span is WEEK):
        return None
    used, certain = (None, True) if unlimited else _used(row, span, left, total, meaning)
    if used is None and not unlimited:
        return None
    begins, ends = row.instant(span.begins), row.instant(span.ends)
    length = ends - begins if begins and ends and timedelta() < ends - begins <= LONGEST else None
    boost = row.number(row.pick(*(f"{span.boost}_boost_permill{end}" for end in ("e", ""))))
    notes = ["" if is_coding else name, f"{boost / 10:.0f} % plan" if boost and boost != NORMAL else ""]
    return UsageWindow(
        key=span.key if is_coding else f"{name}:{span.key}",
        label="Week" if span is WEEK else length_name(length)[1] if length else "Session",
        scope=", ".join(filter(None, (*notes, "" if certain else "uncertain"))),
        utilization=used,
        resets_at=None if unlimited else _reset(row, span, ends, used, now),
        length=length,
        model=None if is_coding else name,
        locks=is_coding,
        unlimited=unlimited,
    )


def _used(
    row: Answer, span: Span, left: float | None, total: Decimal | None, meaning: Meaning
) -> tuple[float | None, bool]:
    """The share used, and whether that is certain."""
    if left is not None:
        return round(1 - left, 9), True
    remaining, count = row.number(f"{span.fields}_remaining_count"), row.number(f"{span.fields}_usage_count")
    if not total:
        return None, True
    if remaining is not None:
        return part(total - min(remaining, total), total), True
    if count is None:
        return None, True
    counted = min(count, total)
    return part(counted if meaning.used else total - counted, total), meaning.certain


def _reset(row: Answer, span: Span, ends: datetime | None, used: float | None, now: datetime) -> datetime | None:
    """The end that was stated, if it is ahead; one that has passed says that the window waits for its next use."""
    if ends is not None and ends > now:
        return ends
    left = row.number(span.left)
    if left and left <= LONGEST / timedelta(milliseconds=1):
        return now + timedelta(milliseconds=float(left))
    return None if used == 0 else ends


def _points(said: Answer) -> tuple[MoneyLine, ...]:
    """Bought beforehand; used when the plan's quota is."""
    points = said.number(said.pick(*POINTS))
    if points is None:
        return ()
    balance = Money(amount=points, currency="credits")
    return (MoneyLine(kind=MoneyKind.CREDITS, label="Points", balance=balance, covers=points > 0),)


def _source(region: str, host: str, *env: str) -> Strategy:
    key = Key(name=f"{region}_key", label=f"subscription key of {host}", env=env)
    return by_key(
        id=f"quota_{region}",
        label=host,
        key=key,
        fetch=partial(fetch, region, key),
        origin=f"https://api.{host}",
        asks=f"how much of the plan that you have at {host} is used",
        one_of="region",
        reasons={NO_BALANCE: "There is no balance left on this account."},
    )


PROVIDER = Provider(
    id=ID,
    name=SOURCE,
    homes=None,
    hosts=("minimax.io", "minimaxi.com", "minimax.cn"),
    strategies=(
        # A variable does not say of which region its key is, so it stands for the first one only.
        _source("global", "minimax.io", "MINIMAX_TOKEN_PLAN_KEY", "MINIMAX_CODING_API_KEY"),
        _source("china", "minimaxi.com"),
    ),
    options=(COUNTS_MEAN_USED,),
)
