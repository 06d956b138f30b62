"""`usagetray alerts`: what was announced and why, and a test that it would arrive."""

from __future__ import annotations

import argparse
import textwrap
from collections import Counter
from datetime import tzinfo

from usagetray.domain.holding_back import ALL, Held, LeftOut
from usagetray.edges.alert_hooks import COMMAND, DEADLINE_S, WEBHOOK, failures
from usagetray.edges.channel import InstanceLock, NobodyThere, ask
from usagetray.edges.notify import AlertText
from usagetray.edges.store import AlertRow, open_writer
from usagetray.errors import UserError
from usagetray.language import tr, tr_later
from usagetray.overview import Overview
from usagetray.profile import Profile, local_zone
from usagetray.settings.reading import load
from usagetray.spine import snoozing
from usagetray.spine.delivery import make_notifier
from usagetray.spine.reading import reader as overview_reader
from usagetray.views import snooze_words
from usagetray.views.cli import out, out_json
from usagetray.views.cli.opening import opened, reader
from usagetray.views.figures import instant
from usagetray.views.plain import clip, plain

WIDTH, SIDE = 80, 14
"""Columns of a line, and of the time before it."""


def run(arguments: argparse.Namespace) -> int:
    profile = opened(arguments)
    if arguments.step == "test":
        return _test(profile)
    if arguments.step == "snooze":
        return _snooze(profile, arguments.choice)
    store = reader(profile)
    rows = store.alerts() if store is not None else ()
    if getattr(arguments, "json", False):
        out_json([_as_json(row) for row in rows])
        return 0
    shown, zone = overview_reader(profile)(), local_zone()
    for sentence in (snooze_words.now(shown, zone), *(text for _, text in snooze_words.single(shown, zone))):
        if sentence:
            _say(f"{sentence}.")
    if not rows:
        _say(tr("No alert yet. They come at 50, 75 and 90 % used, when a limit locks you out, and when it is back."))
    together = Counter(row.merged_into for row in rows if row.sent_at is not None)
    for row in reversed(rows):
        when = instant(row.due_at, shown.generated_at, zone)
        note = _note(row, shown, zone, is_merged=together[row.merged_into] > 1)
        out(f"{when:>{SIDE - 2}}  {clip(plain(row.title, 63), WIDTH - SIDE)}")
        for line in (*_wrapped(plain(row.body, 255)), *_wrapped(f"({note})")):
            out(f"{'':>{SIDE}}{line}")
    return 0


def _say(sentence: str) -> None:
    for line in textwrap.wrap(sentence, WIDTH, break_on_hyphens=False):
        out(line)


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH - SIDE, break_on_hyphens=False)


# ---- why it was shown, or was not --------------------------------------------------------------------------


def _note(row: AlertRow, shown: Overview, zone: tzinfo, *, is_merged: bool) -> str:
    if row.sent_at is not None and not row.shown:
        return tr("could not be shown")
    if row.sent_at is not None:
        when = instant(row.sent_at, shown.generated_at, zone)
        if row.held_for is not None:
            return tr(_SHOWN_LATER[row.held_for], when=when)
        return tr("shown together with others") if is_merged else tr("shown")
    if row.left_out is LeftOut.OVERTAKEN and row.held_for is not None:
        return tr(_OVERTAKEN[row.held_for])
    if row.left_out is not None:
        return tr(_LEFT_OUT[row.left_out])
    snooze = next(
        (each for each in shown.manners.snoozes if each.of in (ALL, (row.provider, row.account, row.window))), None
    )
    if row.held_for is Held.SNOOZED and snooze is not None:
        return tr("snoozed until {when}", when=instant(snooze.until_at, shown.generated_at, zone))
    if row.held_for is Held.QUIET and shown.manners.quiet_until is not None:
        return tr(
            "held back until quiet hours end at {when}",
            when=instant(shown.manners.quiet_until, shown.generated_at, zone),
        )
    return tr("held back: no more than 3 in 10 minutes, 20 a day") if row.held_for is Held.BURST else tr("held back")


