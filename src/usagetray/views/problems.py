"""One sentence for each state an account can be in (promise P4): what is wrong, and what happens next.

No sentence blames, and only SIGNED_OUT speaks of signing in: a wrong clock or a full disk is never cured by a password.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from usagetray.domain.states import State
from usagetray.overview import AccountView
from usagetray.views.figures import age, instant
from usagetray.views.plain import plain
from usagetray.views.words import Mark, next_try, provider_name, sentence

TRY_NOW = "Try now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    title: str
    detail: str
    action: str | None = None  # words of a button; only where pressing it can help
    mark: Mark = "question"


def problem(account: AccountView, now: datetime, zone: tzinfo | None) -> Problem | None:
    """What stands in the account's section; None when there is nothing to say beyond its rows.

    Without a zone no clock time is said, only spans: for readers elsewhere, like scripts.
    """
    name, connect = provider_name(account), f"usagetray connect {plain(account.provider, 16)}"
    then = sentence(next_try(account.next_attempt_at, now))
    match account.state:
        case State.FRESH | State.WINDOW_ENDED:
            return None  # the rows say it
        case State.STALE:
            return Problem(
                title=_figures(f"{name}: figures", account, now, zone) or f"{name}: no figures yet",
                detail=account.throttled
                or (_old(account, now, zone) + _may_be(account) if account.captured_at else then),
                action=TRY_NOW,
                mark="clock",
            )
        case State.RATE_LIMITED if account.throttled:
            return Problem(title=f"{name} answers rarely", detail=account.throttled, mark="clock")
        case State.RATE_LIMITED:
            at = next_try(account.next_attempt_at, now, zone)
            return Problem(
                title=f"{name}: asked too often",
                detail=f"The figures wait; {at}." if at else "The figures wait.",
                mark="clock",
            )
        case State.SIGNED_OUT if account.by_key:
            return Problem(
                title=f"{name} refused the key",
                detail=" ".join(filter(None, ("Twice, so it is not asked again.", account.refusal)))
                + f" For a new key: {connect}",
            )
        case State.SIGNED_OUT:
            return Problem(
                title=f"Sign in to {name} again",
                detail=f"{name} refused twice. {account.refusal or 'Sign in there; usagetray notices by itself.'}",
            )
        case State.NOT_ALLOWED if account.by_key and account.refusal:
            return Problem(title=f"{name} does not allow this", detail=f"{account.refusal} For another key: {connect}")
        case State.NOT_ALLOWED:
            return Problem(
                title=f"{name} does not allow this",
                detail=account.refusal or "Its login or key lacks the right to read usage.",
            )
        case State.OFFLINE:
            return Problem(
                title=_figures("Offline: figures", account, now, zone) or "Offline",
                detail=(_old(account, now, zone) + then).strip() or "Files on this computer are still read.",
                action=TRY_NOW,
                mark="clock",
            )
        case State.DNS:
            return Problem(
                title=f"{name} can’t be found",
                detail=f"The network does not know its address. {then}".strip(),
                action=TRY_NOW,
            )
        case State.TLS:
            return Problem(
                title=f"No safe connection to {name}",
                detail="Its certificate does not check out, so nothing was sent.",
            )
        case State.PROXY:
            return Problem(title="The proxy wants a password", detail=f"It answered instead of {name}.")
        case State.PORTAL:
            return Problem(title="This network wants a login", detail=f"A login page answered instead of {name}.")
        case State.SERVER_ERROR:
            return Problem(title=f"{name} has trouble", detail=f"It answered with an error. {then}".strip())
        case State.BAD_DATA:
            return Problem(
                title=f"{name} answered in a new way", detail="The figures could not be read. An update may help."
            )
        case State.EXPIRED:
            return Problem(title=f"{name}’s access has run out", detail=f"Open {name} once; it renews it by itself.")
        case State.NOT_CONNECTED:
            return Problem(
                title=f"No figures from {name} yet",
                detail=f"Its files here hold none. Use {name} once, or allow another source.",
            )
        case State.SECRET_STORE_LOCKED:
            return Problem(
                title="Key store is locked", detail="Keys can’t be read until it is unlocked. All else still works."
            )
        case State.SECRET_STORE_MISSING:
            return Problem(title="No key store on this system", detail="Keys can come from the environment instead.")
        case State.CREDENTIAL_MALFORMED if account.by_key:
            return Problem(
                title=f"{name}’s key can’t be used",
                detail=f"It holds characters no key has. To give it anew: {connect}",
            )
        case State.CREDENTIAL_MALFORMED:
            return Problem(
                title=f"{name}’s login file can’t be read", detail=f"Open {name} once; it writes the file anew."
            )
        case State.DISK_FULL:
            return Problem(
                title="The disk is full", detail="Figures are shown but not kept until there is space.", mark="triangle"
            )
        case State.STORE_DAMAGED:
            return Problem(
                title="History was repaired",
                detail="Some of it could not be read; the old file is kept.",
                mark="triangle",
            )
        case State.CLOCK_SUSPECT:
            return Problem(title="The clock looks wrong", detail=_clock(account, name), mark="clock")


def state_text(account: AccountView, now: datetime) -> str:
    """The account's state in one line, for scripts and `providers`: spans only, no clock times."""
    if account.state is State.WINDOW_ENDED:
        return "A window has ended; waiting for a new figure."
    said = problem(account, now, None)
    return "Up to date." if said is None else f"{said.title}. {said.detail}".strip()


def _figures(start: str, account: AccountView, now: datetime, zone: tzinfo | None) -> str | None:
    if account.captured_at is None:
        return None
    if zone is None:
        return f"{start} {age(now - account.captured_at)} old"
    return f"{start} from {instant(account.captured_at, now, zone)}"


def _old(account: AccountView, now: datetime, zone: tzinfo | None) -> str:
    """The age, where the title has said a clock time and not the age itself."""
    return f"{age(now - account.captured_at)} old. " if account.captured_at and zone else ""


def _may_be(account: AccountView) -> str:
    """Use only grows; what is left of a sum may have been topped up as well."""
    return "They may be higher by now." if account.windows else "They may have changed."


def _clock(account: AccountView, name: str) -> str:
    off = account.clock_off
    if off is None:
        return f"It differs from {name}’s. Ages and countdowns may be off."
    side = "ahead of" if off > timedelta(0) else "behind"
    return f"{age(abs(off))} {side} {name}’s. Ages and countdowns may be off."
