"""The page "Now": verdict card, sections, footer."""

# ruff: noqa: N802, ARG002 - the names and arguments of overridden methods are Qt's.

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from usagetray.views.popup import tokens as t
from usagetray.views.popup.body import Body, fold_to_fit
from usagetray.views.popup.compose_card import compose_card, compose_footer
from usagetray.views.popup.crisp import draw_rule
from usagetray.views.popup.scene import Scene
from usagetray.views.popup.spec import Footer, Page, Problem
from usagetray.views.popup.spoken import sentences
from usagetray.views.popup.tabs import PopupPage
from usagetray.views.popup.waiting_row import WaitingRow
from usagetray.views.popup.widgets import KEYBOARD_REASONS, RING_OF_CARD, Act, Look, Plain, Pressable, RowActions

SHORT = 280.0
"""Pixels of room below which a card with all it can hold leaves no line to the rows: 600 of the screen's at scale 2."""


def news(before: Page, page: Page) -> list[str]:
    """What a screen reader is told unasked while the popup is open: another verdict, and each problem that is new."""
    known = {problem.title for problem in _problems(before)}
    verdict = [_verdict(page)] if page.card.title != before.card.title else []
    return verdict + [sentences(each.title, each.detail) for each in _problems(page) if each.title not in known]


def _verdict(page: Page) -> str:
    return sentences(page.card.title, page.card.detail)


def _problems(page: Page) -> list[Problem]:
    return [line for section in page.sections for line in section.lines if isinstance(line, Problem)]


class NowPage(PopupPage):
    def __init__(self, look: Look, act: Act) -> None:
        super().__init__()
        self.look, self._act = look, act
        self._page: Page | None = None
        self._room = 0.0
        self._opened: frozenset[str] = frozenset()
        empty = Scene(height=0, items=())
        self.card = Plain(look, empty, "")
        self.card.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.card.ring_radius = RING_OF_CARD
        self.body = Body(look, self._on_line)
        self.waiting = WaitingRow(look, self._flip, self._go)
        self.footer = Pressable(look, empty, "Refresh", "", lambda: act("refresh", ""))
        for widget in (self.card, self.waiting, self.body, self.footer):
            widget.setParent(self)

    def put(self, page: Page, look: Look, room: float) -> None:
        """Show `page` within `room` pixels of height (at scale 1)."""
        before = self._page
        self._page, self.look, self._room = page, look, room
        self._put_card(page, look)
        if before is not None and self.isVisible():
            for heard in news(before, page):
                QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.card, heard))
        self.waiting.setVisible(page.waiting is not None)
        if page.waiting is not None:
            self.waiting.put(page.waiting, look)
        self._put_footer(page.footer, look)
        self._arrange()

    def _put_card(self, page: Page, look: Look) -> None:
        card = page.card
        # The countdown in large figures is the first to go: its title says until when, and the rows need the room.
        shown = replace(card, big="", big_note="") if self._room < SHORT else card
        scene = compose_card(shown, look.letters)
        self.card.ring_box = (t.PAD - 4, 0, t.WIDTH - 2 * t.PAD + 8, scene.height)
        self.card.put(look, scene)
        self.card.say(_verdict(page), sentences(f"{card.big} {card.big_note}".strip(), *card.extra))

    def _put_footer(self, footer: Footer, look: Look) -> None:
        self.footer.put(look, compose_footer(footer, look.letters, tints=not look.palette.is_plain))
        self.footer.ring_box = (t.PAD - 7, 5, t.WIDTH - 2 * t.PAD + 14, t.FOOTER - 10)
        self.footer.say(footer.spoken)

    def _arrange(self) -> None:
        if self._page is None:
            return
        scale = self.look.scale
        head = self.card.scene.height + (self.waiting.high if self._page.waiting is not None else 0)
        laid, _ = fold_to_fit(self._page.sections, self._opened, self._room - head - t.FOOTER - 1, self.look)
        body = min(laid.height if laid.lines else 10.0, self._room - head - t.FOOTER - 1)
        self.body.put(laid, self.look, round(body * scale))
        self.card.move(0, 0)
        self.waiting.move(0, round(self.card.scene.height * scale))
        self.body.move(0, round(head * scale))
        self.footer.move(0, round((head + body + 1) * scale))
        self.setFixedSize(round(t.WIDTH * scale), round((head + body + 1 + t.FOOTER) * scale))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        line = QColor(self.look.palette.line)
        draw_rule(painter, 1, self.footer.y() - 1, self.width() - 2, line)
        painter.end()

    def _on_line(self, what: str, key: str) -> None:
        if what == "expand":
            self._opened |= {key}
            self._arrange()
            self.resized.emit()
        else:
            self._act(what, key)

    def _flip(self, on: bool) -> None:
        if self._page is not None and self._page.waiting is not None:
            self._act("want_back" if on else "want_quiet", self._page.waiting.key)

    def _go(self) -> None:
        """To the section of the account that has room."""
        if self._page is not None and self._page.waiting is not None:
            self.focus_row(f"{self._page.waiting.elsewhere_key}/")

    def focus_row(self, key: str) -> None:
        """`key`: of a row, or the beginning of one: its section is unfolded."""
        sections = self._page.sections if self._page is not None else ()
        section = next((each.key for each in sections if key.startswith(f"{each.key}/")), None)
        if section is None:
            return
        self._opened |= {section}
        self._arrange()
        self.resized.emit()
        rows = [row for row in self.body.rows if isinstance(row, RowActions) and row.row.key.startswith(key)]
        for row in rows[:1]:
            row.setFocus(KEYBOARD_REASONS[0])
            self.reveal(row)

    # ---- keyboard ---------------------------------------------------------------------------------------------

    def focus_first(self) -> None:
        self.body.verticalScrollBar().setValue(0)
        self._opened = frozenset()
        self.card.setFocus(Qt.FocusReason.OtherFocusReason)

    def stops(self) -> list[QWidget]:
        rows = [widget for widget in self.body.rows if widget.focusPolicy() is not Qt.FocusPolicy.NoFocus]
        return [self.card, *(self.waiting.stops() if not self.waiting.isHidden() else []), *rows, self.footer]

    def reveal(self, stop: QWidget) -> None:
        if stop in self.body.rows:
            self.body.ensureWidgetVisible(stop, 0, 12)

    def explain(self) -> None:
        row = self.body.explained() or next((one for one in self.body.rows if isinstance(one, RowActions)), None)
        if row is not None:
            row.explain()
