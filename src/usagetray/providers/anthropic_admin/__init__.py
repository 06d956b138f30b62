"""Anthropic's API: what was billed, by day, model, API key and workspace, asked for with an organisation's Admin key.

Source: GET /v1/organizations/cost_report and /v1/organizations/usage_report/messages, documented by the vendor, read
on 2026-11-20; names from /me, /workspaces and /api_keys of the organisation. Amounts are decimal texts in cents.
Figures come within minutes, sometimes later. What the Priority tier costs is in no report, and a report is no
invoice: credits and discounts may differ.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import partial
from urllib.parse import urlencode

from usagetray.errors import Cause, SourceError
from usagetray.model import Account, Money, Secret, Snapshot, SpendDay
from usagetray.providers import billed
from usagetray.providers.anthropic_admin.keys import Used, parted, used
from usagetray.providers.contract import Facts, Key, Provider, Strategy, Web
from usagetray.providers.parse import Answer

ID = "anthropic_admin"
NAME = "Anthropic API"
STRATEGY_ID = "cost_report"
COSTS = "/v1/organizations/cost_report"
USAGE = "/v1/organizations/usage_report/messages"
ORGANISATION = "/v1/organizations/me"
NAMES = (
    "/v1/organizations/workspaces?limit=1000&include_archived=true",
    "/v1/organizations/api_keys?limit=1000",
)
AUTH = "x-api-key: {}"
HEADERS = {"anthropic-version": "2023-06-01"}
COST_GROUPS = ("workspace_id", "description")
USAGE_GROUPS = ("api_key_id", "workspace_id", "model", "service_tier", "context_window", "inference_geo")
DAYS_PER_PAGE = 31
MOST_NAMES = 1000
CENTS = -2  # the power of ten that makes dollars of them
KEY = Key(name="admin_key", label="Admin key", env=("ANTHROPIC_ADMIN_KEY",))
RULE = "It needs an organisation’s Admin key (sk-ant-admin…)."


def key(facts: Facts) -> Secret | None:
    return facts.secrets.get(KEY.name)


def fetch(facts: Facts, web: Web | None) -> tuple[Snapshot, ...]:
    secret = key(facts)
    if secret is None or web is None:
        raise SourceError(NAME, Cause.NOT_CONNECTED, "there is no Admin key")

    def ask(path: str) -> object:
        return web.get_json(path, bearer=secret, headers=HEADERS, auth=AUTH)

    dropped: list[str] = []
    days = billed.told(
        NAME, lambda page: ask(_query(COSTS, facts, COST_GROUPS, page)), "starting_at", "ending_at", dropped
    )
    usage = billed.or_none(
        lambda: billed.told(
            NAME, lambda page: ask(_query(USAGE, facts, USAGE_GROUPS, page)), "starting_at", "ending_at", []
        )
    )
    by_day = {day: used(rows) for day, rows in (usage or {}).items()}
    spend = billed.spent(days, lambda day, row: _cost(day, row, by_day.get(day, ())))
    names: dict[str, str] = {}
    if billed.unnamed(spend, facts):
        for path in NAMES:
            names.update(_names(billed.or_none(partial(ask, path))))
    label = billed.known_label(facts)
    if label is None and billed.is_first_today(facts):
        label = Answer(billed.or_none(partial(ask, ORGANISATION))).text("name")
    said = Snapshot(
        provider_id=ID,
        strategy_id=STRATEGY_ID,
        account=Account(id="default", label=label),
        captured_at=facts.now,
        names=billed.known_names(names, facts),
        dropped=tuple(dropped),
    )
    return billed.snapshot(said, spend, facts)


def _query(path: str, facts: Facts, groups: Iterable[str], page: str | None) -> str:
    """From the first open day to the end of today: an end in the future includes the day that is not over."""
    asked = [
        ("starting_at", f"{billed.since(facts).isoformat()}T00:00:00Z"),
        ("ending_at", f"{(facts.now.date() + billed.DAY).isoformat()}T00:00:00Z"),
        ("bucket_width", "1d"),
        ("limit", str(DAYS_PER_PAGE)),
        *(("group_by[]", each) for each in groups),
    ]
    return f"{path}?{urlencode([*asked, ('page', page)] if page else asked)}"


def _cost(day: date, row: Answer, usage: Iterable[Used]) -> tuple[SpendDay, ...] | None:
    """A row of the bill, parted by the API keys that used what it is for. None: unreadable."""
    cents, currency = billed.amount_of(row, "amount"), billed.currency_of(row, "currency")
    if cents is None or currency is None:
        return None
    whole = SpendDay(
        day=day,
        amount=Money(amount=cents.scaleb(CENTS), currency=currency),
        model=row.text("model"),
        workspace=row.text("workspace_id"),
        line_item=row.text("description"),
        kind=row.text("cost_type"),
    )
    return parted(whole, row, usage)


def _names(body: object) -> dict[str, str]:
    rows = Answer(body).rows("data", most=MOST_NAMES)
    pairs = [(row.text("id"), row.text("name")) for row in rows]
    return {known: name for known, name in pairs if known and name}


PROVIDER = Provider(
    id=ID,
    name=NAME,
    homes=None,
    strategies=(
        Strategy(
            id=STRATEGY_ID,
            label="Anthropic’s cost report",
            needs=(KEY,),
            fetch=fetch,
            consent=(
                "Keeps an Admin key of your organisation in your system’s key store and sends it to "
                "api.anthropic.com, and nowhere else, every 15 minutes, to read what was billed, how many tokens each "
                "API key used, and the names of keys and workspaces. That costs nothing and changes nothing; but an "
                "Admin key could change your organisation, so give one that you can withdraw. The key is never "
                "written to a file or a log."
            ),
            origin="https://api.anthropic.com",
            poll_every=timedelta(minutes=15),
            credential=key,
            when_refused=RULE,
        ),
    ),
    vendor="anthropic",
    official=True,
)
