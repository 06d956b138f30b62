"""`usagetray doctor --wipe`: says what is going to be removed, asks, removes it, and says what would not go."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import groupby

from usagetray.errors import UserError
from usagetray.language import tr, tr_later, tr_n
from usagetray.profile import Profile
from usagetray.spine.own_providers import known
from usagetray.spine.reading import make_keychain
from usagetray.spine.wiping import Item, Kind, found, wipe
from usagetray.views.cli import out, say
from usagetray.views.plain import plain

WORDS = {
    Kind.HELPER: tr_later("our line in another program’s settings (its own is put back)"),
    Kind.KEY: tr_later("keys in the system’s key store"),
    Kind.AUTOSTART: tr_later("the entry that starts usagetray at login"),
    Kind.HISTORY: tr_later("the history: readings, what was used and what was billed"),
    Kind.LOGS: tr_later("the log"),
    Kind.STATE: tr_later("its state: what the status line told, recorded calls, reports of breakdowns"),
    Kind.SETTINGS: tr_later("the settings, and descriptions of your own providers"),
}
ANSWER = "yes"


def run(profile: Profile, *, asks: bool) -> int:
    providers = known(profile).providers
    items = found(profile, providers)
    if not items:
        out(tr("There is nothing of usagetray here to remove."))
        return 0
    out(_listed(items))
    if asks and not _confirmed():
        raise UserError(tr("Nothing was removed."))
    left = wipe(profile, providers, make_keychain(profile))
    if not left:
        out(tr("All of it was removed. The program itself goes the way it came, such as pip uninstall usagetray."))
        return 0
    for each in left:
        say(f"{_named(each.item)}: {plain(each.why, 400)}")
    raise UserError(
        tr_n(
            "{count} thing could not be removed, see above; the rest was.",
            "{count} things could not be removed, see above; the rest was.",
            len(left),
        )
    )


def _listed(items: Sequence[Item]) -> str:
    lines = [tr("This removes, for good:"), ""]
    for kind, group in groupby(items, key=lambda each: each.kind):
        lines.append(f"  {tr(WORDS[kind])}")
        lines += [f"    {_named(each)}" for each in group]
    return "\n".join([*lines, "", tr("Other programs’ own files, sign-ins and logs stay as they are.")])


def _named(item: Item) -> str:
    place = plain(item.place, 300)
    return f"{plain(item.of)}: {place}" if item.of else place


def _confirmed() -> bool:
    out(tr("Type {answer} to remove all of it.", answer=ANSWER))
    try:
        return sys.stdin.readline().strip().lower() == ANSWER
    except (OSError, ValueError):
        return False
