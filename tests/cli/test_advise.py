"""`usagetray advise` as its users start it: stated use, worked questions, mistakes in the file, no use yet."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Computer, Said
from tests.domain.advice.worked import CASES, difference
from usagetray.views.cli.advise import NOTHING_YET

HERE = Path(__file__).parent / "advise"
MONTH = HERE / "month.json"
README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
MODEL = {"model": "claude-sonnet-4-5", "prompt_tokens": 1_000_000, "output_tokens": 100_000}


def what_if(computer: Computer, content: object, *words: str) -> Said:
    """The answer to a file, indented so that each key has a line of its own."""
    file = computer.home / "use.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content, indent=1))
    return computer.run("advise", "--what-if", str(file), *words)


def answer(computer: Computer, **top: Any) -> Any:
    said = what_if(computer, {"usage": {"models": [MODEL]}, **top}, "--json")
    assert said.status == 0, said
    return said.json


def test_without_use_it_says_so_and_what_works_instead(computer: Computer) -> None:
    said, as_json = computer.run("advise"), computer.run("advise", "--json").json

    assert (said.status, said.out) == (0, NOTHING_YET + "\n")
    assert (as_json["advice"], as_json["missing"], as_json["days"]) == ([], ["own_use"], 0)


def test_ten_days_of_logs_are_compared_with_the_plans_of_their_vendor(computer: Computer) -> None:
    """Ten days of 10M read and 100k out on Sonnet 4.5: (3 + 1.50) x 10 = $45, so Pro at $20 is less."""
    folder = computer.home / ".claude" / "projects" / "-home-x-p"
    folder.mkdir(parents=True)
    now = datetime.now(UTC)
    lines = []
    for number in range(100):
        at = now - timedelta(days=number // 10 + 0.5, minutes=number % 10)
        usage = {"input_tokens": 0, "cache_read_input_tokens": 1_000_000, "output_tokens": 10_000}
        message = {"id": f"msg_{number}", "role": "assistant", "model": "claude-sonnet-4-6", "usage": usage}
        stamp = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        lines.append({"type": "assistant", "timestamp": stamp, "requestId": f"r{number}", "message": message})
    (folder / "s-1.jsonl").write_text("".join(json.dumps(each) + "\n" for each in lines))

    said, as_json = computer.run("advise"), computer.run("advise", "--json").json

    assert said.status == 0, said
    assert "Anthropic: at least $45.00 at list prices" in said.out
    assert "Claude Pro (monthly)" in said.out
    assert as_json["days"] >= 10
    assert max(map(len, said.out.splitlines())) <= 80


# ---- stated use --------------------------------------------------------------------------------------------


def test_the_readme_s_example_is_the_one_tested() -> None:
    section = README[README.index("### Advice on stated use") :]

    assert json.loads(section[section.index("```json") + 7 : section.index("```\n")]) == json.loads(MONTH.read_text())


def test_the_readme_names_every_part_of_the_answer(computer: Computer) -> None:
    shown = computer.run("advise", "--what-if", str(MONTH), "--json").json
    section = README[README.index("### Advice on stated use") : README.index("## Settings")]

    assert [each for each in shown if each != "schema" and f"`{each}`" not in section] == []


def test_a_stated_month_is_priced_with_disjoint_categories(computer: Computer) -> None:
    """12M written at $3.75, 18M read at $0.30, 7.8M out at $15: 45 + 5.40 + 117. Uncached 90 + 117."""
    shown = computer.run("advise", "--what-if", str(MONTH), "--json").json

    assert shown["cost"]["usd"] == "167.40"
    assert shown["cost"]["by_category"] == {"cache_write_5m": "45", "cache_read": "5.40", "output": "117"}
    assert (shown["caching"]["without_usd"], shown["caching"]["saved_usd"]) == ("207", "39.60")
    assert shown["month"]["total_tokens"] == 37_800_000


def test_plans_are_held_against_the_api_in_both_directions(computer: Computer) -> None:
    """$167.40 for 37.8M tokens, 160 sessions, 20 days."""
    plans = {each["plan"]: each for each in computer.run("advise", "--what-if", str(MONTH), "--json").json["plans"]}

    five, twenty = plans["anthropic/max_5x"], plans["anthropic/max_20x"]
    assert (five["pays"], five["plan_cheaper_by_usd"]) == ("yes", "67.40")
    assert (twenty["pays"], twenty["api_cheaper_by_usd"], twenty["is_owned"]) == ("no", "32.60", True)
    assert five["break_even_tokens_month"] == 22_580_645  # 100 / 167.40 x 37.8M
    assert five["break_even_sessions_month"] == "95.57945"
    assert five["break_even_active_days_month"] == "11.947431"


def test_the_text_names_the_same_figures_within_80_columns(computer: Computer) -> None:
    said = computer.run("advise", "--what-if", str(MONTH))

    assert said.status == 0
    assert "About $167.40 a month at list prices" in said.out
    assert "Claude Max 5x                     $100.00 a month   $67.40 less than the API" in said.out
    assert "not from your use" in said.out
    assert max(map(len, said.out.splitlines())) <= 80


def test_a_week_is_stretched_and_the_convention_said(computer: Computer) -> None:
    """$4.50 a week is $19.50 a month."""
    shown = answer(computer, usage={"per": "week", "models": [MODEL]})

    assert (shown["cost"]["usd"], shown["month"]["convention"]) == ("19.50", "x 52/12")
    assert (shown["projection"]["week_usd"], shown["projection"]["month_x4_usd"]) == ("4.50", "18")


def test_weeks_stated_one_by_one_make_a_mean_week(computer: Computer) -> None:
    """30M in and 7.8M out over four weeks: $207 / 4 a week, x 52/12."""
    each = ((8, 2), (7, 1.8), (9, 2.5), (6, 1.5))
    weeks = [
        {"models": [{**MODEL, "prompt_tokens": int(prompt * 1e6), "output_tokens": int(output * 1e6)}]}
        for prompt, output in each
    ]

    shown = answer(computer, usage={"weeks": weeks})

    assert (shown["projection"]["week_usd"], shown["cost"]["usd"]) == ("51.75", "224.25")


def test_one_s_own_rates_and_plans_count(computer: Computer) -> None:
    model = {
        "model": "ours",
        "prompt_tokens": 2_000_000,
        "output_tokens": 0,
        "rates_usd_per_mtok": {"input": 1, "output": 2},
    }

    shown = answer(computer, usage={"models": [model]}, plans=[{"name": "Club", "fee": 520, "period": "year"}])

    assert shown["cost"]["usd"] == "2"
    assert (shown["plans"][0]["name"], shown["plans"][0]["fee_month_usd"]) == ("Club", "43.333333")


def test_equal_fee_and_use_are_break_even(computer: Computer) -> None:
    shown = answer(computer, plans=[{"name": "Club", "fee": "4.50"}])

    assert shown["plans"][0]["pays"] == "break-even"
    assert (shown["plans"][0]["plan_cheaper_by_usd"], shown["plans"][0]["api_cheaper_by_usd"]) == ("0", "0")


def test_the_fee_of_a_tool_is_netted_and_the_bill_explained(computer: Computer) -> None:
    """A fifth of $3 prompt is 60 cents: $18.40 are lost; of a $10 bill $5.50 are not explained."""
    shown = answer(computer, bill_usd="10", what_if={"prompt_cut": "0.2", "tool_fee_usd": 19})

    assert shown["context"]["saving_usd"] == "0.60"
    assert shown["context"]["net_saving_usd"] == "-18.40"
    assert shown["cost"]["unexplained_usd"] == "5.50"


def test_shorter_answers_other_models_batches_and_value(computer: Computer) -> None:
    shown = answer(
        computer,
        what_if={"output_cut": "0.5", "batch_share": "0.5", "route_to": ["claude-haiku-4-5"]},
        value={"salary_year_usd": "150000", "gain_low": "0.2", "gain_high": "0.4"},
        hybrid={"api_low_usd": "100", "api_high_usd": "150"},
        plans=["pro"],
    )

    assert shown["output"]["saving_usd"] == "0.75"
    assert shown["batch"]["saving_high_usd"] == "1.125"
    assert shown["routing"][0]["saving_high_usd"] == "3"
    assert (shown["hybrid"][0]["low_usd"], shown["hybrid"][0]["high_usd"]) == ("120", "170")
    assert (shown["value"][0]["value_low_usd"], shown["value"][0]["value_high_usd"]) == ("2500", "5000")


# ---- mistakes ----------------------------------------------------------------------------------------------


def test_several_mistakes_are_each_named_and_cost_only_themselves(computer: Computer) -> None:
    shown = answer(
        computer,
        plans=["pro", "nope", 5],
        seats=0,
        bill_usd="much",
        what_if={"prompt_cut": 2, "tool_fe_usd": 1},
        extra=1,
    )

    wrong = [problem.partition("use.json, ")[2] for problem in shown["problems"]]
    assert [re.sub(r"^line \d+: ", "", each).split(" ")[0] for each in wrong] == [
        "plans[2]",
        "plans[3]",
        "seats",
        "bill_usd",
        "what_if.prompt_cut",
        "what_if.tool_fe_usd",
        "extra",
    ]
    assert 'what_if.prompt_cut takes a share from 0 to 1 such as "0.6", not 2' in wrong[4]
    assert 'did you mean "tool_fee_usd"?' in wrong[5]
    assert shown["cost"]["usd"] == "4.50"
    assert [each["plan"] for each in shown["plans"]] == ["anthropic/pro"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('{"usage":\n {"models" [\n', "line 2: this is not valid JSON"),
        ('{"usage": {}}', "usage.models takes a list such as"),
        ('{"kind": "nope", "inputs": {}}', "kind takes one of"),
    ],
)
def test_a_file_without_an_answer_is_one_sentence_with_place_and_key(
    computer: Computer, content: str, sentence: str
) -> None:
    said = what_if(computer, content)

    assert (said.status, said.out) == (1, "")
    assert said.err.startswith("usagetray: ")
    assert said.err.count("\n") == 1
    assert sentence in said.err


def test_a_file_that_is_not_there_is_one_sentence(computer: Computer) -> None:
    said = computer.run("advise", "--what-if", "nowhere.json")

    assert (said.status, said.out) == (1, "")
    assert said.err == "usagetray: nowhere.json cannot be read (No such file or directory).\n"


@pytest.mark.parametrize("words", [("--hour-value", "-3"), ("--hour-value", "NaN"), ("--days", "0"), ("--days", "x")])
def test_options_that_are_not_right_are_wrong_use(computer: Computer, words: tuple[str, str]) -> None:
    said = computer.run("advise", *words)

    assert (said.status, said.out) == (2, "")


def test_a_plan_nobody_sells_is_named(computer: Computer) -> None:
    (computer.profile / "state").mkdir(parents=True)
    computer.run("status")

    said = computer.run("advise", "--plan", "max_7x")

    assert said.status == 1
    assert 'There is no plan called "max_7x"' in said.err


def test_a_plan_of_one_s_own_replaces_ours_and_a_wrong_one_is_named(computer: Computer) -> None:
    computer.profile.mkdir()
    row = {"vendor": "anthropic", "plan_id": "pro", "name": "Pro here", "fee": "23", "currency": "USD"}
    rows = [
        {**row, "period": "month", "checked": "2026-11-01"},
        {**row, "period": "fortnight", "checked": "2026-11-01"},
    ]
    (computer.profile / "plans.json").write_text(json.dumps({"plans": rows}, indent=1))

    shown = answer(computer, plans=["pro"])

    assert (shown["plans"][0]["name"], shown["plans"][0]["fee_month_usd"]) == ("Pro here", "23")
    assert [problem.partition("plans.json, ")[2] for problem in shown["problems"]] == [
        'line 18: plans[2].period takes "week" or "month" or "year", not "fortnight"; it is left out.'
    ]


# ---- worked questions --------------------------------------------------------------------------------------


def test_all_worked_questions_are_answered_in_one_run(computer: Computer) -> None:
    said = what_if(computer, {"cases": CASES}, "--json")

    shown = {each["id"]: each for each in said.json["cases"]}
    assert said.json["problems"] == []
    assert list(shown) == [case["id"] for case in CASES]
    assert difference({"usd": "167.40", "saving_usd": "39.60"}, shown["S04"]["figures"], 0, "S04") == []  # type: ignore[arg-type]
    assert "usd" in shown["S04"]["differs"]


def test_one_question_is_answered_by_itself_and_in_words(computer: Computer) -> None:
    case = next(each for each in CASES if each["id"] == "S04")

    as_json, as_text = what_if(computer, case, "--json").json, what_if(computer, case).out

    assert (as_json["id"], as_json["figures"]["usd"]) == ("S04", "167.40")
    assert "usd: 167.40" in as_text
    assert "never both" in " ".join(as_text.split())


def test_a_question_that_cannot_be_answered_leaves_the_others(computer: Computer) -> None:
    good = {"kind": "hybrid", "inputs": {"plan_fee": "20", "api_low": "100", "api_high": "150"}}
    said = what_if(computer, {"cases": [{"kind": "hybrid", "inputs": {"plan_fee": "x"}}, good, 7]}, "--json")

    assert [each["figures"] for each in said.json["cases"]] == [{"low": "120", "high": "170"}]
    assert len(said.json["problems"]) == 2
