"""What a provider module declares: where its facts lie, by which strategies they are had, and under what consent.

A provider never opens a file, a keychain or the store. It names its needs; the spine has an edge resolve them
into `Facts`, hands those to the strategy's `fetch`, and stores the snapshots that come back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from usagetray.billing import BillingRules
from usagetray.model import Secret, Snapshot
from usagetray.quick_dataclass import dataclass
from usagetray.usage import EventRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """One installation of a vendor's tool: a folder that holds its settings and logs."""

    path: Path
    is_default: bool  # the tool's own place, not one named by a variable or a setting


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeRule:
    """Where a vendor's tool lives: the folder named by `env`, else `default`, plus those named in settings."""

    env: str = ""  # "CLAUDE_CONFIG_DIR", which may name several; "": no variable of the tool's own moves it
    default: str  # "~/.claude"
    also: tuple[str, ...] = ()  # other places of its own, looked at where they exist and no variable names one
    elsewhere: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By `sys.platform`: places that count before `default`, the first whose variable is set: "$APPDATA/Tool"."""


# ---- needs -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalFile:
    """One file of the tool, read whole (up to `most` bytes), never written."""

    name: str
    place: Callable[[Home], Path]
    most: int = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class NewestFiles:
    """The ends of the files of a tree that changed last, by modification time; newest first."""

    name: str
    under: Callable[[Home], Path]
    suffixes: tuple[str, ...] = (".jsonl",)
    depth: int = 3  # folders below `under` that are looked into
    count: int = 8
    tail: int = 256 * 1024
    head: int = 0  # bytes of the beginning to read as well where only the end is read


@dataclass(frozen=True, slots=True, kw_only=True)
class Spooled:
    """Lines that a helper of ours left in our own state folder (the status line bridge), newest last."""

    name: str
    spool: str  # name of the spool


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A secret the user gives us: kept in the OS keychain, or found in the environment."""

    name: str
    label: str  # "API key"
    env: tuple[str, ...] = ()
    has_blanks: bool = False  # what is typed may hold some: several cookies


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """The vendor's own program, as the user installed it; started only with consent, never through a shell."""

    name: str  # as it is found on PATH: "claude"
    places: tuple[str, ...] = ()  # where else it may lie: a desktop program does not see the shell's PATH
    environ: tuple[str, ...] = ()  # variables of ours it needs, besides those any program does
    within_s: float | None = None  # an answer must come within this; None: the ordinary time


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteValue:
    """One value of a tool's own SQLite file, by its key; read without a lock, a side file or a trace.

    It is found among the files, its bytes as they stand there. A row that only the write-ahead log holds is not seen.
    """

    name: str
    place: Callable[[Home], Path]
    table: str  # with the columns `key` and `value`
    key: str
    most: int = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the user says of their plan in the settings, where nobody else does: `providers.ID.plan`, `.plan_day`."""

    name: str = "plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The responses that our own ledger of logs holds of this provider, or of models whose names begin like these."""

    name: str = "count"
    models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where the user's own server stands, typed at `connect`: the strategy's origin. Another one asks for its key."""

    label: str  # "Address of your server"
    env: tuple[str, ...] = ()
    """Proposed at `connect`. A key of the environment is sent only while one of these still says the same."""
    cut: tuple[str, ...] = ()  # ends that people paste along: "/v1"


Need = LocalFile | NewestFiles | Spooled | Key | Address | Program | SqliteValue | Said | Counted

CountSince = Callable[[datetime], int]
"""How many responses there were from this instant on."""


class Run(Protocol):
    """Starts one program, tells it something, and takes lines from it until one is the answer."""

    def __call__(
        self, arguments: Sequence[str], told: bytes, is_answer: Callable[[bytes], bool], environ: Mapping[str, str]
    ) -> bytes:
        """The line that is the answer. `environ` is added to what the program may see.

        Raises `SourceError`: TIMEOUT when no line was the answer in time, BAD_DATA when the program ended first.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FileText:
    """A file's bytes, or its last bytes, as they were at one instant."""

    path: Path
    content: bytes
    modified_at: datetime
    cut: bool = False  # the beginning is missing: the first line may be half a line
    head: bytes = b""  # the first bytes of a cut file, where the need asked for them


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the edges found for a strategy's needs. A name that is absent was not there."""

    home: Home
    now: datetime
    files: Mapping[str, tuple[FileText, ...]] = field(default_factory=dict)
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    programs: Mapping[str, Run] = field(default_factory=dict)
    plan: str = ""  # as the user named it in the settings; "" where they did not, or nobody needs it
    plan_day: int | None = None  # of the month on which it renews, as they said
    count: CountSince | None = None  # None: no ledger is there to count in
    former: tuple[Snapshot, ...] = ()  # what this very source said last, of each account
    options: frozenset[str] = frozenset()  # those of the provider that the user has switched on

    def file(self, name: str) -> FileText | None:
        found = self.files.get(name, ())
        return found[0] if found else None


