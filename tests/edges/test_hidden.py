"""Secrets found again in any text, by few of their characters: as if all pieces had been looked for."""

from __future__ import annotations

import base64
import random
import tracemalloc

import pytest

from usagetray.edges.hidden import HIDDEN, MOST_CHARACTERS, MOST_SECRETS, PIECE, SHORTEST, Hidden, _forms

LETTERS = "abcABC019-_./+="


def by_all_pieces(secrets: list[str], text: str) -> str:
    """What is promised, worked out the long way."""
    covered = [False] * len(text)
    for secret in secrets:
        for form in _forms(secret):
            length = min(PIECE, len(form))
            if length < SHORTEST:
                continue
            for at in range(len(text) - length + 1):
                if text[at : at + length] in form:
                    covered[at : at + length] = [True] * length
    kept = ""
    for at, character in enumerate(text):
        kept += character if not covered[at] else "" if at and covered[at - 1] else HIDDEN
    return kept


@pytest.mark.parametrize("seed", range(60))
def test_every_piece_is_hidden_and_nothing_else(seed: int) -> None:
    """Pieces of random length from random places of up to four secrets, in random forms, glued to random text."""
    chance = random.Random(seed)

    def letters(most: int) -> str:
        return "".join(chance.choices(LETTERS[: chance.choice((2, 6, 15))], k=chance.randrange(1, most)))

    secrets = [letters(80) for _ in range(chance.randrange(1, 5))]
    hidden, text = Hidden(), ""
    for each in secrets:
        hidden.add(each)
    for _ in range(12):
        form = chance.choice(list(_forms(chance.choice(secrets))))
        begins = chance.randrange(max(len(form), 1))
        text += form[begins : begins + chance.randrange(1, 40)] + letters(15)

    assert hidden.without(text) == by_all_pieces([each for each in secrets if len(each) >= SHORTEST], text)


def test_those_used_last_are_remembered() -> None:
    hidden = Hidden()
    names = [f"secret-{number:03}" for number in range(MOST_SECRETS + 1)]

    for each in names[:-1]:
        hidden.add(each)
    hidden.add(names[0])  # is still in use
    hidden.add(names[-1])

    assert hidden.without(" ".join(names[:3] + names[-1:])) == f"{HIDDEN} secret-001 {HIDDEN} {HIDDEN}"


def test_the_tokens_of_weeks_take_little_memory() -> None:
    """Thirty of 2000 characters, one after the other: 90 MiB when each piece was kept."""
    chance = random.Random(7)
    tokens = [base64.urlsafe_b64encode(chance.randbytes(1500)).decode() for _ in range(30)]
    hidden = Hidden()
    tracemalloc.start()
    for each in tokens:
        hidden.add(each)
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert taken < 16 << 20
    assert hidden.without(f"so {tokens[-1][700:760]} it is") == f"so {HIDDEN} it is"
    assert hidden.without(tokens[-1][:40]) == HIDDEN
    assert sum(len(each) for each in hidden._secrets) <= MOST_CHARACTERS


def test_one_that_is_longer_than_all_together_may_be_is_hidden_all_the_same() -> None:
    secret = random.Random(3).randbytes(MOST_CHARACTERS).hex()
    hidden = Hidden()

    hidden.add(secret)

    assert hidden.without(f"x {secret[5000:5012]} y") == f"x {HIDDEN} y"
