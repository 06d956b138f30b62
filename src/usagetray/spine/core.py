"""The spine put together: everything that works without a desktop. The tray and `run --headless` both stand on it."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from usagetray import __version__
from usagetray.edges import power
from usagetray.edges.channel import InstanceLock
from usagetray.edges.files import open_handles, private_dir
from usagetray.edges.keychain import Keychain
from usagetray.edges.notify import Notifier
from usagetray.edges.program import Programs
from usagetray.edges.store import KEEP, open_writer
from usagetray.errors import UserError
from usagetray.overview import Overview
from usagetray.profile import Profile, local_zone
from usagetray.providers.contract import Provider, Strategy, Web
from usagetray.settings import Settings
from usagetray.settings.reading import load
from usagetray.spine import own_programs, own_providers, snoozing, status_page, store_state
from usagetray.spine.asking import Edges
from usagetray.spine.billing import Billing
from usagetray.spine.costing import Costing
from usagetray.spine.foresight import Foresight
from usagetray.spine.incidents import Incidents
from usagetray.spine.indexing import Indexing
from usagetray.spine.metering import Metering
from usagetray.spine.overviewing import overview
from usagetray.spine.paying import Paying
from usagetray.spine.planned import counting
from usagetray.spine.refresh import Refresh
from usagetray.spine.sheltering import sheltered
from usagetray.spine.sources import Tool, found_tools, unanswered
from usagetray.spine.speaking import speak_as_set
from usagetray.spine.status_line_cost import StatusLineCost
from usagetray.spine.unrenewed import unrenewed
from usagetray.views.status_json import status_json

if TYPE_CHECKING:
    from usagetray.edges.http import Http
    from usagetray.spine.alerting import Alerting
    from usagetray.spine.budgeting import Budgeting

log = logging.getLogger(__name__)

SETTLE_S = 2.0
"""How long a headless tick waits, in real time, for the requests it started; slower ones go on by themselves."""

LOGS_S = 0.05
"""How long a look reads logs, in real time; what is left is read by the next ones."""

CLOSE_S = 0.8
"""How long the end waits, in real time, for answers under way: quitting takes at most 3 s."""


class WriterBusyError(UserError):
    """Another process of this user already writes the store."""


class Core:
    """Owns the writer's lock, the store and what fills it. Everything but `click` is called from one thread."""

    def __init__(
        self,
        profile: Profile,
        providers: Sequence[Provider],
        *,
        keychain: Keychain,
        notifier: Notifier | None = None,
        on_change: Callable[[], None] = lambda: None,
        ceiling_s: float | None = None,
        asks_first: bool = False,
        process: str | None = None,
    ) -> None:
        """`ceiling_s`: of real time, within which every request ends; None: the ordinary one.

        `asks_first`: nothing is read of a provider before the user has answered the first-run page or connected it.
        `process`: the kind under which its own cost is kept, of `metering`; None for a command that is over at once.
        """
        own = profile.paths
        for folder in (own.config_file.parent, own.store_file.parent, own.state_dir, own.spool_dir, own.runtime_dir):
            private_dir(folder)
        programs = own_programs.origin(private_dir(own.calls_dir))
        self._lock = InstanceLock(own.lock)
        if not self._lock.acquire():
            raise WriterBusyError("usagetray is already running; `usagetray show` opens it.")
        self.profile = profile
        self._built_in = providers
        self._providers = tuple(providers)
        self._keychain = keychain
        self._settings_stamp: object = None
        self._asks_first = asks_first and not profile.demo
        self.settings = Settings()
        self.reload_settings()
        try:
            self.store = open_writer(own.store_file)
        except BaseException:
            self._lock.release()
            raise
        self.store.database.holds = True  # who drives it settles, or is asked to by those who look at the store
        self._metering = Metering(self.store, process, profile.clock.now())
        self._ceiling_s = ceiling_s
        self._http_guard = threading.Lock()
        edges = Edges(
            clock=profile.clock,
            store=self.store,
            environ=profile.environ,
            spool_dir=own.spool_dir,
            keychain=keychain,
            web=self._web,
            clock_off=self._clock_off,
            saving=power.saving,
            programs=Programs(),
            settings=lambda: self.settings,
            count=counting(self.store),
        )
        self.refresh = Refresh(edges, lambda: self._providers, lambda: self.settings, on_change)
        self.indexing = Indexing(
            self.store, providers, lambda: self.settings, profile.environ, profile.clock, (programs,)
        )
        self.incidents = Incidents(
            profile.clock,
            self.store,
            self._look_at_page,
            providers=lambda: self._providers,
            settings=lambda: self.settings,
            environ=profile.environ,
            saving=power.saving,
            on_change=on_change,
        )
        self._billing = Billing(
            profile.clock,
            self.store,
            profile.environ,
            providers=lambda: self._providers,
            settings=lambda: self.settings,
        )
        self._costing = Costing(profile.environ)
        self._status_line = StatusLineCost(own.spool_dir)
        self._paying = Paying()
        self._foresight = Foresight(
            self.store,
            lambda: self._providers,
            lambda: self.settings,
            profile.environ,
            local_zone,
            lambda: self.indexing.has_read_all,
        )
        self._alerting = None if notifier is None else self._announcing(notifier)
        self._mended = self.store.database.mended
        store_state.keep_notice(self.store, self.store.notice, profile.clock.now())
        self._keychain.silent_until = store_state.silence(self.store)
        self.shown: Overview | None = None
        """What was announced last."""

    def _announcing(self, notifier: Notifier) -> Alerting:
        from usagetray.edges.alert_hooks import WithHooks  # deferred: a command that looks announces nothing
        from usagetray.spine.alerting import Alerting
        from usagetray.spine.forensics import causing

        if isinstance(notifier, WithHooks):
            self._metering.watch(notifier.calls, self.profile.clock.now())
        causes = causing(self.store, lambda: self._providers, lambda: self.settings, self.profile.environ)
        return Alerting(
            self.store,
            notifier,
            lambda: self.settings,
            local_zone,
            paying=self._paying,
            foresight=self._foresight,
            causes=causes,
        )

    # ---- what it does --------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Everything that is due by now, awaited for a moment: for running without a desktop."""
        self.look()
        self.refresh.settle(SETTLE_S)
        self.incidents.settle(SETTLE_S)
        self.announce()

    def look(self, *, ask: bool = True) -> bool:
        """Reads what lies here and, if it may ask, starts the requests that are due. True if something new was read."""
        clock = self.profile.clock
        sheltered(self._follow_mending)
        sheltered(self.reload_settings)
        sheltered(lambda: snoozing.take_in(self.store, self.profile.paths.orders_dir, clock.now()))
        is_new = sheltered(lambda: self.refresh.tick(ask=ask))
        if not self.profile.demo:  # what the user's own tools bill is no part of a made-up day
            is_new = sheltered(self._billing.tick) or is_new
        if ask:
            sheltered(self.incidents.tick)
        sheltered(lambda: self._metering.keep(clock.now(), self.indexing.looks))
        is_new = sheltered(lambda: self.indexing.look(LOGS_S)) or is_new
        sheltered(lambda: self.store.settle_in_time(clock.now()))
        return is_new

    def settle(self) -> None:
        """Has on the disk all that is known, for somebody who reads it next."""
        self._foresight.keep(self.profile.clock.now())
        self.store.settle()

    def _follow_mending(self) -> None:
        """The store was damaged, and mended, while it was in use: what the logs tell is counted anew."""
        if self._mended != self.store.database.mended:
            self._mended = self.store.database.mended
            store_state.keep_notice(self.store, self.store.database.notice, self.profile.clock.now())
            self.indexing.read_anew()

    def announce(self) -> Overview:
        """Sends the alerts that the figures have earned; what may be shown now."""
        shown = self.shown = self.overview()
        sheltered(lambda: self._tell_status_line(shown))
        alerting = self._alerting
        if alerting is not None and sheltered(lambda: alerting.consider(shown)):
            shown = self.shown = self.overview()
        return shown

    def unrenewed(self) -> Overview | None:
        """What was shown last as it stands by now, for when nothing newer can be had. From any thread."""
        return None if self.shown is None else unrenewed(self.shown, self.profile.clock.now())

    def _tell_status_line(self, shown: Overview) -> None:
        if self.settings.status_line_cost:
            zone = local_zone()
            self._status_line.tell(self._costing.last, shown.generated_at, zone, is_counted=shown.is_counted)
        else:
            self._status_line.withdraw()

    def click(self) -> None:
        self.refresh.click()

    def obey(self, words: Sequence[str]) -> bool:
        """What the user wants of alerts. True if that was understood. Raises `UserError`."""
        return snoozing.obey(words, self.store, self.overview(), self.settings, local_zone())

    def tidy(self) -> None:
        """Once a day: drops what is too old to matter."""
        now = self.profile.clock.now()
        self.store.prune(now - KEEP)
        self._metering.prune(now)
        own_programs.clear(self.store, self.profile.paths.calls_dir, now)

    def reload_settings(self) -> bool:
        """Takes the settings, and the files that describe providers, in if they changed. True if they did."""
        path = self.profile.paths.config_file
        try:
            found = path.stat()
            stamp: object = (found.st_mtime_ns, found.st_size, found.st_ino)
        except OSError:
            stamp = "absent"
        stamp = (stamp, own_providers.stamp(self.profile))
        if stamp == self._settings_stamp:
            return False
        self._settings_stamp = stamp
        known = own_providers.known(self.profile, self._built_in)
        self._providers, self.settings = known.providers, known.in_settings(load(path))
        if self._asks_first:
            self.settings = unanswered(self.settings, [each.id for each in self._providers])
        speak_as_set(self.settings, self.profile.environ)
        for problem in self.settings.problems:
            log.warning("%s", problem)
        return True

    # ---- what it says --------------------------------------------------------------------------------------

    def overview(self) -> Overview:
        now = self.profile.clock.now()
        shown = overview(
            self.store,
            self._providers,
            self.settings,
            now,
            demo=self.profile.demo,
            found=found_tools(self._providers, self.settings, self.profile.environ, self.profile.paths.state_dir),
            refreshing=self.refresh.is_busy,
            counters=self._counters(),
            costs=self._costing.costs(
                self.store, self._providers, self.settings, now, local_zone(), stamp=self.store.ledger.changes
            ),
            counted_at=self.indexing.counted_at,
            reading=self.indexing.reading,
            foresee=self._foresight.foresee,
            is_watched=True,
        )
        shown = self._paying.added_to(shown, self.store)
        shown = snoozing.added_to(shown, self.store, self.settings, local_zone())
        if not self.settings.budgets and self._alerting is None:
            return shown
        return self._budgeting.added_to(
            shown,
            self.store,
            self.settings,
            announces=self._alerting is not None,
            is_counting=self.indexing.progress is not None,
            stamp=self.store.ledger.changes,
        )

    @cached_property
    def _budgeting(self) -> Budgeting:
        from usagetray.spine.budgeting import Budgeting  # deferred: only for budgets, and where spikes are announced

        return Budgeting(local_zone)

    def status(self) -> dict[str, Any]:
        return status_json(self.overview())

    def _counters(self) -> dict[str, object]:
        return {
            "requests": self._http.counters() if self._has_asked else {},
            "rows_written": self.store.database.rows_written,
            "alerts_sent": self._alerting.announcing.sent if self._alerting else 0,
            "alerts_merged": self._alerting.announcing.merged if self._alerting else 0,
            "threads": threading.active_count(),
            "open_handles": open_handles(),
            "seams": self.profile.seams,
            "keychain": self._keychain.counters(),
        }

    def close(self) -> None:
        """Ends in order: nothing new is asked, the store is closed, the lock let go. Whatever one part meets."""
        sheltered(self._status_line.withdraw)
        sheltered(lambda: self._foresight.close(self.profile.clock.now()))
        ends_at = time.monotonic() + CLOSE_S
        sheltered(lambda: self.refresh.close(CLOSE_S))
        sheltered(lambda: self.incidents.close(max(ends_at - time.monotonic(), 0)))
        sheltered(lambda: self._metering.keep(self.profile.clock.now(), self.indexing.looks, is_over=True))
        sheltered(lambda: store_state.keep_silence(self.store, self._keychain.silent_until))
        if self._has_asked:  # a mere look has counted nothing worth keeping
            sheltered(lambda: self.store.set_meta("counters", json.dumps(self._counters())))
            sheltered(self._http.close)
        try:
            self.store.close()
        finally:
            self._lock.release()

    # ---- what its parts reach the world through ------------------------------------------------------------

    @cached_property
    def _http(self) -> Http:
        from usagetray.edges.calls import Calls  # deferred: a look at local files asks nobody
        from usagetray.edges.http import CEILING_S, Http

        now = self.profile.clock.now
        calls = self._metering.watch(Calls(now), now())
        return Http(__version__, now=now, ceiling_s=self._ceiling_s or CEILING_S, calls=calls)

    @property
    def _has_asked(self) -> bool:
        return "_http" in self.__dict__

    def _web(self, tool: Tool, strategy: Strategy) -> Web:
        with self._http_guard:  # two sources may be the first to ask, and there is to be one client
            http = self._http
        origin, base = self._origin(tool, strategy)
        return http.web(tool.provider.name, origin, tool.account or str(tool.home.path), base)

    def _look_at_page(self, provider: Provider) -> Any:
        """The vendor's status page; None where its servers are pretended ones and no page was named beside them."""
        page, named = provider.status_page, self.profile.origins.get(f"{provider.id}-status")
        if page is None or (named is None and provider.id in self.profile.origins):
            return None
        with self._http_guard:
            http = self._http
        return http.look(f"{provider.name}’s status page", named or page.origin, status_page.PATH)

    def _origin(self, tool: Tool, strategy: Strategy) -> tuple[str, str]:
        """Where a strategy asks, and under which path there. Raises `UserError` where the user typed no address."""
        built_in = self.profile.origins.get(tool.provider.id) or strategy.origin
        if built_in:
            return built_in, ""
        from usagetray.edges.origins import checked_address  # deferred, as the client itself

        return checked_address(tool.address)

    def _clock_off(self, tool: Tool, strategy: Strategy) -> timedelta | None:
        if not strategy.asks_server or not self._has_asked:
            return None
        try:
            origin, _ = self._origin(tool, strategy)
        except UserError:
            return None
        dates: tuple[datetime, datetime] | None = self._http.server_date(origin)
        return None if dates is None else dates[1] - dates[0]
