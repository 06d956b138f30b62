"""What every verb begins with: the profile it was asked for, and its log."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from usagetray.errors import UnwritableError, UserError
from usagetray.profile import Profile, open_profile
from usagetray.settings.reading import load
from usagetray.spine.speaking import speak_as_set
from usagetray.views.cli import say

if TYPE_CHECKING:
    from usagetray.edges.store import Store


def opened(arguments: argparse.Namespace) -> Profile:
    """The profile the environment and the options name; logs in detail if that was asked for; the language
    is the user's from here on. Raises `UserError`."""
    profile = open_profile(
        os.environ,
        origins=tuple(arguments.origin or ()),
        keychain=arguments.keychain,
        notify_to=arguments.notify_to,
    )
    speak_as_set(load(profile.paths.config_file), profile.environ)
    if arguments.log:
        from usagetray.edges.logs import configure  # deferred: a status bar asks often, and logs nothing

        configure(profile.paths.log_dir, verbose=True)
    return profile


def reader(profile: Profile) -> Store | None:
    """The history, to look at, with all that a running tray knows; None where there is none yet.

    Raises `UserError` for a store that an older version wrote and nobody has opened for writing since.
    """
    from usagetray.edges.store import open_reader  # deferred: many verbs need no history
    from usagetray.edges.store.migrations import STEPS
    from usagetray.spine.settling import settle

    settle(profile)
    store = open_reader(profile.paths.store_file)
    if store is not None and store.database.stored("PRAGMA user_version")[0][0] < len(STEPS):
        store.close()
        raise UserError("The history is an older usagetray's: quit a tray that runs, then type `usagetray index` once.")
    return store


def read_on(profile: Profile, error: UnwritableError) -> None:
    """Where nothing can be written, what is stored is shown, and why it is no newer. Raises it where nothing is."""
    if not profile.paths.store_file.exists():
        raise error
    say(f"{error} What was stored before is shown.")


def log_of(profile: Profile, arguments: argparse.Namespace) -> None:
    """For verbs that run long; a look at the status leaves no trace."""
    from usagetray.edges.crashes import watch_log
    from usagetray.edges.logs import configure, log_uncaught

    configure(profile.paths.log_dir, verbose=bool(arguments.log))
    log_uncaught()
    watch_log(profile.paths, arguments.verb or "tray")
