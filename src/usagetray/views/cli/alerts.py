"""`usagetray alerts`: what was announced and why, and a test that it would arrive."""

from __future__ import annotations

import argparse

from usagetray.edges.alert_hooks import COMMAND, DEADLINE_S, WEBHOOK, failures
from usagetray.edges.notify import AlertText
from usagetray.edges.store import AlertRow, open_reader
from usagetray.errors import UserError
from usagetray.profile import Profile, local_zone
from usagetray.settings.reading import load
from usagetray.spine.delivery import make_notifier
from usagetray.views.cli import out, out_json
from usagetray.views.cli.opening import opened
from usagetray.views.figures import instant
from usagetray.views.plain import plain


def run(arguments: argparse.Namespace) -> int:
    profile = opened(arguments)
    if arguments.step == "test":
        return _test(profile)
    store = open_reader(profile.paths.store_file)
    rows = store.alerts() if store is not None else ()
    if getattr(arguments, "json", False):
        out_json([_as_json(row) for row in rows])
    elif not rows:
        out("No alert yet. They come at 50, 75 and 90 % used, when a limit locks you out, and when it is back.")
    else:
        now, zone = profile.clock.now(), local_zone()
        for row in reversed(rows):
            note = {None: "held back", True: "shown", False: "could not be shown"}[row.shown if row.sent_at else None]
            out(f"{instant(row.due_at, now, zone):>12}  {plain(row.title, 63)}  ({note})")
            out(f"{'':>12}  {plain(row.body, 255)}")
    return 0


def _as_json(row: AlertRow) -> dict[str, object]:
    return {
        "due_at": row.due_at.isoformat(),
        "sent_at": row.sent_at.isoformat() if row.sent_at else None,
        "shown": row.shown,
        "kind": row.kind.value,
        "provider": row.provider,
        "account": row.account,
        "window": row.window,
        "threshold": row.threshold,
        "title": row.title,
        "body": row.body,
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
