"""What the tray icon promises about its shapes and colours, whatever the exact pixels are."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from PIL import Image, ImageChops

from usagetray.domain.states import Level
from usagetray.views.icon.grids import NATIVE_SIZES, Theme, grid_for, inks_for
from usagetray.views.icon.picture import STYLES, Bar, IconPicture, IconState, Style
from usagetray.views.icon.render import render_icon
from usagetray.views.icon.sheet import SAMPLES

THEMES: tuple[Theme, ...] = ("dark", "light")

SOLID = 250
"""Alpha from which a pixel is plain ink, give or take the rounding of the box filter."""

SEEN = 64
"""Alpha, and difference in alpha, that counts as seen: more than the two tracks (36 % and 20 %) lie apart."""


def picture(
    state: IconState, short: float | None = 0.5, week: float | None = 0.41, level: Level = Level.NORMAL
) -> IconPicture:
    return IconPicture(state=state, short=Bar(share=short, level=level), week=Bar(share=week))


def alike(state: IconState) -> IconPicture:
    """The state with the same figures as every other; the level is the one that belongs to it."""
    levels = {
        IconState.WARNING: Level.WARNING,
        IconState.CRITICAL: Level.CRITICAL,
        IconState.PAYING: Level.PAYING,
        IconState.LOCKED: Level.LOCKED,
    }
    return picture(state, level=levels.get(state, Level.NORMAL))


def solid_columns(icon: Image.Image, row: int) -> int:
    return sum(icon.getchannel("A").getpixel((x, row)) >= SOLID for x in range(icon.width))


def luminance(colour: tuple[int, ...]) -> float:
    """WCAG 2 relative luminance of an sRGB colour."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (c / 255 for c in colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def solid_colours(icon: Image.Image) -> set[tuple[int, ...]]:
    counted = icon.getcolors(icon.width * icon.height)
    assert counted is not None
    return {colour[:3] for _, colour in counted if colour[3] == 255}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(("one", "other"), [*combinations(IconState, 2)])
def test_two_states_are_told_apart_without_colour_at_16_px(
    one: IconState, other: IconState, style: Style, theme: Theme
) -> None:
    """With equal figures (50 % and 41 %) at least 8 of 256 pixels differ in opacity alone."""
    icons = [render_icon(alike(state), 16, theme, style, coloured=False).getchannel("A") for state in (one, other)]

    changed = sum(ImageChops.difference(*icons).histogram()[SEEN:])

    assert changed >= 8


@pytest.mark.parametrize(
    ("theme", "taskbar", "state", "expected"),
    [
        ("light", "#F3F3F3", IconState.NORMAL, 15.2),
        ("light", "#F3F3F3", IconState.WARNING, 5.6),
        ("light", "#F3F3F3", IconState.CRITICAL, 6.2),
        ("light", "#F3F3F3", IconState.PAYING, 6.2),
        ("dark", "#1C1C1C", IconState.NORMAL, 17.0),
        ("dark", "#1C1C1C", IconState.WARNING, 9.5),
        ("dark", "#1C1C1C", IconState.CRITICAL, 6.7),
        ("dark", "#1C1C1C", IconState.PAYING, 8.3),
        ("dark", "#3C3C3C", IconState.NORMAL, 11.0),
        ("dark", "#3C3C3C", IconState.WARNING, 6.1),
        ("dark", "#3C3C3C", IconState.CRITICAL, 4.3),
        ("dark", "#3C3C3C", IconState.PAYING, 5.4),
    ],
)
def test_inks_stand_out_on_the_taskbar(theme: Theme, taskbar: str, state: IconState, expected: float) -> None:
    """WCAG 2 contrast of the colours really drawn; marks need 3, and the designed figures are held to 0.1."""
    ground = tuple(bytes.fromhex(taskbar[1:]))

    drawn = solid_colours(render_icon(alike(state), 32, theme)) - {inks_for(theme).ink}
    colour = drawn.pop() if state is not IconState.NORMAL else inks_for(theme).ink

    assert not drawn
    assert contrast(colour, ground) == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize("size", NATIVE_SIZES)
