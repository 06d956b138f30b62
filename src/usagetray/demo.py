"""The demo's stage: a throw-away profile, pretended tools, pretended servers on loopback, and a clock that hurries.

On it plays the real program. Nothing here knows a provider: each brings its own made-up day.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from usagetray.edges.clock import Clock, ScaledClock
from usagetray.edges.files import PROFILE_VARIABLE, paths, private_dir, write_atomic
from usagetray.edges.settings_file import set_value
from usagetray.profile import DemoMark, Profile, local_zone, open_profile, write_mark
from usagetray.providers.contract import Provider, Rehearsal

BEGINS = time(9, 0)
LENGTH = timedelta(hours=12)
"""How long the made-up day has something new to show."""


@contextmanager
def stage(environ: Mapping[str, str], providers: Sequence[Provider], speed: float) -> Iterator[Profile]:
    """The profile of a demo, with its servers up and its tools at work until the block is left."""
    parent = private_dir(paths(environ).state_dir)
    folder = Path(tempfile.mkdtemp(prefix="demo-", dir=parent))
    began_at = datetime.combine(datetime.now(local_zone()), BEGINS, local_zone()).astimezone(UTC)
    clock = ScaledClock(datetime.now(UTC), began_at, speed)
    playing = [(each, each.rehearsal) for each in providers if each.rehearsal is not None and each.homes is not None]
    servers = {each.id: _Server(rehearsal, began_at, clock) for each, rehearsal in playing if rehearsal.reply}
    homes = {each.id: folder / each.id / "demo" for each, _ in playing}
    ended = threading.Event()
    try:
        write_mark(
            folder,
            DemoMark(
                clock=clock,
                origins={provider_id: server.origin for provider_id, server in servers.items()},
                environ={each.homes.env: str(homes[each.id]) for each, _ in playing if each.homes},
            ),
        )
        _settle_in(folder / "config.toml", [each for each, _ in playing if each.id in servers])
        pretend = [(rehearsal, homes[each.id]) for each, rehearsal in playing]
        _write_tools(pretend, began_at, clock)
        worker = threading.Thread(target=_work, args=(pretend, began_at, clock, speed, ended), name="demo", daemon=True)
        worker.start()
        yield open_profile({**environ, PROFILE_VARIABLE: str(folder)})
    finally:
        ended.set()
        for server in servers.values():
            server.close()
        shutil.rmtree(folder, ignore_errors=True)


def _settle_in(config: Path, asked: Sequence[Provider]) -> None:
    """The demo's user has answered the first-run page, and allowed what the pretended servers are there for."""
    set_value(config, "welcomed", True)
    for provider in asked:
        set_value(config, f"providers.{provider.id}.allow", [each.id for each in provider.strategies if each.origin])


def _work(
    pretend: Sequence[tuple[Rehearsal, Path]], began_at: datetime, clock: Clock, speed: float, ended: threading.Event
) -> None:
    """The pretended tools go on writing their files."""
    while not ended.wait(max(60 / speed, 0.1)):
        _write_tools(pretend, began_at, clock)


def _write_tools(pretend: Sequence[tuple[Rehearsal, Path]], began_at: datetime, clock: Clock) -> None:
    now = clock.now()
    for rehearsal, home in pretend:
        for name, content in rehearsal.files(began_at, now).items():
            path = home / name
            if not path.exists() or path.read_bytes() != content:
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                write_atomic(path, content)
                os.utime(path, (now.timestamp(), now.timestamp()))


class _Server:
    """One vendor's server, on loopback, telling the demo's time."""

    def __init__(self, rehearsal: Rehearsal, began_at: datetime, clock: Clock) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                assert rehearsal.reply is not None  # noqa: S101 - only such a rehearsal gets a server
                answer = rehearsal.reply(began_at, clock.now())
                self.send_response(answer.status)
                for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            def date_time_string(self, timestamp: float | None = None) -> str:  # noqa: ARG002 - the base class's
                return format_datetime(clock.now(), usegmt=True)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's
                """Silence: a demo has nothing to hide and nobody to tell."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, name="demo server", daemon=True)
        self._thread.start()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
