"""Reports as people, scripts and spreadsheets get them."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.report_build import AT, TABLE, TODAY, rate_row, usage
from usagetray.domain.blocks import Block
from usagetray.domain.model_names import Names
from usagetray.domain.pricing import uncached
from usagetray.domain.rates import RateTable
from usagetray.domain.reports import Report, Row, added, priced, report, row
from usagetray.domain.weekly import Week, week
from usagetray.spine.reporting import KEYS, ORDERS
from usagetray.usage import UsageSum
from usagetray.views import amounts, report_json, report_words
from usagetray.views.grid import Column, Line, grid, rendered
from usagetray.views.plain import columns
from usagetray.views.report_csv import blocks_csv, report_csv
from usagetray.views.report_table import block_lines, footer, report_lines, week_lines

KATHMANDU = ZoneInfo("Asia/Kathmandu")
RECORDED = Path(__file__).parent / "report"
"""What ccusage 20.0.24 prints over made-up logs: the names that scripts rely on."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
HOSTILE = "=cmd|'/C calc'!A0\x1b[31m\u202e<b>" + "宽" * 90


def of(*sums: UsageSum) -> Report:
    return report(priced(sums, TABLE))


def shown(lines: list[Line], width: int = 80, *, unicode: bool = True, color: bool = False) -> str:
    return rendered(lines, width, unicode=unicode, color=color)


TWO_DAYS = (
    usage("2026-11-17", input_=3_111_111, read=5_123_456, output=2_156_789, project="/work/a"),
    usage("2026-11-18", "small", input_=3_456_789, output=890_123, project="/work/b"),
)


# ---- amounts -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "text"),
    [
        *((0, "0"), (950, "950"), (999, "999"), (1_000, "1k"), (1_005, "1.01k"), (9_995, "10k"), (38_000, "38k")),
        *((38_412, "38.4k"), (99_950, "100k"), (999_499, "999k"), (999_500, "1M"), (4_099_999, "4.1M")),
        *((1_920_000_000, "1.92B"), (999_999_999_999, "1T"), (5 * 10**15, "5,000T")),
    ],
)
def test_tokens_are_told_in_three_digits(count: int, text: str) -> None:
    assert amounts.tokens(count) == text


def test_only_what_is_reckoned_loses_its_cents() -> None:
    assert amounts.dollars(Decimal("221.56")) == "$221.56"
    assert amounts.dollars(Decimal("221.56"), whole=True) == "$222"
    assert amounts.dollars(Decimal("1.99"), whole=True) == "$1.99"
    assert amounts.dollars(Decimal("0.004")) == "<$0.01"


def test_a_share_is_never_told_as_nothing_where_there_is_something() -> None:
    assert [amounts.share(each) for each in (None, 0.0, 0.001, 0.38, 1.0)] == [
        *("–", "0\u202f%", "<1\u202f%", "38\u202f%", "100\u202f%")
    ]


# ---- the table ---------------------------------------------------------------------------------------------


def test_the_page_of_two_days() -> None:
    assert (
        shown(report_lines("daily", of(*TWO_DAYS), UTC, 80))
        == """\
Use by day · at list prices

Day         Input  Written   Read   Hit  Output    Cost  Models
2026-11-17  3.11M        0  5.12M  62 %   2.16M  $43.22  large
2026-11-18  3.46M        0      0   0 %    890k   $7.91  small
Total       6.57M        0  5.12M  44 %   3.05M  $51.13"""
    )


def a_week(now: datetime = MONDAY + 30 * DAY, *more: UsageSum) -> Week:
    return week(
        priced((*TWO_DAYS, *more), TABLE),
        lambda attempt: uncached(attempt, TABLE).usd,
        starts_at=MONDAY,
        ends_at=MONDAY + 7 * DAY,
        now=now,
    )


