"""The ring and the number: one window's figure, readable from 16 px on, and never a figure that is not so."""

from __future__ import annotations

from itertools import combinations

import pytest
from PIL import ImageChops

from usagetray.domain.states import Level
from usagetray.views.icon.digits import block, shown_digits, text
from usagetray.views.icon.grids import NATIVE_SIZES, inks_for
from usagetray.views.icon.picture import Bar, IconPicture, IconState, Style
from usagetray.views.icon.render import render_icon
from usagetray.views.icon.sheet import SAMPLES

WITH_FIGURE: tuple[Style, ...] = ("ring", "number")


@pytest.mark.parametrize(
    ("share", "digits"),
    [(0.0, "0"), (0.004, "0"), (0.29, "29"), (0.629, "62"), (0.999, "99"), (1.0, "99"), (3.53, "99")],
)
def test_a_share_is_rounded_down_and_100_is_never_written(share: float, digits: str) -> None:
    assert shown_digits(share) == digits


def test_figures_of_rectangles_are_told_apart() -> None:
    """Of 77 pixels any two of the ten differ in at least four."""
    figures = {digit: block(digit, 7, 11, 2).shape for digit in "0123456789"}

    closest = min(
        sum(ImageChops.difference(figures[one], figures[other]).histogram()[128:])
        for one, other in combinations(figures, 2)
    )

    assert closest >= 4


def test_figures_of_rectangles_lie_on_whole_pixels() -> None:
    assert {value for _, value in block("83", 7, 11, 2).shape.getcolors() or []} == {0, 255}


@pytest.mark.parametrize("font_px", [11, 12, 16, 16.5, 33, 52])
@pytest.mark.parametrize("said", ["7", "62", "$", "?"])
def test_a_figure_is_as_wide_as_its_ink(said: str, font_px: float) -> None:
    """Centred by what is seen: no column at its sides is empty."""
    shape = text(said, font_px).shape

    assert shape.getbbox() is not None
    assert shape.getbbox()[0] == 0
    assert shape.getbbox()[2] == shape.width


@pytest.mark.parametrize("style", WITH_FIGURE)
@pytest.mark.parametrize("size", [each for each in NATIVE_SIZES if each >= 22])
def test_figures_with_round_feet_stand_on_the_line_of_flat_ones(size: int, style: Style) -> None:
    """ "41" is flat, "62" rounds out a little below the line: their last strong row is the same."""

    def foot(share: float) -> int:
        picture = IconPicture(state=IconState.NORMAL, short=Bar(share=share))
        within = (size // 4, size // 6, size * 3 // 4, size * 3 // 4)  # neither ring nor bar
        figure = render_icon(picture, size, "dark", style).getchannel("A").crop(within)
        box = figure.point([255 * (value > 140) for value in range(256)]).getbbox()
        return box[3] if box is not None else 0

    assert foot(0.41) == foot(0.62) > 0


@pytest.mark.parametrize("style", WITH_FIGURE)
def test_the_tightest_window_is_the_one_that_is_shown(style: Style) -> None:
    """A week at 88 % that warns, over a session at 90 % that does not."""
    week = Bar(share=0.88, level=Level.WARNING)
    both = IconPicture(state=IconState.WARNING, short=Bar(share=0.90), week=week)

    assert both.tightest == week
    assert render_icon(both, 32, "dark", style) == render_icon(
        IconPicture(state=IconState.WARNING, short=week, week=week), 32, "dark", style
    )


@pytest.mark.parametrize("style", WITH_FIGURE)
@pytest.mark.parametrize("size", [each for each in NATIVE_SIZES if each >= 22])
def test_another_percent_is_another_picture(size: int, style: Style) -> None:
    pictures = {
        render_icon(IconPicture(state=IconState.NORMAL, short=Bar(share=percent / 100)), size, "dark", style).tobytes()
        for percent in range(100)
    }

    assert len(pictures) == 100


@pytest.mark.parametrize("style", ["bars", *WITH_FIGURE])
@pytest.mark.parametrize("name", [name for name, _ in SAMPLES])
def test_without_colour_there_is_ink_alone(name: str, style: Style) -> None:
    picture = dict(SAMPLES)[name]

    for theme in ("dark", "light"):
        drawn = render_icon(picture, 24, theme, style, coloured=False)
        seen = {pixel[:3] for _, pixel in drawn.getcolors(24 * 24) or [] if pixel[3] > 64}
        assert all(abs(part - ink) <= 3 for pixel in seen for part, ink in zip(pixel, inks_for(theme).ink, strict=True))


@pytest.mark.parametrize("style", WITH_FIGURE)
@pytest.mark.parametrize("size", NATIVE_SIZES)
def test_every_state_fits_its_square(size: int, style: Style) -> None:
    """Nothing is cut off at the foot: the last row of a figure's picture is within."""
    for _, picture in SAMPLES:
        drawn = render_icon(picture, size, "dark", style)
        assert drawn.size == (size, size)
        assert drawn.getbbox() is not None
