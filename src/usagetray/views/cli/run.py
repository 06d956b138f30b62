"""`usagetray run --headless`: refresh and alerts without a desktop; `--once` reads everything and prints the status."""

from __future__ import annotations

import argparse
import logging
import signal
import threading

from usagetray.app import TICK, build_headless
from usagetray.errors import UnwritableError
from usagetray.spine.core import WriterBusyError
from usagetray.spine.reading import reader
from usagetray.views.cli import out_json
from usagetray.views.cli.opening import log_of, opened, read_on
from usagetray.views.cli.patience import patiently
from usagetray.views.status_json import status_json

log = logging.getLogger(__name__)

ANSWER_S = 35.0
"""Every attempt ends within 30 s; `--once` waits for the slowest."""

PATIENCE_S = 2.0


def run(arguments: argparse.Namespace) -> int:
    profile = opened(arguments)
    log_of(profile, arguments)
    ended = threading.Event()
    if not arguments.once:
        for number in (signal.SIGTERM, signal.SIGINT):  # before anything is opened, so that all of it is closed
            signal.signal(number, lambda *_: ended.set())
    try:
        core = patiently(profile, lambda: build_headless(profile), seconds=0.0 if arguments.once else PATIENCE_S)
    except WriterBusyError:
        if arguments.once:  # somebody else keeps the store fresh: its figures are as good as ours
            out_json(status_json(reader(profile)()))
            return 0
        raise
    except UnwritableError as error:
        if not arguments.once:
            raise
        read_on(profile, error)
        out_json(status_json(reader(profile)()))
        return 0
    try:
        if arguments.once:
            core.look()
            core.refresh.settle(ANSWER_S)
            core.announce()
            out_json(core.status())
        else:
            while not ended.is_set():
                try:
                    core.look()
                    core.announce()
                    core.store.settle()  # nobody can ask for it here
                except Exception:  # the top of a job: it runs for weeks, and the next look may find the disk well
                    log.exception("a look around failed")
                ended.wait(TICK.total_seconds() / profile.speed if core.refresh.is_busy is False else 1.0)
    finally:
        core.close()
    return 0
