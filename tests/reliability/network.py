"""A network between the program and one server that can be broken, and mended, in each way there is.

Pretended is the look-up of names that end in `.test`; what a name leads to is a real server, with real certificates.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.edges.servers import certificate, response, serving
from tests.reliability.fake_provider import LITELLM
from tests.reliability.sim import DAY, NOW

HOST = "llm.example.test"


@dataclass(frozen=True, slots=True)
class Net:
    """The network between the program and `HOST`: breaks and mends."""

    names: dict[str, int]  # what can be looked up: the port of this machine that a name leads to
    closed: int  # a port where nobody listens
    good: int  # where the server is as it should be
    untrusted: int  # where a server has a certificate nobody vouches for
    misnamed: int  # where it has another one's
    proxy: int  # where a proxy wants a password

    def refuse(self) -> None:
        self.names[HOST] = self.closed

    def forget_name(self) -> None:
        del self.names[HOST]

    def distrust(self) -> None:
        self.names[HOST] = self.untrusted

    def misname(self) -> None:
        self.names[HOST] = self.misnamed

    def want_password(self) -> None:
        os.environ["https_proxy"] = f"http://127.0.0.1:{self.proxy}"

    def mend(self) -> None:
        os.environ["https_proxy"] = ""
        self.names[HOST] = self.good


def _answer(connection: socket.socket, request: bytes) -> None:
    is_key = request.startswith(b"GET /key/info")
    body = json.dumps(LITELLM.body("/key/info", 20, NOW + 30 * DAY)).encode() if is_key else b"{}"
    response(200 if is_key else 404, body)(connection, request)


@contextlib.contextmanager
def pretended_network(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Net]:
    names: dict[str, int] = {}
    look_up = socket.getaddrinfo

    def pretended(host: str, port: int, *arguments: object, **named: object) -> object:
        if host.endswith(".test"):
            if host not in names:
                raise socket.gaierror(socket.EAI_NONAME, "made up")
            host, port = "127.0.0.1", names[host]
        return look_up(host, port, *arguments, **named)  # type: ignore[arg-type]

    contexts: dict[str, ssl.SSLContext] = {}
    trusted = b""
    for name, host in (("good", HOST), ("untrusted", HOST), ("misnamed", "other.example.test")):
        (folder / name).mkdir()
        contexts[name], pem = certificate(folder / name, host)
        trusted += b"" if name == "untrusted" else pem.read_bytes()
    (folder / "trusted.pem").write_bytes(trusted)
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "trusted.pem"))
    monkeypatch.setenv("https_proxy", "")
    monkeypatch.setattr(socket, "getaddrinfo", pretended)
    with contextlib.ExitStack() as stack:
        ports = {name: stack.enter_context(serving(_answer, tls)).port for name, tls in contexts.items()}
        ports["proxy"] = stack.enter_context(serving(response(407, b""))).port
        with socket.create_server(("127.0.0.1", 0)) as probe:
            ports["closed"] = probe.getsockname()[1]
        made = Net(names=names, **ports)
        made.mend()
        yield made
