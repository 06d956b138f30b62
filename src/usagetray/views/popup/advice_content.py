"""From one's own advice to the page "Advice": is the plan worth it, and what could be saved. Pure.

Amounts are at list prices, and say so; what is only reckoned is whole, and "about". Both directions are shown: a lower
plan may do, a higher one may be needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from usagetray.domain.advice.confidence import Confidence
from usagetray.domain.advice.items import Advice, Kind, Verdict
from usagetray.domain.advice.own_advice import OwnAdvice, names
from usagetray.domain.advice.own_use import Use
from usagetray.domain.states import Level
from usagetray.language import tr, tr_n
from usagetray.overview import Overview
from usagetray.views import billing_words
from usagetray.views.advice_words import CONFIDENCE, DOUBTS, METHODS, MISSING, WORDS
from usagetray.views.amounts import dollars
from usagetray.views.figures import day_of_month
from usagetray.views.plain import plain
from usagetray.views.popup.advice_spec import AdviceLine, AdviceTold, AdviceView
from usagetray.views.popup.spec import Card, Compared, Comparison, Heading, Line, Section, Spoken, Tip, Words
from usagetray.views.popup.spoken import sentences, spoken
from usagetray.views.verbs import verb

DAYS_FOR_ADVICE = 7
OF_PLANS = (Kind.LOWER_PLAN, Kind.HIGHER_PLAN, Kind.YEARLY, Kind.HYBRID, Kind.CONTEXT)
"""In the order in which they are told: both directions first."""
NAMES_ITS_AMOUNT = frozenset(Kind) - {Kind.HIGHER_PLAN, Kind.HYBRID, Kind.CACHE_SAVED}
"""Their titles end with what they save, behind a colon."""
MOST_PLANS = 4
"""Bars besides that of the API."""

Names = Mapping[str, str]


def advice_told(found: OwnAdvice, zone: tzinfo) -> AdviceTold:
    """All that is to be said, with every tip closed."""
    report = found.report
    if report is None:
        return AdviceTold(
            sections=(_plain("nothing", tr("Nothing counted yet. Advice appears after your first sessions.")),)
        )
    sections = [_plan_section(vendor, use, found) for vendor, use in _by_size(report.covered)]
    if report.days < DAYS_FOR_ADVICE:
        sections.insert(0, _plain("early", _ready(found, zone)))
    if (billed := _billed_section(found)) is not None:
        sections.append(billed)
    sections.append(Section(key="notes", level=Level.NORMAL, lines=(_notes(found),)))
    return AdviceTold(sections=tuple(sections), footer=tr("Worked out from your own logs"))


def advice_view(
    told: AdviceTold | None, *, failed: bool, overview: Overview | None, opened: frozenset[str]
) -> AdviceView:
    """`told` None: nothing was read yet. `opened`: keys of tips whose grounds are shown."""
    card, buttons = _billing(overview)
    if told is None:
        said = tr("The store did not answer. It is read again in a moment.") if failed else tr("Reading your logs…")
        told = AdviceTold(sections=(_plain("reading", said),))
    tips = keys_of_tips(told.sections)
    all_open = bool(tips) and tips <= opened
    return AdviceView(
        sections=tuple(replace(each, lines=tuple(_opened(each.lines, opened))) for each in told.sections),
        footer=told.footer,
        card=card,
        buttons=buttons,
        how="" if not tips else tr("Less") if all_open else tr("How?"),
    )


def _plain(key: str, said: str) -> Section:
    line = Words(key=key, text=said, spoken=Spoken(name=said))
    return Section(key=key, level=Level.NORMAL, lines=(line,))


def _by_size(covered: Mapping[str, Use]) -> list[tuple[str, Use]]:
    return sorted(covered.items(), key=lambda pair: -pair[1].usd)


def _ready(found: OwnAdvice, zone: tzinfo) -> str:
    """ "Ready on 27 Nov: seven days of use make a fair answer."."""
    report = found.report
    uses = [*report.covered.values(), *([report.billed] if report.billed else [])] if report else []
    first = min((use.first for use in uses), default=found.at.astimezone(zone).date())
    ready = max(first + timedelta(days=DAYS_FOR_ADVICE), _tomorrow(found.at, zone))
    return tr("Ready on {day}: seven days of use make a fair answer.", day=day_of_month(ready))


def _tomorrow(at: datetime, zone: tzinfo) -> date:
    return at.astimezone(zone).date() + timedelta(days=1)


# ---- a key that goes before the plan -----------------------------------------------------------------------


def _billing(overview: Overview | None) -> tuple[Card | None, tuple[tuple[str, str], ...]]:
    for account in overview.accounts if overview is not None else ():
        view = account.billing
        if view is None or not view.warns:
            continue
        first = next(each for each in view.verdicts if each.would_warn)
        said = billing_words.alert(view, first, demo=False)
        card = Card(tint="paybg", mark="dollar", mark_colour="pay", title=said.title, detail=said.text)
        return card, ((tr("It’s on purpose"), verb("on_purpose", account.provider)),)
    return None, ()


# ---- is the plan worth it ----------------------------------------------------------------------------------


def _plan_section(vendor: str, use: Use, found: OwnAdvice) -> Section:
    report, called = found.report, _names(found)
    assert report is not None  # noqa: S101 - asked for by those who have one
    plan = found.owned.get(vendor)
    mine = [each for each in report.advice if _vendor_of(each) == vendor]
    title = (
        tr("Is {plan} worth it?", plan=_short(plan.name))
        if plan is not None
        else tr("Would a plan of {vendor} pay?", vendor=called.get(vendor, vendor))
    )
    lines: list[AdviceLine] = [_heading(vendor, title, pill=_of_days(report.days))]
    pays = next((each for each in mine if each.kind is Kind.PLAN_PAYS), None)
    lines.append(_answer(vendor, pays, use, report.confidence))
    lines.append(_comparison(vendor, use, found))
    if pays is not None and (even := _break_even(pays, use)):
        lines.append(_words(f"{vendor}/even", even))
    tips = [each for each in mine if each.kind in OF_PLANS]
    lines += [_tip(each, called) for each in sorted(tips, key=lambda tip: OF_PLANS.index(tip.kind))]
    return Section(key=vendor, level=Level.NORMAL, lines=tuple(lines))


def _answer(vendor: str, pays: Advice | None, use: Use, confidence: Confidence) -> Words:
    worth = dollars(use.month, whole=True)
    if pays is None:
        said = tr("Your use comes to about {worth} a month at list prices.", worth=worth)
    else:
        fee = dollars(_amount(pays, "fee_month_usd"), whole=True)
        if confidence is Confidence.EARLY:
            said = tr("So far about {worth} a month at list prices, for {fee}.", worth=worth, fee=fee)
        elif pays.verdict is Verdict.YES:
            said = tr("Yes. It replaces about {worth} of API use for {fee}.", worth=worth, fee=fee)
        elif pays.verdict is Verdict.EVEN:
            said = tr("It is even: use and fee are both {fee} a month.", fee=fee)
        elif pays.verdict is Verdict.NO:
            said = tr("Not by these logs: {worth} a month at list prices, for {fee}.", worth=worth, fee=fee)
        else:
            said = tr("About {worth} a month at list prices, for {fee}.", worth=worth, fee=fee)
    if confidence is Confidence.LOW and pays is not None:
        said = tr("{answer} Few days so far.", answer=said)
    return replace(_words(f"{vendor}/answer", said), is_answer=True)


def _comparison(vendor: str, use: Use, found: OwnAdvice) -> Comparison:
    """The API at list prices beside the vendor's plans, dearest first; the owned one is always among them."""
    owned = found.owned.get(vendor)
    plans = [plan for plan in found.tables.plans.for_one(vendor) if plan.period == "month" and plan.monthly]
    if owned is not None and owned.monthly and owned.key not in {plan.key for plan in plans}:
        plans.append(owned)
    shown = sorted(plans, key=lambda plan: (plan is not owned and plan.key != (owned.key if owned else ""), plan.fee))
    shown = sorted(shown[:MOST_PLANS], key=lambda plan: -(plan.monthly or Decimal(0)))
    most = max([use.month, *(plan.monthly or Decimal(0) for plan in shown), Decimal(1)])
    rows = [Compared(name=tr("API, list price"), amount=dollars(use.month, whole=True), share=float(use.month / most))]
    for plan in shown:
        is_own = owned is not None and plan.key == owned.key
        name = _short(plan.name)
        fee = plan.monthly or Decimal(0)
        rows.append(
            Compared(
                name=tr("{plan}, yours", plan=name) if is_own else name,
                amount=dollars(fee, whole=True),
                share=float(fee / most),
                is_own=is_own,
            )
        )
    heard = sentences(*(f"{row.name}: {row.amount}" for row in rows))
    return Comparison(
        key=f"{vendor}/bars", rows=tuple(rows), spoken=Spoken(name=tr("A month compared"), description=heard)
    )


