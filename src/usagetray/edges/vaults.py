"""Where secrets can lie: the operating system's own store, or a double that behaves as badly as one can.

A vault's calls may block for ever; `keychain.py` runs them in a worker with a deadline.
"""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING, Protocol

from usagetray.errors import Cause, SourceError, UserError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SOURCE = "key store"

SYSTEM_STORES = ("SecretService", "libsecret", "kwallet", "macOS", "Windows")
"""The backends of `keyring` that are the system's own. All others (plain text files, none) count as no store."""

MAY_ASK_UNSEEN = ("keyring.backends.kwallet", "keyring.backends.libsecret")
"""Stores that cannot be asked whether reading them would open a prompt: only a click of the user opens them."""

WINDOWS_TOO_LONG = 1783
"""The error number by which the Windows store refuses more than 2560 bytes."""


class RefusedError(Exception):
    """The user, or the system for them, said no: not to be asked again soon."""


class Vault(Protocol):
    """One store of short texts. Raises `SourceError`, `RefusedError`, or `UserError` for a size limit."""

    def open(self, *, may_ask: bool) -> bool:
        """Makes it ready. False: there is nothing in it, and looking would ask the user."""
        ...

    def read(self, service: str, name: str) -> str | None: ...

    def write(self, service: str, name: str, text: str) -> None: ...

    def remove(self, service: str, name: str) -> None:
        """Removing what is not there is no error."""
        ...


class SystemVault:
    """The operating system's store, by way of `keyring`."""

    def __init__(self) -> None:
        self._backend: KeyringBackend | None = None
        self._opened_by_click = False

    def open(self, *, may_ask: bool) -> bool:
        if self._backend is None:
            self._backend = _system_backend()
        if self._backend is None:
            raise SourceError(SOURCE, Cause.STORE_MISSING)
        kind = type(self._backend).__module__
        if may_ask:
            self._opened_by_click = True
            return True
        if kind in MAY_ASK_UNSEEN and not self._opened_by_click:
            raise SourceError(SOURCE, Cause.STORE_LOCKED, "only a click may open this one")
        return _readable_unasked() if kind == "keyring.backends.SecretService" else True

    def read(self, service: str, name: str) -> str | None:
        return self._call("read", service, name, "")

    def write(self, service: str, name: str, text: str) -> None:
        self._call("write", service, name, text)

    def remove(self, service: str, name: str) -> None:
        self._call("remove", service, name, "")

    def _call(self, act: str, service: str, name: str, text: str) -> str | None:
        from keyring import errors

        backend = self._backend
        if backend is None:
            raise SourceError(SOURCE, Cause.STORE_MISSING)
        failed: Exception
        try:
            if act == "read":
                return backend.get_password(service, name)
            if act == "write":
                backend.set_password(service, name, text)
            else:
                backend.delete_password(service, name)
        except errors.PasswordDeleteError:
            return None  # there was nothing
        except errors.KeyringLocked:
            failed = RefusedError()
        except (errors.NoKeyringError, errors.InitError):
            failed = SourceError(SOURCE, Cause.STORE_MISSING)
        except Exception as error:  # each store has exceptions of its own, and some quote what they were given
            failed = _converted(error, act)
        else:
            return None
        self._opened_by_click = False
        self._backend = None  # looked for anew next time: a daemon may have been restarted
        raise failed


def _converted(error: Exception, act: str) -> Exception:
    name, parts = type(error).__name__, (*error.args, getattr(error, "winerror", None))
    if WINDOWS_TOO_LONG in parts:
        return UserError("The system's key store does not take a key this long; nothing was kept.")
    if name in ("PromptDismissedException", "LockedException"):
        return RefusedError()
    if act == "write" or name == "SecretServiceNotAvailableException" or isinstance(error, OSError):
        return SourceError(SOURCE, Cause.STORE_MISSING, name)
    return SourceError(SOURCE, Cause.STORE_LOCKED, name)


def _system_backend() -> KeyringBackend | None:
    """The store the user chose for `keyring`, else the best there is; None when it is not the system's own.

    Not `keyring.get_keyring()`: that would remember for ever that no store was up yet at login.
    """
    from keyring import backend, core

    chosen = core.load_env() or core.load_config()
    if chosen is not None:
        return chosen if _is_system(type(chosen)) else None
    backend.get_all_keyring()  # loads the kinds; which of them work here is asked anew each time
    usable = [kind for kind in backend.KeyringBackend.get_viable_backends() if _is_system(kind)]
    return max(usable, key=lambda kind: kind.priority)() if usable else None


def _is_system(kind: type[object]) -> bool:
    parts = kind.__module__.split(".")
    return parts[:2] == ["keyring", "backends"] and len(parts) > 2 and parts[2] in SYSTEM_STORES


def _readable_unasked() -> bool:
    """Whether the Secret Service's default collection is there and open; asking this shows the user nothing.

    `keyring` itself would have a locked collection prompt, and a missing one be made, which prompts too.
    """
    if sys.platform != "linux":
        return True
    import contextlib

    import secretstorage

    try:
        with contextlib.closing(secretstorage.dbus_init()) as bus:
            collection = secretstorage.get_collection_by_alias(bus, "default")
            if collection.is_locked():
                raise SourceError(SOURCE, Cause.STORE_LOCKED)
            return True
    except secretstorage.ItemNotFoundException:
        return False
    except (secretstorage.SecretStorageException, OSError):
        pass
    raise SourceError(SOURCE, Cause.STORE_MISSING)


class MemoryVault:
    """A double for tests and demos: `ok`, `missing`, `locked`, `refuses` or `slow:SECONDS`; keeps all in memory."""

    def __init__(self, kind: str, *, limit: int = 1280) -> None:
        """`limit`: characters per entry, 1280 as on Windows. Raises `UserError` for an unknown kind."""
        self.kind, _, seconds = kind.partition(":")
        try:
            self._delay_s = float(seconds) if self.kind == "slow" else 0.0
        except ValueError:
            self._delay_s = -1.0
        if self.kind not in ("ok", "missing", "locked", "refuses", "slow") or not 0 <= self._delay_s < 3600:
            raise UserError("--keychain is one of: ok, missing, locked, refuses, slow:SECONDS.")
        self.entries: dict[tuple[str, str], str] = {}
        self.unlocked = threading.Event()  # set it and a locked store's hanging calls return, as after a password
        self._limit = limit
        if self.kind != "locked":
            self.unlocked.set()

    def open(self, *, may_ask: bool) -> bool:  # noqa: ARG002 - what would ask the user is asked below
        if self.kind == "missing":
            raise SourceError(SOURCE, Cause.STORE_MISSING)
        time.sleep(self._delay_s)
        return True

    def read(self, service: str, name: str) -> str | None:
        self.unlocked.wait()
        if self.kind == "refuses":
            raise RefusedError
        return self.entries.get((service, name))

    def write(self, service: str, name: str, text: str) -> None:
        self.unlocked.wait()
        if self.kind == "refuses":
            raise SourceError(SOURCE, Cause.STORE_MISSING, "the write was refused")
        if len(text) > self._limit:
            raise UserError("The system's key store does not take a key this long; nothing was kept.")
        self.entries[service, name] = text

    def remove(self, service: str, name: str) -> None:
        self.unlocked.wait()
        if self.kind == "refuses":
            raise RefusedError
        self.entries.pop((service, name), None)
