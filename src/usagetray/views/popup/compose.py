"""From words to a display list: where each piece of a row stands, on a width of 360 at scale 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from usagetray.views.popup import tokens as t
from usagetray.views.popup.fonts import Letters
from usagetray.views.popup.scene import Bar, Item, Mark, Panel, Scene, Text
from usagetray.views.popup.spec import Caption, Collapsed, Detail, Head, Line, Problem, Row

LEFT = t.PAD
RIGHT = t.WIDTH - t.PAD
INNER = RIGHT - LEFT

COMPACT_BAR_AT = 56.0
COMPACT_BAR = 84.0
COMPACT_FIGURE_END = 216.0
COMPACT_LEAST_BAR = 28.0
COMPACT_LEAST_FIGURE_END = 190.0


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the pieces of compact rows begin and end, the same for all of a page so that bars compare."""

    bar_at: float = LEFT + COMPACT_BAR_AT
    bar_end: float = LEFT + COMPACT_BAR_AT + COMPACT_BAR
    figure_end: float = LEFT + COMPACT_FIGURE_END


def columns(rows: Sequence[Row], letters: Letters) -> Columns:
    """The usual columns, moved as little as a wider font or a longer name needs."""
    barred = [row for row in rows if row.fill != "none"]
    names = max((letters.width(_compact_name(row), t.BODY) for row in barred), default=0.0)
    rights = max((letters.width(row.rights[0], t.BODY) for row in rows if row.rights), default=0.0)
    figures = max((_figure_width(row, letters) for row in barred), default=0.0)
    after_name = max(LEFT + names + 9, LEFT + COMPACT_BAR_AT)
    wanted = max(LEFT + COMPACT_FIGURE_END, after_name + COMPACT_BAR + 8 + figures)
    figure_end = max(min(wanted, RIGHT - rights - 10), LEFT + COMPACT_LEAST_FIGURE_END)
    bar_end = min(after_name + COMPACT_BAR, float(int(figure_end - figures - 8)))
    bar_at = min(after_name, bar_end - COMPACT_LEAST_BAR)
    return Columns(float(round(bar_at)), bar_end, figure_end)


def _figure_width(row: Row, letters: Letters) -> float:
    unit = letters.width(row.unit, t.BODY) + 4 if row.unit else 0
    return letters.width(row.figure, t.FIGURE) + unit + (18 if row.mark else 0)


def compose(line: Line, letters: Letters, at: Columns) -> Scene:
    match line:
        case Head():
            return _head(line, letters)
        case Row(compact=True):
            return _compact(line, letters, at)
        case Row():
            return _full(line, letters)
        case Detail():
            return _detail(line, letters)
        case Caption():
            return _caption(line, letters)
        case Problem():
            return _problem(line, letters)
        case Collapsed():
            return _collapsed(line, letters)
        case _:
            raise TypeError(type(line).__name__)


def _compact_name(row: Row) -> str:
    return f"{row.name} {row.scope}" if row.scope else row.name


def middle(letters: Letters, text: str, style: t.TypeStyle, colour: str, centre: float, x: float, most: float) -> Text:
    """A left-aligned text centred on a line, cut where it would pass `most`."""
    shown = letters.fit(text, style, most)
    height = letters.metrics(style).height()
    return Text(
        x=x,
        y=centre - height / 2,
        width=letters.width(shown, style),
        height=height,
        text=shown,
        style=style,
        colour=colour,
    )


def right_aligned(letters: Letters, text: str, style: t.TypeStyle, colour: str, centre: float, end: float) -> Text:
    height, width = letters.metrics(style).height(), letters.width(text, style)
    return Text(
        x=end - width,
        y=centre - height / 2,
        width=width,
        height=height,
        text=text,
        style=style,
        colour=colour,
        right=True,
    )


def _zoned(text: Text, zone: str) -> Text:
    return Text(
        x=text.x, y=text.y, width=text.width, height=text.height, text=text.text, style=text.style, colour=text.colour,
        right=text.right, zone="figure" if zone == "figure" else "time",
    )  # fmt: skip


