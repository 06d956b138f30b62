"""One sentence for each state an account can be in (promise P4): what is wrong, and what happens next.

No sentence blames, and only SIGNED_OUT speaks of signing in: a wrong clock or a full disk is never cured by a password.
"""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from usagetray.domain.states import State
from usagetray.language import tr, tr_later
from usagetray.overview import AccountView
from usagetray.quick_dataclass import dataclass
from usagetray.views.figures import age, instant, old
from usagetray.views.plain import plain
from usagetray.views.words import Mark, next_try, provider_name, sentence

TRY_NOW = tr_later("Try now")


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
                title=_figures(account, now, zone, name=name) or tr("{name}: no figures yet", name=name),
                detail=_said(account.throttled)
                or (_sentences(_old(account, now, zone), _may_be(account)) if account.captured_at else then),
                action=tr(TRY_NOW),
                mark="clock",
            )
        case State.RATE_LIMITED if account.throttled:
            return Problem(title=tr("{name} answers rarely", name=name), detail=_said(account.throttled), mark="clock")
        case State.RATE_LIMITED:
            at = next_try(account.next_attempt_at, now, zone)
            return Problem(
                title=tr("{name}: asked too often", name=name),
                detail=tr("The figures wait; {at}.", at=at) if at else tr("The figures wait."),
                mark="clock",
            )
        case State.SIGNED_OUT if account.by_key:
            return Problem(
                title=tr("{name} refused the key", name=name),
                detail=_sentences(
                    tr("Twice, so it is not asked again."),
                    _said(account.refusal),
                    tr("For a new key: {command}", command=connect),
                ),
            )
        case State.SIGNED_OUT:
            return Problem(
                title=tr("Sign in to {name} again", name=name),
                detail=_sentences(
                    tr("{name} refused twice.", name=name),
                    _said(account.refusal) or tr("Sign in there; usagetray notices by itself."),
                ),
            )
        case State.NOT_ALLOWED if account.by_key and account.refusal:
            return Problem(
                title=tr("{name} does not allow this", name=name),
                detail=_sentences(_said(account.refusal), tr("For another key: {command}", command=connect)),
            )
        case State.NOT_ALLOWED:
            return Problem(
                title=tr("{name} does not allow this", name=name),
                detail=_said(account.refusal) or tr("Its login or key lacks the right to read usage."),
            )
        case State.OFFLINE:
            return Problem(
                title=_figures(account, now, zone) or tr("Offline"),
                detail=_sentences(_old(account, now, zone), then) or tr("Files on this computer are still read."),
                action=tr(TRY_NOW),
                mark="clock",
            )
        case State.DNS:
            return Problem(
                title=tr("{name} can’t be found", name=name),
                detail=_sentences(tr("The network does not know its address."), then),
                action=tr(TRY_NOW),
            )
        case State.TLS:
            return Problem(
                title=tr("No safe connection to {name}", name=name),
                detail=tr("Its certificate does not check out, so nothing was sent."),
            )
        case State.PROXY:
            return Problem(
                title=tr("The proxy wants a password"), detail=tr("It answered instead of {name}.", name=name)
            )
        case State.PORTAL:
            return Problem(
                title=tr("This network wants a login"), detail=tr("A login page answered instead of {name}.", name=name)
            )
        case State.SERVER_ERROR:
            return Problem(
                title=tr("{name} has trouble", name=name),
                detail=_sentences(tr("It answered with an error."), then),
            )
        case State.BAD_DATA:
            return Problem(
                title=tr("{name} answered in a new way", name=name),
                detail=tr("The figures could not be read. An update may help."),
            )
        case State.EXPIRED:
            return Problem(
                title=tr("{name}’s access has run out", name=name),
                detail=tr("Open {name} once; it renews it by itself.", name=name),
            )
        case State.NOT_CONNECTED:
            return Problem(
                title=tr("No figures from {name} yet", name=name),
                detail=tr("Its files here hold none. Use {name} once, or allow another source.", name=name),
            )
        case State.SECRET_STORE_LOCKED:
            return Problem(
                title=tr("Key store is locked"),
                detail=tr("Keys can’t be read until it is unlocked. All else still works."),
            )
        case State.SECRET_STORE_MISSING:
            return Problem(
                title=tr("No key store on this system"), detail=tr("Keys can come from the environment instead.")
            )
        case State.CREDENTIAL_MALFORMED if account.by_key:
            return Problem(
                title=tr("{name}’s key can’t be used", name=name),
                detail=tr("It holds characters no key has. To give it anew: {command}", command=connect),
            )
        case State.CREDENTIAL_MALFORMED:
            return Problem(
                title=tr("{name}’s login file can’t be read", name=name),
                detail=tr("Open {name} once; it writes the file anew.", name=name),
            )
        case State.DISK_FULL:
            return Problem(
                title=tr("The disk is full"),
                detail=tr("Figures are shown but not kept until there is space."),
                mark="triangle",
            )
        case State.STORE_DAMAGED:
            return Problem(
                title=tr("History was repaired"),
                detail=tr("Some of it could not be read; the old file is kept."),
                mark="triangle",
            )
        case State.CLOCK_SUSPECT:
            return Problem(title=tr("The clock looks wrong"), detail=_clock(account, name), mark="clock")


def state_text(account: AccountView, now: datetime) -> str:
    """The account's state in one line, for scripts and `providers`: spans only, no clock times."""
    if account.state is State.WINDOW_ENDED:
        return tr("A window has ended; waiting for a new figure.")
    said = problem(account, now, None)
    return tr("Up to date.") if said is None else f"{said.title}. {said.detail}".strip()


def _figures(account: AccountView, now: datetime, zone: tzinfo | None, name: str = "") -> str | None:
    """ "Claude: figures from 18:22"; without a name what is offline speaks."""
    if account.captured_at is None:
        return None
    if zone is None:
        span = age(now - account.captured_at)
        return (
            tr("{name}: figures {age} old", name=name, age=span) if name else tr("Offline: figures {age} old", age=span)
        )
    at = instant(account.captured_at, now, zone)
    return (
        tr("{name}: figures from {time}", name=name, time=at) if name else tr("Offline: figures from {time}", time=at)
    )


def _said(text: str | None) -> str:
    """What the provider's module says of a vendor."""
    return tr(text) if text else ""


def _sentences(*said: str | None) -> str:
    return " ".join(filter(None, said))


def _old(account: AccountView, now: datetime, zone: tzinfo | None) -> str:
    """The age, where the title has said a clock time and not the age itself."""
    return f"{old(account.captured_at, now)}." if account.captured_at and zone else ""


def _may_be(account: AccountView) -> str:
    """Use only grows; what is left of a sum may have been topped up as well."""
    return tr("They may be higher by now.") if account.windows else tr("They may have changed.")


def _clock(account: AccountView, name: str) -> str:
    off = account.clock_off
    if off is None:
        return tr("It differs from {name}’s. Ages and countdowns may be off.", name=name)
    if off > timedelta(0):
        return tr("{age} ahead of {name}’s. Ages and countdowns may be off.", age=age(off), name=name)
    return tr("{age} behind {name}’s. Ages and countdowns may be off.", age=age(-off), name=name)
