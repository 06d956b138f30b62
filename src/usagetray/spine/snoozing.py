"""What the user has said about alerts for a while: snoozes, and whether the end of one lockout is to be told.

Kept in the store, so that a restart forgets nothing. Only the writer writes there: a command leaves an order in a
folder of small files, one each, which the writer takes in and deletes at its next tick.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from usagetray.domain.alerts import Told
from usagetray.domain.billing_route import accepted, key_of
from usagetray.domain.holding_back import ALL, LONGEST, Id, Manners, Snooze, quiet_until, snooze_until
from usagetray.edges import spool
from usagetray.edges.store import Store
from usagetray.errors import UserError
from usagetray.language import tr
from usagetray.overview import Overview
from usagetray.settings import Settings

log = logging.getLogger(__name__)

SNOOZES, WISHES = "snoozes", "want_back"
"""Keys of the store's small memory; their values are JSON."""
REMEMBERED = timedelta(days=7)
"""After a lockout's end: the figures that tell of it may come later, when the computer wakes."""
MOST_ORDERS, MOST_ORDER = 100, 4096
"""Taken in at once; and the bytes of one."""


# ---- snoozes -----------------------------------------------------------------------------------------------


def snoozes(store: Store, now: datetime) -> tuple[Snooze, ...]:
    """Those that last."""
    kept = _read(store.meta(SNOOZES))
    found = (_snooze(each) for each in (kept if isinstance(kept, list) else ()))
    return tuple(each for each in found if each is not None and now < each.until_at < now + LONGEST)


def snooze(store: Store, wanted: Snooze, now: datetime) -> None:
    """In place of the one there was of the same. Of everything, with an end that is past: all of them end."""
    wakes = wanted.of == ALL and wanted.until_at <= now
    kept = [] if wakes else [each for each in snoozes(store, now) if each.of != wanted.of]
    if now < wanted.until_at:
        kept.append(wanted)
    store.set_meta(SNOOZES, json.dumps([_written(each) for each in kept]))


def snooze_for(choice: str, of: Id, overview: Overview, settings: Settings, zone: tzinfo) -> Snooze:
    """What "1h", "reset", "tomorrow" or "off" means now. Raises `UserError` where nobody knows when that is."""
    now = overview.generated_at
    if choice == "off":
        return Snooze(of=of, until_at=now)
    resets = [
        window.resets_at
        for account in overview.accounts
        for window in account.windows
        if of in (ALL, (account.provider, account.account, window.key))
    ]
    until = snooze_until(choice, now, zone, settings.alerts.quiet_hours, resets)
    if until is None and choice == "reset":
        raise UserError(tr("No limit says when it resets, so alerts were not snoozed; say 1h or tomorrow."))
    if until is None:
        raise UserError(tr("Alerts are snoozed for 1h, reset or tomorrow, or woken by off."))
    return Snooze(of=of, until_at=until)


# ---- orders from outside -----------------------------------------------------------------------------------


def order(folder: Path, wanted: Snooze) -> None:
    """Leaves a snooze for the writer. Raises OSError."""
    spool.put(folder, f"{time.time_ns():020d}-{os.getpid()}.json", json.dumps(_written(wanted)).encode())


def take_in(store: Store, folder: Path, now: datetime) -> bool:
    """Carries out the orders that lie there, in their order. True if there were any."""
    try:
        names = sorted(each.name for each in folder.iterdir() if each.suffix == ".json")[:MOST_ORDERS]
    except OSError:
        return False
    for name in names:
        path = folder / name
        try:
            with path.open("rb") as file:
                wanted = _snooze(_read(file.read(MOST_ORDER).decode("utf-8", "replace")))
            if wanted is None or wanted.until_at > now + LONGEST:
                log.warning("an order about alerts could not be read")
            else:
                snooze(store, wanted, now)
            path.unlink()
        except OSError as error:
            log.warning("an order about alerts could not be taken in: %s", error.strerror)
    return bool(names)


# ---- the end of one lockout --------------------------------------------------------------------------------


