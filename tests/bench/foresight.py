"""What a look at the forecasts costs while nothing is new, in CPU time: `python -m tests.bench.foresight`.

A made-up user of four weeks with eight hours of work a day; a session, a week and a week of one model.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.domain.forecast_days import DAY, HOUR, MONDAY, accustomed, reading, worked
from tests.views.build import account, fable, week, window
from usagetray.domain.forecast import Memory
from usagetray.domain.forecast.learning import step
from usagetray.edges.store import Store
from usagetray.edges.store.counting_again import memory_store
from usagetray.edges.store.foresight import body, kept, memories
from usagetray.overview import AccountView
from usagetray.settings import Settings
from usagetray.spine.foresight import Foresight

LOOKS = 500
PROMISED_MS = 0.4
"""For a window, at each look."""


def main() -> None:
    store = memory_store()
    memory = busy()
    store.database.write(*kept({("claude", "acc-1"): memory}, 0))
    shown, now = views(memory)
    print(f"memory: {len(body(memory)) / 1024:.1f} KiB, read in {cpu_ms(lambda: memories(store.database), 20):.2f} ms")
    quiet = looks(store, shown, now)
    print(f"a look without news: {quiet / len(shown.windows):.3f} ms a window (promised: {PROMISED_MS})")


def busy() -> Memory:
    """Monday at noon, after 28 days and three hours of work."""
    memory = worked(accustomed(days=28), MONDAY + 9 * HOUR, MONDAY + 12 * HOUR, per_minute=0.003)
    now = MONDAY + 12 * HOUR
    said = reading(now, 0.4, MONDAY + 5 * DAY, "week")
    memory = step(memory, [said, replace(said, window="scoped", model="opus")], now)
    keys = {"session": "five_hour", "week": "seven_day", "scoped": "seven_day_model:fable"}
    rate = memory.windows[0].meter
    windows = tuple(replace(each, key=keys[each.key], meter=rate) for each in memory.windows)
    habits = (*memory.habits, *(replace(each, model="opus") for each in memory.habits if each.model is None))
    return replace(memory, windows=windows, habits=habits)


def views(memory: Memory) -> tuple[AccountView, datetime]:
    now = MONDAY + 12 * HOUR
    ends = {each.key: each.resets_at for each in memory.windows}
    shown = (window(0.54), week(0.4), fable(0.4))
    stated = tuple(replace(each, captured_at=now, resets_at=ends[each.key]) for each in shown)
    return account(*stated), now


def looks(store: Store, shown: AccountView, now: datetime) -> float:
    """Milliseconds of one look, ten seconds after the other."""
    foresight = Foresight(store, lambda: (), Settings, {}, lambda: UTC, lambda: True)
    at = now

    def look() -> None:
        nonlocal at
        at += timedelta(seconds=10)
        (seen,) = foresight.foresee([shown], at)
        assert all(each.forecast is not None and each.forecast.at_reset is not None for each in seen.windows)

    look()
    return cpu_ms(look, LOOKS)


def cpu_ms(what: object, times: int) -> float:
    assert callable(what)
    began = time.process_time()
    for _ in range(times):
        what()
    return (time.process_time() - began) * 1000 / times


if __name__ == "__main__":
    main()
