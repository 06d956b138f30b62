"""One attempt at one source: noted before its first request, completed with how it ended, and with whose figures."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from usagetray.domain.attempts import Attempt, since_success
from usagetray.domain.cadence import SETTLED_BY_SIGN_IN
from usagetray.edges import facts
from usagetray.edges.clock import Clock
from usagetray.edges.keychain import Keychain
from usagetray.edges.program import Programs
from usagetray.edges.store import Source, Store
from usagetray.errors import Cause, SourceError
from usagetray.model import Secret, Snapshot
from usagetray.providers.contract import BEARER, Facts, Program, Run, Strategy, Web
from usagetray.providers.parse import account_of_home
from usagetray.quick_dataclass import dataclass
from usagetray.settings import Settings
from usagetray.spine.planned import Count, with_plan
from usagetray.spine.sources import Tool, environ_of, key_of
from usagetray.spine.store_state import seconds

log = logging.getLogger(__name__)

OWNED_ANEW_AFTER = timedelta(hours=1)
"""For this long a token that is known as one account's is not believed to be another's."""
STEADY = timedelta(seconds=2)
"""By so much what servers say of our clock differs from answer to answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """What a refresh reaches the world through."""

    clock: Clock
    store: Store
    environ: Mapping[str, str]  # names the homes of the vendors' tools
    spool_dir: Path
    keychain: Keychain
    web: Callable[[Tool, Strategy], Web]
    clock_off: Callable[[Tool, Strategy], timedelta | None]
    saving: Callable[[], bool]
    programs: Programs = field(default_factory=Programs)
    settings: Callable[[], Settings] = Settings
    count: Count | None = None
    """Who counts a provider's responses in the ledger; None: nobody yet."""


def known_facts(edges: Edges, tool: Tool, strategy: Strategy, *, may_ask: bool = False) -> Facts:
    """What lies on this machine for it, now. Raises `SourceError` of the key store.

    `may_ask`: the user clicked, so a locked key store may ask for its password.
    """
    found = facts.resolve(
        strategy,
        tool.home,
        now=edges.clock.now(),
        spool_dir=edges.spool_dir,
        keychain=key_of(tool, strategy, lambda name: edges.keychain.get(name, may_ask=may_ask)),
        environ=environ_of(tool, strategy, edges.environ),
        programs=edges.programs,
    )
    own = edges.settings().of(tool.provider.id)
    return replace(with_plan(found, strategy, tool.provider.id, own, edges.count), options=tool.options)


def credential(strategy: Strategy, known: Facts) -> str | None:
    """The fingerprint of the token that the strategy would send, knowing this. From here on no log can hold it."""
    secret = strategy.credential(known) if strategy.credential else None
    if secret is not None:
        _conceal(secret)
    return fingerprint(secret)


def _conceal(secret: Secret) -> None:
    from usagetray.edges.logs import conceal  # deferred: a look at local files sends no token

    conceal(secret)


def still_sends(edges: Edges, tool: Tool, strategy: Strategy, token: str | None, *, if_unknown: bool) -> bool:
    """Whether it would send the same token again; `if_unknown` where the key store does not say."""
    try:
        return credential(strategy, known_facts(edges, tool, strategy)) == token
    except SourceError:
        return if_unknown


def fingerprint(secret: Secret | None) -> str | None:
    """Tells one token from another without holding any part of it."""
    if secret is None:
        return None
    import hashlib  # deferred: 2 ms, for who has a token

    octets = secret.reveal().encode("utf-8", "surrogatepass")  # what a file says need not be text that can be sent
    return hashlib.sha256(octets).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Asked:
    attempt: Attempt
    snapshots: tuple[Snapshot, ...]
    is_noted: bool  # its beginning, in the store
    rowid: int | None


