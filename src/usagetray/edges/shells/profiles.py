"""Which files give a terminal's programs their variables, and what those files come to. Reads; never runs.

Sources: the manuals of zsh (STARTUP/SHUTDOWN FILES), bash (INVOCATION), fish (CONFIGURATION) and PowerShell
(about_Profiles), pam_env and environment.d. Terminals are login shells on macOS and mostly not on Linux.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Protocol

from usagetray.billing import Held, Scene
from usagetray.edges.shells import fish, plain_lines, posix, powershell
from usagetray.edges.shells.statements import Environment, Statement
from usagetray.quick_dataclass import dataclass

Parse = Callable[[str, Mapping[str, str]], Iterator[Statement]]

ZSH_FOLDER = "ZDOTDIR"
MOST_SOURCED = 20
"""Files that one profile reads along; theirs are not followed."""


class Files(Protocol):
    """What is read through: bounded, regular files only."""

    def text(self, path: str) -> str | None: ...

    def names(self, folder: str) -> tuple[str, ...]:
        """Of the files in a folder, in order."""
        ...

    def registry(self, hive: str) -> Mapping[str, str]:
        """The variables kept in a part of the registry, names in upper case; none where there is no such thing."""
        ...


@dataclass(frozen=True, slots=True)
class _Profile:
    path: str
    parse: Parse
    is_of_session: bool = False  # read by no shell of the user's: what it reads along for one does not count


REGISTRY = (
    ("registry_machine", r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment"),
    ("registry_user", r"HKCU\Environment"),
)
"""The user's own wins."""


def predicted(
    scene: Scene, files: Files, names: Iterable[str], programs: Iterable[str]
) -> tuple[dict[str, Held], dict[str, Held]]:
    """The variables of interest that the next start would get, and those of typed commands after aliases."""
    names = tuple(names)
    reader = _Reader(scene, files, names, tuple(programs))
    for source, hive in REGISTRY if scene.system == "windows" else ():
        for name, value in files.registry(hive).items():
            statement = Statement(kind="set", name=name.upper(), value=value, line=0, exported=True)
            reader.environment.take(statement, hive, source)
    for profile in _of_session(scene, files):
        reader.read(profile)
    if scene.launched_from == "terminal" or (scene.launched_from == "gui" and scene.in_editor):
        for profile in _of_shell(scene, files, reader.environment):
            reader.read(profile)
    found = reader.environment.exported()
    found.pop(ZSH_FOLDER, None)
    return found, reader.after_aliases(found)


def unloaded(scene: Scene, files: Files, names: Iterable[str]) -> dict[str, Held]:
    """Variables in files of the folder that a launcher may load, and nobody else does."""
    environment = Environment(names)
    for name in (".envrc", ".env", ".env.local") if scene.place else ():
        path = scene.join(scene.place or "", name)
        for statement in plain_lines.statements(files.text(path) or "", {}):
            environment.take(statement, path)
    return {name: held for name, held in environment.exported().items() if not held.is_empty}


class _Reader:
    def __init__(self, scene: Scene, files: Files, names: tuple[str, ...], programs: tuple[str, ...]) -> None:
        self.environment = Environment((*names, ZSH_FOLDER))
        self._files, self._names, self._programs = files, names, programs
        self._home = scene.home
        self._known = {"HOME": scene.home, "USERPROFILE": scene.home}
        self._aliases: dict[str, tuple[str, str, int]] = {}  # by program: value, file, line

    def read(self, profile: _Profile, *, depth: int = 0, perhaps: bool = False) -> None:
        text = self._files.text(profile.path)
        sourced = 0
        for statement in profile.parse(text, self._known) if text is not None else ():
            if statement.kind == "source":
                if depth or sourced == MOST_SOURCED or (statement.perhaps and profile.is_of_session):
                    continue
                sourced += 1
                path = self._absolute(statement.value or "")
                if path:
                    self.read(replace(profile, path=path), depth=1, perhaps=statement.perhaps)
            elif statement.kind == "alias" and statement.name in self._programs:
                self._aliases[statement.name] = (statement.value or "", profile.path, statement.line)
            else:
                kept = replace(statement, perhaps=True) if perhaps else statement
                self.environment.take(kept, profile.path)

    def _absolute(self, path: str) -> str | None:
        """A path that stands there in full; any other depends on where the shell is."""
        if path.startswith(("~/", "~\\")):
            return f"{self._home}{path[1:]}"
        return path if path.startswith("/") or path[1:3] in (":\\", ":/") else None

    def after_aliases(self, found: Mapping[str, Held]) -> dict[str, Held]:
        """`claude` as an alias of `env -u NAME claude`, or of `NAME= claude`: for commands that are typed."""
        environment = Environment(self._names)
        kept = dict(found)
        for value, file, line in self._aliases.values():
            for statement in _of_alias(value, line):
                if statement.kind == "unset":
                    kept.pop(statement.name, None)
                else:
                    environment.take(statement, file)
        return kept | environment.exported()


