"""Every reader of hostile input, some dozen spoilt inputs each; and each input that once broke one, again."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.mutation import MOST, Edit, spoilt
from tests.fuzz.table import TARGETS
from tests.fuzz.target import HERE, Target

FOUND = sorted(path for path in (HERE / "found").iterdir() if path.name != ".gitkeep")
MOST_S = 5.0
"""Of processor time for one input: far above any that was seen, far below what somebody would wait."""
NUMBERS = st.integers(0, MOST)
EDITS = st.lists(st.builds(Edit, NUMBERS, NUMBERS, NUMBERS), min_size=1, max_size=4)


def run(target: Target, content: bytes) -> None:
    began = time.process_time()
    target.run(content)
    assert time.process_time() - began < MOST_S


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_what_holds_of_a_reader_holds_whatever_it_reads(target: Target) -> None:
    """The recorded inputs as they are, then 15 with up to four edits."""

    @settings(max_examples=15, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(seed=st.sampled_from(target.seeds), edits=EDITS)
    def check(seed: bytes, edits: list[Edit]) -> None:
        run(target, spoilt(target, seed, edits))

    for seed in target.seeds:
        run(target, seed)

    check()


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)
def test_what_once_broke_a_reader_does_so_no_more(path: Path) -> None:
    run(TARGETS[path.name.rpartition("-")[0]], path.read_bytes())
