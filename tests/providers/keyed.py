"""Providers that are asked with the user's own key, against recorded answers: `readers.toml` says which answers where.

Each reader is a strategy and the path that gets the answer under test; `others` has a file or a status for each
further path. A path that is not named is not there.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from tests.providers.recorded import HERE, NOW, Told, strategy
from usagetray.edges import facts as edge
from usagetray.edges.http_answers import refusal
from usagetray.errors import SourceError
from usagetray.model import Secret, Snapshot
from usagetray.providers import discover
from usagetray.providers.contract import BEARER, Facts, Strategy
from usagetray.spine.sources import NO_HOME

KEY = "sk-CANARY-0123456789abcdef"


class Vendor:
    """A server that has one answer for each path."""

    def __init__(self, answers: Mapping[str, object]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def get_json(
        self, path: str, *, bearer: Secret, headers: Mapping[str, str] | None = None, auth: str = BEARER
    ) -> Any:
        del headers, auth
        assert bearer.reveal() == KEY
        self.asked.append(path)
        answer = self.answers.get(path.partition("?")[0], 404)
        if isinstance(answer, int) and not isinstance(answer, bool) and 100 <= answer < 600:
            answer = refusal("Vendor", answer, {}, NOW)
        if isinstance(answer, SourceError):
            raise answer
        return answer

    def post_json(self, path: str, body: Any, **_: Any) -> Any:
        raise AssertionError("nothing here is asked by POST")


def readers(provider: str) -> dict[str, Any]:
    file = HERE / provider / "readers.toml"
    return tomllib.loads(file.read_text()) if file.exists() else {}


def ask(
    provider: str, reader: str, answer: object, now: datetime, former: tuple[Snapshot, ...] = (), *options: str
) -> tuple[Snapshot, ...]:
    """What the strategy makes of the answer at the reader's path. Raises `SourceError`."""
    said = readers(provider)[reader]
    facts = replace(known(provider, reader, now), former=former, options=frozenset(options))
    return strategy_of(provider, reader).fetch(facts, Vendor({**_others(provider, said), said["path"]: answer}))


def strategy_of(provider: str, reader: str) -> Strategy:
    return strategy(next(each for each in discover() if each.id == provider), readers(provider)[reader]["strategy"])


def known(provider: str, reader: str, now: datetime) -> Facts:
    """What the edge finds with a key in the key store."""
    one = strategy_of(provider, reader)
    return edge.resolve(one, NO_HOME, now=now, spool_dir=HERE, keychain=lambda _: Secret(KEY), environ={})


def _others(provider: str, said: Mapping[str, Any]) -> Mapping[str, object]:
    return {
        path: json.loads((HERE / provider / each).read_text()) if isinstance(each, str) else each
        for path, each in said.get("others", {}).items()
    }


def read(provider: str, reader: str, answer: object, now: datetime) -> Told:
    (snapshot,) = ask(provider, reader, answer, now)
    return Told(snapshot.windows, snapshot.money, snapshot.account.plan, snapshot.dropped, snapshot.ignored)


def refused(provider: str, file: str) -> object:
    """A recorded refusal as the strategy meets it: the body of a 200, else what the edge makes of the status."""
    error = json.loads((HERE / provider / file).read_text())
    failed = refusal(provider, error["status"], error["headers"], NOW)
    return error["body"] if failed is None else failed