def want_back(store: Store, provider: str, account: str, wanted: bool, overview: Overview) -> None:
    """Whether the end of the lockout that this account is in will be told."""
    now = overview.generated_at
    ends_at = next(
        (each.locked_until for each in overview.accounts if (each.provider, each.account) == (provider, account)), None
    )
    kept = {id_: each for id_, each in _wishes(store, now).items() if id_ != (provider, account)}
    kept[provider, account] = wanted, (ends_at or now) + REMEMBERED
    _keep_wishes(store, kept)


def tells_back(store: Store, provider: str, account: str, now: datetime, *, default: bool) -> bool:
    """Whether the lockout that has just ended is to be told as over; what was said of it is forgotten."""
    kept = _wishes(store, now)
    said = kept.pop((provider, account), None)
    if said is None:
        return default
    _keep_wishes(store, kept)
    return said[0]


_Wishes = dict[tuple[str, str], tuple[bool, datetime]]


def _wishes(store: Store, now: datetime) -> _Wishes:
    found: _Wishes = {}
    kept = _read(store.meta(WISHES))
    for each in kept if isinstance(kept, list) else ():
        try:
            provider, account, wanted, until = each
            until_at = datetime.fromisoformat(until)
            if isinstance(wanted, bool) and now < until_at:
                found[str(provider), str(account)] = wanted, until_at
        except (ValueError, TypeError):
            continue
    return found


def _keep_wishes(store: Store, wishes: _Wishes) -> None:
    rows = [[*id_, wanted, until_at.isoformat()] for id_, (wanted, until_at) in wishes.items()]
    store.set_meta(WISHES, json.dumps(rows))


# ---- a route that is meant ---------------------------------------------------------------------------------


def accept_routes(store: Store, provider: str, overview: Overview) -> None:
    """What this provider's tool bills now is on purpose: it is announced no more, whenever it comes back."""
    meant = {
        accepted(provider, key_of(verdict)): Told(used=1.0)
        for view in overview.billing
        if view.provider == provider
        for verdict in view.verdicts
    }
    if meant:
        store.save_told(meant)


# ---- in words ----------------------------------------------------------------------------------------------


def obey(words: Sequence[str], store: Store, overview: Overview, settings: Settings, zone: tzinfo) -> bool:
    """Does what one of `views.verbs` asks of alerts. False: it is not about them. Raises `UserError`."""
    match tuple(words):
        case ("snooze", choice):
            snooze(store, snooze_for(choice, ALL, overview, settings, zone), overview.generated_at)
        case ("snooze", choice, provider, account, window):
            wanted = snooze_for(choice, (provider, account, window), overview, settings, zone)
            snooze(store, wanted, overview.generated_at)
        case ("want_back", wanted_back, provider, account):
            want_back(store, provider, account, wanted_back == "on", overview)
        case ("on_purpose", provider):
            accept_routes(store, provider, overview)
        case _:
            return False
    return True


# ---- for those who look ------------------------------------------------------------------------------------


def added_to(overview: Overview, store: Store | None, settings: Settings, zone: tzinfo) -> Overview:
    """With how alerts behave now."""
    now = overview.generated_at
    quiet = quiet_until(now, zone, settings.alerts.quiet_hours)
    plain = Manners(quiet_until=quiet, presentation=settings.presentation, back=settings.alerts.back)
    if store is None:
        return replace(overview, manners=plain)
    lasting, wishes = snoozes(store, now), _wishes(store, now)
    return replace(
        overview,
        manners=replace(
            plain,
            snoozes=lasting,
            waiting=len(store.held_alerts()) if lasting or quiet else 0,
            back_of={id_: wanted for id_, (wanted, _) in wishes.items()},
        ),
    )


# ---- as they are written -----------------------------------------------------------------------------------


def _written(each: Snooze) -> dict[str, object]:
    return {"of": list(each.of), "until": each.until_at.isoformat()}


def _snooze(read: object) -> Snooze | None:
    try:
        provider, account, window = read["of"]  # type: ignore[index]
        until_at = datetime.fromisoformat(read["until"])  # type: ignore[index]
    except (TypeError, KeyError, ValueError):
        return None
    if until_at.tzinfo is None:
        return None
    return Snooze(of=(str(provider), str(account), str(window)), until_at=until_at)


def _read(text: str | None) -> object:
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None
