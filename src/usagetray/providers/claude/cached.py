"""Claude: the reading Claude Code keeps for itself in its global config file.

No network, no secret. Written only when something in Claude Code asks for usage, so it may be hours old; its
own time is the capture time. Undocumented, as seen up to 2026-10.
"""

from __future__ import annotations

from usagetray.errors import Cause, SourceError
from usagetray.model import Snapshot
from usagetray.providers.claude import identity
from usagetray.providers.claude.limits import stated
from usagetray.providers.contract import Facts, Strategy, Web

ID = "cached"


def fetch(facts: Facts, web: Web | None) -> tuple[Snapshot, ...]:
    """Nothing where nothing is kept, or where it belongs to an account signed out since."""
    del web
    config = identity.config(facts)
    if config is None:
        raise SourceError(identity.SOURCE, Cause.NOT_CONNECTED, "Claude Code has no config file here")
    account = identity.account(config)
    kept = config.sub("cachedUsageUtilization")
    if kept is None or account is None or kept.text("accountUuid") != account.id:
        return ()
    answer = kept.sub("utilization")
    captured_at = kept.instant("fetchedAtMs")
    if answer is None or captured_at is None:
        raise SourceError(identity.SOURCE, Cause.BAD_DATA, "a kept reading without limits or without its time")
    return (stated(ID, account, captured_at, answer, may_be_empty=not answer.names()),)


STRATEGY = Strategy(id=ID, label="Claude Code’s own reading", needs=identity.NEEDS, fetch=fetch)
