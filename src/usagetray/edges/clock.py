"""Time, as a thing that can be handed in: the system's, or a faster one for the demo."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

from usagetray.quick_dataclass import dataclass


class Clock(Protocol):
    def now(self) -> datetime:
        """Wall-clock time, aware UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back; may stand still while the machine sleeps."""
        ...

    def sleep(self, seconds: float) -> None: ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


@dataclass(frozen=True, slots=True)
class ScaledClock:
    """A clock that runs `speed` times as fast since `anchor_at`, when it showed `start_at`.

    Anchored to wall time, so that several processes given the same three values agree.
    """

    anchor_at: datetime
    start_at: datetime
    speed: float

    def now(self) -> datetime:
        return self.start_at + (datetime.now(UTC) - self.anchor_at) * self.speed

    def monotonic(self) -> float:
        return (self.now() - self.start_at) / timedelta(seconds=1)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / self.speed)
