"""The words for which credential pays: routes, modes, where the evidence stands, what a provider's rules are given.

A value that was found stands in a `Secret` and is compared, never kept: a verdict holds names, files and lines only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from enum import StrEnum
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, Protocol

from usagetray.model import Secret
from usagetray.quick_dataclass import dataclass


class Route(StrEnum):
    PLAN = "plan"  # a subscription's login or its long-lived token
    API_KEY = "api_key"  # an organisation, at API rates
    AUTH_TOKEN = "auth_token"  # noqa: S105 - a name; a bearer token, sent to the vendor itself
    CLOUD = "cloud"  # a cloud's account, or an organisation's own sign-in gateway
    HELPER = "helper"  # a program prints the key; who pays depends on what it prints
    OTHER_VENDOR = "other_vendor"
    UNKNOWN = "unknown"


class Certainty(StrEnum):
    CERTAIN = "certain"  # the environment of the run is known, and only rules the vendor documents were used
    LIKELY = "likely"
    UNKNOWN = "unknown"


class Mode(StrEnum):
    INTERACTIVE = "interactive"
    HEADLESS = "headless"  # one question from a script: nobody is there to be asked
    SDK = "sdk"
    IDE_EXTENSION = "ide_extension"
    DESKTOP_APP = "desktop_app"
    CLOUD = "cloud"  # runs on the vendor's computers


UNASKED = (Mode.HEADLESS, Mode.SDK)
"""Modes without anybody who could approve a key or trust a folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Where something stands. Never what."""

    source: str  # "file", "login", "process_env", "registry_user", "registry_machine", "mode"
    file: str | None = None
    line: int | None = None  # 1-based
    variable: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A variable as it was found. Its value may be empty, which counts as not set."""

    value: Secret | None  # None: it is set, but to what only a shell could say
    at: Evidence
    perhaps: bool = False  # set under a condition
    in_settings: bool = False  # by the tool's own settings, not by the environment

    @property
    def is_empty(self) -> bool:
        return self.value is not None and not self.value.reveal().strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """Found, and not deciding."""

    at: Evidence
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One file of the tool, read. Its values may be secret, so it cannot be printed with them."""

    path: str
    table: Mapping[str, Any] = field(default_factory=dict, repr=False)
    broken_at: int | None = None  # the line at which it is no valid file of its kind; then the table is empty
    line: Callable[[tuple[str, ...]], int | None] = field(default=lambda _: None, repr=False)

    def get(self, *keys: str) -> Any:
        """The value at nested keys; None where there is none."""
        found: Any = self.table
        for key in keys:
            found = found.get(key) if isinstance(found, Mapping) else None
        return found

    def at(self, *keys: str, source: str = "file", variable: str | None = None) -> Evidence:
        return Evidence(source=source, file=self.path, line=self.line(keys), variable=variable or keys[-1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One tool's start: in which mode, from where, and in which folder."""

    mode: Mode
    system: str  # "linux", "macos", "windows", "wsl"
    home: str
    tool_home: str  # the folder of the tool's settings
    is_default_home: bool = True
    place: str | None = None  # the folder it is started in; None: none of a project
    root: str | None = None  # of the repository around that folder, of its main checkout
    terminal_shell: str = ""  # of the user's terminals: "zsh", "bash", "fish", "powershell"
    launched_from: str = "terminal"  # "gui", "service", "cron"
    in_editor: bool = False  # one that takes over the environment of a login shell
    environ: Mapping[str, str] | None = field(default=None, repr=False)
    """What the tool's process was started with; None: not known, so that files have to tell."""
    folders: Mapping[str, str] = field(default_factory=dict)
    """Variables that name folders, as far as they are set: XDG_CONFIG_HOME, ZDOTDIR, APPDATA, OneDrive."""

    def join(self, *parts: str) -> str:
        kind = PureWindowsPath if self.system == "windows" else PurePosixPath
        return str(kind(*parts))

    def above(self, path: str) -> str:
        kind = PureWindowsPath if self.system == "windows" else PurePosixPath
        return str(kind(path).parent)


