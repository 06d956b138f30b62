"""The popup's process as the tray sees it: started at the first click, spoken to in JSON lines, allowed to crash."""

from __future__ import annotations

import json
import logging
import queue
import re
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Any

log = logging.getLogger(__name__)

PASSED_ON = frozenset(
    {
        "CLAUDE_CONFIG_DIR", "CODEX_HOME", "DBUS_SESSION_BUS_ADDRESS", "DESKTOP_SESSION", "DISPLAY", "HOME", "LANG",
        "LANGUAGE", "LD_LIBRARY_PATH", "LOGNAME", "PATH", "PYTHONHOME", "PYTHONPATH", "PYTHONUTF8", "SYSTEMROOT",
        "TEMP", "TMP", "TMPDIR", "TZ", "TZDIR", "USAGETRAY_HOME", "USAGETRAY_REDUCED_MOTION", "USER",
        "USERPROFILE", "VIRTUAL_ENV", "WAYLAND_DISPLAY", "WINDIR", "XAUTHORITY", "XCURSOR_SIZE", "XCURSOR_THEME",
        "XMODIFIERS",
    }
)  # fmt: skip
PASSED_PREFIXES = ("XDG_", "LC_", "QT_", "GTK_", "KDE_", "GNOME_DESKTOP_")
"""What a window needs of the tray's environment. Everything else, keys above all, stays here (P10)."""

TRIES = 2
"""Starts that fail before the window first speaks; then the menu does its work."""
CLOSE_SECONDS = 1.5
LAST_WORDS = 40  # lines of the process's stderr kept to find the reason of a failed start

_LIBRARY = re.compile(r"\blib[\w.+-]+\.so(?:\.\d+)*|\bxcb-[a-z]+0?\b")
_PACKAGES = {
    "libEGL": "libegl1", "libGL": "libgl1", "libxkbcommon-x11": "libxkbcommon-x11-0", "libxkbcommon": "libxkbcommon0",
    "libxcb-cursor": "libxcb-cursor0", "xcb-cursor": "libxcb-cursor0", "libxcb-icccm": "libxcb-icccm4",
    "libxcb-image": "libxcb-image0", "libxcb-keysyms": "libxcb-keysyms1", "libxcb-render-util": "libxcb-render-util0",
    "libxcb-shape": "libxcb-shape0", "libxcb-xkb": "libxcb-xkb1", "libxcb-randr": "libxcb-randr0",
    "libfontconfig": "libfontconfig1", "libdbus-1": "libdbus-1-3", "libglib-2.0": "libglib2.0-0",
}  # fmt: skip


def allowed_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The part of the environment that the window's process may see."""
    return {
        name: text
        for name, text in environ.items()
        if name.upper() in PASSED_ON or name.upper().startswith(PASSED_PREFIXES)
    }


