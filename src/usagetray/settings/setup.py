"""What there is to be set up on one computer, as the settings window shows it; `spine/setting_up.py` makes it."""

from __future__ import annotations

from usagetray.quick_dataclass import dataclass
from usagetray.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One thing the user can allow, in the words they agree to."""

    name: str  # "status-line"
    title: str  # where it has its figures from: "the status line"
    explains: str
    given: bool
    key: str = ""  # what the key is called that it needs: "API key"; "": none
    blanks: bool = False  # what is typed may hold some: several cookies
    variables: tuple[str, ...] = ()  # of the environment, that may hold the key
    address: str | None = None  # of the user's own server, "" before it was typed; None: it has none of theirs
    address_label: str = ""
    one_of: str = ""  # "region": of those with the same word one is good for a key
    starts: bool = False  # starts another program
    writes: bool = False  # changes a file of another program
    home: str = ""  # the one of several folders of the tool that this is about

    @property
    def key_name(self) -> str:
        """No other consent of the provider is called so."""
        return f"{self.name}@{self.home}" if self.home else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One provider, found here or possible."""

    provider: str  # its id
    name: str
    found: bool  # its tool has left a trace on this computer
    enabled: bool
    reads: str  # one sentence: what is read here without any consent; "": nothing is
    has_free: bool  # some of its figures need no consent
    sources: tuple[str, ...] = ()  # in use, without asking or by a consent; they read after "from": "the status line"
    consents: tuple[Consent, ...] = ()
    accounts: tuple[tuple[str, tuple[Consent, ...]], ...] = ()  # further ones, by the name the user gave
    homes: tuple[str, ...] = ()  # the folders that are looked at
    takes_homes: bool = False
    takes_logs: bool = False
    takes_plan: bool = False  # only the user can say which plan they pay for
    options: tuple[tuple[str, str], ...] = ()  # name and explanation of what can be switched on

    @property
    def is_allowed(self) -> bool:
        """A consent was given, whether or not it is switched on."""
        return any(each.given for each in self.consents)

    @property
    def is_connected(self) -> bool:
        """Something of it is read."""
        return self.enabled and ((self.has_free and self.found) or self.is_allowed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    settings: Settings
    config_file: str = ""
    places: tuple[str, str] = ("", "")  # of the settings file, and of readings and history, as people write them
    connections: tuple[Connection, ...] = ()
    autostart: bool | None = None  # None: this profile cannot start at login
    demo: bool = False
    kept_bytes: int | None = None  # of readings and history; None: nothing was kept yet