class Look(Protocol):
    """What rules read files through: bounded, regular files only. None where there is none."""

    def json(self, path: str) -> Document | None: ...
    def toml(self, path: str) -> Document | None: ...
    def text(self, path: str) -> str | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingFacts:
    """All that was found for one start of a tool."""

    scene: Scene
    documents: Mapping[str, Document]  # by the names the rules gave them
    environ: Mapping[str, Held] | None  # of the process; None: not known
    predicted: Mapping[str, Held] = field(default_factory=dict)  # by profiles and the system, for the next start
    unloaded: Mapping[str, Held] = field(default_factory=dict)  # in files of the folder that a launcher may load
    vendors: Mapping[str, str] = field(default_factory=dict)  # name of a vendor, by the host that serves other tools


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Variables that one file of the tool's settings sets."""

    path: str
    variables: Mapping[str, Held]
    applies: bool = True
    why: str = ""  # where it does not: "folder not trusted yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a rung sees: the facts, and the variables in force after settings have replaced what they replace."""

    facts: BillingFacts
    env: Mapping[str, Held]  # none of them empty

    @property
    def mode(self) -> Mode:
        return self.facts.scene.mode

    def document(self, name: str) -> Document | None:
        return self.facts.documents.get(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A rung's answer: this is the credential."""

    route: Route
    because: tuple[Evidence, ...] = ()  # the deciding one first
    sure: bool = True  # only rules that the vendor documents, on what certainly holds
    anywhere: bool = False  # no variable could change it
    sent: str = ""  # "key" or "login": what goes along to another address, where one is set; "": it does not matter
    vendor: str = ""  # of OTHER_VENDOR
    says: str = ""  # of UNKNOWN: what is missing, after the name and place of the deciding evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A credential that is there and is not used here."""

    at: Evidence
    why: str
    sure: bool = True


Rung = Callable[[Sight], Claim | Passed | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """A variable that sends requests, and the credential with them, to another address."""

    variable: str
    own: tuple[str, ...]  # hosts of the vendor itself, which change nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingRules:
    """How a vendor's tool chooses what it signs in with."""

    tool: str  # "Example Code", as people call it
    headless: str  # how it is asked one thing from a script: "example -p"
    check: str  # how the user can see it for themselves, in the terminal meant
    programs: tuple[str, ...]  # as they are typed: a shell's alias may take a variable away from them
    variables: tuple[str, ...]  # whose values may matter; no other's is looked at
    credentials: tuple[str, ...]  # those of them that are credentials and rank above the login
    documents: Callable[[Scene, Look], Mapping[str, Document]]
    blocks: Callable[[BillingFacts], tuple[Block, ...]] = lambda _: ()
    """Variables of the tool's settings, the weakest file first."""
    cancels: tuple[str, ...] = ()  # variables of which the vendor says that settings may cancel them with an empty text
    rungs: tuple[Rung, ...]  # in order of precedence: the first that claims decides
    has_plan: Callable[[Sight], bool]  # a subscription's login is stored
    rewritten: tuple[str, ...] = ()
    """Documents that the tool writes again and again: one that is broken is half written, and says nothing."""
    vital: tuple[str, ...] = ()  # documents of which a broken one leaves every answer likely at most
    redirect: Redirect | None = None
    reads_sign_in: bool = False
    """One of the documents holds the tool's sign-in: without the user's consent nothing is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one start of one tool would bill, or bills."""

    mode: Mode
    route: Route
    certainty: Certainty
    because: tuple[Evidence, ...] = ()  # the deciding one first
    set_aside: tuple[SetAside, ...] = ()
    would_warn: bool = False  # a plan is there, and it is not what pays, here or in a run from a script
    vendor: str = ""
    says: str = ""
