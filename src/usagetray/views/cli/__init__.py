"""The command line: one module per verb, imported when it is asked for."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import logging
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NoReturn, TextIO, TypeAlias

from usagetray import __version__
from usagetray.edges.files import paths
from usagetray.errors import UserError
from usagetray.views.plain import spelled, without_keys

EPILOG = "Without a verb the tray starts. `usagetray VERB --help` says more about one."


def main(arguments: Sequence[str]) -> int:
    """Runs one verb; 0 done, 1 could not be done, 2 wrong use. Errors are one sentence, never a stack trace."""
    _make_streams_safe()
    # Without a log file nothing is logged: the logging module's own last resort would write to the terminal.
    logging.getLogger().addHandler(logging.NullHandler())
    parsed = _parser(*arguments[:1]).parse_args(arguments)
    verb = parsed.verb or "tray"
    try:
        run: Callable[[argparse.Namespace], int] = importlib.import_module(
            f"usagetray.views.cli.{verb.replace('-', '_')}"
        ).run
        status = run(parsed)
    except UserError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        _drop_output()
        return 0
    except Exception as error:  # the top of every verb: the user gets a sentence, log and report the rest
        logging.getLogger(__name__).exception("%s failed", verb)
        from usagetray.edges.crashes import report

        own = paths(os.environ)
        told = report(own, verb, error)
        where = f"{told} has the details" if told else f"run it again with --log and the details are in {own.log_dir}"
        say(f"{verb} failed in a way nobody foresaw; {where}.")
        return 1
    return status if _flushed() else 1


def _flushed() -> bool:
    """Whether the output has arrived. A reader that has seen enough and gone away is none to complain about."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_output()
    except OSError as error:
        _drop_output()
        say(_unwritten(error))
        return False
    return True


def say(sentence: str) -> None:
    """A sentence to the user beside the output proper."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        print(_showable(f"usagetray: {without_keys(sentence)}", sys.stderr), file=sys.stderr)  # noqa: T201 - how a verb speaks


def out(text: str) -> None:
    """A piece of the output proper. Raises `UserError` where it cannot be written."""
    _print(_showable(text, sys.stdout))


def out_json(value: object) -> None:
    """Output for scripts."""
    _print(json.dumps(value, indent=2, ensure_ascii=not is_unicode(sys.stdout)))


def _print(text: str) -> None:
    try:
        print(text)  # noqa: T201 - how a verb speaks
    except BrokenPipeError:
        raise
    except OSError as error:  # an unbuffered output says so at once, another one when it is flushed
        _drop_output()
        raise UserError(_unwritten(error)) from None


def _unwritten(error: OSError) -> str:
    return f"The output could not be written ({error.strerror or 'no reason given'})."


def is_unicode(stream: TextIO | None) -> bool:
    return (getattr(stream, "encoding", None) or "").lower().replace("-", "") == "utf8"


def _showable(text: str, stream: TextIO | None) -> str:
    return text if is_unicode(stream) else spelled(text)


def _make_streams_safe() -> None:
    """A file must not be given the number of a closed standard stream: what is meant for that would go into it.

    And output that cannot be encoded gets "?" instead of an error.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number: this one
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: PTH123, SIM115 - open for as long as we run
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError, OSError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]


def _drop_output() -> None:
    """What is left in the buffer must not raise again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Parser(argparse.ArgumentParser):
    """Wrong use gets one sentence, not the whole synopsis."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"usagetray: {without_keys(message)} (see `{self.prog} --help`)\n")