_SHOWN_LATER = {
    Held.QUIET: tr_later("held back in quiet hours, told at {when} with what else still held"),
    Held.SNOOZED: tr_later("snoozed, told at {when} with what else still held"),
    Held.BURST: tr_later("held back among too many at once, shown at {when}"),
}
_OVERTAKEN = {
    Held.QUIET: tr_later("held back in quiet hours, and no longer so when they ended"),
    Held.SNOOZED: tr_later("snoozed, and no longer so when that ended"),
    Held.BURST: tr_later("held back among too many at once, and no longer so"),
}
_LEFT_OUT = {
    LeftOut.OVERTAKEN: tr_later("not shown: no longer so"),
    LeftOut.LATE: tr_later("not shown: found more than 2 hours later"),
    LeftOut.SWITCHED_OFF: tr_later("not shown: alerts are switched off"),
}


# ---- snoozing ----------------------------------------------------------------------------------------------


def _snooze(profile: Profile, choice: str) -> int:
    shown = overview_reader(profile)()
    wanted = snoozing.snooze_for(choice, ALL, shown, load(profile.paths.config_file), local_zone())
    try:
        snoozing.order(profile.paths.orders_dir, wanted)
    except OSError as error:
        raise UserError(
            tr(
                "{folder} cannot be written ({reason}): check the disk, then snooze again.",
                folder=profile.paths.orders_dir,
                reason=error.strerror,
            )
        ) from None
    _pass_on(profile)
    if choice == "off":
        out(tr("Alerts are awake."))
    else:
        when = instant(wanted.until_at, shown.generated_at, local_zone())
        out(tr("Alerts are snoozed until {when}.", when=when))
        _say(tr("A lockout, use that you pay for, and a key that takes over from a plan come through."))
    return 0


def _pass_on(profile: Profile) -> None:
    """The tray takes it in at once; without one, we do. Whoever else writes just now does so at its next tick."""
    try:
        ask(profile.paths.socket, "changed")
    except NobodyThere:
        lock = InstanceLock(profile.paths.lock)
        if not lock.acquire():
            return
        try:
            store = open_writer(profile.paths.store_file)
            try:
                snoozing.take_in(store, profile.paths.orders_dir, profile.clock.now())
            finally:
                store.close()
        finally:
            lock.release()


# ---- for scripts, and the test -----------------------------------------------------------------------------


def _as_json(row: AlertRow) -> dict[str, object]:
    return {
        "due_at": row.due_at.isoformat(),
        "sent_at": row.sent_at.isoformat() if row.sent_at else None,
        "shown": row.shown,
        "held_for": row.held_for,
        "left_out": row.left_out,
        "kind": row.kind.value,
        "provider": plain(row.provider),
        "account": plain(row.account),
        "window": plain(row.window),
        "threshold": row.threshold,
        "title": plain(row.title),
        "body": plain(row.body, 255),
    }


def _test(profile: Profile) -> int:
    alerts = load(profile.paths.config_file).alerts
    began = profile.clock.now()
    notifier = make_notifier(profile, on_click=lambda _: None, patience_s=DEADLINE_S + 1)
    try:
        shown = notifier.send(
            AlertText(
                key="test", title="usagetray: a test alert", body="Alerts arrive. You can close this.", urgency="normal"
            )
        )
    finally:
        notifier.close()  # waits for what the settings name besides
    failed = {each.hook: each.reason for each in failures(profile.paths.state_dir) if each.at >= began}
    for hook, is_set in ((COMMAND, alerts.command), (WEBHOOK, alerts.webhook)):
        if is_set:
            out(f"alerts.{hook}: {failed.get(hook, 'taken.')}")
    if not shown:
        raise UserError("No alert could be shown: no notification service answers on this desktop.")
    out("Sent. If you do not see it, look at your desktop's notification settings (do not disturb?).")
    return 1 if failed else 0
