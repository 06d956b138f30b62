"""Loads the fixtures that any test folder may use."""

from __future__ import annotations

import gc
import logging
import os
import re
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests import source

os.environ["LANGUAGE"] = "en"  # whatever the tester speaks: tests read words, their programs' too
os.environ["LC_ALL"] = "C.UTF-8"  # and times in twenty-four hours

settings.register_profile("by chance", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same each time", settings.get_profile("by chance"), derandomize=True, database=None)
settings.load_profile("same each time")  # `--hypothesis-profile "by chance"` looks for what is not known yet

pytest_plugins = ["tests.desktop.session"]


def pytest_collection_finish() -> None:
    """Eight thousand tests stay till the end: the collector need not go through them again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _same_each_time(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What would make a run of the tests another than the one before, on a busy machine or in another folder.

    A headless tick waits for the answers it asked for, and reads all that logs have grown by: what a test says of it
    holds only where they are there. A test whose server hangs sets the end of a request itself. And the spread of
    requests, which is drawn from a source's name and home, is drawn without the folder of this run.
    """
    from usagetray.domain import cadence

    here = re.compile(re.escape(str(tmp_path_factory.getbasetemp())) + "/[^/]+")
    drawn = cadence._fraction
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("usagetray.spine.core.SETTLE_S", 30.0)
        patch.setattr("usagetray.spine.core.LOGS_S", 10.0)
        patch.setattr(cadence, "_fraction", lambda key, at: drawn(here.sub("", key), at))
        yield


@pytest.fixture(scope="module")
def forgotten_source() -> Iterator[None]:
    """For files that read all of the program's code: its trees are not kept for the files after."""
    yield
    source.tree.cache_clear()
    source.nodes.cache_clear()


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
