"""Key stores that cannot say whether they would ask: background work leaves them alone (P8)."""

from __future__ import annotations

import pytest
from keyring.backend import KeyringBackend

from usagetray.edges import vaults
from usagetray.edges.vaults import SystemVault
from usagetray.errors import Cause, SourceError


class Wallet(KeyringBackend):
    """Stands for KWallet, which opens its own prompt when it is closed."""

    __module__ = "keyring.backends.kwallet"
    viable = False  # `keyring` knows every subclass: no other test is to be given this one
    reads = 0

    def get_password(self, service: str, username: str) -> str | None:
        del service, username
        Wallet.reads += 1
        return "kept"

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError

    def delete_password(self, service: str, username: str) -> None:
        raise NotImplementedError


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> SystemVault:
    """The system's store is a wallet: as `keyring` itself can be told, by its variable."""
    Wallet.reads = 0
    monkeypatch.setattr("keyring.core.load_env", Wallet)
    return SystemVault()


def test_background_work_does_not_open_a_wallet(vault: SystemVault) -> None:
    with pytest.raises(SourceError) as caught:
        vault.open(may_ask=False)

    assert caught.value.cause is Cause.STORE_LOCKED
    assert Wallet.reads == 0


def test_after_a_click_has_opened_it_background_work_may_read_it(vault: SystemVault) -> None:
    assert vault.open(may_ask=True)
    assert vault.read("usagetray", "example/api_key") == "kept"

    assert vault.open(may_ask=False)


def test_the_kinds_named_are_kinds_of_system_stores() -> None:
    assert {name.rpartition(".")[2] for name in vaults.MAY_ASK_UNSEEN} <= set(vaults.SYSTEM_STORES)
