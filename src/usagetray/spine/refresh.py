"""The spine's first half: what is due is fetched, each source by itself, and what it said goes into the store."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from usagetray.domain import cadence, windows
from usagetray.domain.attempts import Attempt
from usagetray.edges import facts
from usagetray.edges.store import Plan, Source
from usagetray.edges.threads import begin
from usagetray.errors import Cause, SourceError
from usagetray.model import Snapshot
from usagetray.providers.contract import Key, Provider, Strategy
from usagetray.settings import Settings
from usagetray.spine import planned
from usagetray.spine.asking import Edges, ask, credential, known_facts, note_end, still_sends
from usagetray.spine.sources import Tool, permitted, tools

log = logging.getLogger(__name__)

WAKE_JUMP = timedelta(seconds=10)
"""When the wall clock has gone this much further than the monotonic one, the machine was asleep."""
IDLE_AFTER = timedelta(minutes=30)
NEAR = 0.10
"""A window this close below a threshold is worth asking about more often."""
SET_BACK = timedelta(seconds=10)
"""When the wall clock has gone this much less far than the monotonic one, it was set back."""
CLICK_HOLDS = timedelta(minutes=2)
"""For this long after a click the user is there to be asked; what comes of it later is background work again."""
LOOK_APART = timedelta(seconds=60)
"""Between two looks at a sign-in with which nothing could be asked."""


class Refresh:
    """Remembers what is under way, so that no account ever has two requests in flight."""

    def __init__(
        self,
        edges: Edges,
        providers: Callable[[], Sequence[Provider]],
        settings: Callable[[], Settings],
        on_change: Callable[[], None],
    ) -> None:
        self._edges = edges
        self._providers = providers
        self._settings = settings
        self._on_change = on_change
        self._in_flight: dict[Source, threading.Thread] = {}
        self._signatures: dict[Source, object] = {}
        self._guard = threading.Lock()
        self._looked_at: dict[Source, datetime] = {}
        self._outcomes: dict[Source, Cause | None] = {}
        self._tried_again: set[Source] = set()
        self._clicked_at: datetime | None = None
        self._clicks = 0
        self._served: dict[Source, int] = {}  # how many clicks there had been when it was last asked, or looked at
        self._woke_at: datetime | None = None
        self._last_tick: tuple[datetime, float] | None = None
        self._is_closed = False

    def close(self, timeout_s: float) -> None:
        """Nothing is asked any more; what is still under way gets this long in real time, then its answer is lost."""
        self._is_closed = True
        ends = time.monotonic() + timeout_s
        with self._guard:
            threads = list(self._in_flight.values())
        self._edges.programs.close(timeout_s)
        for thread in threads:
            thread.join(max(0.0, ends - time.monotonic()))

    def click(self) -> None:
        """The user asked for fresh figures; the next tick does what is allowed."""
        self._clicked_at = self._edges.clock.now()
        self._clicks += 1

    @property
    def is_busy(self) -> bool:
        with self._guard:
            return bool(self._in_flight)

    def tick(self, *, ask: bool = True) -> bool:
        """Reads what lies on this machine and starts the requests that are due. True if something new was read."""
        now = self._edges.clock.now()
        self._notice_wake(now)
        changed = False
        for tool in tools(self._providers(), self._settings(), self._edges.environ):
            active_at = self._note_activity(tool)
            for strategy in permitted(tool.provider, self._settings(), tool.account):
                try:
                    if not strategy.is_asked:
                        changed |= self._read(tool, strategy, now)
                    elif ask:
                        self._poll(tool, strategy, active_at, now)
                except Exception:  # the top of a job: one source's surprise must not take the others with it
                    log.exception("%s/%s failed in a way nobody foresaw", tool.provider.id, strategy.id)
        return changed

    def settle(self, timeout_s: float) -> None:
        """Waits for requests under way, at most this long in real time; slower ones go on by themselves."""
        with self._guard:
            threads = list(self._in_flight.values())
        for thread in threads:
            thread.join(timeout_s)

    def _notice_wake(self, now: datetime) -> None:
        monotonic, jumped = self._edges.clock.monotonic(), timedelta()
        if self._last_tick is not None:
            then, monotonic_then = self._last_tick
            jumped = (now - then) - timedelta(seconds=monotonic - monotonic_then)
            if jumped > WAKE_JUMP:
                log.info("the machine woke")
                self._woke_at = now
                self._edges.store.set_meta("woke_at", now.isoformat())
            elif jumped < -SET_BACK:
                log.info("the clock was set back")
                # Instants of the former clock would hold everything up until they come round again.
                self._woke_at = self._clicked_at = None
                self._looked_at.clear()
        if self._last_tick is None or jumped > WAKE_JUMP or jumped < -SET_BACK:
            self._forget_difference()
        self._last_tick = (now, monotonic)

    def _forget_difference(self) -> None:
        """What servers said of our clock was said of another one, perhaps; a source that is not asked says no more."""
        for provider in self._providers():
            if self._edges.store.meta(name := f"clock_off/{provider.id}"):
                self._edges.store.set_meta(name, "")

    def _note_activity(self, tool: Tool) -> datetime | None:
        active_at = facts.newest_change(tool.provider, tool.home)
        key = (tool.provider.id, str(tool.home.path))
        if active_at is not None and active_at != self._edges.store.activity().get(key):
            self._edges.store.save_activity(*key, active_at)
        return active_at

    # ---- what lies on this machine -----------------------------------------------------------------------

    def _read(self, tool: Tool, strategy: Strategy, now: datetime) -> bool:
        source = tool.source(strategy)
        signature = (
            facts.signature(strategy, tool.home, spool_dir=self._edges.spool_dir),
            planned.signature(strategy, self._settings().of(tool.provider.id), now),
        )
        if self._signatures.get(source) == signature:
            return False
        self._signatures[source] = signature
        cause, detail = None, ""
        snapshots: tuple[Snapshot, ...] = ()
        try:
            snapshots = strategy.fetch(known_facts(self._edges, tool, strategy), None)
        except SourceError as error:
            cause, detail = error.cause, error.detail
            if cause is Cause.BAD_DATA:
                self._signatures.pop(source, None)  # perhaps caught half written: look again
        except Exception as error:  # the top of this reading: it ends with a state like any other
            log.exception("%s/%s failed in a way nobody foresaw", *source.key[::2])
            cause, detail = Cause.BAD_DATA, type(error).__name__
        if strategy.withdraws and cause is None:
            snapshots += self._withdrawn(source, snapshots)
        changed = self._keep(tool, snapshots, now, is_asked=False)
        outcome = Attempt(at=now, ended_at=now, cause=cause, detail=detail)
        return self._edges.store.note_outcome(source, outcome) or changed

    def _withdrawn(self, source: Source, said: Sequence[Snapshot]) -> tuple[Snapshot, ...]:
        """For each account the source spoke of before and not now: that it has nothing to say any more."""
        named = {each.account.id for each in said}
        return tuple(
            replace(former, windows=(), money=(), shares=())
            for former, home in self._edges.store.latest_snapshots()
            if (former.provider_id, home, former.strategy_id) == source.key
            and former.account.id not in named
            and (former.windows or former.money)
        )

    def _keep(self, tool: Tool, snapshots: Sequence[Snapshot], now: datetime, *, is_asked: bool = True) -> bool:
        if not snapshots:
            return False
        home = str(tool.home.path)
        former = {
            (each.provider_id, each.account.id, each.strategy_id): each
            for each, place in self._edges.store.latest_snapshots()
            if place == home
        }
        whole = [
            windows.carried_over(each, former.get((each.provider_id, each.account.id, each.strategy_id)), now)
            for each in snapshots
        ]
        kept = [self._edges.store.save_snapshot(each, home, now, is_asked=is_asked) for each in whole]
        return any(kept)

    # ---- what has to be asked for ------------------------------------------------------------------------

    def _poll(self, tool: Tool, strategy: Strategy, active_at: datetime | None, now: datetime) -> None:
        source, clicks = tool.source(strategy), self._clicks  # one that comes meanwhile is for the next time
        with self._guard:
            if source in self._in_flight or self._is_closed:
                return
        decision = self._plan(tool, strategy, active_at, now)
        refused = self._refused_key(strategy, source, decision)
        is_due = decision.at is not None and decision.at <= now
        if not (is_due or refused) or self._has_just_looked(source, now):
            return
        clicked_at = self._unserved_click(source)
        may_ask = clicked_at is not None and now - clicked_at < CLICK_HOLDS
        given = (tool, strategy, source, active_at, refused, may_ask)
        thread = threading.Thread(target=self._ask, args=given, name="ask", daemon=True)
        log.debug("asking %s/%s: %s", source.provider, source.strategy, decision.reason)
        with self._guard:  # held until it is known by its thread, which ends by taking itself out
            if not begin(thread):
                return
            self._in_flight[source] = thread
        self._served[source] = clicks

    def _refused_key(self, strategy: Strategy, source: Source, decision: cadence.Decision) -> str | None:
        """The fingerprint of a key that was refused for good, once in each run of the program.

        Our own keys are not looked at on each tick, for the key store is slow and may ask. While the program runs
        they change by `connect`, which counts as a click; this is for a key that was changed before it started.
        """
        if decision.at is not None or source in self._tried_again or not _has_key(strategy):
            return None
        self._tried_again.add(source)
        return self._edges.store.attempts(source)[-1].credential

    def _unserved_click(self, source: Source) -> datetime | None:
        """When the user clicked, where this source was not asked, or looked at, since. Counted, for clocks are set."""
        return self._clicked_at if self._clicks > self._served.get(source, 0) else None

    def _has_just_looked(self, source: Source, now: datetime) -> bool:
        """There was nothing to ask with a moment ago; a click since then is reason to look again at once."""
        looked_at = self._looked_at.get(source)
        if looked_at is None or self._unserved_click(source) is not None:
            return False
        return now - looked_at < LOOK_APART

    def _plan(self, tool: Tool, strategy: Strategy, active_at: datetime | None, now: datetime) -> cadence.Decision:
        """When to ask next, noted for those who only read the store."""
        source, store = tool.source(strategy), self._edges.store
        attempts = store.attempts(source)
        signals = self._signals(tool, strategy, attempts, active_at, now)
        decision = cadence.next_attempt(attempts, signals, now, key="/".join(source.key))
        former, every = store.plan(source), decision.interval
        if former is not None and former.every is not None and attempts and not attempts[-1].answered:
            # A figure that nobody renews must not look fresh again because there is less hurry by now.
            every = min(every, former.every)
        store.save_plan(source, Plan(next_at=decision.at, every=every, reason=decision.reason))
        return decision

    def _signals(
        self, tool: Tool, strategy: Strategy, attempts: Sequence[Attempt], active_at: datetime | None, now: datetime
    ) -> cadence.Signals:
        source, settings = tool.source(strategy), self._settings()
        said = [
            snapshot
            for snapshot, home in self._edges.store.latest_snapshots()
            if (snapshot.provider_id, home, snapshot.strategy_id) == source.key
        ]
        stated = [window for snapshot in said for window in snapshot.windows]
        ahead = [
            threshold - window.utilization
            for snapshot in said
            for window in snapshot.windows
            if window.utilization is not None
            for threshold in (*settings.thresholds(tool.provider.id, snapshot.account.id), windows.FULL_SHARE)
        ]
        every = timedelta(minutes=settings.poll_minutes)
        token = None
        if (
            not _has_key(strategy)
            and attempts
            and attempts[-1].cause in cadence.SETTLED_BY_SIGN_IN
            and strategy.credential is not None
        ):
            token = credential(strategy, known_facts(self._edges, tool, strategy))
        return cadence.Signals(
            every=max(strategy.poll_every, every),
            resets=tuple(window.resets_at for window in stated if window.resets_at and window.resets_at <= now + every),
            near_threshold=any(0 < each <= NEAR for each in ahead),
            idle=_is_idle(strategy, attempts, active_at, now),
            only_in_use=strategy.only_in_use,
            clicks_apart=strategy.clicks_apart,
            may_be_throttled=strategy.when_throttled is not None,
            refusal_is_final=strategy.when_refused is not None,
            saving=self._edges.saving(),
            clicked_at=self._unserved_click(source),
            woke_at=self._woke_at,
            credential=token,
        )

    def _ask(
        self,
        tool: Tool,
        strategy: Strategy,
        source: Source,
        active_at: datetime | None,
        unless: str | None,
        may_ask: bool,
    ) -> None:
        """`unless`: the fingerprint of a credential with which there is no point in asking."""
        try:
            if unless is not None and still_sends(self._edges, tool, strategy, unless, if_unknown=True):
                return
            asked = ask(self._edges, tool, strategy, may_ask=may_ask)
            if self._is_closed:
                return
            attempt = asked.attempt
            if not attempt.asked:
                self._looked_at[source] = attempt.at
            looks_again = attempt.cause in cadence.SETTLED_BY_SIGN_IN  # at the sign-in: that may take its time
            with self._edges.store.database.together():
                note_end(self._edges, tool, strategy, asked)
                self._keep(tool, asked.snapshots, self._edges.clock.now())
                if not looks_again:
                    self._plan(tool, strategy, active_at, self._edges.clock.now())
            if looks_again:
                self._plan(tool, strategy, active_at, self._edges.clock.now())
            is_news = self._outcomes.get(source, "") != attempt.cause  # a line is a page of the disk, all day long
            self._outcomes[source] = attempt.cause
            level = logging.INFO if is_news else logging.DEBUG
            log.log(level, "%s/%s: %s", source.provider, source.strategy, attempt.cause or "answered")
        except Exception:  # the top of a job: one source's surprise must not take the others with it
            if self._is_closed:
                return  # the store is closed under it, as it should be
            log.exception("asking %s/%s failed in a way nobody foresaw", source.provider, source.strategy)
        finally:
            with self._guard:
                self._in_flight.pop(source, None)
        self._on_change()


def _is_idle(strategy: Strategy, attempts: Sequence[Attempt], active_at: datetime | None, now: datetime) -> bool:
    """Whether the vendor's tool rests, as far as its logs tell; where there are none, it does for what needs use."""
    if active_at is None:
        return strategy.only_in_use
    if strategy.only_in_use and attempts and active_at <= attempts[-1].at:
        return True  # nothing was done since it was asked last, so it would say the same
    return now - active_at > IDLE_AFTER


def _has_key(strategy: Strategy) -> bool:
    return any(isinstance(need, Key) for need in strategy.needs)
