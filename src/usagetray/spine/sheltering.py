"""Parts of a look around that stand for themselves: what surprises one of them does not keep the others from theirs."""

from __future__ import annotations

import logging
from collections.abc import Callable

from usagetray.errors import UserError

log = logging.getLogger(__name__)


def sheltered(part: Callable[[], object]) -> bool:
    """Whether it did something; a surprise is logged, and counts as nothing done."""
    try:
        return bool(part())
    except UserError as error:
        log.warning("%s", error)
    except Exception:  # the top of a job of its own
        log.exception("a part of a look around failed")
    return False
