"""Which lines of a forked or sub-agent thread are its own, and which were copied from its parent.

A copy repeats the parent's totals, often under new times; counted again, a tree of agents multiplies what was used,
and with one rule too many all of it is lost. Shapes seen up to CLI 0.159, in the order in which they are tried:

1. The first line says from which ordinal on the lines are the thread's own.
2. The parent's totals are repeated. The own part begins, by the first of these that applies: where they no longer
   agree with the parent's log; where lines are no longer older than the thread; at a turn that another agent
   triggered; after the first pause of a second, since a copy is written in one go.
3. The counter started again: the first total is the first answer.
4. The counter goes on from the parent's without a copy of its lines: the first answer tells where it stood.

Lines are judged as they come, so some things are beyond it: a parent's log that turns up after its child was read;
a triggered turn that comes after a pause within the copy; and answers within the first second of a restarted counter,
which may be a copy and wait for the first pause, are not counted while no later line follows.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from msgspec import Struct, field

from usagetray.providers.codex.growth import whole
from usagetray.providers.codex.rollout import Vector

PAUSE = 1_000_000
"""Microseconds. Copied lines are written at once; the first own answer takes longer than this."""
SOON = 2 * PAUSE
"""So soon after the thread's first line a total stands for what was inherited, not for an answer."""
LINE_END = 2
"""Bytes between a line and the next, at most."""
MOST_HELD = 8
"""More answers than this without a second's pause are no answers but a copy."""

Pair = tuple[Vector, Vector | None]
"""A total, and what the last answer took of it."""


class Verdict(Enum):
    HISTORY = "history"
    OWN = "own"
    HELD = "held"  # own, unless the lines to come say otherwise


class Counted(Struct, array_like=True, gc=False):
    """A total, and what held when it was written: its time, in microseconds, and the model and folder of its turn."""

    at: int
    total: Vector
    last: Vector | None
    model: str
    folder: str


class Ancestry(Struct, array_like=True):
    """What is known of the copied part while it lasts. Times are microseconds since 1970 UTC."""

    parent: str  # its thread id; "" where no line names it
    began: int  # when the thread was begun, as its first line says
    opened: int  # when that line was written: some time later, if the user was in no hurry; 0: it was lost
    previous: int  # when the line before this one was written
    own_from: int | None = None
    matched: int = 0  # counts that agree with the parent's
    seen: int = 0  # counts that were copied
    names_parent: bool = False  # the parent's first line was copied too
    is_older: bool = False
    is_triggered: bool = False
    is_unbroken: bool = True  # no pause so far
    is_estimate: bool = False
    turn_ends: int = -LINE_END  # offset
    held: list[Counted] = field(default_factory=list)  # until lines to come say whose they are

    def ends(self, at: int) -> bool:
        """Whether a line of this time stands after the pause that ends a copy."""
        if self.own_from is not None or at < self.began:
            return False
        if not self.opened:
            self.opened = self.previous = at
        is_pause, self.previous = at - self.previous >= PAUSE, at
        if not self.seen and not self.held:
            self.is_unbroken = self.is_unbroken and not is_pause
            return False
        return is_pause and not self.matched

    def turn(self, at: int, end: int) -> None:
        """A turn begins on a line that ends at this offset. What the next line is may say more than a pause."""
        self.turn_ends = end
        if not self.seen and not self.held:
            self.ends(at)

    def is_at_turn(self, offset: int) -> bool:
        """Whether a line at this offset follows the beginning of a turn at once."""
        return self.own_from is None and 0 <= offset - self.turn_ends <= LINE_END

    def judge(self, ordinal: int | None, at: int, pair: Pair, next_of_parent: Callable[[], Pair | None]) -> Verdict:
        """Whose a count is. `next_of_parent`: the pair of the parent's log after those that agreed."""
        if self.own_from is not None:
            return Verdict.OWN if ordinal is not None and ordinal >= self.own_from else Verdict.HISTORY
        is_first = not self.seen and not self.held
        if self.matched or (is_first and self._is_opening(at)):
            if next_of_parent() == pair:
                self.matched += 1
                return Verdict.HISTORY
            if self.matched and at >= self.began:
                return Verdict.OWN
        if at < self.began:
            self.is_older = True
            return Verdict.HISTORY
        if self.is_older or (self.is_triggered and not (is_first and self.names_parent and self.is_unbroken)):
            return Verdict.OWN
        return self._of_opening(at, pair, is_first)

    def _of_opening(self, at: int, pair: Pair, is_first: bool) -> Verdict:
        """Whose a count is that comes before the first pause, or is the first of all."""
        self.is_triggered = False
        if self.held:
            if len(self.held) < MOST_HELD:
                return Verdict.HELD
            self.is_estimate = True
            return Verdict.HISTORY
        if not is_first or (self.names_parent and self._is_opening(at)):
            return Verdict.HISTORY
        total, last = pair
        if last is not None and whole(total) == whole(last):
            return Verdict.HELD if self.is_unbroken else Verdict.OWN
        return Verdict.OWN if at - self.opened > SOON else Verdict.HISTORY

    def _is_opening(self, at: int) -> bool:
        """A copy begins with the file; an own first answer that equals the parent's comes later."""
        return at < self.began or self.is_unbroken or at - self.opened <= SOON
