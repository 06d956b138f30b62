"""LiteLLM: budgets and spending of a virtual key at a proxy of the user's own, whose address they type.

Source: GET /key/info, /user/info and /team/info, documented by the vendor, read on 2026-11-20. Sums are US dollars; a
budget of null is none. For a key that belongs to a team only the key's own, the team's and the member's budget stop
it; the owner's personal one is shown, but locks nothing. A proxy that keeps no spending says zero, or answers 404 or
501. Spending is written with up to a minute's delay. Instants without an offset are UTC.
"""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from urllib.parse import quote

from usagetray.errors import Cause, SourceError
from usagetray.model import MoneyKind, MoneyLine, Snapshot, UsageWindow
from usagetray.providers.contract import Address, Facts, Key, Provider, Web
from usagetray.providers.keyed import by_key, key_and_way, told, usd
from usagetray.providers.parse import Answer, part
from usagetray.quick_dataclass import dataclass

ID = "litellm"
SOURCE = "LiteLLM"
KEY = Key(name="virtual_key", label="virtual key", env=("LITELLM_API_KEY",))
BASE_URL = ("LITELLM_BASE_URL", "LITELLM_PROXY_URL")
ADDRESS = Address(label="Address of your LiteLLM proxy", env=BASE_URL, cut=("/v1",))
BLOCKED = "the key is blocked"
DURATION = re.compile(r"(\d{1,4})([smhd])")
UNITS = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class Budget:
    """One sum with its cap, and where its reset stands."""

    key: str
    label: str
    spend: Decimal | None
    cap: Decimal | None
    of: Answer
    locks: bool = True


def fetch(facts: Facts, web: Web | None) -> tuple[Snapshot, ...]:
    secret, way = key_and_way(SOURCE, KEY, facts, web)
    answer = Answer(way.get_json("/key/info", bearer=secret))
    own = answer.sub("info") or Answer({})
    if own.flag("blocked"):
        raise SourceError(SOURCE, Cause.NOT_ALLOWED, BLOCKED)
    user, team = own.text("user_id"), own.text("team_id")
    budgets = {"key": Budget("key", "Key budget", own.number("spend"), own.number("max_budget"), own)}
    missing = []
    for name, of in (("user", user), ("team", team)):
        if of is None:
            continue
        try:
            body = way.get_json(f"/{name}/info?{name}_id={quote(of, safe='')}", bearer=secret)
        except SourceError:  # not every key may ask for more than itself
            missing.append(f"{name} (not told to this key)")
        else:
            more = Answer(body, path=name, dropped=answer.dropped)
            found = _personal(more, team) if name == "user" else _of_team(more, user)
            budgets |= {each.key: each for each in found}
    windows = tuple(window for each in budgets.values() if (window := _window(each)) is not None)
    money = tuple(_line(each) for each in budgets.values() if each.spend is not None)
    return told(SOURCE, ID, "spend", facts, answer, windows=windows, money=money, ignored=tuple(missing))


def _personal(answer: Answer, team: str | None) -> list[Budget]:
    """The owner's own budget, which does not stop a team's key, and what is told of the key's team."""
    own = answer.sub("user_info")
    found = [_of(own, "user", "Personal budget", locks=team is None)] if own else []
    return found + [_of(row, "team", "Team budget") for row in answer.rows("teams") if team == row.text("team_id")]


def _of_team(answer: Answer, user: str | None) -> list[Budget]:
    team = answer.sub("team_info")
    found = [_of(team, "team", "Team budget")] if team else []
    for row in answer.rows("team_memberships"):
        if user is not None and user == row.text("user_id"):
            cap = row.number("litellm_budget_table", "max_budget")
            found.append(Budget("member", "Share of the team’s budget", row.number("spend"), cap, row))
    return found


def _of(row: Answer, key: str, label: str, *, locks: bool = True) -> Budget:
    return Budget(key, label, row.number("spend"), row.number("max_budget"), row, locks)


def _window(budget: Budget) -> UsageWindow | None:
    used = part(budget.spend, budget.cap)
    if used is None:
        return None
    return UsageWindow(
        key=budget.key,
        label=budget.label,
        scope="" if budget.locks else "not counted for this key",
        utilization=min(used, 1.0),
        resets_at=budget.of.instant("budget_reset_at"),
        length=_length(budget.of.text("budget_duration")),
        locks=budget.locks,
    )


def _length(text: str | None) -> timedelta | None:
    """ "30d" as a span; None for months, which differ."""
    found = DURATION.fullmatch(text or "")
    return (int(found[1]) * UNITS[found[2]] or None) if found else None


def _line(budget: Budget) -> MoneyLine:
    spend, cap = usd(budget.spend), usd(budget.cap)
    return MoneyLine(kind=MoneyKind.BUDGET, label=budget.label, used=spend, limit=cap, unlimited=cap is None)


PROVIDER = Provider(
    id=ID,
    name=SOURCE,
    homes=None,
    strategies=(
        by_key(
            id="spend",
            label=SOURCE,
            key=KEY,
            fetch=fetch,
            origin=ADDRESS,
            asks="what was spent of your budgets",
            reasons={BLOCKED: "The proxy has blocked this key."},
        ),
    ),
    official=True,
)
