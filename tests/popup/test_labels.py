"""Every label of every page, in every language, at every size of letters: whole, in its place, and on nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from tests.popup.conftest import Open
from tests.popup.gallery_samples import PICTURES, Picture
from tests.popup.measuring import misfits
from usagetray import language
from usagetray.views.popup.shell import Shell
from usagetray.views.popup.tabs import TABS

LANGUAGES = ("en",)
"""A further language is one more word here."""
LETTERS = {"100 %": 15, "150 %": 23, "200 %": 30}


@pytest.fixture(params=LANGUAGES)
def spoken(request: pytest.FixtureRequest) -> Iterator[str]:
    language.speak(request.param)
    yield request.param
    language.speak(language.ENGLISH)


@pytest.fixture(params=LETTERS)
def letters(request: pytest.FixtureRequest, application: QApplication) -> Iterator[str]:
    usual = application.font()
    larger = QFont(usual)
    larger.setPixelSize(LETTERS[request.param])
    application.setFont(larger)
    yield request.param
    application.setFont(usual)


@pytest.mark.parametrize("name", PICTURES)
def test_every_label_is_whole_and_in_its_place(open_popup: Open, spoken: str, letters: str, name: str) -> None:
    picture: Picture = PICTURES[name]
    popup = open_popup(picture.overview(), theme=picture.theme, readers=picture.readers)
    for shell in popup.window.findChildren(Shell):
        shell.open([tab.key for tab in TABS].index(picture.tab))
        popup.wait_for(shell.is_settled, picture.tab)

    assert misfits(popup.window) == []


def test_every_label_fits_on_a_screen_of_two_pixels_to_one(tmp_path: Path) -> None:
    """In a process of its own: how many pixels there are to one is said before Qt starts."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.popup.gallery", str(tmp_path), "--check"],
        cwd=Path(__file__).parents[2],
        env=dict(os.environ),
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(": fits") == len(PICTURES)
