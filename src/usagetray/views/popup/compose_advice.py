"""The lines of the page "Advice" as display lists."""

from __future__ import annotations

from usagetray.views.popup import tokens as t
from usagetray.views.popup.compose import INNER, LEFT, RIGHT, middle, right_aligned
from usagetray.views.popup.fonts import Letters
from usagetray.views.popup.scene import Item, Mark, Panel, Scene, moved
from usagetray.views.popup.spec import Comparison, Heading, Tip, Words

BAR_AT, BAR_GAP = 98.0, 12.0
BAR_HEIGHT, BAR_PITCH = 12.0, 24.0
LONGEST_NAME = 130.0


def compose_heading(line: Heading, letters: Letters) -> Scene:
    centre, end = 13.0, float(RIGHT)
    items: list[Item] = []
    if line.pill:
        width = letters.width(line.pill, t.PILL) + 12
        items.append(Panel(x=end - width, y=centre - 9, width=width, height=18, radius=9, fill="sunk"))
        items.append(middle(letters, line.pill, t.PILL, "text2", centre, end - width + 6, width - 12))
        end -= width + 10
    elif line.aside:
        aside = right_aligned(letters, line.aside, t.BODY, "text3", centre + 1, end)
        items.append(aside)
        end = aside.x - 10
    # The question goes on below rather than being cut.
    rows = letters.wrap(line.text, t.QUESTION, end - LEFT, most=1)
    if rows and rows[0] != line.text:
        rows = letters.wrap(line.text, t.QUESTION, INNER, most=3)
        items = list(moved(items, 0, 20.0 * len(rows)))
        height = 29.0 + 20.0 * len(rows)
    else:
        height = 29.0
    items += [middle(letters, text, t.QUESTION, "text", centre + 20 * at, LEFT, INNER) for at, text in enumerate(rows)]
    return Scene(height=height, items=tuple(items))


def compose_words(line: Words, letters: Letters) -> Scene:
    style, colour = (t.NAME, "text") if line.is_answer else (t.BODY, "text3" if line.is_note else "text2")
    rows = letters.wrap(line.text, style, INNER, most=12)
    items = tuple(
        middle(letters, text, style, colour, 10 + t.LEADING * at, LEFT, INNER) for at, text in enumerate(rows)
    )
    return Scene(height=t.LEADING * len(rows) + 8, items=items)


def compose_comparison(line: Comparison, letters: Letters) -> Scene:
    """Bars of one scale under each other: a length says more than four figures."""
    names = [letters.width(row.name, t.BODY_STRONG if row.is_own else t.BODY) for row in line.rows]
    amounts = max((letters.width(row.amount, t.BODY_STRONG) for row in line.rows), default=0.0)
    bar_at = LEFT + max(BAR_AT, min(max(names, default=0.0), LONGEST_NAME) + BAR_GAP)
    bar_end = RIGHT - amounts - BAR_GAP
    items: list[Item] = []
    for at, row in enumerate(line.rows):
        centre = 6 + BAR_PITCH * (at + 0.5)
        style, colour = (t.BODY_STRONG, "text") if row.is_own else (t.BODY, "text2")
        items.append(middle(letters, row.name, style, colour, centre, LEFT, bar_at - LEFT - 4))
        width, y = bar_end - bar_at, centre - BAR_HEIGHT / 2
        items.append(Panel(x=bar_at, y=y, width=width, height=BAR_HEIGHT, radius=3, fill="track"))
        filled = max(2.0, float(round(width * min(row.share, 1.0)))) if row.share > 0 else 0.0
        fill = "ok" if row.is_own else "text3"
        items.append(Panel(x=bar_at, y=y, width=filled, height=BAR_HEIGHT, radius=min(3, filled / 2), fill=fill))
        items.append(right_aligned(letters, row.amount, t.BODY_STRONG, "text", centre, RIGHT))
    return Scene(height=12 + BAR_PITCH * len(line.rows), items=tuple(items))


def compose_tip(line: Tip, letters: Letters) -> Scene:
    at, end = LEFT + 12.0, RIGHT - 12.0
    items: list[Item] = []
    if line.more:
        end -= 18
    amount = letters.width(line.amount, t.AMOUNT)
    words_end = end - (amount + 12 if amount else 0)
    titles = letters.wrap(line.title, t.TITLE, words_end - at, most=3)
    # Closed, a tip is a line or two; what needs more room is read by those who open it.
    fits = line.is_open or letters.width(line.detail, t.BODY) <= words_end - at
    details = letters.wrap(line.detail, t.BODY, words_end - at, most=6) if fits else ()
    centre = 17.0
    for text in titles:
        items.append(middle(letters, text, t.TITLE, "text", centre, at, words_end - at))
        centre += t.LEADING + 1
    for text in details:
        items.append(middle(letters, text, t.BODY, "text2", centre, at, words_end - at))
        centre += t.LEADING
    closed = centre - t.LEADING / 2 + 8
    if line.amount:
        items.append(right_aligned(letters, line.amount, t.AMOUNT, "text", closed / 2, end))
    if line.more:
        items.append(Mark(x=end + 8, y=closed / 2 - 5, size=10, name=_sign(line), colour="text2"))
    height = closed
    if line.is_open:
        centre = closed + 6
        for said in line.more:
            for text in letters.wrap(said, t.BODY, RIGHT - 12 - at, most=6):
                items.append(middle(letters, text, t.BODY, "text2", centre, at, RIGHT - 12 - at))
                centre += t.LEADING
        height = centre - t.LEADING / 2 + 8
    panel = Panel(x=LEFT, y=0, width=INNER, height=height, radius=t.ROW_CARD_RADIUS, fill="sunk")
    return Scene(height=height + 6, items=(panel, *items))


def _sign(line: Tip) -> str:
    return "chevron_down" if line.is_open else "chevron"
