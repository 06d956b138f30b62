"""Everything `doctor` reports, collected: what is here, what was tried, and what this desktop can do.

Only looks. Nothing is sent, started, unlocked, written or asked of the user.
"""

from __future__ import annotations

import stat
import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

from usagetray.edges import channel, probes
from usagetray.edges.alert_hooks import HookFailure, failures
from usagetray.edges.crashes import Crash, crashes
from usagetray.edges.keychain import Keychain, service_name
from usagetray.edges.store.checkup import StoreAnswers, check_up
from usagetray.edges.vaults import SystemVault
from usagetray.errors import Cause, UserError
from usagetray.profile import Profile
from usagetray.providers.contract import Key, Provider
from usagetray.quick_dataclass import dataclass
from usagetray.settings import Settings
from usagetray.settings.reading import load
from usagetray.spine.doctoring_sources import ToolAnswers, look_at_tools
from usagetray.spine.own_providers import known

LOOKED_UP = 8
"""Threads that look at the same time: the desktop's answers and the sources'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    at: datetime
    version: str
    python: str
    system: str
    packages: Mapping[str, str | None]  # of what matters on a desktop; None: not installed
    session: Mapping[str, str]  # the variables that say which desktop this is
    has_desktop: bool
    bus: Any  # `edges.tray.services.BusAnswers`; None on systems without one
    old_panel: bool | None
    window: probes.WindowAnswers
    key_service: str
    key_store: Cause | None  # None: it can be read
    needs_keys: tuple[str, ...]  # names of the providers whose key is kept there
    tray_runs: bool
    writer_runs: bool | None  # some process of ours holds the store; None: cannot be told
    settings: Settings
    loose: tuple[str, ...]  # folders of ours that others can look into
    store: StoreAnswers
    hook_failures: tuple[HookFailure, ...]
    crashes: tuple[Crash, ...]  # the newest first
    tools: tuple[ToolAnswers, ...]
    seams: Mapping[str, str]
    places: Mapping[str, str]


def examine(profile: Profile, providers: Sequence[Provider], keychain: Keychain, version: str) -> Examination:
    """Takes as long as the slowest answer, at most some 20 s where a desktop hangs."""
    environ, own = profile.environ, profile.paths
    settings = known(profile).in_settings(load(own.config_file))
    with ThreadPoolExecutor(LOOKED_UP) as pool:
        bus = pool.submit(probes.bus, environ)
        old_panel = pool.submit(probes.old_panel, environ)
        window = pool.submit(probes.window, environ)
        store = check_up(own.store_file)
        tools_ = pool.submit(look_at_tools, profile, providers, settings, keychain, with_record=store.is_readable)
        answered = bus.result()
        secrets = pool.submit(_key_store, profile, keychain, answered)
        return Examination(
            at=profile.clock.now(),
            version=version,
            python=".".join(map(str, sys.version_info[:3])),
            system=_system(),
            packages={name: _installed(name) for name in PACKAGES},
            session={name: "yes" if name in PRIVATE else environ[name] for name in SESSION if environ.get(name)},
            has_desktop=sys.platform != "linux" or any(environ.get(each) for each in ("DISPLAY", "WAYLAND_DISPLAY")),
            bus=answered,
            old_panel=old_panel.result(),
            window=window.result(),
            key_service=service_name(own.profile),
            key_store=secrets.result(),
            needs_keys=tuple(each.name for each in providers if _needs_key(each, settings)),
            tray_runs=_tray_runs(own.socket),
            writer_runs=_is_locked(own.lock),
            settings=settings,
            loose=_loose({own.config_file.parent, own.store_file.parent, own.state_dir, own.log_dir, own.runtime_dir}),
            store=store,
            hook_failures=failures(own.state_dir),
            crashes=crashes(own),
            tools=tools_.result(),
            seams=_seams(profile),
            places={
                "settings": str(own.config_file),
                "history": str(own.store_file),
                "state": str(own.state_dir),
                "log": str(own.log_dir),
                "channel": str(own.socket),
            },
        )


SESSION = (
    *("XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE", "DESKTOP_SESSION", "DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION"),
    *("CLAUDE_CONFIG_DIR", "CODEX_HOME"),
)
PRIVATE = ("SSH_CONNECTION",)
"""That there is one says enough; the value holds addresses."""
PACKAGES = ("PySide6-Essentials", "pystray", "dbus-fast", "desktop-notifier", "keyring", "httpx", "pillow")


def _system() -> str:
    import platform

    try:
        name = platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        name = platform.system()
    return f"{name}, {platform.machine()}"


def _installed(name: str) -> str | None:
    from importlib import metadata

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _seams(profile: Profile) -> dict[str, str]:
    """What makes this run another than a plain one."""
    seams = {f"--origin {provider}": origin for provider, origin in profile.origins.items()}
    if profile.paths.profile is not None:
        seams["USAGETRAY_HOME"] = str(profile.paths.profile)
    if profile.keychain is not None:
        seams["--keychain"] = profile.keychain
    if profile.notify_to is not None:
        seams["--notify-to"] = str(profile.notify_to)
    if profile.demo:
        seams["demo"] = f"{profile.speed:g} times as fast"
    return seams


# ---- this program ------------------------------------------------------------------------------------------


def _tray_runs(socket: Path) -> bool:
    try:
        return channel.ask(socket, "ping", {}) == "ok"
    except (channel.NobodyThere, UserError):
        return False


def _is_locked(lock: Path) -> bool | None:
    """Whether a process holds the lock: read off the kernel's list, for trying it would keep others from it."""
    try:
        inode = lock.stat().st_ino
    except OSError:
        return False
    try:
        rows = Path("/proc/locks").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    return any("FLOCK" in row and row.split()[5].endswith(f":{inode}") for row in rows if len(row.split()) > 5)


def _loose(folders: Iterable[Path]) -> tuple[str, ...]:
    """Those that somebody else can look into."""
    if sys.platform == "win32":
        return ()
    found = []
    for place in sorted(folders):
        try:
            if stat.S_IMODE(place.stat().st_mode) & 0o077:
                found.append(str(place))
        except OSError:
            continue  # not there yet
    return tuple(found)


def _needs_key(provider: Provider, settings: Settings) -> bool:
    own = settings.of(provider.id)
    allowed = {*own.allow, *(each for account in own.accounts.values() if account.enabled for each in account.allow)}
    return own.enabled and any(
        isinstance(need, Key) for each in provider.strategies if each.id in allowed for need in each.needs
    )


def _key_store(profile: Profile, keychain: Keychain, bus: Any) -> Cause | None:
    """Only a store that runs already is looked at: a first look would start one."""
    if profile.keychain is not None:
        return probes.secret_store(lambda: keychain.get("doctor"))
    if bus is not None and bus.secrets is None:
        return Cause.STORE_MISSING
    if bus is not None and bus.secrets == "starts when needed":
        return None
    return probes.secret_store(lambda: SystemVault().open(may_ask=False))
