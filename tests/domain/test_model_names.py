"""Which model a name in a log means, and which it must not be taken for."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from usagetray.domain.model_names import ModelName
from usagetray.domain.rates import RateTable
from usagetray.edges.tables import rate_table

TABLE = rate_table()
THIRD_PARTY = frozenset({"third_party_platform"})
GLOBAL_ASSUMED = frozenset({"assumed_global_endpoint"})


def known(
    canonical: str, *, fast: bool = False, regional: bool = False, flags: frozenset[str] = frozenset()
) -> ModelName:
    return ModelName(id=canonical, shown=canonical, fast=fast, regional=regional, flags=flags)


NAMES = {
    " Claude-Opus-5 ": known("claude-opus-5"),
    "claude-opus-4-5-20251101": known("claude-opus-4-5"),
    "gpt-5.4-2026-03-05": known("gpt-5.4"),
    "claude-3-5-haiku-20241022": known("claude-3-5-haiku"),
    "claude-3-opus-latest": known("claude-3-opus"),
    "gpt-5.6": known("gpt-5.6-sol"),
    # spelling
    "claude-opus-4.5": known("claude-opus-4-5"),
    "claude-4-5-sonnet": known("claude-sonnet-4-5"),
    "claude-4.5-sonnet-thinking": known("claude-sonnet-4-5"),
    "claude-4-sonnet-20250514": known("claude-sonnet-4"),
    "claude-3.5-sonnet": known("claude-3-5-sonnet"),
    "claude-opus-4-0": known("claude-opus-4"),
    "claude-sonnet-4-0": known("claude-sonnet-4"),
    # routes
    "anthropic/claude-opus-5": known("claude-opus-5"),
    "openai/gpt-5.5": known("gpt-5.5"),
    "models/gemini-2.5-pro": known("gemini-2.5-pro"),
    "openrouter/anthropic/claude-opus-4.5": known("claude-opus-4-5", flags=THIRD_PARTY),
    "cx/gpt-5.5": known("gpt-5.5", flags=THIRD_PARTY),
    # Bedrock
    "us.anthropic.claude-sonnet-4-5-20250929-v1:0": known("claude-sonnet-4-5", regional=True),
    "us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0": known("claude-sonnet-4-5", regional=True),
    "us.anthropic.claude-sonnet-4-5-20250929-v1:0[1m]": known("claude-sonnet-4-5", regional=True),
    "global.anthropic.claude-opus-4-6-v1": known("claude-opus-4-6"),
    "anthropic.claude-3-5-sonnet-20241022-v2:0": known("claude-3-5-sonnet", regional=True),
    "bedrock/converse/anthropic.claude-opus-5-v1": known("claude-opus-5", regional=True),
    "bedrock/us-east-1/anthropic.claude-opus-5-v1": known("claude-opus-5", regional=True),
    "arn:aws:bedrock:us-east-1:1:inference-profile/eu.anthropic.claude-opus-5-v1": known(
        "claude-opus-5", regional=True
    ),
    "bedrock/arn:aws:bedrock:us-east-1:1:inference-profile/global.anthropic.claude-opus-5-v1": known("claude-opus-5"),
    # Google Cloud
    "claude-haiku-4-5@20251001": known("claude-haiku-4-5", flags=GLOBAL_ASSUMED),
    "vertex_ai/claude-opus-5@default": known("claude-opus-5", flags=GLOBAL_ASSUMED),
    "claude-opus-5@latest": known("claude-opus-5", flags=GLOBAL_ASSUMED),
    # the long window, and fast mode
    "claude-sonnet-4-6[1m]": known("claude-sonnet-4-6"),
    "claude-opus-4-7-fast": known("claude-opus-4-7", fast=True),
    "claude-opus-4.6-fast[1m]": known("claude-opus-4-6", fast=True),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_brought_to_the_model_s_own(name: str) -> None:
    assert TABLE.name(name) == NAMES[name]


UNKNOWN = [
    *("opus", "sonnet", "haiku", "fable", "claude-sonnet-latest"),  # move between models
    *("codex-auto-review", "gpt-5.3-codex-spark", "gpt-5.6-spark", "claude-mythos-preview"),  # no price
    *("claude-opus-5-6", "claude-opus-5-5-1", "claude-opus", "gpt-5.5-nano", "gpt-6.1", "gemini-2.5"),  # siblings
    "arn:aws:bedrock:us-east-1:1:application-inference-profile/abc123",
    "arn:aws:bedrock:us-east-1:1:application-inference-profile/claude-opus-5",
    "claude-sonnet-4-6-fast",  # never had a fast mode
    "claude-opus-4-5-20251399",  # no date
    "gpt-5.6-2026-07-09",  # a date after an alias
]


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_name_that_means_no_one_model_stays_as_it_was_told(name: str) -> None:
    assert TABLE.name(f" {name}") == ModelName(id=None, shown=name)


@pytest.mark.parametrize("name", ["", "  ", "<synthetic>"])
def test_a_row_that_a_client_wrote_by_itself_is_no_request(name: str) -> None:
    assert TABLE.name(name).ignored


def test_a_snapshot_with_a_price_of_its_own_is_not_its_model() -> None:
    """gpt-4o-2024-05-13 costs twice what gpt-4o does."""
    assert TABLE.name("gpt-4o-2024-05-13").id == "gpt-4o-2024-05-13"
    assert TABLE.name("gpt-4o-2024-08-06").id == "gpt-4o"


@settings(max_examples=100, deadline=None)
@given(name=st.text("claude-opusnt45.@/[]1m:vA \n", max_size=40) | st.text(max_size=20))
def test_any_text_is_a_known_model_or_none(name: str) -> None:
    table: RateTable = TABLE

    found = table.name(name)

    assert found.ignored or found.id is None or found.id in table.ids
