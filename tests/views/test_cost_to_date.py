"""Costs to date in every view: always at list prices, never as if billed, never $0 for want of a price."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from tests.views.build import BERLIN, NOW, account, said, window
from tests.views.costs import KINDS, TINY, UNPRICED, UNPRICED_PART, USUAL, cost, of, priced
from usagetray.domain.alerts import Alert, AlertKind
from usagetray.overview import Overview
from usagetray.views import bars
from usagetray.views.alert_words import alert_words
from usagetray.views.cost_words import status_line, to_date
from usagetray.views.headline import headline, shown_account
from usagetray.views.icon.picture import IconState
from usagetray.views.menu import label_text, menu, tooltip
from usagetray.views.plain import columns
from usagetray.views.popup.content import Wish, page
from usagetray.views.popup.spec import Caption, Head, Row
from usagetray.views.status_json import status_json
from usagetray.views.status_text import status_text
from usagetray.views.verdict import verdict

AS_A_BILL = re.compile(r"\b(billed|bill(?:s|ing)?|spent|spend|owed?|charged?|paid|pay(?:ing)?)\b", re.IGNORECASE)
NOT_AS_A_BILL = re.compile(r"not a bill|never added: a bill has [^.]*\.", re.IGNORECASE)
DOLLARS = re.compile(r"\$[\d,]+(?:\.\d+)?")


def texts(shown: Overview) -> Iterator[tuple[str, str]]:
    """Every text of every view: where it stands, and what it says."""
    for verbose in (False, True):
        for width in (80, 40):
            yield f"status, {width}", status_text(shown, BERLIN, False, width=width, verbose=verbose)
    yield "verdict", "\n".join((verdict(shown, BERLIN, False).title, verdict(shown, BERLIN, False).detail))
    for line in menu(shown, BERLIN, False):
        yield "menu", line.text
    yield "tooltip", tooltip(shown, BERLIN, False)
    yield "label", label_text(shown, headline(shown), False)
    bar = bars.line(shown, False, BERLIN)
    for kind, written in bars.FORMATS.items():
        yield f"bar {kind}", written(bar, bars.DARK)
    for each in shown.accounts:
        if each.cost is not None:
            yield "status line", status_line(each.cost, is_counted=shown.is_counted)
        for limit in each.windows:
            alert = Alert(
                kind=AlertKind.THRESHOLD,
                provider=each.provider,
                account=each.account,
                window=limit.key,
                threshold=0.5,
            )
            words = alert_words(alert, shown, BERLIN, False)
            yield "alert", f"{words.title}\n{words.text}"
    drawn = page(shown, NOW, BERLIN, Wish())
    yield "popup", "\n".join((drawn.card.title, drawn.card.detail, *drawn.card.extra, drawn.footer.text))
    for line in (line for section in drawn.sections for line in section.lines):
        if isinstance(line, Row):
            at_once = (line.name, line.scope, line.figure, line.unit, *line.lefts, *line.rights)
            yield "popup row", " ".join(at_once)
            yield "popup row, why", line.why
            yield "popup row, heard", f"{line.spoken.name} {line.spoken.description}"
        elif isinstance(line, Head):
            yield "popup head", f"{line.name} {line.plan} {line.aside}"
        elif isinstance(line, Caption):
            yield "popup caption", line.text


def pieces(text: str) -> list[str]:
    """Rows and sentences, as they are read one by one; what tells the two apart is left out."""
    text = re.sub(r"\n {4,}", " ", text.replace("\\n", "\n").replace(', "', "\n"))  # notes go with their row
    return re.split(r"\n|(?<=\.) |; ", NOT_AS_A_BILL.sub("", text))


def estimates(shown: Overview) -> set[str]:
    """The amounts that only we have reckoned."""
    costs = [each.cost for each in shown.accounts if each.cost] + ([shown.cost] if shown.cost else [])
    found = set()
    for each in costs:
        for sum_ in (each.of_day, each.of_month):
            found |= set(DOLLARS.findall(to_date(cost(sum_, sum_), shown)))
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_an_estimate_is_nowhere_called_billed_spent_or_owed(kind: str) -> None:
    """In no piece of text does an amount of ours stand with a word of bills, but where the two are told apart."""
    shown = KINDS[kind]()
    ours = estimates(shown)
    wrong = []
    for where, text in texts(shown):
        for piece in pieces(said(text)):
            if ours & set(DOLLARS.findall(piece)) and AS_A_BILL.search(piece):
                wrong.append((where, piece))

    assert wrong == []


@pytest.mark.parametrize("kind", KINDS)
def test_an_estimate_always_says_at_list_prices(kind: str) -> None:
    """Where one of our amounts stands, the label stands in the same text."""
    shown = KINDS[kind]()
    ours = estimates(shown)
    found = [(where, text) for where, text in texts(shown) if ours & set(DOLLARS.findall(said(text)))]

    assert [each for each in found if "at list prices" not in re.sub(r"\s+", " ", each[1])] == []


@pytest.mark.parametrize("kind", ["without price", "part without price", "tiny"])
def test_what_has_no_price_is_never_shown_as_nothing(kind: str) -> None:
    for where, text in texts(KINDS[kind]()):
        assert "$0.00" not in said(text), (where, text)
        assert not re.search(r"\$0(?![\d.])", text), (where, text)
    for entry in (line for each in status_json(KINDS[kind]())["accounts"] for line in each["money"]):
        assert entry["amount"] != "0.00", entry


@pytest.mark.parametrize("kind", KINDS)
def test_every_view_keeps_to_its_size_and_to_plain_signs(kind: str) -> None:
    shown = KINDS[kind]()
    for where, text in texts(shown):
        assert "\x1b" not in text.replace("\\u001b", "\x1b") or where.startswith("bar"), where
        assert "\u202e" not in text, where
        if where == "status, 80":
            assert max(map(columns, text.splitlines())) <= 80
    assert len(tooltip(shown, BERLIN, False).encode("utf-16-le")) // 2 <= 127


# ---- the words ---------------------------------------------------------------------------------------------


WORDS = {
    "usual": (USUAL, "$3.20 today, $48.10 in November at list prices"),
    "part": (UNPRICED_PART, "at least $3.20 today, at least $48.10 in November at list prices"),
    "none": (UNPRICED, "no price for 38k tokens today, no price for 38k tokens in November"),
    "tiny": (TINY, "<$0.01 today, <$0.01 in November at list prices"),
    "large": (cost("1234.5", "9876.543"), "$1,234.50 today, $9,876.54 in November at list prices"),
    "almost nothing": (
        cost(priced("0.001", 10, house=3), "2"), "no price for 10 tokens today, $2.00 in November at list prices",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WORDS)
def test_both_sums_in_one_phrase(name: str) -> None:
    given, words = WORDS[name]

    assert said(to_date(given, of())) == words


def test_the_status_tells_the_sums_what_they_mean_and_where_they_are_from() -> None:
    text = status_text(KINDS["subscriber"](), BERLIN, False)

    assert "  $3.20 today, $48.10 in November at list prices\n" in text
    assert "    what Max 5x replaced · from this computer’s logs\n" in text
    assert "from the logs of this computer, laptop and nas" in text
    assert "All logs: $4.04 today, $60.20 in November at list prices" in text


def test_the_status_in_full_tells_bill_and_estimate_apart() -> None:
    text = re.sub(r"\s+", " ", status_text(KINDS["with a bill"](), BERLIN, False, verbose=True))

    assert (
        "Anthropic API billed $12.66 today and $214.37 this month. The two are never added: a bill has UTC days" in text
    )
    assert "$15.86" not in text


def test_without_a_plan_it_is_an_estimate_and_stands_in_the_verdict() -> None:
    shown = KINDS["by key"]()

    assert said(verdict(shown, BERLIN, False).title) == "Claude: $3.20 today at list prices"
    assert "an estimate, not a bill" in status_text(shown, BERLIN, False)
    head = headline(shown)
    assert head.picture.state is IconState.NORMAL
    assert shown_account(shown, head) is shown.accounts[0]


def test_while_logs_are_read_it_says_how_far_and_so_far() -> None:
    shown = KINDS["being read"]()
    text = status_text(shown, BERLIN, False)

    assert "Reading logs: 312 of 1,000 MB" in text
    assert "$3.20 so far today, $48.10 so far in November at list prices" in text
    assert page(shown, NOW, BERLIN, Wish()).footer.text == "Reading logs: 312 of 1,000 MB"
    assert "Reading logs: 312 of 1,000 MB" in [line.text for line in menu(shown, BERLIN, False)]


def test_the_cost_stands_in_the_tooltip_and_whole_lines_give_way_to_it() -> None:
    shown = KINDS["subscriber"]()
    named = replace(shown.accounts[0], name="Claude at work")
    lines = said(tooltip(replace(shown, accounts=(named, *shown.accounts[1:])), BERLIN, False)).split("\n")

    assert lines[0].startswith("▲") or "Fable" in lines[0]
    assert lines[1].startswith("Claude at work: session 62 %")
    assert lines[-1] == "$4.04 today at list prices"
    roomy = of(account(window(0.62), cost=USUAL))
    assert said(tooltip(roomy, BERLIN, False)).endswith("\n$3.20 today, $48.10 in November at list prices")


def test_the_menu_has_it_below_the_limits_of_its_account() -> None:
    rows = [said(line.text) for line in menu(KINDS["subscriber"](), BERLIN, False)]

    assert "   $3.20 today, $48.10 in November at list prices" in rows
    assert rows.index("   $0.84 today, $12.10 in November at list prices") > rows.index(
        next(row for row in rows if row.startswith("Codex"))
    )


def test_the_popup_has_a_row_without_a_bar_that_says_why() -> None:
    drawn = page(KINDS["subscriber"](), NOW, BERLIN, Wish())
    rows = {line.key: line for section in drawn.sections for line in section.lines if isinstance(line, Row)}

    full = rows["claude/acc-1/cost"]
    assert (full.name, full.scope, full.figure, full.fill) == ("Today", "at list prices", "$3.20", "none")
    assert (full.lefts, full.rights[0]) == (("$48.10 in November",), "what Max 5x replaced")
    assert "times the list prices of their day" in full.why
    compact = [row for key, row in rows.items() if key.startswith("codex/acc-2/cost")]
    assert [(row.name, row.figure, row.rights) for row in compact] == [
        ("Today", "$0.84", ("at list prices",)), ("November", "$12.10", ("at list prices",)),
    ]  # fmt: skip


def test_a_day_without_use_says_so() -> None:
    shown = KINDS["idle day"]()
    drawn = page(shown, NOW, BERLIN, Wish())
    (row,) = (line for line in drawn.sections[0].lines if isinstance(line, Row) and line.key.endswith("/cost"))

    assert (row.name, row.figure, row.lefts) == ("November", "$48.10", ("Nothing used today",))
    assert "nothing today, $48.10 in November at list prices" in status_text(shown, BERLIN, False).lower().replace(
        "november", "November"
    )


# ---- for scripts -------------------------------------------------------------------------------------------


def test_the_json_has_an_estimate_for_today_and_for_the_month() -> None:
    money = status_json(KINDS["with a bill"]())["accounts"][0]["money"]

    assert money == [
        {
            "kind": "estimate", "period": period, "amount": amount, "limit": None, "currency": "USD",
            "as_of": (NOW - timedelta(seconds=2)).astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "source": "this computer’s logs", "at_least": False, "so_far": False, "unpriced_tokens": 0,
        }
        for period, amount in (("today", "3.20"), ("month", "48.10"))
    ]  # fmt: skip


def test_what_a_vendor_billed_is_of_another_kind() -> None:
    accounts = status_json(KINDS["with a bill"]())["accounts"]

    assert [(each["kind"], each["amount"]) for each in accounts[1]["money"]] == [
        ("billed", "12.66"),
        ("billed", "214.37"),
    ]


def test_without_a_price_the_amount_is_null() -> None:
    (entry, _) = status_json(KINDS["without price"]())["accounts"][0]["money"]

    assert (entry["amount"], entry["at_least"], entry["unpriced_tokens"]) == (None, True, 38_000)
    assert [each["amount"] for each in status_json(KINDS["tiny"]())["accounts"][0]["money"]] == ["0.001", "0.001"]


def test_a_bar_of_one_s_own_has_the_cost_apart() -> None:
    told = json.loads(bars.own_json(bars.line(KINDS["subscriber"](), False, BERLIN), bars.DARK))

    assert said(told["cost"]) == "$4.04 today, $60.20 in November at list prices"
    assert "  $3.20 today, $48.10 in November at list prices" in map(said, told["rows"])


def test_the_status_line_ends_with_today() -> None:
    assert said(status_line(USUAL, is_counted=True)) == "≈ $3.20 today at list prices"
    assert said(status_line(UNPRICED_PART, is_counted=True)) == "at least $3.20 today at list prices"
    assert said(status_line(USUAL, is_counted=False)) == "≈ $3.20 so far today at list prices"
    assert status_line(UNPRICED, is_counted=True) == ""
    assert status_line(KINDS["idle day"]().accounts[0].cost or USUAL, is_counted=True) == ""
