"""Changing the settings file: one key at a time, the rest of the text left as the user wrote it."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from usagetray.edges.files import private_dir, write_atomic
from usagetray.errors import SettingsError
from usagetray.settings.keys import Kind, kind_of
from usagetray.settings.reading import shown, syntax, text_of

ROWS = ("budgets", "rates")
"""Keys whose values are tables, one below the other."""
PATIENCE_S = 5.0
"""For another change to be done. One takes some milliseconds."""


def parse_value(text: str) -> Any:
    """What a user typed on a command line, as TOML would read it; a bare word is a text."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):  # no TOML, a number without end, lists nested too deeply
        return text


def set_value(path: Path, key: str, value: Any) -> None:
    """Writes one dotted key. Raises `SettingsError` and writes nothing if the key, value or file is not right."""
    kind = _kind(key)
    try:
        kind.read(value)
    except ValueError as error:
        raise SettingsError(f"{key} takes {error}, not {shown(value)}.") from None
    with _changing(path, key):
        _put(path, key, value, kind)


def unset_value(path: Path, key: str) -> None:
    """Takes one dotted key out, so that its default holds. Raises `SettingsError` as `set_value` does."""
    _kind(key)
    with _changing(path, key):
        document = _document(path, key)
        table: Any = document
        *sections, name = key.split(".")
        for section in sections:
            table = table.get(section, {}) if hasattr(table, "get") else {}
        if name in table:
            del table[name]
            _write(path, document)


def _put(path: Path, key: str, value: Any, kind: Kind) -> None:
    document = _document(path, key)
    table: Any = document
    *sections, name = key.split(".")
    for section in sections:
        if section not in table:
            table[section] = _tomlkit().table()
        table = table[section]
        if not hasattr(table, "items"):
            raise SettingsError(f"{path}: {section} should be a [section], so {key} was not set.")
    if key in ROWS:
        _put_rows(table, name, value, kind)
    else:
        table[name] = value
    _write(path, document)


@contextlib.contextmanager
def _changing(path: Path, key: str) -> Iterator[None]:
    """One change at a time: of two made of the same text, the later would take the earlier one back.

    The folder is what is locked, so that no further file lies there. Windows knows no such lock, and some network file
    systems neither.
    """
    if sys.platform == "win32":
        yield
        return
    private_dir(path.parent)
    try:
        handle = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise SettingsError(f"{path.parent} cannot be read ({error.strerror}), so {key} was not set.") from None
    try:
        until = time.monotonic() + PATIENCE_S
        while _is_held(handle):
            if time.monotonic() > until:
                raise SettingsError(f"{path} is being changed by another program: try again.")
            time.sleep(0.005)
        yield
    finally:
        os.close(handle)


def _is_held(folder: int) -> bool:
    """Takes the folder's lock until it is closed; whether another has it. No, where there are no locks."""
    if sys.platform != "win32":
        import fcntl

        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            return error.errno in (errno.EWOULDBLOCK, errno.EACCES)
    return False


def _kind(key: str) -> Kind:
    kind = kind_of(key)
    if kind is None:
        raise SettingsError(f"There is no setting called {key}; `usagetray config get` lists them.")
    return kind


def _tomlkit() -> Any:
    import tomlkit  # deferred: only a change needs it

    return tomlkit


def _document(path: Path, key: str) -> Any:
    """The file as it can be changed with everything the user wrote around. Raises `SettingsError`."""
    from tomlkit.exceptions import TOMLKitError

    try:
        text = text_of(path)
    except FileNotFoundError:
        text = ""
    except OSError as error:
        raise SettingsError(f"{path} cannot be read ({error.strerror}), so {key} was not set.") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path} is not UTF-8 text; it was left as it is.") from None
    try:
        tomllib.loads(text)  # the words of its errors are those that the user is shown elsewhere
        return _tomlkit().parse(text)
    except (ValueError, TOMLKitError, RecursionError) as error:
        raise SettingsError(f"{path}: {_broken(error)}; it was left as it is.") from None


def _write(path: Path, document: Any) -> None:
    private_dir(path.parent)
    try:
        # A settings file that is a link (kept with other dotfiles) stays one: its target is replaced.
        write_atomic(path.resolve(), _tomlkit().dumps(document).encode())
    except OSError as error:
        raise SettingsError(f"{path} cannot be written ({error.strerror}); it is as it was.") from None


def _put_rows(table: Any, name: str, rows: list[dict[str, Any]], kind: Kind) -> None:
    """`[[name]]` tables: a row that stays, or only changes under its name or in its place, keeps its comments.

    A row that cannot be used was not shown to who changes them, and stays as well.
    """
    tomlkit = _tomlkit()
    there = table.get(name)
    if not isinstance(there, tomlkit.items.AoT):
        table.pop(name, None)
        table[name] = tomlkit.aot()
        there = table[name]
    usable = [each for each in there if _meaning(each.unwrap(), kind) is not None]
    made = [each for each in there if each not in usable]
    before, same_count = list(usable), len(usable) == len(rows)
    for at, row in enumerate(rows):
        meant = _meaning(row, kind)
        kept = next((each for each in before if _meaning(each.unwrap(), kind) == meant), None)
        if kept is not None:
            before = [each for each in before if each is not kept]
            made.append(kept)
            continue
        kept = next((each for each in before if row.get("name") and each.get("name") == row["name"]), None)
        if kept is None and same_count and any(each is usable[at] for each in before):
            kept = usable[at]
        before = [each for each in before if each is not kept]
        made.append(_changed(tomlkit.table() if kept is None else kept, row))
    while len(there):
        del there[0]
    for each in made:
        there.append(each)
    if not made:
        table.pop(name)


def _meaning(row: dict[str, Any], kind: Kind) -> Any:
    """What a row is read as; None for one that cannot be used."""
    try:
        return kind.read([row])
    except ValueError:
        return None


def _changed(table: Any, row: dict[str, Any]) -> Any:
    for key in [key for key in table if key not in row]:
        del table[key]
    for key, value in row.items():
        if table.get(key) != value:
            table[key] = value
    return table


def _broken(error: Exception) -> str:
    return syntax(error) if isinstance(error, ValueError | RecursionError) else str(error)
