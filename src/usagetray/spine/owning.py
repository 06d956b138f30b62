"""Whose figures are those of sources that name nobody: files on this machine know no account, servers do."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from usagetray.model import Account, Snapshot
from usagetray.providers.contract import Home, HomeRule
from usagetray.providers.parse import account_of_home, is_home
from usagetray.spine.sources import FIRST, account_at

Said = Sequence[tuple[Snapshot, str]]
"""The newest snapshots of one provider, each with the home of the tool that said it."""


def owned(said: Said) -> tuple[tuple[Snapshot, str], ...]:
    """What names nobody belongs to the account that is named in the same home.

    Where several were, one after the other, it belongs to the last one if it is newer than what names that one.
    Older, it may be anybody's and is left out; nothing is lost, for the last one's own figures are newer.
    """
    kept = []
    for snapshot, home in said:
        if not is_home(snapshot.account, home):
            kept.append((snapshot, home))
            continue
        named = _named(said, home)
        if not named:
            kept.append((snapshot, home))
        elif len({each.account.id for each in named}) == 1 or snapshot.captured_at > named[-1].captured_at:
            kept.append((replace(snapshot, account=named[-1].account), home))
    return tuple(kept)


def _named(said: Said, home: str) -> list[Snapshot]:
    """What was said in this home by sources that name an account, oldest first."""
    here = (snapshot for snapshot, place in said if place == home and not is_home(snapshot.account, home))
    return sorted(here, key=lambda each: each.captured_at)


def last_users(said: Said) -> Mapping[str, str]:
    """By home: the account that was heard of there last. Logs name none, so it is taken for what they tell."""
    return {home: each.account.id for each, home in sorted(said, key=lambda pair: pair[0].captured_at)}


def formerly(said: Said) -> Mapping[str, tuple[str, ...]]:
    """By account: the ids its figures had before it was named. None where several were named: they would share them."""
    found: dict[str, tuple[str, ...]] = {}
    for snapshot, home in said:
        names = {each.account.id for each in _named(said, home)}
        if is_home(snapshot.account, home) and len(names) == 1:
            name = names.pop()
            found[name] = tuple(dict.fromkeys((*found.get(name, ()), snapshot.account.id)))
    return found


def nobody_at(home: str, rule: HomeRule | None, taken: Collection[str]) -> Account:
    """The account that stands for a home of which nothing was ever heard, with an id that is not `taken` yet."""
    name = account_at(home)
    if name:
        return Account(id=name, label=name)
    is_default = rule is None or Path(home).as_posix().endswith(rule.default.removeprefix("~"))
    if is_default and FIRST not in taken:
        return Account(id=FIRST)
    return account_of_home(Home(path=Path(home), is_default=False))
