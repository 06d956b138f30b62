"""The first page's choices: what was found here, what would be read, and nothing on before the button is pressed.

Ticked from the start is only what reads no other program's secret and starts none; anything else is a card or a line
of its own, in the words the user agrees to.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from usagetray.language import tr, tr_n
from usagetray.overview import FoundTool, Overview
from usagetray.views.plain import plain
from usagetray.views.popup import tokens as t
from usagetray.views.popup.compose import INNER, LEFT, RIGHT, middle
from usagetray.views.popup.first_pieces import CHIP, Chip, SwitchLine, Tick
from usagetray.views.popup.first_pieces import Button as Button
from usagetray.views.popup.scene import Item, Mark, Panel, Scene
from usagetray.views.popup.widgets import Look, Painted, Plain

GAP = 6


def start_words(count: int) -> str:
    return tr_n("Start with {count} tool", "Start with {count} tools", count) if count else tr("Start")


class Choices(QWidget):
    """All of it, one below the other; the part that scrolls."""

    def __init__(
        self, look: Look, overview: Overview, changed: Callable[[], None], connect: Callable[[str], None]
    ) -> None:
        super().__init__()
        self.tools: list[tuple[str, Tick, list[tuple[str, Tick]]]] = []
        self.sources: list[tuple[str, str, Tick]] = []
        self.chips: list[Chip] = []
        self._stack: list[Painted] = []
        self._look, self._changed = look, changed
        found = overview.found
        self._heading(tr("Found on this computer") if found else tr("No known tool was found"))
        for tool in found:
            if tool.is_free:
                self._free(tool)
            else:
                self._asking(tool)
        if not found:
            self._nothing_found(overview.missing)
        if overview.keyed:
            self._heading(tr("Add with a key"))
            for provider, name in overview.keyed:
                self._chip(provider, plain(name, 32), connect)
        self._privacy()
        self.autostart = SwitchLine(look, tr("Start when I log in"))
        self._add(self.autostart)
        self.arrange(look)

    # ---- its pieces ----------------------------------------------------------------------------------------

    def _add(self, widget: Painted) -> None:
        widget.setParent(self)
        self._stack.append(widget)

    def _free(self, tool: FoundTool) -> None:
        """A tool of which something can be read without asking, and below it what may be put into its settings."""
        name = plain(tool.name, 40)
        card = Tick(
            self._look, name, plain(tr(tool.reads), 240), is_card=True, on=True, aside=tr("local files, no network")
        )
        card.toggled.connect(lambda _on: self._changed())
        self._add(card)
        hooks: list[tuple[str, Tick]] = []
        for hook, explains, installed in tool.hooks:
            title = tr("{name}: extra", name=name)
            line = Tick(self._look, title, plain(tr(explains), 300), is_card=False, on=installed)
            self._add(line)
            hooks.append((hook, line))
        self.tools.append((tool.provider, card, hooks))

    def _asking(self, tool: FoundTool) -> None:
        """A tool whose figures need a consent: one card for each source, and none of them ticked unasked."""
        for name, source, explains, given in tool.asks:
            card = Tick(
                self._look,
                tr("{name}: {source}", name=plain(tool.name, 40), source=plain(tr(source), 40)),
                plain(tr(explains), 800),
                is_card=True,
                on=given,
                aside=plain(tr(source), 40),
                shown=plain(tool.name, 40),
            )
            card.toggled.connect(lambda _on: self._changed())
            self._add(card)
            self.sources.append((tool.provider, name, card))

    def _chip(self, provider: str, name: str, connect: Callable[[str], None]) -> None:
        made = Chip(self._look, name, tr("Add {name} with a key", name=name), lambda: connect(provider))
        self.chips.append(made)
        self._add(made)

    def _heading(self, words: str) -> None:
        text = middle(self._look.letters, words, t.BODY_STRONG, "text3", 18, LEFT, INNER)
        self._add(Plain(self._look, Scene(height=31, items=(text,)), words))

    def _nothing_found(self, missing: tuple[str, ...]) -> None:
        looked_for = ", ".join(plain(name, 24) for name in missing[:8])
        if looked_for:
            self._sentence(tr("usagetray looks for {names}.", names=looked_for))
        self._sentence(tr("To look around with made-up figures, run “usagetray demo” in a terminal."))

    def _sentence(self, words: str) -> None:
        letters = self._look.letters
        lines = letters.wrap(words, t.BODY, INNER)
        items = tuple(
            middle(letters, text, t.BODY, "text2", 10 + t.LEADING * line, LEFT, INNER)
            for line, text in enumerate(lines)
        )
        self._add(Plain(self._look, Scene(height=6 + t.LEADING * len(lines), items=items), words))

    def _privacy(self) -> None:
        words = tr(
            "Figures stay on this computer: no telemetry, no account. Keys go into your system’s key store, never into "
            "a file. Only what you switch on is contacted; Settings › Privacy lists each contact."
        )
        letters, at = self._look.letters, LEFT + 40.0
        lines = letters.wrap(words, t.BODY, RIGHT - 14 - at, most=8)
        height = 24.0 + t.LEADING * len(lines)
        items: list[Item] = [
            Panel(x=LEFT, y=8, width=INNER, height=height, radius=t.CARD_RADIUS, fill="sunk"),
            Mark(x=LEFT + 13, y=19, size=15, name="lock", colour="text2"),
        ]
        items.extend(
            middle(letters, text, t.BODY, "text2", 28 + t.LEADING * line, at, RIGHT - 14 - at)
            for line, text in enumerate(lines)
        )
        self._add(Plain(self._look, Scene(height=height + 12, items=tuple(items)), words))

    # ---- their places and what is chosen -------------------------------------------------------------------

    def arrange(self, look: Look) -> None:
        """Chips flow from left to right, everything else has a line of its own."""
        y = 0
        x = edge = round(LEFT * look.scale)
        gap, right = round(GAP * look.scale), round(RIGHT * look.scale)
        before: Painted | None = None
        for widget in self._stack:
            if isinstance(widget, Chip):
                if x > edge and x + widget.width() > right:
                    x, y = edge, y + round((CHIP + GAP) * look.scale)
                widget.move(x, y)
                x += widget.width() + gap
            else:
                if isinstance(before, Chip):
                    x, y = edge, y + round((CHIP + GAP) * look.scale)
                widget.move(0, y)
                y += widget.height()
            widget.show()
            before = widget
        self.setFixedSize(round(t.WIDTH * look.scale), y)

    @property
    def pieces(self) -> list[Painted]:
        return list(self._stack)

    @property
    def count(self) -> int:
        """Of tools and sources that are ticked."""
        return len(self.chosen()[0])

    def chosen(self) -> tuple[list[str], list[list[str]]]:
        """Providers that are ticked, and (provider, name) of each consent; a hook counts only with its tool."""
        providers = [provider for provider, card, _ in self.tools if card.isChecked()]
        allowed = [
            [provider, hook]
            for provider, card, lines in self.tools
            if card.isChecked()
            for hook, line in lines
            if line.isChecked()
        ]
        given = [[provider, name] for provider, name, card in self.sources if card.isChecked()]
        return list(dict.fromkeys([*providers, *(provider for provider, _ in given)])), [*allowed, *given]
