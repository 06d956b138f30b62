"""Where alerts go: the desktop or a file, and besides to what the settings name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import usagetray
from usagetray.edges.alert_hooks import CLOSE_S, AlertHooks, WithHooks
from usagetray.edges.notify import Notifier, Sink, choose
from usagetray.profile import Profile
from usagetray.settings.reading import load

ICON = Path(usagetray.__file__).parent / "data" / "usagetray.png"


def make_notifier(profile: Profile, on_click: Callable[[str], None], *, patience_s: float = CLOSE_S) -> Notifier:
    """Where alerts go: the file that was asked for, else the desktop; and besides to what the settings name.

    `on_click` is called in a thread of its own. `patience_s`: how long its `close` waits for a delivery under way.
    """
    plyer_only = load(profile.paths.config_file).alerts.backend == "plyer"
    shown = _sink(profile) or choose("plyer" if plyer_only else "auto", on_click=on_click, icon=ICON)
    return WithHooks(shown, _alert_hooks(profile), patience_s)


def unattended(profile: Profile) -> Notifier | None:
    """For running without a desktop; None where there is nowhere for an alert to go."""
    shown, alerts = _sink(profile), load(profile.paths.config_file).alerts
    return WithHooks(shown, _alert_hooks(profile)) if shown or alerts.command or alerts.webhook else None


def _alert_hooks(profile: Profile) -> AlertHooks:
    return AlertHooks(
        lambda: load(profile.paths.config_file).alerts,
        environ=profile.environ,
        now=profile.clock.now,
        state_dir=profile.paths.state_dir,
        user_agent=f"usagetray/{usagetray.__version__}",
    )


def _sink(profile: Profile) -> Notifier | None:
    return Sink(profile.notify_to, profile.clock.now) if profile.notify_to is not None else None