def ask(edges: Edges, tool: Tool, strategy: Strategy, *, may_ask: bool = False) -> Asked:
    """One attempt, whatever comes of it. `note_end` has to follow, if the store is still open."""
    clock, store, source = edges.clock, edges.store, tool.source(strategy)
    attempt = Attempt(at=clock.now())
    noted = _Noted(
        lambda: edges.web(tool, strategy),
        lambda: store.begin_attempt(source, attempt.at, attempt.credential),
    )
    snapshots: tuple[Snapshot, ...] = ()
    try:
        known = known_facts(edges, tool, strategy, may_ask=may_ask)
        attempt = replace(attempt, credential=credential(strategy, known))
        former = _former(store, source, attempt.credential)
        snapshots = strategy.fetch(noted.facts(replace(known, former=former)), noted)
        if not _is_theirs(edges, tool, strategy, attempt, snapshots, noted.answers, former):
            snapshots, attempt = (), replace(attempt, cause=Cause.CHANGED)
        snapshots = _named(tool, snapshots)
    except SourceError as error:
        attempt = replace(attempt, cause=error.cause, detail=error.detail, retry_after=error.retry_after)
        if error.cause in SETTLED_BY_SIGN_IN and not still_sends(
            edges, tool, strategy, attempt.credential, if_unknown=False
        ):
            attempt = replace(attempt, cause=Cause.CHANGED)
    except Exception as error:  # the top of this attempt: it ends with a state like any other, and waits like them
        log.exception("%s/%s failed in a way nobody foresaw", *source.key[::2])
        attempt = replace(attempt, cause=Cause.BAD_DATA, detail=type(error).__name__)
    return Asked(replace(attempt, ended_at=clock.now()), snapshots, noted.noted, noted.rowid)


def note_end(edges: Edges, tool: Tool, strategy: Strategy, asked: Asked) -> None:
    """Keeps how an attempt ended."""
    store, source = edges.store, tool.source(strategy)
    if asked.is_noted or asked.attempt.asked:
        store.end_attempt(asked.rowid, asked.attempt, source)
    else:
        store.note_outcome(source, asked.attempt)
    off, name = edges.clock_off(tool, strategy), f"clock_off/{tool.provider.id}"
    known = seconds(store.meta(name))
    if off is not None and (known is None or abs(off - known) > STEADY):
        store.set_meta(name, str(off.total_seconds()))


def _former(store: Store, source: Source, token: str | None) -> tuple[Snapshot, ...]:
    """What the source said before. What was billed is known only to the same token: another may be somebody else's."""
    answered = next((each for each in reversed(store.attempts(source)) if each.answered), None)
    return store.former(source, with_bill=answered is not None and answered.credential == token)


# ---- whose figures they are --------------------------------------------------------------------------------


def _named(tool: Tool, snapshots: Sequence[Snapshot]) -> tuple[Snapshot, ...]:
    """What was had with a further account's key is that account's, by the name the user gave it, whoever it names."""
    if not tool.account:
        return tuple(snapshots)
    return tuple(
        replace(each, account=replace(each.account, id=tool.account, label=tool.account)) for each in snapshots
    )


def _is_theirs(
    edges: Edges,
    tool: Tool,
    strategy: Strategy,
    attempt: Attempt,
    snapshots: Sequence[Snapshot],
    answers: Sequence[Any],
    former: tuple[Snapshot, ...],
) -> bool:
    """Whether the answer certainly belongs to the account it names.

    Vendors' tools write who is signed in and the token into different files, one after the other. So after the
    answer both must still be as before, and a token once known as one account's is not taken for another's.
    """
    if strategy.credential is None and not any(isinstance(need, Program) for need in strategy.needs):
        return True  # asked with a key of the user's, which is its own account
    after = known_facts(edges, tool, strategy)
    if credential(strategy, after) != attempt.credential:
        return False
    owners = {each.account.id for each in snapshots}
    repeated = _Again(answers)
    try:
        again = strategy.fetch(repeated.facts(replace(after, former=former)), repeated)
    except SourceError:
        return False
    if {each.account.id for each in again} != owners:
        return False
    return attempt.credential is None or len(owners) != 1 or _owns(edges.store, tool, strategy, attempt, owners.pop())


