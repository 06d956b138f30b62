"""Putting a helper of ours into another tool's settings, and taking it out again as if it had never been there.

The only thing ever written into another tool's folder, and only inside a consented connect or disconnect. What
was changed is kept in a record of ours: where, the digest of the text we left, the few characters replaced, the
user's former command. Never a copy of the file: settings may hold secrets.
"""

from __future__ import annotations

import json
import os
import shlex
import stat
from pathlib import Path
from typing import Any

from usagetray.edges.files import private_dir, write_atomic
from usagetray.errors import UserError
from usagetray.providers.contract import Edit, Home, Hook

VERSION = 1
MOST = 4 * 1024 * 1024
"""Settings longer than this are no settings."""


def own_command(program: Path, verb: str, profile: Path | None = None) -> str:
    """The shell command that runs a verb of ours, for `install`: with its profile, if it is an isolated one."""
    words = ([f"USAGETRAY_HOME={shlex.quote(str(profile))}"] if profile else []) + [shlex.quote(str(program)), verb]
    return " ".join(words)


def install(hook: Hook, home: Home, *, command: str, state_dir: Path) -> str:
    """Puts `command` in place; says what was done. Doing it twice changes nothing.

    Raises `UserError` when the settings cannot be read or written; then they are as they were.
    """
    place = _target(hook, home)
    before = _read(place)
    records = _records(hook, state_dir)
    known = _untouched(before, records.get(str(home.path)))
    # A second installation starts from the original text, so that one removal restores that.
    original = _restored(before, known) if before is not None and known else before
    edit = hook.install(original, command)
    entry = _entry(place, edit, created=original is None)
    if before is not None and not known and hook.remove(before, "", None) != before:
        # Ours stood there without a record that fits: what was before is known from the text only.
        entry = {"version": VERSION, "path": str(place), "former_command": edit.former_command}
    _store(hook, state_dir, {**records, str(home.path): entry})
    if edit.text == before:
        return f"Already in place in {place}."
    try:
        _replace(place, edit.text, unless_changed=before)
    except (OSError, UserError) as error:
        _store(hook, state_dir, records)
        raise error if isinstance(error, UserError) else UserError(_unwritable(place)) from error
    kept = " The status line you had goes on being shown." if edit.former_command else ""
    return f"Added to {place}.{kept}"


def remove(hook: Hook, home: Home, *, state_dir: Path) -> str:
    """Takes our command out; says what was done. Byte for byte if nobody else changed the file since."""
    place = _target(hook, home)
    records = _records(hook, state_dir)
    record = records.get(str(home.path))
    text = _read(place)
    said = f"There was nothing of ours in {place}."
    try:
        if text is None:
            pass
        elif known := _untouched(text, record):
            former_text = _restored(text, known)
            if former_text is None:
                place.unlink()
            else:
                _replace(place, former_text, unless_changed=text)
            said = f"{place} is as it was before."
        else:
            former = record.get("former_command") if record else None
            left = hook.remove(text, "", former if isinstance(former, str) else None)
            if left != text:
                _replace(place, left, unless_changed=text)
                said = f"Taken out of {place}; what else was changed there since stays."
    except OSError as error:
        raise UserError(_unwritable(place)) from error
    if record is not None:
        _store(hook, state_dir, {path: one for path, one in records.items() if path != str(home.path)})
    return said


def installed(hook: Hook, home: Home, *, state_dir: Path) -> bool:
    """Whether our command stands there now, by our record or by the look of it."""
    try:
        text = _read(_target(hook, home))
        if text is None:
            return False
        known = _untouched(text, _records(hook, state_dir).get(str(home.path)))
        return known is not None or hook.remove(text, "", None) != text
    except UserError:
        return False


def recorded(hook: Hook, *, state_dir: Path) -> tuple[Path, ...]:
    """The folders of the tool in which it was put in place by us, and not taken out since."""
    return tuple(Path(path) for path in _records(hook, state_dir))


# ---- the settings of the other tool ------------------------------------------------------------------------


def _target(hook: Hook, home: Home) -> Path:
    """The file itself, links resolved: a settings file kept elsewhere stays a link to there."""
    place = hook.place(home)
    try:
        return Path(os.path.realpath(place, strict=True))
    except FileNotFoundError:
        if not place.parent.is_dir() or place.is_symlink():
            raise UserError(
                f"{place.parent} is not there: start the program it belongs to once, then connect again."
            ) from None
        return Path(os.path.realpath(place))
    except OSError as error:
        raise UserError(_unwritable(place)) from error


def _read(place: Path) -> str | None:
    """The text with its own line ends; None if there is no file."""
    try:
        found = place.stat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > MOST:
            raise UserError(f"{place} is no settings file, so nothing was changed.")
        return place.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise UserError(f"{place} is not UTF-8 text, so nothing was changed: correct it, then try again.") from None
    except OSError as error:
        raise UserError(f"{place} cannot be read: check its permissions, then try again.") from error


def _replace(place: Path, text: str, *, unless_changed: str | None) -> None:
    """Replaces the file whole, with the mode it had (0600 for a new one)."""
    if _read(place) != unless_changed:
        raise UserError(f"{place} was changed by somebody else at this moment: try again.")
    mode = stat.S_IMODE(place.stat().st_mode) if unless_changed is not None else 0o600
    write_atomic(place, text.encode("utf-8"), mode=mode)


def _unwritable(place: Path) -> str:
    return f"{place} cannot be changed: check its permissions, then try again."


# ---- our record --------------------------------------------------------------------------------------------


def _untouched(text: str | None, record: dict[str, Any] | None) -> dict[str, Any] | None:
    """The record, if the text is exactly the one we left then."""
    fits = text is not None and record is not None and record.get("sha256") == _digest(text)
    return record if fits else None


def _entry(place: Path, edit: Edit, *, created: bool) -> dict[str, Any]:
    return {
        "version": VERSION,
        "path": str(place),
        "sha256": _digest(edit.text),
        "created": created,
        "at": edit.at,
        "removed": edit.removed,
        "inserted": edit.inserted,
        "former_command": edit.former_command,
    }


def _restored(text: str, record: dict[str, Any]) -> str | None:
    """The text before our change; None if there was no file."""
    if record.get("created"):
        return None
    at, removed, inserted = record["at"], record["removed"], record["inserted"]
    return text[:at] + str(removed) + text[at + len(inserted) :]


def _digest(text: str) -> str:
    import hashlib  # deferred: 2 ms, for who has a helper installed

    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _place_of_records(hook: Hook, state_dir: Path) -> Path:
    return state_dir / "hooks" / f"{hook.id}.json"


def _records(hook: Hook, state_dir: Path) -> dict[str, dict[str, Any]]:
    """By home. A record that cannot be read counts as lost: the removal then goes by the look of the text."""
    try:
        homes = json.loads(_place_of_records(hook, state_dir).read_bytes())["homes"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}
    return {path: one for path, one in homes.items() if isinstance(one, dict)} if isinstance(homes, dict) else {}


def _store(hook: Hook, state_dir: Path, records: dict[str, dict[str, Any]]) -> None:
    place = _place_of_records(hook, state_dir)
    private_dir(state_dir)
    private_dir(place.parent)
    write_atomic(place, json.dumps({"homes": records}, ensure_ascii=False, indent=1).encode("utf-8"))
