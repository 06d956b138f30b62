"""A plan whose vendor tells nothing: the requests that the tools' logs tell of, against the plan the user named."""

from __future__ import annotations

import json
from datetime import timedelta

from tests.support import World

MODEL = "qwen3-coder-plus"


def line(world: World, number: int, hours_ago: float) -> str:
    at = world.clock.now() - timedelta(hours=hours_ago)
    usage = {"input_tokens": 100, "output_tokens": 10}
    return json.dumps(
        {
            "type": "assistant",
            "timestamp": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "sessionId": "s-1",
            "cwd": "/home/x/p",
            "requestId": f"req_{number}",
            "message": {"id": f"msg_{number}", "role": "assistant", "model": MODEL, "usage": usage},
        }
    )


def test_requests_in_a_tool_s_logs_count_against_the_plan_the_user_named(world: World) -> None:
    """Three of 1,200 in five hours, four in the week; marked as an estimate."""
    world.configure('[providers.alibaba]\nplan = "lite"\n')
    folder = world.home.path / ".claude" / "projects" / "-home-x-p"
    folder.mkdir(parents=True, exist_ok=True)
    lines = [line(world, number, hours) for number, hours in enumerate((1, 2, 4.5, 24))]
    (folder / "s-1.jsonl").write_text("\n".join(lines) + "\n")

    core = world.start()
    core.tick()
    world.run(core, timedelta(minutes=6), every=timedelta(minutes=3))

    account = next(each for each in core.status()["accounts"] if each["provider"] == "alibaba")
    used = {each["key"]: each["used_percent"] for each in account["windows"]}
    assert used["five_hours_counted"] == 0.25
    assert round(used["week_counted"] * 9_000 / 100) == 4
    assert all("estimate" in each["label"] or "estimate" in each["source"] for each in account["windows"])
