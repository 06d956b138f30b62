"""What-if files with every kind of mistake: one sentence each, with the line and the key, and never a stack trace."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.advice.worked import CASES, asked, tables
from usagetray.domain.advice.stated import Stated
from usagetray.domain.advice.what_if import what_if
from usagetray.edges.json_file import Document, document
from usagetray.edges.what_if_file import stated_use
from usagetray.errors import UserError
from usagetray.views.advice_json import what_if_json
from usagetray.views.what_if_text import what_if_text

MODEL = '{"model": "gpt-5", "prompt_tokens": 10, "output_tokens": 1}'


def read(text: str) -> tuple[Stated, Document]:
    found = document("use.json", text)
    return stated_use(found, tables()), found


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            '{"usage":\n {"models" [\n',
            "use.json, line 2: this is not valid JSON (expecting ':' delimiter); mend it there.",
        ),
        ("[]", "is an object in braces"),
        ("{}", "use.json, line 1: usage takes an object"),
        ('{\n"usage": 7}', "line 2: usage takes an object in braces, not 7"),
        ('{"usage": {"models": []}}', "no use is stated in it"),
        (
            '{"usage": {"models": [{"model": "nope", "prompt_tokens": 1, "output_tokens": 1}]}}',
            "rates_usd_per_mtok beside",
        ),
        ('{"usage": {"models": [{"prompt_tokens": 1}]}}', "usage.models[1].model takes the id of a model"),
        (
            '{"usage": {"models": [\n{"model": "gpt-5",\n"prompt_tokens": -1, "output_tokens": 1}]}}',
            "line 3: usage.models[1].prompt_tokens takes a whole number from 0 up, not -1",
        ),
        (
            '{"usage": {"models": [{"model": "gpt-5", "prompt_tokens": 10, "output_tokens": 1, "read_share": 0.7,'
            '"write_5m_share": 0.4}]}}',
            "no token counts twice",
        ),
        ('{"usage": NaN}', "NaN is no number"),
        ('{"usage": {"models": [{"model": "\\ud800"}]}}', "use.json: a text in it holds half a character"),
        ("[" * 100_000, "nested too deeply"),
        ('{"usage": ' + "9" * 5000 + "}", "too many digits"),
        (
            '{"usage": {"models": [{"model": "gpt-5", "prompt_tokens": "9e999999999", "output_tokens": 1}]}}',
            "whole number",
        ),
    ],
)
def test_where_nothing_is_left_to_answer_the_first_mistake_is_the_answer(content: str, sentence: str) -> None:
    with pytest.raises(UserError) as error:
        read(content)

    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("top", "sentence"),
    [
        ('"plans": ["pro",\n "nope"]', 'line 2: plans[2] takes the name of a plan such as "max_5x"'),
        ('"plans": "pro"', "plans takes a list of names"),
        ('"plans": [{"name": "Club"}]', "plans[1].fee takes an amount from 0 up"),
        ('"plans": ["coding_pro_cn"]', "is sold in CNY: it is not compared with dollars"),
        ('"seats": 1.5', "seats takes a whole number from 1 up, not 1.5"),
        ('"value": {"hour_usd": 3}', "value takes hour_usd with hours_saved_month"),
        ('"value": []', "value takes an object in braces, not a list"),
        ('"hybrid": {}', "hybrid takes api_low_usd and api_high_usd"),
        ('"what_if": {"route_to": "nope"}', "what_if.route_to takes models with a known price"),
        ('"what_if": {"promt_cut": 0.1}', 'what_if.promt_cut is not read here; did you mean "prompt_cut"?'),
        ('"bill_usd": true', "bill_usd takes an amount from 0 up"),
        ('"owned": 3', "owned takes a text, not 3"),
    ],
)
def test_a_mistake_costs_only_itself(top: str, sentence: str) -> None:
    stated, found = read(f'{{"usage": {{"models": [{MODEL}]}},{top}}}')

    assert len(found.problems) == 1
    assert sentence in found.problems[0]
    assert len(stated.models) == 1


def test_without_plans_those_of_the_dearest_model_s_vendor_are_considered() -> None:
    stated, _ = read(f'{{"usage": {{"models": [{MODEL}]}}}}')

    assert [plan.key for plan in stated.plans] == ["openai/plus", "openai/prolite", "openai/pro", "openai/promax"]


JUNK = st.sampled_from(
    [
        None,
        True,
        -1,
        0,
        "",
        "x",
        "0.5",
        "1e3",
        10**30,
        "NaN",
        "Infinity",
        [],
        {},
        [1],
        [{}],
        {"a": 1},
        "week",
        2.5,
        ["pro"],
    ]
)


@settings(max_examples=100, deadline=None)
@given(data=st.data(), junk=JUNK)
def test_no_worked_question_ends_in_anything_but_an_answer_or_a_sentence(data: st.DataObject, junk: Any) -> None:
    """Any one input replaced by something else."""
    case = json.loads(json.dumps(data.draw(st.sampled_from(CASES))))
    places = list(_places(case["inputs"]))
    holder, key = data.draw(st.sampled_from(places))
    holder[key] = junk

    answer, problems = asked(case)

    assert answer is not None or problems
    json.dumps(answer, allow_nan=False)


def _places(value: Any) -> Any:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in list(items):
        yield value, key
        yield from _places(each)


@settings(max_examples=100, deadline=None)
@given(data=st.data(), junk=JUNK)
def test_no_stated_use_ends_in_anything_but_an_answer_or_a_sentence(data: st.DataObject, junk: Any) -> None:
    whole = {
        "usage": {
            "per": "week",
            "models": [
                {"model": "claude-haiku-4-5", "prompt_tokens": 9, "output_tokens": 1, "read_share": 0.1, "requests": 3},
                {"model": "x", "tokens": {"input": 3}, "rates_usd_per_mtok": {"input": 1, "output": 2}},
            ],
            "sessions": 3,
            "active_days": 2,
            "hours": 9,
            "date": "2026-10-01",
        },
        "plans": ["pro", {"name": "a", "fee": 3, "period": "year"}, "team_standard"],
        "owned": "plus",
        "seats": 2,
        "value": {"salary_year_usd": 1, "gain_low": 0.1, "gain_high": 0.2},
        "hybrid": {"api_low_usd": 1, "api_high_usd": 2},
        "what_if": {"prompt_cut": 0.1, "output_cut": 1, "cached_share": 1, "route_to": ["gpt-5"], "batch_share": 1},
        "bill_usd": 3,
    }
    holder, key = data.draw(st.sampled_from(list(_places(whole))))
    holder[key] = junk

    try:
        stated, found = read(json.dumps(whole))
    except UserError:
        return
    sections = what_if(stated, tables().models, {})

    json.dumps(what_if_json(sections, found.problems), allow_nan=False)
    assert what_if_text(sections, found.problems)