def _owns(store: Store, tool: Tool, strategy: Strategy, attempt: Attempt, owner: str) -> bool:
    if owner == account_of_home(tool.home).id:
        return True  # nobody is named, so nobody can be mistaken
    name = f"owner/{tool.provider.id}/{attempt.credential}"
    known = store.meta(name)
    if known == owner:
        return True
    if known is not None:
        # The first telling may have been the wrong one: when the files say otherwise for long, they are believed.
        failed_at = [each.at for each in since_success(store.attempts(tool.source(strategy)))]
        if not failed_at or attempt.at - failed_at[0] < OWNED_ANEW_AFTER:
            log.info("%s: the sign-in is known as another account's", tool.provider.name)
            return False
    store.set_meta(name, owner)
    return True


class _Noted:
    """A way out, to a server or a program, on which the first step is noted in the store before it is taken."""

    def __init__(self, web: Callable[[], Web], note: Callable[[], int | None]) -> None:
        self._web = cache(web)  # made when it is needed: a strategy that asks a program has no origin
        self._note = note
        self.noted = False
        self.rowid: int | None = None
        self.answers: list[Any] = []

    def get_json(
        self, path: str, *, bearer: Secret, headers: Mapping[str, str] | None = None, auth: str = BEARER
    ) -> Any:
        self._begin(bearer)
        return self._kept(lambda: self._web().get_json(path, bearer=bearer, headers=headers, auth=auth))

    def post_json(
        self, path: str, body: Any, *, bearer: Secret, headers: Mapping[str, str] | None = None, auth: str = BEARER
    ) -> Any:
        self._begin(bearer)
        return self._kept(lambda: self._web().post_json(path, body, bearer=bearer, headers=headers, auth=auth))

    def _kept(self, ask: Callable[[], Any]) -> Any:
        """A refusal is kept like an answer: a strategy may go on without what it asked for."""
        try:
            answer = ask()
        except SourceError as error:
            self.answers.append(error)
            raise
        self.answers.append(answer)
        return answer

    def facts(self, known: Facts) -> Facts:
        return replace(known, programs={name: self._run(run) for name, run in known.programs.items()})

    def _run(self, run: Run) -> Run:
        def noted(
            arguments: Sequence[str], told: bytes, is_answer: Callable[[bytes], bool], environ: Mapping[str, str]
        ) -> bytes:
            self._begin()
            said: bytes = self._kept(lambda: run(arguments, told, is_answer, environ))
            return said

        return noted

    def _begin(self, bearer: Secret | None = None) -> None:
        if bearer is not None:
            _conceal(bearer)  # one that a program handed out is known only now
        if not self.noted:
            self.rowid, self.noted = self._note(), True


class _Again:
    """Says what was said before, in the same order; nothing is sent, and no program is started."""

    def __init__(self, answers: Sequence[Any]) -> None:
        self._left = list(answers)

    def get_json(
        self, path: str, *, bearer: Secret, headers: Mapping[str, str] | None = None, auth: str = BEARER
    ) -> Any:
        del path, bearer, headers, auth
        return self._next()

    def post_json(
        self, path: str, body: Any, *, bearer: Secret, headers: Mapping[str, str] | None = None, auth: str = BEARER
    ) -> Any:
        del path, body, bearer, headers, auth
        return self._next()

    def facts(self, known: Facts) -> Facts:
        def repeat(
            arguments: Sequence[str], told: bytes, is_answer: Callable[[bytes], bool], environ: Mapping[str, str]
        ) -> bytes:
            del arguments, told, is_answer, environ
            said = self._next()
            return said if isinstance(said, bytes) else b""

        return replace(known, programs=dict.fromkeys(known.programs, repeat))

    def _next(self) -> Any:
        if not self._left:
            raise SourceError("repeated", Cause.CHANGED)
        said = self._left.pop(0)
        if isinstance(said, SourceError):
            raise said
        return said
