"""What there is to be set up here: every provider with its sources, consents and accounts, and what holds of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from usagetray.edges import facts
from usagetray.errors import UserError
from usagetray.profile import Profile
from usagetray.providers.contract import Program, Provider, Said
from usagetray.settings import Settings
from usagetray.settings.reading import load
from usagetray.settings.setup import Connection, Consent, Setup
from usagetray.spine.connecting import Connecting, Offer, offers
from usagetray.spine.own_providers import known_settings
from usagetray.spine.reading import make_keychain
from usagetray.spine.sources import is_used_here, permitted, tools, unanswered


def setup(profile: Profile, variables: Collection[str] = ()) -> Setup:
    """As it is now; reads, and writes nothing. `variables`: names of those that are set where the tray runs."""
    known, settings = known_settings(profile)
    if not profile.demo:  # as the tray does: before the first page is answered nothing is read unasked
        settings = unanswered(settings, [each.id for each in known.providers])
    return Setup(
        settings=settings,
        config_file=str(profile.paths.config_file),
        places=(_place(profile, profile.paths.config_file), _place(profile, profile.paths.store_file)),
        connections=connections(profile, known.providers, settings, variables),
        autostart=_starts_at_login(profile),
        demo=profile.demo,
        kept_bytes=_size(profile),
    )


def connections(
    profile: Profile, providers: Sequence[Provider], settings: Settings, variables: Collection[str] = ()
) -> tuple[Connection, ...]:
    """Every provider there is, in the program's order."""
    used = {each.provider.id for each in tools(providers, Settings(), profile.environ) if is_used_here(each)}
    return tuple(_connection(profile, each, settings, each.id in used, variables) for each in providers)


def _connection(
    profile: Profile, provider: Provider, settings: Settings, found: bool, variables: Collection[str]
) -> Connection:
    own = settings.of(provider.id)
    rule = provider.homes
    free = [each for each in provider.strategies if each.consent is None]
    return Connection(
        provider=provider.id,
        name=provider.name,
        found=found,
        enabled=own.enabled,
        reads=provider.reads,
        has_free=bool(free) and (rule is not None or bool(own.plan)),
        sources=tuple(each.label for each in permitted(provider, settings)),
        consents=_consents(profile, provider, "", variables),
        accounts=tuple(
            (name, _consents(profile, provider, name, ())) for name, each in own.accounts.items() if each.allow
        ),
        homes=tuple(str(each.path) for each in facts.homes(rule, profile.environ, own.homes)) if rule else (),
        takes_homes=rule is not None,
        takes_logs=provider.logs is not None,
        takes_plan=any(isinstance(need, Said) for each in provider.strategies for need in each.needs),
        options=tuple((each.name, each.explains) for each in provider.options),
    )


def _consents(profile: Profile, provider: Provider, account: str, variables: Collection[str]) -> tuple[Consent, ...]:
    """What stands in a tool's own settings is a consent for each of its folders, where there are several."""
    keychain, own = make_keychain(profile), load(profile.paths.config_file).of(provider.id)
    homes = facts.homes(provider.homes, profile.environ, own.homes) if provider.homes else ()
    found = []
    for offer in offers(provider, account):
        several = offer.hook is not None and len(homes) > 1
        places: list[Path | None] = [each.path for each in homes] if several else [None]
        for place in places:
            connecting = Connecting(profile, provider, keychain, place, account)
            found.append(_consent(connecting, offer, variables, "" if place is None else str(place)))
    return tuple(found)


def _consent(connecting: Connecting, offer: Offer, variables: Collection[str], home: str) -> Consent:
    try:
        given = connecting.is_given(offer)
    except UserError:  # the provider is switched off: nothing of it is installed by us
        given = False
    strategy = offer.strategy
    return Consent(
        name=offer.name,
        title=strategy.label if strategy else offer.name.replace("-", " "),
        explains=offer.explains,
        given=given,
        key=offer.key.label if offer.key else "",
        blanks=offer.key.has_blanks if offer.key else False,
        variables=tuple(each for each in (offer.key.env if offer.key else ()) if each in variables),
        address=connecting.address if offer.address else None,
        address_label=offer.address.label if offer.address else "",
        one_of=(strategy.one_of or "") if strategy else "",
        starts=strategy is not None and any(isinstance(need, Program) for need in strategy.needs),
        writes=offer.hook is not None,
        home=home,
    )


def key_variables(providers: Sequence[Provider]) -> frozenset[str]:
    """The names of all variables that may hold a key of the user's."""
    return frozenset(name for each in providers for offer in offers(each) if offer.key for name in offer.key.env)


def _starts_at_login(profile: Profile) -> bool | None:
    if profile.paths.profile is not None:
        return None
    from usagetray.edges import autostart  # deferred: an isolated profile never starts at login

    return autostart.entry(profile.environ).read() is not None


def _place(profile: Profile, path: Path) -> str:
    """ "~/.config/usagetray/config.toml"."""
    home = profile.environ.get("HOME") or profile.environ.get("USERPROFILE")
    return f"~/{path.relative_to(home).as_posix()}" if home and path.is_relative_to(home) else str(path)


def _size(profile: Profile) -> int | None:
    try:
        return profile.paths.store_file.stat().st_size
    except OSError:
        return None