def test_the_page_of_a_week() -> None:
    """43.2222048 + 7.907404 = 51.13; x 52/12 = 221.56; 5,123,456 x 2.70 a million = 13.83 saved of 64.96."""
    assert (
        shown(week_lines(a_week(), UTC, 80))
        == """\
Week of Mon 2026-11-16

Model  Input  Written   Read   Hit  Output    Cost
large  3.11M        0  5.12M  62 %   2.16M  $43.22
small  3.46M        0      0   0 %    890k   $7.91
Total  6.57M        0  5.12M  44 %   3.05M  $51.13

Month    about $222 at this pace (this week × 52/12)
Caching  saved $14; without a cache the cost would have been $64.96
Output   72 % of the cost
Days     cheapest Wed 2026-11-18 $7.91, dearest Tue 2026-11-17 $43.22, average
         $25.56 over 2 days with use

Project  Requests  Tokens    Cost  Share
work/a          1   10.4M  $43.22   85 %
work/b          1   4.35M   $7.91   15 %"""
    )


def test_an_unfinished_week_says_how_far_it_is_and_how_its_month_is_reckoned() -> None:
    page = shown(week_lines(a_week(MONDAY + 3.5 * DAY), UTC, 80))

    assert page.startswith("Week of Mon 2026-11-16, 3.5 days so far\n")
    assert "about $443 at this pace (3.5 days taken as 7, × 52/12)" in page


def test_on_its_first_day_a_week_says_that_it_is_too_early() -> None:
    assert "Month    too early to say" in shown(week_lines(a_week(MONDAY + 2 * HOUR), UTC, 80))


def test_unpriced_tokens_make_a_cost_the_least_it_can_be_everywhere() -> None:
    """In its row, in the total, in the month, and in a sentence that names the model."""
    other = usage("2026-11-18", "other", input_=1_200_000, project="/work/b")
    found = of(*TWO_DAYS, other)

    page = shown([*report_lines("daily", found, UTC, 80), *footer(found.total, 80)])
    detail = shown(week_lines(a_week(MONDAY + 30 * DAY, other), UTC, 80))

    assert "≥ $7.91" in page
    assert "≥ $51.13" in page
    assert "At least $51.13; 1.2M tokens of other unpriced." in page
    assert "about at least $222 at this pace" in detail


def test_a_cost_nobody_knows_is_no_sum_of_money() -> None:
    found = of(usage(model="other", input_=1_200_000))

    page = shown([*report_lines("model", found, UTC, 80), *footer(found.total, 80)])

    assert "unpriced" in page
    assert "$0" not in page


def test_many_unpriced_models_are_named_most_first_and_then_counted() -> None:
    by_model = {"a": 5_000_000, "b": 30_000, "c": 20_000, "d": 600, "e": 400}

    assert report_words.unpriced(by_model) == "5M tokens of a, 30k of b, 20k of c, 1k of 2 more"


@pytest.mark.parametrize("kind", ["daily", "weekly", "monthly", "session", "project", "model", "app"])
@pytest.mark.parametrize("width", [40, 60, 80, 100])
@pytest.mark.parametrize("unicode", [True, False])
def test_no_line_is_wider_than_the_terminal_whatever_names_it_holds(kind: str, width: int, unicode: bool) -> None:
    name = HOSTILE if kind in ("project", "app", "session") else "2026-11-18"
    sums = [usage(name, f"model-{HOSTILE}", input_=10**13, write=10**12, read=10**14, output=10**11, project=HOSTILE,
                  app=HOSTILE, task=HOSTILE, session="s", responses=10**7)]  # fmt: skip
    found = of(*sums)

    page = shown([*report_lines(kind, found, KATHMANDU, width), *footer(found.total, width)], width, unicode=unicode)

    lines = page.split("\n")
    assert max(map(columns, lines)) <= width
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "unpriced" in page
    assert unicode or page.isascii()


def test_in_ascii_the_figures_stay_in_line() -> None:
    lines = report_lines("daily", of(*TWO_DAYS, usage("2026-11-18", "other", input_=9)), UTC, 80)

    pretty, ascii_ = shown(lines).split("\n"), shown(lines, unicode=False).split("\n")

    assert "> $51.13" in ascii_[-1]
    assert [line.find("$") for line in pretty] == [line.find("$") for line in ascii_]


def test_colour_is_only_added_where_it_is_wanted() -> None:
    lines = report_lines("daily", of(*TWO_DAYS), UTC, 80)

    assert "\x1b" not in shown(lines)
    assert shown(lines, color=True).startswith("\x1b[1mUse by day")