def _of_alias(value: str, line: int) -> Iterator[Statement]:
    try:
        words = shlex.split(value)
    except ValueError:
        return
    at = 0
    while at < len(words):
        word = words[at]
        name, sign, text = word.partition("=")
        if word in ("-u", "--unset") and at + 1 < len(words):
            yield Statement(kind="unset", name=words[at + 1], line=line)
            at += 1
        elif word.startswith("--unset="):
            yield Statement(kind="unset", name=text, line=line)
        elif sign and name.isidentifier():
            unknown = "$" in text or "`" in text
            yield Statement(kind="set", name=name, value=None if unknown else text, line=line, exported=True)
        elif word not in ("env", "command", "-i", "-"):
            return
        at += 1


# ---- which files -------------------------------------------------------------------------------------------


def _of_session(scene: Scene, files: Files) -> Iterator[_Profile]:
    """What the system gives every program of the user's session."""
    if scene.system not in ("linux", "wsl") or scene.launched_from == "cron":
        return
    if scene.launched_from != "service":
        yield _Profile("/etc/environment", plain_lines.statements)
    folder = scene.join(_config(scene), "environment.d")
    yield from (_Profile(scene.join(folder, each), plain_lines.statements) for each in _ending(files, folder, ".conf"))
    if scene.launched_from != "service":
        yield _Profile(scene.join(scene.home, ".pam_environment"), plain_lines.statements)
        yield _Profile(scene.join(scene.home, ".profile"), posix.statements, is_of_session=True)


def _of_shell(scene: Scene, files: Files, environment: Environment) -> Iterator[_Profile]:
    """In the order in which the shell reads them. An editor resolves an interactive login shell."""
    is_login = scene.system == "macos" or scene.in_editor
    if scene.terminal_shell == "zsh":
        yield from _zsh(scene, environment, is_login=is_login)
    elif scene.terminal_shell == "fish":
        yield from _fish(scene, files)
    elif scene.terminal_shell in ("powershell", "pwsh"):
        yield from _powershell(scene)
    else:
        yield from _bash(scene, files, is_login=is_login)


def _zsh(scene: Scene, environment: Environment, *, is_login: bool) -> Iterator[_Profile]:
    folder = scene.folders.get(ZSH_FOLDER) or scene.home
    yield _Profile(scene.join(folder, ".zshenv"), posix.statements)
    folder = environment.value(ZSH_FOLDER) or folder  # where people move the others to
    names = (".zprofile", ".zshrc", ".zlogin") if is_login else (".zshrc",)
    yield from (_Profile(scene.join(folder, each), posix.statements) for each in names)


def _bash(scene: Scene, files: Files, *, is_login: bool) -> Iterator[_Profile]:
    if not is_login:
        yield _Profile(scene.join(scene.home, ".bashrc"), posix.statements)
        return
    for name in (".bash_profile", ".bash_login", ".profile"):
        path = scene.join(scene.home, name)
        if files.text(path) is not None:
            yield _Profile(path, posix.statements)
            return


def _fish(scene: Scene, files: Files) -> Iterator[_Profile]:
    folder = scene.join(_config(scene), "fish")
    yield _Profile(scene.join(folder, "fish_variables"), lambda text, _: fish.stored(text))
    more = scene.join(folder, "conf.d")
    yield from (_Profile(scene.join(more, each), fish.statements) for each in _ending(files, more, ".fish"))
    yield _Profile(scene.join(folder, "config.fish"), fish.statements)


def _powershell(scene: Scene) -> Iterator[_Profile]:
    """Both versions': which one a terminal starts cannot be told."""
    documents = [scene.join(scene.home, "Documents")]
    if cloud := scene.folders.get("OneDrive"):
        documents.append(scene.join(cloud, "Documents"))
    for folder in documents:
        for version in ("WindowsPowerShell", "PowerShell"):
            for name in ("profile.ps1", "Microsoft.PowerShell_profile.ps1"):
                yield _Profile(scene.join(folder, version, name), powershell.statements)


def _config(scene: Scene) -> str:
    return scene.folders.get("XDG_CONFIG_HOME") or scene.join(scene.home, ".config")


def _ending(files: Files, folder: str, suffix: str) -> list[str]:
    return [each for each in files.names(folder) if each.endswith(suffix)]
