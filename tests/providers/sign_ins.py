"""Recorded answers of providers that take another tool's sign-in, read as the program reads them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from usagetray.model import Secret, Snapshot
from usagetray.providers import copilot, cursor, gemini
from usagetray.providers.alibaba import console
from usagetray.providers.contract import BEARER, Facts, FileText, Home
from usagetray.providers.parse import Answer

HERE = Path(__file__).parent


class Answers:
    """A server that gives one answer after the other, and keeps what it was asked."""

    def __init__(self, *answers: object) -> None:
        self._left = list(answers)
        self.asked: list[tuple[str, Any, str]] = []  # path, body, token

    def get_json(
        self, path: str, *, bearer: Secret, headers: Mapping[str, str] | None = None, auth: str = BEARER
    ) -> Any:
        return self.post_json(path, None, bearer=bearer, headers=headers, auth=auth)

    def post_json(
        self, path: str, body: Any, *, bearer: Secret, headers: Mapping[str, str] | None = None, auth: str = BEARER
    ) -> Any:
        del headers, auth
        self.asked.append((path, body, bearer.reveal()))
        return self._left.pop(0)


def facts(now: datetime, *files: tuple[str, bytes]) -> Facts:
    texts = {
        name: (FileText(path=Path("/home/somebody") / name, content=content, modified_at=now),)
        for name, content in files
    }
    return Facts(home=Home(path=Path("/home/somebody/.tool"), is_default=True), now=now, files=texts)


def _copilot(reader: str, answer: Any, now: datetime) -> tuple[Snapshot, ...]:
    return copilot.fetch("gh", Secret("made-up"), facts(now), Answers(answer))


def _cursor(reader: str, answer: Any, now: datetime) -> tuple[Snapshot, ...]:
    read = cursor.period if reader == "period" else cursor.summary
    return read(facts(now), Answer(answer), "user_made_up")


def _gemini(reader: str, answer: Any, now: datetime) -> tuple[Snapshot, ...]:
    ends = int((now + timedelta(minutes=30)).timestamp() * 1000)
    sign_in = json.dumps({"access_token": "made-up", "expiry_date": ends}).encode()
    plan = json.loads((HERE / "gemini" / "load_code_assist.json").read_text())
    return gemini.fetch(facts(now, (gemini.SIGN_IN.name, sign_in)), Answers(plan, answer))


def _alibaba(reader: str, answer: Any, now: datetime) -> tuple[Snapshot, ...]:
    return console.read(facts(now), answer)


READERS: Mapping[str, Callable[[str, Any, datetime], tuple[Snapshot, ...]]] = {
    "alibaba": _alibaba,
    "copilot": _copilot,
    "cursor": _cursor,
    "gemini": _gemini,
}
