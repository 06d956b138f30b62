"""What pays, in the words of every view: names, files and lines; calm where the plan does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest

from tests.views.build import account, codex, ordinary, overview, week, window
from usagetray.billing import Certainty, Evidence, Mode, Route, Verdict
from usagetray.overview import BillingView, Overview
from usagetray.views.billing_json import billing_route
from usagetray.views.billing_words import alert, line, reason, short
from usagetray.views.menu import menu
from usagetray.views.popup.content import Wish, page
from usagetray.views.popup.spec import Caption, Problem
from usagetray.views.status_text import status_text

NOW = ordinary().generated_at
LOGIN = Evidence(source="login", file="/home/user/.claude.json", line=4, variable="oauthAccount")
KEY = Evidence(source="file", file="/home/user/.zshrc", line=12, variable="ANTHROPIC_API_KEY")
PLAN = Verdict(mode=Mode.INTERACTIVE, route=Route.PLAN, certainty=Certainty.LIKELY, because=(LOGIN,))
SCRIPT = Verdict(
    mode=Mode.HEADLESS, route=Route.API_KEY, certainty=Certainty.LIKELY, because=(KEY,), would_warn=True
)  # fmt: skip


def view(*verdicts: Verdict, **changes: object) -> BillingView:
    shown = BillingView(
        provider="claude",
        tool="Claude Code",
        typed="claude",
        headless="claude -p",
        check="type /status",
        home="/home/user/.claude",
        user_home="/home/user",
        looked_at=NOW,
        profiles_read=True,
        verdicts=verdicts,
    )
    return replace(shown, **changes)  # type: ignore[arg-type]


CALM, KEYED = view(PLAN, replace(PLAN, mode=Mode.HEADLESS)), view(replace(PLAN, would_warn=True), SCRIPT)


@pytest.mark.parametrize(
    ("route", "changes", "said"),
    [
        (Route.PLAN, {"certainty": Certainty.CERTAIN}, "plan"),
        (Route.PLAN, {}, "plan (likely)"),
        (Route.API_KEY, {}, "API key, ~/.zshrc line 12"),
        (Route.AUTH_TOKEN, {}, "bearer token, ~/.zshrc line 12"),
        (Route.CLOUD, {}, "cloud account, ~/.zshrc line 12"),
        (Route.HELPER, {}, "what apiKeyHelper prints, ~/.zshrc line 12"),
        (Route.OTHER_VENDOR, {"vendor": "Z.ai"}, "Z.ai, set in ~/.zshrc line 12"),
        (Route.UNKNOWN, {}, "unknown, ANTHROPIC_API_KEY ~/.zshrc line 12"),
        (Route.UNKNOWN, {"because": ()}, "unknown"),
        (Route.API_KEY, {"because": (Evidence(source="process_env"),)}, "API key, set in this environment"),
        (
            Route.API_KEY,
            {"because": (Evidence(source="registry_user", file="HKCU\\Environment", variable="X"),)},
            "API key, your user environment (registry)",
        ),
    ],
)  # fmt: skip
def test_each_route_has_few_words_and_its_place(route: Route, changes: dict[str, object], said: str) -> None:
    verdict = replace(SCRIPT, route=route, **changes)  # type: ignore[arg-type]

    assert short(verdict, CALM) == said
    assert reason(verdict, CALM).endswith(".")


def test_one_line_says_both_where_they_differ() -> None:
    assert line(CALM) == "billing: plan (likely)"
    assert line(KEYED) == "billing: plan (likely); claude -p: API key, ~/.zshrc line 12"
    assert line(view(PLAN, stale=True)) is None
    assert line(view()) is None


def test_a_path_of_escapes_is_inert_wherever_it_is_shown() -> None:
    hostile = replace(SCRIPT, because=(replace(KEY, file="/tmp/\x1b[31m\u202e<b>x" * 30),))

    said = f"{short(hostile, CALM)}{reason(hostile, CALM)}{alert(CALM, hostile, demo=False)}"
    said += str(billing_route([view(hostile)]))

    assert not any(char in said for char in "\x1b\u202e<")
    assert len(alert(CALM, hostile, demo=True).text) <= 255


def shown(billing: BillingView, *, first: bool = True) -> Overview:
    claude = account(window(0.2), week(0.1), billing=billing)
    return overview(*((claude, codex()) if first else (codex(), claude)), billing=(billing,))


def menu_rows(overview_: Overview) -> list[str]:
    return [each.text.strip() for each in menu(overview_, UTC, left=False)]


def test_the_menu_and_the_status_say_it_below_the_figures() -> None:
    for billing in (CALM, KEYED):
        text = line(billing)
        assert text in menu_rows(shown(billing))
        assert text in " ".join(status_text(shown(billing), UTC, left=False, width=100).split())


def test_a_calm_account_further_down_stays_one_row_unless_a_key_takes_over() -> None:
    assert line(CALM) not in menu_rows(shown(CALM, first=False))
    assert line(KEYED) in menu_rows(shown(KEYED, first=False))


def test_the_popup_has_a_caption_for_the_plan_and_a_card_for_a_key() -> None:
    calm = page(shown(CALM), NOW, UTC, Wish()).sections[0].lines
    keyed = page(shown(KEYED), NOW, UTC, Wish()).sections[0].lines
    folded = page(shown(KEYED, first=False), NOW, UTC, Wish()).sections[1]

    assert [each.text for each in calm if isinstance(each, Caption)] == ["billing: plan (likely)"]
    (card,) = [each for each in keyed if isinstance(each, Problem)]
    assert (card.mark, card.title) == ("dollar", "Billing: plan (likely)")
    assert card.detail == "claude -p: API key, ~/.zshrc line 12. More: usagetray doctor billing."
    assert folded.collapsed is None


def test_scripts_find_the_route_that_warns_first_and_all_of_them() -> None:
    found = billing_route([CALM, KEYED])

    assert found is not None
    assert (found["route"], found["mode"], found["would_warn"]) == ("api_key", "headless", True)
    assert [each["route"] for each in found["routes"]] == ["plan", "plan", "plan", "api_key"]
    assert billing_route([]) is None
