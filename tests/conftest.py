"""Loads the fixtures that any test folder may use."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator

import pytest

os.environ["LANGUAGE"] = "en"  # whatever the tester speaks: tests read words, their programs' too
os.environ["LC_ALL"] = "C.UTF-8"  # and times in twenty-four hours

pytest_plugins = ["tests.desktop.session"]


@pytest.fixture(scope="session", autouse=True)
def _patience() -> Iterator[None]:
    """A headless tick waits for the answers it asked for, however slow this machine is just now.

    What a test says of the tick after a request holds only where the request is over. A test whose server hangs
    sets the end of a request itself, or this wait.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("usagetray.spine.core.SETTLE_S", 30.0)
        yield


@pytest.fixture
def untouched_logging() -> Iterator[None]:
    """For tests that set up a log of their own: the process's logging is as before afterwards."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    for handler in [one for one in root.handlers if one not in before]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    logging.getLogger("usagetray").setLevel(logging.NOTSET)
