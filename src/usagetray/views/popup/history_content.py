"""From the history to its page: what each bar, cell and line says. Pure; nothing here needs Qt."""

from __future__ import annotations

import math
from decimal import Decimal
from functools import partial

from usagetray.domain.history import Amount, Bar, History, HistoryWish, Hour, Unit
from usagetray.language import tr, tr_n
from usagetray.model import Money
from usagetray.views import amounts
from usagetray.views.cost_words import MEGABYTE
from usagetray.views.figures import DASH, money, number
from usagetray.views.popup import history_words as words
from usagetray.views.popup.history_spec import (
    SHADES,
    Chart,
    DayBar,
    Headline,
    Heat,
    HeatRow,
    HistoryView,
    LegendLine,
    Sum,
)

COLOURS = ("m1", "m2", "m3", "m4", "m5", "m6")
"""The last is of the rest."""
MOST_TICKS = 4
MOST_NAMED = 12
STEPS = (1, 2, 5, 10)
LEAST_CENT = 0.01


def history_view(found: History | None, wish: HistoryWish, *, failed: bool) -> HistoryView:
    """None: it is being read for the first time, or could not be."""
    if found is None:
        text = tr("The history can’t be read now.") if failed else tr("Adding up…")
        return HistoryView(wish=wish, headline=Headline(big="", lines=(text,), spoken=text))
    progress = _progress(found)
    if found.kept_since is None:
        text = tr("Nothing counted yet. Figures appear after your first session.")
        lines = tuple(filter(None, (text, progress)))
        return HistoryView(wish=wish, headline=Headline(big="", lines=lines, spoken=" ".join(lines)))
    return HistoryView(
        wish=wish,
        headline=_headline(found, progress),
        chart=_chart(found),
        legend=_legend(found),
        sums=_sums(found),
        heat=_heat(found),
        note=_note(found),
        note_tip="\n".join(map(words.model, found.unpriced[:MOST_NAMED])),
        can_export=True,
    )


def _progress(found: History) -> str:
    if found.logs_read is None:
        return ""
    done, total = found.logs_read[0] // MEGABYTE, -(-found.logs_read[1] // MEGABYTE)
    return tr("Reading logs: {done} of {total} MB", done=number(min(done, total)), total=number(total))


def _headline(found: History, progress: str) -> Headline:
    wish, total = found.wish, found.total
    amount, days = words.spoken(total, wish.unit), wish.days
    if wish.unit == "tokens":
        note, line = tr("tokens, last {days} days", days=days), tr("From your logs; what a cache gave is in it.")
        spoken = tr("{amount} in the last {days} days. {line}", amount=amount, days=days, line=line)
    else:
        line = tr("Estimate from your logs, not a bill.")
        note = tr("at list prices, last {days} days", days=days)
        spoken = tr("{amount}, {note}. {line}", amount=amount, note=note, line=line)
    big = words.short(total, wish.unit)
    if wish.unit == "cost" and words.is_unknown(total):
        big, note = tr("No price"), tr("last {days} days", days=days)
        spoken = tr("{amount} for the last {days} days. {line}", amount=amount, days=days, line=line)
    return Headline(big=big, note=note, lines=(progress or line,), spoken=f"{spoken} {progress}".strip())


# ---- bars --------------------------------------------------------------------------------------------------


def _chart(found: History) -> Chart:
    wish = found.wish
    highest = max((each.total.value(wish.unit) for each in found.bars), default=0.0)
    step, count = _axis(highest)
    top = step * count
    label = partial(_tick, unit=wish.unit, step=step)
    ticks = tuple((number / count, label(step * number)) for number in range(count + 1)) if top else ()
    return Chart(
        ticks=ticks or ((0.0, label(0)),),
        bars=tuple(_bar(each, found, top) for each in found.bars),
        marks=_marks(found),
        spoken=tr(
            "Use by day, {first} to {last}",
            first=words.spoken_day(found.bars[0].day),
            last=words.spoken_day(found.bars[-1].day),
        ),
    )


def _axis(highest: float) -> tuple[float, int]:
    """The distance of the lines, a round figure, and how many of them stand above zero: two to four."""
    if highest <= 0:
        return 0.0, 1
    power = 10.0 ** math.floor(math.log10(highest / MOST_TICKS))
    step = next(each * power for each in STEPS if each * power * MOST_TICKS >= highest * (1 - 1e-9))
    return step, max(1, math.ceil(highest / step - 1e-9))