def test_the_first_use_is_seen(size: int) -> None:
    """0.1 % fills two pixel columns, not a rounded zero."""
    row = grid_for(size).thick.y + grid_for(size).thick.height // 2

    icon = render_icon(picture(IconState.NORMAL, short=0.001), size, "dark")

    assert solid_columns(icon, row) == 2


@pytest.mark.parametrize("size", NATIVE_SIZES)
def test_only_all_of_it_fills_the_bar(size: int) -> None:
    """99.9 % leaves one pixel column of track; 100 % and 105 % leave none."""
    grid = grid_for(size)
    row, width = grid.thick.y + grid.thick.height // 2, size - 2 * grid.margin

    filled = [
        solid_columns(render_icon(picture(IconState.NORMAL, short=share), size, "dark"), row)
        for share in (0.999, 1.0, 1.05)
    ]

    assert filled == [width - 1, width, width]


@pytest.mark.parametrize("size", NATIVE_SIZES)
def test_the_fill_is_the_share_of_the_bar(size: int) -> None:
    """62 % of the width, to the nearest pixel column."""
    grid = grid_for(size)
    row, width = grid.thick.y + grid.thick.height // 2, size - 2 * grid.margin

    icon = render_icon(picture(IconState.NORMAL, short=0.62), size, "dark")

    assert abs(solid_columns(icon, row) - 0.62 * width) <= 0.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", NATIVE_SIZES)
def test_stale_figures_have_no_colour(size: int, theme: Theme) -> None:
    """Even of a critical bar only the ink is left, and nowhere whole; 2 of 255 is the rounding of blending."""
    stale = render_icon(picture(IconState.STALE, level=Level.CRITICAL), size, theme)

    seen = {pixel for _, pixel in stale.getcolors(size * size) or [] if pixel[3] > SEEN}

    assert seen
    assert all(abs(part - ink) <= 2 for pixel in seen for part, ink in zip(pixel, inks_for(theme).ink, strict=False))
    assert max(pixel[3] for pixel in seen) < SOLID


@pytest.mark.parametrize("size", NATIVE_SIZES)
def test_old_never_looks_new(size: int) -> None:
    """The same 62 % shows gaps in its fill once it is stale: its row changes brightness four times or more."""
    row = grid_for(size).thick.y + grid_for(size).thick.height // 2
    alpha = render_icon(picture(IconState.STALE, short=0.62), size, "dark").getchannel("A")

    values = [alpha.getpixel((x, row)) for x in range(grid_for(size).margin, size - grid_for(size).margin)]
    changes = sum(left != right for left, right in pairwise(values))

    assert changes >= 4


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", [*NATIVE_SIZES, 28, 40, 96])
@pytest.mark.parametrize("sample", [sample for _, sample in SAMPLES], ids=[name for name, _ in SAMPLES])
def test_every_state_at_every_size_fills_its_square_and_is_drawn_the_same_twice(
    sample: IconPicture, size: int, theme: Theme
) -> None:
    """RGBA of the asked size, something whole or nearly whole in it, and the same bytes again."""
    first, second = render_icon(sample, size, theme), render_icon(sample, size, theme)

    assert (first.mode, first.size) == ("RGBA", (size, size))
    assert first.getchannel("A").getextrema()[1] >= 255 * 0.36
    assert first.tobytes() == second.tobytes()


@pytest.mark.parametrize("size", NATIVE_SIZES)
@pytest.mark.parametrize("state", [IconState.WARNING, IconState.CRITICAL, IconState.PAYING, IconState.INCIDENT])
def test_a_mark_never_covers_a_bar(state: IconState, size: int) -> None:
    """The columns between the bars and the mark stay clear."""
    grid = grid_for(size)
    column = grid.narrow_mark if state is IconState.CRITICAL else grid.wide_mark
    right = size - grid.margin - column

    alpha = render_icon(picture(state, short=1.0, week=1.0), size, "dark").getchannel("A")

    assert alpha.crop((right - grid.mark_space, 0, right, size)).getextrema() == (0, 0)
    assert alpha.crop((right, 0, size, size)).getextrema()[1] >= SOLID
    assert alpha.crop((0, 0, right, size)).getextrema()[1] >= SOLID


