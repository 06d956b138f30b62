"""Changing the settings file: one key at a time, the rest of the text left as the user wrote it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from usagetray.edges.files import private_dir, write_atomic
from usagetray.errors import SettingsError
from usagetray.settings.keys import kind_of
from usagetray.settings.reading import shown, syntax


def parse_value(text: str) -> Any:
    """What a user typed on a command line, as TOML would read it; a bare word is a text."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def set_value(path: Path, key: str, value: Any) -> None:
    """Writes one dotted key. Raises `SettingsError` and writes nothing if the key, value or file is not right."""
    kind = kind_of(key)
    if kind is None:
        raise SettingsError(f"There is no setting called {key}; `usagetray config get` lists them.")
    try:
        kind.read(value)
    except ValueError as error:
        raise SettingsError(f"{key} takes {error}, not {shown(value)}.") from None
    import tomlkit  # deferred: only a change needs it
    from tomlkit.exceptions import TOMLKitError

    try:
        text = path.read_bytes().decode("utf-8-sig") if path.exists() else ""
        tomllib.loads(text)  # the words of its errors are those that the user is shown elsewhere
        document = tomlkit.parse(text)
    except OSError as error:
        raise SettingsError(f"{path} cannot be read ({error.strerror}), so {key} was not set.") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path} is not UTF-8 text; it was left as it is.") from None
    except (ValueError, TOMLKitError, RecursionError) as error:
        raise SettingsError(f"{path}: {_broken(error)}; it was left as it is.") from None
    table: Any = document
    *sections, name = key.split(".")
    for section in sections:
        if section not in table:
            table[section] = tomlkit.table()
        table = table[section]
        if not hasattr(table, "items"):
            raise SettingsError(f"{path}: {section} should be a [section], so {key} was not set.")
    table[name] = value
    private_dir(path.parent)
    try:
        # A settings file that is a link (kept with other dotfiles) stays one: its target is replaced.
        write_atomic(path.resolve(), tomlkit.dumps(document).encode())
    except OSError as error:
        raise SettingsError(f"{path} cannot be written ({error.strerror}); it is as it was.") from None


def _broken(error: Exception) -> str:
    return syntax(error) if isinstance(error, ValueError | RecursionError) else str(error)
