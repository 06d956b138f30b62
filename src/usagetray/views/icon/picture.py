"""What the tray icon is to say, in words; how it is drawn is another matter."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from usagetray.domain.states import Level
from usagetray.quick_dataclass import dataclass

Style = Literal["bars", "ring", "number"]
STYLES: tuple[Style, ...] = ("bars", "ring", "number")


class IconState(StrEnum):
    NORMAL = "normal"
    WARNING = "warning"
    CRITICAL = "critical"
    LOCKED = "locked"
    PAYING = "paying"
    INCIDENT = "incident"
    STALE = "stale"
    NO_SOURCE = "no_source"
    FIRST_RUN = "first_run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    share: float | None
    """Share used, 0.0 upward; 0.0 also while the window has not started; None without a value, drawn as a dash."""
    level: Level = Level.NORMAL


@dataclass(frozen=True, slots=True, kw_only=True)
class IconPicture:
    """What the icon is to say. A bar that is None is a window the provider does not have."""

    state: IconState
    short: Bar | None = None
    week: Bar | None = None

    @property
    def tightest(self) -> Bar:
        """The bar that matters more; of two alike the short window's."""
        bars = [each for each in (self.short, self.week) if each is not None]
        return max(bars, key=_tightness, default=Bar(share=None))

    @property
    def below(self) -> Bar | None:
        """What a style of one figure shows beside it: the week, where there is one."""
        return self.week if self.week is not None else self.short


def _tightness(bar: Bar) -> tuple[Level, float]:
    return bar.level, -1.0 if bar.share is None else bar.share
