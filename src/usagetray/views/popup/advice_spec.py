"""What the page "Advice" shows, in words and plain values; its lines stand in sections like those of "Now"."""

from __future__ import annotations

from dataclasses import dataclass

from usagetray.views.popup.spec import Card, Comparison, Heading, Section, Tip, Words

AdviceLine = Heading | Words | Comparison | Tip


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceTold:
    """What is said of one's own use, whichever grounds are open and whatever bills at the moment."""

    sections: tuple[Section, ...]
    footer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceView:
    sections: tuple[Section, ...]
    footer: str
    card: Card | None = None
    buttons: tuple[tuple[str, str], ...] = ()  # below the card's words: what they say, and the verb for the tray
    how: str = ""  # words of the footer's button that opens all grounds; empty: there are none
