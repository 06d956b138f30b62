"""A key goes to the one server it was given for: no other vendor, region or address ever sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support import Asked, ManualClock, Reply, Vendor, always, ok, refused
from usagetray.edges.keychain import Keychain
from usagetray.edges.settings_file import set_value
from usagetray.edges.vaults import MemoryVault
from usagetray.errors import UserError
from usagetray.model import Secret
from usagetray.profile import Profile, open_profile
from usagetray.providers import discover
from usagetray.providers.contract import Provider, Strategy
from usagetray.spine.connecting import Connecting, Offer, offers
from usagetray.spine.core import Core

PROVIDERS = {each.id: each for each in discover()}
BY_REGION = [each for each in PROVIDERS.values() if any(one.one_of for one in each.strategies)]
WITH_ADDRESS = next(each for each in PROVIDERS.values() if any(one.address for one in each.strategies))
ADDRESS = next(need for one in WITH_ADDRESS.strategies if (need := one.address))
(KEY,) = (offer.key for offer in offers(WITH_ADDRESS) if offer.key)
ANSWER = {"info": {"spend": 1, "max_budget": 10}}
CANARY, OTHER = "sk-CANARY-0123456789abcdef", "sk-CANARY-fedcba9876543210"
A_WHILE = timedelta(minutes=20)


@dataclass
class Desk:
    """One user's profile and key store, and as many servers as a test needs."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)
    clock: ManualClock = field(default_factory=ManualClock)
    servers: list[Vendor] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.vault = MemoryVault("ok")
        self.keychain = Keychain("usagetray:test", self.clock, vault=self.vault)

    @property
    def profile(self) -> Profile:
        environ = {"HOME": str(self.folder), "USAGETRAY_HOME": str(self.folder / "profile"), **self.environ}
        return replace(open_profile(environ), clock=self.clock)

    def server(self, answer: Callable[[Asked], Reply] | None = None) -> Vendor:
        self.servers.append(Vendor(self.clock, answer or always(ok(ANSWER))))
        return self.servers[-1]

    def moved(self, provider: Provider) -> tuple[Provider, Mapping[str, Vendor]]:
        """The provider with a server on loopback in place of each built-in one, by strategy."""
        by_strategy = {each.id: self.server() for each in provider.strategies if each.origin}
        strategies = tuple(
            replace(each, origin=by_strategy[each.id].origin) if each.origin else each for each in provider.strategies
        )
        return replace(provider, strategies=strategies), by_strategy

    def connect(self, provider: Provider, offer: Offer, key: str | None, address: str = "", account: str = "") -> None:
        connecting = Connecting(self.profile, provider, self.keychain, account=account)
        connecting.give(offer, lambda _: Secret(key) if key else None, lambda _: address)

    def run(self, *providers: Provider, span: timedelta = A_WHILE) -> None:
        core = Core(self.profile, providers, keychain=self.keychain)
        try:
            ends_at = self.clock.now() + span
            while self.clock.now() < ends_at:
                core.tick()
                self.clock.advance(timedelta(minutes=2))
        finally:
            core.close()

    def close(self) -> None:
        for each in self.servers:
            each.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.close()


def saw(server: Vendor, secret: str) -> bool:
    return any(secret[6:20] in f"{asked.path} {asked.headers}" for asked in server.asked)


def keyed(provider: Provider) -> list[tuple[Strategy, Offer]]:
    found = [(offer.strategy, offer) for offer in offers(provider) if offer.key and offer.strategy]
    return [(strategy, offer) for strategy, offer in found if strategy.asks_server]


