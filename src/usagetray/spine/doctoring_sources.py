"""The sources, as `doctor` finds them: where each looked, what reading it now gives, what the record says of it.

Reading goes as far as a refresh would, up to the point where a server or a program would be asked: there it ends. Of
a source without consent nothing is read.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from usagetray.domain import standing
from usagetray.domain.states import State
from usagetray.edges import facts, hooks, spool
from usagetray.edges.keychain import Keychain
from usagetray.edges.program import find
from usagetray.edges.store import Store, open_reader
from usagetray.errors import SourceError
from usagetray.model import Snapshot
from usagetray.profile import Profile
from usagetray.providers.contract import Key, LocalFile, NewestFiles, Program, Provider, Spooled, SqliteValue, Strategy
from usagetray.quick_dataclass import dataclass
from usagetray.settings import Settings
from usagetray.spine.planned import counting, with_plan
from usagetray.spine.sources import NO_HOME, Tool, environ_of, is_used_here, key_of, strategies_of, tools

LAST_ATTEMPTS = 3

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """One place a source looks in."""

    what: str  # "config", "credentials"
    where: str  # a path, or a variable's name
    found: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    at: datetime
    state: State  # FRESH: it answered
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAnswers:
    """One way to have a provider's figures, in one home."""

    strategy: str
    label: str  # "the status line"
    offer: str  # its name for `connect --only`
    asks: str  # "files", "server" or "program"
    consent: bool | None  # None: needs none
    looked: tuple[Looked, ...] = ()
    now: State | None = None  # what reading it now gives; FRESH: figures, or all that asking would need
    detail: str = ""  # masked words to `now`
    gives: int = 0  # windows and sums that reading it now gives
    state: State = State.NOT_CONNECTED  # by the attempts on record
    tried: tuple[Tried, ...] = ()  # newest last
    figures_at: datetime | None = None  # of the newest figures on record
    next_at: datetime | None = None
    dropped: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    @property
    def works(self) -> bool:
        """Figures are here, or were the last time somebody was asked for them."""
        if self.asks == "files":
            return self.gives > 0
        return self.now is State.FRESH and self.state is State.FRESH


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolAnswers:
    """A provider in one home."""

    provider: str
    name: str
    home: str | None  # None: only a key, no tool on this computer
    enabled: bool
    used_here: bool
    helpers: tuple[tuple[str, bool], ...]  # (name for `connect --only`, stands in the tool's settings)
    sources: tuple[SourceAnswers, ...]
    account: str = ""  # a further account with a key of its own; its name stands in `name` too


def look_at_tools(
    profile: Profile, providers: Sequence[Provider], settings: Settings, keychain: Keychain, *, with_record: bool
) -> tuple[ToolAnswers, ...]:
    """Every home of every provider, switched on or not. `with_record`: the store is one we can read."""
    store = open_reader(profile.paths.store_file) if with_record else None
    try:
        found = []
        for provider in providers:
            own = settings.of(provider.id)
            known = replace(settings, providers={provider.id: replace(own, enabled=True)})
            for tool in tools([provider], known, profile.environ):
                found.append(_Looker(profile, settings, keychain, store, tool).answers())
        return tuple(found)
    finally:
        if store is not None:
            store.close()


class _WouldAskError(Exception):
    """Everything on this computer is right; from here on somebody would be asked."""


class _NoWeb:
    """Stands in for a server."""

    def get_json(self, path: str, *, bearer: object, headers: object = None, auth: str = "") -> Any:
        del path, bearer, headers, auth
        raise _WouldAskError

    def post_json(self, path: str, body: object, *, bearer: object, headers: object = None, auth: str = "") -> Any:
        del path, body, bearer, headers, auth
        raise _WouldAskError


def _no_program(
    arguments: Sequence[str], told: bytes, is_answer: Callable[[bytes], bool], environ: Mapping[str, str]
) -> bytes:
    """Stands in for a program."""
    del arguments, told, is_answer, environ
    raise _WouldAskError


