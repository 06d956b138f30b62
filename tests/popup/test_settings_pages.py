"""The pages as data, against what the settings file takes: no key is forgotten, and no row is of no key."""

from __future__ import annotations

import pytest

from usagetray.settings import Settings
from usagetray.settings.keys import CONSENTS, KEYS, kind_of
from usagetray.settings.written import written
from usagetray.spine.changing import REFUSED
from usagetray.views.popup.settings.pages import ELSEWHERE, PAGES, rows
from usagetray.views.popup.settings.shapes import Row, Shape

ROWS = rows()


def concrete(row: Row) -> str:
    return row.key.replace("*", "deepseek", 1).replace("*", "work", 1)


def test_every_setting_is_a_row_or_has_a_reason_to_be_none() -> None:
    assert {each.key for each in ROWS} | set(ELSEWHERE) == set(KEYS)


def test_no_setting_is_twice_and_none_both_a_row_and_elsewhere() -> None:
    keys = [each.key for each in ROWS]

    assert len(keys) == len(set(keys))
    assert not set(keys) & set(ELSEWHERE)


def test_what_no_row_sets_the_tray_takes_from_no_window() -> None:
    assert set(ELSEWHERE) == REFUSED
    assert CONSENTS <= REFUSED


@pytest.mark.parametrize("row", ROWS, ids=[each.key for each in ROWS])
def test_a_row_offers_only_what_its_setting_takes(row: Row) -> None:
    kind = kind_of(concrete(row))
    assert kind is not None

    if row.shape in (Shape.CHOICE, Shape.ICON):
        for value, _ in row.choices:
            kind.read(value)
    elif row.shape is Shape.PERCENTS:
        kind.read([int(value) for value, _ in row.choices])
    elif row.shape is Shape.MINUTES:
        kind.read(row.least)
        kind.read(row.most)
        with pytest.raises(ValueError):  # noqa: PT011 - whatever its sentence is
            kind.read(row.most + 1)
    elif row.shape is Shape.SPAN or (row.shape is Shape.TEXT and row.hint):
        kind.read(row.hint)


@pytest.mark.parametrize("row", ROWS, ids=[each.key for each in ROWS])
def test_the_default_of_every_row_can_be_shown(row: Row) -> None:
    """As it would stand in the file; an account's own thresholds stand there only once they were chosen."""
    value = written(Settings(), concrete(row))

    kind = kind_of(concrete(row))
    assert kind is not None
    if value is not None:
        kind.read(value)
    assert (value is None) == row.key.endswith("accounts.*.thresholds")


def test_a_choice_names_every_value_its_setting_takes() -> None:
    """What a hand can write into the file, the window can show as chosen."""
    for row in ROWS:
        if row.shape in (Shape.CHOICE, Shape.ICON):
            kind = kind_of(concrete(row))
            assert kind is not None
            with pytest.raises(ValueError, match='"') as refused:
                kind.read("?")
            assert {f'"{value}"' for value, _ in row.choices} == set(str(refused.value).split(" or "))


def test_words_for_people_are_sentences_without_jargon() -> None:
    for page in PAGES:
        for piece in page.pieces:
            words = getattr(piece, "label", "") or getattr(piece, "text", "")
            assert not words or words[0].isupper(), words
            assert "_" not in words, words
