"""The pieces of the page "History" as display lists, on a width of 360 at scale 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from usagetray.language import tr
from usagetray.views.popup import tokens as t
from usagetray.views.popup.compose import INNER, LEFT, RIGHT, middle
from usagetray.views.popup.fonts import Letters
from usagetray.views.popup.history_spec import SHADES, Chart, Headline, Heat, LegendLine, Sum
from usagetray.views.popup.history_words import hour as hour_name
from usagetray.views.popup.scene import Item, Panel, Scene, Text

PLOT = 107.0  # height of the bars' area
PLOT_TOP = 9.0
GUTTER = 34.0  # left of the bars and cells, unless a label is wider
BELOW = 24.0  # for the days below the bars
LEGEND_LINE = 22.0
LEGEND_GAP = 12.0
COLUMN = (INNER - LEGEND_GAP) / 2
SWATCH = 10.0
SUM = INNER / 3
SUMS = 46.0
CELL = 13.0  # from one weekday to the next
HEAT_HEAD = 32.0
CARD = 28.0


def right(letters: Letters, text: str, style: t.TypeStyle, colour: str, centre: float, end: float) -> Text:
    """A text that ends there, centred on a line."""
    height, width = letters.metrics(style).height(), letters.width(text, style)
    return Text(
        x=end - width, y=centre - height / 2, width=width, height=height, text=text, style=style, colour=colour,
        right=True,
    )  # fmt: skip


def headline_scene(line: Headline, letters: Letters) -> Scene:
    items: list[Item] = []
    y = 10.0 if line.big else 18.0
    if line.big:
        centre = 20.0
        big = middle(letters, line.big, t.BIG, "text", centre, LEFT, INNER)
        items.append(big)
        at = big.x + big.width + 8
        if letters.width(line.note, t.BODY) <= RIGHT - at:
            big_metrics, metrics = letters.metrics(t.BIG), letters.metrics(t.BODY)
            base = centre + (big_metrics.ascent() - big_metrics.descent()) / 2
            note_centre = base - (metrics.ascent() - metrics.descent()) / 2
            items.append(middle(letters, line.note, t.BODY, "text2", note_centre, at, RIGHT - at))
            y = 45.5
        else:
            items.append(middle(letters, line.note, t.BODY, "text2", 45.5, LEFT, INNER))
            y = 45.5 + t.LEADING
    for text in line.lines:
        for wrapped in letters.wrap(text, t.BODY, INNER, most=3):
            items.append(middle(letters, wrapped, t.BODY, "text3" if line.big else "text2", y, LEFT, INNER))
            y += t.LEADING
    return Scene(height=y - t.LEADING / 2 + 3, items=tuple(items))


# ---- bars --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Plot:
    """Where the bars stand in their scene."""

    left: float
    width: float
    top: float
    height: float


def axis_scene(chart: Chart, letters: Letters) -> tuple[Scene, Plot]:
    """Lines and labels; the bars themselves are drawn over it."""
    widest = max((letters.width(label, t.CAPTION) for _, label in chart.ticks), default=0.0)
    left = LEFT + max(GUTTER, float(round(widest + 7)))
    plot = Plot(left, RIGHT - left, PLOT_TOP, PLOT)
    items: list[Item] = []
    for share, label in chart.ticks:
        y = PLOT_TOP + PLOT * (1 - share)
        fill = "edge" if share == 0 else "line"
        items.append(Panel(x=left, y=round(y), width=plot.width, height=1, fill=fill))
        items.append(right(letters, label, t.CAPTION, "text3", y, left - 7))
    items += _days(chart, letters, plot)
    return Scene(height=PLOT_TOP + PLOT + BELOW, items=tuple(items)), plot


def _days(chart: Chart, letters: Letters, plot: Plot) -> list[Item]:
    """What is written below some bars; one that would lie on its neighbour is left out, the last one never."""
    centre, slot = PLOT_TOP + PLOT + 12.0, plot.width / max(1, len(chart.bars))
    placed: list[Text] = []
    for number, label in reversed(chart.marks):
        width = letters.width(label, t.CAPTION)
        middle_at = plot.left + (number + 0.5) * slot
        x = min(max(middle_at - width / 2, plot.left), RIGHT - width)
        if not placed or x + width + 8 <= placed[-1].x:
            placed.append(middle(letters, label, t.CAPTION, "text3", centre, x, width + 1))
    return list(placed)


def legend_scenes(lines: Sequence[LegendLine], letters: Letters) -> list[Scene]:
    """Each `COLUMN` wide. Where a name has too little room beside its share, none of them has a share beside it: how
    much is what is seen in the bars, and heard.
    """
    with_shares = [_legend_scene(line, letters, with_share=True) for line in lines]
    if all(is_whole for _, is_whole in with_shares):
        return [scene for scene, _ in with_shares]
    return [_legend_scene(line, letters, with_share=False)[0] for line in lines]


def _legend_scene(line: LegendLine, letters: Letters, *, with_share: bool) -> tuple[Scene, bool]:
    """And whether its name is whole."""
    centre, at = LEGEND_LINE / 2, SWATCH + 6
    figure = right(letters, line.figure, t.BODY_STRONG, "text", centre, COLUMN)
    swatch = Panel(x=0, y=centre - SWATCH / 2, width=SWATCH, height=SWATCH, radius=3, fill=line.colour)
    items: list[Item] = [swatch, figure]
    end = figure.x - 8
    if with_share:
        share = right(letters, line.share, t.BODY, "text3", centre, end)
        items.append(share)
        end = share.x - 6
    name = middle(letters, line.name, t.SEGMENT, "text", centre, at, end - at)
    return Scene(height=LEGEND_LINE, items=(*items, name)), name.text == line.name


def sum_scene(one: Sum, letters: Letters) -> Scene:
    """`SUM` wide."""
    return Scene(
        height=SUMS,
        items=(
            middle(letters, one.figure, t.VERDICT, "text", 14, 0, SUM - 4),
            middle(letters, one.caption, t.BODY, "text3", 33, 0, SUM - 4),
        ),
    )


# ---- hours -------------------------------------------------------------------------------------------------


def heat_head_scene(heat: Heat, letters: Letters) -> Scene:
    centre = 17.0
    most = right(letters, heat.most, t.CAPTION, "text3", centre, RIGHT)
    items: list[Item] = [most]
    at = most.x - 6
    for shade in range(SHADES, -1, -1):
        at -= 11
        items.append(Panel(x=at, y=centre - 5.5, width=11, height=11, radius=2.5, fill=shade_token(shade)))
        at -= 3
    title = tr("When you use it")
    least = right(letters, heat.least, t.CAPTION, "text3", centre, at - 1)
    if LEFT + letters.width(title, t.TITLE) + 12 <= least.x:
        items.append(least)
        at = least.x
    items.append(middle(letters, title, t.TITLE, "text", centre, LEFT, at - 8 - LEFT))
    return Scene(height=HEAT_HEAD, items=tuple(items))


def shade_token(shade: int) -> str:
    return f"h{shade}"


def week_scene(heat: Heat, letters: Letters) -> tuple[Scene, Plot]:
    """The names of days and hours; the cells are drawn over it."""
    widest = max((letters.width(row.name, t.CAPTION) for row in heat.rows), default=0.0)
    left = LEFT + max(GUTTER, float(round(widest + 7)))
    plot = Plot(left, RIGHT - left, 2.0, CELL * len(heat.rows))
    items: list[Item] = [
        middle(letters, row.name, t.CAPTION, "text3", plot.top + CELL * (number + 0.5), LEFT, left - LEFT)
        for number, row in enumerate(heat.rows)
    ]
    centre = plot.top + plot.height + 11.0
    end = left - 8
    for hour in (0, 6, 12, 18):
        label, x = hour_name(hour), left + plot.width * hour / 24
        width = letters.width(label, t.CAPTION)
        if x >= end + 8 and x + width <= RIGHT:
            items.append(middle(letters, label, t.CAPTION, "text3", centre, x, width + 1))
            end = x + width
    return Scene(height=plot.top + plot.height + 24, items=tuple(items)), plot


def busiest_scene(heat: Heat, letters: Letters) -> Scene:
    inner = INNER - 20
    busy, since = letters.width(heat.busiest, t.SEGMENT), letters.width(heat.since, t.BODY)
    is_one_line = busy + since + 16 <= inner
    height = CARD if is_one_line else CARD + t.LEADING
    items: list[Item] = [
        Panel(x=LEFT, y=0, width=INNER, height=height, radius=t.ROW_CARD_RADIUS, fill="sunk"),
        middle(letters, heat.busiest, t.SEGMENT, "text", CARD / 2, LEFT + 10, inner),
    ]
    if is_one_line:
        items.append(right(letters, heat.since, t.BODY, "text3", CARD / 2, RIGHT - 10))
    else:
        items.append(middle(letters, heat.since, t.BODY, "text3", CARD / 2 + t.LEADING, LEFT + 10, inner))
    return Scene(height=height, items=tuple(items))


def note_scene(note: str, letters: Letters, end: float) -> Scene:
    """The footer's left side, up to `end`: in two lines where one is too short."""
    lines = letters.wrap(note, t.BODY, end - LEFT, most=2)
    style = t.BODY
    if len(lines) > 1:
        style = t.CAPTION
        lines = letters.wrap(note, style, end - LEFT, most=2)
    first = t.FOOTER / 2 - (len(lines) - 1) * 7.5
    return Scene(
        height=t.FOOTER,
        items=tuple(
            middle(letters, text, style, "text3", first + 15 * number, LEFT, end - LEFT)
            for number, text in enumerate(lines)
        ),
    )


def action_scene(words: str, letters: Letters) -> tuple[Scene, float]:
    """A text to press, and how wide its button is."""
    width = letters.width(words, t.BODY_STRONG)
    text = middle(letters, words, t.BODY_STRONG, "link", t.FOOTER / 2, 8, width + 1)
    return Scene(height=t.FOOTER, items=(text,)), width + 16