def test_where_there_is_no_room_the_least_needed_columns_go() -> None:
    page = shown(report_lines("model", of(*TWO_DAYS), UTC, 44), 44)

    head = page.split("\n")[2].split()
    assert head == ["Model", "Input", "Read", "Hit", "Output", "Cost"]


def test_a_figure_is_never_cut() -> None:
    lines = grid([Column(head="Name", cells=["n" * 30], is_text=True), Column(head="Sum", cells=["1,234,567"])], 20)

    assert [text for text, _ in lines] == ["Name             Sum", "nnnnnnnn…  1,234,567"]


def test_sessions_are_told_by_when_they_were_last_used_in_the_zone_of_the_reader() -> None:
    """09:30 UTC is 15:15 in Kathmandu."""
    found = of(usage("session-id", project="C:\\Users\\me\\src\\shop", input_=9))

    assert "2026-11-18 15:15  src/shop" in shown(report_lines("session", found, KATHMANDU, 80))


def test_programs_are_told_by_task_and_model_with_requests_and_cost() -> None:
    """1M in and 100k out: $4.50 of large, $1.50 of small."""
    sums = [
        usage("mailer", "small", app="mailer", task="sort", input_=1_000_000, output=100_000, responses=2_891),
        usage("mailer", "large", app="mailer", task="reply", input_=1_000_000, output=100_000, responses=342),
        usage("mailer", "large", app="mailer", task="reply", input_=1_000_000, output=100_000, responses=1),
    ]
    found = report(priced(sums, TABLE), KEYS["app"])

    page = shown(report_lines("app", Report(rows=ORDERS["app"](found.rows), total=found.total), UTC, 80))

    assert [line.split() for line in page.split("\n")[3:]] == [
        ["mailer", "reply", "large", "343", "2M", "0", "0", "0", "%", "200k", "$9.00"],
        ["mailer", "sort", "small", "2,891", "1M", "0", "0", "0", "%", "100k", "$1.50"],
        ["Total", "3,234", "3M", "0", "0", "0", "%", "300k", "$10.50"],
    ]


# ---- blocks ------------------------------------------------------------------------------------------------


def a_block(*, by_server: bool = False, active: bool = False) -> tuple[Block, Row]:
    """42 minutes with 159,300 tokens."""
    sums = (usage(model="small", input_=300, write=6_000, read=150_000, output=3_000, responses=3, at=AT,
                  last_at=AT + timedelta(minutes=42)),)  # fmt: skip
    block = Block(
        provider="p",
        account="",
        starts_at=AT - HOUR / 2,
        ends_at=AT + 4.5 * HOUR,
        last_at=AT + timedelta(minutes=42),
        by_server=by_server,
        is_active=active,
        responses=3,
        sums=sums,
    )
    return block, row(priced(sums, TABLE))


def test_a_block_says_what_ends_it() -> None:
    found = [a_block(), a_block(by_server=True)]

    page = shown(block_lines(found, added([each.figures for _, each in found]), UTC, AT + 9 * HOUR, 80))

    rows = [line.split() for line in page.split("\n")[3:5]]
    assert [each[:3] for each in rows] == [
        ["2026-11-18", "09:00–14:00", "log"],
        ["2026-11-18", "09:00–14:00", "server"],
    ]


def test_the_block_that_runs_says_where_it_leads() -> None:
    """3,793 tokens a minute; 230 minutes are left."""
    found = [a_block(active=True)]
    now = AT + timedelta(minutes=40)

    page = shown(block_lines(found, found[0][1].figures, UTC, now, 80)).replace("\n", " ")

    assert "ends in 3 h 50 m. It uses 3.79k tokens a minute" in page
    assert "it comes to 1.03M tokens" in page


# ---- for scripts -------------------------------------------------------------------------------------------


def recorded(name: str) -> Any:
    return json.loads((RECORDED / f"{name}.json").read_text())


