"""Moments of the page "Advice", worked out by the domain from made-up use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cache

from tests.domain.advice.made_up import MILLION, NOW, asked, days, plan, response, session, tables, week
from tests.popup.samples import ZONE
from usagetray.domain.advice.advise import advise
from usagetray.domain.advice.own_advice import OwnAdvice
from usagetray.usage import Response
from usagetray.views.popup.advice_content import advice_told
from usagetray.views.popup.advice_spec import AdviceTold


def own(rows: Sequence[Response], plan_name: str = "", cycles: Sequence[object] = ()) -> OwnAdvice:
    owned = {"anthropic": plan(plan_name)} if plan_name else {}
    windows = {"anthropic": tuple(cycles)} if cycles else {}
    given = asked(owned=owned, cycles=windows, waits=frozenset({"nightly"}))
    return OwnAdvice(report=advise(rows, given), owned=owned, tables=tables(), at=NOW)


def docs_bot() -> list[Response]:
    """A program that sends long prompts again and again, and one that could wait for the night."""
    rows = []
    for day in range(30):
        for call in range(48):
            at = NOW - timedelta(days=day + 1, minutes=7 * call)
            rows.append(response(at, input=MILLION // 25, output=2_000, app="docs-bot", task="answer"))
            rows.append(response(at, input=MILLION // 50, output=4_000, app="reports", task="nightly"))
    return rows


@cache
def month() -> OwnAdvice:
    """Thirty days on a plan that pays, of two quiet weeks and one that ran out, and two programs on the API."""
    quiet = [week(NOW - timedelta(days=7 * at + 1), "0.15") for at in range(3)]
    full = [session(NOW - timedelta(days=1), "0.18"), session(NOW - timedelta(days=4), "1")]
    return own([*days(30, "39"), *docs_bot()], "max_5x", [*quiet, *full])


@cache
def poor() -> OwnAdvice:
    """A plan that hardly anything is used of."""
    return own(days(30, "0.9"), "max_5x", [week(NOW - timedelta(days=7 * at + 1), "0.05") for at in range(3)])


@cache
def early() -> OwnAdvice:
    return own(days(4, "9"), "max_5x")


@cache
def without_plan() -> OwnAdvice:
    return own(days(30, "9"))


def nothing() -> OwnAdvice:
    return own([])


ADVICE = {"month": month, "poor": poor, "early": early, "without_plan": without_plan, "nothing": nothing}


def told(moment: Callable[[], OwnAdvice]) -> Callable[[], AdviceTold]:
    """What the page's reader finds then."""
    return lambda: advice_told(moment(), ZONE)
