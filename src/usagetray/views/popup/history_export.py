"""The history as a file: where to is asked in the desktop's own dialog, and the rows are those of `usagetray export`.

Done in this process, which only reads the store: no path crosses the pipes, and a slow disk stalls nobody's icon.
"""

from __future__ import annotations

import argparse
import logging
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox

from usagetray.errors import UserError
from usagetray.language import tr
from usagetray.views.popup.qt_words import speak_qt

log = logging.getLogger(__name__)

Write = Callable[[Path, date, date], None]
"""Writes the days from the one to the other, both included. Raises `UserError`."""


def write_csv(path: Path, first: date, last: date) -> None:
    """What `usagetray export usage --since FIRST --until LAST --out PATH --no-scan` writes."""
    from usagetray.views.cli import export  # deferred: most who look at the history never export it

    export.run(
        argparse.Namespace(
            what="usage", by=None, format="csv", since=first, until=last, out=path, no_scan=True,
            origin=None, keychain=None, notify_to=None, log=False,
        )
    )  # fmt: skip


class Exporting(QObject):
    """Asks for a file, writes it in a thread of its own, and says how that went."""

    _ended = Signal(str, bool)

    def __init__(self, parent: QObject, write: Write = write_csv) -> None:
        super().__init__(parent)
        self.write = write
        self.dialog: QDialog | None = None  # what is open now; kept, for Qt alone would let go of it
        self._ended.connect(self._tell)

    def ask(self, first: date, last: date) -> None:
        speak_qt()
        folder = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
        folder = folder if folder.is_dir() else Path.home()  # else some dialogs begin wherever we were started
        name = f"usagetray-{first.isoformat()}-{last.isoformat()}.csv"
        dialog = QFileDialog(None, tr("Export the days shown"), str(folder / name), tr("Table (*.csv)"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.fileSelected.connect(lambda path: self._start(Path(path), first, last))
        self._open(dialog)

    def _open(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog = dialog
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    def _start(self, path: Path, first: date, last: date) -> None:
        # A daemon: a disk that does not answer must not keep the process from ending; the file is there whole or not.
        threading.Thread(target=self._run, args=(path, first, last), name="popup-export", daemon=True).start()

    def _run(self, path: Path, first: date, last: date) -> None:
        try:
            self.write(path, first, last)
        except UserError as error:
            self._ended.emit(str(error), False)
        except Exception:  # the top of a job: whatever the disk does, the window stays and says so
            log.exception("the history could not be exported")
            text = tr("{file} could not be written; try another folder.", file=path)
            self._ended.emit(text, False)
        else:
            self._ended.emit(tr("The days shown are written to {file}.", file=path), True)

    def _tell(self, text: str, is_done: bool) -> None:
        icon = QMessageBox.Icon.Information if is_done else QMessageBox.Icon.Warning
        box = QMessageBox(icon, tr("Export"), text, QMessageBox.StandardButton.Ok)
        box.setTextFormat(Qt.TextFormat.PlainText)
        self._open(box)
