"""Draws every state of the popup, every page of the settings and the icon sheet into pictures, from fixed samples.

    python -m tests.popup.gallery OUT_DIR [--beside FOLDER] [--font NAME] [--text PERCENT] [--language CODE] [NAME ...]

`--beside` takes a folder with the design's own pictures, and writes each target and the program next to each other.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, qInstallMessageHandler
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from PySide6.QtWidgets import QApplication

from tests.popup.gallery_samples import PICTURES, Picture
from tests.popup.measuring import misfits
from tests.popup.samples import ZONE
from tests.popup.settings_world import World, settle
from usagetray import language
from usagetray.overview import Overview
from usagetray.views.icon.sheet import write_icon_sheet
from usagetray.views.popup.loading import Loader
from usagetray.views.popup.settings.pages import PAGES
from usagetray.views.popup.shell import Shell
from usagetray.views.popup.tabs import TABS
from usagetray.views.popup.window import PopupWindow

RATIO = 2
AROUND = 10  # pixels at scale 1 between the shadow and the edge of the picture
GROUNDS = {"light": "#C9CFDB", "dark": "#3A4350", "contrast": "#C9CFDB"}
Draws = Callable[[], tuple[QImage, list[str]]]
SCREEN = {"screens": [{"name": "gallery", "x": 0, "y": 0, "width": 3200, "height": 4800}]}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.popup.gallery", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", help="only these")
    parser.add_argument("--beside", type=Path, help="folder with the design's pictures")
    parser.add_argument("--font", help="a family instead of the system's")
    parser.add_argument("--text", type=int, default=100, help="size of the system's letters, in percent")
    parser.add_argument("--language", default=language.ENGLISH, help="its code, as in the settings (default en)")
    parser.add_argument(
        "--check", action="store_true", help="draw no files; say, and fail, where a text is cut or not in its place"
    )
    arguments = parser.parse_intermixed_args()
    language.speak(arguments.language)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    application = start(arguments.font, arguments.text)
    misfitting = False
    for name, target, draws in gallery(application):
        if arguments.names and name not in arguments.names:
            continue
        if arguments.check and name not in PICTURES:
            continue  # the settings are measured by tests of their own
        drawn, wrong = draws()
        if arguments.check:
            print(f"{name}: {'; '.join(wrong) or 'fits'}")  # noqa: T201
            misfitting |= bool(wrong)
            continue
        if arguments.beside is not None and target:
            drawn = beside(QImage(str(arguments.beside / f"{target}.png")), drawn)
        drawn.save(str(arguments.folder / f"{name}.png"))
        print(arguments.folder / f"{name}.png", f"{drawn.width()} x {drawn.height()}")  # noqa: T201
    if misfitting:
        raise SystemExit(1)


def start(font: str | None, text: int) -> QApplication:
    with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
        json.dump(SCREEN, file)
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={file.name}"
    os.environ["QT_SCALE_FACTOR"] = str(RATIO)
    qInstallMessageHandler(lambda *_: None)  # the platform says at each window what it cannot do
    application = QApplication(["gallery"])
    letters = QFont(font) if font else application.font()
    letters.setPixelSize(round(15 * text / 100))
    application.setFont(letters)
    Path(file.name).unlink()
    return application


def gallery(application: QApplication) -> Iterator[tuple[str, str, Draws]]:
    """Names, the design's pictures, and what draws them and says what does not fit."""
    for name, picture in PICTURES.items():
        yield name, picture.target, partial(draw, application, picture)
    for theme in ("light", "dark"):
        for page in PAGES:
            yield f"settings_{page.key}_{theme}", "settings", partial(draw_settings, page.key, theme)
    yield "icons", "icons_sheet", draw_icons


def draw_settings(page: str, theme: str) -> tuple[QImage, list[str]]:
    """As high as the page is: all of it is to be seen."""
    with tempfile.TemporaryDirectory() as folder:
        window = World(Path(folder)).open(theme=theme)
        window.turn_to(page)
        settle()
        shown = window.pages[page].widget()
        window.resize(window.width(), max(window.height(), shown.sizeHint().height()))
        settle()
        picture = window.grab().toImage()
        window.close()
        window.deleteLater()
    return picture, []


def draw_icons() -> tuple[QImage, list[str]]:
    with tempfile.TemporaryDirectory() as folder:
        write_icon_sheet(Path(folder) / "icons.png")
        return QImage(str(Path(folder) / "icons.png")), []


def draw(application: QApplication, picture: Picture) -> tuple[QImage, list[str]]:
    """Its picture, and what does not fit in it."""

    def load() -> Overview:
        return picture.overview()

    loader = Loader(load)
    window = PopupWindow(
        loader, lambda _event: None, ZONE, theme=picture.theme, compositor=True, readers=picture.readers
    )
    window._now = lambda overview: overview.generated_at  # type: ignore[method-assign] # its clock stands still
    loader.deliver_to(window.arrived.emit)
    window.obey({"verb": "show", "x": 1500, "y": 10})
    wait(application, window.isVisible)
    for shell in window.findChildren(Shell):
        shell.open([tab.key for tab in TABS].index(picture.tab))
        wait(application, shell.is_settled)
    wait(application, lambda: True)
    inner, wrong = window.grab().toImage(), misfits(window)
    around = AROUND * RATIO
    shown = QImage(inner.width() + 2 * around, inner.height() + 2 * around, QImage.Format.Format_RGB32)
    shown.fill(QColor(GROUNDS[picture.theme]))
    inner.setDevicePixelRatio(1)
    painter = QPainter(shown)
    painter.drawImage(QPoint(around, around), inner)
    painter.end()
    window.obey({"verb": "hide"})
    window.deleteLater()
    return shown, wrong


def wait(application: QApplication, question: object) -> None:
    give_up_at = time.monotonic() + 10
    assert callable(question)
    application.processEvents()
    while not question():
        if time.monotonic() > give_up_at:
            raise SystemExit("nothing was drawn within 10 s")
        application.processEvents()
        time.sleep(0.005)


def beside(target: QImage, drawn: QImage) -> QImage:
    both = QImage(target.width() + drawn.width(), max(target.height(), drawn.height()), QImage.Format.Format_RGB32)
    both.fill(Qt.GlobalColor.white)
    painter = QPainter(both)
    painter.drawImage(QPoint(0, 0), target)
    painter.drawImage(QPoint(target.width(), 0), drawn)
    painter.end()
    return both


if __name__ == "__main__":
    main()
