"""At a scale of 1.25, 1.5 and 1.75: lines, bars and cards begin and end on whole pixels of the screen."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from usagetray.views.popup import tokens as t
from usagetray.views.popup.crisp import draw_rule
from usagetray.views.popup.fonts import Letters
from usagetray.views.popup.scene import Bar, Panel, draw


def picture(ratio: float, offset: float, paint: Any) -> QImage:
    """White, 80 by 40 logical pixels; painted as a widget is that stands `offset` below the window's edge."""
    image = QImage(round(80 * ratio), round(40 * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor("#FFFFFF"))
    painter = QPainter(image)
    painter.translate(0, offset)
    paint(painter)
    painter.end()
    return image


def colours_down(image: QImage, x: int) -> list[str]:
    return [image.pixelColor(x, y).name().upper() for y in range(image.height())]


RATIOS = pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 1.75, 2.0])


@RATIOS
@pytest.mark.parametrize("offset", [0, 1, 2, 3])
def test_a_line_is_as_thick_wherever_it_stands_and_of_one_colour(
    application: object, ratio: float, offset: int
) -> None:
    image = picture(ratio, offset, lambda painter: draw_rule(painter, 4, 10, 60, QColor("#000000")))

    column = colours_down(image, image.width() // 2)
    assert set(column) == {"#FFFFFF", "#000000"}
    assert column.count("#000000") == int(ratio)


@RATIOS
@pytest.mark.parametrize("offset", [0, 1, 2, 3])
def test_bars_and_cards_have_no_blurred_edge(application: Any, ratio: float, offset: int) -> None:
    items = (
        Panel(x=4, y=3, width=60, height=9, radius=2, fill="text"),
        Bar(x=4, y=18, width=60, height=8, share=0.0, kind="solid", colour="ok"),
    )
    letters = Letters(application.font())

    image = picture(ratio, offset, lambda painter: draw(painter, items, t.LIGHT, letters))

    assert set(colours_down(image, image.width() // 2)) == {"#FFFFFF", t.LIGHT.text.upper(), t.LIGHT.track.upper()}
