"""Known secrets, found again in any text: whole, in pieces, and as URLs, JSON, hex and base64 carry them.

A piece counts from 12 characters on. All of them would be a hundred megabytes for the tokens of a day. So each form
of a secret is known by 6 of its characters at every 7th place: whatever 12 of it stand in a text, one of those places
is among them, and the characters around tell the rest.
"""

from __future__ import annotations

import base64
import json
import threading
from collections import OrderedDict
from collections.abc import Iterator
from urllib.parse import quote

PIECE = 12
"""Characters: a secret's pieces of this length and longer are hidden wherever they stand."""
SHORTEST = 6
"""A shorter text is no secret, and hiding it would riddle every line. Also the characters a place is known by."""
STEP = PIECE - SHORTEST + 1
MOST_SECRETS, MOST_CHARACTERS = 64, 16 * 1024
"""Remembered, those used last: some tokens change every quarter of an hour, and some have two thousand characters."""
HIDDEN = "•••"

Place = tuple[str, int]
"""A form of a secret, and where in it."""


class Hidden:
    """Safe to use from several threads."""

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._secrets: OrderedDict[str, tuple[str, ...]] = OrderedDict()  # with their forms; the last one was used last
        self._places: dict[str, tuple[Place, ...]] = {}

    def add(self, secret: str) -> None:
        if len(secret) < SHORTEST:
            return
        with self._changing:  # sources are asked side by side, each with a secret of its own
            if secret in self._secrets:
                self._secrets.move_to_end(secret)
                return
            forms = tuple(dict.fromkeys(each for each in _forms(secret) if len(each) >= SHORTEST))
            self._secrets[secret] = forms
            for form in forms:
                for at, letters in _known_by(form):
                    self._places[letters] = (*self._places.get(letters, ()), (form, at))
            while len(self._secrets) > 1 and self._are_too_many():
                self._forget(self._secrets.popitem(last=False)[1])

    def without(self, text: str) -> str:
        """The text with every stretch of a secret hidden."""
        covered = bytearray(len(text))
        for at in range(len(text) - SHORTEST + 1):
            for place in self._places.get(text[at : at + SHORTEST], ()):
                begins, ends = _stretch(text, at, *place)
                covered[begins:ends] = b"\1" * (ends - begins)
        if not any(covered):
            return text
        kept: list[str] = []
        for at, character in enumerate(text):
            if not covered[at]:
                kept.append(character)
            elif at == 0 or not covered[at - 1]:
                kept.append(HIDDEN)
        return "".join(kept)

    def _are_too_many(self) -> bool:
        return len(self._secrets) > MOST_SECRETS or sum(map(len, self._secrets)) > MOST_CHARACTERS

    def _forget(self, forms: tuple[str, ...]) -> None:
        for form in forms:
            for _, letters in _known_by(form):
                left = tuple(place for place in self._places.get(letters, ()) if place[0] is not form)
                if left:
                    self._places[letters] = left
                else:
                    self._places.pop(letters, None)


def _known_by(form: str) -> Iterator[tuple[int, str]]:
    """Where in it, and by which characters; a form too short for a piece counts only as a whole."""
    last = len(form) - SHORTEST if len(form) >= PIECE else 0
    for at in range(0, last + 1, STEP):
        yield at, form[at : at + SHORTEST]


def _stretch(text: str, at: int, form: str, place: int) -> tuple[int, int]:
    """Of the pieces around this place in the text those that stand in the form; empty where there is none."""
    begins, ends = at, at + SHORTEST
    shift = place - at
    least = max(at - (PIECE - SHORTEST), -shift, 0)
    most = min(at + PIECE, len(form) - shift, len(text))
    while begins > least and text[begins - 1] == form[begins - 1 + shift]:
        begins -= 1
    while ends < most and text[ends] == form[ends + shift]:
        ends += 1
    return (begins, ends) if ends - begins >= min(PIECE, len(form)) else (at, at)


def _forms(text: str) -> Iterator[str]:
    """The text as it is, and as URLs, JSON, hex and base64 (at each of its three offsets) would carry it."""
    yield text
    octets = text.encode("utf-8", "surrogatepass")
    yield quote(octets, safe="")
    yield json.dumps(text)[1:-1]
    yield octets.hex()
    yield octets.hex().upper()
    for offset in range(3):
        # The first and last characters also depend on the neighbours.
        encoded = base64.b64encode(b"\0" * offset + octets).decode().rstrip("=")[offset + (offset > 0) : -1]
        yield encoded
        yield encoded.replace("+", "-").replace("/", "_")
