"""`usagetray index`: brings the ledger of responses up to date, makes it anew, or checks it."""

from __future__ import annotations

import argparse
import sys

from usagetray.edges.store import IndexState, open_reader
from usagetray.errors import UserError
from usagetray.profile import Profile
from usagetray.providers import with_logs
from usagetray.spine.indexing import Progress
from usagetray.spine.indexing_once import bring_up_to_date, read_all_anew, verify
from usagetray.views.cli import out, out_json
from usagetray.views.cli.opening import opened
from usagetray.views.report_words import counted

BAR = 30


def run(arguments: argparse.Namespace) -> int:
    profile = opened(arguments)
    report = show_progress if sys.stderr is not None and sys.stderr.isatty() else None
    if arguments.verify:
        return _verify(profile, arguments.json)
    done = (read_all_anew if arguments.rebuild else bring_up_to_date)(profile, with_logs(), report)
    if not done and arguments.rebuild:
        raise UserError("The tray is running and has the ledger: quit it first, then run this again.")
    state = _state(profile)
    if arguments.json:
        out_json(as_json(state))
    else:
        out(in_words(state) + ("" if done else "\nThe running tray keeps this up to date."))
    return 0


def _state(profile: Profile) -> IndexState:
    store = open_reader(profile.paths.store_file)
    if store is None:
        raise UserError("Nothing has been read yet: start usagetray once.")
    try:
        return store.index_state()
    finally:
        store.close()


def _verify(profile: Profile, as_json: bool) -> int:
    store = open_reader(profile.paths.store_file)
    if store is None:
        raise UserError("There is nothing to check yet: run `usagetray index` first.")
    try:
        found = verify(profile, with_logs(), store)
    finally:
        store.close()
    if as_json:
        out_json(
            {
                "responses": found.responses,
                "missing": found.missing,
                "differing": found.differing,
                "kept_without_log": found.kept,
                "sums_agree": found.sums_agree,
                "ok": found.none,
            }
        )
    elif found.none:
        kept = f", and {found.kept:,} more whose logs are gone" if found.kept else ""
        out(f"The ledger agrees with the logs: {counted(found.responses, 'response')}{kept}.")
    else:
        all_ = counted(found.responses, "response")
        wrong = [
            f"{found.missing:,} of {all_} {'is' if found.missing == 1 else 'are'} missing" if found.missing else "",
            f"{found.differing:,} {'has' if found.differing == 1 else 'have'} other counts" if found.differing else "",
            "" if found.sums_agree else "the sums are not those of the rows",
        ]
        out(f"The ledger differs: {', '.join(filter(None, wrong))}.")
        out("Run `usagetray index` if logs were written just now, else `usagetray index --rebuild`.")
    return 0 if found.none else 1


def show_progress(progress: Progress) -> None:
    """A bar on the terminal, in one line, gone at the end."""
    share = progress.done / progress.total if progress.total else 1.0
    filled = int(share * BAR)
    bar = "#" * filled + "." * (BAR - filled)
    text = f"\rReading logs [{bar}] {progress.done / 1e6:,.0f} of {progress.total / 1e6:,.0f} MB"
    sys.stderr.write(text if share < 1 else "\r" + " " * len(text) + "\r")
    sys.stderr.flush()


def in_words(state: IndexState) -> str:
    if not state.files:
        return "No logs to count were found here."
    gone = f" ({state.gone_files:,} of them deleted since; what they told is kept)" if state.gone_files else ""
    lines = [f"{counted(state.files, 'log')} read{gone}, {state.bytes_read / 1e6:,.0f} MB."]
    for reason, count in state.skipped.items():
        lines.append(f"{counted(count, 'line')} skipped: {reason}.")
    for reason, count in state.aside.items():
        lines.append(f"{counted(count, 'response')} set aside and not counted: {reason}.")
    return "\n".join(lines)


def as_json(state: IndexState) -> dict[str, object]:
    return {
        "files": state.files,
        "files_gone": state.gone_files,
        "bytes_seen": state.bytes_seen,
        "bytes_read": state.bytes_read,
        "lines_skipped": state.skipped,
        "set_aside": state.aside,
        "finished_at": state.finished_at.isoformat() if state.finished_at else None,
    }
