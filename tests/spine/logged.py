"""Claude Code at work: lines of its logs, and a server's figure that rises with them."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.support import NOW, Asked, World, limits, ok
from usagetray.providers.contract import Reply

MINUTE, AFTER = timedelta(minutes=1), timedelta(seconds=10)
BOREALIS, WEBSHOP = "/home/x/work/borealis", "/home/x/webshop"


@dataclass(kw_only=True)
class Work:
    """What is done in a world, and what the server has counted of it."""

    world: World
    ends_at: datetime = NOW + timedelta(hours=4, minutes=50)
    used: float = 0.0  # percent
    spend: dict[str, Any] | None = None  # the money object, as the vendor tells it
    numbers: Any = field(default_factory=itertools.count)

    def answer(self, asked: Asked) -> Reply:
        """Whole percents, as the vendor states them."""
        del asked
        said = limits(int(self.used), session_ends=self.ends_at)
        return ok({**said, **({"spend": self.spend} if self.spend else {})})

    def says(self, took: float, project: str = BOREALIS, session: str = "4f2a1c07-77", **usage: int | str) -> None:
        """One response in a log, some seconds after the last look, which took so many percent.

        `agent` makes it a sub-agent's.
        """
        self.world.clock.advance(AFTER)
        agent, number = str(usage.pop("agent", "")), next(self.numbers)
        counts = {"read": 0, "write": 0, "output": 500, **usage}
        record = {
            "type": "assistant",
            "timestamp": self.world.clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "sessionId": session,
            "cwd": project,
            "requestId": f"req_{number}",
            **({"agentId": agent, "isSidechain": True} if agent else {}),
            "message": {
                "id": f"msg_{number}",
                "role": "assistant",
                "model": "claude-opus-4-5",
                "usage": {
                    "input_tokens": 0,
                    "cache_read_input_tokens": counts["read"],
                    "cache_creation_input_tokens": counts["write"],
                    "output_tokens": counts["output"],
                },
            },
        }
        folder = self.world.home.path / ".claude" / "projects" / project.replace("/", "-")
        if agent:
            folder = folder / session / "subagents"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / (f"agent-{agent}.jsonl" if agent else f"{session}.jsonl")).open("a") as stream:
            stream.write(json.dumps(record) + "\n")
        self.used += took
