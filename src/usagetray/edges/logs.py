"""The log file: three of 1 MiB, private, and without anything that could be a secret."""

from __future__ import annotations

import logging
import os
import re
import sys
import threading
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from usagetray.edges.files import open_private, private_dir
from usagetray.edges.hidden import HIDDEN, Hidden
from usagetray.edges.plain import plain
from usagetray.errors import UserError
from usagetray.model import Secret

MOST_MESSAGE = 2000
QUIET = ("httpx", "httpcore", "desktop_notifier", "PIL", "apscheduler", "asyncio", "keyring", "dbus_fast", "plyer")

PATTERNS = (
    (re.compile(r"(?i)\b(bearer|basic)\s+[^\s\"',;]+"), rf"\1 {HIDDEN}"),
    (
        re.compile(
            r"(?i)\b([\w-]*(?:authorization|api[_-]?key|token|secret|password|cookie)[\"']?\s*[:=]\s*[\"']?)"
            r"(?!(?:bearer|basic)\b)[^\s\"',;]+"
        ),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"\beyJ[\w-]+(?:\.[\w-]*)*"), HIDDEN),
    (re.compile(r"\b(?:sk|pk|rk|gh[a-z]|github_pat|xox[a-z])[-_][\w-]{6,}"), HIDDEN),
    (re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^\s/@\"'<>]+@"), r"\1"),
    (re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s?#\"'<>]*)[?#][^\s\"'<>]*"), r"\1?…"),
    (re.compile(r"[\w.+%-]{1,128}@[\w-]+(?:\.[\w-]+)+"), HIDDEN),
)
LONG_RUN = re.compile(r"[A-Za-z0-9+/_-]{20,}={0,2}")


class Masking(logging.Formatter):
    """Formats a record, traceback included, and then hides what must not be kept."""

    def __init__(self, home: Path | None = None) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._home = str(home or Path.home())
        self._hidden = Hidden()

    def register(self, secret: Secret) -> None:
        """Hides this text, each piece of it of 12 characters, and both in the usual encodings, from now on."""
        self._hidden.add(secret.reveal())

    def format(self, record: logging.LogRecord) -> str:
        return self.mask(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        # Only the message: a traceback, added later, has lines of its own.
        record.message = plain(record.message, MOST_MESSAGE)
        return super().formatMessage(record)

    def mask(self, text: str) -> str:
        text = self._hidden.without(text)
        for pattern, instead in PATTERNS:
            text = pattern.sub(instead, text)
        if len(self._home) > 1:
            text = text.replace(self._home, "~")
        return LONG_RUN.sub(_masked_run, text)


class PrivateFile(RotatingFileHandler):
    """A rotating log file, 0600 from creation, that never troubles the program."""

    def _open(self) -> TextIOWrapper:
        descriptor = open_private(Path(self.baseFilename), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        return open(descriptor, "a", encoding="utf-8", errors="backslashreplace")  # noqa: PTH123 - a descriptor

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """A full disk costs the log line, nothing else; standard error may be closed or a user's terminal."""


def configure(log_dir: Path, verbose: bool, *, name: str = "usagetray") -> Masking:
    """Sends all logging of this process to `name`.log, one file name for each kind of process.

    Returns the masking, to which secrets are made known. Calling it again replaces the earlier file. Where the
    folder cannot be had, nothing is logged.
    """
    masking = Masking()
    root = logging.getLogger()
    for earlier in [handler for handler in root.handlers if isinstance(handler, PrivateFile)]:
        root.removeHandler(earlier)
        earlier.close()
    try:
        file = private_dir(log_dir) / f"{name}.log"
        handler = PrivateFile(file, maxBytes=1024 * 1024, backupCount=2, delay=True)
    except (OSError, UserError):
        root.addHandler(logging.NullHandler())
        return masking
    handler.setFormatter(masking)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("usagetray").setLevel(logging.DEBUG if verbose else logging.INFO)
    for library in QUIET:
        logging.getLogger(library).setLevel(logging.WARNING)
    return masking


def conceal(secret: Secret) -> None:
    """Makes a secret known to this process's log; without one, to what is written down should it break down."""
    masking = masking_in_use()
    if masking is None:
        keeper = logging.NullHandler()
        masking = Masking()
        keeper.setFormatter(masking)
        logging.getLogger().addHandler(keeper)
    for handler in logging.getLogger().handlers:
        if isinstance(handler.formatter, Masking):
            handler.formatter.register(secret)


def masking_in_use() -> Masking | None:
    """The one that knows this process's secrets; None while there are none and no log."""
    found = (handler.formatter for handler in logging.getLogger().handlers)
    return next((each for each in found if isinstance(each, Masking)), None)


def log_uncaught() -> None:
    """Uncaught exceptions of any thread go to the log, masked, and not to the user's terminal."""
    log = logging.getLogger("usagetray")
    sys.excepthook = lambda kind, error, trace: log.critical("uncaught", exc_info=(kind, error, trace))

    def in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            log.critical("uncaught in a thread", exc_info=(args.exc_type, args.exc_value, args.exc_traceback))

    threading.excepthook = in_thread


def _masked_run(found: re.Match[str]) -> str:
    """A long run that looks random. Paths and long names have no digits, or no mixture of cases."""
    run = found[0]
    if not any(character.isdigit() for character in run):
        return run
    mixed = any(character.isupper() for character in run) and any(character.islower() for character in run)
    return run if "/" in run and not mixed else HIDDEN