def _head(head: Head, letters: Letters) -> Scene:
    centre = t.HEAD / 2
    items: list[Item] = []
    end = float(RIGHT)
    if head.stale:
        items.append(Mark(x=end - 12, y=centre - 6, size=12, name="clock", colour="text3"))
        end -= 18
    if head.aside:
        aside = right_aligned(letters, head.aside, t.BODY, "text3", centre, end)
        items.append(aside)
        end = aside.x - 10
    name = middle(letters, head.name, t.TITLE, "text", centre, LEFT, end - LEFT)
    items.append(name)
    at = name.x + name.width + 8
    # Half a plan's name is none: where what is said at the right leaves no room for it, it is left out.
    is_whole = letters.width(head.plan, t.PILL) + 12 <= end - at
    if head.plan and end - at > 40 and (is_whole or not head.aside):
        plan = letters.fit(head.plan, t.PILL, end - at - 12)
        width = letters.width(plan, t.PILL) + 12
        items.append(Panel(x=at, y=centre - 9, width=width, height=18, radius=9, fill="sunk"))
        items.append(middle(letters, plan, t.PILL, "text2", centre, at + 6, width))
        at += width + 8
    if head.label and end - at > 30:
        items.append(middle(letters, head.label, t.BODY, "text3", centre, at, end - at))
    return Scene(height=t.HEAD, items=tuple(items))


def _figure(
    row: Row, letters: Letters, centre: float, end: float, unit_style: t.TypeStyle = t.BODY
) -> tuple[list[Item], float]:
    """The figure with its unit and mark, ending at `end`; and where they begin."""
    items: list[Item] = []
    if row.unit:
        unit = _zoned(right_aligned(letters, row.unit, unit_style, "text2", centre + 0.5, end), "figure")
        items.append(unit)
        end = unit.x - 4
    figure = _zoned(right_aligned(letters, row.figure, t.FIGURE, row.figure_colour, centre, end), "figure")
    items.append(figure)
    start = figure.x
    if row.mark:
        size = 12.0
        start -= size + 6
        items.append(Mark(x=start, y=centre - size / 2, size=size, name=row.mark, colour=row.mark_colour))
    return items, start


def _full(row: Row, letters: Letters) -> Scene:
    top = 14.0
    has_bar = row.fill != "none"
    bottom = 47.5 if has_bar else 33.5
    items, start = _figure(row, letters, top, RIGHT)
    name = middle(letters, row.name, t.NAME, "text", top, LEFT, start - LEFT - 8)
    items.append(name)
    scope_at = name.x + name.width + 6
    # What a row offers says the same again: then its scope is rather left out than cut.
    fits = letters.width(row.scope, t.BODY) <= start - scope_at - 8
    if row.scope and start - scope_at > 24 and (fits or not row.action):
        items.append(middle(letters, row.scope, t.BODY, "text3", top + 0.5, scope_at, start - scope_at - 8))
    items.append(_bar(row))
    left, right = _pair(row, letters)
    if row.action:
        items.append(as_action(right_aligned(letters, row.action, t.BODY, "link", bottom, RIGHT)))
    elif right:
        items.append(_zoned(right_aligned(letters, right, t.BODY, "text3", bottom, RIGHT), "time"))
    if left:
        style = t.BODY_STRONG if row.left_strong else t.BODY
        items.append(middle(letters, left, style, row.left_colour, bottom, LEFT, INNER))
    if has_bar:
        return Scene(height=t.ROW, items=tuple(items))
    return Scene(height=46 if left or right else t.HEAD, items=tuple(items))


def _bar(row: Row) -> Bar:
    return Bar(
        x=LEFT,
        y=28,
        width=INNER,
        height=t.BAR,
        share=row.share,
        kind=row.fill,
        colour=row.fill_colour,
        even=row.even if row.fill == "solid" else None,
        ahead=row.ahead if row.fill == "solid" else None,
    )


def _pair(row: Row, letters: Letters) -> tuple[str, str]:
    """The two texts below the bar that fit beside each other: the left one gives way first, the time last."""
    style = t.BODY_STRONG if row.left_strong else t.BODY
    for right in (row.action,) if row.action else (row.rights or ("",)):
        room = INNER - (letters.width(right, t.BODY) + 12 if right else 0)
        for left in row.lefts or ("",):
            if letters.width(left, style) <= room:
                return left, right
    right = letters.fit(row.rights[-1], t.BODY, INNER * 0.5) if row.rights else ""
    room = INNER - (letters.width(right, t.BODY) + 12 if right else 0)
    return letters.fit(row.lefts[-1], style, room) if row.lefts else "", right


def alike(lines: Sequence[Line], letters: Letters) -> tuple[Line, ...]:
    """Where one row must shorten its left text, its neighbours do too: equal facts are worded equally."""
    several = [line for line in lines if isinstance(line, Row) and not line.compact and len(line.lefts) > 1]
    if all(_pair(row, letters)[0] == row.lefts[0] for row in several):
        return tuple(lines)
    return tuple(
        replace(line, lefts=line.lefts[1:]) if isinstance(line, Row) and line in several else line for line in lines
    )


