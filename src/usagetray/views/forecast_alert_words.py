"""What is said before a lockout: when it will come, how long before the reset, why, and what can be done."""

from __future__ import annotations

from datetime import datetime, tzinfo

from usagetray.domain.forensics import Cause
from usagetray.language import tr
from usagetray.overview import AccountView, Overview, WindowView
from usagetray.views import forecast_words
from usagetray.views.alert_words import AlertWords, cut
from usagetray.views.figures import duration, instant, old
from usagetray.views.way_out import way_out
from usagetray.views.why_words import mostly
from usagetray.views.words import account_name, figure_text, has_day, window_name


def forecast_alert(
    account: AccountView,
    window: WindowView,
    exhausts_at: datetime,
    overview: Overview,
    zone: tzinfo,
    left: bool,
    cause: Cause | None = None,
) -> AlertWords:
    """Of a window that will be used up before its reset. `cause`: of the last hour's rise, where logs show it."""
    now = overview.generated_at
    name = f"{account_name(account, overview.accounts)} {window_name(window)}"
    figure = figure_text(window, left)
    if forecast_words.is_estimated(window):
        used = tr("Now {figure}, from a reading {age}.", figure=figure, age=old(window.captured_at, now))
    else:
        used = tr("Now {figure}.", figure=figure)
    elsewhere = way_out(account, overview)
    sentences = [
        _before(window, exhausts_at, now, zone),
        used,
        mostly(cause),
        f"{elsewhere}." if elsewhere else "",
        tr("A smaller context or a smaller model makes the rest last longer."),
    ]
    return cut(forecast_words.heading(name, window, max(exhausts_at, now), now, zone), sentences, "normal", overview)


def _before(window: WindowView, at: datetime, now: datetime, zone: tzinfo) -> str:
    """ "33 m before its reset at 21:20."."""
    if window.resets_at is None or at >= window.resets_at:
        return tr("Shortly before its reset.")
    span, reset = duration(window.resets_at - at), instant(window.resets_at, now, zone, with_day=has_day(window))
    if has_day(window):
        return tr("{span} before its reset {when}.", span=span, when=reset)
    return tr("{span} before its reset at {when}.", span=span, when=reset)
