"""What an answer to stated use is made of: named rows of figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from usagetray.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    name: str
    rows: tuple[Mapping[str, Any], ...]
    is_list: bool = False  # several rows belong to it, not just one


def one(name: str, **figures: Any) -> Section:
    return Section(name=name, rows=(figures,))
