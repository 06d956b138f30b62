"""An alert with its words, as it is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from usagetray.domain.alerts import Alert
from usagetray.edges.store import AlertRow


class Words(Protocol):
    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def urgency(self) -> str: ...


def row_of(alert: Alert, words: Words, due_at: datetime) -> AlertRow:
    return AlertRow(
        due_at=due_at,
        kind=alert.kind,
        provider=alert.provider,
        account=alert.account,
        window=alert.window,
        threshold=alert.threshold,
        title=words.title,
        body=words.text,
        urgency=words.urgency,
    )
