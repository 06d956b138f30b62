"""The palette keeps its contrast, and the scale follows the desktop's letters."""

from __future__ import annotations

from itertools import pairwise

import pytest

from usagetray.views.popup.tokens import DARK, LIGHT, Palette, text_scale

TEXTS = ("text", "text2", "text3", "link")
MARKS = ("ok", "warn", "crit", "pay", "good", "text2", "text3")
THEMES = {"light": LIGHT, "dark": DARK}


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2: from 1 (equal) to 21 (black on white)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", THEMES)
def test_text_can_be_read_on_every_ground(name: str) -> None:
    """At least 4.5 on the window, on cards, and for sentences on the tints of the verdict card."""
    palette: Palette = THEMES[name]

    for token in TEXTS:
        for ground in ("bg", "sunk"):
            assert contrast(palette.colour(token), palette.colour(ground)) >= 4.5, (token, ground)
    for token in ("text", "text2"):
        for ground in ("okbg", "warnbg", "critbg", "paybg"):
            assert contrast(palette.colour(token), palette.colour(ground)) >= 4.5, (token, ground)
    for token in ("warn", "crit", "pay"):  # coloured sentences below a bar
        assert contrast(palette.colour(token), palette.bg) >= 4.5, token
    assert contrast(palette.on, palette.ok) >= 4.5
    assert contrast(palette.pay, palette.paybg) >= 4.5  # the DEMO pill


@pytest.mark.parametrize("name", THEMES)
def test_marks_and_fills_stand_out(name: str) -> None:
    """At least 3 for marks on the window and on cards, for fills on their track, for outlines on the window."""
    palette: Palette = THEMES[name]

    for token in MARKS:
        assert contrast(palette.colour(token), palette.bg) >= 3, token
        assert contrast(palette.colour(token), palette.sunk) >= 3, token
    for token in ("ok", "warn", "crit", "pay", "text3"):
        assert contrast(palette.colour(token), palette.track) >= 3, token
    for token, ground in (("ok", "okbg"), ("warn", "warnbg"), ("crit", "critbg"), ("pay", "paybg")):
        assert contrast(palette.colour(token), palette.colour(ground)) >= 3, token
    assert contrast(palette.ctl, palette.bg) >= 3


@pytest.mark.parametrize("name", THEMES)
def test_colours_of_charts_stand_out_and_shades_grow(name: str) -> None:
    """At least 3 for each model on the window; from shade to shade of the heat map always further from the ground."""
    palette: Palette = THEMES[name]

    for token in ("m1", "m2", "m3", "m4", "m5", "m6"):
        assert contrast(palette.colour(token), palette.bg) >= 3, token
    shades = [contrast(palette.colour(f"h{at}"), palette.bg) for at in range(5)]
    assert shades == sorted(shades)
    assert all(after / before >= 1.15 for before, after in pairwise(shades)), shades


def test_an_unknown_colour_is_an_error_and_not_black() -> None:
    with pytest.raises(KeyError):
        LIGHT.colour("colour")


@pytest.mark.parametrize(("system_px", "scale"), [(11.0, 1.0), (12.0, 1.0), (15.0, 1.0), (18.75, 1.25), (60.0, 2.0)])
def test_only_letters_larger_than_usual_make_the_popup_larger(system_px: float, scale: float) -> None:
    """Systems draw at 12 to 15 px; a quarter more than that makes everything a quarter larger, at most twice."""
    assert text_scale(system_px) == scale