def _parser(first: str | None = None) -> argparse.ArgumentParser:
    """`first`: the first word there is. For some verbs the parts of all others are left out, which take longer."""
    parser = _Parser(
        prog="usagetray", description="How much of your AI plans is left, and when it comes back.", epilog=EPILOG
    )
    parser.add_argument("--version", action="version", version=f"usagetray {__version__}")
    _seams(parser)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    if first in ("status", "bar", "report", "index"):
        add = {"status": _status, "bar": _bar, "report": _report, "index": _index}[first]
        _seams(add(verbs), is_root=False)
        return parser

    demo = verbs.add_parser("demo", help="the whole program on simulated sources, marked DEMO")
    demo.add_argument("--speed", type=_speed, metavar="N", help="simulated seconds per second (default 600)")
    demo.add_argument("--text", action="store_true", help="play in the terminal even where there is a desktop")

    _status(verbs)
    _bar(verbs)
    _report(verbs)
    _advise(verbs)
    from usagetray.views.cli import options  # deferred: the verbs above have a tenth of a second

    options.log(verbs)
    options.export(verbs)
    verbs.add_parser("show", help="open the popup of the running tray")

    run = verbs.add_parser("run", help="work without a desktop")
    run.add_argument("--headless", action="store_true", required=True, help="refresh and alert, show no icon")
    run.add_argument("--once", action="store_true", help="read everything once, print the status as JSON, end")

    providers = verbs.add_parser("providers", help="what is known, what is found here, what each would read")
    providers.add_argument("provider", metavar="PROVIDER", nargs="?", help="all about one, else a table of all")
    providers.add_argument("--json", action="store_true")

    for name, text in (("connect", "allow a source, or store a key"), ("disconnect", "withdraw what was allowed")):
        verb = verbs.add_parser(name, help=text)
        verb.add_argument(
            "provider",
            metavar="PROVIDER",
            nargs="?" if name == "connect" else None,
            help="its name; without one, all that is found here" if name == "connect" else None,
        )
        verb.add_argument("--only", metavar="WHAT", action="append", help="one of the names `providers` lists")
        verb.add_argument("--account", metavar="NAME", help="a further account, which has a key of its own")
        verb.add_argument("-y", "--yes", action="store_true", help="answer yes to what is asked")
        verb.add_argument("--home", type=Path, help="which folder of the tool, where there are several")

    config = verbs.add_parser("config", help="read and change settings")
    steps = config.add_subparsers(dest="step", metavar="get|set|path|edit", required=True)
    steps.add_parser("path", help="where the settings file is")
    steps.add_parser("edit", help="open it in your editor")
    get = steps.add_parser("get", help="one setting, or all")
    get.add_argument("key", nargs="?", metavar="KEY")
    set_ = steps.add_parser("set", help="change one setting")
    set_.add_argument("key", metavar="KEY")
    set_.add_argument("value", metavar="VALUE")

    alerts = verbs.add_parser("alerts", help="what was announced and why")
    deeds = alerts.add_subparsers(dest="step", metavar="list|snooze|test")
    listed = deeds.add_parser("list", help="the last ones (also without a word)")
    listed.add_argument("--json", action="store_true")
    snooze = deeds.add_parser("snooze", help="hold back what can wait: for an hour, until the next reset, tomorrow")
    snooze.add_argument(
        "choice",
        nargs="?",
        default="1h",
        choices=("1h", "reset", "tomorrow", "off"),
        metavar="1h|reset|tomorrow|off",
        help="for how long (1h without a word); off wakes them",
    )
    deeds.add_parser("test", help="send one now, to see that they arrive")

    completion = verbs.add_parser("completion", help="what bash, zsh or fish needs to complete our verbs")
    completion.add_argument(
        "what",
        choices=("bash", "zsh", "fish", "providers", "settings", "sources"),
        metavar="bash|zsh|fish",
        help="the shell; `providers`, `settings` and `sources` are what its script asks for",
    )

    options.doctor(verbs)

    autostart = verbs.add_parser("autostart", help="whether the tray starts at login")
    autostart.add_argument("step", choices=("on", "off", "status"), metavar="on|off|status")

    _index(verbs)
    verbs.add_parser("statusline", help="for Claude Code's status line; `connect` installs it")
    sheet = verbs.add_parser("icon-sheet", help="every state and size of the icon in one picture")
    sheet.add_argument("file", type=Path, metavar="FILE.png")
    for each in (*verbs.choices.values(), *steps.choices.values(), *deeds.choices.values()):
        _seams(each, is_root=False)
    return parser


_Verbs: TypeAlias = "argparse._SubParsersAction[_Parser]"


def _status(verbs: _Verbs) -> argparse.ArgumentParser:
    status = verbs.add_parser("status", help="what is used, what is left, when it comes back")
    status.add_argument("--json", action="store_true", help="for scripts; the shape is versioned")
    status.add_argument("-v", "--verbose", action="store_true", help="each source's attempts and unread fields")
    status.add_argument("--no-scan", action="store_true", help="show what is stored, read nothing anew")

    status.add_argument(
        "--check",
        action="store_const",
        dest="verb",  # a module of its own: it has a tenth of a second
        const="check",
        default=argparse.SUPPRESS,
        help="one line, from what is stored; ends with 10 at warning, 11 at critical, 1 without a figure",
    )
    status.add_argument("--warning", type=_percent, default=75, metavar="N", help="with --check: percent used, else 75")
    status.add_argument(
        "--critical", type=_percent, default=90, metavar="N", help="with --check: percent used, else 90"
    )
    return status


def _bar(verbs: _Verbs) -> argparse.ArgumentParser:
    bar = verbs.add_parser("bar", help="one line for a status bar")
    bar.add_argument(
        "kind",
        choices=("waybar", "polybar", "i3blocks", "tmux", "xbar", "json"),
        metavar="KIND",
        help="waybar, polybar, i3blocks, tmux, xbar or json",
    )
    bar.add_argument("--provider", metavar="PROVIDER", help="only this one; else the one with the tightest limit")
    bar.add_argument("--left", action="store_true", help="what is left instead of what is used")
    return bar


