"""Starting threads on a system that may have none left to give: a fault of the moment, never of the program."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence

NO_THREAD = "this computer starts no more threads just now"

log = logging.getLogger(__name__)


def begin(thread: threading.Thread) -> bool:
    """False where it could not be started; what it was for is to be tried again."""
    try:
        thread.start()
    except RuntimeError:
        log.warning("%s could not be begun: %s", thread.name, NO_THREAD)
        return False
    return True


def side_by_side(acts: Sequence[Callable[[], None]], within_s: float) -> None:
    """Does all of them at once. What takes longer than this goes on by itself; what fails is logged."""
    ends_at = time.monotonic() + within_s
    threads = [threading.Thread(target=_logged, args=(act,), name="end", daemon=True) for act in acts]
    for thread, act in zip(threads, acts, strict=True):
        if not begin(thread):
            _logged(act)
    for thread in threads:
        if thread.ident is not None:
            thread.join(max(ends_at - time.monotonic(), 0))


def _logged(act: Callable[[], None]) -> None:
    try:
        act()
    except Exception:  # the top of a job of its own
        log.exception("a part of the end failed")