def _compact(row: Row, letters: Letters, at: Columns) -> Scene:
    centre = t.ROW_COMPACT / 2
    items, start = _figure(row, letters, centre, at.figure_end)
    name_end = start if row.fill == "none" else at.bar_at
    items.append(middle(letters, _compact_name(row), t.BODY, "text2", centre, LEFT, name_end - LEFT - 8))
    items.append(
        Bar(
            x=at.bar_at,
            y=centre - t.BAR_COMPACT / 2,
            width=at.bar_end - at.bar_at,
            height=t.BAR_COMPACT,
            share=row.share,
            kind=row.fill,
            colour=row.fill_colour,
        )
    )
    right = letters.first_that_fits(row.rights, t.BODY, RIGHT - at.figure_end - 8)
    if right:
        items.append(_zoned(right_aligned(letters, right, t.BODY, "text3", centre, RIGHT), "time"))
    return Scene(height=t.ROW_COMPACT, items=tuple(items))


def _detail(detail: Detail, letters: Letters) -> Scene:
    at, end, centre = LEFT + 12.0, RIGHT - 12.0, 8.0 + t.LEADING / 2
    items: list[Item] = []
    if detail.title:
        items.append(middle(letters, detail.title, t.BODY_STRONG, "text", centre, at, end - at))
        centre += t.LEADING + 2
    for name, share in detail.rows:
        figure = right_aligned(letters, share, t.BODY, "text", centre, end)
        items += [middle(letters, name, t.BODY, "text2", centre, at, figure.x - 8 - at), figure]
        centre += t.LEADING
    centre += 4 if detail.rows else 0
    for note in detail.notes:
        for text in letters.wrap(note, t.BODY, end - at, most=3):
            items.append(middle(letters, text, t.BODY, "text3", centre, at, end - at))
            centre += t.LEADING
    height = centre - t.LEADING / 2 + 8
    panel = Panel(x=LEFT, y=0, width=INNER, height=height, radius=t.ROW_CARD_RADIUS, fill="sunk")
    return Scene(height=height + 6, items=(panel, *items))


def _caption(caption: Caption, letters: Letters) -> Scene:
    lines = letters.wrap(caption.text, t.BODY, INNER, most=2)
    items = tuple(
        middle(letters, text, t.BODY, "text2", 8 + t.LEADING * at, LEFT, INNER) for at, text in enumerate(lines)
    )
    return Scene(height=t.LEADING * len(lines) + 3, items=items)


def _problem(problem: Problem, letters: Letters) -> Scene:
    at, end = LEFT + 40.0, RIGHT - 12.0
    items: list[Item] = []
    title_end = end
    if problem.action:
        action = right_aligned(letters, problem.action, t.BODY_STRONG, "link", 16, end)
        items.append(as_action(action))
        title_end = action.x - 10
    titles = letters.wrap(problem.title, t.TITLE, title_end - at, most=3)
    detail = letters.wrap(problem.detail, t.BODY, end - at, most=4)
    below = 16.0 + (t.LEADING + 1) * (len(titles) - 1)
    height = below + 17.0 + t.LEADING * len(detail)
    items.insert(0, Panel(x=LEFT, y=0, width=INNER, height=height, radius=t.ROW_CARD_RADIUS, fill="sunk"))
    items.append(Mark(x=LEFT + 12, y=height / 2 - 8, size=16, name=problem.mark, colour="text2"))
    items.extend(
        middle(letters, text, t.TITLE, "text", 16 + (t.LEADING + 1) * line, at, title_end - at)
        for line, text in enumerate(titles)
    )
    items.extend(
        middle(letters, text, t.BODY, "text2", below + 18.5 + t.LEADING * line, at, end - at)
        for line, text in enumerate(detail)
    )
    return Scene(height=height + 6, items=tuple(items))


def as_action(text: Text) -> Text:
    return Text(
        x=text.x, y=text.y, width=text.width, height=text.height, text=text.text, style=text.style, colour=text.colour,
        right=True, zone="action",
    )  # fmt: skip


def _collapsed(line: Collapsed, letters: Letters) -> Scene:
    centre = t.ROW_COLLAPSED / 2
    name = middle(letters, line.name, t.TITLE, "text", centre, LEFT, INNER * 0.5)
    room = RIGHT - 18 - (name.x + name.width + 12)
    text = letters.first_that_fits(line.texts, t.BODY, room)
    chevron = Mark(x=RIGHT - 10, y=centre - 5, size=10, name="chevron", colour="text2")
    return Scene(
        height=t.ROW_COLLAPSED, items=(name, right_aligned(letters, text, t.BODY, "text2", centre, RIGHT - 18), chevron)
    )
