"""Trials of the indexer: many ticks, kills, mangled lines, and one line without end."""

from __future__ import annotations

import os
import random
import signal
import statistics
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from tests.bench.corpus import generate
from tests.logs.desk import Desk, totals
from tests.logs.lines import answer, text
from usagetray.edges.store import open_reader

KINDS = ("input", "output", "cache_write", "cache_read")
FILES = 10_000
KILLS = 200
MANGLED = 100_000
LONG = 300 * 1024 * 1024


def _ms(seconds: list[float]) -> str:
    return f"{statistics.median(seconds) * 1000:.2f} ms ({max(seconds) * 1000:.2f} at most)"


def _desk(folder: Path) -> Desk:
    folder.mkdir()
    return Desk(folder)


def ticks(scratch: Path) -> list[str]:
    """Looks at many unchanged files, and at one that grows, in processor time of this process."""
    desk = _desk(scratch / "ticks")
    for number in range(FILES):
        path = desk.tree / f"-p{number % 100}" / f"s{number}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text(answer(f"m{number}", 1, request=f"r{number}", at=number)))
        os.utime(path, (desk.clock.now().timestamp() - 86400,) * 2)  # of yesterday
    with desk.running() as it:
        it.indexing.catch_up()
        idle, grown = [], []
        for _ in range(100):
            desk.clock.sleep(2)
            began = time.process_time()
            it.indexing.look(0.05)
            idle.append(time.process_time() - began)
        for number in range(20):
            desk.append("-p7/s7.jsonl", answer(f"x{number}", 1, request=f"x{number}"))
            for _ in range(FILES // 200 if not number else 0):
                it.indexing.look(0.05)  # the first time it is found in its turn, then at once
            began = time.process_time()
            it.indexing.look(0.05)
            found = totals(it.store).output
            grown.append(time.process_time() - began)
            assert found == FILES + number + 1
        began = time.process_time()
        it.indexing._walk()
        walk = time.process_time() - began
    return [
        f"tick on {FILES:,} unchanged files   {_ms(idle)}; bar 5 ms",
        f"one appended line, to its total      {_ms(grown)}; bar 50 ms",
        f"all folders listed anew              {walk * 1000:.0f} ms, every 5 minutes",
    ]


def kills(scratch: Path) -> list[str]:
    """A first scan killed at a random moment and begun again, with the second process from the first byte."""
    made = scratch / "kills"
    made.mkdir()
    expected = generate(made, megabytes=20, median_kb=150)
    right = [sum(expected[tool]["totals"][each] for tool in ("claude", "codex")) for each in KINDS]
    code = (
        "import sys; from usagetray.edges.usage_logs import fork; from usagetray.spine import indexing;"
        "fork.PAYS_FROM, indexing.TOGETHER = 0, 200; from usagetray.__main__ import main;"
        "sys.argv[1:] = ['index']; sys.exit(main())"
    )
    environ = {**os.environ, "HOME": str(made / "home"), "USAGETRAY_HOME": str(made / "own")}
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", code], env=environ, check=True, stdout=subprocess.DEVNULL)
    whole = time.monotonic() - began
    chance, wrong, begun = random.Random(1), 0, 0
    for number in range(KILLS):
        environ["USAGETRAY_HOME"] = str(made / f"own{number}")
        scan = subprocess.Popen([sys.executable, "-c", code], env=environ, stdout=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.1, 1) * whole)
        scan.send_signal(signal.SIGKILL)
        begun += scan.wait() == -signal.SIGKILL
        subprocess.run([sys.executable, "-c", code], env=environ, check=True, stdout=subprocess.DEVNULL)
        wrong += _stored(Path(environ["USAGETRAY_HOME"])) != right
    return [f"{KILLS} first scans killed ({begun} while they ran), begun again: {wrong} with other totals; bar 0"]


