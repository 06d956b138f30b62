"""The composition root: which parts a process is made of, in which threads, and in which order they end."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from usagetray.edges import channel
from usagetray.edges.clock import Clock
from usagetray.edges.files import PROFILE_VARIABLE
from usagetray.edges.keychain import Keychain
from usagetray.edges.notify import AlertText, Notifier
from usagetray.edges.settings_file import set_value
from usagetray.edges.threads import begin, side_by_side
from usagetray.errors import UserError
from usagetray.language import tr
from usagetray.model import Secret
from usagetray.profile import Profile, open_profile
from usagetray.providers import discover
from usagetray.providers.contract import Key
from usagetray.settings.reading import load
from usagetray.spine.changing import Changing
from usagetray.spine.connecting import Connecting, Offer, find_provider, offers
from usagetray.spine.core import Core
from usagetray.spine.delivery import make_notifier, unattended
from usagetray.spine.metering import HEADLESS, TRAY
from usagetray.spine.own_providers import known
from usagetray.spine.reading import make_keychain
from usagetray.spine.setting_up import key_variables
from usagetray.spine.sources import is_used_here, tools
from usagetray.views.verbs import words_of

if TYPE_CHECKING:
    from apscheduler.schedulers.background import BackgroundScheduler

    from usagetray.desktop import Desktop

log = logging.getLogger(__name__)

TICK = timedelta(seconds=10)
"""How often what is due is looked for. A tick without anything due costs a millisecond or two."""
INDEX = timedelta(seconds=2)
"""How often logs are looked at while they grow: what was used just now shows at once."""
INDEX_S = 0.1
"""How long one look at logs may take; what else waits comes in between."""
TIDY = timedelta(days=1)
END_S = 1.9
"""For all that is seen or heard of it to end, before the store is closed."""
QUIT_S = 3.0
HANGS_S = 120.0
"""When a tick has waited this long, nobody renews the figures."""


def build_headless(
    profile: Path | Profile,
    *,
    clock: Clock | None = None,
    keychain: str | Keychain | None = None,
    notifier: Notifier | None = None,
    origins: Mapping[str, str] | None = None,
) -> Core:
    """The program without a desktop, driven from outside: `tick()`, `status()`, `close()`.

    `profile`: a folder that holds everything of ours. `keychain`: one, or the kind of a double ("ok", "locked", ...).
    """
    if not isinstance(profile, Profile):
        named = tuple(f"{provider_id}={origin}" for provider_id, origin in (origins or {}).items())
        profile = open_profile({**os.environ, PROFILE_VARIABLE: str(profile)}, origins=named)
    if clock is not None:
        profile = replace(profile, clock=clock)
    if isinstance(keychain, str):
        profile = replace(profile, keychain=keychain)
    made = keychain if isinstance(keychain, Keychain) else make_keychain(profile)
    return Core(
        profile,
        discover(),
        keychain=made,
        notifier=notifier if notifier is not None else unattended(profile),
        process=HEADLESS,
    )


def _no_key(key: Key) -> Secret:
    raise UserError(f"{key.label}: keys are taken by `usagetray connect` only.")


# ---- the tray ----------------------------------------------------------------------------------------------


def run_tray(profile: Profile, make_desktop: Callable[[App], Desktop]) -> int:
    """Runs until told to quit. Raises `WriterBusyError` where another tray already runs."""
    app = App(profile, give_up=lambda: os._exit(0))  # what is kept is as whole as after a kill
    app.run(make_desktop)
    if app.wipes:
        _wipe(profile)
    return 0


def _wipe(profile: Profile) -> None:
    """After our end everything of ours is removed, as the user asked; what would not go is announced."""
    from usagetray.spine.wiping import wipe  # deferred: asked for once, if ever

    left = wipe(profile, known(profile).providers, make_keychain(profile))
    if left:
        text = tr("Some of it could not be removed: run `usagetray doctor --wipe`, which says what and why.")
        notifier = make_notifier(profile, on_click=lambda _: None)
        notifier.send(AlertText(key="wipe", title="usagetray", body=text, urgency="normal"))
        notifier.close()


class App:
    """One thread does all work, fed by a queue; the scheduler, the bus and the verb channel only put jobs there."""

    def __init__(self, profile: Profile, give_up: Callable[[], None] = lambda: None) -> None:
        """`give_up`: ends the process where quitting takes too long, for the work thread may wait for anybody."""
        self.profile = profile
        self._last_resort = threading.Timer(QUIT_S, give_up)
        self._last_resort.daemon = True
        self.wipes = False
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self.notifier = make_notifier(profile, on_click=lambda verb: self.do(lambda: self.clicked(verb)))
        self._keychain = make_keychain(profile)
        self.core = Core(
            profile,
            discover(),
            keychain=self._keychain,
            notifier=self.notifier,
            on_change=lambda: self.do(self.changed),
            asks_first=True,
            process=TRAY,
        )
        self._changing = Changing(profile, self._keychain, self.notifier)
        self._desktop: Desktop | None = None
        self._scheduler: BackgroundScheduler | None = None
        self._is_resting = False
        self._waiting: dict[Callable[[], None], float] = {}  # what the scheduler has put there, and since when

    # ---- its loop ------------------------------------------------------------------------------------------

    def do(self, job: Callable[[], None]) -> None:
        """Has the work thread run it soon. From any thread; returns at once."""
        self._jobs.put(job)

    def quit(self) -> None:
        self._jobs.put(None)
        if not self._last_resort.is_alive():
            begin(self._last_resort)

    def wipe(self) -> None:
        """Quits; then all that is kept is removed."""
        self.wipes = True
        self.quit()

    def run(self, make_desktop: Callable[[App], Desktop]) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.quit())
        desktop = self._desktop = make_desktop(self)
        try:
            desktop.run_with(lambda: self._work(desktop))
        finally:
            self._last_resort.cancel()

    def _work(self, desktop: Desktop) -> None:
        with contextlib.ExitStack() as ends:  # all of them, whatever one of them meets
            ends.callback(self.core.close)
            closings: list[Callable[[], None]] = [self.notifier.close, desktop.stop]
            # Each waits for somebody who may hang: the desktop, a window, a command. Quitting takes 3 s at most.
            ends.callback(lambda: side_by_side(closings, END_S))
            desktop.start()
            self.do(self.tick)
            self.do(self._mend_autostart)
            scheduler = self._scheduler = self._schedule()
            ends.callback(lambda: scheduler.shutdown(wait=False))
            closings.append(channel.serve(self.profile.paths.socket, self._answer).close)
            while (job := self._jobs.get()) is not None:
                self._run_job(job)

    def _run_job(self, job: Callable[[], None]) -> None:
        self._waiting.pop(job, None)
        try:
            job()
        except UserError as error:
            log.warning("%s", error)
        except Exception:  # the top of every job: the tray goes on
            log.exception("%s failed", getattr(job, "__name__", "a job"))

    def _due(self, job: Callable[[], None]) -> None:
        """From the scheduler's thread: one that still waits its turn is enough.

        Where a disk in the network does not answer, the work thread may wait for it for hours.
        """
        now = time.monotonic()
        waits_since = self._waiting.setdefault(job, now)
        if waits_since == now:
            self.do(job)
        elif now - waits_since > HANGS_S:
            self._show_unrenewed()

    def _schedule(self) -> BackgroundScheduler:
        from apscheduler.schedulers.background import BackgroundScheduler  # deferred: the tray only

        every = max(TICK.total_seconds() / self.profile.speed, 0.5)
        # A late job is run, and only once: after a sleep the default grace would drop it, and without
        # coalescing all the missed ones would come in a row.
        # Spans need no zone, and the user's may be one of which that library knows no name.
        scheduler = BackgroundScheduler(
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}, daemon=True, timezone=UTC
        )
        scheduler.add_job(lambda: self._due(self.tick), "interval", seconds=every, id="tick")
        scheduler.add_job(lambda: self._due(self.index), "interval", seconds=INDEX.total_seconds(), id="index")
        scheduler.add_job(lambda: self._due(self.core.tidy), "interval", seconds=TIDY.total_seconds(), id="tidy")
        scheduler.start()
        return scheduler

    # ---- its jobs ------------------------------------------------------------------------------------------

    def tick(self) -> None:
        self.core.look()
        self._rest_or_work()
        self.changed()

    def index(self) -> None:
        """Reads what was written to logs, while somebody works or logs are still waiting; then the tick does."""
        if self.core.indexing.look_if_busy(INDEX_S):
            self.changed()
        if self.core.indexing.progress is not None:
            self.do(self.index)  # behind what else waits
        self._rest_or_work()

    def _rest_or_work(self) -> None:
        """Between ticks logs are looked at only while they grow: to be woken for nothing was a fifth of idling."""
        is_resting = not self.core.indexing.is_busy
        if self._scheduler is not None and is_resting != self._is_resting:
            self._is_resting = is_resting
            (self._scheduler.pause_job if is_resting else self._scheduler.resume_job)("index")

    def changed(self) -> None:
        """The figures, or the time they are seen at, are new."""
        try:
            shown = self.core.announce()
        except Exception:  # the job's top logs it; until one succeeds no figure shall look fresh
            self._show_unrenewed()
            raise
        if self._desktop is not None:
            self._desktop.show(shown)

    def _show_unrenewed(self) -> None:
        shown = self.core.unrenewed()
        if self._desktop is not None and shown is not None:
            self._desktop.show_icons(shown)

    def refresh(self) -> None:
        self.core.click()
        self.tick()

    def show(self) -> None:
        if self._desktop is not None:
            self._desktop.open(None)

    def clicked(self, verb: str) -> None:
        """An alert, or one of its buttons."""
        if self._desktop is not None:
            self._desktop.act(verb)

    def obey(self, verb: str) -> None:
        """What the user wants of alerts, of `views.verbs`; others are ignored. Raises `UserError`."""
        match words_of(verb):
            case ("presentation", wanted):
                self.configure("presentation", wanted == "on")
            case ("mute_spikes", project) if project not in self.core.settings.alerts.spikes_mute:
                self.configure("alerts.spikes_mute", [*self.core.settings.alerts.spikes_mute, project])
            case words:
                if self.core.obey(words):
                    self.changed()

    def configure(self, key: str, value: Any) -> None:
        """The user changed a setting in one of our windows."""
        set_value(self.profile.paths.config_file, key, value)
        self.tick()

    def grant(self, wish: Mapping[str, Any]) -> str:
        """Does what one of our windows asks for, one of `WISHES`, and says what was done. Raises `UserError`."""
        said = self._changing.do(wish)
        # A consent is reason to ask at once; anything else shows by what lies here.
        self.do(self.refresh if wish.get("event") == "allow" else self.tick)
        return said

    @property
    def key_variables(self) -> tuple[str, ...]:
        """Names of variables of our environment that hold a key a provider would take."""
        names = key_variables(known(self.profile).providers)
        return tuple(sorted(each for each in names if self.profile.environ.get(each)))

    def connect(self, provider_id: str) -> None:
        """A tool that was switched off is to be read again."""
        provider = find_provider(known(self.profile).providers, provider_id)
        Connecting(self.profile, provider, self._keychain).switch_on()
        self.tick()

    def welcome(self, answer: Mapping[str, Any]) -> None:
        """The first-run page was answered: tools left unticked are switched off, ticked consents given.

        `answer`: `providers` is a list of ids, `allow` one of [id, name of the consent], `autostart` a choice.
        """
        chosen, allowed = answer.get("providers") or (), [tuple(each) for each in answer.get("allow") or ()]
        settings = load(self.profile.paths.config_file)
        for tool in list(tools(known(self.profile).providers, settings, self.profile.environ)):
            connecting = Connecting(self.profile, tool.provider, self._keychain, tool.home.path)
            if tool.provider.id in chosen:
                for offer in offers(tool.provider):
                    if offer.key is None and (tool.provider.id, offer.name) in allowed:
                        self._give(connecting, offer)
            elif is_used_here(tool):
                connecting.switch_off()
        self.configure("welcomed", True)
        if answer.get("autostart") is True:
            self._changing.do({"event": "autostart", "on": True})

    def _give(self, connecting: Connecting, offer: Offer) -> None:
        try:
            log.info("%s", connecting.give(offer, _no_key))
        except UserError as error:  # of one; the others are given all the same
            log.warning("%s", error)

    def _mend_autostart(self) -> None:
        """Starting at login, where it is on, follows a program that was moved."""
        from usagetray.edges import autostart  # deferred: the tray only

        if self.profile.paths.profile is None:  # an isolated one never starts at login
            environ = self.profile.environ
            if autostart.mend(autostart.entry(environ), autostart.command_now(environ, sys.argv)):
                log.info("starting at login follows the program to its new place")

    def _answer(self, verb: str, arguments: Mapping[str, str]) -> str:
        """What another process of this user asked for. Runs in the channel's thread."""
        del arguments
        jobs = {"show": self.show, "refresh": self.refresh, "changed": self.tick}
        if verb == "quit":
            self.quit()
        elif verb == "settle":
            self.core.store.settle()
        elif verb in jobs:
            self.do(jobs[verb])
        elif verb != "ping":
            raise UserError(f"The running usagetray does not know {verb!r}; restart it after an update.")
        return "ok"


def has_desktop(environ: Mapping[str, str]) -> bool:
    """Whether there is a screen to show an icon on."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))