def _tick(value: float, unit: Unit, step: float) -> str:
    if unit == "tokens":
        return amounts.tokens(round(value))
    if value and step < LEAST_CENT:
        return f"${number(value, f',.{-math.floor(math.log10(step))}f')}"
    return money(Money(amount=Decimal(f"{value:.2f}"), currency="USD"), trim=step >= 1 or not value)


def _bar(bar: Bar, found: History, top: float) -> DayBar:
    wish = found.wish
    used = [(each, part) for each, part in zip(found.series, bar.parts, strict=True) if part.tokens]
    named = [(words.series(each, wish.by), part) for each, part in reversed(used)]
    day, heard = words.whole_day(bar.day), words.spoken_day(bar.day)
    if bar.total.tokens:
        tips = [tr("{day}: {amount}", day=day, amount=words.exact(bar.total, wish.unit))]
        tips += [tr("{name}: {amount}", name=name, amount=words.exact(part, wish.unit)) for name, part in named]
        said = tr("{day}: {amount}", day=heard, amount=words.spoken(bar.total, wish.unit))
    else:
        tips, said = [tr("{day}: nothing used", day=day)], tr("{day}: nothing used", day=heard)
    details = ", ".join(_heard_part(name, part, wish.unit) for name, part in reversed(named))
    return DayBar(
        parts=tuple(part.value(wish.unit) / top if top else 0.0 for part in bar.parts),
        is_unknown=wish.unit == "cost" and words.is_unknown(bar.total),
        tip="\n".join(tips),
        spoken=f"{said}; {details}" if details else said,
    )


def _heard_part(name: str, part: Amount, unit: Unit) -> str:
    return tr("{name} {amount}", name=name, amount=words.spoken(part, unit))


def _marks(found: History) -> tuple[tuple[int, str], ...]:
    last = len(found.bars) - 1
    if len(found.bars) <= 7:
        return tuple(
            (number, tr("today") if number == last else tr(words.DAYS[each.day.weekday()]))
            for number, each in enumerate(found.bars)
        )
    every = 10 if len(found.bars) <= 31 else len(found.bars) // 3
    numbers = [number for number in range(0, last, every) if last - number > every / 2]
    return tuple((number, words.day(found.bars[number].day, found.today)) for number in (*numbers, last))


def _legend(found: History) -> tuple[LegendLine, ...]:
    wish, lines = found.wish, list[LegendLine]()
    shorts = [words.series(each, wish.by) for each in found.series]
    for at, each in enumerate(found.series):
        share = amounts.share(each.share)
        name, whole = shorts[at], words.whole_name(each, wish.by)
        if shorts.count(name) > 1:  # two folders of one name are told apart by what they lie in
            name = "/".join(whole.replace("\\", "/").rstrip("/").split("/")[-2:])
        heard = words.spoken(each.total, wish.unit)
        lines.append(
            LegendLine(
                colour=COLOURS[-1] if each.others else COLOURS[at],
                name=name,
                share=share,
                figure=words.short(each.total, wish.unit),
                tip="\n".join(
                    (
                        words.whole_name(each, wish.by),
                        words.exact(each.total, "cost"),
                        words.exact(each.total, "tokens"),
                    )
                ),
                spoken=tr(
                    "{name}: {amount}, {share}",
                    name=words.whole_name(each, wish.by) if each.others else name,
                    amount=heard,
                    share=words.spoken_share(each.share),
                ),
            )
        )
    return tuple(lines)


# ---- totals ------------------------------------------------------------------------------------------------


def _sums(found: History) -> tuple[Sum, ...]:
    total, other = found.total, "tokens" if found.wish.unit == "cost" else "cost"
    unit: Unit = "tokens" if other == "tokens" else "cost"
    first = Sum(
        figure=words.short(total, unit),
        caption=tr("tokens") if unit == "tokens" else tr("at list prices"),
        tip=words.exact(total, unit),
        spoken=words.spoken(total, unit),
    )
    share = found.cache_share
    cached = amounts.share(share)
    cache = Sum(
        figure=cached,
        caption=tr("from cache"),
        tip=tr("Of all prompts, what was read from a cache."),
        spoken=tr("{share} of the prompts came from a cache", share=words.spoken_share(share)),
    )
    return first, cache, _saved(found.cache_saved)


