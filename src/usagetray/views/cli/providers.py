"""`usagetray providers`: what is known, what is found here, what each reads and by whose consent."""

from __future__ import annotations

import argparse
import textwrap
from typing import Any

from usagetray.errors import UserError
from usagetray.overview import Overview
from usagetray.profile import Profile
from usagetray.providers import discover
from usagetray.providers.contract import Provider
from usagetray.settings import load
from usagetray.spine.connecting import Connecting, offers
from usagetray.spine.reading import make_keychain, reader
from usagetray.views.cli import out, out_json
from usagetray.views.cli.opening import opened


def run(arguments: argparse.Namespace) -> int:
    profile = opened(arguments)
    shown = reader(profile)()
    rows = [_row(profile, provider, shown) for provider in discover()]
    if arguments.json:
        out_json(rows)
    else:
        out("\n\n".join(_as_text(row) for row in rows))
    return 0


def _row(profile: Profile, provider: Provider, shown: Overview) -> dict[str, Any]:
    found = next((each for each in shown.found if each.provider == provider.id), None)
    connecting = Connecting(profile, provider, make_keychain(profile))
    own = load(profile.paths.config_file).of(provider.id)
    accounts = [each for each in shown.accounts if each.provider == provider.id]
    return {
        "id": provider.id,
        "name": provider.name,
        "found": found is not None,
        "needs_key": provider.homes is None,
        "enabled": own.enabled,
        "official": provider.official,
        "reads": provider.reads,
        "states": [each.state.value for each in accounts],
        "sources": [
            {"name": each.id, "from": each.label, "asks_network": each.origin is not None, "origin": each.origin}
            for each in provider.strategies
        ],
        "offers": [
            {"name": each.name, "explains": each.explains, "given": own.enabled and _is_given(connecting, each)}
            for each in offers(provider)
        ],
    }


def _is_given(connecting: Connecting, offer: Any) -> bool:
    try:
        return connecting.is_given(offer)
    except UserError:  # several homes: `connect --home` tells them apart
        return False


def _as_text(row: dict[str, Any]) -> str:
    where = "found here" if row["found"] else "no trace on this computer"
    if row["needs_key"]:
        where = "connected" if row["offers"] and all(offer["given"] for offer in row["offers"]) else "not connected"
    state = "switched off" if not row["enabled"] else ", ".join(row["states"]).replace("_", " ") or "no figures yet"
    lines = [f"{row['name']} ({row['id']}): {where if row['enabled'] else 'switched off'}"]
    if row["enabled"] and (row["found"] or where == "connected"):
        lines[0] += f", {state}"
    if row["reads"]:
        lines.append(_wrapped(row["reads"]))
    for offer in row["offers"]:
        mark = "allowed" if offer["given"] else "not allowed"
        lines.append(_wrapped(f"{offer['name']} ({mark}): {offer['explains']}"))
    if not all(offer["given"] for offer in row["offers"]):
        lines.append(f"  To {'connect it' if row['needs_key'] else 'allow more'}: usagetray connect {row['id']}")
    return "\n".join(lines)


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 80, initial_indent="  ", subsequent_indent="    ")
