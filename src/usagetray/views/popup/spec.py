"""What the popup shows, in words and plain values: the widgets draw it and decide nothing about quotas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from usagetray.domain.states import Level

Event = tuple[tuple[str, str | bool | tuple[str, ...]], ...]
"""What pressing something tells the tray: the pairs of a JSON object."""

FillKind = Literal["solid", "stale", "outline", "dash", "none"]
"""Solid: a fresh share. Stale: stripes. Outline: not started. Dash: no figure. None: no limit, no bar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What a screen reader says for a row: no "h", "m" or "%"."""

    name: str
    percent: int | None = None  # for the bar's value; None: there is no figure
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The verdict: the first thing read."""

    tint: str  # token of the background
    mark: str
    mark_colour: str
    title: str
    detail: str = ""
    big: str = ""
    big_note: str = ""
    extra: tuple[str, ...] = ()  # further true lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Below the card of a locked account: whether to be told when it is back, and where there is room meanwhile."""

    name: str  # "Tell me when it is back"
    on: bool
    key: str  # of the section of the account that is locked
    verbs: tuple[str, ...]  # for the tray: of switching it on, and off
    elsewhere: str = ""  # "Codex has 82 % left"
    elsewhere_key: str = ""  # of that account's section


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The first line of a section."""

    key: str
    name: str
    plan: str = ""
    label: str = ""
    aside: str = ""
    stale: bool = False
    spoken: Spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One window or one sum of money."""

    key: str
    name: str
    scope: str = ""
    figure: str  # "62 %"
    unit: str = ""  # "used"
    figure_colour: str = "text"
    mark: str = ""
    mark_colour: str = "text"
    share: float | None = None
    even: float | None = None  # where even use would be now: a tick; None: no tick
    ahead: float | None = None  # the share expected at the reset: a tint; None: no tint
    fill: FillKind = "solid"
    fill_colour: str = "ok"
    lefts: tuple[str, ...] = ()  # what is to be known now, in ever fewer letters
    left_colour: str = "text2"
    left_strong: bool = False
    rights: tuple[str, ...] = ()  # the same time in ever fewer letters
    action: str = ""  # words at the right that can be pressed, instead of `rights`
    event: Event = ()  # what they send
    compact: bool = False
    why: str = ""  # source, instant, age; lines broken by newlines
    opens: bool = False  # has a detail that opens under it
    spoken: Spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    key: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """What stands under an opened row."""

    key: str
    title: str
    rows: tuple[tuple[str, str], ...]  # a name, and its share
    notes: tuple[str, ...]  # sentences
    spoken: Spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A card inside a section, or between sections: what is wrong and what helps."""

    key: str
    mark: str
    title: str
    detail: str = ""
    action: str = ""  # the words of the button; empty: there is nothing to press
    event: Event = ()  # what the button sends


@dataclass(frozen=True, slots=True, kw_only=True)
class Collapsed:
    """A calm account in one line."""

    key: str
    name: str
    texts: tuple[str, ...]  # ever shorter wordings
    spoken: Spoken


# ---- lines of advice ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The question a section answers."""

    key: str
    text: str
    pill: str = ""  # "30 days of your logs"
    aside: str = ""
    spoken: Spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A sentence or two."""

    key: str
    text: str
    is_answer: bool = False  # the answer itself, in stronger letters
    is_note: bool = False  # what holds for all of the above
    spoken: Spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One bar among others."""

    name: str
    amount: str
    share: float  # of the longest
    is_own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    key: str
    rows: tuple[Compared, ...]
    spoken: Spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class Tip:
    """A piece of advice: its title and what it is worth; opened, what it stands on."""

    key: str
    title: str
    detail: str = ""
    amount: str = ""
    more: tuple[str, ...] = ()
    is_open: bool = False
    spoken: Spoken


Line = Head | Row | Detail | Caption | Problem | Collapsed | Heading | Words | Comparison | Tip


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    key: str
    level: Level
    lines: tuple[Line, ...]
    collapsed: Collapsed | None = None  # None: must not be folded away


@dataclass(frozen=True, slots=True, kw_only=True)
class Footer:
    text: str
    short: str = ""  # the same in fewer letters
    has_legend: bool = False  # of the tick and the tint in the bars
    action: str = ""
    spoken: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The whole of "Now"."""

    card: Card
    sections: tuple[Section, ...]
    footer: Footer
    waiting: Waiting | None = None
    demo: bool = False
    refreshing: bool = False
