"""A keyring backend that would write secrets to a file: what our own code must refuse to use."""

from keyring.backend import KeyringBackend


class PlaintextKeyring(KeyringBackend):
    priority = 9  # type: ignore[assignment]

    def get_password(self, service: str, username: str) -> str | None:
        raise AssertionError("was used")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise AssertionError("was used")

    def delete_password(self, service: str, username: str) -> None:
        raise AssertionError("was used")
