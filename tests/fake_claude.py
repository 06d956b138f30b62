"""A `claude` program made up for tests: a real child that notes each start and says what it is told to say."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NOISE = ({"type": "system", "subtype": "init"}, {"type": "control_response", "response": {"request_id": "init-1"}})
SCRIPT = """#!{python} -IS
import json, os, sys, time
here = {here!r}
told = sys.stdin.read()
start = {{"arguments": sys.argv[1:], "environ": dict(os.environ), "folder": os.getcwd(), "told": told.splitlines()}}
with open(here + "/starts.jsonl", "a") as starts:
    starts.write(json.dumps(start) + "\\n")
exec(open(here + "/before.py").read())
sys.stdout.write(open(here + "/said.jsonl").read())
"""


@dataclass(frozen=True, slots=True)
class FakeClaude:
    """Stands at `folder/bin/claude`."""

    folder: Path

    @property
    def bin(self) -> Path:
        return self.folder / "bin"

    def install(self) -> FakeClaude:
        self.bin.mkdir(parents=True, exist_ok=True)
        self.says(usage())
        self.first_does("")
        path = self.bin / "claude"
        path.write_text(SCRIPT.format(python=sys.executable, here=str(self.folder)))
        path.chmod(0o755)
        return self

    def says(self, *lines: object) -> None:
        """From now on, after the noise that it always makes."""
        text = "".join(json.dumps(line) + "\n" for line in (*NOISE, *lines))
        (self.folder / "said.jsonl").write_text(f"not even JSON\n{text}")

    def first_does(self, code: str) -> None:
        """From now on, before it says anything: Python, in the child."""
        (self.folder / "before.py").write_text(code)

    @property
    def starts(self) -> list[dict[str, Any]]:
        try:
            return [json.loads(line) for line in (self.folder / "starts.jsonl").read_text().splitlines()]
        except FileNotFoundError:
            return []


def usage(limits: object = None, *, plan: str | None = "max", available: bool = True) -> dict[str, object]:
    """The answer to `get_usage`: with a made-up session of 42 % unless told otherwise."""
    said = {"five_hour": {"utilization": 42.0, "resets_at": None}} if limits is None else limits
    return response({"subscription_type": plan, "rate_limits_available": available, "rate_limits": said})


def response(body: object, *, subtype: str = "success", request_id: str = "usage-1") -> dict[str, object]:
    return {"type": "control_response", "response": {"subtype": subtype, "request_id": request_id, "response": body}}


def unknown_question() -> dict[str, object]:
    """What a version from before `get_usage` says."""
    inner = {"subtype": "error", "request_id": "usage-1", "error": "Unsupported control request subtype: get_usage"}
    return {"type": "control_response", "response": inner}
