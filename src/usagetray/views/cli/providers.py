"""`usagetray providers`: a table of what is known, found and connected; with a name, all about one."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from usagetray.domain.states import State
from usagetray.errors import UserError
from usagetray.overview import AccountView, Overview
from usagetray.profile import Profile
from usagetray.providers.contract import Address, Key, LocalFile, NewestFiles, Program, Provider, Spooled, Strategy
from usagetray.settings import ProviderSettings
from usagetray.spine.connecting import Connecting, Offer, find_provider, offers
from usagetray.spine.own_providers import folder, known_settings
from usagetray.spine.reading import make_keychain, reader
from usagetray.views.cli import out, out_json
from usagetray.views.cli.opening import opened
from usagetray.views.figures import ago
from usagetray.views.plain import clip, pad, plain
from usagetray.views.status_json import iso

WIDTH = 80
COLUMNS = (("PROVIDER", 20), ("HERE", 5), ("CONNECTED", 10), ("NEEDS", 16), ("OFFICIAL", 9), ("LAST RESULT", 21))
"""With the gap behind each; the last one's falls beyond the width."""
WITHOUT = "–"


def run(arguments: argparse.Namespace) -> int:
    profile = opened(arguments)
    known, settings = known_settings(profile)
    shown = reader(profile)()
    providers = known.providers
    if arguments.provider is not None:
        providers = (find_provider(providers, arguments.provider),)
    rows = [_row(profile, each, settings.of(each.id), shown, known.files.get(each.id)) for each in providers]
    if arguments.json:
        out_json(rows)
    elif arguments.provider is not None:
        out(_as_text(rows[0]))
    else:
        out("\n".join(_table(rows, shown.generated_at)))
        for problem in known.problems:
            out("\n" + textwrap.fill(plain(problem, 300), WIDTH))
        out(f"\nAll about one: usagetray providers NAME. Your own, each a file: {plain(folder(profile), 200)}")
    return 0


# ---- one provider ------------------------------------------------------------------------------------------


def _row(
    profile: Profile, provider: Provider, own: ProviderSettings, shown: Overview, file: Path | None
) -> dict[str, Any]:
    found = any(each.provider == provider.id for each in shown.found)
    connecting = Connecting(profile, provider, make_keychain(profile))
    given = [(each, own.enabled and _is_given(connecting, each)) for each in offers(provider)]
    accounts = [each for each in shown.accounts if each.provider == provider.id]
    further = [name for name, each in own.accounts.items() if each.enabled and each.allow]
    by_itself = any(each.consent is None for each in provider.strategies)
    return {
        "id": provider.id,
        "name": provider.name,
        "found": found,
        "connected": own.enabled and ((found and by_itself) or any(is_given for _, is_given in given) or bool(further)),
        "needs": _needs(provider),
        "needs_key": provider.homes is None,
        "enabled": own.enabled,
        "official": provider.official,
        "file": str(file) if file else None,
        "reads": provider.reads,
        "reads_from": [_from(each) for each in provider.strategies],
        "states": [each.state.value for each in accounts],
        "accounts": [_account(each) for each in accounts],
        "further_accounts": further,
        "sources": [
            {
                "name": each.id,
                "from": each.label,
                "asks_network": each.asks_server,
                "origin": each.origin or (own.address or None if each.address else None),
            }
            for each in provider.strategies
        ],
        "options": [
            {"name": each.name, "explains": each.explains, "on": each.name in own.options} for each in provider.options
        ],
        "offers": [{"name": each.name, "explains": each.explains, "given": is_given} for each, is_given in given],
    }


def _account(account: AccountView) -> Mapping[str, Any]:
    return {
        "account": plain(account.account),
        "label": plain(account.label) if account.label else None,
        "plan": plain(account.plan) if account.plan else None,
        "state": account.state.value,
        "captured_at": iso(account.captured_at),
    }


def _is_given(connecting: Connecting, offer: Offer) -> bool:
    try:
        return connecting.is_given(offer)
    except UserError:  # several homes: `connect --home` tells them apart
        return False


def _needs(provider: Provider) -> list[str]:
    """The least that the first figures take: that of the source which asks for least."""
    return min((_needed(each) for each in provider.strategies), key=len, default=[])


