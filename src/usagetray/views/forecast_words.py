"""What will come of a window, in words: one set of phrases for popup, menu, tooltip, bars and terminal.

Nothing is said of a window that is stale, over or used up, nor before enough is known of its use.
"""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from usagetray.domain.states import WindowState
from usagetray.language import tr
from usagetray.overview import ForecastView, WindowView
from usagetray.views.figures import DASH, duration, instant, percent

LIKELY = 0.5
"""Chance of a lockout from which a window is said to run out."""
CLOSE, DOUBTFUL = 0.97, 0.35
"""Expected share at the reset, or chance of a lockout, from which there is nothing to spare."""
EARLY = 0.03
"""Share of a window that must have passed."""
LEAST_USED = 0.01
SOON = timedelta(minutes=30)
IDLE = timedelta(minutes=30)
ELSEWHERE = 0.1
"""Share of the use that no log showed, from which a log's silence says nothing."""
LONG = timedelta(hours=24)
"""A longer window names the day."""

ESTIMATED = "~"
"""Before a figure that was moved on from its reading by what local logs counted since."""


# ---- the figure --------------------------------------------------------------------------------------------


def shown_share(window: WindowView) -> float | None:
    """The share to show as the current one: the reading, moved on by what logs counted since where that is more."""
    ahead = _estimate(window)
    return window.used if ahead is None else ahead


def is_estimated(window: WindowView) -> bool:
    """Whether that differs from what the vendor said, so that it has a "~", and the age of the reading beside it."""
    return _estimate(window) is not None


def figure(window: WindowView, left: bool) -> str:
    """ "~63 %", "62 %", "–"."""
    shown = percent(shown_share(window), left=left)
    return f"{ESTIMATED}{shown}" if is_estimated(window) and shown != DASH else shown


def _estimate(window: WindowView) -> float | None:
    """None: the reading itself is to be shown."""
    told, used = window.forecast, window.used
    is_counted = told is not None and told.is_estimate and told.knows_enough
    if not is_counted or told is None or told.used is None or used is None or window.stale or not _counts(window):
        return None
    return told.used if told.used > used and percent(told.used) != percent(used) else None


# ---- for bars ----------------------------------------------------------------------------------------------


def tick(window: WindowView) -> float | None:
    """Share that even use would have reached by now; None: no tick is drawn."""
    told = of(window)
    return None if told is None else told.even


def tint(window: WindowView) -> float | None:
    """Share expected at the reset, 1.0 at most; None: none is drawn. Where it runs out, all of the bar."""
    told = of(window)
    if told is None or told.at_reset is None:
        return None
    return 1.0 if runs_out_at(window) is not None else min(told.at_reset, 1.0)


# ---- the row -----------------------------------------------------------------------------------------------


def of(window: WindowView) -> ForecastView | None:
    """The forecast that may be put into words; None: nothing is said."""
    told = window.forecast
    is_known = told is not None and told.knows_enough and told.even is not None
    return told if is_known and not window.stale and _counts(window) else None


def runs_out_at(window: WindowView) -> datetime | None:
    """When it will be used up, where that is likely before its reset."""
    told = of(window)
    if told is None or told.runs_out_at is None or not (told.is_warned or told.p_lockout >= LIKELY):
        return None
    return told.runs_out_at[1]


def lasts(window: WindowView) -> bool:
    """Known to last until its reset."""
    told = of(window)
    return told is not None and told.at_reset is not None and runs_out_at(window) is None


def row(window: WindowView, now: datetime, zone: tzinfo) -> str:
    """ "Lasts, 17 % to spare", "Runs out Sat 10:40"; "" where nothing can be said."""
    if window.forecast is not None and window.resets_at is None and _counts(window) and not window.stale:
        return tr("No forecast") if window.used else ""
    told = of(window)
    if told is None:
        return ""
    at = runs_out_at(window)
    if at is not None:
        return tr("Runs out {when}", when=when(window, at, now, zone))
    if (told.even or 0.0) < EARLY or (window.used or 0.0) < LEAST_USED or told.at_reset is None:
        return tr("Too early to say")
    if is_close(window):
        return tr("Just lasts")
    idle = idle_for(window, now)
    if idle is not None:
        return tr("Lasts, nothing used for {span}", span=duration(idle))
    return tr("Lasts, {share} to spare", share=percent(1.0 - told.at_reset))


def when(window: WindowView, at: datetime, now: datetime, zone: tzinfo) -> str:
    """ "20:17"; of a long window always with the day: "Sat 10:40"."""
    return instant(max(at, now), now, zone, with_day=_has_day(window))


def idle_for(window: WindowView, now: datetime) -> timedelta | None:
    """How long nothing was used, from half an hour on; None: less, or nobody knows, for it is used elsewhere too."""
    told = window.forecast
    since = None if told is None or told.others_share >= ELSEWHERE else told.worked_at
    return None if since is None or now - since < IDLE else now - since


# ---- the verdict card --------------------------------------------------------------------------------------


def card(name: str, window: WindowView, now: datetime, zone: tzinfo) -> tuple[str, str] | None:
    """Title and first sentence of a window that runs out: ("Fable runs out Sat 10:40", "1 d 22 h before its reset.").

    `name`: "Claude week, Fable only", as it begins a sentence. None for one that does not.
    """
    at = runs_out_at(window)
    if at is None or window.resets_at is None:
        return None
    at = max(at, now)
    title = heading(name, window, at, now, zone)
    if at - now < SOON:
        reset = when(window, window.resets_at, now, zone)
        span = duration(max(at - now, timedelta(seconds=1)))
        return title, tr("{span} left at this pace; it resets {when}.", span=span, when=reset)
    return title, before_reset(window, at)


def heading(name: str, window: WindowView, at: datetime, now: datetime, zone: tzinfo) -> str:
    """ "Claude session runs out at 20:47", "Claude week runs out Sat 10:40"."""
    is_clock = not _has_day(window) and at.astimezone(zone).date() == now.astimezone(zone).date()
    said = when(window, at, now, zone)
    if is_clock:
        return tr("{name} runs out at {when}", name=name, when=said)
    return tr("{name} runs out {when}", name=name, when=said)


def before_reset(window: WindowView, at: datetime) -> str:
    """ "1 d 22 h before its reset."."""
    if window.resets_at is None or at >= window.resets_at:
        return tr("Shortly before its reset.")
    return tr("{span} before its reset.", span=duration(window.resets_at - at))


def perhaps(name: str, window: WindowView, now: datetime, zone: tzinfo) -> tuple[str, str]:
    """Title and sentence of a window that will more likely than not run out, which is not sure enough for a warning."""
    title, at = tr("{name} may run out", name=name), runs_out_at(window)
    if at is None or window.resets_at is None:
        return title, ""
    out, reset = when(window, max(at, now), now, zone), when(window, window.resets_at, now, zone)
    return title, tr("At this pace it runs out {when}; it resets {reset}.", when=out, reset=reset)


def just_enough(name: str) -> tuple[str, str]:
    """Title and sentence of a window that ends within 3 % of its limit."""
    return tr("Just enough"), tr("{name} ends close to its limit.", name=name)


def is_close(window: WindowView) -> bool:
    """Lasts, with nothing to spare."""
    told = of(window)
    if told is None or told.at_reset is None or not lasts(window):
        return False
    return told.at_reset > CLOSE or told.p_lockout >= DOUBTFUL


def _has_day(window: WindowView) -> bool:
    return window.length is not None and window.length > LONG


def _counts(window: WindowView) -> bool:
    return window.state is WindowState.OK and window.used is not None and window.used < 1.0
