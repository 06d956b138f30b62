"""The price table as it is read from its file, and the user's own rows laid over it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from usagetray.domain.pricing import Price, price
from usagetray.domain.rates import RateTable
from usagetray.edges.settings_file import parse_value, set_value
from usagetray.edges.tables import rate_table
from usagetray.errors import SettingsError
from usagetray.settings import Settings
from usagetray.settings.reading import load
from usagetray.usage import Attempt, TokenCounts

BOTH = TokenCounts(input=1_000_000, output=1_000_000)


def written(folder: Path, text: str) -> Settings:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def priced(table: RateTable, model: str, day: str = "2026-11-20", **terms: Any) -> Price:
    at = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=UTC)
    values = {"tokens": BOTH, "prompt": 0, "tier": "standard", **terms}
    return price(Attempt(model=model, at=at, **values), table)


def test_the_table_is_read_from_the_package_each_time() -> None:
    table = rate_table()

    assert table.problems == ()
    assert len(table.ids) > 60
    assert rate_table() is not table


def test_a_row_without_a_date_has_the_day_that_is_told_or_the_day_of_the_last_check() -> None:
    undated = Attempt(model="gemini-4-argon", at=None, tokens=BOTH, prompt=0)

    assert price(undated, rate_table()).usd == 12
    assert price(undated, rate_table(today=date(2027, 1, 1))).usd == 24


# ---- prices of the user's own ------------------------------------------------------------------------------

HOUSE = """
[[rates]]
model = "House-Model"
since = "2026-10-01"
input = "3.00"
output = "15"
cache_read = "0.30"
"""


def test_a_model_of_the_user_s_own_has_the_price_they_wrote(tmp_path: Path) -> None:
    """Cache writes, which they did not price, cost what input does."""
    settings = written(tmp_path, HOUSE)
    table = rate_table(settings.rates)

    counts = TokenCounts(input=1_000_000, cache_write_5m=1_000_000, cache_write_1h=1_000_000, cache_read=1_000_000)
    found = priced(table, "house-model", tokens=counts)

    assert settings.problems == table.problems == ()
    assert (found.status, found.usd, found.flags) == ("priced", Decimal("9.30"), {"user_rate"})
    assert "before_first_rate" in priced(table, "house-model", "2026-09-30").flags


def test_a_price_of_the_user_s_own_goes_before_the_list_from_its_day_on(tmp_path: Path) -> None:
    """Even before rows of the list that are newer: GPT-5.6 Luna's cut of 2026-07-30 is not theirs."""
    row = '[[rates]]\nmodel = "gpt-5.6-luna"\nsince = 2026-07-20\ninput = "0.90"\noutput = "5"\n'
    table = rate_table(written(tmp_path, row).rates)

    assert [priced(table, "gpt-5.6-luna", day).usd for day in ("2026-07-19", "2026-07-20", "2026-11-20")] == [
        *(Decimal(7), Decimal("5.9"), Decimal("5.9")),
    ]
    assert priced(table, "gpt-5.6-luna", tier="batch").usd == Decimal("2.95")


def test_a_discount_on_a_known_model_keeps_its_places_and_fees(tmp_path: Path) -> None:
    row = '[[rates]]\nmodel = "claude-opus-5-20260724"\ninput = "4"\noutput = "20"\n'
    table = rate_table(written(tmp_path, row).rates)

    assert priced(table, "claude-opus-5", geo="us", web_searches=1).usd == Decimal("26.41")
    assert priced(table, "claude-opus-5", "2020-01-01").flags == {"user_rate"}
    assert priced(table, "claude-opus-5", speed="fast").flags == {"user_rate", "fast_rate_unknown"}


def test_a_gateway_s_own_price_is_not_the_vendor_s(tmp_path: Path) -> None:
    row = '[[rates]]\nmodel = "openrouter/anthropic/claude-opus-5"\ninput = "5.25"\noutput = "26"\n'
    table = rate_table(written(tmp_path, row).rates)

    assert priced(table, "openrouter/anthropic/claude-opus-5").usd == Decimal("31.25")
    assert priced(table, "claude-opus-5").flags == frozenset()


