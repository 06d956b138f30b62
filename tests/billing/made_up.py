"""A computer that exists on paper only: files by path, for any system, and one start of a tool on it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from usagetray.billing import BillingRules, Mode, Scene, Verdict
from usagetray.domain.billing_route import billed
from usagetray.edges.billing import gathered, repository_root
from usagetray.providers import discover
from usagetray.spine.billing import vendors

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "cases.json").read_text(encoding="utf-8"))["cases"]
RULES: Mapping[str, BillingRules] = {each.billing.tool: each.billing for each in discover() if each.billing}
CLAUDE, CODEX = RULES["Claude Code"], RULES["Codex"]
TOOLS = {"claude_code": (CLAUDE, ".claude"), "codex": (CODEX, ".codex")}
VENDORS = vendors(discover())
CANARY = "NOTAREALKEY"


@dataclass(frozen=True, slots=True)
class Paper:
    """Files that are looked up and never anywhere."""

    files: Mapping[str, str]
    variables: Mapping[str, str] = field(default_factory=dict)

    def text(self, path: str) -> str | None:
        return self.files.get(path)

    def names(self, folder: str) -> tuple[str, ...]:
        below = [each.removeprefix(f"{folder}/") for each in self.files if each.startswith(f"{folder}/")]
        return tuple(sorted(each for each in below if "/" not in each))

    def registry(self, hive: str) -> Mapping[str, str]:
        return {name.upper(): value for name, value in self.variables.items()} if hive.startswith("HKCU") else {}


def scene_of(case: Mapping[str, Any]) -> Scene:
    windows, place = case["os"] == "windows", case.get("cwd")
    paper = Paper(case["files"])
    return Scene(
        mode=Mode(case["mode"]),
        system=case["os"],
        home=case["home"],
        tool_home=case["home"] + ("\\" if windows else "/") + TOOLS[case["tool"]][1],
        place=place,
        root=repository_root(place, case["os"], paper) if place else None,
        terminal_shell=case["shell"],
        launched_from=case["launched_from"],
        in_editor=case.get("host") == "vscode",
        environ=case["process_env"],
    )


def verdict_of(case: Mapping[str, Any], **changed: Any) -> Verdict:
    case = {**case, **changed}
    paper = Paper(case["files"], case.get("registry_user_env", {}))
    rules, _ = TOOLS[case["tool"]]
    return billed(rules, gathered(rules, scene_of(case), paper, profiles=True, vendors=VENDORS))