@pytest.mark.parametrize("size", NATIVE_SIZES)
def test_the_triangle_stands_beside_the_bar_it_means(size: int) -> None:
    """Its lowest row lies above the middle for the thick bar, its highest row below the gap's top for the thin one."""
    grid = grid_for(size)
    short = IconPicture(state=IconState.WARNING, short=Bar(share=0.78, level=Level.WARNING), week=Bar(share=0.41))
    week = IconPicture(state=IconState.WARNING, short=Bar(share=0.62), week=Bar(share=0.88, level=Level.WARNING))
    column = (size - grid.margin - grid.wide_mark, 0, size, size)

    boxes = [render_icon(one, size, "dark").getchannel("A").crop(column).getbbox() for one in (short, week)]

    above, below = boxes
    assert above is not None
    assert below is not None
    assert above[3] <= grid.thick.y + grid.thick.height
    assert below[1] >= grid.thick.y + grid.thick.height // 2
    assert (below[1] + below[3]) / 2 == pytest.approx(grid.thin.y + grid.thin.height / 2, abs=0.5)


@pytest.mark.parametrize(("asked", "native"), [(17, 16), (28, 24), (40, 32), (128, 64)])
def test_a_size_without_a_grid_shows_the_next_smaller_picture_unscaled(asked: int, native: int) -> None:
    """28 px is the 24 px picture with 2 px of air all round."""
    sample = picture(IconState.WARNING, level=Level.WARNING)
    inset = (asked - native) // 2

    icon = render_icon(sample, asked, "light")

    expected = Image.new("RGBA", (asked, asked))
    expected.paste(render_icon(sample, native, "light"), (inset, inset))
    assert icon.tobytes() == expected.tobytes()


def test_below_16_px_nothing_is_drawn() -> None:
    with pytest.raises(ValueError, match="below 16 px"):
        render_icon(picture(IconState.NORMAL), 15, "dark")


@pytest.mark.parametrize("state", IconState)
def test_a_provider_without_windows_still_has_an_icon(state: IconState) -> None:
    """Neither bar given: a dash, or the state's own shape; an empty picture would be no icon at all."""
    icon = render_icon(IconPicture(state=state), 16, "dark")

    assert sum(icon.getchannel("A").histogram()[SEEN:]) >= 8


def test_absence_has_a_picture() -> None:
    """Nothing used is an empty track over the whole width; no value is a short dash in its middle."""
    grid = grid_for(24)
    bar = (0, grid.thick.y, 24, grid.thick.y + grid.thick.height)

    boxes = [
        render_icon(picture(IconState.NORMAL, short=share), 24, "dark").getchannel("A").crop(bar).getbbox()
        for share in (0.0, None)
    ]

    assert boxes == [(1, 0, 23, 9), (8, 3, 16, 6)]


@pytest.mark.parametrize("only", ["short", "week"])
@pytest.mark.parametrize("size", NATIVE_SIZES)
def test_one_window_is_one_bar_in_the_middle(size: int, only: str) -> None:
    """Two pixels higher than the thick one, with the same air above and below."""
    bar = Bar(share=0.62)
    sample = IconPicture(
        state=IconState.NORMAL, short=bar if only == "short" else None, week=bar if only == "week" else None
    )

    box = render_icon(sample, size, "dark").getbbox()

    assert box is not None
    assert box[3] - box[1] == grid_for(size).thick.height + 2
    assert abs(box[1] - (size - box[3])) <= 1


def test_a_level_colours_nothing_in_a_state_without_its_mark() -> None:
    """An incident's icon keeps to the ink even when a bar is high: colour never stands alone."""
    icon = render_icon(picture(IconState.INCIDENT, short=0.93, level=Level.CRITICAL), 24, "dark")

    assert solid_colours(icon) == {(255, 255, 255)}