def _break_even(pays: Advice, use: Use) -> str:
    fee, days = _amount(pays, "fee_month_usd"), pays.figures.get("break_even_active_days_month")
    said = [tr("Break-even is {fee} of list-price use a month.", fee=dollars(fee, whole=True))]
    if isinstance(days, Decimal) and pays.verdict is Verdict.YES and use.active_days:
        whole = max(1, int(days.to_integral_value(rounding="ROUND_CEILING")))
        said.append(tr_n("You pass it after {count} day of use.", "You pass it after {count} days of use.", whole))
    return " ".join(said)


# ---- what could be saved -----------------------------------------------------------------------------------


def _billed_section(found: OwnAdvice) -> Section | None:
    report, called = found.report, _names(found)
    if report is None or report.billed is None:
        return None
    mine = [each for each in report.advice if _vendor_of(each) not in report.covered]
    month = tr("of {sum} a month", sum=dollars(report.billed.month, whole=True))
    lines: list[AdviceLine] = [_heading("billed", tr("On the API you could save"), aside=month)]
    lines += [_tip(each, called) for each in mine]
    if not mine:
        few = report.confidence is Confidence.NONE
        said = tr("That takes three days of use.") if few else tr("Nothing that would be worth a dollar a month.")
        lines.append(_words("billed/none", said))
    return Section(key="billed", level=Level.NORMAL, lines=tuple(lines))


