"""`usagetray status --check`: one line and an exit status, for scripts that wait until there is room."""

from __future__ import annotations

import argparse

from usagetray.errors import UserError
from usagetray.overview import AccountView, Overview, WindowView
from usagetray.settings.reading import load
from usagetray.spine.glance import glance
from usagetray.views import tightest
from usagetray.views.cli import out
from usagetray.views.cli.opening import opened
from usagetray.views.figures import countdown, duration, old, used_or_left, used_percent
from usagetray.views.words import DEMO, account_name, has_figure, short_name

OK, WARNING, CRITICAL = 0, 10, 11
NAMES = {OK: "ok", WARNING: "warning", CRITICAL: "critical"}


def run(arguments: argparse.Namespace) -> int:
    profile = opened(arguments)
    settings = load(profile.paths.config_file)
    shown = glance(profile, settings)
    status, text = verdict(shown, arguments.warning, arguments.critical, settings.show_left)
    out((DEMO if shown.demo else "") + f"{NAMES[status]}: {text}")
    return status


def verdict(shown: Overview, warning: float, critical: float, left: bool) -> tuple[int, str]:
    """The exit status of the worst window, and its line. An old figure counts: use only grows until the reset.

    Raises `UserError` where there is no figure at all.
    """
    now = shown.generated_at
    for account in shown.accounts:
        if tightest.is_locked(account, now):
            opens_at = tightest.lock_ends_at(account)
            until = f", back in {duration(opens_at - now)}" if opens_at else ""
            return CRITICAL, f"{account_name(account, shown.accounts)} locked{until}"
    figures = [
        (used, account, window)
        for account in shown.accounts
        for window in account.windows
        if has_figure(window) and (used := used_percent(window.used)) is not None
    ]
    if not figures:
        raise UserError("There is no figure to check: `usagetray status` reads anew, `usagetray doctor` says why.")
    used, account, window = max(figures, key=lambda each: each[0])
    status = CRITICAL if used >= critical else WARNING if used >= warning else OK
    return status, _words(account, window, shown, left)


def _words(account: AccountView, window: WindowView, shown: Overview, left: bool) -> str:
    now = shown.generated_at
    name = f"{account_name(account, shown.accounts)} {short_name(window, account.windows)}"
    age = f" ({old(window.captured_at, now)})" if window.stale else ""
    resets = f", resets {countdown(window.resets_at, now)}" if window.resets_at else ""
    return f"{name} {used_or_left(window.used, left)}{age}{resets}"