class PopupProcess:
    """Keeps the process, starts it when it is needed, and starts it anew after it ended.

    Every method returns at once; `on_event` is called from a thread of ours. Besides what the window says there are
    `{"event": "ended"}` and, once the window cannot be had, `{"event": "problem"}`.
    """

    def __init__(
        self, command: Sequence[str], env: Mapping[str, str], on_event: Callable[[dict[str, Any]], None]
    ) -> None:
        self._command, self._env, self._on_event = tuple(command), allowed_environment(env), on_event
        self._verbs: queue.SimpleQueue[dict[str, object] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._failed = 0
        self._closed = False
        self._problem: str | None = None
        self._last_opening: dict[str, object] = {"verb": "show", "x": None, "y": None}

    @property
    def problem(self) -> str | None:
        """Why there is no window, in a sentence with a remedy; None while nothing is known against it."""
        return self._problem

    def show(
        self,
        x: int | None,
        y: int | None,
        *,
        show_left: bool | None = None,
        countdown: bool | None = None,
        focus: Sequence[str] = (),
    ) -> None:
        """`focus`: provider, account and window to begin with."""
        verb: dict[str, object] = {"verb": "show", "x": x, "y": y}
        if focus:
            verb["focus"] = list(focus)
        flips = {"show_left": show_left, "countdown": countdown}
        self._say(verb | {name: flip for name, flip in flips.items() if flip is not None})

    def settings(self, page: str = "", *, variables: Sequence[str] = (), size: Sequence[int] = ()) -> None:
        """Open the settings window. `variables`: names of those in our environment that hold a key, never a value.

        `size`: as "settings_closed" told it.
        """
        self._say({"verb": "settings", "page": page, "variables": list(variables), "size": list(size)})

    def answer(self, number: object, *, ok: bool, text: str) -> None:
        """What became of the wish of that number; never starts a window."""
        self._say({"verb": "answer", "id": number, "ok": ok, "text": text})

    def menu(self, x: int, y: int, lines: Sequence[Mapping[str, object]]) -> None:
        """Open a menu there, for a panel that shows none; what is chosen comes as {"event": "action", "verb": ...}."""
        self._say({"verb": "menu", "x": x, "y": y, "lines": list(lines)})

    def hide(self) -> None:
        self._say({"verb": "hide"})

    def refresh(self) -> None:
        """Tell an open window that the store has changed; never starts one."""
        self._say({"verb": "refresh"})

    def close(self) -> None:
        """End the window; one that does not listen is ended by force after `CLOSE_SECONDS`."""
        with self._lock:
            self._closed = True
            child = self._child
        self._verbs.put(None)
        if self._thread is not None:
            self._thread.join(CLOSE_SECONDS)
        if child is not None and child.poll() is None:
            child.kill()
            child.wait(CLOSE_SECONDS)
            _close(child.stdin)

    # ---- the thread that writes -------------------------------------------------------------------------------

    def _say(self, verb: dict[str, object]) -> None:
        if self._closed:
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._write_verbs, name="popup-writer", daemon=True)
            self._thread.start()
        self._verbs.put(verb)

    def _write_verbs(self) -> None:
        while (verb := self._verbs.get()) is not None:
            if self._closed:
                continue
            opens = verb["verb"] in ("show", "menu", "settings")
            if opens:
                self._last_opening = verb
            child = self._running() or (self._start() if opens else None)
            if child is not None and not _write(child, verb) and opens:
                # It ended between two clicks: this click shall not be the one that is lost.
                again = self._start()
                if again is not None:
                    _write(again, verb)
        child = self._running()
        if child is not None:
            _write(child, {"verb": "quit"})
            _close(child.stdin)
            try:
                child.wait(CLOSE_SECONDS * 0.6)
            except subprocess.TimeoutExpired:
                log.info("the popup did not end when asked")

    def _running(self) -> subprocess.Popen[bytes] | None:
        return self._child if self._child is not None and self._child.poll() is None else None

    def _start(self) -> subprocess.Popen[bytes] | None:
        if self._problem is not None:
            # A remedy may have been applied since: one more try for each click, quietly.
            self._failed = TRIES - 1
        if self._child is not None:
            _close(self._child.stdin)
        with self._lock:  # so that `close` sees every process that was started
            if self._closed:
                return None
            try:
                child = self._child = subprocess.Popen(  # noqa: S603 - our own command, no shell
                    self._command,
                    env=self._env,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    close_fds=True,
                )
            except OSError as error:
                failed: str | None = type(error).__name__
            else:
                failed = None
        if failed is not None:
            self._start_failed(failed)
            return None
        threading.Thread(target=self._listen, args=(child,), name="popup-reader", daemon=True).start()
        return child

    # ---- the threads that read --------------------------------------------------------------------------------

    def _listen(self, child: subprocess.Popen[bytes]) -> None:
        words: deque[str] = deque(maxlen=LAST_WORDS)
        errors = threading.Thread(target=_keep_lines, args=(child.stderr, words), name="popup-stderr", daemon=True)
        errors.start()
        spoke = False
        for line in child.stdout or ():
            event = _decode(line)
            if event is not None:
                if not spoke:
                    spoke, self._failed, self._problem = True, 0, None
                self._on_event(event)
        status = child.wait()
        errors.join(1)
        for stream in (child.stdin, child.stdout, child.stderr):
            _close(stream)
        if self._closed:
            return
        if status:
            log.warning("the popup ended with status %s: %s", status, _last_line(words))
        if not spoke:
            self._start_failed(reason(status, tuple(words)))
        else:
            self._on_event({"event": "ended"})

    def _start_failed(self, why: str) -> None:
        self._failed += 1
        if self._failed < TRIES and not self._closed:
            self._say(self._last_opening)
            return
        self._problem = f"The window cannot open{why and ': '}{why}. The figures are in the menu."
        self._on_event({"event": "problem"})


def reason(status: int, words: Sequence[str]) -> str:
    """Why a start failed, with the package that helps where its name can be told; no paths, no foreign sentences."""
    text = "\n".join(words)
    if "No module named 'PySide6" in text:
        return "PySide6-Essentials is not installed (pip install PySide6-Essentials)"
    for name in _LIBRARY.findall(text):
        package = _PACKAGES.get(name.split(".so")[0]) or _PACKAGES.get(name.removesuffix("0"))
        if package:
            return f"a system library is missing (apt install {package})"
    if "could not connect to display" in text or "no Qt platform plugin" in text:
        return "no display answered"
    if status == -signal.SIGABRT:
        return "Qt gave up at the start (apt install libxcb-cursor0 helps most often)"
    return f"its process ended with status {status}"


def _decode(line: bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) and isinstance(event.get("event"), str) else None


def _write(child: subprocess.Popen[bytes], verb: Mapping[str, object]) -> bool:
    """False where nobody reads any more."""
    if child.stdin is None:
        return False
    try:
        child.stdin.write(json.dumps(verb).encode() + b"\n")
        child.stdin.flush()
    except (OSError, ValueError):
        return False
    return True


def _close(stream: IO[bytes] | None) -> None:
    try:
        if stream is not None:
            stream.close()
    except OSError:
        log.debug("a pipe of the popup was already broken")


def _keep_lines(stream: IO[bytes] | None, words: deque[str]) -> None:
    for line in stream or ():
        words.append(line.decode(errors="replace").strip()[:300])


def _last_line(words: Sequence[str]) -> str:
    """The kind of the error alone: the rest may hold a path."""
    found = next((word for word in reversed(words) if word), "")
    return found.split(":")[0][:80]
