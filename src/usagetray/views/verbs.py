"""What a button, a menu row or the popup asks the tray to do: one word, or several joined by slashes.

show                                    show/PROVIDER/ACCOUNT/WINDOW
snooze/1h|reset|tomorrow|off            snooze/1h|reset|tomorrow|off/PROVIDER/ACCOUNT/WINDOW
want_back/on|off/PROVIDER/ACCOUNT       presentation/on|off
on_purpose/PROVIDER                     mute_spikes/PROJECT
"""

from __future__ import annotations

from urllib.parse import quote, unquote

from usagetray.domain.alerts import AlertKind
from usagetray.language import tr

MOST_PROJECT = 200


def verb(*words: str) -> str:
    """The words may hold anything: a slash in one is written in another way."""
    return "/".join(quote(word, safe="") for word in words)


def words_of(text: str) -> tuple[str, ...]:
    return tuple(unquote(word) for word in text.split("/"))


def to_open() -> tuple[tuple[str, str], ...]:
    """The button of an alert that speaks of several."""
    return ((verb("show"), tr("Open")),)


def actions(
    kind: AlertKind, provider: str, account: str, window: str, *, resets: bool = True, project: str = ""
) -> tuple[tuple[str, str], ...]:
    """The buttons of one alert: verb and label. `resets`: it is known when the window resets."""
    open_ = verb("show", provider, account, window), tr("Open")
    snooze = (verb("snooze", "reset", provider, account, window), tr("Snooze until reset"))
    match kind:
        case AlertKind.THRESHOLD:
            return (snooze,) if resets else (open_,)
        case AlertKind.PAYING | AlertKind.PAYING_AMOUNT:
            return open_, (verb("show", provider, account, window), tr("How to stop it"))
        case AlertKind.BILLING_ROUTE:
            shown = verb("show", provider, account, window)
            return (shown, tr("Show how to fix")), (verb("on_purpose", provider), tr("It’s on purpose"))
        case AlertKind.SPIKE if project:
            return *to_open(), (verb("mute_spikes", project[:MOST_PROJECT]), tr("Mute this project"))
        case AlertKind.BACK:
            return ()
        case AlertKind.LOCKED:
            return (open_,)
        case AlertKind.BUDGET | AlertKind.SPIKE:
            return to_open()
        case _:
            return (open_, snooze) if resets else (open_,)
