"""What is behind a window's figure, in words: who took how much of it, which moments were dear, what no log tells."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from usagetray.domain.forensics import Cause, Charged, Part, Why, parts
from usagetray.domain.moments import Moment, Reason
from usagetray.domain.weighing import Use
from usagetray.language import tr, tr_later, tr_n
from usagetray.overview import WindowView
from usagetray.quick_dataclass import dataclass
from usagetray.views.amounts import share, tokens
from usagetray.views.figures import duration, instant
from usagetray.views.plain import plain
from usagetray.views.report_words import unpriced
from usagetray.views.words import provenance

ELSEWHERE = tr_later("Elsewhere")
LEAST_SHOWN = 0.005
"""Of a window: what is less would read 0 %."""
SHORT_SESSION = 8
"""Letters of a session's id: enough to tell it from its neighbours."""
MOST_PROJECT = 32


def project(path: str) -> str:
    """The last two folders, whichever system's: "work/borealis"."""
    found = [part for part in plain(path, 400).replace("\\", "/").split("/") if part]
    return plain("/".join(found[-2:]), MOST_PROJECT) if found else tr("no folder")


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
    return tr("{share}, by {count} of them", share=share(taken), count=count) if count and taken >= LEAST_SHOWN else ""


def programs(found: Why) -> str:
    own = parts([each for each in found.charged if each.use.app], lambda use: use.app)
    return ", ".join(f"{plain(each.name, 40)} {share(each.share)}" for each in own if each.share >= LEAST_SHOWN)


# ---- moments -----------------------------------------------------------------------------------------------


def moment(found: Moment) -> str:
    """What happened: "went on after 1 h 12 m: the cache was gone, 182k tokens were read in anew"."""
    prompt, pause = tokens(found.prompt), duration(found.pause) if found.pause else ""
    match found.reason:
        case Reason.CACHE_LOST:
            return tr(
                "went on after {pause}: the cache was gone, {prompt} tokens written anew", pause=pause, prompt=prompt
            )
        case Reason.REWRITTEN:
            return tr("the cache did not hold: {prompt} tokens written anew", prompt=prompt)
        case Reason.MODEL_CHANGED:
            return tr(
                "changed to {name}: {prompt} tokens written to its cache", name=plain(found.model, 30), prompt=prompt
            )
        case Reason.COMPACTED:
            return tr("the context was cut down to {prompt} tokens and written anew", prompt=prompt)
        case Reason.LARGE_START:
            return tr("began with a prompt of {prompt} tokens", prompt=prompt)
        case Reason.LARGE_PROMPT:
            return tr("one response to a prompt of {prompt} tokens", prompt=prompt)
        case Reason.AGENTS:
            return tr("{agents} sub-agents, {responses}", agents=found.agents, responses=_responses(found))
        case Reason.MANY:
            return _responses(found)


def _responses(found: Moment) -> str:
    """ "12 responses in 4 m"."""
    said = tr_n("{count} response", "{count} responses", found.responses)
    if found.responses < 2:
        return said
    return tr("{responses} in {span}", responses=said, span=duration(found.ends_at - found.at))


# ---- remarks -----------------------------------------------------------------------------------------------

BY_PRICE = tr_later("Shared out by list prices, which is an estimate: the vendor does not say how it counts.")
BY_TOKENS = tr_later("Shared out by tokens, which is an estimate: no model here has a price.")


def remarks(found: Why, now: datetime, zone: tzinfo) -> list[str]:
    """What has to be known to read the figures, a sentence each."""
    said = [tr(BY_TOKENS if found.by_tokens else BY_PRICE)]
    if found.unpriced and not found.by_tokens:
        said.append(
            tr(
                "Without a price, and counted by tokens at the others’ mean: {unpriced}.",
                unpriced=unpriced(found.unpriced),
            )
        )
    if found.elsewhere >= LEAST_SHOWN:
        said.append(tr("Elsewhere: no log here tells of it, so another device, the web, or a log that is gone."))
    if not found.can_tell and found.charged:
        said.append(tr("Use elsewhere at the same time as here cannot be told apart yet: there are too few readings."))
    if found.waiting:
        waiting = tr_n("{count} response is in no figure yet", "{count} responses are in no figure yet", found.waiting)
        since = tr("since {time}", time=instant(found.steps[-1].ends_at, now, zone)) if found.steps else ""
        said.append(f"{waiting}, {since}." if since else f"{waiting}.")
    return said


def source(window: WindowView, now: datetime) -> str:
    """ "A reading from the status line, 2 m ago", or "An estimate …": why this number."""
    where = provenance(window, now)
    is_estimate = "estimate" in f"{window.label} {window.scope} {window.source}".lower()
    if not window.source:
        return where
    return tr("An estimate {where}", where=where) if is_estimate else tr("A reading {where}", where=where)


# ---- in an alert -------------------------------------------------------------------------------------------


def mostly(found: Cause | None) -> str:
    """ "Mostly work/borealis, 3 sub-agents."; "" where nothing stands out."""
    if found is None:
        return ""
    if found.project is None:
        return tr("Mostly used elsewhere: another device, or the web.")
    place = project(found.project)
    if not found.agents:
        return tr("Mostly {project}.", project=place)
    helpers = tr_n("{count} sub-agent", "{count} sub-agents", found.agents)
    return tr("Mostly {project}, {helpers}.", project=place, helpers=helpers)
