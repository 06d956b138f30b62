"""What is said of alerts that are held back, and the rows of the menu that hold them back."""

from __future__ import annotations

from datetime import tzinfo

from usagetray.domain.holding_back import Id
from usagetray.language import tr, tr_n
from usagetray.overview import Overview
from usagetray.views.digest_words import window_in
from usagetray.views.figures import instant
from usagetray.views.words import account_name, window_name


def now(overview: Overview, zone: tzinfo) -> str:
    """ "Alerts are snoozed until 21:20", "Quiet hours until 07:00: 2 alerts wait"; "" where nothing holds them back."""
    manners = overview.manners
    if manners.snoozed_until is not None:
        when = instant(manners.snoozed_until, overview.generated_at, zone)
        return tr("Alerts are snoozed until {when}", when=when)
    if manners.quiet_until is not None:
        when = instant(manners.quiet_until, overview.generated_at, zone)
        if not manners.waiting:
            return tr("Quiet hours until {when}", when=when)
        return tr_n(
            "Quiet hours until {when}: {count} alert waits",
            "Quiet hours until {when}: {count} alerts wait",
            manners.waiting,
            when=when,
        )
    return ""


def single(overview: Overview, zone: tzinfo) -> list[tuple[Id, str]]:
    """ "Alerts of Claude session are snoozed until 21:20", of each limit that is snoozed by itself."""
    found = []
    for each in overview.manners.snoozes:
        if there := window_in(each.of, overview):
            account, window = there
            text = tr(
                "Alerts of {account} {window} are snoozed until {when}",
                account=account_name(account, overview.accounts),
                window=window_name(window),
                when=instant(each.until_at, overview.generated_at, zone),
            )
            found.append((each.of, text))
    return found
