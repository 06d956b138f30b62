"""The table of what is known of models besides their prices."""

from __future__ import annotations

import json
from pathlib import Path
from types import MappingProxyType

from usagetray.domain.advice.caching import Smallest
from usagetray.domain.advice.models import ModelFacts

SHIPPED = Path(__file__).parents[1] / "data" / "models.json"


def model_facts() -> ModelFacts:
    """Read anew on each call: keep it."""
    table = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return ModelFacts(
        starts=MappingProxyType({vendor: tuple(begins) for vendor, begins in table["vendors"].items()}),
        tiers=MappingProxyType({vendor: tuple(models) for vendor, models in table["tiers"].items()}),
        new_tokenizer=frozenset(table["new_tokenizer"]),
        smallest_of=MappingProxyType(
            {
                model: Smallest(tokens=row["tokens"], advise_from=row["advise_from"])
                for row in table["smallest"]
                for model in row["models"]
            }
        ),
    )
