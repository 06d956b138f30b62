"""What a page of the settings window is made of, as plain words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Shape(StrEnum):
    """What a row is edited with."""

    SWITCH = "switch"
    CHOICE = "choice"  # one of `choices`
    ICON = "icon"  # the same, each with a small picture of the icon
    PICK = "pick"  # one of many, in a list that opens
    PERCENTS = "percents"  # some of `choices`, percentages
    SPAN = "span"  # two times of day, or none
    DAYS = "days"  # of the week
    MINUTES = "minutes"  # a whole number from `least` to `most`
    TEXT = "text"
    SUMS = "sums"  # "10, 12.50"
    COMMAND = "command"  # a program and its arguments, as a shell would part them
    LIST = "list"  # texts, one below the other
    BUDGETS = "budgets"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One setting."""

    key: str  # as it stands in the settings file; with `*` for the provider, and for the account
    label: str
    help: str = ""
    shape: Shape = Shape.SWITCH
    choices: tuple[tuple[str, str], ...] = ()  # value, and what it is called
    wrong: str = ""  # the sentence for a value that is not right; "": made of what the key takes
    hint: str = ""  # stands grey in an empty field
    least: int = 0
    most: int = 0
    unit: str = ""  # after a number
    zero: str = ""  # what the least number means
    is_wide: bool = False  # needs the whole line below its words


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A sentence between the settings."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A button. What it does is the window's business, by name."""

    name: str
    label: str
    help: str = ""
    is_dangerous: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Something that is more than a row, and has a module of its own."""

    name: str


Piece = Row | Note | Heading | Press | Part


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsPage:
    key: str
    name: str
    pieces: tuple[Piece, ...]
    lead: str = ""  # below the name