BEARER = "Authorization: Bearer {}"
"""The header that carries the secret, in most vendors' form; the braces stand for the secret itself."""

Headers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form, for a vendor that takes its questions so."""

    fields: Mapping[str, str] = field(repr=False)  # one of them may be as good as a password


class Web(Protocol):
    """One origin, and no other, over verified TLS; bound to the strategy that asked."""

    def get_json(self, path: str, *, bearer: Secret, headers: Headers | None = None, auth: str = BEARER) -> Any:
        """The decoded JSON body of a 200 answer. `auth`: where the secret goes, in the form of `BEARER`.

        Raises `SourceError` with the cause for everything else; never follows a redirect.
        """
        ...

    def post_json(
        self, path: str, body: Any, *, bearer: Secret, headers: Headers | None = None, auth: str = BEARER
    ) -> Any:
        """The same for a question that is itself JSON, or a `Form`: some are read by a POST. It changes nothing."""
        ...


# ---- logs --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPlace:
    """Where a log file lies, for its decoder."""

    path: str  # below the tree, parted by "/"
    home: Home
    find: Callable[[str], Iterable[bytes]] = lambda _: ()
    """The whole lines of another log of this source whose file name contains the text; none if there is none."""


class LogDecoder(Protocol):
    """Reads one log file, line by line, from its beginning or from where an earlier decoder stopped."""

    skipped: Counter[str]
    """Lines that could not be read, by reason: "not JSON", "not an object", "bad usage"..."""

    def take(self, line: memoryview, offset: int, events: list[EventRow]) -> None:
        """Adds what the line tells. `offset`: where it begins in the file. Never raises for bad content.

        The memory belongs to the reader and changes after the call.
        """
        ...

    def state(self) -> bytes:
        """What a later decoder of the same file needs to go on after the last line taken; b"" for nothing."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """After how long the tool deletes its logs, and the file of its own in which the user may change that."""

    file: LocalFile
    setting: str  # its name there
    read: Callable[[bytes], timedelta | None]  # from the file's content; None: it does not say
    default: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSource:
    """The logs in which a vendor's tool notes what each response used."""

    trees: Callable[[Home], tuple[Path, ...]]
    decoder: Callable[[LogPlace, bytes], LogDecoder]
    """Given the place and what `state()` said last; b"" at the beginning of a file."""
    needles: tuple[bytes, ...]
    """A line that holds none of them tells nothing, and is not handed to the decoder."""
    suffixes: tuple[str, ...] = (".jsonl",)
    skips: Callable[[str], bool] = lambda _: False
    """Files, by their path below the tree, that hold nothing to count."""
    retention: Retention | None = None
    folder: Callable[[str], str] = lambda path: path.partition("/")[0]
    """The tool's own name of a project's folder, from a log's path."""