def missing(wanted: Any, found: Any, path: str = "") -> list[str]:
    """The places at which `found` lacks a name that `wanted` has, or has another type there."""
    if isinstance(wanted, dict):
        lost = [f"{path}/{name}" for name in wanted if name not in found]
        return lost + [each for name in wanted if name in found for each in missing(wanted[name], found[name], name)]
    if isinstance(wanted, list):
        return missing(wanted[0], found[0], f"{path}[]") if wanted and found else []
    if isinstance(wanted, bool) or isinstance(found, bool) or isinstance(wanted, str):
        return [] if type(wanted) is type(found) or found is None else [f"{path}: {found!r}"]
    if isinstance(wanted, int | float):
        return [] if isinstance(found, int | float) else [f"{path}: {found!r}"]
    return []


def blocks_of(*, active: bool) -> dict[str, Any]:
    block, row_ = a_block(active=active)
    gap = Block(provider="p", account="", starts_at=AT + 20 * HOUR, ends_at=AT + 30 * HOUR)
    return report_json.blocks([(block, row_), (gap, None)], AT + timedelta(minutes=40))


DATED = ["daily", "claude_daily", "codex_daily", "monthly", "claude_monthly", "weekly", "claude_weekly"]


@pytest.mark.parametrize("name", DATED)
def test_a_report_over_time_has_every_name_that_scripts_know(name: str) -> None:
    wanted = recorded(name)
    kind = next(each for each in report_json.PERIODS if each in wanted)
    models = recorded(name)[kind][0].get("models", {})

    found = report_json.over_time(kind, of(*TWO_DAYS))

    if models:  # keyed by the models' own names
        wanted[kind][0]["models"] = {"large": next(iter(models.values()))}
    assert missing(wanted, found) == []
    assert found[kind][0]["period"] == found[kind][0][report_json.PERIODS[kind]] == "2026-11-17"


@pytest.mark.parametrize("name", ["session", "claude_session", "codex_session"])
def test_sessions_have_every_name_that_scripts_know(name: str) -> None:
    wanted = recorded(name)
    first = wanted.get("sessions", wanted.get("session"))[0]
    if "models" in first:
        first["models"] = {"large": next(iter(first["models"].values()))}

    found = report_json.sessions(of(usage("id", session="id", folder="-work-a", project="/work/a", input_=5)))

    assert missing(wanted, found) == []
    assert found["sessions"][0]["projectPath"] == "-work-a"
    assert found["sessions"][0]["lastActivity"] == "2026-11-18T09:30:00.000Z"


@pytest.mark.parametrize(("name", "active"), [("blocks", False), ("blocks_active", True)])
def test_blocks_have_every_name_that_scripts_know(name: str, active: bool) -> None:
    found = blocks_of(active=active)

    assert missing(recorded(name), found) == []
    assert [each["isGap"] for each in found["blocks"]] == [False, True]
    assert found["blocks"][1]["id"] == "gap-2026-11-19T05:30:00.000Z"


def test_an_active_block_s_pace_and_projection_are_reckoned_as_scripts_know_them() -> None:
    block = blocks_of(active=True)["blocks"][0]
    wanted = recorded("blocks_active")["blocks"][0]

    for name in ("tokensPerMinute", "tokensPerMinuteForIndicator"):
        assert block["burnRate"][name] == wanted["burnRate"][name]
    assert block["projection"]["totalTokens"] == wanted["projection"]["totalTokens"]
    assert block["projection"]["remainingMinutes"] == wanted["projection"]["remainingMinutes"]
    assert block["burnRate"]["costPerHour"] == pytest.approx(block["costUSD"] / 42 * 60)


def test_projects_by_folder_have_every_name_that_scripts_know() -> None:
    wanted = recorded("claude_daily_instances")
    wanted["projects"] = {"-work-a": next(iter(wanted["projects"].values()))}
    found = of(*TWO_DAYS)

    assert missing(wanted, report_json.by_project_folder("daily", {"-work-a": found}, found.total)) == []


def test_an_empty_report_is_an_empty_list_and_totals_of_nothing() -> None:
    found = report_json.over_time("daily", of())

    assert missing(recorded("empty_daily"), found) == []
    assert found["daily"] == []
    assert set(found["totals"].values()) == {0}


