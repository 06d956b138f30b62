"""Loads the fixtures that any test folder may use."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator

import pytest

os.environ["LANGUAGE"] = "en"  # whatever the tester speaks: tests read words, their programs' too
os.environ["LC_ALL"] = "C.UTF-8"  # and times in twenty-four hours

pytest_plugins = ["tests.desktop.session"]


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
