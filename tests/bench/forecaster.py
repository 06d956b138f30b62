"""Speaks the forecast benchmark's protocol (JSON lines) around the program's own forecast and alert rule."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from usagetray.domain.forecast import Memory, Prior, Refusal, WindowReading, Work, decide, forecast, stands_warned, step
from usagetray.domain.windows import is_stale, stale_at

LENGTHS = {"session": timedelta(hours=5), "weekly_all": timedelta(days=7), "weekly_scoped": timedelta(days=7)}
PRICE = {"opus": 1.0, "sonnet": 0.6, "haiku": 0.2}
"""Of an input token, at list prices, relative to the dearest."""


POLLED_EVERY = timedelta(minutes=5)


class Forecaster:
    def __init__(self) -> None:
        self.memory = Memory()
        self.prior = Prior()
        self.seen: list[Work | WindowReading | Refusal] = []
        self.windows: list[str] = []
        self.scoped: str | None = None

    def told(self, line: str) -> dict[str, Any] | None:
        """Takes in one line; a tick gets an answer."""
        message = json.loads(line)
        at = datetime.fromtimestamp(message["t"], UTC)
        match message["type"]:
            case "event":
                self.seen.append(work(message, at))
            case "reading":
                for key, window in message["windows"].items():
                    self.seen.append(self.reading(key, window, at))
            case "refused":
                self.seen.append(Refusal(window=message["window"], at=at, resets_at=instant(message["resets_at"])))
            case "start":
                self.windows = message["windows"]
                self.scoped = message["scoped_model"]
                self.prior = Prior(utc_offset=timedelta(minutes=message["utc_offset_min"]))
            case "tick":
                self.memory = step(self.memory, self.seen, at)
                self.seen = []
                return {"forecasts": [self.answer(key, at) for key in self.windows]}
        return None

    def reading(self, key: str, window: dict[str, Any], at: datetime) -> WindowReading:
        return WindowReading(
            window=key,
            used=window["percent"] / 100,
            resets_at=instant(window["resets_at"]),
            length=LENGTHS[key],
            captured_at=at,
            model=self.scoped if key == "weekly_scoped" else None,
        )

    def answer(self, key: str, now: datetime) -> dict[str, Any]:
        told = forecast(self.memory, key, now, self.prior)
        if told is None:
            return {"window": key, "p_lockout": None, "exhausts_at": None, "alert": False}
        _, self.memory = decide(self.memory, told, now, may_alert=is_fresh(told.stated_at, now))
        return {
            "window": key,
            "percent": None if told.used is None else told.used * 100,
            "p_lockout": told.p_lockout,
            "exhausts_at": None if told.exhausts_at is None else told.exhausts_at[1].isoformat(),
            "alert": stands_warned(self.memory, key, now),
        }


def is_fresh(stated_at: datetime | None, now: datetime) -> bool:
    if stated_at is None:
        return False
    return not is_stale(stated_at, stale_at(stated_at, interval=POLLED_EVERY, active_at=None), now)


def work(message: dict[str, Any], at: datetime) -> Work:
    tokens = message["input"] + 5 * message["output"] + 1.25 * message["cache_write"] + 0.1 * message["cache_read"]
    return Work(at=at, model=message["model"], weight=PRICE[message["model"]] * tokens)


def instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def main() -> None:
    forecaster = Forecaster()
    for line in sys.stdin:
        answer = forecaster.told(line)
        if answer is not None:
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
