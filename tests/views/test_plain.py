"""Foreign text is inert in every output (R40)."""

from __future__ import annotations

import unicodedata

import pytest

from usagetray.views.plain import clip, columns, csv_cell, pad, plain, spelled

HOSTILE = (
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07x",
    "\x1b]8;;http://evil.example\x1b\\link",
    "<b>bold</b><img src=x>",
    "&lt;script&gt;&#60;",
    "a\u202egnp.exe\u2066x",
    "zero\u200bwidth\ufeff\u2060",
    "line\nbreak\r\u2028and\u2029\x85more\x00",
    "tag\U000e0041\U000e0042",
    "z" + "\u0301" * 500,
    "\u3164\u115f",
    "\ud800lone",
    "A" * 10_000,
)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_acts_is_left(text):
    shown = plain(text)

    assert len(shown) <= 80
    assert not set("<>\n\r\x1b") & set(shown)
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for char in shown)
    assert "&lt" not in shown
    assert "&#" not in shown


def test_an_escape_sequence_goes_with_its_letters():
    assert plain("\x1b[31mred\x1b[0m plan") == "red plan"


def test_ordinary_names_stay_as_they_are():
    for name in ("Max 5x", "R&D", "Zoë’s team", "株式会社", "50 % off", "a_b", "[draft] {x} %s"):
        assert plain(name) == name


def test_a_long_name_says_that_it_was_cut():
    """10 characters: nine and the sign."""
    assert plain("abcdefghijklmnop", 10) == "abcdefghi…"


def test_stacked_marks_are_thinned_out():
    """Of 500 accents the composed letter and two more are left."""
    assert len(plain("e" + "\u0301" * 500)) <= 3


@pytest.mark.parametrize("formula", ["=1+1", "+cmd", "-2", "@SUM(A1)", " =1", "\t=1"])
def test_a_formula_is_only_text_in_a_spreadsheet(formula):
    assert csv_cell(formula).startswith("'")


def test_a_plain_cell_is_left_alone():
    assert csv_cell("webshop") == "webshop"


def test_wide_characters_take_two_columns():
    assert columns("宽x") == 3
    assert clip("宽宽宽", 4) == "宽…"
    assert pad("宽", 4) == "宽  "
    assert columns(pad("宽宽宽宽", 6)) == 6


def test_a_lower_bound_stays_one_in_ascii():
    """ "? $1.58" said nothing at all."""
    assert spelled("≥ $1.58, ≤ 2 × as much") == ">= $1.58, <= 2 x as much"