def test_every_key_reaches_its_own_server_alone(desk: Desk):
    """All providers that take a key, each source with a canary and a server of its own; half an hour."""
    moved, canaries = [], []
    for provider in PROVIDERS.values():
        if not keyed(provider):
            continue
        here, by_strategy = desk.moved(provider)
        moved.append(here)
        for strategy, offer in keyed(here):
            server = by_strategy.get(strategy.id) or desk.server()
            canary = f"sk-{len(canaries):02}-CANARY-{len(canaries):02}-{'abcdef' * 4}"
            canaries.append((canary, server))
            desk.connect(here, offer, canary, address=server.origin)

    desk.run(*moved, span=timedelta(minutes=30))

    reached = [[server for server in desk.servers if saw(server, canary)] for canary, _ in canaries]
    assert len(canaries) >= 8
    for (canary, own), found in zip(canaries, reached, strict=True):
        assert found in ([own], []), canary
    assert sum(map(len, reached)) >= 8


@pytest.mark.parametrize("provider", BY_REGION, ids=lambda each: each.id)
@pytest.mark.parametrize("status", [200, 401, 403, 404, 429])
def test_a_key_stays_with_the_region_it_was_given_for(desk: Desk, provider: Provider, status: int):
    """Also where that region refuses it, and whether or not the other one is connected too."""
    here, servers = desk.moved(provider)
    (first, its_offer), (second, other_offer) = keyed(here)
    for server in servers.values():
        server.answer = always(refused(status) if status != 200 else ok({"base_resp": {"status_code": 1004}}))

    desk.connect(here, its_offer, CANARY)
    desk.run(here)
    alone = len(servers[second.id].asked)
    desk.connect(here, other_offer, OTHER)
    desk.run(here)

    assert alone == 0
    assert saw(servers[first.id], CANARY)
    assert saw(servers[second.id], OTHER)
    assert not saw(servers[first.id], OTHER)
    assert not saw(servers[second.id], CANARY)


@pytest.mark.parametrize("provider", BY_REGION, ids=lambda each: each.id)
def test_a_key_of_the_environment_stands_for_one_region(desk: Desk, provider: Provider):
    """The second region is allowed as well, but its own key is gone from the key store: nothing is sent there."""
    here, servers = desk.moved(provider)
    (first, its_offer), (second, other_offer) = keyed(here)
    assert its_offer.key
    desk.environ[its_offer.key.env[0]] = CANARY
    desk.connect(here, its_offer, None)
    desk.connect(here, other_offer, OTHER)
    desk.vault.entries.clear()

    desk.run(here)

    assert saw(servers[first.id], CANARY)
    assert servers[second.id].asked == []


def test_two_regions_are_two_accounts(desk: Desk):
    """Their windows bear the same names, and must not be taken for one another's."""
    provider = PROVIDERS["zai"]
    here, servers = desk.moved(provider)
    for used, (strategy, offer) in enumerate(keyed(here), start=1):
        limit = {"type": "CREDIT_LIMIT", "unit": 3, "number": 5, "percentage": used * 20}
        servers[strategy.id].answer = always(ok({"data": {"limits": [limit]}}))
        desk.connect(here, offer, f"{CANARY}{used}")

    core = Core(desk.profile, [here], keychain=desk.keychain)
    core.tick()
    accounts = core.status()["accounts"]
    core.close()

    told = {each["account"]: [window["used_percent"] for window in each["windows"]] for each in accounts}
    assert told == {"default@global": [20], "default@china": [40]}


# ---- an address the user types -----------------------------------------------------------------------------


def only_offer() -> Offer:
    (offer,) = offers(WITH_ADDRESS)
    return offer


def test_the_key_goes_to_the_address_that_was_typed(desk: Desk):
    """With its path, without what people paste along, and with `localhost` as the number it stands for."""
    server = desk.server()

    desk.connect(WITH_ADDRESS, only_offer(), CANARY, f"{server.origin.replace('127.0.0.1', 'LocalHost')}/llm/v1/")
    desk.run(WITH_ADDRESS)

    assert saw(server, CANARY)
    assert {asked.path for asked in server.asked} == {"/llm/key/info"}


