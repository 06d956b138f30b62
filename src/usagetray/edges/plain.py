"""Text from outside made inert before it is shown or logged."""

from __future__ import annotations

import unicodedata

CUT = "\N{HORIZONTAL ELLIPSIS}"


def plain(text: str, most: int) -> str:
    """The text on one line, at most `most` characters, without control, direction-changing or invisible ones."""
    kept: list[str] = []
    for character in text[: most * 4]:  # bounded work; what is dropped below is rare
        kind = unicodedata.category(character)
        if character in "\t\n\r" or kind in ("Zl", "Zp"):
            kept.append(" ")
        elif kind not in ("Cc", "Cf", "Cs", "Co", "Cn"):
            kept.append(character)
    shown = "".join(kept).strip()
    return shown if len(shown) <= most else shown[: most - 1] + CUT


def within_utf16(text: str, most: int) -> str:
    """Cut to `most` UTF-16 units, by which Windows counts; never through the middle of a character."""
    if len(text.encode("utf-16-le", "surrogatepass")) // 2 <= most:
        return text
    units, kept = 0, ""
    for character in text:
        units += 2 if ord(character) > 0xFFFF else 1
        if units > most - 1:
            break
        kept += character
    return kept + CUT
