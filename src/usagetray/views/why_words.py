"""What is behind a window's figure, in words: who took how much of it, which moments were dear, what no log tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from usagetray.domain.forensics import Cause, Charged, Part, Why, parts
from usagetray.domain.moments import Moment, Reason
from usagetray.domain.weighing import Use
from usagetray.overview import WindowView
from usagetray.views.amounts import share, tokens
from usagetray.views.figures import duration, instant
from usagetray.views.plain import plain
from usagetray.views.report_words import unpriced
from usagetray.views.words import provenance

ELSEWHERE = "Elsewhere"
LEAST_SHOWN = 0.005
"""Of a window: what is less would read 0 %."""
SHORT_SESSION = 8
"""Letters of a session's id: enough to tell it from its neighbours."""
MOST_PROJECT = 32


def project(path: str) -> str:
    """The last two folders, whichever system's: "work/borealis"."""
    found = [part for part in plain(path, 400).replace("\\", "/").split("/") if part]
    return plain("/".join(found[-2:]), MOST_PROJECT) if found else "no folder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taker:
    """One session, or what stands for one, with what it took of the window."""

    name: str  # "work/borealis"
    session: str  # "4f2a1c07", "" where none is named
    share: float
    responses: int
    agents: int  # sub-agents
    by_agents: float  # of the window


def takers(found: Why) -> tuple[Taker, ...]:
    """Sessions and own programs, largest first; what would read 0 % is left out."""
    by_taker: dict[tuple[str, str], list[Charged]] = {}
    for each in found.charged:
        by_taker.setdefault(_taker(each.use), []).append(each)
    told = []
    for (name, session), own in by_taker.items():
        of_agents = [each for each in own if each.use.agent]
        told.append(
            Taker(
                name=name,
                session=session,
                share=sum(each.share for each in own),
                responses=sum(1 for each in own if each.use.prompt),
                agents=len({each.use.agent for each in of_agents}),
                by_agents=sum(each.share for each in of_agents),
            )
        )
    kept = [each for each in told if each.share >= LEAST_SHOWN]
    return tuple(sorted(kept, key=lambda each: (-each.share, each.name, each.session)))


def _taker(use: Use) -> tuple[str, str]:
    return plain(use.app, 40) or project(use.project), plain(use.session)[:SHORT_SESSION]


def named(found: Sequence[Part]) -> str:
    """ "claude-opus-5-5 41 %, claude-haiku-4-5 2 %"; "" where there is one at most, which is all of it."""
    shown = [each for each in found if each.name and each.share >= LEAST_SHOWN]
    return ", ".join(f"{plain(each.name, 40)} {share(each.share)}" for each in shown) if len(shown) > 1 else ""


def models(found: Why) -> str:
    return named(found.by(lambda use: use.model))


def projects(found: Why) -> str:
    return named(found.by(lambda use: project(use.project)))


def agents(found: Why) -> str:
    """ "12 %, by 3 of them"; "" without any."""
    own = [each for each in found.charged if each.use.agent]
    count = len({(each.use.session, each.use.agent) for each in own})
    taken = sum(each.share for each in own)
    return f"{share(taken)}, by {count} of them" if count and taken >= LEAST_SHOWN else ""


def programs(found: Why) -> str:
    own = parts([each for each in found.charged if each.use.app], lambda use: use.app)
    return ", ".join(f"{plain(each.name, 40)} {share(each.share)}" for each in own if each.share >= LEAST_SHOWN)


# ---- moments -----------------------------------------------------------------------------------------------


def moment(found: Moment) -> str:
    """What happened: "went on after 1 h 12 m: the cache was gone, 182k tokens were read in anew"."""
    prompt, pause = tokens(found.prompt), duration(found.pause) if found.pause else ""
    match found.reason:
        case Reason.CACHE_LOST:
            return f"went on after {pause}: the cache was gone, {prompt} tokens written anew"
        case Reason.REWRITTEN:
            return f"the cache did not hold: {prompt} tokens written anew"
        case Reason.MODEL_CHANGED:
            return f"changed to {plain(found.model, 30)}: {prompt} tokens written to its cache"
        case Reason.COMPACTED:
            return f"the context was cut down to {prompt} tokens and written anew"
        case Reason.LARGE_START:
            return f"began with a prompt of {prompt} tokens"
        case Reason.LARGE_PROMPT:
            return f"one response to a prompt of {prompt} tokens"
        case Reason.AGENTS:
            return f"{found.agents} sub-agents, {_responses(found)}{_in(found)}"
        case Reason.MANY:
            return f"{_responses(found)}{_in(found)}"


def _responses(found: Moment) -> str:
    return "one response" if found.responses == 1 else f"{found.responses} responses"


def _in(found: Moment) -> str:
    span = found.ends_at - found.at
    return f" in {duration(span)}" if found.responses > 1 else ""


# ---- remarks -----------------------------------------------------------------------------------------------

BY_PRICE = "Shared out by list prices, which is an estimate: the vendor does not say how it counts."
BY_TOKENS = "Shared out by tokens, which is an estimate: no model here has a price."


def remarks(found: Why, now: datetime, zone: tzinfo) -> list[str]:
    """What has to be known to read the figures, a sentence each."""
    said = [BY_TOKENS if found.by_tokens else BY_PRICE]
    if found.unpriced and not found.by_tokens:
        said.append(f"Without a price, and counted by tokens at the others’ mean: {unpriced(found.unpriced)}.")
    if found.elsewhere >= LEAST_SHOWN:
        said.append("Elsewhere: no log here tells of it, so another device, the web, or a log that is gone.")
    if not found.can_tell and found.charged:
        said.append("Use elsewhere at the same time as here cannot be told apart yet: there are too few readings.")
    if found.waiting:
        count = "One response is" if found.waiting == 1 else f"{found.waiting} responses are"
        since = instant(found.steps[-1].ends_at, now, zone) if found.steps else ""
        said.append(f"{count} in no figure yet{f', since {since}' if since else ''}.")
    return said


def source(window: WindowView, now: datetime) -> str:
    """ "A reading from the status line, 2 m ago", or "An estimate …": why this number."""
    where = provenance(window, now)
    is_estimate = "estimate" in f"{window.label} {window.scope} {window.source}".lower()
    return f"{'An estimate' if is_estimate else 'A reading'} {where}" if window.source else where


# ---- in an alert -------------------------------------------------------------------------------------------


def mostly(found: Cause | None) -> str:
    """ "Mostly work/borealis, 3 sub-agents."; "" where nothing stands out."""
    if found is None:
        return ""
    if found.project is None:
        return "Mostly used elsewhere: another device, or the web."
    helpers = f", {found.agents} sub-agent{'' if found.agents == 1 else 's'}" if found.agents else ""
    return f"Mostly {project(found.project)}{helpers}."