def test_an_address_that_is_changed_does_not_get_the_key(desk: Desk):
    """By hand in the settings, or by whoever can write them: the key was given for another one."""
    first, second = desk.server(), desk.server()
    desk.connect(WITH_ADDRESS, only_offer(), CANARY, first.origin)
    set_value(desk.profile.paths.config_file, f"providers.{WITH_ADDRESS.id}.address", second.origin)

    desk.run(WITH_ADDRESS)

    assert first.asked == []
    assert second.asked == []


def test_connected_anew_the_new_address_has_the_new_key_and_the_old_one_is_deleted(desk: Desk):
    first, second = desk.server(), desk.server()
    desk.connect(WITH_ADDRESS, only_offer(), CANARY, first.origin)

    desk.connect(WITH_ADDRESS, only_offer(), OTHER, second.origin)
    desk.run(WITH_ADDRESS)

    assert first.asked == []
    assert saw(second, OTHER)
    assert not any(CANARY in text for text in desk.vault.entries.values())


def test_a_further_account_has_an_address_of_its_own(desk: Desk):
    first, second = desk.server(), desk.server()
    (further,) = offers(WITH_ADDRESS, "work")
    desk.connect(WITH_ADDRESS, only_offer(), CANARY, first.origin)
    desk.connect(WITH_ADDRESS, further, OTHER, second.origin, account="work")

    desk.run(WITH_ADDRESS)

    assert saw(first, CANARY)
    assert saw(second, OTHER)
    assert not saw(first, OTHER)
    assert not saw(second, CANARY)


def test_taken_back_neither_key_nor_address_is_kept(desk: Desk):
    server = desk.server()
    desk.connect(WITH_ADDRESS, only_offer(), CANARY, server.origin)

    Connecting(desk.profile, WITH_ADDRESS, desk.keychain).withdraw(only_offer())
    desk.run(WITH_ADDRESS)

    assert server.asked == []
    assert desk.vault.entries == {}
    assert server.origin not in desk.profile.paths.config_file.read_text()


def test_a_key_of_the_environment_goes_to_the_address_beside_it(desk: Desk):
    """Agreed at `connect`; when the variable says another address later, or the settings do, nothing is sent."""
    server, other = desk.server(), desk.server()
    desk.environ |= {KEY.env[0]: CANARY, ADDRESS.env[0]: f"{server.origin}/v1"}
    desk.connect(WITH_ADDRESS, only_offer(), None, server.origin)
    desk.run(WITH_ADDRESS)
    assert saw(server, CANARY)

    before = len(server.asked)
    desk.environ[ADDRESS.env[0]] = other.origin
    desk.run(WITH_ADDRESS)
    desk.environ[ADDRESS.env[0]] = server.origin
    set_value(desk.profile.paths.config_file, f"providers.{WITH_ADDRESS.id}.address", other.origin)
    desk.run(WITH_ADDRESS)

    assert len(server.asked) == before
    assert other.asked == []


def test_a_key_of_the_environment_is_refused_without_its_address(desk: Desk):
    server = desk.server()
    desk.environ[KEY.env[0]] = CANARY

    with pytest.raises(UserError, match=ADDRESS.env[0]):
        desk.connect(WITH_ADDRESS, only_offer(), None, server.origin)

    assert not desk.profile.paths.config_file.exists()


@pytest.mark.parametrize(
    "typed",
    [
        "http://llm.example.com",
        "https://user:secret@llm.example.com",
        "https://llm.example.com?x=1",
        "https://llm.example.com/#x",
        "https://llm.example.com//other",
        "https://llm.example.com/../x",
        "https://llm.example.com.",
        "https://llm.example.com\\@other.example",
        "https://127.0.0.1@other.example:80",
        "http://localhost",
        "ftp://llm.example.com",
        "llm.example.com",
        "https://",
        "",
    ],
)
def test_what_is_no_safe_address_is_refused_and_nothing_is_kept(desk: Desk, typed: str):
    with pytest.raises(UserError, match="An address begins with https://"):
        desk.connect(WITH_ADDRESS, only_offer(), CANARY, typed)

    assert desk.vault.entries == {}
    assert not desk.profile.paths.config_file.exists()