def _saved(usd: Decimal | None) -> Sum:
    """Against the same prompts at the price of fresh input; writing to a cache costs more than that."""
    tip = tr("What the same prompts would have cost more without a cache, at list prices.")
    if usd is None:
        return Sum(figure=DASH, caption=tr("cache saved"), tip=tip, spoken=tr("what the cache saved is not known"))
    is_lost, heard = usd < 0, words.spoken_dollars(abs(usd))
    return Sum(
        figure=amounts.dollars(abs(usd), whole=True),
        caption=tr("cache cost more") if is_lost else tr("cache saved"),
        tip=tip,
        spoken=tr("the cache cost {amount} more", amount=heard)
        if is_lost
        else tr("the cache saved {amount}", amount=heard),
    )


# ---- hours -------------------------------------------------------------------------------------------------


def _heat(found: History) -> Heat:
    unit = found.hour_unit
    most = max((hour.mean(unit) for row in found.week for hour in row), default=0.0)
    rows = tuple(
        HeatRow(
            name=tr(words.DAYS[weekday]),
            shades=tuple(_shade(hour.mean(unit), most) for hour in hours),
            tips=tuple(_hour_tip(weekday, number, hour, unit) for number, hour in enumerate(hours)),
            spoken=_heard_weekday(found, weekday, unit),
        )
        for weekday, hours in enumerate(found.week)
    )
    busiest = tr("No busy hour yet")
    heard = tr("When you use it, by weekday and hour")
    if found.busiest is not None:
        hours_ = words.hours(found.busiest.first, found.busiest.last)
        busiest = tr("Busiest: {weekday} {hours}", weekday=tr(words.DAYS[found.busiest.weekday]), hours=hours_)
    since = ""
    if found.kept_since is not None:
        is_other_year = found.kept_since.year != found.today.year
        since = tr("kept since {day}", day=words.day(found.kept_since, found.today, year=is_other_year))
    return Heat(
        rows=rows, least=_tick(0, unit, 1), most=_an_hour(most, unit), busiest=busiest, since=since,
        spoken=heard,
    )  # fmt: skip


def _shade(value: float, most: float) -> int:
    return min(SHADES, max(1, math.ceil(value / most * SHADES))) if value > 0 and most > 0 else 0


def _an_hour(most: float, unit: Unit) -> str:
    amount = amounts.tokens(round(most)) if unit == "tokens" else amounts.dollars(Decimal(f"{most:.6f}"), whole=True)
    return tr("{amount} an hour", amount=amount)


def _hour_tip(weekday: int, number: int, hour: Hour, unit: Unit) -> str:
    when = f"{tr(words.WEEKDAYS[weekday])} {words.hours(number, number)}"
    if not hour.times:
        return "\n".join((when, tr("no such hour in this time")))
    if not hour.total.tokens:
        return "\n".join((when, tr("nothing used")))
    in_all = tr_n(
        "{amount} in {count} such hour",
        "{amount} in {count} such hours",
        hour.times,
        amount=words.exact(hour.total, unit),
    )
    if words.is_unknown(hour.total) and unit == "cost":
        return f"{when}\n{in_all}"
    return f"{when}\n{_an_hour(hour.mean(unit), unit)}\n{in_all}"


def _heard_weekday(found: History, weekday: int, unit: Unit) -> str:
    name = tr(words.WEEKDAYS[weekday])
    number = found.busiest_hours[weekday]
    if number is None:
        if any(hour.total.tokens for hour in found.week[weekday]):
            return tr("{weekday}: used, but no price is known", weekday=name)
        return tr("{weekday}: nothing used", weekday=name)
    hour = found.week[weekday][number]
    mean = Amount(
        tokens=round(hour.mean("tokens")), usd=Decimal(f"{hour.mean('cost'):.6f}"), is_least=hour.total.is_least
    )
    return tr(
        "{weekday}: busiest from {hours}, {amount} an hour",
        weekday=name,
        hours=words.spoken_hours(number, number),
        amount=words.spoken(mean, unit),
    )


def _note(found: History) -> str:
    """What the figures leave out."""
    names = found.unpriced
    if not names or found.wish.unit == "tokens":
        return ""
    if len(names) == 1:
        return tr("{model} has no price and is left out", model=words.model(names[0]))
    return tr("{count} models without a price are left out", count=len(names))