def _report(verbs: _Verbs) -> argparse.ArgumentParser:
    report = verbs.add_parser("report", help="what was used, from the tools' own logs, at list prices")
    report.add_argument(
        "what",
        nargs="?",
        default="daily",
        type=_report_name,
        choices=("daily", "weekly", "monthly", "session", "project", "model", "block", "app"),
        metavar="WHAT",
        help="daily (also without a word), weekly, monthly, session, project, model, block or app",
    )
    report.add_argument("--since", type=_day, metavar="DAY", help="the first day, such as 2026-11-20")
    report.add_argument("--until", type=_day, metavar="DAY", help="the last day")
    report.add_argument("--timezone", metavar="ZONE", help="such as Europe/Berlin; else this computer's")
    report.add_argument("--provider", metavar="PROVIDER", help="only this one")
    report.add_argument(
        "--week-starts", choices=("monday", "sunday"), default="monday", metavar="DAY", help="monday or sunday"
    )
    report.add_argument("--instances", action="store_true", help="with --json: each project's folder by itself")
    report.add_argument("--why", action="store_true", help="with block: who used how much of each limit, and when")
    report.add_argument("--no-scan", action="store_true", help="show what is stored, read no logs anew")
    form = report.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="for scripts; has the field names of ccusage")
    form.add_argument("--csv", action="store_true", help="for spreadsheets")
    return report


def _index(verbs: _Verbs) -> argparse.ArgumentParser:
    index = verbs.add_parser("index", help="read the tools' logs into the ledger of what was used")
    index.add_argument("--rebuild", action="store_true", help="read every log from its beginning")
    index.add_argument("--verify", action="store_true", help="count again from nothing and compare; changes nothing")
    index.add_argument("--json", action="store_true", help="for scripts")
    return index


def _advise(verbs: _Verbs) -> argparse.ArgumentParser:
    advise = verbs.add_parser("advise", help="API or subscription: which plan is worth it, what could be saved")
    advise.add_argument("--what-if", type=Path, metavar="FILE.json", help="for use stated in a file, not your own")
    advise.add_argument("--plan", action="append", metavar="PLAN", help="the plan you have, such as max_5x")
    advise.add_argument("--hour-value", type=_dollars, metavar="USD", help="what an hour locked out costs you")
    advise.add_argument("--can-wait", action="append", metavar="TASK", help="a task type that can wait a day")
    advise.add_argument("--days", type=_days, default=92, metavar="N", help="how far back to look, else 92")
    advise.add_argument("--json", action="store_true", help="for scripts; the shape is versioned")
    return advise


def _seams(parser: argparse.ArgumentParser, *, is_root: bool = True) -> None:
    """Options for tests and scripts. They may stand before the verb or behind it; only the root explains them."""

    def words(text: str) -> str:
        return text if is_root else argparse.SUPPRESS

    def default(value: object) -> object:
        return value if is_root else argparse.SUPPRESS

    seams = parser.add_argument_group(
        "for tests; --origin and --keychain only in an isolated profile (USAGETRAY_HOME)" if is_root else None
    )
    seams.add_argument(
        "--origin",
        action="append",
        metavar="PROVIDER=URL",
        default=default(None),
        help=words("ask this server instead"),
    )
    seams.add_argument(
        "--keychain", metavar="KIND", default=default(None), help=words("ok, missing, locked, refuses, slow:SECONDS")
    )
    seams.add_argument(
        "--notify-to", type=Path, metavar="FILE", default=default(None), help=words("alerts as lines of JSON")
    )
    seams.add_argument("--log", action="store_true", default=default(False), help=words("log in detail"))


def _percent(text: str) -> float:
    try:
        percent = float(text)
    except ValueError:
        percent = 0.0
    if 0 < percent <= 100:
        return percent
    raise argparse.ArgumentTypeError(f"a percentage from 1 to 100, not {text!r}")


def _dollars(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except ArithmeticError:
        amount = Decimal(0)
    if amount.is_finite() and 0 < amount < 10**9:
        return amount
    raise argparse.ArgumentTypeError(f"an amount above 0 such as 60, not {text[:40]!r}")


def _days(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= 3660:
        return int(text)
    raise argparse.ArgumentTypeError(f"whole days from 1 to 3660, not {text[:40]!r}")


def _report_name(text: str) -> str:
    return {"blocks": "block", "sessions": "session"}.get(text, text)  # as other programs call them


def _day(text: str) -> date:
    """Also without dashes, as other programs take it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"a day such as 2026-11-20, not {text[:40]!r}") from None


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if 1 <= speed <= 100_000:
        return speed
    raise argparse.ArgumentTypeError(f"a number from 1 to 100000, not {text!r}")
