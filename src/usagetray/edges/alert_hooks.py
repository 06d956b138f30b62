"""Alerts beyond the desktop: each one also given to a program of the user's, and posted to an address of theirs.

Both get the alert as one JSON object. Each runs in a thread of its own with a deadline, one at a time: what is slow
or broken there costs an alert there, and never holds up the tray.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from usagetray.edges.calls import Call, Calls
from usagetray.edges.files import private_dir, write_atomic
from usagetray.edges.notify import AlertText, Notifier, as_json
from usagetray.edges.origins import checked_origin, proxy_for
from usagetray.edges.popup import allowed_environment
from usagetray.edges.threads import begin
from usagetray.errors import Cause, SourceError, UserError
from usagetray.quick_dataclass import dataclass
from usagetray.settings import AlertSettings

DEADLINE_S = 10.0
"""For a program or a post, from start to end."""
CLOSE_S = 0.5
"""How long the end of the tray waits for one under way."""
RECORD = "alert-hooks.json"
PURPOSE = "alerts"
"""What a post is counted as, among all requests."""
COMMAND, WEBHOOK = "command", "webhook"

log = logging.getLogger(__name__)


class HookError(Exception):
    """One delivery failed; the text reads after "the alert command" or "the alert address"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HookFailure:
    hook: str  # COMMAND or WEBHOOK
    at: datetime
    reason: str  # "ended with status 3"


class AlertHooks:
    """Gives each alert to what the settings name at that moment."""

    def __init__(
        self,
        settings: Callable[[], AlertSettings],
        *,
        environ: Mapping[str, str],
        now: Callable[[], datetime],
        state_dir: Path,
        user_agent: str,
        deadline_s: float = DEADLINE_S,
    ) -> None:
        self._settings = settings
        self._environ = environ
        self._now = now
        self._state_dir = state_dir
        self._user_agent = user_agent
        self._deadline_s = deadline_s
        self.calls = Calls(now)
        self._lock = threading.Lock()
        self._threads: dict[str, threading.Thread] = {}
        self._child: subprocess.Popen[bytes] | None = None

    def send(self, alert: AlertText) -> bool:
        """Starts the deliveries and returns at once. True if one was started.

        An alert of low urgency speaks of this desktop, and is only for whoever sits at it.
        """
        settings = self._settings()
        if alert.urgency == "low":
            return False
        body = json.dumps(as_json(alert, self._now())).encode() + b"\n"
        started = False
        if settings.command:
            started |= self._start(COMMAND, lambda: self._run(settings.command, body))
        if settings.webhook:
            started |= self._start(WEBHOOK, lambda: self._post(settings.webhook, body))
        return started

    def close(self, patience_s: float = CLOSE_S) -> None:
        """Waits a moment for what is under way, then ends the program; a post ends with the process."""
        until = time.monotonic() + patience_s
        for thread in tuple(self._threads.values()):
            thread.join(max(until - time.monotonic(), 0))
        with self._lock:
            child = self._child
        if child is not None:
            _kill(child)

    # ---- in the hook's own thread ---------------------------------------------------------------------------

    def _start(self, hook: str, deliver: Callable[[], None]) -> bool:
        earlier = self._threads.get(hook)
        if earlier is not None and earlier.is_alive():
            log.warning("alert %s: the one before has not ended, so this one is dropped", hook)
            return False
        thread = threading.Thread(target=self._deliver, args=(hook, deliver), name=f"alert {hook}", daemon=True)
        if not begin(thread):
            return False
        self._threads[hook] = thread
        return True

    def _deliver(self, hook: str, deliver: Callable[[], None]) -> None:
        reason: str | None = None
        try:
            deliver()
        except HookError as error:
            reason = str(error)
        except Exception as error:  # the top of this thread; foreign texts may quote the address
            reason = f"failed ({type(error).__name__})"
        if reason is not None:
            log.warning("alert %s %s", hook, reason)
        with self._lock, contextlib.suppress(OSError, UserError):
            self._note(hook, reason)

    def _note(self, hook: str, reason: str | None) -> None:
        """Keeps the last failure of each hook, until one succeeds again."""
        kept = {each.hook: each for each in failures(self._state_dir)}
        if reason is None and hook not in kept:
            return
        kept.pop(hook, None)
        record = {each.hook: {"at": each.at.isoformat(), "reason": each.reason} for each in kept.values()}
        if reason is not None:
            record[hook] = {"at": self._now().isoformat(), "reason": reason}
        private_dir(self._state_dir)
        write_atomic(self._state_dir / RECORD, json.dumps(record).encode())

    def _post(self, address: str, body: bytes) -> None:
        try:
            call = self.calls.begin(PURPOSE, address)
        except SourceError as error:
            reason = f"was not sent to: {error.detail}"
        else:
            failed = True
            try:
                post(address, body, self._user_agent, self._deadline_s, call)
                failed = False
            finally:
                call.end(failed=failed)
            return
        raise HookError(reason)

    def _run(self, command: tuple[str, ...], body: bytes) -> None:
        program = os.path.expanduser(command[0])  # noqa: PTH111 - as a shell would; the rest is passed as it stands
        try:
            child = subprocess.Popen(  # noqa: S603 - the user's own command, no shell
                [program, *command[1:]],
                env=allowed_environment(self._environ),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # so that what it starts in turn can be ended with it
            )
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else None
            raise HookError(f"could not be started ({reason or 'no such program'})") from None
        with self._lock:
            self._child = child
        try:
            child.communicate(body, self._deadline_s)  # a program that reads nothing is no failure
        except subprocess.TimeoutExpired:
            _kill(child)
            raise HookError(f"took longer than {self._deadline_s:g} s and was ended") from None
        finally:
            with self._lock:
                self._child = None
        if child.returncode:
            raise HookError(f"ended with status {child.returncode}")


