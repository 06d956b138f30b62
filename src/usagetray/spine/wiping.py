"""Everything of ours on this computer, found and taken away again; nothing else is touched."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path

from usagetray.edges import autostart, facts, hooks
from usagetray.edges.channel import InstanceLock, NobodyThere, ask
from usagetray.edges.keychain import Keychain
from usagetray.edges.removing import remove
from usagetray.errors import Cause, SourceError, UserError
from usagetray.profile import DEMO_MARK, Profile
from usagetray.providers.contract import Home, Hook, Key, Provider
from usagetray.quick_dataclass import dataclass
from usagetray.settings import Settings
from usagetray.settings.reading import load
from usagetray.spine import own_providers
from usagetray.spine.sources import key_name, strategies_of


class Kind(StrEnum):
    """In the order in which they go: what needs the settings and our records comes before these."""

    HELPER = "helper"  # our line in another tool's settings
    KEY = "key"
    AUTOSTART = "autostart"
    HISTORY = "history"
    LOGS = "logs"
    STATE = "state"
    SETTINGS = "settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    kind: Kind
    place: str  # a path; of a key its name in the key store
    of: str = ""  # the provider's name, of a helper or a key


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Something that is still there."""

    item: Item
    why: str


class TrayRunsError(UserError):
    """It would write everything anew."""


def found(profile: Profile, providers: Sequence[Provider]) -> tuple[Item, ...]:
    """What there is to be removed. Of keys those the settings speak of: the key store itself is not asked here."""
    settings = load(profile.paths.config_file)
    items = [
        Item(kind=Kind.HELPER, place=str(hook.place(home)), of=each.name)
        for each, hook, home in _helpers(profile, providers, settings)
    ]
    items += [Item(kind=Kind.KEY, place=name, of=of) for name, of, is_given in _keys(providers, settings) if is_given]
    entry = _entry(profile)
    if entry is not None:
        items.append(Item(kind=Kind.AUTOSTART, place=entry.place))
    for kind in (Kind.HISTORY, Kind.LOGS, Kind.STATE, Kind.SETTINGS):
        items += [Item(kind=kind, place=str(path)) for path in _paths(profile, kind) if os.path.lexists(path)]
    return tuple(items)


def wipe(profile: Profile, providers: Sequence[Provider], keychain: Keychain) -> tuple[Left, ...]:
    """Removes it all; what could not be removed, with the reason. Raises `TrayRunsError`; nothing is changed then."""
    with _alone(profile):
        settings = load(profile.paths.config_file)
        left = [*_helpers_out(profile, providers, settings), *_keys_out(providers, settings, keychain)]
        entry = _entry(profile)
        if entry is not None:
            try:
                entry.remove()
            except UserError as error:
                left.append(Left(item=Item(kind=Kind.AUTOSTART, place=entry.place), why=str(error)))
        keep = {profile.paths.runtime_dir, profile.paths.lock.parent}  # the lock is held until the end
        if any(each.item.kind is Kind.HELPER for each in left):
            keep.add(profile.paths.state_dir / "hooks")  # how to put the tool's settings back another time
        if any(each.item.kind is Kind.KEY for each in left):
            keep.add(profile.paths.config_file)  # it says which keys there are, for the next time
        for kind in (Kind.HISTORY, Kind.LOGS, Kind.STATE, Kind.SETTINGS):
            for path in _paths(profile, kind):
                stuck = remove(path, keep)
                left += [Left(item=Item(kind=kind, place=str(place)), why=why) for place, why in stuck]
    return tuple(left)


@contextlib.contextmanager
def _alone(profile: Profile) -> Iterator[None]:
    """Keeps a tray from starting meanwhile; the lock's own folder goes last."""
    own = profile.paths
    try:
        ask(own.socket, "ping", {})
    except (NobodyThere, UserError):
        pass
    else:
        raise TrayRunsError(
            "The tray is running and would write everything anew: choose Quit in its menu, then run this again. "
            "Nothing was removed."
        )
    lock = InstanceLock(own.lock)
    if not lock.acquire():
        raise TrayRunsError(
            "A usagetray without an icon is at work (`run --headless`): end it, then run this again. "
            "Nothing was removed."
        )
    try:
        yield
    finally:
        lock.release()
        for each in (own.socket, own.lock):
            remove(each)
        for folder in (own.runtime_dir, own.lock.parent, own.state_dir, own.config_file.parent):
            with contextlib.suppress(OSError):  # something else lies in it, and stays
                folder.rmdir()


# ---- the files ---------------------------------------------------------------------------------------------


