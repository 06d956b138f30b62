"""The moments of the design's pictures, as overviews: what the popup must look like in each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from tests.popup import advice_samples, history_samples, samples
from tests.popup.samples import NOW, local
from usagetray.domain.advice.months import MonthEnd
from usagetray.domain.budgets import Basis, BudgetState
from usagetray.domain.incidents import Incident
from usagetray.domain.states import Level, State, WindowState
from usagetray.model import Money, MoneyKind, MoneyLine
from usagetray.overview import AccountView, ForecastView, IncidentView, Overview, WindowView
from usagetray.settings.budgets import Budget
from usagetray.views.popup.tabs import Read


def expected(
    window: WindowView, at_reset: float, *, even: float, runs_out: datetime | None = None, **more: object
) -> WindowView:
    """The window with a forecast of what it will have reached."""
    told = ForecastView(
        used=window.used,
        is_estimate=False,
        even=even,
        at_reset=at_reset,
        p_lockout=0.9 if runs_out else 0.1,
        runs_out_at=(runs_out, runs_out, runs_out) if runs_out else None,
        is_warned=runs_out is not None,
        knows_enough=True,
    )
    return replace(window, forecast=replace(told, **more))  # type: ignore[arg-type]


SESSION_EVEN, WEEK_EVEN = 0.747, 0.636
"""Of five hours until 21:20, and of a week until Monday 09:00, at 20:04 on Friday."""
SATURDAY = local(21, 10, 40)


def month(amount: str, point: int, **more: object) -> BudgetState:
    """A budget of $300 for November."""
    end = MonthEnd(
        so_far=Decimal(amount),
        point=Decimal(point),
        low=Decimal(point),
        high=Decimal(point),
        is_percentile=True,
        active_days_left=Decimal(7),
    )
    given = BudgetState(
        budget=Budget(name="Anthropic API", amount=Decimal(300), currency="USD", period="month"),
        basis=Basis.BILLED,
        starts_at=local(1, 0),
        ends_at=local(30, 23, 59),
        spent=Money(amount=Decimal(amount), currency="USD"),
        forecast=end,
        as_of=NOW - timedelta(minutes=4),
        source="the vendor’s bill",
    )
    return replace(given, **more)  # type: ignore[arg-type]


def calm() -> Overview:
    windows = (
        expected(samples.session(), 0.83, even=SESSION_EVEN),
        expected(samples.week(), 0.64, even=WEEK_EVEN),
        expected(samples.fable(), 0.60, even=WEEK_EVEN),
    )
    return samples.overview(
        samples.claude(*windows), samples.codex(), samples.minimax(), budgets=(month("168.20", 254),)
    )


def normal() -> Overview:
    windows = (
        expected(samples.session(), 0.83, even=SESSION_EVEN),
        expected(samples.week(), 0.64, even=WEEK_EVEN),
        expected(samples.fable(0.88), 1.0, even=WEEK_EVEN, runs_out=SATURDAY),
    )
    return samples.overview(
        samples.claude(*windows), samples.codex(), samples.minimax(), budgets=(month("214.37", 324),)
    )


def near_limit() -> Overview:
    windows = (
        expected(samples.session(0.94), 1.0, even=SESSION_EVEN, runs_out=local(20, 20, 17)),
        expected(samples.week(0.47), 0.74, even=WEEK_EVEN),
        expected(samples.fable(0.88), 1.0, even=WEEK_EVEN, runs_out=SATURDAY),
    )
    return samples.overview(
        samples.claude(*windows), samples.codex(), samples.minimax(), budgets=(month("214.37", 324),)
    )


def locked_out() -> Overview:
    full = samples.session(1.0, state=WindowState.LOCKED, level=Level.LOCKED, used_up_at=NOW - timedelta(seconds=10))
    windows = (
        full,
        expected(samples.week(0.49), 0.77, even=WEEK_EVEN),
        expected(samples.fable(0.90), 1.0, even=WEEK_EVEN, runs_out=local(21, 7, 58)),
    )
    off = MoneyLine(kind=MoneyKind.OVERAGE, label="Usage credits", enabled=False)
    held = samples.claude(*windows, locked_until=full.resets_at, money=(off,))
    return samples.overview(
        held,
        samples.codex(),
        samples.minimax(),
        budgets=(month("214.37", 324),),
        checked_at=NOW - timedelta(seconds=12),
        next_check_at=local(20, 21, 20),
    )


def stale_offline() -> Overview:
    shown = samples.offline()
    accounts = tuple(replace(each, next_attempt_at=NOW + timedelta(minutes=4)) for each in shown.accounts)
    then = NOW - timedelta(minutes=119)
    return replace(shown, accounts=accounts, budgets=(month("211.90", 320, stale=True, as_of=then),))


def states() -> Overview:
    """Every state of a row, and what may be wrong."""
    shown = samples.states()
    paying = samples.paying().accounts[0]
    enterprise = MoneyLine(
        kind=MoneyKind.BILLED, label="November", used=Money(amount=Decimal("214.37"), currency="USD"), period="month"
    )
    money = samples.account(
        "anthropic_api",
        "Anthropic API",
        money=(enterprise,),
        money_captured_at=NOW - timedelta(minutes=4),
        money_source="the cost report",
    )
    return replace(shown, accounts=(*shown.accounts[:1], replace(paying, account="a2", label="Team"), money))


def problems() -> Overview:
    """One account for each thing that can be wrong."""
    incident = Incident(name="Elevated errors", status="identified", impact="minor", since_at=local(20, 19, 40))
    troubled: list[AccountView] = [
        samples.claude(incidents=(IncidentView(incident=incident, captured_at=NOW, stale=False),))
    ]
    for at, state in enumerate(each for each in State if each not in (State.FRESH, State.WINDOW_ENDED)):
        named = samples.account(f"p{at}", f"Vendor {at}", state=state, next_attempt_at=NOW + timedelta(minutes=4))
        troubled.append(replace(named, clock_off=timedelta(days=2), by_key=state is State.SIGNED_OUT))
    return samples.overview(*troubled)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    overview: Callable[[], Overview]
    theme: str = "light"
    tab: str = "now"
    target: str = ""  # the picture of the design, without its ending
    readers: Mapping[str, Read] = field(default_factory=dict)  # what the tabs' readers find


PICTURES: Mapping[str, Picture] = {
    "calm": Picture(overview=calm, target="popup_calm"),
    "normal_light": Picture(overview=normal, target="popup_normal_light"),
    "normal_dark": Picture(overview=normal, theme="dark", target="popup_normal_dark"),
    "near_limit": Picture(overview=near_limit, target="popup_near_limit"),
    "contrast": Picture(overview=normal, theme="contrast", target="popup_normal_light"),
    "locked_out": Picture(overview=locked_out, theme="dark", target="popup_locked_out"),
    "stale_offline": Picture(overview=stale_offline, target="popup_stale_offline"),
    "states": Picture(overview=states, target="popup_states"),
    "problems": Picture(overview=problems, target="popup_states"),
    "paying": Picture(overview=samples.paying),
    "paying_dark": Picture(overview=samples.paying, theme="dark"),
    "costs": Picture(overview=samples.costs),
    "advice": Picture(
        overview=normal,
        theme="dark",
        tab="advice",
        target="popup_advice",
        readers={"advice": advice_samples.told(advice_samples.month)},
    ),
    "advice_key": Picture(
        overview=samples.billed_by_key,
        theme="dark",
        tab="advice",
        target="popup_advice",
        readers={"advice": advice_samples.told(advice_samples.month)},
    ),
    "advice_poor": Picture(overview=normal, tab="advice", readers={"advice": advice_samples.told(advice_samples.poor)}),
    "advice_early": Picture(
        overview=normal, tab="advice", readers={"advice": advice_samples.told(advice_samples.early)}
    ),
    "history": Picture(
        overview=normal, tab="history", target="popup_history", readers={"history": history_samples.sums}
    ),
    "history_dark": Picture(
        overview=normal, theme="dark", tab="history", target="popup_history", readers={"history": history_samples.sums}
    ),
    "history_contrast": Picture(
        overview=normal, theme="contrast", tab="history", readers={"history": history_samples.sums}
    ),
    "history_unpriced": Picture(overview=normal, tab="history", readers={"history": history_samples.unpriced_only}),
    "history_empty": Picture(overview=normal, tab="history", readers={"history": history_samples.empty}),
    "first_run": Picture(overview=samples.first_run, target="popup_first_run"),
}
