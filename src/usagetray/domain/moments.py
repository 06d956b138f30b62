"""The dearest moments of a window: single responses and short bursts that took much of it, each with its reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from usagetray.domain.forensics import Charged, Why
from usagetray.domain.weighing import Use
from usagetray.quick_dataclass import dataclass

LEAST_SHARE = 0.02
"""Of a window: below two points nobody asks why."""
LEAST_BUSY = 0.10
"""Of a window: below this, minutes in which simply much was done are nothing to point out."""
MOST_MOMENTS = 5
BURST, PAUSE = timedelta(minutes=10), timedelta(minutes=3)
"""A burst lasts no longer than the one, and has no pause as long as the other."""
ALONE = 0.6
"""Of a burst's share: a response that has so much of it is pointed out by itself."""
CONTINUED = 20_000
"""Tokens of a prompt: the cache of a shorter one is no loss."""
LARGE_PROMPT = 100_000
FIVE_MINUTES = timedelta(minutes=5)
"""How long a prompt cache lasts where nobody paid for longer."""


class Reason(StrEnum):
    CACHE_LOST = "cache_lost"  # the conversation went on after a pause, and its prompt was written to the cache anew
    REWRITTEN = "rewritten"  # the same without a pause: something at the prompt's beginning had changed
    MODEL_CHANGED = "model_changed"  # another model has a cache of its own
    COMPACTED = "compacted"  # the context was cut down, and what is left was written anew
    LARGE_START = "large_start"  # a conversation that begins with a long prompt
    LARGE_PROMPT = "large_prompt"
    AGENTS = "agents"  # several sub-agents
    MANY = "many"  # many responses, none of them dear


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    at: datetime
    ends_at: datetime  # the same for a single response
    share: float  # of the window
    reason: Reason
    project: str
    session: str
    app: str
    model: str  # that took most of it
    responses: int
    agents: int  # sub-agents that took part
    prompt: int  # tokens; the longest
    pause: timedelta | None = None  # before it, in its conversation


def moments(found: Why, most: int = MOST_MOMENTS) -> tuple[Moment, ...]:
    """The dearest ones, dearest first."""
    former = _former((*found.before, *(each.use for each in found.charged)))
    charged = [each for step in found.sure_steps for each in step.charged]
    told = [_moment(burst, former) for burst in _bursts(charged) if sum(each.share for each in burst) >= LEAST_SHARE]
    kept = [each for each in told if each.share >= _least(each)]
    return tuple(sorted(kept, key=lambda each: (-each.share, each.at, each.session))[:most])


def _least(moment: Moment) -> float:
    return LEAST_BUSY if moment.reason is Reason.MANY and moment.responses > 1 else LEAST_SHARE


def _former(uses: Iterable[Use]) -> dict[Use, Use]:
    """By use: the one before it in its conversation, of those that continue one."""
    found: dict[Use, Use] = {}
    last: dict[tuple[str, str, str], Use] = {}
    for use in sorted(uses):
        if use.prompt:
            conversation = (use.project, use.session, use.agent)
            if conversation in last:
                found[use] = last[conversation]
            last[conversation] = use
    return found


def _bursts(charged: Sequence[Charged]) -> list[list[Charged]]:
    """What one session did, its sub-agents included, cut at pauses."""
    by_session: defaultdict[tuple[str, str], list[Charged]] = defaultdict(list)
    for each in sorted(charged):
        by_session[each.use.session or each.use.project, each.use.app].append(each)
    found: list[list[Charged]] = []
    for own in by_session.values():
        burst: list[Charged] = []
        for each in own:
            if burst and (each.use.at - burst[-1].use.at > PAUSE or each.use.at - burst[0].use.at > BURST):
                found.append(burst)
                burst = []
            burst.append(each)
        found.append(burst)
    return found


def _moment(burst: Sequence[Charged], former: dict[Use, Use]) -> Moment:
    share = sum(each.share for each in burst)
    dearest = max(burst, key=lambda each: (each.share, each.use.prompt))
    is_alone = dearest.share >= ALONE * share
    shown = [dearest] if is_alone else list(burst)
    agents = {each.use.agent for each in shown if each.use.agent}
    by_agents = sum(each.share for each in shown if each.use.agent)
    before = former.get(dearest.use) if is_alone else None
    if is_alone:
        reason = _reason(dearest.use, before)
    else:
        reason = Reason.AGENTS if len(agents) > 1 and by_agents >= share / 2 else Reason.MANY
    return Moment(
        at=shown[0].use.at,
        ends_at=shown[-1].use.at,
        share=sum(each.share for each in shown),
        reason=reason,
        project=dearest.use.project,
        session=dearest.use.session,
        app=dearest.use.app,
        model=dearest.use.model,
        responses=sum(1 for each in shown if each.use.prompt) or 1,
        agents=len(agents),
        prompt=max(each.use.prompt for each in shown),
        pause=dearest.use.at - before.at if before else None,
    )


def _reason(use: Use, before: Use | None) -> Reason:
    if before is None:
        return Reason.LARGE_START if use.prompt >= CONTINUED and use.read * 2 < use.prompt else _by_size(use)
    is_lost = before.prompt >= CONTINUED and use.read * 2 < min(before.prompt, use.prompt)
    if not is_lost:
        return _by_size(use)
    if use.prompt * 2 < before.prompt:
        return Reason.COMPACTED
    if use.model != before.model:
        return Reason.MODEL_CHANGED
    return Reason.CACHE_LOST if use.at - before.at >= FIVE_MINUTES else Reason.REWRITTEN


def _by_size(use: Use) -> Reason:
    return Reason.LARGE_PROMPT if use.prompt >= LARGE_PROMPT else Reason.MANY