def _paths(profile: Profile, kind: Kind) -> Iterator[Path]:
    """Our folders as a whole where they are ours by name; in a folder that the user named, only what we put there."""
    own = profile.paths
    if own.profile is None:
        yield {
            Kind.HISTORY: own.store_file.parent,
            Kind.LOGS: own.log_dir,
            Kind.STATE: own.state_dir,
            Kind.SETTINGS: own.config_file.parent,
        }[kind]
    elif kind is Kind.HISTORY:
        yield from sorted(own.profile.glob(f"{own.store_file.name}*"))
    elif kind is Kind.LOGS:
        yield from sorted(own.log_dir.glob("*.log*"))
        yield from _if_empty(own.log_dir)
    elif kind is Kind.STATE:
        yield own.state_dir
    else:
        yield own.config_file
        yield from sorted(own_providers.folder(profile).glob("*.toml"))
        yield from _if_empty(own_providers.folder(profile))
        yield own.profile / DEMO_MARK


def _if_empty(folder: Path) -> Iterator[Path]:
    """Asked when all before it has been removed."""
    with contextlib.suppress(OSError):
        if folder.is_dir() and not any(folder.iterdir()):
            yield folder


def _entry(profile: Profile) -> autostart.Entry | None:
    """The one for starting at login, where there is one: of an isolated profile there never is."""
    if profile.paths.profile is not None:
        return None
    entry = autostart.entry(profile.environ)
    with contextlib.suppress(UserError):
        if entry.read() is None and not os.path.lexists(entry.place):
            return None
    return entry


# ---- other tools' settings ---------------------------------------------------------------------------------


def _helpers(
    profile: Profile, providers: Sequence[Provider], settings: Settings
) -> Iterator[tuple[Provider, Hook, Home]]:
    """Where our helper stands, by our records or by the look of it; in every home of the tool, switched on or not."""
    state_dir = profile.paths.state_dir
    for provider in providers:
        known = (
            {each.path: each for each in facts.homes(provider.homes, profile.environ, settings.of(provider.id).homes)}
            if provider.homes is not None
            else {}
        )
        for hook in provider.hooks:
            ours = hooks.recorded(hook, state_dir=state_dir)
            for path in dict.fromkeys((*known, *ours)):
                home = known.get(path, Home(path=path, is_default=False))
                if not hook.place(home).exists():
                    continue
                if path in ours or hooks.installed(hook, home, state_dir=state_dir):
                    yield provider, hook, home


def _helpers_out(profile: Profile, providers: Sequence[Provider], settings: Settings) -> Iterator[Left]:
    for provider, hook, home in list(_helpers(profile, providers, settings)):
        try:
            hooks.remove(hook, home, state_dir=profile.paths.state_dir)
        except UserError as error:
            item = Item(kind=Kind.HELPER, place=str(hook.place(home)), of=provider.name)
            yield Left(item=item, why=str(error))


# ---- keys --------------------------------------------------------------------------------------------------


def _keys(providers: Sequence[Provider], settings: Settings) -> Iterator[tuple[str, str, bool]]:
    """(name in the key store, provider's name, whether the settings say that it was given) of all that may be."""
    for provider in providers:
        own = settings.of(provider.id)
        for account in ("", *own.accounts):
            allow, address = (
                (own.account(account).allow, own.account(account).address) if account else (own.allow, own.address)
            )
            for strategy in strategies_of(provider, account):
                for need in (each for each in strategy.needs if isinstance(each, Key)):
                    at = address if strategy.address is not None else ""
                    yield key_name(provider, need, account, at), provider.name, strategy.id in allow


def _keys_out(providers: Sequence[Provider], settings: Settings, keychain: Keychain) -> Iterator[Left]:
    """Keys that were given; and others, should one have been left behind, where that can be seen without asking."""
    names: dict[str, tuple[str, bool]] = {}
    for name, of, is_given in _keys(providers, settings):
        names[name] = (of, is_given or names.get(name, ("", False))[1])
    for name, (of, is_given) in sorted(names.items(), key=lambda each: not each[1][1]):
        try:
            if is_given or keychain.get(name) is not None:
                keychain.delete(name)
        except SourceError as error:
            if error.cause is Cause.STORE_MISSING:
                return  # without a store nothing was ever kept
            if error.cause is Cause.CREDENTIAL_MALFORMED:
                continue  # no entry of ours
            if not is_given:
                return
            yield Left(
                item=Item(kind=Kind.KEY, place=name, of=of),
                why="the key store is locked or did not answer: unlock it and run this again",
            )
