"""Colours, type, spacing and heights of the popup, as plain values; nothing here needs Qt."""

from __future__ import annotations

from dataclasses import fields
from typing import Final

from usagetray.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """One theme. Text keeps a contrast of 4.5 and marks of 3 against what they stand on (WCAG 2)."""

    bg: str
    sunk: str  # cards, pills
    sel: str  # pressed and hovered buttons, the tray of a segmented control
    seg: str  # the chosen segment in it
    line: str  # dividers
    edge: str  # the popup's border
    ctl: str  # outlines of buttons and boxes
    text: str
    text2: str  # sentences, units
    text3: str  # times, captions, stale figures and fills
    link: str  # text actions, focus ring
    track: str  # the empty part of a bar
    ok: str  # a bar's fill, the primary button; never text under 16 px
    warn: str
    crit: str
    pay: str  # money that is leaving now
    good: str  # "is back" only
    on: str  # text on a filled button
    okbg: str
    warnbg: str
    critbg: str
    paybg: str
    m1: str  # models in charts, always in the order of their legend
    m2: str
    m3: str
    m4: str
    m5: str
    m6: str  # all others together
    h0: str  # hours in the heat map, from nothing used to most
    h1: str
    h2: str
    h3: str
    h4: str
    is_plain: bool = False  # high contrast: no tints, and a line round every bar

    def colour(self, name: str) -> str:
        if name not in COLOUR_NAMES:
            raise KeyError(name)
        return str(getattr(self, name))


COLOUR_NAMES: Final = frozenset(field.name for field in fields(Palette) if field.name != "is_plain")

LIGHT: Final = Palette(
    bg="#FFFFFF",
    sunk="#F5F6F8",
    sel="#E9EDF3",
    seg="#FFFFFF",
    line="#E3E6EA",
    edge="#CDD2DA",
    ctl="#868F9C",
    text="#16181D",
    text2="#4D5562",
    text3="#5F6977",
    link="#1D5BD0",
    track="#E1E5EB",
    ok="#2F6FEB",
    warn="#B45309",
    crit="#C8281F",
    pay="#6A35D4",
    good="#16794C",
    on="#FFFFFF",
    okbg="#EDF3FF",
    warnbg="#FFF6E5",
    critbg="#FDEEEC",
    paybg="#F3EEFE",
    m1="#1D4FB8",
    m2="#2A9D8F",
    m3="#C071D3",
    m4="#C9801F",
    m5="#76801F",
    m6="#8A94A3",
    h0="#E1E5EB",
    h1="#C6D3ED",
    h2="#93ABDD",
    h3="#567BCA",
    h4="#1D4FB8",
)

DARK: Final = Palette(
    bg="#1C1E22",
    sunk="#26292E",
    sel="#343941",
    seg="#4A515C",
    line="#34383F",
    edge="#454A53",
    ctl="#7A8391",
    text="#F2F4F7",
    text2="#B9C0CA",
    text3="#9AA3B0",
    link="#8DB4FF",
    track="#3A3F47",
    ok="#6EA0FF",
    warn="#FFB224",
    crit="#FF7A6E",
    pay="#C3A6FF",
    good="#4CC38A",
    on="#10131A",
    okbg="#202C44",
    warnbg="#332A18",
    critbg="#3A2322",
    paybg="#2E2740",
    m1="#7FAAFF",
    m2="#4FC4B4",
    m3="#D9A0E6",
    m4="#E8AE62",
    m5="#C9D36E",
    m6="#8A94A3",
    h0="#3A3F47",
    h1="#3F5075",
    h2="#4C618C",
    h3="#6687C8",
    h4="#A9C6FF",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeStyle:
    """Size in pixels at scale 1, and weight on the 100-900 scale."""

    size: int
    weight: int = 400


CAPTION: Final = TypeStyle(size=11)
PILL: Final = TypeStyle(size=11, weight=500)
BODY: Final = TypeStyle(size=12)
BODY_STRONG: Final = TypeStyle(size=12, weight=600)
NAME: Final = TypeStyle(size=13, weight=500)
SEGMENT: Final = TypeStyle(size=12, weight=500)
SEGMENT_CHOSEN: Final = TypeStyle(size=12, weight=650)
TITLE: Final = TypeStyle(size=13, weight=650)
QUESTION: Final = TypeStyle(size=15, weight=650)
AMOUNT: Final = TypeStyle(size=16, weight=650)
FIGURE: Final = TypeStyle(size=14, weight=650)
VERDICT: Final = TypeStyle(size=16, weight=650)
WINDOW_TITLE: Final = TypeStyle(size=17, weight=650)
BIG: Final = TypeStyle(size=28, weight=650)

WIDTH: Final = 360
PAD: Final = 16
MAX_HEIGHT: Final = 720
SCREEN_GAP: Final = 24  # left free of the screen's height
RADIUS: Final = 12
CARD_RADIUS: Final = 10
ROW_CARD_RADIUS: Final = 8
BUTTON_RADIUS: Final = 7
SHADOW: Final = 16  # a multiple of four: at every quarter of a scale what lies within begins on a whole pixel

FORECAST: Final = 0.22  # of a colour: what of a bar is not used yet, and is expected to be
BAR: Final = 8
BAR_COMPACT: Final = 6
ROW: Final = 60
ROW_COMPACT: Final = 24
ROW_COLLAPSED: Final = 26
HEAD: Final = 28
TABS: Final = 28
HEADER: Final = 52  # of every page: tabs and two buttons; what a page draws begins below it
FOOTER: Final = 40
BUTTON: Final = 32
CHECK_BOX: Final = 18
LEADING: Final = 17  # from one line of a wrapped sentence to the next

LARGEST_SCALE: Final = 2.0
ORDINARY_FONT_PX: Final = (11.0, 15.0)
"""System fonts of this height mean "nothing asked for": 9 pt on Windows up to GNOME's 11 pt at 96 dpi."""


def text_scale(system_font_px: float) -> float:
    """By how much everything grows when the desktop asks for larger letters; never below 1, at most 2."""
    largest = ORDINARY_FONT_PX[1]
    return min(max(system_font_px / largest, 1.0), LARGEST_SCALE)
