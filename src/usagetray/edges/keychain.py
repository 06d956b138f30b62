"""Our own secrets, in the system's store and nowhere else; no call outlasts its deadline, none asks unbidden."""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from usagetray.edges.clock import Clock
from usagetray.edges.threads import NO_THREAD, begin
from usagetray.edges.vaults import SOURCE, MemoryVault, RefusedError, SystemVault, Vault
from usagetray.errors import Cause, SourceError, UserError
from usagetray.model import Secret

DEADLINE_S = 5.0
SILENCE = timedelta(hours=6)
"""After the user said no, background work does not knock again for this long."""

ONE_CLICK = timedelta(seconds=15)
"""So long after a prompt was refused, others that the same click has called for do not open one more."""

PART_CHARACTERS = 1000
"""Windows holds 1280 characters in an entry; one rule for all systems keeps a key movable between them."""

MOST_CHARACTERS = 64 * 1000

log = logging.getLogger(__name__)


def service_name(profile: Path | None) -> str:
    """The name our entries are kept under: an isolated profile never sees the user's real keys."""
    if profile is None:
        return "usagetray"
    import hashlib  # deferred: 2 ms, for isolated profiles

    return "usagetray:" + hashlib.sha256(os.fsencode(profile.absolute())).hexdigest()[:12]


class _Call:
    """One operation in its own thread."""

    def __init__(self, act: Callable[[_Call], Secret | None], refused: Callable[[], None]) -> None:
        self._act = act
        self._refused = refused
        self.abandoned = False
        self.done = threading.Event()
        self.found: Secret | None = None
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            self.found = self._act(self)
        except (SourceError, UserError) as error:
            self.error = error
        except RefusedError:
            self._refused()  # also when nobody waits any more: a prompt may be dismissed late
            self.error = SourceError(SOURCE, Cause.STORE_LOCKED, "refused")
        except Exception as error:  # the top of this thread; a store's text may quote the secret
            log.warning("key store: unexpected %s", type(error).__name__)
            self.error = SourceError(SOURCE, Cause.STORE_LOCKED, type(error).__name__)
        self.done.set()

    def go_on(self) -> None:
        """Ends an abandoned call between two steps, so that a half-written key never gets its header."""
        if self.abandoned:
            raise SourceError(SOURCE, Cause.STORE_LOCKED, "given up")