def _needed(strategy: Strategy) -> list[str]:
    if strategy.consent is None:
        return []
    named = {Address: "address", Key: "key"}
    found = [name for kind, name in named.items() if any(isinstance(need, kind) for need in strategy.needs)]
    return found or ["consent"]


def _from(strategy: Strategy) -> str:
    """ "api.example.com", "your claude program", "local files"."""
    program = next((need.name for need in strategy.needs if isinstance(need, Program)), None)
    if program is not None:
        return f"your {program} program"
    if strategy.origin is not None:
        return strategy.origin.partition("://")[2]
    if any(isinstance(need, Address) for need in strategy.needs):
        return "your server"
    in_files = any(isinstance(need, LocalFile | NewestFiles | Spooled) for need in strategy.needs)
    return "local files" if in_files else "what other sources left"


# ---- the table ---------------------------------------------------------------------------------------------


def _table(rows: list[dict[str, Any]], now: datetime) -> list[str]:
    """Two lines for each: the row, and where its figures come from; an account more is a line more."""
    lines = [_line([title for title, _ in COLUMNS])]
    for row in rows:
        accounts = row["accounts"]
        last = _last(accounts[0], now) if len(accounts) == 1 else f"{len(accounts)} accounts" if accounts else WITHOUT
        is_sought = not row["needs_key"]
        lines.append(
            _line(
                [
                    row["id"],
                    ("yes" if row["found"] else "no") if is_sought else WITHOUT,
                    "off" if not row["enabled"] else "yes" if row["connected"] else "no",
                    " and ".join(row["needs"]) or "nothing",
                    "yours" if row["file"] else "yes" if row["official"] else "no",
                    last,
                ]
            )
        )
        lines.append(clip(f"  reads {', '.join(dict.fromkeys(map(plain, row['reads_from'])))}", WIDTH))
        if len(accounts) > 1:
            # The name in front, the result where the others' stand.
            room = sum(width for _, width in COLUMNS[:-1])
            lines += [
                pad(f"  · {each['label'] or each['account']}", room - 1) + " " + _last(each, now) for each in accounts
            ]
    return [line.rstrip() for line in lines]


def _line(cells: list[str]) -> str:
    return "".join(pad(cell, width - 1) + " " for cell, (_, width) in zip(cells, COLUMNS, strict=True))


def _last(account: Mapping[str, Any], now: datetime) -> str:
    state, captured = account["state"], account["captured_at"]
    if state == State.FRESH and captured:
        return ago(datetime.fromisoformat(captured), now)
    return str(state).replace("_", " ")


# ---- all about one -----------------------------------------------------------------------------------------


def _as_text(row: dict[str, Any]) -> str:
    where = "found here" if row["found"] else "no trace on this computer"
    if row["needs_key"] or (row["connected"] and not row["found"]):
        where = "connected" if row["connected"] else "not connected"
    state = ", ".join(row["states"]).replace("_", " ") or "no figures yet"
    lines = [f"{row['name']} ({row['id']}): {where if row['enabled'] else 'switched off'}"]
    if row["enabled"] and (row["found"] or where == "connected"):
        lines[0] += f", {state}"
    if row["file"]:
        lines.append(_wrapped(f"Described by you in {plain(row['file'], 200)}"))
    if row["reads"]:
        lines.append(_wrapped(row["reads"]))
    for offer in row["offers"]:
        mark = "allowed" if offer["given"] else "not allowed"
        lines.append(_wrapped(f"{offer['name']} ({mark}): {offer['explains']}"))
    for option in row["options"]:
        lines.append(_wrapped(f"Option {option['name']} ({'on' if option['on'] else 'off'}): {option['explains']}"))
        change = "'[]'" if option["on"] else f"'[\"{option['name']}\"]'"
        lines.append(f"    To change it: usagetray config set providers.{row['id']}.options {change}")
    if row["further_accounts"]:
        lines.append(_wrapped(f"Further accounts, with keys of their own: {', '.join(row['further_accounts'])}"))
    if not all(offer["given"] for offer in row["offers"]):
        lines.append(f"  To {'connect it' if row['needs_key'] else 'allow more'}: usagetray connect {row['id']}")
    return "\n".join(lines)


def _wrapped(text: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent="  ", subsequent_indent="    ")
