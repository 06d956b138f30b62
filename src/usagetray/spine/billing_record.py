"""What each tool bills, in the store: written by the one who looks, read by every view. Names and places only."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from usagetray.billing import Certainty, Evidence, Mode, Route, SetAside, Verdict
from usagetray.edges.store import Store
from usagetray.model import Account, Snapshot
from usagetray.overview import BillingView
from usagetray.providers.contract import Provider
from usagetray.settings import Settings
from usagetray.spine.owning import last_users

Views = tuple[BillingView, ...]
OLD_AFTER = timedelta(hours=2)
"""Whoever looks says so at least hourly: after this nobody has looked for a while."""


def keep(store: Store, provider: Provider, views: Sequence[BillingView]) -> None:
    store.set_meta(_key(provider), json.dumps([_row(each) for each in views]))


def kept(store: Store, provider: Provider, now: datetime) -> Views:
    """Of every home of the tool; none where nobody has looked, or the entry cannot be read."""
    text = store.meta(_key(provider))
    rules = provider.billing
    if not text or rules is None:
        return ()
    try:
        return tuple(
            BillingView(
                provider=provider.id,
                tool=rules.tool,
                typed=rules.programs[0],
                headless=rules.headless,
                check=rules.check,
                home=row["home"],
                user_home=row["user_home"],
                looked_at=(at := datetime.fromisoformat(row["looked_at"])),
                profiles_read=row["profiles_read"],
                verdicts=tuple(_verdict(each) for each in row["verdicts"]),
                stale=not timedelta(0) <= now - at < OLD_AFTER,
            )
            for row in json.loads(text)
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return ()  # a damaged store; the next look writes it anew


def recorded(store: Store | None, providers: Iterable[Provider], settings: Settings, now: datetime) -> Views:
    """Of all tools that are switched on."""
    on = [each for each in providers if settings.of(each.id).enabled]
    return tuple(view for each in on for view in kept(store, each, now)) if store is not None else ()


def of_account(
    views: Views, account: Account, snapshots: Sequence[tuple[Snapshot, str]], homes: Collection[str]
) -> BillingView | None:
    """Of that of the homes in which this account is the one that is signed in."""
    users = last_users(snapshots)
    return next((each for each in views if each.home in homes and users.get(each.home) in (None, account.id)), None)


def _key(provider: Provider) -> str:
    return f"billing_route/{provider.id}"


def _row(view: BillingView) -> Mapping[str, Any]:
    return {
        "home": view.home,
        "user_home": view.user_home,
        "looked_at": view.looked_at.isoformat(),
        "profiles_read": view.profiles_read,
        "verdicts": [asdict(each) for each in view.verdicts],
    }


def _verdict(row: Mapping[str, Any]) -> Verdict:
    return Verdict(
        mode=Mode(row["mode"]),
        route=Route(row["route"]),
        certainty=Certainty(row["certainty"]),
        because=tuple(Evidence(**each) for each in row["because"]),
        set_aside=tuple(SetAside(at=Evidence(**each["at"]), why=each["why"]) for each in row["set_aside"]),
        would_warn=row["would_warn"],
        vendor=row["vendor"],
        says=row["says"],
    )