def _tip(item: Advice, called: Names) -> Tip:
    title, said = WORDS[item.kind](item, called)
    amount = _worth(item)
    if amount and item.kind in NAMES_ITS_AMOUNT:
        # It stands beside it: "docs-bot as a batch: saves $20 to $27 a month" becomes "docs-bot as a batch".
        title = title.partition(": ")[0]
    return Tip(
        key=f"{item.kind.value}/{item.about}",
        title=title,
        detail=said[0] if said else "",
        amount=amount,
        more=(*said[1:], *_grounds(item)),
        spoken=Spoken(name=spoken(title)),
    )


def _opened(lines: Iterable[Line], opened: frozenset[str]) -> Iterable[Line]:
    """The same lines, with the grounds of those tips, and each tip heard as it then stands there."""
    for line in lines:
        if not isinstance(line, Tip):
            yield line
            continue
        is_open = line.key in opened
        heard = sentences(
            tr("Saves {amount} a month", amount=line.amount) if line.amount else "",
            line.detail,
            *(line.more if is_open else ()),
            tr("Press Enter to close it.") if is_open else tr("Press Enter for what it stands on."),
        )
        yield replace(line, is_open=is_open, spoken=replace(line.spoken, description=heard))


def _worth(item: Advice) -> str:
    """ "$41", "$22–41", "≤ $41"; "" where no sum can be named."""
    monthly = item.monthly
    if monthly is None or monthly.point <= 0 or item.verdict in (Verdict.NO, Verdict.FACT):
        return ""
    high, low = monthly.high or monthly.point, monthly.low
    if low is None or _whole(low) == _whole(high):
        return dollars(high, whole=True)
    if low <= 0:
        return f"≤\u00a0{dollars(high, whole=True)}"
    return f"{dollars(low, whole=True)}–{_whole(high):,}"


def _whole(amount: Decimal) -> int:
    return int(amount.to_integral_value(rounding="ROUND_HALF_UP"))


def _grounds(item: Advice) -> Iterable[str]:
    """What the answer stands on, and what is not known."""
    days = tr_n("{count} day", "{count} days", item.days)
    how = CONFIDENCE.get(item.confidence)
    yield tr("From {days}, {confidence}.", days=days, confidence=tr(how)) if how else tr("From {days}.", days=days)
    yield tr("Worked out by {method}.", method=tr(METHODS.get(item.method, item.method)))
    if item.missing:
        unknown = ", ".join(tr(MISSING.get(each, each)) for each in item.missing)
        yield tr("Not known: {what}.", what=unknown)


def _notes(found: OwnAdvice) -> Words:
    """What always has to be said of advice."""
    report, rates = found.report, found.tables.rates
    age = rates.age(found.tables.day)
    said = [tr("Savings overlap, so they do not add up.")]
    if age is not None:
        said.append(tr("List prices of {day}; answers may differ between models.", day=_dated(found.tables.day - age)))
    if report is not None:
        said.append(tr("It rests on {days}.", days=_of_days(report.days)))
        said += [tr(DOUBTS[each]) for each in report.doubts]
        said += [tr("Not known: {what}.", what=tr(MISSING.get(each, each))) for each in report.missing]
    return replace(_words("notes", " ".join(said)), is_note=True)


def _dated(day: date) -> str:
    return f"{day_of_month(day)}\u00a0{day.year}"


# ---- parts -------------------------------------------------------------------------------------------------


def _names(found: OwnAdvice) -> Names:
    return {key: plain(each, 40).removesuffix(" (monthly)") for key, each in names(found.tables.plans).items()}


def _short(plan: str) -> str:
    """ "Max 5x" of "Claude Max 5x", "Pro" of "Claude Pro (monthly)": the section has said whose it is."""
    return (plain(plan, 40).partition(" ")[2] or plain(plan, 40)).removesuffix(" (monthly)")


def _vendor_of(item: Advice) -> str:
    return item.about.partition("/")[0]


def _of_days(days: int) -> str:
    return tr_n("{count} day of your logs", "{count} days of your logs", days)


def _heading(key: str, text: str, *, pill: str = "", aside: str = "") -> Heading:
    heard = Spoken(name=spoken(text), description=sentences(pill, aside))
    return Heading(key=f"{key}/head", text=text, pill=pill, aside=aside, spoken=heard)


def _words(key: str, text: str) -> Words:
    return Words(key=key, text=text, spoken=Spoken(name=spoken(text)))


def _amount(item: Advice, name: str) -> Decimal:
    found: Any = item.figures.get(name)
    return found if isinstance(found, Decimal) else Decimal(0)


def keys_of_tips(sections: Sequence[Section]) -> frozenset[str]:
    return frozenset(line.key for section in sections for line in section.lines if isinstance(line, Tip) and line.more)