def _stored(own: Path) -> list[int]:
    store = open_reader(next(own.rglob("usagetray.db")))
    assert store is not None
    try:
        rows = [each.attempt.tokens for each in store.usage(by=("day",), zone=UTC)]
    finally:
        store.close()
    found = Counter[str]()
    for each in rows:
        found.update(input=each.input, output=each.output, cache_read=each.cache_read)
        found.update(cache_write=each.cache_write_5m + each.cache_write_1h)
    return [found[each] for each in KINDS]


def lines(scratch: Path) -> list[str]:
    """Good lines between mangled ones: no good one may be lost, and nothing may break."""
    chance, desk = random.Random(1), _desk(scratch / "lines")
    skipped: Counter[str] = Counter()
    lost = made = 0
    while made < MANGLED:
        content = []
        for number in range(500):
            good = answer(f"msg_{made + number}", 1, request=f"req_{made + number}", at=(made + number) * 2)
            content += [text(good), mangled(text(good)[:-1], chance) + b"\n"]
        made += 500
        desk.write(f"-p/s{made}.jsonl", raw=b"".join(content))
    with desk.running() as it:
        it.indexing.catch_up()
        kept = {row[0] for row in it.store.database.stored("SELECT key FROM record")}
        lost = sum(f"msg_{number}" not in kept for number in range(made))
        skipped.update(it.store.index_state().skipped)
    return [f"{made:,} mangled lines between good ones: 0 crashes, {lost} good lines lost; skipped: {dict(skipped)}"]


def mangled(line: bytes, chance: random.Random) -> bytes:
    """Of another response, so that what can still be read of it does not pass for the good one."""
    changed = bytearray(line.replace(b"msg_", b"bad_").replace(b"req_", b"bad_"))
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(changed) + 1)
        match chance.randrange(5):
            case 0:
                del changed[at : at + chance.randint(1, 40)]
            case 1:
                changed[at:at] = chance.randbytes(chance.randint(1, 8)).replace(b"\n", b" ")
            case 2:
                changed[at : at + 1] = bytes([chance.randrange(256)]).replace(b"\n", b"\0")
            case 3:
                changed[at:at] = chance.choice([b"[" * 3000, b'{"usage":' * 2000, b"\0" * 500, b"9" * 400, b"\\ud800"])
            case 4:
                changed[at:at] = changed[chance.randrange(len(changed) + 1) :][:200]
    return bytes(changed)


@dataclass(frozen=True, slots=True)
class LongLine:
    line: int  # bytes
    whole: int
    more_mib: float  # held at most, more than before it was read

    def __str__(self) -> str:
        size = f"a line of {self.line >> 20} MiB in a file of {self.whole >> 20} MiB"
        return f"{size}: {self.more_mib:.0f} MiB more than before it was read; bar 64 MiB"


def long_line(scratch: Path, *, line: int = LONG, whole: int = 1024**3) -> LongLine:
    """A line of so many bytes in a larger file: in a process of its own, whose memory is measured."""
    desk = _desk(scratch / "long")
    path = desk.write("-p/s1.jsonl", answer("msg_1", 10))
    filler = text({"type": "user", "message": {"role": "user", "content": "x" * 100_000}}) * 64
    with path.open("r+b") as file:
        file.seek(0, os.SEEK_END)
        file.seek(line, os.SEEK_CUR)  # a hole: zeros that take no room on the disk
        file.write(b"\n" + text(answer("msg_2", 100, request="req_2")))
        while file.tell() < whole:
            file.write(filler)
        file.write(text(answer("msg_3", 1000, request="req_3")))
    return LongLine(line, whole, _held(desk, "after") - _held(desk, "before"))


def _held(desk: Desk, when: str) -> float:
    """The most a process held, in MiB, that had everything ready, or had also read the logs."""
    code = f"""
from pathlib import Path
from tests.logs.desk import Desk, totals
with Desk(Path({str(desk.folder)!r})).running() as it:
    if {when == "after"}:
        it.indexing.catch_up()
        assert totals(it.store).output == 1110
    lines = Path("/proc/self/status").read_text().splitlines()
    print(next(line.split()[1] for line in lines if line.startswith("VmHWM")))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return int(done.stdout) / 1024
