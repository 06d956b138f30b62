"""Starting threads on a system that may have none left to give: a fault of the moment, never of the program."""

from __future__ import annotations

import logging
import threading

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
