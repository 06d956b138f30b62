"""For checks of odd answers: how they are given to the program, and what must hold of all that it shows and keeps."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path

from hypothesis import strategies as st

from tests.reliability.fake_provider import Kind
from tests.reliability.sim import HOUR, NOW, SECOND, Sim, simulated
from tests.support import Asked
from usagetray.providers.contract import Reply
from usagetray.views.popup.content import Wish, page
from usagetray.views.popup.scene import fill_length
from usagetray.views.status_text import status_text

ENDS = NOW + 3 * HOUR
ODD: st.SearchStrategy[object] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(["42", "1e400", " 7 ", "\ud800", "\u202e", "2026-13-01", "NaN", "٤٢", "=1+1", "%s%n", "x" * 3000]),
    st.lists(st.none() | st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=4), st.none() | st.integers(), max_size=2),
)
"""What stands where a figure, a text or an object should."""


def answering(kind: Kind, text: str) -> Callable[[Asked], Reply]:
    """The text at the path that holds the figures; where there are others, these are healthy."""

    def answer(asked: Asked) -> Reply:
        if asked.path.endswith((":loadCodeAssist", "/credits")):
            return kind.healthy(20, ENDS)(asked)
        return Reply(status=200, body=text.encode("utf-8", "surrogatepass"))

    return answer


def ask(machine: Sim) -> None:
    """One more request, as by the user's click."""
    machine.clock.advance(20 * SECOND)
    machine.core.click()  # type: ignore[union-attr]
    machine.tick()


def shown_once(machine: Sim) -> str:
    """What is shown is legal, in every place it is shown in; what the terminal says."""
    status = machine.status()
    json.dumps(status, allow_nan=False)
    for account in status["accounts"]:
        keys = [window["key"] for window in account["windows"]]
        assert len(keys) == len(set(keys))
        for window in account["windows"]:
            used = window["used_percent"]
            assert used is None or (type(used) in (int, float) and math.isfinite(used) and 0 <= used <= 100_000), used
            assert window["age_s"] >= 0
    seen = machine.core.overview()  # type: ignore[union-attr]
    text = status_text(seen, UTC, left=False)
    # Only where a figure stands: a plan may well be called so.
    assert not re.search(
        r"(nan|inf|infinity|null|none|true|false)\s?%|\$(nan|inf)|−\d|-\d+\s?%", text, re.IGNORECASE
    ), text
    sections = page(seen, seen.generated_at, UTC, Wish()).sections
    bars = [fill_length(getattr(line, "share", None), 100) for section in sections for line in section.lines]
    assert all(0 <= bar <= 100 for bar in bars), bars
    return text


def no_illegal_number(machine: Sim) -> None:
    """In any row of the history."""

    def walk(value: object) -> Iterator[object]:
        if isinstance(value, dict | list):
            for each in value.values() if isinstance(value, dict) else value:
                yield from walk(each)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield value

    rows = machine.core.store.database.rows("SELECT body FROM snapshot")  # type: ignore[union-attr]
    numbers = [each for (body,) in rows for each in walk(json.loads(body))]
    assert rows
    assert [each for each in numbers if not math.isfinite(each) or each < 0] == []  # type: ignore[arg-type,operator]


@contextmanager
def asked_often(folder: Path, kind: Kind) -> Iterator[Sim]:
    """Answered well once; then however a check likes, request after request."""
    with simulated(folder, kind) as machine:
        machine.vendor.answer = kind.healthy(20, ENDS)
        machine.start()
        machine.tick()
        yield machine
