"""Prints what the popup's History costs: 365 days of 200 projects, to read, to read again, and to draw.

    python -m tests.bench.history [--runs N]

Processor time is printed, which other work on the machine hardly changes; the bars are the promises, in wall time of a
quiet machine.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from usagetray.domain.history import HistoryWish, history
from usagetray.edges.store import Store, open_reader, open_writer
from usagetray.edges.store.ledger import LogRead, Mark, Told
from usagetray.edges.store.rows import to_us
from usagetray.spine.history import HistoryDays
from usagetray.usage import EventPlace, EventTerms

NOW = datetime(2026, 11, 20, 7, 4, tzinfo=UTC)
ZONE = ZoneInfo("Pacific/Auckland")
DAYS, PROJECTS = 365, 200
MODELS = ("claude-opus-4-5", "claude-sonnet-4-5", "claude-haiku-4-5", "gpt-5.1-codex", "house-model")
BAR_S, SWITCH_BAR_S = 0.060, 0.100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "usagetray.db"
        for density in (4, 20):
            path.unlink(missing_ok=True)
            rows = ledger_of_a_year(path, density)
            print(f"\n{DAYS} days, {PROJECTS} projects, {rows:,} quarters of an hour in the ledger")
            reading(path, runs)
        drawing(path, runs)


def ledger_of_a_year(path: Path, density: int) -> int:
    """`density`: quarters of an hour with use in a day of each project that is worked on; how many there are in all."""
    chance, count = random.Random(7), 0
    store = open_writer(path)
    for project in range(PROJECTS):
        first = chance.randrange(0, DAYS - 30)
        places, told = list[EventPlace](), list[Told]()
        for day in range(first, min(DAYS, first + chance.randrange(3, 60))):
            places.append(EventPlace(project=f"/home/me/project-{project}", session=f"s{project}-{day}"))
            for quarter in chance.sample(range(7 * 4, 22 * 4), density):
                count += 1
                at = NOW.replace(hour=0, minute=3) - timedelta(days=DAYS - 1 - day) + quarter * timedelta(minutes=15)
                us, tokens = to_us(min(at, NOW)) or 0, chance.randrange(50, 90_000)
                counts = (tokens // 20, tokens // 10, 0, tokens, tokens // 30, 0, 0)
                told.append((f"k{count}", "", 0, us, len(places) - 1, us, 1, chance.randrange(5), *counts, ""))
        mark = Mark(f"/log/{project}", "p", "/log", f"1:{project}", 1, 1, 1, b"", b"", "")
        store.ledger.take_in([LogRead(mark, ("p", "", "", ""), places, [EventTerms(each) for each in MODELS], told)])
    ((rows,),) = store.database.stored("SELECT count(*) FROM usage")
    store.close()
    return int(rows)


def reading(path: Path, runs: int) -> None:
    def read(days: HistoryDays, reach: int) -> None:
        store = open_reader(path)
        assert store is not None
        found = days.sums(store, reach, (), NOW, ZONE)
        store.close()
        history(found, HistoryWish(days=reach, by="project"))

    for reach in (90, DAYS):
        cold, again, changed = list[float](), list[float](), list[float]()
        for _ in range(runs):
            days = HistoryDays()
            days._prices.table((), NOW.date())  # read once in a process, and for every tab
            cold.append(cpu(partial(read, days, reach)))
            again.append(cpu(partial(read, days, reach)))
            one_more(path)
            changed.append(cpu(partial(read, days, reach)))
        told(f"{reach} days, for the first time", cold, None)
        told(f"{reach} days, nothing new", again, BAR_S)
        told(f"{reach} days, after one more response", changed, BAR_S)


def one_more(path: Path) -> None:
    store = open_writer(path)
    number = time.monotonic_ns()
    us = to_us(NOW) or 0
    row: Told = (f"new-{number}", "", 0, us, 0, us, 1, 0, 5, 0, 0, 0, 5, 0, 0, "")
    mark = Mark("/log/new", "p", "/log", "1:new", 1, 1, 1, b"", b"", "")
    read = LogRead(mark, ("p", "", "", ""), [EventPlace("/home/me/project-1", "s")], [EventTerms(MODELS[0])], [row])
    store.ledger.take_in([read])
    store.close()


def drawing(path: Path, runs: int) -> None:
    """The page from sums that have arrived to pixels: what a click on the tab, or on a control, waits for."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication, QWidget

    from usagetray.views.popup import tokens as t
    from usagetray.views.popup.fonts import Letters
    from usagetray.views.popup.history_page import HistoryPage
    from usagetray.views.popup.tabs import TabContent
    from usagetray.views.popup.widgets import Look

    application = QApplication([])
    store: Store | None = open_reader(path)
    assert store is not None
    sums = HistoryDays().sums(store, DAYS, (), NOW, ZONE)
    store.close()
    content = TabContent(read=sums, failed=False, now=NOW, zone=ZONE)
    look = Look(t.LIGHT, Letters(application.font()), 1.0)
    first, switch = list[float](), list[float]()
    for _ in range(runs):
        host = QWidget()

        def open_page(host: QWidget = host) -> None:
            page = HistoryPage(look)
            page.setParent(host)
            page.put(content, look, 660)
            host.resize(page.size())
            host.show()
            host.grab()

        first.append(cpu(open_page))
        (page,) = host.findChildren(HistoryPage)

        def choose(page: HistoryPage = page, host: QWidget = host) -> None:
            page.bys.setCurrentIndex(1 - page.bys.currentIndex())
            page.spans.setCurrentIndex(2)
            host.grab()

        switch.append(cpu(choose))
        host.deleteLater()
    print("\nfrom sums that have arrived to pixels")
    told("opening the tab", first, SWITCH_BAR_S)
    told("90 days, by project", switch, SWITCH_BAR_S)


def cpu(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def told(what: str, seconds: list[float], bar: float | None) -> None:
    middle = statistics.median(seconds)
    verdict = "" if bar is None else f"   bar {bar * 1000:g} ms: {'kept' if middle <= bar else 'MISSED'}"
    print(
        f"{what:<38} median {middle * 1000:7.1f} ms  ({min(seconds) * 1000:.1f} to {max(seconds) * 1000:.1f}){verdict}"
    )


if __name__ == "__main__":
    main()
