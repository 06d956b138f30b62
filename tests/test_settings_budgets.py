"""Budgets in the settings file: what is right is taken, what is wrong is said in one sentence and costs only itself."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from usagetray.edges.settings_file import parse_value, set_value
from usagetray.errors import SettingsError
from usagetray.settings import Settings
from usagetray.settings.budgets import Budget
from usagetray.settings.reading import load

GOOD = """\
[alerts]
thresholds = [60]

[[budgets]]
amount = "300"

[[budgets]]
name = "Web shop"
period = "week"
amount = "12.50"
project = "/home/me/webshop"
thresholds = [90, 80]

[[budgets]]
name = "Bill"
amount = 50
currency = "EUR"
basis = "billed"
provider = "Some_API"
"""


def written(folder: Path, text: str) -> Settings:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def test_an_amount_is_all_that_a_budget_needs(tmp_path: Path) -> None:
    first, second, third = written(tmp_path, GOOD).budgets

    assert (first.name, first.period, first.amount, first.currency) == ("Everything", "month", Decimal(300), "USD")
    assert (first.basis, first.thresholds, first.place) == ("", None, f"{tmp_path / 'config.toml'}, line 5")
    assert (second.name, second.period, second.amount, second.thresholds) == (
        "Web shop", "week", Decimal("12.50"), (0.8, 0.9)
    )  # fmt: skip
    assert (third.currency, third.basis, third.provider) == ("EUR", "billed", "some_api")


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ('project = "/home/me/webshop/"', "webshop"),
        (r"project = 'C:\work\webshop'", "webshop"),
        ('app = "docs-bot"', "docs-bot"),
        ('provider = "some"', "some"),
    ],
)
def test_a_budget_without_a_name_is_called_after_what_it_is_for(tmp_path: Path, row: str, name: str) -> None:
    (budget,) = written(tmp_path, f'[[budgets]]\namount = "1"\n{row}\n').budgets

    assert budget.name == name


WRONG = [
    ('amount = "300"', 'amount = "lots"', 5, "amount", 'a sum in quotes, like "300" or "12.50"'),
    ('amount = "300"', 'amount = "0"', 5, "amount", "a sum in quotes"),
    ('amount = "300"', "amount = 300.5", 5, "amount", "a sum in quotes"),
    ('amount = "300"', "amount = true", 5, "amount", "a sum in quotes"),
    ('amount = "300"', 'amout = "300"', 5, "amout", "nothing, a budget has name, amount"),
    ('amount = "300"', 'name = "x"', 4, "amount", "a sum in quotes"),
    ('amount = "300"', 'amount = "1"\ncurrency = "EUR"', 6, "currency", '"USD", as list prices are'),
    ('amount = "300"', 'amount = "1"\ncurrency = "euro"', 6, "currency", 'three letters like "USD"'),
    ('amount = "300"', 'amount = "1"\nbasis = "guess"', 6, "basis", '"estimate" or "billed"'),
    ('amount = "300"', 'amount = "1"\napp = "a"\nbasis = "billed"', 6, "app", "a bill knows its provider only"),
    ('period = "week"', 'period = "year"', 9, "period", '"day" or "week" or "month"'),
    ('name = "Web shop"', "name = 3", 8, "name", "a text of at most 40 characters"),
    ('project = "/home/me/webshop"', 'project = ""', 11, "project", "a text of at most 400 characters"),
    ("thresholds = [90, 80]", "thresholds = [900]", 12, "thresholds", "percentages from 1 to 99"),
    ('name = "Bill"', 'name = "Everything"', 15, "name", "a name that no other budget of a month has"),
]


@pytest.mark.parametrize(("right", "wrong", "line", "key", "wanted"), WRONG, ids=[each[1] for each in WRONG])
def test_a_wrong_budget_is_named_and_the_others_hold(
    tmp_path: Path, right: str, wrong: str, line: int, key: str, wanted: str
) -> None:
    settings = written(tmp_path, GOOD.replace(right, wrong, 1))

    (problem,) = settings.problems
    assert problem.startswith(f"{tmp_path / 'config.toml'}, line {line}: budgets.{key} takes ")
    assert wanted in problem
    assert problem.endswith("; this budget is left out.")
    assert len(settings.budgets) == 2
    assert settings.alerts.thresholds == (0.6,)


def test_what_is_no_list_of_tables_costs_the_budgets_only(tmp_path: Path) -> None:
    settings = written(tmp_path, 'show = "left"\nbudgets = "300"\n')

    assert settings.budgets == ()
    assert settings.show_left
    assert settings.problems == (
        f"{tmp_path / 'config.toml'}, line 2: budgets takes [[budgets]] tables, each with an amount; none are used.",
    )


def test_budgets_are_set_from_the_command_line_and_read_back_as_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    row = '{name = "Bots", amount = "12.50", period = "day", app = "docs-bot", thresholds = [33.3]}'

    set_value(path, "budgets", parse_value(f"[{row}]"))

    (budget,) = load(path).budgets
    assert budget.written() == {
        "name": "Bots", "amount": "12.50", "currency": "USD", "period": "day", "app": "docs-bot", "thresholds": [33.3]
    }  # fmt: skip


def test_a_wrong_budget_is_refused_at_the_command_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="budgets takes a sum in quotes"):
        set_value(tmp_path / "config.toml", "budgets", parse_value('[{amount = "a lot"}]'))


def test_another_sum_is_another_budget_and_the_same_sum_written_otherwise_is_not() -> None:
    keys = [Budget(name="a", amount=Decimal(each)).key for each in ("300", "300.00", "300.01", "3E+2")]

    assert keys == ["month 300 USD", "month 300 USD", "month 300.01 USD", "month 300 USD"]
