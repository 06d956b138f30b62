"""The verdict card, what stands below that of a locked account, and the footer, as display lists."""

from __future__ import annotations

from usagetray.language import tr
from usagetray.views.popup import tokens as t
from usagetray.views.popup.compose import INNER, LEFT, RIGHT, as_action, middle, right_aligned
from usagetray.views.popup.fonts import Letters
from usagetray.views.popup.scene import Item, Mark, Panel, Scene
from usagetray.views.popup.spec import Card, Footer, Waiting

CARD_BLEED = 4
"""Pixels round a card that belong to its widget, so that the focus ring has room outside."""

WAITING = 31
BESIDE_BOX = 10.0
LEGEND_GAP = 14.0


def compose_card(card: Card, letters: Letters, *, below: float = 0.0) -> Scene:
    """The verdict card; `CARD_BLEED` above and below it stays free. `below`: room in it for what stands on it."""
    top = float(CARD_BLEED)
    at = LEFT + 46.0
    room = RIGHT - 12 - at
    titles = letters.wrap(card.title, t.VERDICT, room, most=2)
    details = letters.wrap(card.detail, t.BODY, room, most=5)
    items: list[Item] = []
    centre = top + 22.5
    for text in titles:
        items.append(middle(letters, text, t.VERDICT, "text", centre, at, room))
        centre += 21
    for text in details:
        items.append(middle(letters, text, t.BODY, "text2", centre, at, room))
        centre += t.LEADING
    height = max(64.0, centre + (3.5 if details else 0) - top)
    if card.big:
        big_centre = top + height + 17
        big = middle(letters, card.big, t.BIG, "text", big_centre, at, room)
        items.append(big)
        note_at = big.x + big.width + 10
        base = big_centre + (letters.metrics(t.BIG).ascent() - letters.metrics(t.BIG).descent()) / 2
        note_centre = base - (letters.metrics(t.BODY).ascent() - letters.metrics(t.BODY).descent()) / 2
        height += 48
        if card.big_note and letters.width(card.big_note, t.BODY) > RIGHT - 12 - note_at:
            # Beside the figure it would be cut.
            note_at, note_centre = at, top + height - 4
            height += t.LEADING
        if card.big_note:
            items.append(middle(letters, card.big_note, t.BODY, "text2", note_centre, note_at, RIGHT - 12 - note_at))
    extra = [line for text in card.extra for line in letters.wrap(text, t.BODY, room, most=2)]
    for at_line, text in enumerate(extra):
        items.append(middle(letters, text, t.BODY, "text2", top + height - 4 + t.LEADING * at_line, at, room))
    height += t.LEADING * len(extra)
    height += below
    panel = Panel(x=LEFT, y=top, width=INNER, height=height, radius=t.CARD_RADIUS, fill=card.tint)
    mark = Mark(x=LEFT + 14, y=top + 14, size=20, name=card.mark, colour=card.mark_colour)
    return Scene(height=height + 2 * CARD_BLEED, items=(panel, mark, *items))


def compose_tick(waiting: Waiting, letters: Letters, most: float) -> tuple[Scene, float]:
    """The check box with its name, its left edge at 0; and how wide it is, at most `most`."""
    centre, side = WAITING / 2 + 1.5, float(t.CHECK_BOX)
    at = side + BESIDE_BOX
    name = middle(letters, waiting.name, t.NAME, "text", centre, at, most - at)
    return Scene(height=WAITING, items=(*check_box(0, centre - side / 2, on=waiting.on), name)), name.x + name.width


def check_box(x: float, y: float, *, on: bool) -> list[Item]:
    side = float(t.CHECK_BOX)
    if not on:
        return [Panel(x=x, y=y, width=side, height=side, radius=4, fill="bg", outline="ctl", outline_width=1.5)]
    return [
        Panel(x=x, y=y, width=side, height=side, radius=4, fill="ok"),
        Mark(x=x + 1, y=y + 1, size=side - 2, name="tick", colour="on"),
    ]


def compose_elsewhere(waiting: Waiting, letters: Letters, most: float) -> tuple[Scene, float]:
    """ "Codex has 82 % left", its left edge at 0; and how wide it is."""
    text = middle(letters, waiting.elsewhere, t.BODY_STRONG, "link", WAITING / 2 + 1.5, 0, most)
    return Scene(height=WAITING, items=(text,)), text.width


def compose_footer(footer: Footer, letters: Letters, *, tints: bool = True) -> Scene:
    """`tints`: bars are tinted up to their forecast, which the legend then explains."""
    centre = t.FOOTER / 2
    items: list[Item] = []
    end = float(RIGHT)
    if footer.action:
        action = right_aligned(letters, footer.action, t.BODY_STRONG, "link", centre, end)
        items.append(as_action(action))
        end = action.x - 12
    elif footer.has_legend:
        legend = _legend(letters, centre, tints=tints)
        begins = min(item.x for item in legend)
        # A legend explains what is drawn; when the next check comes is of less use, and stands in the hint.
        if letters.width(footer.short or footer.text, t.BODY) <= begins - LEGEND_GAP - LEFT:
            items += legend
            end = begins - LEGEND_GAP
    shown = letters.first_that_fits((footer.text, footer.short or footer.text), t.BODY, end - LEFT)
    items.append(middle(letters, shown, t.BODY, "text3", centre, LEFT, end - LEFT))
    return Scene(height=t.FOOTER, items=tuple(items))


def _legend(letters: Letters, centre: float, *, tints: bool) -> list[Item]:
    """What the tick and the tint of a bar mean, at the right edge."""
    if not tints:
        even = right_aligned(letters, tr("even pace"), t.CAPTION, "text2", centre, RIGHT)
        return [Panel(x=even.x - 7, y=centre - 6, width=2, height=12, fill="text2"), even]
    forecast = right_aligned(letters, tr("forecast"), t.CAPTION, "text2", centre, RIGHT)
    swatch = Panel(x=forecast.x - 18, y=centre - 3, width=14, height=6, radius=1, fill="ok", strength=t.FORECAST)
    even = right_aligned(letters, tr("even pace"), t.CAPTION, "text2", centre, swatch.x - LEGEND_GAP)
    return [Panel(x=even.x - 7, y=centre - 6, width=2, height=12, fill="text2"), even, swatch, forecast]
