"""One user's machine under a simulated clock: the real program, started and stopped as often as a check likes.

Real are the program from its socket to its store, SQLite, and all files; pretended are the providers' servers, the
system's key store, and time. `Sim.run` makes the ticks that the program would make.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.reliability.fake_provider import Kind
from tests.support import NOW, PATIENCE_S, ManualClock, PatientKeychain, Recorder, Vendor, due_in, until_due
from usagetray.app import build_headless
from usagetray.edges.keychain import Keychain, keychain_double
from usagetray.edges.notify import Notifier
from usagetray.edges.vaults import MemoryVault
from usagetray.model import Secret
from usagetray.profile import Profile, open_profile
from usagetray.providers import discover
from usagetray.spine.core import Core

SECOND, MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))
LEAP = 10 * MINUTE
"""The most ticks left out at once where no request is due: what stands in files is still read this often."""
TOKEN = "made-up-token-a"
SERVICE = "usagetray:reliability"

__all__ = ["DAY", "HOUR", "LEAP", "MINUTE", "NOW", "SECOND", "TOKEN", "Sim", "simulated"]


class Sim:
    """`kinds`: the providers that are used here, signed in and allowed; each has a server of its own."""

    def __init__(self, folder: Path, *kinds: Kind, clock: ManualClock | None = None, settings: str = "") -> None:
        self.folder = folder
        self.kinds = {kind.provider: kind for kind in kinds}
        self.clock = clock or ManualClock()
        self.home = folder / "home"
        self.home.mkdir(parents=True)
        self.profile_dir = folder / "profile"
        self.profile_dir.mkdir(mode=0o700)
        self.vault = MemoryVault("ok")
        self.locked_s = 5.0  # how long a locked key store is waited for
        self.alerts = Recorder()
        self.notifier: Notifier = self.alerts
        self.environ: dict[str, str] = {}
        self.vendors = {kind.provider: Vendor(self.clock, kind.healthy()) for kind in kinds}
        self.origins = {provider: vendor.origin for provider, vendor in self.vendors.items()}
        self.core: Core | None = None
        allowed = "".join(f'[providers.{kind.provider}]\nallow = ["{kind.strategy}"]\n' for kind in kinds)
        self.configure(f"welcomed = true\n{settings}\n{allowed}")
        for kind in kinds:
            self.sign_in(kind)

    # ---- the machine -----------------------------------------------------------------------------------------

    def configure(self, text: str) -> None:
        (self.profile_dir / "config.toml").write_text(text)

    def sign_in(self, kind: Kind, token: str = TOKEN, *, ends_in: timedelta = 60 * DAY) -> None:
        """The tool signs in, or the user has given us their key."""
        if kind.file is not None:
            kind.file(self.home, token, self.clock.now() + ends_in)
        else:
            self.key_store().set(f"{kind.provider}/{kind.key}", Secret(token))

    def at_address(self, kind: Kind, address: str) -> None:
        """The user connects a server of their own: the key is kept for this address, and no other one is asked."""
        del self.origins[kind.provider]
        text = (self.profile_dir / "config.toml").read_text()
        section = f"[providers.{kind.provider}]\n"
        self.configure(text.replace(section, f'{section}address = "{address}"\n'))
        self.key_store().set(f"{kind.provider}/{kind.key}@{address}", Secret(TOKEN))

    def key_store(self) -> PatientKeychain:
        """Another way to the same entries, with counters of its own."""
        return PatientKeychain(SERVICE, self.clock, self.vault, locked_s=self.locked_s)

    @property
    def vendor(self) -> Vendor:
        """The only server."""
        (only,) = self.vendors.values()
        return only

    # ---- the program -----------------------------------------------------------------------------------------

    def profile(self) -> Profile:
        environ = {"HOME": str(self.home), "USAGETRAY_HOME": str(self.profile_dir), "PATH": "", **self.environ}
        named = tuple(f"{provider}={origin}" for provider, origin in self.origins.items())
        return replace(open_profile(environ, origins=named), clock=self.clock)

    def start(self, keychain: Keychain | str | None = None, *, ceiling_s: float | None = None) -> Core:
        """`keychain`: another than the one over `vault`, or the kind of a double.

        `ceiling_s`: within which a request ends; less than the program's own, where a check waits for that.
        """
        if isinstance(keychain, str):
            keychain = keychain_double(keychain, self.clock)
        keychain = keychain or self.key_store()
        if ceiling_s is None:
            self.core = build_headless(self.profile(), keychain=keychain, notifier=self.notifier)
        else:
            self.core = Core(self.profile(), discover(), keychain=keychain, notifier=self.notifier, ceiling_s=ceiling_s)
        return self.core

    def stop(self) -> None:
        if self.core is not None:
            self.core.close()
            self.core = None

    def restart(self) -> Core:
        self.stop()
        return self.start()

    def tick(self) -> None:
        """One of the program's, with its requests awaited outside of pytest too: a tick waits for two seconds there."""
        self._running.tick()
        self._running.refresh.settle(PATIENCE_S)

    def run(
        self,
        span: timedelta,
        *,
        every: timedelta | None = None,
        leap: timedelta = LEAP,
        watch: Callable[[], object] | None = None,
    ) -> None:
        """Lets the time pass, with a tick each 10 s as in the real program; `watch` is called after each.

        Without `every`, ticks at which no request is due are left out, as long a time of them as `leap` at most.
        """
        ends_at = self.clock.now() + span
        while self.clock.now() < ends_at:
            step = every or until_due(self._running, self.clock, leap)
            self.clock.advance(min(step, ends_at - self.clock.now()))
            self.tick()
            if watch is not None:
                watch()

    def due_in(self) -> timedelta:
        """How long it is to the next request that is planned; a year where there is none."""
        return due_in(self._running, self.clock)

    @property
    def _running(self) -> Core:
        assert self.core is not None, "start() it first"
        return self.core

    # ---- what it says ----------------------------------------------------------------------------------------

    def status(self) -> dict[str, Any]:
        return self._running.status()

    def accounts(self, provider: str | None = None) -> list[dict[str, Any]]:
        return [each for each in self.status()["accounts"] if provider in (None, each["provider"])]

    def account(self, kind: Kind | None = None) -> dict[str, Any]:
        """The only account, or the one of this provider."""
        (only,) = self.accounts(kind.provider if kind else None)
        return only

    def window(self, kind: Kind | None = None) -> dict[str, Any]:
        """The window whose percentage the server was told to give."""
        chosen = kind or next(iter(self.kinds.values()))
        found = {each["key"]: each for each in self.account(chosen)["windows"]}
        assert chosen.window in found, f"{chosen.provider} shows {sorted(found)}"
        return found[chosen.window]

    def states(self) -> Mapping[str, str]:
        return {each["provider"]: each["state"] for each in self.accounts()}

    def asked(self, kind: Kind | None = None) -> list[datetime]:
        """When requests arrived; those of one attempt are one."""
        vendor = self.vendors[kind.provider] if kind else self.vendor
        return sorted({each.at for each in vendor.asked})

    def close(self) -> None:
        self.vault.unlocked.set()
        for each in self.vendors.values():
            each.over.set()
        self.stop()
        for each in self.vendors.values():
            each.close()


@contextmanager
def simulated(folder: Path, *kinds: Kind, settings: str = "") -> Iterator[Sim]:
    """For functions that are run outside of a test."""
    sim = Sim(folder, *kinds, settings=settings)
    try:
        yield sim
    finally:
        sim.close()
