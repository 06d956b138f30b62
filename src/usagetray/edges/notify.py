"""Alerts: one interface; behind it the desktop's own service, plyer where that fails, or a file for tests."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

from usagetray.edges.files import open_private
from usagetray.edges.plain import plain
from usagetray.quick_dataclass import dataclass

MOST_TITLE = 63
MOST_BODY = 255
"""Characters; what the narrowest system holds, so that no alert loses its end there."""
MOST_NAME = 80
MARKUP = str.maketrans("<>&", "‹›＆")
"""In names: nobody who puts them into a page or a rich text finds anything to obey."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertText:
    """One alert in words. `provider` to `threshold` only say what it is about, for the record."""

    key: str  # an alert with the same key replaces the one on the screen
    title: str
    body: str
    urgency: Literal["low", "normal", "critical"] = "normal"
    actions: tuple[tuple[str, str], ...] = ()  # (verb, label)
    opens: str = "show"  # the verb of a click beside the buttons
    provider: str | None = None
    account: str | None = None
    window: str | None = None
    threshold: float | None = None  # share


class Notifier(Protocol):
    def send(self, alert: AlertText) -> bool:
        """Shows it; False when it certainly could not be shown. Takes at most some seconds; not for the UI thread."""
        ...

    def close(self) -> None: ...


class Chain:
    """Tries each notifier until one shows the alert."""

    def __init__(self, notifiers: tuple[Notifier, ...]) -> None:
        self._notifiers = notifiers

    def send(self, alert: AlertText) -> bool:
        inert = replace(
            alert,
            title=plain(alert.title, MOST_TITLE),
            body=plain(alert.body, MOST_BODY),
            actions=tuple((verb, plain(label, MOST_TITLE)) for verb, label in alert.actions),
        )
        return any(notifier.send(inert) for notifier in self._notifiers)

    def close(self) -> None:
        for notifier in self._notifiers:
            notifier.close()


def as_json(alert: AlertText, at: datetime) -> dict[str, object]:
    """The alert for other programs: its words made inert, and so what it is about, which a vendor may have named."""

    def named(text: str | None) -> str | None:
        return None if text is None else plain(text, MOST_NAME).translate(MARKUP)

    return {
        "at": at.isoformat(),
        "key": plain(alert.key, MOST_BODY).translate(MARKUP),
        "provider": named(alert.provider),
        "account": named(alert.account),
        "window": named(alert.window),
        "threshold": alert.threshold,
        "title": plain(alert.title, MOST_TITLE),
        "body": plain(alert.body, MOST_BODY),
        "urgency": alert.urgency,
    }


class Sink:
    """Writes each alert as one JSON line to a file instead of showing it (`--notify-to`)."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        self._path = path
        self._now = now

    def send(self, alert: AlertText) -> bool:
        line = as_json(alert, self._now())
        try:
            descriptor = open_private(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            with os.fdopen(descriptor, "wb", buffering=0) as stream:
                stream.write(json.dumps(line).encode() + b"\n")
        except OSError as error:
            log.warning("alert not written: %s", error.strerror)
            return False
        return True

    def close(self) -> None:
        """Nothing is held open between alerts."""


def choose(backend: Literal["auto", "plyer"], *, on_click: Callable[[str], None], icon: Path | None = None) -> Notifier:
    """The notifier for this desktop. `on_click` gets the verb of the alert or of its button, in its own thread."""
    from usagetray.edges.notify_plyer import Plyer

    fallback = Plyer(icon)
    if backend == "plyer":
        return Chain((fallback,))
    from usagetray.edges.notify_desktop import DesktopNotifier

    return Chain((DesktopNotifier(on_click, icon), fallback))