@dataclass(frozen=True, slots=True)
class _Looker:
    """Looks at one provider in one home."""

    profile: Profile
    settings: Settings
    keychain: Keychain
    store: Store | None
    tool: Tool

    def answers(self) -> ToolAnswers:
        provider, home = self.tool.provider, self.tool.home
        enabled = self.settings.of(provider.id).enabled
        state_dir = self.profile.paths.state_dir
        return ToolAnswers(
            provider=provider.id,
            name=f"{provider.name} ({self.tool.account})" if self.tool.account else provider.name,
            home=None if home == NO_HOME or self.tool.account else str(home.path),
            enabled=enabled,
            used_here=provider.homes is not None and is_used_here(self.tool),
            helpers=tuple((hook.id, hooks.installed(hook, home, state_dir=state_dir)) for hook in provider.hooks),
            sources=tuple(self._source(each) for each in strategies_of(provider, self.tool.account)) if enabled else (),
            account=self.tool.account,
        )

    def _source(self, strategy: Strategy) -> SourceAnswers:
        own = self.settings.of(self.tool.provider.id)
        account = self.tool.account
        allowed = strategy.id in (own.account(account).allow if account else own.allow)
        programs = any(isinstance(need, Program) for need in strategy.needs)
        source = SourceAnswers(
            strategy=strategy.id,
            label=strategy.label,
            offer=strategy.id.replace("_", "-"),
            asks="server" if strategy.asks_server else "program" if programs else "files",
            consent=None if strategy.consent is None else allowed,
        )
        if source.consent is False:
            return source
        now, detail, gives = self._try(strategy)
        source = replace(source, looked=tuple(self._looked(strategy)), now=now, detail=detail, gives=gives)
        return self._with_record(strategy, source)

    def _try(self, strategy: Strategy) -> tuple[State, str, int]:
        """Reads what lies here, as a refresh would, up to where somebody else would be asked."""
        tool = self.tool
        try:
            known = facts.resolve(
                strategy,
                tool.home,
                now=self.profile.clock.now(),
                spool_dir=self.profile.paths.spool_dir,
                keychain=key_of(tool, strategy, self.keychain.get),
                environ=environ_of(tool, strategy, self.profile.environ),
            )
            count = counting(self.store) if self.store is not None else None
            known = with_plan(known, strategy, tool.provider.id, self.settings.of(tool.provider.id), count)
            here = {
                need.name: _no_program
                for need in strategy.needs
                if isinstance(need, Program) and find(need, self.profile.environ) is not None
            }
            said = strategy.fetch(replace(known, programs=here), _NoWeb() if strategy.asks_server else None)
        except _WouldAskError:
            return State.FRESH, "", 0
        except SourceError as error:
            return standing.STATE_OF.get(error.cause, State.BAD_DATA), error.detail, 0
        except Exception as error:  # the top of this look: one source's surprise must not hide the other answers
            log.exception("looking at %s failed", strategy.id)
            return State.BAD_DATA, f"unforeseen: {type(error).__name__}", 0
        return State.FRESH, "", sum(len(each.windows) + len(each.money) for each in said)

    def _looked(self, strategy: Strategy) -> list[Looked]:
        home, found = self.tool.home, []
        for need in strategy.needs:
            match need:
                case LocalFile() | SqliteValue():
                    place = need.place(home)
                    found.append(Looked(what=need.name, where=str(place), found=_is_there(place)))
                case NewestFiles():
                    under = need.under(home)
                    found.append(Looked(what=need.name, where=str(under), found=_is_there(under)))
                case Spooled():
                    place = Path(spool.place(self.profile.paths.spool_dir, need.spool))
                    found.append(Looked(what=need.name, where=str(place), found=_is_there(place)))
                case Program():
                    program = find(need, self.profile.environ)
                    found.append(Looked(what="program", where=str(program or need.name), found=program is not None))
                case Key():
                    for name in need.env:
                        found.append(Looked(what="variable", where=name, found=bool(self.profile.environ.get(name))))
        return found

    def _with_record(self, strategy: Strategy, source: SourceAnswers) -> SourceAnswers:
        """With what the store knows of earlier attempts."""
        if self.store is None:
            return source
        asked = self.tool.source(strategy)
        attempts = self.store.attempts(asked)
        plan = self.store.plan(asked)
        said = self._last_said(strategy)
        tried = tuple(
            Tried(
                at=each.at,
                state=State.FRESH if each.cause is None else standing.STATE_OF.get(each.cause, State.STALE),
                detail=each.detail,
            )
            for each in attempts[-LAST_ATTEMPTS:]
            if each.ended_at is not None
        )
        return replace(
            source,
            state=standing.source_state(attempts, self.profile.clock.now()),
            tried=tried,
            figures_at=said.captured_at if said else None,
            next_at=plan.next_at if plan else None,
            dropped=said.dropped if said else (),
            ignored=said.ignored if said else (),
        )

    def _last_said(self, strategy: Strategy) -> Snapshot | None:
        assert self.store is not None  # noqa: S101 - asked by the caller
        mine = [
            snapshot
            for snapshot, where in self.store.latest_snapshots()
            if (snapshot.provider_id, snapshot.strategy_id, where)
            == (self.tool.provider.id, strategy.id, str(self.tool.home.path))
        ]
        return max(mine, key=lambda each: each.captured_at, default=None)


def _is_there(place: Path) -> bool:
    try:
        return place.exists()
    except (OSError, ValueError):
        return False
