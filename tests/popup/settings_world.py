"""A settings window on a made-up home, and the tray's own hands behind it: what it wishes for is done to real files."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication, QWidget

from tests.popup import samples
from tests.support import PatientKeychain
from usagetray.domain.own_cost import CallCounts, Effort, HostCalls, OwnCost
from usagetray.edges.clock import SystemClock
from usagetray.edges.keychain import Keychain
from usagetray.edges.notify import AlertText
from usagetray.edges.vaults import MemoryVault
from usagetray.errors import UserError
from usagetray.profile import Profile, open_profile
from usagetray.spine.changing import WISHES, Changing
from usagetray.spine.setting_up import setup
from usagetray.views.popup.desk import current_look
from usagetray.views.popup.settings.window import Loaded, SettingsWindow

KEY = "sk-made-up-0123456789abcdef0123456789"
AT = datetime(2026, 11, 20, 20, 4, tzinfo=UTC)


def asked(host: str, purpose: str, requests: int, size: int) -> HostCalls:
    counts = CallCounts(requests=requests, bytes_in=size)
    return HostCalls(
        host=host, purpose=purpose, first_at=AT, last_at=AT, this_day=CallCounts(), this_week=counts, kept=counts
    )


COST = OwnCost(
    at=AT,
    as_of=AT,
    this_day=Effort(processor=timedelta(seconds=14), memory=48_000_000, memory_peak=52_000_000, written=4_200_000),
    this_week=Effort(processor=timedelta(minutes=2), memory=48_000_000, memory_peak=58_000_000),
    hosts=(
        asked("api.example.com", "Example", 96, 412_000),
        asked("status.example.com", "Example’s status page", 1, 900),
    ),
    ceiling=5760,
    store_bytes=3_000_000,
    log_bytes=1_000,
)


@dataclass
class Notifier:
    """Takes every alert, or none."""

    is_there: bool = True
    sent: list[AlertText] = field(default_factory=list)

    def send(self, alert: AlertText) -> bool:
        self.sent.append(alert)
        return self.is_there

    def close(self) -> None:
        """Nothing is under way."""


class World:
    def __init__(self, folder: Path, *, keychain: str = "ok") -> None:
        self.home, root = folder / "home", folder / "profile"
        for each in (self.home / ".claude/projects/x", self.home / ".config/github-copilot", root):
            each.mkdir(parents=True)
        (self.home / ".claude/projects/x/log.jsonl").write_text("{}\n")
        (self.home / ".config/github-copilot/apps.json").write_text("{}")
        self.config = root / "config.toml"
        self.config.write_text("# mine\nwelcomed = true\n\n[somebody.elses]\nkey = 1  # stays\n")
        environ = {"USAGETRAY_HOME": str(root), "HOME": str(self.home), "PATH": ""}
        self.profile: Profile = open_profile({**environ, "CLAUDE_CONFIG_DIR": str(self.home / ".claude")})
        self.keychain: Keychain = PatientKeychain("usagetray", SystemClock(), MemoryVault(keychain))
        self.notifier = Notifier()
        self.events: list[dict[str, object]] = []
        self.window: SettingsWindow | None = None

    @property
    def settings(self) -> dict[str, Any]:
        return tomllib.loads(self.config.read_text())

    def said(self, name: str) -> list[dict[str, object]]:
        return [each for each in self.events if each["event"] == name]

    def open(self, *, theme: str = "light", answers: bool = True) -> SettingsWindow:
        """`answers`: the tray does what is wished, and says so."""
        made = SettingsWindow(current_look(theme), self._hear if answers else self._note, self.load)
        self.window = made
        self.load()
        made.show()
        settle()
        return made

    def load(self) -> None:
        assert self.window is not None
        self.window.show_loaded(Loaded(setup(self.profile), samples.calm(), COST))

    def _note(self, event: Mapping[str, object]) -> None:
        self.events.append(json.loads(json.dumps(event)))  # as it crosses the pipe

    def _hear(self, event: Mapping[str, object]) -> None:
        self._note(event)
        if event["event"] not in WISHES:
            return
        changing = Changing(self.profile, self.keychain, self.notifier)
        assert self.window is not None
        try:
            ok, text = True, changing.do(self.events[-1])
        except UserError as error:
            ok, text = False, str(error)
        self.window.take_answer(event["id"], ok=ok, text=text)


def settle() -> None:
    for _ in range(6):
        QApplication.processEvents()


def find(window: QWidget, kind: type[Any], name: str) -> Any:
    """The visible widget that a screen reader calls so."""
    found = [each for each in window.findChildren(kind) if each.accessibleName() == name and each.isVisibleTo(window)]
    assert len(found) == 1, (name, [each.accessibleName() for each in window.findChildren(kind)])
    return found[0]


Open = Callable[..., SettingsWindow]