# ---- strategies and providers ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy:
    """One way to have a provider's figures. Earlier ones in a provider's tuple are preferred at equal age."""

    id: str
    label: str  # reads after "from": "the status line"
    needs: tuple[Need, ...]
    fetch: Callable[[Facts, Web | None], tuple[Snapshot, ...]]
    """Raises `SourceError`. `NOT_CONNECTED` when what it needs is not there. `Web` is given when `origin` is set."""
    consent: str | None = None
    """What is read and sent, in the words the user agrees to. None: no secret, network or program; on by default."""
    origin: str | None = None
    """Scheme, host and port. None: a passive source, read on every tick, or one whose needs name an `Address`."""
    one_of: str | None = None
    """Strategies with one word here ("region") are for different accounts, each with its key: `connect` asks which."""
    poll_every: timedelta = timedelta(minutes=5)
    clicks_apart: timedelta = timedelta(seconds=20)
    """Between two attempts that the user asks for."""
    only_in_use: bool = False
    """Asked by itself only while the vendor's tool is in use; else at the user's click alone."""
    when_throttled: str | None = None
    """What the user can do where the vendor keeps answering 429 to programs like ours; it is then asked hourly."""
    when_refused: str | None = None
    """What the user should know where the vendor answers 403; it is then not asked again until they refresh."""
    reasons: Mapping[str, str] = field(default_factory=dict)  # by an error's detail: what to know in its place
    withdraws: bool = False
    """What it no longer says is no longer so (a lock that was lifted); other sources' last word stands."""
    credential: Callable[[Facts], Secret | None] | None = None
    """The token the fetch would send, so that a change of it can be noticed without a request."""

    @property
    def is_asked(self) -> bool:
        """Has to be asked, a server or a program, and so is paced; others only read what lies here."""
        return self.asks_server or any(isinstance(need, Program) for need in self.needs)

    @property
    def asks_server(self) -> bool:
        return self.origin is not None or self.address is not None

    @property
    def address(self) -> Address | None:
        return next((need for need in self.needs if isinstance(need, Address)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """Something the user can switch on where a vendor's answer can be understood in two ways."""

    name: str  # as it stands in the settings: "counts-mean-used"
    explains: str  # one sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A change of one text that can be taken back byte for byte."""

    text: str  # the whole text after the change
    at: int  # index in characters where the change stands
    removed: str  # what stood there before
    inserted: str  # what stands there now
    former_command: str | None  # the user's own command that ours must call


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """A place in the vendor's own settings where our helper may stand, put there only by `connect`."""

    id: str
    explains: str  # what is written where, and what is read, in the user's words
    place: Callable[[Home], Path]
    install: Callable[[str | None, str], Edit]
    """(text of the file or None, our command) -> the edit. Raises `UserError` on a file that does not parse."""
    remove: Callable[[str, str, str | None], str]
    """(text of the file, our command, former command) -> text with only our command taken out again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer of a pretended server."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """A made-up day in the vendor's own shapes, played by `usagetray demo` to the real program.

    Both functions take the instant at which the day began and the present one.
    """

    files: Callable[[datetime, datetime], Mapping[str, bytes]]
    """What the pretended tool has in its home by now: path within the home, and content."""
    reply: Callable[[datetime, datetime], Reply] | None = None
    """What the vendor's server answers now; None: no strategy that asks one takes part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusPage:
    """Where the vendor says what is out of order, in the shape of Statuspage v2; asked without any secret."""

    origin: str
    components: tuple[str, ...]
    """Ids of the parts that matter here, or how their names begin, in any case; trouble of others is not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    id: str
    name: str
    homes: HomeRule | None
    strategies: tuple[Strategy, ...]
    signs: tuple[NewestFiles | LocalFile, ...] = ()
    """Files whose presence says that the tool is used here (for `providers` and the first run)."""
    activity: tuple[NewestFiles, ...] = ()
    """Logs whose newest change says when the tool was last used (freshness of passive figures)."""
    logs: LogSource | None = None
    hooks: tuple[Hook, ...] = ()
    billing: BillingRules | None = None  # which credential its tool would bill
    hosts: tuple[str, ...] = ()  # at which, and below which, it serves and bills other vendors' tools as well
    options: tuple[Option, ...] = ()
    reads: str = ""  # one sentence: what is read on this machine without any consent
    official: bool = False  # the vendor documents this source
    rehearsal: Rehearsal | None = None
    status_page: StatusPage | None = None
    vendor: str = ""  # who bills for it: what one of a vendor's providers counts, another one's bill may hold
