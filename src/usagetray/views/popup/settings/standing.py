"""How a provider stands, in words for its card: what it is read from, and what it says now."""

from __future__ import annotations

from collections.abc import Sequence

from usagetray.domain.states import State
from usagetray.language import tr, tr_n
from usagetray.overview import AccountView, Overview
from usagetray.settings.setup import Connection, Consent
from usagetray.views import words
from usagetray.views.figures import NBSP, ago
from usagetray.views.labels import label
from usagetray.views.plain import plain
from usagetray.views.tightest import tightest_window


def accounts_of(overview: Overview | None, provider: str) -> tuple[AccountView, ...]:
    return tuple(each for each in overview.accounts if each.provider == provider) if overview else ()


def read_from(connection: Connection, accounts: Sequence[AccountView] = ()) -> str:
    """ "The status line, Claude Code’s own reading · Max 5x"; what it would take where nothing is read."""
    if not connection.enabled and connection.is_allowed:
        return tr("Switched off")
    if not connection.enabled and connection.found and connection.has_free:
        return tr("Found here, not read")
    if connection.is_connected and connection.sources:
        own = [each.key for each in connection.consents if each.key and each.given]
        labels = [
            tr("your {key}", key=label(own[0])) if each == connection.name and own else each
            for each in connection.sources
        ]
        shown = words.sentence(", ".join(label(plain(each, 40)) for each in labels)).rstrip(".")
        plans = dict.fromkeys(plain(each.plan, 24).replace(" ", NBSP) for each in accounts if each.plan)
        return " · ".join([shown, *plans])
    keys = tuple(dict.fromkeys(each.key for each in connection.consents if each.key))
    asked = [each for each in connection.consents if not each.key and each.name != "shell-profiles"]
    if connection.found and asked:
        return tr(
            "Found here; would read: {sources}", sources=", ".join(label(plain(each.title, 40)) for each in asked)
        )
    if keys:
        return tr("Needs: {key}", key=plain(" / ".join(map(label, keys)), 120))
    return plain(tr(connection.reads), 240)


def figure(accounts: Sequence[AccountView], overview: Overview, left: bool) -> str:
    """ "62 % used, 1 m ago": of the tightest limit, else a sum; what is wrong where something is; else ""."""
    wrong = [each for each in accounts if each.state in (State.SIGNED_OUT, State.NOT_ALLOWED)]
    if wrong:
        return tr("The key was refused") if any(each.by_key for each in wrong) else tr("Signed out")
    top = tightest_window(accounts)
    if top is not None:
        window = top[1]
        text = words.figure_text(window, left)
        return tr("{figure}, {when}", figure=text, when=ago(window.captured_at, overview.generated_at))
    sums = [said for each in accounts for line in each.money if (said := words.money_text(line))]
    return plain(sums[0], 40) if sums else ""


def consent_title(consent: Consent, provider: str = "") -> str:
    """Where the figures come from; what the key is called where that would only say the provider's name again."""
    title = consent.key if consent.key and consent.title == provider else consent.title
    said = words.sentence(label(plain(title, 60))).rstrip(".")
    return f"{said}, {plain(consent.home, 60)}" if consent.home else said


def consent_state(consent: Consent) -> str:
    """Of one that takes a key."""
    if not consent.given:
        return ""
    address = f" · {plain(consent.address, 80)}" if consent.address else ""
    if consent.variables:
        return tr("Allowed; the key is in the key store, or in {name}", name=consent.variables[0]) + address
    return tr("The key is in your system’s key store") + address


def numbered(count: int) -> str:
    return tr_n("{count} request", "{count} requests", count)
