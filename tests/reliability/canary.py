"""Secrets that can be told from anything else, and a search for them and each piece of them in every usual form."""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

PIECE = 12
"""Characters of which none in a row may be found."""
ODD = '/+=~"&%'
"""Legal in a header, and written differently in addresses, JSON and base64."""


class Canaries:
    def __init__(self, seed: int = 1) -> None:
        self._chance = random.Random(seed)
        self._pieces: dict[bytes, str] = {}
        self.made: list[str] = []

    def new(self, prefix: str = "sk-") -> str:
        letters = self._chance.choices(string.ascii_letters + string.digits, k=40)
        for at in (9, 16, 23, 30):
            letters[at] = self._chance.choice(ODD)
        return self.add(prefix + "".join(letters))

    def add(self, secret: str) -> str:
        """Another one, of any kind."""
        self.made.append(secret)
        known = secret.removeprefix("sk-")
        for form in _forms(known):
            for at in range(len(form) - PIECE + 1):
                self._pieces.setdefault(form[at : at + PIECE], secret)
        return secret

    def hits(self, content: bytes) -> list[str]:
        """Of which secrets a piece stands in it."""
        pieces, found = self._pieces, set()
        for at in range(len(content) - PIECE + 1):
            piece = content[at : at + PIECE]
            if piece in pieces:
                found.add(pieces[piece])
        return sorted(found)

    def in_files(self, *roots: Path, but: tuple[str, ...] = ()) -> dict[str, list[str]]:
        """By path; `but`: names of files in which the user put a secret."""
        return {
            str(path): found
            for root in roots
            for path in sorted(root.rglob("*"))
            if path.is_file() and not path.is_symlink() and path.name not in but
            if (found := self.hits(path.read_bytes()) or self.hits(str(path).encode()))
        }


def _forms(secret: str) -> Iterator[bytes]:
    octets = secret.encode("utf-8", "surrogatepass")
    yield octets
    yield octets.decode("utf-8", "replace").encode("utf-16-le")
    yield quote(octets, safe="").encode()
    yield quote(octets).encode()
    yield quote(octets, safe="").lower().encode()
    yield json.dumps(secret)[1:-1].encode()
    yield repr(secret)[1:-1].encode()
    yield octets.hex().encode()
    yield octets.hex().upper().encode()
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + octets)[4 if offset else 0 : -4]
        yield encoded
        yield encoded.replace(b"+", b"-").replace(b"/", b"_")
