"""One user's world, as the process was started in it: paths, environment, clock, and the seams that were asked for."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, tzinfo
from functools import lru_cache
from pathlib import Path

from usagetray.edges.clock import Clock, ScaledClock, SystemClock
from usagetray.edges.files import PROFILE_VARIABLE, Paths, paths
from usagetray.errors import UserError
from usagetray.quick_dataclass import dataclass

DEMO_MARK = "demo.json"
"""In a profile's folder: it is a demo, with its clock and its own servers. Every process that opens it agrees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    paths: Paths
    environ: Mapping[str, str]
    clock: Clock = field(default_factory=SystemClock)
    speed: float = 1.0  # seconds of the clock per real second
    origins: Mapping[str, str] = field(default_factory=dict)  # by provider id, in place of the built-in ones
    demo: bool = False
    keychain: str | None = None  # a double instead of the system's: "ok", "locked", ...
    notify_to: Path | None = None  # alerts as lines of JSON instead of notifications

    @property
    def seams(self) -> tuple[str, ...]:
        """What is not as in ordinary use; the status says it, so that no test is mistaken for the real thing."""
        active = {
            "profile": self.paths.profile is not None,
            "clock": not isinstance(self.clock, SystemClock),
            f"keychain {self.keychain}": self.keychain is not None,
            "notify-to": self.notify_to is not None,
        }
        return (
            *(name for name, is_active in active.items() if is_active),
            *(f"origin {each}" for each in self.origins),
        )


def open_profile(
    environ: Mapping[str, str],
    *,
    origins: tuple[str, ...] = (),
    keychain: str | None = None,
    notify_to: Path | None = None,
) -> Profile:
    """The profile the environment names. Raises `UserError` where a seam is asked for outside an isolated profile."""
    own = paths(environ)
    if (origins or keychain) and own.profile is None:
        raise UserError(f"--origin and --keychain need an isolated profile: set {PROFILE_VARIABLE} to a folder first.")
    overrides = dict(_override(each) for each in origins)
    mark = own.profile / DEMO_MARK if own.profile is not None else None
    if mark is not None and mark.exists():
        demo = read_mark(mark)
        return Profile(
            paths=own,
            environ={**environ, **demo.environ},
            clock=demo.clock,
            speed=demo.clock.speed,
            origins={**demo.origins, **overrides},
            demo=True,
            keychain=keychain or "ok",
            notify_to=notify_to,
        )
    return Profile(paths=own, environ=environ, origins=overrides, keychain=keychain, notify_to=notify_to)


def _override(text: str) -> tuple[str, str]:
    provider_id, separator, origin = text.partition("=")
    if not separator:
        raise UserError(f"--origin takes PROVIDER=http://127.0.0.1:PORT, not {text!r}.")
    from usagetray.edges.origins import checked_override  # deferred: for tests and the demo only

    return provider_id, checked_override(origin)


# ---- the demo's mark ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoMark:
    clock: ScaledClock
    origins: Mapping[str, str]
    environ: Mapping[str, str]  # the homes of the pretended tools


def write_mark(folder: Path, mark: DemoMark) -> None:
    text = json.dumps(
        {
            "anchor_at": mark.clock.anchor_at.isoformat(),
            "start_at": mark.clock.start_at.isoformat(),
            "speed": mark.clock.speed,
            "origins": dict(mark.origins),
            "environ": dict(mark.environ),
        }
    )
    (folder / DEMO_MARK).write_text(text, encoding="utf-8")


def read_mark(path: Path) -> DemoMark:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
        clock = ScaledClock(
            datetime.fromisoformat(read["anchor_at"]), datetime.fromisoformat(read["start_at"]), float(read["speed"])
        )
        runs = 0 < clock.speed < math.inf and clock.now().tzinfo is not None
        origins = dict(_override(f"{provider_id}={origin}") for provider_id, origin in read["origins"].items())
        environ = {name: os.fspath(value) for name, value in read["environ"].items()}
        mark = DemoMark(clock=clock, origins=origins, environ=environ) if runs else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        mark = None
    if mark is None:
        raise UserError(f"{path} is not a demo's mark: remove it, or start `usagetray demo` anew.")
    return mark


def local_zone() -> tzinfo:
    """The user's time zone with its rules, so that a reset after a clock change is told right; as set just now."""
    try:
        link = os.lstat("/etc/localtime")
        stamp = (link.st_ino, link.st_mtime_ns)
    except OSError:
        stamp = (0, 0)
    return _zone_of(os.environ.get("TZ"), stamp)


@lru_cache(maxsize=1)
def _zone_of(variable: str | None, stamp: tuple[int, int]) -> tzinfo:
    """Looking it up anew costs half a millisecond: done only where it may have changed."""
    import tzlocal  # deferred: verbs that show no time need none of it

    del variable, stamp
    try:
        return tzlocal.reload_localzone()
    except (LookupError, ValueError, OSError):
        # "UTC0", "EST5EDT,M3.2.0,M11.1.0": rules instead of a name; or /etc says two different things.
        from usagetray.edges.system_zone import SystemZone

        return SystemZone()
