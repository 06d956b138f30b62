"""Every target, by its name."""

from __future__ import annotations

from tests.fuzz import answers, kept, logs, tools, wires, written
from tests.fuzz.target import Target

TARGETS: dict[str, Target] = {
    each.name: each for part in (answers, logs, tools, wires, kept, written) for each in part.targets()
}
