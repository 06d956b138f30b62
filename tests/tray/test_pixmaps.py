"""Pictures in the panel's byte order."""

from PIL import Image

from usagetray.edges.tray.pixmaps import fitting, pixmap, premultiplied


def test_bytes_go_out_as_alpha_red_green_blue():
    """Two pixels: a half clear orange, then a full blue."""
    image = Image.new("RGBA", (2, 1))
    image.putpixel((0, 0), (0xFF, 0x80, 0x01, 0x7F))
    image.putpixel((1, 0), (0x00, 0x00, 0xFF, 0xFF))

    assert pixmap(image).wire == [2, 1, bytes.fromhex("7fff8001 ff0000ff")]


def test_a_picture_without_alpha_is_opaque():
    assert pixmap(Image.new("L", (1, 1), 0x20)).argb == bytes.fromhex("ff202020")


def test_a_panel_gets_the_largest_picture_that_needs_no_scaling():
    """A cell of 40 by 26 takes the 24 px picture as it is; one of 10 by 30 a smaller copy of the smallest."""
    images = tuple(Image.new("RGBA", (size, size), "red") for size in (16, 22, 24, 32))

    assert fitting(images, (40, 26)) is images[2]
    assert fitting(images, (10, 30)).size == (10, 10)


def test_x_wants_colours_multiplied_by_their_opacity():
    """Orange at half: 0x80 of 0xFF leaves 0x80, 0x40 and 0x20; in blue, green, red, alpha order."""
    image = Image.new("RGBA", (1, 1), (0xFF, 0x80, 0x40, 0x80))

    assert premultiplied(image) == bytes.fromhex("20408080")
