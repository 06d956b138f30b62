"""What the page "History" shows, in words and plain values: the widgets draw it and reckon nothing."""

from __future__ import annotations

from dataclasses import dataclass

from usagetray.domain.history import HistoryWish


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    big: str  # "$1,284"; "" where there is no figure
    note: str = ""  # "at list prices, last 30 days"
    lines: tuple[str, ...] = ()
    spoken: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayBar:
    parts: tuple[float, ...]  # shares of the axis, in the legend's order, from below
    is_unknown: bool = False  # something was used that has no price
    tip: str  # lines parted by newlines
    spoken: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    ticks: tuple[tuple[float, str], ...]  # share of the height, and label
    bars: tuple[DayBar, ...]
    marks: tuple[tuple[int, str], ...]  # number of a bar, and what stands below it
    spoken: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegendLine:
    colour: str  # token
    name: str
    share: str
    figure: str
    tip: str
    spoken: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """One of the totals."""

    figure: str
    caption: str
    tip: str
    spoken: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatRow:
    """A weekday."""

    name: str
    shades: tuple[int, ...]  # 0 nothing, up to `SHADES`
    tips: tuple[str, ...]
    spoken: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    rows: tuple[HeatRow, ...]
    least: str  # what the first shade stands for
    most: str  # "$9 an hour"
    busiest: str
    since: str
    spoken: str


SHADES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryView:
    wish: HistoryWish
    headline: Headline
    chart: Chart | None = None  # None: nothing was counted yet, or it could not be read
    legend: tuple[LegendLine, ...] = ()
    sums: tuple[Sum, ...] = ()
    heat: Heat | None = None
    note: str = ""  # in the footer
    note_tip: str = ""  # the names behind it
    can_export: bool = False
