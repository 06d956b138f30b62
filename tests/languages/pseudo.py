"""A language nobody speaks: every text between brackets, accented, and as much longer as German may be.

What is not in brackets on a screen was never looked up; what lost its closing bracket was cut off.
"""

from __future__ import annotations

import gettext
import re

ACCENTED = str.maketrans("aeiouAEIOUcnyz", "àéîöûÀÉÎÖÛçñýž")
LONGER = 0.35
WORD = 20
SYMBOLS = re.compile(r"(\{[^}]*\})")


class Pseudo(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        return pseudo(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return pseudo(msgid1 if n == 1 else msgid2)


def pseudo(text: str) -> str:
    """Units, days and patterns stay as they are: they are as short in every language."""
    letters = sum(each.isalpha() for each in SYMBOLS.sub("", text))
    if letters < 4:
        return text
    accented = "".join(each if SYMBOLS.fullmatch(each) else each.translate(ACCENTED) for each in SYMBOLS.split(text))
    more = " ".join(("·" * WORD,) * (round(letters * LONGER) // WORD))  # as words: a line may break between them
    return f"[{accented}{'·' * (round(letters * LONGER) % WORD)}{' ' * bool(more)}{more}]"
