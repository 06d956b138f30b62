"""Speaks the forecast benchmark's protocol through the whole program: responses in a log, readings in the store.

Beside `forecaster.py`, which uses the forecast alone, it shows what the way there costs: logs, ledger, prices, memory.
Slow: `python -m tests.bench.forecast --folder DIR --whole --seeds 7-9`.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.bench.forecaster import instant
from tests.support import ACCOUNT, ClaudeHome, ManualClock, Recorder
from usagetray.app import build_headless
from usagetray.domain.forecast import stands_warned
from usagetray.model import Account, Snapshot, UsageWindow
from usagetray.spine.core import Core

MODELS = {"opus": "claude-opus-4-5", "sonnet": "claude-sonnet-4-5", "haiku": "claude-haiku-4-5"}
HALF_HOURS = {330: "Asia/Kolkata", 345: "Asia/Kathmandu"}
WEEK = timedelta(days=7)
OWNER = ("claude", ACCOUNT)


class WholeForecaster:
    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.logs = self.home / ".claude" / "projects" / "p"
        self.profile = folder / "profile"
        self.logs.mkdir(parents=True)
        self.profile.mkdir(mode=0o700)
        (self.profile / "config.toml").write_text("welcomed = true\n")
        self.clock = ManualClock()
        ClaudeHome(path=self.home, clock=self.clock).own()
        self.core: Core | None = None
        self.said: list[Snapshot] = []
        self.written: set[Path] = set()
        self.windows: list[str] = []
        self.scoped: str | None = None
        self.count = 0

    def told(self, line: str) -> dict[str, Any] | None:
        """Takes in one line; a tick gets an answer."""
        message = json.loads(line)
        at = datetime.fromtimestamp(message["t"], UTC)
        match message["type"]:
            case "event":
                self.log(message, at)
            case "reading":
                self.said.append(self.reading(message["windows"], at))
            case "start":
                self.windows, self.scoped = message["windows"], message["scoped_model"]
                offset = message["utc_offset_min"]
                os.environ["TZ"] = HALF_HOURS.get(offset) or f"Etc/GMT{-(offset // 60):+d}"
                time.tzset()
            case "tick":
                return {"forecasts": self.tick(at)}
        return None

    def log(self, message: dict[str, Any], at: datetime) -> None:
        self.count += 1
        record = {
            "type": "assistant",
            "timestamp": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "sessionId": message["session"],
            "cwd": "/w/p",
            "requestId": f"req_{self.count}",
            "message": {
                "id": f"msg_{self.count}",
                "role": "assistant",
                "model": MODELS[message["model"]],
                "usage": {
                    "input_tokens": message["input"],
                    "cache_read_input_tokens": message["cache_read"],
                    "cache_creation_input_tokens": message["cache_write"],
                    "output_tokens": message["output"],
                },
            },
        }
        path = self.logs / f"{message['session']}.jsonl"
        with path.open("a") as stream:
            stream.write(json.dumps(record) + "\n")
        self.written.add(path)

    def reading(self, windows: dict[str, Any], at: datetime) -> Snapshot:
        stated = tuple(
            UsageWindow(
                key=key,
                label=key,
                utilization=each["percent"] / 100,
                resets_at=instant(each["resets_at"]),
                length=timedelta(hours=5) if key == "session" else WEEK,
                model=self.scoped.title() if key == "weekly_scoped" and self.scoped else None,
                locks=key != "weekly_scoped",
            )
            for key, each in windows.items()
        )
        return Snapshot(
            provider_id="claude", strategy_id="cached", account=Account(id=ACCOUNT), captured_at=at, windows=stated
        )

    def tick(self, at: datetime) -> list[dict[str, Any]]:
        self.clock.advance(at - self.clock.now())
        for path in self.written:
            os.utime(path, (at.timestamp(),) * 2)
        self.written.clear()
        if self.core is None:
            self.core = build_headless(
                self.profile, clock=self.clock, keychain="ok", notifier=Recorder(), origins={}
            )  # fmt: skip
        for each in self.said:
            self.core.store.save_snapshot(each, str(self.home / ".claude"), each.captured_at)
        self.said.clear()
        self.core.look(ask=False)
        while self.core.indexing.progress is not None:
            self.core.look(ask=False)
        self.core.announce()
        return [self.answer(key, self.core, at) for key in self.windows]

    def answer(self, key: str, core: Core, at: datetime) -> dict[str, Any]:
        """Also of figures that are stale, of which the program says nothing: the benchmark counts silence as wrong."""
        told, memory = core._foresight.told(OWNER, key, at)
        if told is None or memory is None:
            return {"window": key, "p_lockout": None, "exhausts_at": None, "alert": False}
        return {
            "window": key,
            "percent": None if told.used is None else told.used * 100,
            "p_lockout": told.p_lockout,
            "exhausts_at": None if told.exhausts_at is None else told.exhausts_at[1].isoformat(),
            "alert": stands_warned(memory, key, at),
        }


def main() -> None:
    logging.disable(logging.CRITICAL)
    folder = Path(tempfile.mkdtemp(prefix="usagetray-bench-"))
    os.environ["HOME"] = str(folder / "home")
    forecaster = WholeForecaster(folder)
    try:
        for line in sys.stdin:
            answer = forecaster.told(line)
            if answer is not None:
                sys.stdout.write(json.dumps(answer) + "\n")
                sys.stdout.flush()
    finally:
        if forecaster.core is not None:
            forecaster.core.close()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
