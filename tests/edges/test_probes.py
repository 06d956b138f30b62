"""Questions to the desktop: each has an answer in time, whatever the desktop does, and starts nothing."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.desktop.session import Desktop
from usagetray.edges import probes
from usagetray.edges.vaults import SOURCE
from usagetray.errors import Cause, SourceError

BUS = "import json, dataclasses, os; from usagetray.edges import probes; a = probes.bus(os.environ); "
BUS += "print(json.dumps([dataclasses.asdict(a), probes.old_panel(os.environ)]))"


def test_a_question_without_an_answer_is_given_up() -> None:
    over = threading.Event()
    began = time.monotonic()

    assert probes.within(0.05, over.wait) is None

    over.set()
    assert time.monotonic() - began < 5


def test_a_question_that_fails_has_no_answer(capfd: pytest.CaptureFixture[str]) -> None:
    """And says nothing on the terminal."""

    def fail() -> int:
        raise LookupError("made up")

    assert probes.within(5, fail) is None
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("cause", [Cause.STORE_LOCKED, Cause.STORE_MISSING])
def test_a_key_store_says_what_is_wrong_with_it(cause: Cause) -> None:
    def look() -> None:
        raise SourceError(SOURCE, cause)

    assert probes.secret_store(look) is cause


def test_a_key_store_that_answers_can_be_read() -> None:
    assert probes.secret_store(lambda: False) is None


def test_a_key_store_that_hangs_counts_as_locked() -> None:
    """Some wait for the user without limit."""
    over = threading.Event()

    assert probes.secret_store(over.wait, deadline_s=0.05) is Cause.STORE_LOCKED

    over.set()


def test_the_toolkit_is_loaded_as_the_popup_would_load_it() -> None:
    """Here it is installed, so a version is told."""
    answers = probes.window({"PATH": "/usr/bin"})

    assert (answers.problem, answers.missing) == (None, ())
    assert answers.qt is not None


@pytest.mark.parametrize(
    ("module", "problem", "packages"),
    [
        ("raise ImportError('libEGL.so.1: cannot open shared object file: No such file')", "library", ("libegl1",)),
        ("raise ImportError('libodd.so.7: cannot open shared object file: No such file')", "library", ()),
        ("raise ImportError('undefined symbol: _Z3foo')", "broken", ()),
        ("import os; os.abort()", "silent", ()),
        ("print('noise'); import os; os._exit(0)", "silent", ()),
    ],
    ids=["a library with a known package", "an unknown one", "a broken one", "an abort", "an end without a word"],
)
def test_a_toolkit_that_does_not_load_says_why(
    tmp_path: Path, module: str, problem: str, packages: tuple[str, ...]
) -> None:
    """Stood in for by one of the same name, earlier on the path."""
    package = tmp_path / "PySide6"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "QtCore.py").touch()
    (package / "QtWidgets.py").write_text(module)

    answers = probes.window({"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin"})

    assert (answers.qt, answers.problem) == (None, problem)
    assert answers.packages == packages


def test_a_toolkit_that_hangs_is_given_up(tmp_path: Path) -> None:
    (tmp_path / "PySide6").mkdir()
    (tmp_path / "PySide6" / "__init__.py").write_text("import time; time.sleep(60)")

    assert probes.window({"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin"}, deadline_s=0.5).problem == "silent"


def test_a_bus_that_is_not_there_is_told(tmp_path: Path) -> None:
    without = probes.bus({})
    gone = probes.bus({"DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/gone"})
    nonsense = probes.bus({"DBUS_SESSION_BUS_ADDRESS": "nonsense"})

    assert without is not None
    assert without.problem == "DBUS_SESSION_BUS_ADDRESS is not set"
    for answers in (gone, nonsense):
        assert answers is not None
        assert (answers.problem or "").startswith("it cannot be reached")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the X library leaves its sockets open
def test_a_screen_that_is_not_there_is_no_panel() -> None:
    assert probes.old_panel({}) is None
    assert probes.old_panel({"DISPLAY": ":987"}) is None


@pytest.mark.desktop
def test_a_whole_desktop_names_who_answers(desktop: Desktop) -> None:
    bus, old_panel = json.loads(desktop.run([sys.executable, "-c", BUS]))

    assert (bus["problem"], bus["has_host"], bus["icons"], old_panel) == (None, True, 0, True)
    assert bus["notifications"].startswith("dunst ")
    assert bus["secrets"].startswith("gnome-keyring")


@pytest.mark.desktop
def test_an_empty_desktop_has_nobody_and_nobody_is_started(new_desktop: Callable[..., Desktop]) -> None:
    desktop = new_desktop(tray="none", notify="none", keyring="none")

    bus, old_panel = json.loads(desktop.run([sys.executable, "-c", BUS]))

    assert (bus["problem"], bus["watcher"], bus["has_host"], bus["notifications"], bus["secrets"], old_panel) == (
        *(None, None, False, None, None),
        False,
    )
    assert not desktop.has_name("org.freedesktop.Notifications")


@pytest.mark.desktop
def test_an_old_panel_is_found(new_desktop: Callable[..., Desktop]) -> None:
    """It owns the X server's tray selection and is not on the bus."""
    desktop = new_desktop(tray="trayer", notify="none", keyring="none")

    bus, old_panel = json.loads(desktop.run([sys.executable, "-c", BUS]))

    assert (bus["watcher"], old_panel) == (None, True)
