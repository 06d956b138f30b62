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

from tests.languages.pseudo import Pseudo
from tests.popup.conftest import Open
from tests.popup.gallery_samples import PICTURES, Picture
from tests.popup.measuring import misfits
from usagetray import language
from usagetray.views.popup.shell import Shell
from usagetray.views.popup.tabs import TABS

PSEUDO = "xx"
"""Nobody's: every text is a third longer, as German may be."""
SEEN = (("en", 100), ("en", 150), ("en", 200), ("de", 100), ("de", 150), (PSEUDO, 100))
"""Languages, each with letters of so many percent of the usual size; a further language is one more line here."""
USUAL_PX = 15


@pytest.fixture(params=SEEN, ids=lambda seen: f"{seen[0]} at {seen[1]} %")
def _seen(request: pytest.FixtureRequest, application: QApplication) -> Iterator[None]:
    code, percent = request.param
    usual = application.font()
    letters = QFont(usual)
    letters.setPixelSize(round(USUAL_PX * percent / 100))
    application.setFont(letters)
    if code == PSEUDO:
        language.use(code, Pseudo())
    else:
        language.speak(code)
    yield
    language.use(language.ENGLISH, None)
    application.setFont(usual)


@pytest.mark.usefixtures("_seen")
@pytest.mark.parametrize("name", PICTURES)
def test_every_label_is_whole_and_in_its_place(open_popup: Open, name: str) -> None:
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