class Keychain:
    """Secrets by name. Every method ends within the deadline and raises `SourceError` STORE_LOCKED or STORE_MISSING."""

    def __init__(
        self,
        service: str,
        clock: Clock,
        *,
        vault: Vault | None = None,
        deadline_s: float = DEADLINE_S,
        silent_until: datetime | None = None,
    ) -> None:
        """`silent_until` from the last run keeps a refusal across restarts. The deadline is real time."""
        self.silent_until = silent_until
        self._service = service
        self._clock = clock
        self._vault = SystemVault() if vault is None else vault
        self._deadline_s = deadline_s
        self._turn = threading.Lock()
        self._thread: threading.Thread | None = None
        self._calls = 0
        self._may_ask_calls = 0
        self._declined_at: datetime | None = None  # when the user last said no to what they had asked for

    def counters(self) -> dict[str, int]:
        """Operations that reached the store, and those among them that were allowed to ask the user."""
        return {"calls": self._calls, "may_ask": self._may_ask_calls}

    def get(self, name: str, *, may_ask: bool = False) -> Secret | None:
        """The secret; None when there is none. `may_ask` only for a user's click: the system may show a prompt."""
        return self._in_time(lambda call: self._get(call, name, may_ask), may_ask, is_read=True)

    def set(self, name: str, secret: Secret) -> None:
        """Keeps it, replacing an earlier one. A user's act, so the system may ask. `UserError` for one too long."""
        if len(secret.reveal()) > MOST_CHARACTERS:
            raise UserError("That is too long to be a key; nothing was kept.")
        self._in_time(lambda call: self._set(call, name, secret.reveal()), True)

    def delete(self, name: str) -> None:
        """A user's act as well. What is not there is no error."""
        self._in_time(lambda call: self._delete(call, name), True)

    # ---- in the worker --------------------------------------------------------------------------------------

    def _get(self, call: _Call, name: str, may_ask: bool) -> Secret | None:
        if not self._vault.open(may_ask=may_ask):
            return None
        call.go_on()
        header = self._vault.read(self._service, name)
        if header is None:
            return None
        texts = []
        for index in range(_parts(header)):
            call.go_on()
            text = self._vault.read(self._service, f"{name}#{index}")
            if text is None:
                raise SourceError(SOURCE, Cause.CREDENTIAL_MALFORMED, "a part of the key is missing")
            texts.append(text)
        return Secret("".join(texts))

    def _set(self, call: _Call, name: str, text: str) -> None:
        self._vault.open(may_ask=True)
        parts = [text[at : at + PART_CHARACTERS] for at in range(0, len(text), PART_CHARACTERS)] or [""]
        call.go_on()
        earlier = self._vault.read(self._service, name)
        before = _parts(earlier, malformed=0) if earlier is not None else 0
        if before > 1 or (before and len(parts) > 1):
            # Interrupted, the old header would vouch for a mix of old and new parts.
            self._vault.remove(self._service, name)
        for index, part in enumerate(parts):
            call.go_on()
            self._vault.write(self._service, f"{name}#{index}", part)
        call.go_on()
        self._vault.write(self._service, name, json.dumps({"v": 1, "n": len(parts)}))
        for index in range(len(parts), before):
            self._vault.remove(self._service, f"{name}#{index}")

    def _delete(self, call: _Call, name: str) -> None:
        self._vault.open(may_ask=True)
        call.go_on()
        header = self._vault.read(self._service, name)
        self._vault.remove(self._service, name)
        for index in range(_parts(header, malformed=1) if header is not None else 0):
            self._vault.remove(self._service, f"{name}#{index}")

    # ---- the deadline ---------------------------------------------------------------------------------------

    def _in_time(self, act: Callable[[_Call], Secret | None], may_ask: bool, *, is_read: bool = False) -> Secret | None:
        until = time.monotonic() + self._deadline_s
        if not self._turn.acquire(timeout=self._deadline_s):
            raise SourceError(SOURCE, Cause.STORE_LOCKED, "still waiting for it")
        try:
            now = self._clock.now()
            if is_read and self._is_silent(may_ask, now):  # only now: the one before may have been refused
                raise SourceError(SOURCE, Cause.STORE_LOCKED, "refused earlier")
            if self._thread is not None and self._thread.is_alive():
                raise SourceError(SOURCE, Cause.STORE_LOCKED, "still waiting for it")
            self._calls += 1
            self._may_ask_calls += may_ask
            call = _Call(act, lambda: self._keep_silent(now, may_ask))
            thread = threading.Thread(target=call.run, name="key store", daemon=True)
            if not begin(thread):
                raise SourceError(SOURCE, Cause.STORE_LOCKED, NO_THREAD)
            self._thread = thread
            if not call.done.wait(max(until - time.monotonic(), 0)):
                call.abandoned = True
                raise SourceError(SOURCE, Cause.STORE_LOCKED, "no answer in time")
            thread.join()
        finally:
            self._turn.release()
        if call.error is not None:
            raise call.error
        self.silent_until = self._declined_at = None
        return call.found

    def _is_silent(self, may_ask: bool, now: datetime) -> bool:
        """Whether a no still holds. The bounds on both sides: a clock that was set back must not stretch it."""
        if may_ask:
            return self._declined_at is not None and timedelta() <= now - self._declined_at < ONE_CLICK
        return self.silent_until is not None and now < self.silent_until <= now + SILENCE

    def _keep_silent(self, since: datetime, may_ask: bool) -> None:
        self.silent_until = since + SILENCE
        self._declined_at = since if may_ask else None


def keychain_double(
    kind: str, clock: Clock, *, service: str = "usagetray", deadline_s: float = DEADLINE_S, limit: int = 1280
) -> Keychain:
    """A keychain over memory for `--keychain KIND`; see `MemoryVault` for the kinds. Raises `UserError`."""
    return Keychain(service, clock, vault=MemoryVault(kind, limit=limit), deadline_s=deadline_s)


def _parts(header: str, malformed: int | None = None) -> int:
    """How many parts a header entry names. One that is no header: `malformed`, else CREDENTIAL_MALFORMED."""
    try:
        said = json.loads(header)
        count = said["n"] if said["v"] == 1 else None
    except (ValueError, TypeError, KeyError, RecursionError):
        count = None
    most = MOST_CHARACTERS // PART_CHARACTERS
    if isinstance(count, int) and not isinstance(count, bool) and 1 <= count <= most:
        return count
    if malformed is None:
        raise SourceError(SOURCE, Cause.CREDENTIAL_MALFORMED, "the entry is not one of ours")
    return malformed
