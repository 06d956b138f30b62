"""What an alert says: what happened, until when, and what can be done now. Title within 63, text within 255."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from usagetray.domain.alerts import Alert, AlertKind
from usagetray.domain.budgets import USED_UP, Basis, BudgetState
from usagetray.domain.forensics import Cause
from usagetray.domain.paying import Paid
from usagetray.domain.spikes import Spike
from usagetray.language import inside, tr, tr_n
from usagetray.overview import AccountView, Overview, WindowView
from usagetray.views import budget_words, forecast_words, labels, paying_words
from usagetray.views.amounts import dollars, share
from usagetray.views.figures import countdown, duration, instant
from usagetray.views.plain import clip, fit, plain
from usagetray.views.way_out import way_out
from usagetray.views.why_words import mostly
from usagetray.views.words import (
    DEMO,
    account_name,
    has_day,
    has_figure,
    off_line,
    reading_text,
    window_label,
    window_name,
)

MOST_TITLE, MOST_TEXT = 63, 255
"""What every notification service takes."""
MOST_TIMES = 99
WORTH_ADVICE = 0.75
"""Below this share used there is nothing to do yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertWords:
    title: str
    text: str
    urgency: str  # "normal" or "critical"


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What is known of an alert besides the overview."""

    cause: Cause | None = None  # of the last hour's rise, where logs show it
    paid: Paid | None = None  # since the plan ended


def alert_words(alert: Alert, overview: Overview, zone: tzinfo, left: bool, behind: Behind = Behind()) -> AlertWords:
    """`overview` is the one that gave rise to the alert: it holds the account and window meant."""
    account = next(
        each for each in overview.accounts if (each.provider, each.account) == (alert.provider, alert.account)
    )
    window = next(each for each in account.windows if each.key == alert.window)
    now, name = overview.generated_at, account_name(account, overview.accounts)
    if alert.kind is AlertKind.LOCKED:
        until = account.locked_until or window.resets_at
        by_day = has_day(window)
        title, said = tr("{name} is locked", name=name), tr("The {window} is used up.", window=window_name(window))
        if until:
            title = tr("{name} is locked until {time}", name=name, time=instant(until, now, zone, with_day=by_day))
            to_go = duration(until - now)
            said = tr("The {window} is used up: {span} to go.", window=window_name(window), span=to_go)
        text = [
            said,
            *_others(account, window, left),
            _instead(account, overview),
        ]
        urgency = "critical"
    elif alert.kind is AlertKind.PAYING:
        title = tr("You are now paying for {name}", name=name)
        text = [
            paying_words.took_over(account, window, behind.paid),
            _how_to_stop(name, window, now, zone),
            f"{elsewhere}." if (elsewhere := way_out(account, overview)) else "",
        ]
        urgency = "critical"
    elif alert.kind is AlertKind.PAYING_AMOUNT and behind.paid is not None:
        what, since = paying_words.more(account, window, behind.paid, now, zone)
        title = tr("{paid} for {name}", paid=what, name=name)
        text = [
            since,
            _how_to_stop(name, window, now, zone),
            f"{elsewhere}." if (elsewhere := way_out(account, overview)) else "",
        ]
        urgency = "critical"
    elif alert.kind is AlertKind.BACK:
        title = tr("{name} is back", name=name)
        text = [tr("A fresh {window} is ready.", window=window_name(window)), *_others(account, window, left)]
        urgency = "normal"
    else:
        title = f"{name} {window_name(window)}: {reading_text(window, left)}"
        text = [_pace(window, now, zone), mostly(behind.cause), _advice(alert, account, window, overview)]
        urgency = "normal"
    return cut(title, text, urgency, overview)


def budget_alert(state: BudgetState, threshold: float, overview: Overview, zone: tzinfo) -> AlertWords:
    """Of a budget that has reached a threshold: "spent" is said of a bill only."""
    now, is_bill = overview.generated_at, state.basis is Basis.BILLED
    name, limit = plain(state.budget.name, 24), budget_words.limit(state)
    used = budget_words.used_share(state)
    if threshold >= USED_UP:
        title = tr("{name}: all of {limit} spent", name=name, limit=limit)
        if not is_bill:
            title = tr("{name}: all of {limit}, at list prices", name=name, limit=limit)
    else:
        title = tr("{name}: {share} of {limit} spent", name=name, share=used, limit=limit)
        if not is_bill:
            title = tr("{name}: {share} of {limit} at list prices", name=name, share=used, limit=limit)
    when = tr(budget_words.PERIODS[state.budget.period])
    heading, cause = budget_words.heading(state), budget_words.cause(state)
    text = [
        f"{_first_up(budget_words.spent(state))} {tr(budget_words.BASES[state.basis])} {when},"
        f" {budget_words.until(state, now, zone)}.",
        f"{_first_up(heading)}." if heading else "",
        f"{cause}." if cause else "",
        _to_do(threshold, is_bill=is_bill),
    ]
    return cut(title, text, "critical" if is_bill and threshold >= USED_UP else "normal", overview)


def spike_alert(spike: Spike, overview: Overview, zone: tzinfo) -> AlertWords:
    """Of an hour, or of a session in it, that costs many times the usual: what it is, and what caused it."""
    now = overview.generated_at
    times = int(spike.usd / spike.usual) if spike.usual else MOST_TIMES + 1
    much = tr("{times} times the usual", times=times) if times <= MOST_TIMES else tr("far more than usual")
    usually = tr("{cost} is usual at this hour of the week.", cost=dollars(spike.usual))
    if spike.session:
        usually = tr("{cost} is usual for a session.", cost=dollars(spike.usual))
    elif not spike.by_weekday:
        usually = tr("{cost} is usual for an hour with use.", cost=dollars(spike.usual))
    dearest = [(kind, found[0]) for kind, found in spike.causes if found]
    named = [f"{budget_words.cause_name(kind, each)} {share(each.share)}" for kind, each in dearest]
    project = budget_words.folder_name(spike.project)
    text = [
        tr("{cost} at list prices since {time}.", cost=dollars(spike.usd), time=instant(spike.starts_at, now, zone)),
        usually,
        tr("Of it: {causes}.", causes=", ".join(named)) if named else "",
        tr("If you do not expect that, stop it where it runs."),
        tr("To hear no more of {project}, add it to alerts.spikes_mute.", project=project) if spike.project else "",
    ]
    title = tr("A session costs {much}", much=much) if spike.session else tr("This hour costs {much}", much=much)
    return cut(title, text, "normal", overview)


def merged_words(titles: Sequence[str], demo: bool) -> AlertWords:
    """Several alerts in one notification; each is named."""
    bare = [title.removeprefix(DEMO) for title in titles]
    each = max(12, (MOST_TEXT - 2 * len(bare)) // len(bare))
    text = "; ".join(clip(title, each) for title in bare)
    title = tr_n("{count} limit needs a look", "{count} limits need a look", len(bare))
    return AlertWords(title=(DEMO if demo else "") + title, text=fit(text, MOST_TEXT), urgency="normal")


def cut(title: str, sentences: Sequence[str], urgency: str, overview: Overview) -> AlertWords:
    """An alert of these sentences. Whole ones only: the last ones go first."""
    kept = [each for each in sentences if each]
    while len(kept) > 1 and len(" ".join(kept)) > MOST_TEXT:
        kept.pop()
    prefix = DEMO if overview.demo else ""
    return AlertWords(title=fit(prefix + title, MOST_TITLE), text=fit(" ".join(kept), MOST_TEXT), urgency=urgency)


def _others(account: AccountView, window: WindowView, left: bool) -> list[str]:
    """ "Week: 49 % used.", of the account's other whole-account windows."""
    return [
        f"{window_label(each)}: {reading_text(each, left)}."
        for each in account.windows
        if each is not window and each.locks and has_figure(each) and not each.stale
    ][:2]


