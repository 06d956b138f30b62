"""Which servers may be spoken to, and through which proxy: pure text rules, so that no address is ever guessed."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from usagetray.errors import UserError

LOOPBACK = re.compile(r"http://(?:127\.0\.0\.1|\[::1\]):([1-9][0-9]{0,4})")
SECURE = re.compile(
    r"https://((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?::([1-9][0-9]{0,4}))?"
)
"""Lower case and no trailing dot: a name that could be written in two ways is written in one."""


def checked_override(text: str) -> str:
    """An origin that `--origin` may name: plain http to a loopback literal with a port, and nothing else.

    `localhost` is a name, and a name can be made to point elsewhere. Raises `UserError`.
    """
    found = LOOPBACK.fullmatch(text)
    if found is None or int(found[1]) > 65535:
        raise UserError("An origin given by hand must be http://127.0.0.1:PORT or http://[::1]:PORT, without a path.")
    return text


def checked_origin(text: str) -> str:
    """A scheme, host and port that a secret may be sent to: https, or a loopback literal. Raises `UserError`."""
    if text.startswith("http://"):
        return checked_override(text)
    found = SECURE.fullmatch(text)
    if found is None or (found[2] and int(found[2]) > 65535):
        raise UserError("A provider's origin must be https://HOST or https://HOST:PORT, in lower case, without a path.")
    return text


def written_once(text: str, cut: tuple[str, ...] = ()) -> str:
    """An address as people write it in the one way it is kept; what is no address comes back as it was.

    `localhost` becomes the number it stands for, the host's letters small, an ending slash and those of `cut` go.
    """
    text = text.strip()
    scheme, separator, rest = text.partition("://")
    host, slash, path = rest.partition("/")
    host = re.sub(r"^localhost(?=:|$)", "127.0.0.1", host.lower()) if scheme.lower() == "http" else host.lower()
    written = f"{scheme.lower()}{separator}{host}{slash}{path}".rstrip("/")
    for end in cut:
        written = written.removesuffix(end).rstrip("/")
    return written


def checked_address(text: str, cut: tuple[str, ...] = ()) -> tuple[str, str]:
    """The origin and the path of an address that the user typed. Raises `UserError`, which says what is not right."""
    written = written_once(text, cut)
    scheme, separator, rest = written.partition("://")
    host, slash, path = rest.partition("/")
    try:
        origin = checked_origin(f"{scheme}{separator}{host}")
    except UserError:
        origin = ""
    if not origin or not re.fullmatch(r"(?:/[A-Za-z0-9._~-]+)*", f"{slash}{path}") or "/.." in f"{slash}{path}":
        raise UserError(
            "An address begins with https:// and a host, like https://llm.example.com (or http://127.0.0.1:PORT for "
            "this computer), without a login, ? or #."
        )
    return origin, f"{slash}{path}"


def url(origin: str, path: str) -> str:
    """The address of `path` at `origin`. Raises ValueError for a path that would lead anywhere else."""
    if not re.fullmatch(r"/(?!/)[!-~]*", path) or "\\" in path:
        raise ValueError("a path starts with one slash and is plain ASCII")
    joined = origin + path
    parts = urlsplit(joined)
    if f"{parts.scheme}://{parts.netloc}" != origin or parts.fragment:
        raise ValueError("a path must stay at its origin")
    return joined


def is_loopback(origin: str) -> bool:
    return LOOPBACK.fullmatch(origin) is not None


def proxy_for(origin: str, proxies: Mapping[str, str]) -> str | None:
    """The proxy to reach `origin` through, of `urllib.request.getproxies()`'s shape; None: go straight.

    Never one for loopback: a proxy elsewhere could not reach it, and would be shown the token.
    """
    if is_loopback(origin):
        return None
    parts = urlsplit(origin)
    if _excepted(parts.hostname or "", parts.port, proxies.get("no", "")):
        return None
    found = proxies.get(parts.scheme) or proxies.get("all")
    if not found:
        return None
    return found if "://" in found else f"http://{found}"


def _excepted(host: str, port: int | None, exceptions: str) -> bool:
    """Whether `no_proxy` names the host: `*`, a name with its sub-domains, an address, a network, each with a port."""
    for entry in (part.strip().lower() for part in exceptions.split(",")):
        if entry == "*":
            return True
        name, _, entry_port = entry.partition(":") if entry.count(":") == 1 else (entry, "", "")
        if not name or (entry_port and entry_port != str(port or 443)):
            continue
        name = name.lstrip("*").lstrip(".")
        if name and (host == name or host.endswith("." + name)):
            return True
        try:
            if ipaddress.ip_address(host) in ipaddress.ip_network(name, strict=False):
                return True
        except ValueError:
            continue  # one of the two is a name, not an address
    return False
