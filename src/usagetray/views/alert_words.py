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
from usagetray.language import tr
from usagetray.overview import AccountView, Overview, WindowView
from usagetray.views import budget_words, forecast_words, paying_words
from usagetray.views.amounts import dollars, share
from usagetray.views.figures import countdown, duration, instant, percent
from usagetray.views.plain import clip, plain
from usagetray.views.verdict import way_out
from usagetray.views.why_words import mostly
from usagetray.views.words import (
    DEMO,
    account_name,
    has_day,
    has_figure,
    reading_text,
    switched_off,
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
        title = f"{name} is locked until {instant(until, now, zone, with_day=by_day)}" if until else f"{name} is locked"
        to_go = f": {duration(until - now)} to go" if until else ""
        text = [
            f"The {window_name(window)} is used up{to_go}.",
            *_others(account, window, left),
            _instead(account, overview),
        ]
        urgency = "critical"
    elif alert.kind is AlertKind.PAYING:
        title = f"You are now paying for {name}"
        text = [
            paying_words.took_over(account, window, behind.paid),
            f"To stop it, switch it off with {name}, or wait{_until(window, now, zone)}.",
            f"{elsewhere}." if (elsewhere := way_out(account, overview)) else "",
        ]
        urgency = "critical"
    elif alert.kind is AlertKind.PAYING_AMOUNT and behind.paid is not None:
        what, since = paying_words.more(account, window, behind.paid, now, zone)
        title = f"{what} for {name}"
        text = [
            since,
            f"To stop it, switch it off with {name}, or wait{_until(window, now, zone)}.",
            f"{elsewhere}." if (elsewhere := way_out(account, overview)) else "",
        ]
        urgency = "critical"
    elif alert.kind is AlertKind.BACK:
        title = f"{name} is back"
        text = [f"A fresh {window_name(window)} is ready.", *_others(account, window, left)]
        urgency = "normal"
    else:
        title = f"{name} {window_name(window)}: {reading_text(window, left)}"
        text = [_pace(window, now, zone), mostly(behind.cause), _advice(alert, account, overview)]
        urgency = "normal"
    return cut(title, text, urgency, overview)


def budget_alert(state: BudgetState, threshold: float, overview: Overview, zone: tzinfo) -> AlertWords:
    """Of a budget that has reached a threshold: "spent" is said of a bill only."""
    now, is_bill = overview.generated_at, state.basis is Basis.BILLED
    name, limit = plain(state.budget.name, 24), budget_words.limit(state)
    least = "at least " if state.is_least else ""
    kind = "spent" if is_bill else "at list prices"
    when = budget_words.PERIODS[state.budget.period]
    if threshold >= USED_UP:
        title = f"{name}: all of {limit} spent" if is_bill else f"{name}: all of {limit}, at list prices"
    else:
        title = f"{name}: {least}{percent(state.share)} of {limit} {kind}"
    heading, cause = budget_words.heading(state), budget_words.cause(state)
    text = [
        f"{_first_up(budget_words.spent(state))} {budget_words.BASES[state.basis]} {when},"
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
    much = f"{times} times the usual" if times <= MOST_TIMES else "far more than usual"
    hour = f"since {instant(spike.starts_at, now, zone)}"
    usually = f"{dollars(spike.usual)} is usual"
    at = "at this hour of the week" if spike.by_weekday else "for an hour with use"
    dearest = [(kind, found[0]) for kind, found in spike.causes if found]
    named = [f"{budget_words.cause_name(kind, each)} {share(each.share)}" for kind, each in dearest]
    project = budget_words.folder_name(spike.project)
    text = [
        f"{dollars(spike.usd)} at list prices {hour}; {usually} {'for a session' if spike.session else at}.",
        f"Of it: {', '.join(named)}." if named else "",
        "If you do not expect that, stop it where it runs.",
        f"To hear no more of {project}, add it to alerts.spikes_mute." if spike.project else "",
    ]
    return cut(f"{'A session' if spike.session else 'This hour'} costs {much}", text, "normal", overview)


def merged_words(titles: Sequence[str], demo: bool) -> AlertWords:
    """Several alerts in one notification; each is named."""
    prefix = DEMO if demo else ""
    bare = [title.removeprefix(DEMO) for title in titles]
    each = max(12, (MOST_TEXT - 2 * len(bare)) // len(bare))
    text = "; ".join(clip(title, each) for title in bare)
    return AlertWords(title=f"{prefix}{len(bare)} limits need a look", text=clip(text, MOST_TEXT), urgency="normal")


def cut(title: str, sentences: Sequence[str], urgency: str, overview: Overview) -> AlertWords:
    """An alert of these sentences. Whole ones only: the last ones go first."""
    kept = [each for each in sentences if each]
    while len(kept) > 1 and len(" ".join(kept)) > MOST_TEXT:
        kept.pop()
    prefix = DEMO if overview.demo else ""
    return AlertWords(title=clip(prefix + title, MOST_TITLE), text=clip(" ".join(kept), MOST_TEXT), urgency=urgency)


def _others(account: AccountView, window: WindowView, left: bool) -> list[str]:
    """ "Week: 49 % used.", of the account's other whole-account windows."""
    return [
        f"{each.label}: {reading_text(each, left)}."
        for each in account.windows
        if each is not window and each.locks and has_figure(each) and not each.stale
    ][:2]


def _instead(account: AccountView, overview: Overview) -> str:
    """What can be done other than wait."""
    elsewhere = way_out(account, overview)
    if elsewhere:
        return f"{elsewhere}."
    off = switched_off(account)
    if off is not None:
        return "Until then: an API key goes on at list prices, or switch on usage credits."
    return "Until then: an API key goes on at list prices."


def _advice(alert: Alert, account: AccountView, overview: Overview) -> str:
    threshold = alert.threshold or 0.0
    if threshold < WORTH_ADVICE:
        return "Nothing to do yet."
    elsewhere = way_out(account, overview)
    smaller = "A smaller context or a smaller model makes the rest last longer."
    return f"{elsewhere}. {smaller}" if elsewhere else smaller


def _to_do(threshold: float, *, is_bill: bool) -> str:
    """A budget of ours stops nothing: who can is said."""
    if threshold < WORTH_ADVICE:
        return "Nothing to do yet."
    if is_bill:
        return "Nothing stops by itself: set a limit with the vendor, or use a smaller model or context."
    smaller = "makes the rest last" if threshold < USED_UP else "costs less"
    return f"Nothing stops by itself: a smaller model or context {smaller}."


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]


def _resets(window: WindowView, now: datetime, zone: tzinfo) -> str:
    if window.resets_at is None:
        return ""
    return (
        f"Resets {instant(window.resets_at, now, zone, with_day=has_day(window))}, {countdown(window.resets_at, now)}."
    )


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


def _until(window: WindowView, now: datetime, zone: tzinfo) -> str:
    return f" until {instant(window.resets_at, now, zone, with_day=has_day(window))}" if window.resets_at else ""
