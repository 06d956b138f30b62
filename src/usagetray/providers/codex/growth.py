"""What the running total of a thread tells of its single answers.

Codex writes the total again with each new word on limits, though nothing was used: only growth counts. A total that
falls was reset, or belongs to one of two lines of work that write in turn; then each answer counts for no more than
what goes beyond the highest total seen, and the sum is a lower bound.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from usagetray.providers.codex.rollout import UNTOLD, Vector

ZERO: Vector = (0, 0, 0, 0, 0)

Kinds = tuple[int, int, int, int, int]
"""Disjoint: input, written to a cache, read from one, output; and reasoning, which is within output."""


class Growth(Struct, array_like=True):
    mark: Vector = ZERO  # the highest total seen, of each kind
    contained: bool = False

    def told(self, total: Vector) -> Vector:
        """A total whose untold fields stay as they were."""
        if UNTOLD not in total:
            return total
        (a, b, c, d, e), (u, v, w, x, y) = total, self.mark
        return (
            u if a == UNTOLD else a,
            v if b == UNTOLD else b,
            w if c == UNTOLD else c,
            x if d == UNTOLD else d,
            y if e == UNTOLD else e,
        )

    def take(self, total: Vector, last: Vector | None) -> Vector | None:
        """How much the total has grown; None if it has not. `last`: what the last answer took, as the line says."""
        mark = self.mark
        if total == mark:
            return None
        grown = minus(total, mark)
        if not self.contained:
            a, b, c, d, e = grown
            self.contained = a < 0 or b < 0 or c < 0 or d < 0 or e < 0
        if not self.contained:
            self.mark = total
        else:
            self.mark = _pairwise(max, total, mark)
            grown = whole(grown) if last is None else _pairwise(min, whole(grown), whole(last))
        return grown if grown[0] or grown[3] else None


def minus(one: Vector, other: Vector) -> Vector:
    return one[0] - other[0], one[1] - other[1], one[2] - other[2], one[3] - other[3], one[4] - other[4]


def whole(vector: Vector) -> Vector:
    """What is not told, or less than nothing, is nothing."""
    a, b, c, d, e = vector
    if a >= 0 and b >= 0 and c >= 0 and d >= 0 and e >= 0:
        return vector
    return a if a > 0 else 0, b if b > 0 else 0, c if c > 0 else 0, d if d > 0 else 0, e if e > 0 else 0


def _pairwise(pick: Callable[[int, int], int], one: Vector, other: Vector) -> Vector:
    a, b, c, d, e = map(pick, one, other)
    return a, b, c, d, e


def merged(grown: Vector, last: Vector) -> tuple[Vector, Vector] | None:
    """The earlier answers and the last one, where lines between were lost and a total grew by several at once.

    Each is priced by the length of its own prompt; a sum of prompts would pass for one too long for any model.
    """
    if grown == last:
        return None
    rest = minus(grown, last)
    is_several = min(rest) >= 0 and (rest[0] or rest[3]) and (last[0] or last[3])
    return (rest, last) if is_several else None


def kinds(used: Vector) -> Kinds:
    """Parts larger than their whole are cut: Codex has written more cached input than input."""
    prompt, cached, written, output, reasoning = used
    if cached > prompt:
        cached = prompt
    if written > prompt - cached:
        written = prompt - cached
    return prompt - cached - written, written, cached, output, reasoning if reasoning < output else output


def key_of(thread: str, total: Vector) -> str:
    """Names an answer by its thread and the total after it, so that every copy of a file names it alike."""
    a, b, c, d, e = total
    return f"{thread}:{a}.{b}.{c}.{d}.{e}"
