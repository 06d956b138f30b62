"""One Qt application for all popup tests, on a screen of its own that needs no display."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="the popup needs PySide6-Essentials")

from PySide6.QtCore import QEventLoop, QTimer, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from tests.popup.samples import ZONE
from usagetray.overview import Overview
from usagetray.views.popup.details import Explain
from usagetray.views.popup.loading import Loader
from usagetray.views.popup.tabs import TABS, Read, Tab
from usagetray.views.popup.window import PopupWindow

SCREEN = {"screens": [{"name": "test", "x": 0, "y": 0, "width": 1600, "height": 1200, "logicalDpi": 96, "dpr": 1}]}


@pytest.fixture(scope="session")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QApplication]:
    screen = tmp_path_factory.mktemp("qt") / "screen.json"
    screen.write_text(json.dumps(SCREEN))
    before = os.environ.get("QT_QPA_PLATFORM")
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={screen}"
    # The platform says at each window what it cannot do; only what Qt itself has to say is of interest.
    qInstallMessageHandler(
        lambda _kind, _context, text: None if "plugin does not" in text else sys.stderr.write(f"{text}\n")
    )
    made = QApplication.instance() or QApplication(["tests"])
    assert isinstance(made, QApplication)
    # Only this application is without a display: processes of other tests inherit the environment.
    del os.environ["QT_QPA_PLATFORM"]
    if before is not None:
        os.environ["QT_QPA_PLATFORM"] = before
    yield made
    qInstallMessageHandler(None)


class Opened:
    """A popup with what it said, and the means to wait for it."""

    def __init__(self, window: PopupWindow, events: list[dict[str, object]], loads: list[int]) -> None:
        self.window, self.events, self.loads = window, events, loads

    def said(self, name: str) -> list[dict[str, object]]:
        return [event for event in self.events if event["event"] == name]

    def wait_for(self, question: Callable[[], object], what: str, seconds: float = 5) -> None:
        loop = QEventLoop()
        poll, deadline = QTimer(interval=5), QTimer(singleShot=True, interval=int(seconds * 1000))
        poll.timeout.connect(lambda: loop.quit() if question() else None)
        deadline.timeout.connect(loop.quit)
        poll.start()
        deadline.start()
        loop.exec()
        assert question(), f"not seen within {seconds} s: {what}"


Open = Callable[..., Opened]


@pytest.fixture
def open_popup(application: QApplication) -> Iterator[Open]:
    opened: list[PopupWindow] = []

    def open_one(
        overview: Overview | None,
        *,
        theme: str = "light",
        compositor: bool = False,
        show: bool = True,
        explain: Explain | None = None,
        tabs: Sequence[Tab] = TABS,
        readers: Mapping[str, Read] | None = None,
        moves: bool = False,
    ) -> Opened:
        events: list[dict[str, object]] = []
        loads: list[int] = []

        def load() -> Overview:
            loads.append(1)
            if overview is None:
                raise OSError("no store")
            return overview

        loader = Loader(load)
        window = PopupWindow(
            loader,
            lambda event: events.append(dict(event)),
            ZONE,
            theme=theme,
            compositor=compositor,
            explain=explain,
            tabs=tabs,
            readers=readers,
            moves=moves,
        )
        loader.deliver_to(window.arrived.emit)
        opened.append(window)
        popup = Opened(window, events, loads)
        if show:
            window.obey({"verb": "show", "x": 1500, "y": 10})
            popup.wait_for(lambda: popup.said("shown"), "the first paint")
        return popup

    yield open_one
    for window in opened:
        window.obey({"verb": "hide"})
        window.deleteLater()
    application.processEvents()


@pytest.fixture(scope="session")
def artifacts() -> Path | None:
    """Where pictures for the eye go, when somebody asked for them."""
    named = os.environ.get("USAGETRAY_ARTIFACTS")
    if not named:
        return None
    folder = Path(named)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