def test_a_model_without_a_price_is_named_in_row_and_totals_and_the_cost_stays_a_number() -> None:
    found = report_json.over_time("daily", of(usage(input_=1_000_000), usage(model="other", input_=7)))

    for each in (found["totals"], found["daily"][0]):
        assert (each["totalCost"], each["unpricedModels"], each["unpricedTokens"]) == (3.0, ["other"], 7)
    assert found["daily"][0]["modelBreakdowns"][1]["unpricedTokens"] == 7


def test_where_everything_has_a_price_nothing_is_called_unpriced() -> None:
    assert "unpriced" not in json.dumps(report_json.over_time("daily", of(*TWO_DAYS)))


def test_a_week_in_detail_holds_the_figures_of_the_page() -> None:
    found = report_json.week(a_week())

    assert round(found["projectedMonthCost"], 6) == 221.561638
    assert found["savedByCaching"] == 13.8333312
    assert found["cheapestDay"] == {"date": "2026-11-18", "totalCost": 7.907404}
    assert [each["model"] for each in found["models"]] == ["large", "small"]
    assert [each["project"] for each in found["projects"]] == ["/work/a", "/work/b"]


# ---- for spreadsheets --------------------------------------------------------------------------------------


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_line_for_each_model_with_whole_counts_and_unrounded_costs() -> None:
    rows = read(report_csv("daily", of(*TWO_DAYS, usage("2026-11-18", input_=1))))

    assert [(each["date"], each["model"], each["list_price_usd"]) for each in rows] == [
        ("2026-11-17", "large", "43.2222048"),
        ("2026-11-18", "small", "7.907404"),
        ("2026-11-18", "large", "0.000003"),
    ]
    assert rows[0]["total_tokens"] == "10391356"


def test_a_cost_nobody_knows_is_an_empty_cell() -> None:
    (found,) = read(report_csv("model", of(usage(model="other", input_=7))))

    assert (found["list_price_usd"], found["unpriced_tokens"]) == ("", "7")


def test_what_a_log_calls_its_things_is_no_formula() -> None:
    found = of(usage(HOSTILE, HOSTILE, input_=7, project=HOSTILE, app=HOSTILE, task=HOSTILE))

    for kind in ("project", "app", "session", "model"):
        for cells in csv.reader(io.StringIO(report_csv(kind, found))):
            assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


def test_blocks_have_a_line_for_each_model_and_gaps_none() -> None:
    gap = Block(provider="p", account="", starts_at=AT, ends_at=AT + HOUR)

    (found,) = read(blocks_csv([a_block(by_server=True, active=True), (gap, None)]))

    assert (found["bounded_by"], found["active"], found["total_tokens"]) == ("server", "true", "159300")


# ---- what is missing ---------------------------------------------------------------------------------------


def test_what_is_not_counted_is_said_with_its_reason() -> None:
    said = report_words.not_indexed(
        pending_bytes=2_500_000,
        skipped={"no JSON": 2, "too long": 1},
        aside={"larger than any context window": 1},
        finished_at=AT,
        now=AT + HOUR,
    )

    assert [each.replace("\u00a0", " ") for each in said] == [
        "2.5 MB of logs are not counted yet; last read 1 h ago.",
        "3 lines could not be read: 2 no JSON, 1 too long.",
        "1 event set aside, not counted: larger than any context window.",
    ]


def test_where_nothing_is_missing_nothing_is_said() -> None:
    assert report_words.not_indexed(pending_bytes=0, skipped={}, aside={}, finished_at=AT, now=AT) == []


def test_logs_never_read_to_their_ends_are_said() -> None:
    (said,) = report_words.not_indexed(pending_bytes=9, skipped={}, aside={}, finished_at=None, now=AT)

    assert "not been read to their ends" in said


def test_prices_nobody_has_checked_for_long_are_said_of_the_models_that_were_used() -> None:
    """On 20 November "large" was last checked 100 days before; "small" is as old and was not used."""
    checked = TODAY - timedelta(days=100)
    rows = (rate_row("large", "3", "15", checked=checked), rate_row("small", "1", "5", checked=checked))
    table = RateTable(rows, names=Names(), today=TODAY)

    assert report_words.old_prices({"large", "other"}, table, TODAY) == [
        "The prices of large were last checked 100 days ago and may have changed."
    ]
    assert report_words.old_prices({"large", "small"}, TABLE, TODAY) == []
