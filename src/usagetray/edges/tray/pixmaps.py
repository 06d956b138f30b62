"""Pictures in the form a panel wants them."""

from __future__ import annotations

from PIL import Image, ImageChops

from usagetray.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Pixmap:
    """As StatusNotifierItem sends it."""

    width: int
    height: int
    argb: bytes  # in network order, not premultiplied, row by row

    @property
    def wire(self) -> list[object]:
        return [self.width, self.height, self.argb]


def pixmap(image: Image.Image) -> Pixmap:
    red, green, blue, alpha = image.convert("RGBA").split()
    return Pixmap(image.width, image.height, Image.merge("RGBA", (alpha, red, green, blue)).tobytes())


def fitting(images: tuple[Image.Image, ...], room: tuple[int, int]) -> Image.Image:
    """The largest that needs no scaling; where none fits, the smallest, made smaller."""
    side = min(room)
    inside = [image for image in images if image.width <= side]
    return max(inside, key=lambda image: image.width) if inside else images[0].resize((side, side))


def premultiplied(image: Image.Image) -> bytes:
    """Blue, green, red, alpha: as X wants a picture with an alpha channel."""
    red, green, blue, alpha = image.split()
    bands = [ImageChops.multiply(band, alpha) for band in (blue, green, red)]
    return Image.merge("RGBA", (*bands, alpha)).tobytes()
