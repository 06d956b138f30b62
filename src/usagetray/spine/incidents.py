"""The status pages of vendors in use: looked at now and then, without any secret, and what they said kept.

A vendor is in use here when the user has allowed a source that asks one of its servers. Who keeps to local files has
no request sent that they did not ask for; `incidents = false` ends it for the others too.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from usagetray.domain.incidents import Looked, failed, next_look, stale_at, told
from usagetray.edges.clock import Clock
from usagetray.edges.store import Store
from usagetray.edges.threads import begin
from usagetray.errors import SourceError
from usagetray.overview import IncidentView
from usagetray.providers.contract import Provider
from usagetray.settings import Settings
from usagetray.spine.sources import permitted, tools
from usagetray.spine.status_page import read, remembered, written

log = logging.getLogger(__name__)

Look = Callable[[Provider], Any]
"""The decoded answer of a provider's status page; None where it is not to be looked at. Raises `SourceError`."""


def in_use(provider: Provider, settings: Settings, environ: Mapping[str, str]) -> bool:
    """Whether the user has allowed that a server of this vendor is asked."""
    return any(
        strategy.asks_server
        for tool in tools([provider], settings, environ)
        for strategy in permitted(provider, settings, tool.account)
    )


def shown(store: Store, provider: Provider, settings: Settings, now: datetime) -> tuple[IncidentView, ...]:
    """What the provider's page said last, as it may be shown now."""
    if provider.status_page is None or not settings.incidents:
        return ()
    looked = remembered(store.meta(_key(provider)))
    return tuple(
        IncidentView(incident=each, captured_at=looked.captured_at, stale=now >= stale_at(looked.captured_at))
        for each in told(looked, now)
        if looked is not None and looked.captured_at is not None
    )


class Incidents:
    """Remembers which looks are under way, so that no page is looked at twice at once."""

    def __init__(
        self,
        clock: Clock,
        store: Store,
        look: Look,
        *,
        providers: Callable[[], Sequence[Provider]],
        settings: Callable[[], Settings],
        environ: Mapping[str, str],
        saving: Callable[[], bool],
        on_change: Callable[[], None],
    ) -> None:
        self._clock = clock
        self._store = store
        self._look = look
        self._providers = providers
        self._settings = settings
        self._environ = environ
        self._saving = saving
        self._on_change = on_change
        self._guard = threading.Lock()
        self._under_way: dict[str, threading.Thread] = {}
        self._pageless: set[str] = set()  # pretended vendors, whose page would be the real one's
        self._is_closed = False

    def tick(self) -> None:
        """Starts the looks that are due."""
        settings = self._settings()
        if not settings.incidents:
            return
        now = self._clock.now()
        for provider in self._providers():
            if (
                provider.status_page is None
                or provider.id in self._pageless
                or not in_use(provider, settings, self._environ)
            ):
                continue
            looked = remembered(self._store.meta(_key(provider)))
            if next_look(looked, now, key=provider.id, saving=self._saving()) <= now:
                self._start(provider)

    def settle(self, timeout_s: float) -> None:
        """Waits for looks under way, at most this long in real time."""
        ends = time.monotonic() + timeout_s
        with self._guard:
            threads = list(self._under_way.values())
        for thread in threads:
            thread.join(max(0.0, ends - time.monotonic()))

    def close(self, timeout_s: float) -> None:
        self._is_closed = True
        self.settle(timeout_s)

    def _start(self, provider: Provider) -> None:
        with self._guard:
            if provider.id in self._under_way or self._is_closed:
                return
            thread = threading.Thread(target=self._once, args=(provider,), name="status page", daemon=True)
            if begin(thread):
                self._under_way[provider.id] = thread

    def _once(self, provider: Provider) -> None:
        try:
            former = remembered(self._store.meta(_key(provider)))
            looked = self._looked(provider, former)
            if self._is_closed or looked is None:
                return
            self._store.set_meta(_key(provider), written(looked))
            if former is None or looked.incidents != former.incidents:
                self._on_change()
        except Exception:  # the top of this look: one page's surprise must not end the others
            if not self._is_closed:
                log.exception("looking at the status page of %s failed in a way nobody foresaw", provider.id)
        finally:
            with self._guard:
                self._under_way.pop(provider.id, None)

    def _looked(self, provider: Provider, former: Looked | None) -> Looked | None:
        page = provider.status_page
        try:
            body = self._look(provider)
            if page is None or body is None:
                self._pageless.add(provider.id)
                return None
            at = self._clock.now()
            return Looked(at=at, captured_at=at, incidents=read(provider.name, body, page.components))
        except SourceError as error:
            log.info("the status page of %s: %s", provider.id, error.cause.value)
            return failed(former, self._clock.now(), retry_after=error.retry_after)


def _key(provider: Provider) -> str:
    return f"status_page/{provider.id}"
