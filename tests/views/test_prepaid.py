"""An account of prepaid money alone, asked for with a key: what each view says of it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.views.build import BERLIN, account, codex, locked, overview, paying, said, window
from usagetray.domain.states import State
from usagetray.model import Money, MoneyKind, MoneyLine
from usagetray.overview import AccountView, Overview
from usagetray.views.headline import headline
from usagetray.views.icon.picture import IconState
from usagetray.views.menu import menu, tooltip
from usagetray.views.popup.content import Wish, page
from usagetray.views.popup.spec import Row
from usagetray.views.status_text import status_text
from usagetray.views.verdict import verdict


def prepaid(amount: str = "12.34", reason: str | None = None, age: int = 4, **changes: object) -> AccountView:
    """The balance was stated `age` minutes ago."""
    at = overview().generated_at - timedelta(minutes=age)
    line = MoneyLine(
        kind=MoneyKind.CREDITS,
        label="Credits",
        balance=Money(amount=Decimal(amount), currency="USD"),
        disabled_reason=reason,
    )
    known = {
        "provider": "deepseek",
        "name": "DeepSeek",
        "account": "default",
        "label": None,
        "plan": None,
        "money": (line,),
        "money_captured_at": at,
        "money_source": "DeepSeek",
        "captured_at": at,
        "by_key": True,
    }
    return account(**{**known, **changes})


def old(**changes: object) -> AccountView:
    return prepaid(age=42, money_stale=True, state=State.STALE, **changes)


def everywhere(shown: Overview) -> dict[str, str]:
    """Every text that tells of the account."""
    now = shown.generated_at
    lines = [line for section in page(shown, now, BERLIN, Wish()).sections for line in section.lines]
    rows = [f"{line.name} {line.figure} {line.unit} {' '.join(line.rights)}" for line in lines if isinstance(line, Row)]
    texts = {
        "terminal": status_text(shown, BERLIN, False),
        "menu": "\n".join(line.text for line in menu(shown, BERLIN, False)),
        "popup": "\n".join(rows),
    }
    return {name: said(text) for name, text in texts.items()}


def test_what_is_left_is_said_everywhere():
    shown = overview(prepaid())

    for view, text in everywhere(shown).items():
        assert "$12.34 left" in text, view
    assert said(verdict(shown, BERLIN, False).title) == "DeepSeek: $12.34 left"
    assert said(tooltip(shown, BERLIN, False)) == "DeepSeek: $12.34 left\nDeepSeek: $12.34 left"
    assert headline(shown).picture.state is IconState.NORMAL


@pytest.mark.parametrize(
    ("amount", "reason", "words"),
    [("0.00", "spent", "$0.00 left, add credits"), ("5", "not_usable", "$5.00 left, not usable now")],
)
def test_a_balance_of_no_use_says_why(amount: str, reason: str, words: str):
    shown = overview(prepaid(amount, reason))

    for view, text in everywhere(shown).items():
        assert words in text, view
    assert verdict(shown, BERLIN, False).tone == "warn"


def test_an_old_balance_is_marked_with_its_age_everywhere():
    """42 minutes; it may have grown as well as shrunk."""
    shown = overview(old())

    for view, text in everywhere(shown).items():
        assert "42 m" in text, view
    assert "may be higher" not in everywhere(shown)["terminal"]
    assert headline(shown).picture.state is IconState.STALE


@pytest.mark.parametrize("state", [State.SIGNED_OUT, State.CREDENTIAL_MALFORMED])
def test_a_bad_key_is_mended_by_connecting_and_not_by_signing_in(state: State):
    text = everywhere(overview(prepaid(state=state)))["terminal"]

    assert "usagetray connect deepseek" in text
    assert "ign in" not in text
    assert "login" not in text


def test_before_the_first_answer_the_icon_still_invites_to_the_first_page():
    """A tool was found that has no figures yet, and the user has not been asked."""
    nothing = account(state=State.NOT_CONNECTED, captured_at=None)

    assert headline(overview(nothing, first_run=True)).picture.state is IconState.FIRST_RUN
    assert headline(overview(nothing)).picture.state is IconState.NO_SOURCE


# ---- as a way out ------------------------------------------------------------------------------------------


def out_of(shown: AccountView, *others: AccountView) -> list[str]:
    """What the verdict adds where this account is locked, and these are the others."""
    return [said(each) for each in verdict(overview(shown, *others), BERLIN, left=False).extra]


def test_where_no_plan_has_room_prepaid_credits_are_the_way_out() -> None:
    locked_one = locked().accounts[0]

    assert "DeepSeek has $12.34 left" in out_of(locked_one, prepaid())
    assert "Codex has 82 % left" in out_of(locked_one, prepaid(), codex(window(0.18)))


@pytest.mark.parametrize(
    "other", [old(), prepaid("0.00"), prepaid(reason="not_usable")], ids=["old", "none", "unusable"]
)
def test_credits_that_are_old_or_of_no_use_are_no_way_out(other: AccountView) -> None:
    assert not any("DeepSeek" in each for each in out_of(locked().accounts[0], other))


def test_who_pays_on_top_of_a_plan_hears_where_there_is_room() -> None:
    assert "Codex has 82 % left" in out_of(paying().accounts[0], codex(window(0.18)))