def test_a_name_can_be_said_to_mean_a_known_model(tmp_path: Path) -> None:
    """All of its card: dates, long prompts, fast mode."""
    row = '[[rates]]\nmodel = "arn:aws:x:application-inference-profile/abc"\nlike = "claude-haiku-5.5"\n'
    row += '[[rates]]\nmodel = "luna"\nlike = "gpt-5.6-luna"\nsince = "2026-07-20"\n'
    table = rate_table(written(tmp_path, row).rates)

    profile = "arn:aws:x:application-inference-profile/abc"
    assert priced(table, profile).usd == Decimal("0.60")
    assert priced(table, profile, prompt=100_001).usd == Decimal("3")
    assert priced(table, profile).flags == {"user_rate"}
    assert [priced(table, "luna", day).usd for day in ("2026-07-29", "2026-07-30")] == [7, Decimal("1.4")]
    assert priced(table, "luna", "2026-07-19").flags == {"user_rate", "before_first_rate"}


def test_a_likeness_to_an_unknown_model_is_said_and_left_out(tmp_path: Path) -> None:
    settings = written(tmp_path, HOUSE + '\n[[rates]]\nmodel = "x"\nlike = "claude-opus"\n')
    table = rate_table(settings.rates)

    assert table.problems == (
        f"{tmp_path / 'config.toml'}, line 10: like takes the name of a model with a known price, "
        'not "claude-opus"; this row is left out.',
    )
    assert priced(table, "x").status == "unpriced"
    assert priced(table, "house-model").usd == 18


WRONG = [
    ('input = "3.00"', "input = 3.0", 5, 'rates.input takes US dollars per million tokens in quotes, like "3.00"'),
    ('input = "3.00"', 'input = "-1"', 5, "rates.input takes US dollars per million tokens"),
    ('input = "3.00"', 'input = "NaN"', 5, "rates.input takes US dollars per million tokens"),
    ('input = "3.00"', 'input = "1e9"', 5, "rates.input takes US dollars per million tokens"),
    ('input = "3.00"', 'input = "200000"', 5, "rates.input takes US dollars per million tokens"),
    ('output = "15"\n', "", 2, "rates.output takes US dollars per million tokens"),
    ('model = "House-Model"', "model = 5", 3, "rates.model takes the name of a model in quotes"),
    ('since = "2026-10-01"', 'since = "2026-13-01"', 4, 'rates.since takes a day like "2026-10-01"'),
    ('since = "2026-10-01"', "since = 2026-10-01T00:00:00", 4, 'rates.since takes a day like "2026-10-01"'),
    ('cache_read = "0.30"', 'cache_raed = "0.30"', 7, "rates.cache_raed takes nothing, a row has model, since"),
    ('cache_read = "0.30"', 'like = "claude-opus-5"', 5, "rates.input takes no price beside like"),
]


@pytest.mark.parametrize(("good", "bad", "line", "sentence"), WRONG, ids=[each[1] or "none" for each in WRONG])
def test_a_row_that_is_not_right_costs_only_itself(
    tmp_path: Path, good: str, bad: str, line: int, sentence: str
) -> None:
    text = HOUSE.replace(good, bad) + HOUSE.replace("House-Model", "other")
    settings = written(tmp_path, text)

    (problem,) = settings.problems
    assert problem.startswith(f"{tmp_path / 'config.toml'}, line {line}: {sentence}")
    assert problem.endswith("; this row is left out.")
    assert [each.model for each in settings.rates] == ["other"]


def test_rates_that_are_no_tables_are_said(tmp_path: Path) -> None:
    settings = written(tmp_path, 'show = "left"\nrates = "3.00"\n')

    assert settings.show_left
    assert settings.problems == (
        f"{tmp_path / 'config.toml'}, line 2: rates takes [[rates]] tables, each with model, input and output; "
        "none are used.",
    )


def test_one_list_on_one_line_is_a_way_to_write_them_too(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    value = parse_value('[{model = "x", input = "1", output = "2"}]')

    set_value(path, "rates", value)

    assert [each.written() for each in load(path).rates] == [{"model": "x", "input": "1", "output": "2"}]
    with pytest.raises(SettingsError, match="rates takes US dollars per million tokens in quotes"):
        set_value(path, "rates", parse_value('[{model = "x", input = 1, output = "2"}]'))
