"""The exact pictures. After a change meant to be seen: `USAGETRAY_UPDATE_GOLDEN=1 pytest tests/icon`, then look."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from usagetray.views.icon.app import APP_ICON_SIZES, render_app_icon
from usagetray.views.icon.grids import Theme
from usagetray.views.icon.picture import STYLES, Style
from usagetray.views.icon.sheet import SAMPLES, SHEET_SIZES, icon_on_taskbar, write_icon_sheet

GOLDEN = Path(__file__).parent / "golden"
REPOSITORY = Path(__file__).parents[2]

TOLERANCE = 48
"""Of 255, per pixel: another FreeType moves the edges of "$" and "?" a little, a shape that moved shows far more."""

MEAN_TOLERANCE = 0.2
"""Of 255, over the whole sheet."""


def sheet(theme: Theme, style: Style) -> Image.Image:
    """One row per sample, one column per size, at true size."""
    picture = Image.new("RGB", (sum(SHEET_SIZES) + 4 * len(SHEET_SIZES), 68 * len(SAMPLES)))
    for row, (_, sample) in enumerate(SAMPLES):
        left = 0
        for size in SHEET_SIZES:
            picture.paste(icon_on_taskbar(sample, size, theme, style), (left, row * 68))
            left += size + 4
    return picture


def assert_alike(drawn: Image.Image, expected: Image.Image) -> None:
    assert drawn.size == expected.size
    difference = ImageChops.difference(drawn, expected)
    assert max(high for _, high in difference.getextrema()) <= TOLERANCE
    assert max(ImageStat.Stat(difference).mean) <= MEAN_TOLERANCE


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("style", STYLES)
def test_the_tray_icon_looks_as_it_did(style: Style, theme: Theme) -> None:
    """Every sample in every size. `USAGETRAY_UPDATE_GOLDEN=1` takes today's drawing as the new picture."""
    golden = GOLDEN / f"{style}_{theme}.png"
    drawn = sheet(theme, style)
    if os.environ.get("USAGETRAY_UPDATE_GOLDEN") == "1":
        drawn.save(golden, optimize=True)

    with Image.open(golden) as expected:
        assert_alike(drawn, expected.convert("RGB"))


@pytest.mark.parametrize("size", APP_ICON_SIZES)
def test_the_packaged_app_icons_are_what_the_program_draws(size: int) -> None:
    """`python -m usagetray.views.icon.app packaging/linux/icons` made them."""
    with Image.open(REPOSITORY / "packaging" / "linux" / "icons" / f"{size}.png") as packaged:
        assert_alike(render_app_icon(size), packaged.convert("RGBA"))


def test_the_contact_sheet_is_a_png_of_every_sample(tmp_path: Path) -> None:
    """One column per sample beside the labels; a sheet without icons would have a handful of colours."""
    write_icon_sheet(tmp_path / "sheet.png")

    with Image.open(tmp_path / "sheet.png") as written:
        assert written.format == "PNG"
        assert written.width > len(SAMPLES) * 100
        assert len(written.getcolors(written.width * written.height) or []) > 100
