"""Asking another tool's own program: started without a shell, with little of our environment, and ended politely."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from usagetray.edges.files import private_dir
from usagetray.edges.threads import NO_THREAD, begin
from usagetray.errors import Cause, SourceError, UserError
from usagetray.providers.contract import Program, Run

log = logging.getLogger(__name__)

ANSWER_S = 20.0
"""From start to answer; these programs need two to four seconds."""
PATIENCE_S = 5.0
"""Between asking it to end, and each firmer way: one killed while it renews its sign-in may lose it."""
MOST_BYTES = 4 * 1024 * 1024
ALLOWED = frozenset(
    {
        *("HOME", "LANG", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "TZ", "USER"),
        *("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy"),
        *("SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS"),
        *("APPDATA", "COMSPEC", "LOCALAPPDATA", "PATHEXT", "PROGRAMFILES", "SYSTEMROOT", "TEMP", "TMP", "USERPROFILE"),
    }
)
"""What any program may see of our environment. Keys in it stay here, and would change what it reports."""


def find(program: Program, environ: Mapping[str, str]) -> Path | None:
    """The executable, from PATH or the places it is known to lie in; None if it is not installed."""
    # Entries relative to where we happen to stand are nobody's choice of a program.
    folders = [each for each in environ.get("PATH", os.defpath).split(os.pathsep) if Path(each).is_absolute()]
    found = shutil.which(program.name, path=os.pathsep.join(folders)) if folders else None
    if found:
        return Path(found)
    home = Path(environ.get("HOME") or Path.home())
    for place in program.places:
        path = home / place.removeprefix("~/") if place.startswith("~/") else Path(place)
        if path.is_file() and os.access(path, os.X_OK):
            return path
    return None


class Programs:
    """Starts other tools' programs, and knows which of them still run, so that none is left behind at the end."""

    def __init__(self, *, answer_s: float = ANSWER_S, patience_s: float = PATIENCE_S) -> None:
        self._answer_s = answer_s
        self._patience_s = patience_s
        self._guard = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._is_closed = False

    def runner(self, source: str, program: Program, environ: Mapping[str, str], scratch: Path) -> Run | None:
        """How to ask the program; None if it is not here. `scratch`: an empty folder of ours it is started in."""
        path = find(program, environ)
        if path is None:
            return None
        allowed = {name: text for name, text in environ.items() if name in ALLOWED or name in program.environ}
        folders = allowed.get("PATH", os.defpath)
        if str(path.parent) not in folders.split(os.pathsep):
            # What a script needs to run it is installed beside it, and a desktop's PATH names neither.
            allowed["PATH"] = os.pathsep.join((folders, str(path.parent)))

        def run(
            arguments: Sequence[str], told: bytes, is_answer: Callable[[bytes], bool], environ: Mapping[str, str]
        ) -> bytes:
            command = [str(path), *arguments]
            return self.ask(source, command, told, is_answer, {**allowed, **environ}, scratch, program.within_s)

        return run

    def ask(
        self,
        source: str,
        command: Sequence[str],
        told: bytes,
        is_answer: Callable[[bytes], bool],
        environ: Mapping[str, str],
        folder: Path,
        within_s: float | None = None,
    ) -> bytes:
        """See `Run`. Returns as soon as there is an answer; that the program ends is seen to meanwhile."""
        answer_s = min(self._answer_s, within_s or self._answer_s)
        child = self._started(source, command, environ, folder)
        over = threading.Event()
        # Begun now, for at the end of our own process no thread can be begun any more.
        if not begin(threading.Thread(target=self._end, args=(child, over), name="end program", daemon=True)):
            _signal(child, signal.SIGTERM)
            raise SourceError(source, Cause.NOT_CONNECTED, NO_THREAD)
        taker = _Taker(child, told, is_answer)
        try:
            if not begin(taker):
                raise SourceError(source, Cause.NOT_CONNECTED, NO_THREAD)
            if not taker.is_over.wait(answer_s):
                raise SourceError(source, Cause.TIMEOUT, f"no answer within {answer_s:g} s")
            if taker.answer is None:
                why = "it said far too much" if taker.said_too_much else "it ended without an answer"
                raise SourceError(source, Cause.BAD_DATA, why)
            return taker.answer
        finally:
            over.set()

    def close(self, timeout_s: float) -> None:
        """Nothing is started any more; what runs is asked to end, and waited for this long at most in real time.

        Killed is none of them: that could cost its user the sign-in, and with neither input nor a reader left, one
        that overhears the request has nothing to stay for.
        """
        with self._guard:
            self._is_closed = True
            running = tuple(self._running)
        for child in running:
            _signal(child, signal.SIGTERM)
        ends_at = time.monotonic() + timeout_s
        for child in running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(max(0.0, ends_at - time.monotonic()))

    def _started(
        self, source: str, command: Sequence[str], environ: Mapping[str, str], folder: Path
    ) -> subprocess.Popen[bytes]:
        try:
            with self._guard:
                if self._is_closed:
                    raise SourceError(source, Cause.TIMEOUT, "usagetray is about to end")
                child = subprocess.Popen(  # noqa: S603 - the user's own program, by consent, without a shell
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env=environ,
                    cwd=private_dir(folder),
                    # A group of its own: one which is a wrapper is ended together with what it wraps.
                    start_new_session=sys.platform != "win32",
                    creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                )
                self._running.add(child)
                return child
        except OSError as error:
            raise SourceError(source, Cause.NOT_CONNECTED, f"it could not be started ({error.strerror})") from None
        except UserError as error:
            raise SourceError(source, Cause.NOT_CONNECTED, "its empty folder cannot be made") from error

    def _end(self, child: subprocess.Popen[bytes], over: threading.Event) -> None:
        """Once it has answered, or was given up: waits for it to end by itself, asks it to, and only then makes it."""
        over.wait()
        for number in (None, signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)):
            if number is not None:
                log.info("a program goes on although nobody waits for it: %s", number.name)
                _signal(child, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(self._patience_s)
                break
        with self._guard:
            self._running.discard(child)


class _Taker(threading.Thread):
    """Tells it what it is told, and reads lines until one is the answer, it ends, or it has said too much.

    After the answer it reads on: a program whose output nobody takes would have to be ended by force.
    """

    def __init__(self, child: subprocess.Popen[bytes], told: bytes, is_answer: Callable[[bytes], bool]) -> None:
        super().__init__(name="program", daemon=True)
        self._child = child
        self._told = told
        self._is_answer = is_answer
        self.is_over = threading.Event()
        self.answer: bytes | None = None
        self.said_too_much = False

    def run(self) -> None:
        told, said = self._child.stdin, self._child.stdout
        assert told is not None  # noqa: S101 - both were asked for where it was started
        assert said is not None  # noqa: S101
        with contextlib.suppress(OSError):  # it may have ended already: what it said tells more than this
            told.write(self._told)
        with contextlib.suppress(OSError):
            told.close()
        left = MOST_BYTES
        with said:
            while left > 0 and (line := said.readline(left)):
                left -= len(line)
                if self.answer is None and self._is_answer(line):
                    self.answer = line
                    self.is_over.set()
            self.said_too_much = left <= 0
            self.is_over.set()
            # Closed while it still speaks, the pipe would end it there and then, in whatever it is doing.
            self._child.wait()


def _signal(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """To the whole group of a program that has not ended yet."""
    with contextlib.suppress(OSError):  # it ended this very moment
        if sys.platform == "win32":
            child.send_signal(number)
        elif child.poll() is None:
            os.killpg(child.pid, number)