class WithHooks:
    """A notifier that shows alerts as before, and gives each one to the hooks as well."""

    def __init__(self, shown: Notifier | None, hooks: AlertHooks, patience_s: float = CLOSE_S) -> None:
        """`shown` None: there is no desktop. `patience_s`: how long `close` waits for the hooks."""
        self._shown = shown
        self._hooks = hooks
        self._patience_s = patience_s

    @property
    def calls(self) -> Calls:
        """Where the posts are counted."""
        return self._hooks.calls

    def send(self, alert: AlertText) -> bool:
        started = self._hooks.send(alert)
        return self._shown.send(alert) if self._shown is not None else started

    def close(self) -> None:
        self._hooks.close(self._patience_s)
        if self._shown is not None:
            self._shown.close()


def failures(state_dir: Path) -> tuple[HookFailure, ...]:
    """What failed the last time it was tried."""
    try:
        record = json.loads((state_dir / RECORD).read_bytes())
        return tuple(
            HookFailure(hook=hook, at=datetime.fromisoformat(said["at"]), reason=str(said["reason"]))
            for hook, said in record.items()
            if hook in (COMMAND, WEBHOOK)
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ()


def _kill(child: subprocess.Popen[bytes]) -> None:
    """Ends the program with all it started. One that has ended by itself may leave something running: its affair."""
    if child.poll() is not None:
        return
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            child.kill()
        else:
            os.killpg(child.pid, signal.SIGKILL)
    with contextlib.suppress(OSError, ValueError):
        if child.stdin is not None:
            child.stdin.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(1)


# ---- the post ----------------------------------------------------------------------------------------------


class _Line:
    """The connection of one post, so that it can be cut from outside: a server that drips would hold it for ever."""

    def __init__(self, call: Call | None) -> None:
        self._socket: socket.socket | None = None
        self._call = call
        self._lock = threading.Lock()
        self.is_cut = False

    def trace(self, event: str, details: Mapping[str, Any]) -> None:
        """Called by the HTTP library at each step."""
        if self._call is not None:
            self._call.trace(event, details)
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            with self._lock:
                self._socket = details["return_value"].get_extra_info("socket")
                self._shut()  # cut before there was a connection, it would go on for ever

    def cut(self) -> None:
        with self._lock:
            self.is_cut = True
            self._shut()

    def _shut(self) -> None:
        if self.is_cut and self._socket is not None:
            with contextlib.suppress(OSError, ValueError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def post(address: str, body: bytes, user_agent: str, deadline_s: float = DEADLINE_S, call: Call | None = None) -> None:
    """Posts it; any answer of the 200s is a success, its body is not read. Raises `HookError`.

    `call`: counts what is sent.
    """
    import httpx  # deferred: only for those who name an address

    from usagetray.edges.http_answers import broken

    if call is not None:
        call.body_bytes = len(body)
    line = _Line(call)
    timer = threading.Timer(deadline_s, line.cut)
    timer.daemon = True
    timer.start()
    failed: str | None = None
    try:
        with (
            _client(address, deadline_s) as client,
            client.stream(
                "POST",
                address,
                content=body,
                headers={"User-Agent": user_agent, "Content-Type": "application/json"},
                extensions={"trace": line.trace},
            ) as answer,
        ):
            if call is not None:
                call.received(answer)
            if answer.is_redirect:
                failed = "answered with a redirect, which is not followed"
            elif not answer.is_success:
                failed = f"answered {answer.status_code}"
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        cause = broken("", error, True, False)
        failed = "took too long" if line.is_cut else _UNREACHED.get(cause.cause, "could not be reached")
    finally:
        timer.cancel()
    if failed is not None:  # raised here, where no foreign error hangs on to it
        raise HookError(failed)


_UNREACHED = {
    Cause.TIMEOUT: "took too long",
    Cause.DNS: "names a server the network does not know",
    Cause.TLS: "was not sent to, because the server's certificate does not check out",
    Cause.PROXY: "was not reached through the proxy",
    Cause.SERVER_ERROR: "hung up, or did not speak HTTP",
}


def _client(address: str, deadline_s: float) -> Any:
    from urllib.request import getproxies

    import httpx

    parts = urlsplit(address)
    try:
        origin = checked_origin(f"{parts.scheme}://{parts.netloc}")
        tls = httpx.create_ssl_context(trust_env=False)
        tls.load_default_certs()  # a company's network is signed by an authority of its own
        return httpx.Client(
            verify=tls,
            proxy=proxy_for(origin, getproxies()),
            trust_env=False,  # no netrc, no other steering by the environment
            follow_redirects=False,
            timeout=deadline_s,
        )
    except (UserError, SourceError, ValueError, ImportError):
        failed = "cannot be used: neither it nor the proxy may be of another kind than http and https"
    raise HookError(failed)
