"""Qt's own words, in its dialogs and menus, in the language the program speaks."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from usagetray.language import ENGLISH, spoken

NAME = "words of Qt"


def speak_qt() -> None:
    """To be called before something of Qt's own is shown."""
    application = QCoreApplication.instance()
    if application is None:
        return
    for former in application.findChildren(QTranslator, NAME):
        application.removeTranslator(former)
        former.setParent(None)
    if spoken() != ENGLISH:
        words = QTranslator(application)
        words.setObjectName(NAME)
        words.load(QLocale(spoken()), "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
        application.installTranslator(words)
