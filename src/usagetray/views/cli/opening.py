"""What every verb begins with: the profile it was asked for, and its log."""

from __future__ import annotations

import argparse
import os

from usagetray.profile import Profile, open_profile


def opened(arguments: argparse.Namespace) -> Profile:
    """The profile the environment and the options name; logs in detail if that was asked for. Raises `UserError`."""
    profile = open_profile(
        os.environ,
        origins=tuple(arguments.origin or ()),
        keychain=arguments.keychain,
        notify_to=arguments.notify_to,
    )
    if arguments.log:
        from usagetray.edges.logs import configure  # deferred: a status bar asks often, and logs nothing

        configure(profile.paths.log_dir, verbose=True)
    return profile


def log_of(profile: Profile, arguments: argparse.Namespace) -> None:
    """For verbs that run long; a look at the status leaves no trace."""
    from usagetray.edges.logs import configure, log_uncaught

    configure(profile.paths.log_dir, verbose=bool(arguments.log))
    log_uncaught()
