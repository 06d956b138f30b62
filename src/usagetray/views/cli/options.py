"""What may follow `usagetray log`, `usagetray export` and `usagetray doctor`."""

from __future__ import annotations

import argparse
from datetime import date, datetime
from pathlib import Path
from typing import Any

EXPORTS = ("usage", "readings", "alerts", "spend")

Verbs = Any
"""argparse's own, whose class has no public name."""


def log(verbs: Verbs) -> None:
    verb = verbs.add_parser("log", help="record a call of a model that a program of yours made")
    verb.add_argument("--model", default="", metavar="MODEL", help="as its vendor calls it")
    verb.add_argument("--usage", type=Path, metavar="FILE", help="usage objects or responses as JSON, or - for stdin")
    for name, text in (
        ("--input", "tokens of the prompt"),
        ("--output", "tokens of the answer, reasoning included"),
        ("--cached", "tokens read from the cache"),
        ("--cache-write-5m", "tokens written to the cache for five minutes"),
        ("--cache-write-1h", "tokens written to the cache for an hour"),
    ):
        verb.add_argument(name, type=_count, metavar="N", help=text)
    where = verb.add_mutually_exclusive_group()
    where.add_argument(
        "--cached-inside",
        dest="cached_is",
        action="store_const",
        const="inside",
        help="cached tokens are a part of --input, as OpenAI and Gemini count",
    )
    where.add_argument(
        "--cached-beside",
        dest="cached_is",
        action="store_const",
        const="beside",
        help="--input leaves them out, as Anthropic counts",
    )
    verb.add_argument("--app", default="", metavar="NAME", help="your program")
    verb.add_argument("--task", default="", metavar="TYPE", help="what the call was for")
    verb.add_argument("--at", type=_instant, metavar="TIME", help="when, such as 2026-11-20T14:30; else now")
    verb.add_argument("--tier", default="", metavar="TIER", help="as served: batch, priority, flex")
    verb.add_argument("--speed", default="", metavar="SPEED", help="as served: fast")
    verb.add_argument("--geo", default="", metavar="PLACE", help="as served: us")
    verb.add_argument("--can-wait", action="store_true", help="a day would have been soon enough")
    verb.add_argument("--id", default="", metavar="ID", help="recorded twice under one ID it counts once")
    verb.add_argument("--json", action="store_true", help="what was recorded, for scripts")


def export(verbs: Verbs) -> None:
    verb = verbs.add_parser("export", help="the history as a table, for spreadsheets and scripts")
    verb.add_argument("what", choices=EXPORTS, metavar="WHAT", help="usage, readings, alerts or spend")
    verb.add_argument("--since", type=_day, metavar="DAY", help="the first day, such as 2026-11-20")
    verb.add_argument("--until", type=_day, metavar="DAY", help="the last day")
    verb.add_argument("--by", choices=("day", "quarter"), metavar="STEP", help="usage: day, or quarter of an hour")
    verb.add_argument("--format", choices=("csv", "json"), default="csv", metavar="FORMAT", help="csv or json")
    verb.add_argument("--out", type=Path, metavar="FILE", help="where to; else the output")
    verb.add_argument("--no-scan", action="store_true", help="what is stored, read no logs anew")


def doctor(verbs: Verbs) -> None:
    verb = verbs.add_parser("doctor", help="why something is not shown, and what to do about it")
    verb.add_argument(
        "part",
        nargs="?",
        choices=("billing", "cost"),
        metavar="billing|cost",
        help="only which credential pays for what is started here, in this terminal and folder; or only what usagetray "
        "itself sends and takes",
    )
    verb.add_argument("--json", action="store_true", help="for scripts")
    verb.add_argument("--report", action="store_true", help="without names and paths of yours, to show to others")
    verb.add_argument("--wipe", action="store_true", help="remove everything usagetray keeps; asks first")
    verb.add_argument("--yes", action="store_true", help="with --wipe: do not ask")


def _count(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= 15:
        return int(text)
    raise argparse.ArgumentTypeError(f"a whole number of tokens from 0 up, not {text[:40]!r}")


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"a time such as 2026-11-20T14:30, not {text[:40]!r}") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"a day such as 2026-11-20, not {text[:40]!r}") from None
