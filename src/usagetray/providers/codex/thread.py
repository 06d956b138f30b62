"""What is known of the thread that a session file holds, and the events that its answers make."""

from __future__ import annotations

import re

from msgspec import UNSET, Struct, field

from usagetray.providers.codex.ancestry import Ancestry
from usagetray.providers.codex.growth import Growth, kinds
from usagetray.providers.codex.rollout import SessionMeta, Settings, Turn, Vector, folder_of, micros, name_of
from usagetray.usage import EventPlace, EventRow, EventTerms

FIRST_MODEL = "gpt-5"
"""What early builds (September 2025) ran, which did not name it."""
THREAD_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=\.jsonl)")

Told = tuple[str, str]
"""Model and folder of a turn; "" for what was not told."""
Parts = tuple[Vector, Vector]


def id_in(path: str) -> str:
    """The thread's id in the name of its file; the path itself where it has none."""
    found = THREAD_ID.findall(path)
    return found[-1] if found else path


class Thread(Struct, array_like=True):
    """All that has to be known of a file's earlier lines. Texts are "" until a line tells them."""

    id: str
    session: str
    agent: str = ""
    is_named: bool = False  # by a line of its own, no more by the file's name
    began: int = 0  # microseconds since 1970 UTC
    at: int = 0  # of the last line that had a time; 0: none had
    folder: str = ""
    turn_folder: str = ""
    model: str = ""
    settings_model: str = ""
    tier: str = ""
    by_records: bool = False
    has_counted: bool = False
    is_estimate: bool = False
    is_inherited: bool = False  # the growth's mark was copied, and nothing own has come yet
    growth: Growth = field(default_factory=Growth)
    copy: Ancestry | None = None  # while lines may be copied ones

    def name(self, meta: SessionMeta, named: str) -> None:
        """Takes in the file's own first line."""
        self.id = self.session = named
        self.folder = folder_of(meta.cwd)
        self.began = micros(meta.timestamp) or self.at
        self.at = self.at or self.began
        if meta.is_agent:
            self.agent = named
            self.session = name_of(meta.session_id) or meta.parent or named
        if meta.is_fork and not self.has_counted:
            self.may_begin_with(meta.parent, meta.subagent_history_start_ordinal)

    def may_begin_with(self, parent: str, own_from: int | None = None) -> None:
        """From here on lines may be copied from the parent."""
        opened = max(self.began, self.at) if self.began else 0
        self.copy = Ancestry(parent=parent, began=self.began, opened=opened, previous=opened, own_from=own_from)

    def turn(self, turn: Turn) -> None:
        self.model = name_of(turn.model) or self.model
        self.turn_folder = folder_of(turn.cwd) or self.turn_folder

    def settings(self, settings: Settings) -> None:
        stated = settings.thread_settings
        if stated is not None:
            self.settings_model = name_of(stated.model) or self.settings_model
            if stated.service_tier is not UNSET:
                self.tier = name_of(stated.service_tier)

    def flags(self, model: str, at: int) -> str:
        """What had to be assumed, words parted by blanks."""
        words = "" if model or self.settings_model else "assumed_model"
        if not self.tier:
            words += " tier_assumed"
        if not self.by_records:
            if self.growth.contained:
                words += " lower_bound"
            if self.is_estimate:
                words += " estimate"
        if not at:
            words += " undated"
        return words.strip()


class Teller:
    """Makes events; those that follow each other share what they have in common."""

    def __init__(self) -> None:
        self._place = EventPlace()
        self._terms = EventTerms("")

    def tell(
        self, thread: Thread, key: str, at: int, told: Told, used: Vector, merged: Parts | None = None
    ) -> EventRow:
        """One answer. `told`: model and folder as told before it; `merged`: the answers that `used` is the sum of."""
        model, folder = told
        place, terms = self._place, self._terms
        flags = thread.flags(model, at)
        model = model or thread.settings_model or FIRST_MODEL
        folder = folder or thread.folder
        if place.project != folder or place.session != thread.session or place.agent != thread.agent:
            place = self._place = EventPlace(folder, thread.session, thread.agent)
        if terms.model != model or terms.flags != flags or terms.tier != thread.tier:
            terms = self._terms = EventTerms(model, tier=thread.tier, flags=flags)
        fresh, written, cached, output, reasoning = kinds(used)
        attempts: tuple[tuple[str, int, int, int, int, int], ...] = ()
        if merged is not None:
            parts = [kinds(each) for each in merged]
            fresh, written, cached, output, reasoning = map(sum, zip(*parts, strict=True))
            attempts = tuple((model, a, b, 0, c, d) for a, b, c, d, _ in parts)
        return key, "", False, at, place, terms, fresh, written, 0, cached, output, reasoning, 0, attempts
