"""Our own folders and files: where they are, private from creation, replaced whole or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from usagetray.errors import UnwritableError, UserError
from usagetray.quick_dataclass import dataclass

PROFILE_VARIABLE = "USAGETRAY_HOME"
"""Names one folder that holds everything of ours: for tests and portable use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    profile: Path | None  # the folder named by USAGETRAY_HOME, else None
    config_file: Path
    store_file: Path
    state_dir: Path
    log_dir: Path
    runtime_dir: Path  # the socket

    @property
    def spool_dir(self) -> Path:
        """What outsiders (the status line helper) leave for the writer to take in."""
        return self.state_dir / "spool"

    @property
    def orders_dir(self) -> Path:
        """What commands have asked about alerts, one file each."""
        return self.spool_dir / "alerts"

    @property
    def calls_dir(self) -> Path:
        """Calls of models that the user's own programs record."""
        return self.state_dir / "calls"

    @property
    def socket(self) -> Path:
        return self.runtime_dir / "tray.sock"

    @property
    def lock(self) -> Path:
        """Held by the one process that writes the store.

        Where all of them look: a job of cron's, and who comes by SSH, may be given no runtime folder, or another one.
        """
        folder = self.runtime_dir if self.profile is not None else self.state_dir / "run"
        return folder / "writer.lock"


def paths(environ: Mapping[str, str]) -> Paths:
    """Where our files lie. Creates nothing."""
    home = environ.get(PROFILE_VARIABLE)
    if home:
        root = Path(home).expanduser().absolute()
        return Paths(
            profile=root,
            config_file=root / "config.toml",
            store_file=root / "usagetray.db",
            state_dir=root / "state",
            log_dir=root / "log",
            runtime_dir=root / "run",
        )
    import platformdirs  # deferred: paths of an isolated profile need none of it

    own = platformdirs.PlatformDirs("usagetray", appauthor=False)
    state = Path(own.user_state_path)
    # A made-up runtime folder in a shared temporary one is no private place: use our state then.
    runtime = environ.get("XDG_RUNTIME_DIR")
    return Paths(
        profile=None,
        config_file=Path(own.user_config_path) / "config.toml",
        store_file=Path(own.user_data_path) / "usagetray.db",
        state_dir=state,
        log_dir=Path(own.user_log_path),
        runtime_dir=Path(runtime) / "usagetray" if runtime and Path(runtime).is_dir() else state / "run",
    )


def private_dir(path: Path) -> Path:
    """The folder, made 0700 with its missing parents; raises `UserError` where something else stands there."""
    if not path.parent.exists():
        private_dir(path.parent)
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or (hasattr(os, "getuid") and found.st_uid != os.getuid()):
            raise UserError(f"{path} is not a folder of yours: move it away and start again.") from None
        if stat.S_IMODE(found.st_mode) & 0o077:
            path.chmod(0o700)
    except OSError as error:
        raise UnwritableError(f"{path} cannot be made ({error.strerror}): check the folder above it.") from None
    return path


def open_private(path: Path, flags: int) -> int:
    """A descriptor of a file of ours, created 0600 whatever the umask; never through a planted link."""
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0), 0o600)


def open_handles() -> int | None:
    """How many files, sockets and pipes this process holds; None where the system does not tell."""
    try:
        return len(os.listdir("/proc/self/fd")) - 1  # noqa: PTH208 - one of them lists the folder
    except OSError:
        return None


def write_atomic(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Replaces the file whole: new file, flush to disk, rename. Raises OSError and leaves the old one then."""
    import tempfile  # deferred: 7 ms that verbs which only read should not pay

    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fchmod(stream.fileno(), mode) if hasattr(os, "fchmod") else None
            os.fsync(stream.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
