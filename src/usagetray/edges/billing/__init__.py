"""What the rules of billing name, found: settings, logins, profiles, and the environment of a start."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath, PureWindowsPath

from usagetray.billing import BillingFacts, BillingRules, Evidence, Held, Scene
from usagetray.edges.billing.documents import Documents
from usagetray.edges.shells.profiles import Files, predicted, unloaded
from usagetray.model import Secret

__all__ = ["gathered", "repository_root"]


def gathered(
    rules: BillingRules, scene: Scene, files: Files, *, profiles: bool, vendors: Mapping[str, str]
) -> BillingFacts:
    """`profiles`: whether shell profiles, the registry and `.env` files may be read."""
    by_files: dict[str, Held] = {}
    of_folder: dict[str, Held] = {}
    if profiles:
        started, typed = predicted(scene, files, rules.variables, rules.programs)
        by_files = typed if scene.launched_from == "terminal" else started
        of_folder = unloaded(scene, files, rules.variables)
    return BillingFacts(
        scene=scene,
        documents=rules.documents(scene, Documents(files)),
        environ=None if scene.environ is None else _held(scene, rules, by_files),
        predicted=by_files,
        unloaded=of_folder,
        vendors=vendors,
    )


def _held(scene: Scene, rules: BillingRules, by_files: Mapping[str, Held]) -> dict[str, Held]:
    """The process's own variables; with the file that sets one to the same, where there is one."""
    found = {}
    for name in rules.variables:
        value = (scene.environ or {}).get(name)
        if value is not None:
            held, same = Secret(value), by_files.get(name)
            place = same.at if same is not None and same.value == held else Evidence(source="")
            at = Evidence(source="process_env", file=place.file, line=place.line, variable=name)
            found[name] = Held(value=held, at=at)
    return found


MOST_FOLDERS_UP = 40
WORKTREE = "gitdir:"


def repository_root(place: str, system: str, files: Files) -> str | None:
    """The main checkout of the repository around a folder; None outside of one."""
    kind = PureWindowsPath if system == "windows" else PurePosixPath
    folder = kind(place)
    for candidate in (folder, *folder.parents)[:MOST_FOLDERS_UP]:
        git = candidate / ".git"
        told = files.text(str(git))  # of a worktree: a file that says where its main checkout keeps it
        if told is not None and told.startswith(WORKTREE):
            parts = kind(told.removeprefix(WORKTREE).strip()).parts
            at = next((at for at, part in enumerate(parts) if part == ".git"), 0)
            return str(kind(*parts[:at])) if at else str(candidate)
        if files.text(str(git / "HEAD")) is not None:
            return str(candidate)
    return None
