"""Text from outside made inert: what a vendor, a log or a file name says may be read, never obeyed.

Every word on screen that we did not write ourselves passes `plain()` once, here, before any view sees it.
"""

from __future__ import annotations

import re
import unicodedata

MOST_SHOWN = 80
"""Longest foreign text in any output: promise P27."""

MOST_READ = 2_000
"""Only so much of a huge text is looked at, so that a name of megabytes costs nothing to draw."""

MOST_MARKS = 2
"""Combining marks kept on one letter: enough for every written language, too few to smear over other rows."""

# Letters and marks that draw nothing, and so could make two different names look the same.
_INVISIBLE = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u2800\u3164\uffa0"
    + "".join(map(chr, range(0xFE00, 0xFE10)))
    + "".join(map(chr, range(0xE0100, 0xE01F0)))
)
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)", re.DOTALL)
_ENTITY = re.compile(r"&(?=#?\w{1,31};)")
_ASCII = {
    "█": "#", "▒": "=", "░": ".", "▲": "^", "▸": ">", "⊖": "X", "◇": "*", "·": "-", "…": "...", "–": "-", "−": "-",
    "’": "'", "“": '"', "”": '"', "€": "EUR ", "£": "GBP ", "¥": "JPY ", "₹": "INR ", "₩": "KRW ", "‹": "(",
    "›": ")", "＆": "+", "≥": ">=", "≤": "<=", "×": "x", "≈": "~", "•": "*",
}  # fmt: skip
_KEY = re.compile(r"\b(?:(?:sk|pk|rk|gh[a-z]|github_pat|xox[a-z])[-_]|eyJ|AIza)\S{6,}")
"""How vendors' keys begin."""
_FORMULA_STARTS = ("=", "+", "-", "@")


def plain(text: object, most: int = MOST_SHOWN) -> str:
    """One line of at most `most` characters without control, direction, invisible or markup characters.

    Angle brackets become ‹ ›, an ampersand that begins an entity gets a space behind it: no reader of markup, in a
    notification, a tooltip or a rich text label, finds anything in the result. A lone "&" and "_" stay, so a menu
    that takes them for a mnemonic still has to double them.
    """
    kept: list[str] = []
    marks = 0
    for char in unicodedata.normalize("NFC", _ESCAPES.sub("", str(text)[:MOST_READ])):
        category = unicodedata.category(char)
        if char in _INVISIBLE or category == "Cf":
            continue
        if category[0] == "Z" or char in "\t\n\v\f\r\x85":
            char = " "
        elif category[0] == "C":
            continue
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks <= MOST_MARKS:
            kept.append(char)
    line = " ".join("".join(kept).split())
    line = _ENTITY.sub("& ", line).replace("<", "‹").replace(">", "›")
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def csv_cell(text: object, most: int = MOST_SHOWN) -> str:
    """`plain()` for a spreadsheet: a text that would be taken for a formula is marked as text with an apostrophe."""
    line = plain(text, most)
    return f"'{line}" if line.startswith(_FORMULA_STARTS) else line


def without_keys(sentence: str) -> str:
    """A key that was given as a word by mistake is not repeated: people post our errors."""
    return _KEY.sub("•••", sentence)


def spelled(text: str) -> str:
    """The text in ASCII, for terminals that are not UTF-8; what has no spelling becomes a question mark."""
    shown = "".join(_ASCII.get(char, char) for char in text)
    return unicodedata.normalize("NFKD", shown).encode("ascii", "replace").decode("ascii")


def columns(text: str) -> int:
    """How many terminal columns a text takes: wide characters two, combining ones none."""
    return sum(_columns_of(char) for char in text)


def clip(text: str, most: int) -> str:
    """The text cut to `most` columns, with "…" where something is missing."""
    if columns(text) <= most:
        return text
    room = most - 1
    kept = []
    for char in text:
        room -= _columns_of(char)
        if room < 0:
            break
        kept.append(char)
    return "".join(kept).rstrip() + ("…" if most > 0 else "")


def fit(text: str, most: int) -> str:
    """Cut to `most` columns, and to as many characters: who counts those counts marks that take no column too."""
    shown = clip(text, most)
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def pad(text: str, to: int) -> str:
    """The text cut or filled with spaces to exactly `to` columns."""
    text = clip(text, to)
    return text + " " * (to - columns(text))


def _columns_of(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