def _instead(account: AccountView, overview: Overview) -> str:
    """What can be done other than wait."""
    elsewhere = way_out(account, overview)
    if elsewhere:
        return f"{elsewhere}."
    off = off_line(account)
    if off is not None:
        name = inside(labels.label(plain(off.label, 40)))
        return tr("Until then: an API key goes on at list prices, or switch on {credits}.", credits=name)
    return tr("Until then: an API key goes on at list prices.")


def _advice(alert: Alert, account: AccountView, window: WindowView, overview: Overview) -> str:
    if (alert.threshold or 0.0) < WORTH_ADVICE and forecast_words.runs_out_at(window) is None:
        return tr("Nothing to do yet.")
    elsewhere = way_out(account, overview)
    if window.used is not None and window.used >= 1:
        rest = tr("Other models go on.") if window.model else ""
    else:
        rest = tr("A smaller context or a smaller model makes the rest last longer.")
    return " ".join(filter(None, (f"{elsewhere}." if elsewhere else "", rest)))


def _to_do(threshold: float, *, is_bill: bool) -> str:
    """A budget of ours stops nothing: who can is said."""
    if threshold < WORTH_ADVICE:
        return tr("Nothing to do yet.")
    if is_bill:
        return tr("Nothing stops by itself: set a limit with the vendor, or use a smaller model or context.")
    if threshold < USED_UP:
        return tr("Nothing stops by itself: a smaller model or context makes the rest last.")
    return tr("Nothing stops by itself: a smaller model or context costs less.")


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]


def _resets(window: WindowView, now: datetime, zone: tzinfo) -> str:
    if window.resets_at is None:
        return ""
    at = instant(window.resets_at, now, zone, with_day=has_day(window))
    return tr("Resets {time}, {countdown}.", time=at, countdown=countdown(window.resets_at, now))


def _pace(window: WindowView, now: datetime, zone: tzinfo) -> str:
    """Whether it lasts, where that is known; else when it resets."""
    if window.resets_at is None:
        return ""
    reset, at = forecast_words.when(window, window.resets_at, now, zone), forecast_words.runs_out_at(window)
    if at is not None:
        out = forecast_words.when(window, at, now, zone)
        return tr("At this pace it runs out {when}; it resets {reset}.", when=out, reset=reset)
    if forecast_words.lasts(window) and not forecast_words.is_close(window):
        return tr("At this pace it lasts until its reset: {when}.", when=reset)
    return _resets(window, now, zone)


def _how_to_stop(name: str, window: WindowView, now: datetime, zone: tzinfo) -> str:
    if window.resets_at is None:
        return tr("To stop it, switch it off with {name}, or wait.", name=name)
    at = instant(window.resets_at, now, zone, with_day=has_day(window))
    return tr("To stop it, switch it off with {name}, or wait until {time}.", name=name, time=at)
