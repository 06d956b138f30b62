"""Made-up vendors: as many as a test needs, each with a server of its own, on the real spine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from tests.support import ManualClock, Recorder
from usagetray.model import Account, Secret, Snapshot, UsageWindow
from usagetray.profile import open_profile
from usagetray.providers.contract import Facts, Provider, Strategy, Web
from usagetray.providers.parse import Answer
from usagetray.spine.core import Core
from usagetray.spine.reading import make_keychain


def vendor(name: str) -> Provider:
    """Answers `{"used": 42, "resets_at": ISO}`; asks with a token that never changes; on by default."""

    def fetch(facts: Facts, web: Web | None) -> tuple[Snapshot, ...]:
        assert web is not None
        answer = Answer(web.get_json("/usage", bearer=Secret(f"token-of-{name}")))
        window = UsageWindow(
            key="five_hour",
            label="Session",
            utilization=answer.share("used"),
            resets_at=answer.instant("resets_at"),
            length=timedelta(hours=5),
        )
        return (
            Snapshot(
                provider_id=name,
                strategy_id="ask",
                account=Account(id=f"account of {name}"),
                captured_at=facts.now,
                windows=(window,),
                dropped=tuple(answer.dropped),
            ),
        )

    asked = Strategy(id="ask", label=name, needs=(), fetch=fetch, origin="https://nowhere.example.invalid")
    return Provider(id=name, name=name.title(), homes=None, strategies=(asked,))


def body(used: object, resets_at: datetime) -> dict[str, object]:
    return {"used": used, "resets_at": resets_at.isoformat()}


@contextmanager
def core_of(
    folder: Path,
    clock: ManualClock,
    providers: Sequence[Provider],
    origins: Mapping[str, str],
    *,
    notifier: Recorder | None = None,
    ceiling_s: float = 30.0,
) -> Iterator[Core]:
    named = tuple(f"{name}={origin}" for name, origin in origins.items())
    opened = open_profile({"HOME": str(folder), "USAGETRAY_HOME": str(folder / "profile")}, origins=named)
    profile = replace(opened, clock=clock, keychain="ok")
    core = Core(profile, providers, keychain=make_keychain(profile), notifier=notifier, ceiling_s=ceiling_s)
    try:
        yield core
    finally:
        core.close()
