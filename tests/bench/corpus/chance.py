"""Invented text, ids, sizes and times; and a ledger of what was invented."""

from __future__ import annotations

import bisect
import math
import os
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

ENDS_AT = datetime(2026, 11, 15, tzinfo=UTC)
DAYS = 90
ENGLISH = (
    "the session reads file token budget return value error index async await import class def self config parser "
    "cursor buffer offset thread window refresh cache usage model cost daily block test assert expected result "
    "branch commit merge push docker build target release debug warn trace schema table column insert update "
    "select where group order limit join query client server request response header body stream chunk retry "
    "timeout queue worker pool lock mutex signal handler naïve café größe 数据 テスト"
)
WORDS = ENGLISH.split()
PROJECTS = ("atlas", "borealis", "cinder", "dune", "ember", "fjord", "garnet", "harbor", "iris", "krill")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
QUOTED = (
    r"{\"type\":\"assistant\",\"message\":{\"id\":\"msg_01quoted\",\"usage\":"
    r"{\"input_tokens\":12345,\"output_tokens\":67890}}}"
)
"""A line of a log as it stands within a tool's result: not to be counted."""


class Chance(random.Random):
    def __init__(self, seed: int, megabytes: float) -> None:
        super().__init__(seed)
        size = 3_000_000 if megabytes > 10 else 600_000
        parts, starts, length = [], [0], 0
        while length < size:
            parts.append(self._line() + r"\n")
            length += len(parts[-1])
            starts.append(length)
        self._text, self._starts = "".join(parts), starts
        self._letters = "".join(self.choices(LETTERS, k=size // 2))

    def _line(self) -> str:
        words = self.choices(WORDS, k=self.randrange(3, 14))
        match self.randrange(8):
            case 0:
                return "    " * self.randrange(5) + rf"{words[0]}_{words[1]} = {words[2]}(\"{words[-1]}\", 7)"
            case 1:
                return rf"{self.randrange(1, 900):6d}\u2192\t" + " ".join(words)
            case 2:
                return f"src/{words[0]}/{words[1]}.py:{self.randrange(900)}: " + " ".join(words)
            case 3 if self.random() < 0.03:
                return QUOTED
        return " ".join(words)

    # ---- sizes, texts, ids ---------------------------------------------------------------------------------

    def size(self, median: float, sigma: float, most: int) -> int:
        return min(most, int(median * math.exp(self.gauss(0, sigma))) + 1)

    def text(self, size: int) -> str:
        """Whole lines, escaped as within JSON."""
        size = min(size, len(self._text) // 2)
        first = bisect.bisect_left(self._starts, self.randrange(len(self._text) - size))
        last = max(bisect.bisect_right(self._starts, self._starts[first] + size) - 1, first + 1)
        return self._text[self._starts[first] : self._starts[min(last, len(self._starts) - 1)]][:-2]

    def letters(self, size: int) -> str:
        size = min(size, len(self._letters) // 2)
        start = self.randrange(len(self._letters) - size)
        return self._letters[start : start + size]

    def id(self, length: int) -> str:
        return (self.letters(length - 10).replace("+", "x").replace("/", "y") + f"{self.getrandbits(40):010x}")[:length]

    def uuid(self) -> str:
        text = f"{self.getrandbits(128):032x}"
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"

    def pick(self, weighted: Sequence[tuple[T, float]]) -> T:
        return self.choices([each for each, _ in weighted], [weight for _, weight in weighted])[0]

    def project(self) -> str:
        return f"/home/dev/work/{PROJECTS[min(int(self.expovariate(0.35)), len(PROJECTS) - 1)]}"

    # ---- time ----------------------------------------------------------------------------------------------

    def beginning(self) -> datetime:
        """Of a session: the later, the more of them."""
        ago = timedelta(days=DAYS * (1 - self.random() ** 0.7), seconds=self.randrange(86400))
        return self.later(ENDS_AT - ago, 0.1, 1)

    def later(self, at: datetime, least_s: float, most_s: float) -> datetime:
        """Never within two minutes before midnight UTC: all lines of a response lie on one day."""
        at += timedelta(milliseconds=self.randrange(int(least_s * 1000), int(most_s * 1000)))
        midnight = at.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        return (
            at if midnight - at > timedelta(seconds=120) else midnight + timedelta(milliseconds=self.randrange(90000))
        )


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


class Expected:
    """What a right count comes to."""

    def __init__(self) -> None:
        self.totals: Counter[str] = Counter()
        self.by: dict[str, defaultdict[str, Counter[str]]] = {
            each: defaultdict(Counter) for each in ("day", "model", "project", "session")
        }

    def book(self, at: datetime, model: str, project: str, session: str, counts: dict[str, int]) -> None:
        whole = {**counts, "responses": 1}
        self.totals.update(whole)
        names = {"day": f"{at:%Y-%m-%d}", "model": model, "project": project, "session": session}
        for each, name in names.items():
            self.by[each][name].update(whole)

    def as_json(self) -> dict[str, object]:
        return {"totals": self.totals, **{f"by_{name}": found for name, found in self.by.items()}}


class Logs:
    """The logs of one tool, written into its home."""

    def __init__(self, home: Path, chance: Chance, median_kb: float) -> None:
        self.home, self.chance = home, chance
        self.expected = Expected()
        self.files = self.bytes = 0
        self.kinds: Counter[str] = Counter()
        self._median = median_kb * 1000

    def fill(self, size: float) -> None:
        while self.bytes < size:
            self.session(min(self.chance.size(self._median, 1.15, 40_000_000), size - self.bytes + 2000))

    def session(self, budget: float) -> None:
        raise NotImplementedError

    def write(self, name: str, lines: Sequence[str], at: datetime, torn: str = "") -> None:
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        content = ("".join(lines) + torn).encode()
        path.write_bytes(content)
        os.utime(path, (at.timestamp(), at.timestamp()))
        self.files += 1
        self.bytes += len(content)
