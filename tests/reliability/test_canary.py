"""No secret, and no piece of twelve of its characters, is anywhere but in the header it is for and in the key store.

Each secret is unique. They are looked for raw and in the usual encodings, in all files, outputs, notifications and
what child processes are given, at the most verbose level, through every kind of failure.
"""

from __future__ import annotations

import dataclasses
import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.providers.codex_desk import token as codex_token
from tests.reliability.canary import PIECE, Canaries
from tests.reliability.fake_provider import BY_FILE, CLAUDE, CODEX, KINDS, Kind
from tests.reliability.sim import MINUTE, SECOND, Sim
from tests.support import Asked, ManualClock, Vendor
from usagetray.edges.logs import configure, log_uncaught
from usagetray.profile import local_zone
from usagetray.providers.contract import Reply
from usagetray.views.menu import menu, tooltip
from usagetray.views.popup.content import Wish, page

Answer = Callable[[Asked], Reply]


def echo(asked: Asked) -> str:
    """All that the request said, as a careless server or proxy repeats it in its error."""
    return f"{asked.method} {asked.path} {asked.headers} {asked.token}"


def saying(status: int, **headers: str) -> Answer:
    def reply(asked: Asked) -> Reply:
        told = {name.replace("_", "-"): value.replace("TOKEN", asked.token or "x") for name, value in headers.items()}
        error = {"error": {"message": echo(asked), "type": asked.token, "code": asked.token}, "detail": asked.headers}
        return Reply(status=status, body=json.dumps(error).encode(), headers=told)

    return reply


def told_in(body: Callable[[str], bytes], **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda asked: Reply(status=200, body=body(echo(asked)), headers=named)


FAILURES: dict[str, Answer] = {
    "refused": saying(401, WWW_Authenticate='Bearer realm="TOKEN"'),
    "not allowed": saying(403),
    "throttled": saying(429, Retry_After="TOKEN"),
    "bad request": saying(400),
    "not found": saying(404),
    "broken": saying(500),
    "away": saying(503, Retry_After="7"),
    "redirected": saying(302, Location="http://127.0.0.1:9/x?key=TOKEN"),
    "a proxy": saying(407, Proxy_Authenticate="Basic TOKEN"),
    "HTML": told_in(lambda said: f"<html><title>{said}</title>".encode(), Content_Type="text/html"),
    "cut": told_in(lambda said: json.dumps({"x": said}).encode()[:-2]),
    "a list": told_in(lambda said: json.dumps([said]).encode()),
    "a text": told_in(lambda said: json.dumps(said).encode()),
    "bad fields": told_in(lambda said: json.dumps(dict.fromkeys(("limits", "data", "rate_limit"), said)).encode()),
    "bad packing": told_in(lambda said: gzip.compress(said.encode())[:-9], Content_Encoding="gzip"),
    "a cookie": told_in(lambda said: b"{}", Set_Cookie="token=x; Path=/"),
}  # fmt: skip


def texts(of: object) -> Iterator[str]:
    if dataclasses.is_dataclass(of) and not isinstance(of, type):
        for each in dataclasses.fields(of):
            yield from texts(getattr(of, each.name))
    elif isinstance(of, list | tuple):
        for each in of:
            yield from texts(each)
    else:
        yield str(of)


def outputs(user: Sim) -> bytes:
    """Everything the program would show of itself now."""
    core = user.core
    assert core is not None
    overview, zone = core.overview(), local_zone()
    shown = [
        *texts(page(overview, user.clock.now(), zone, Wish())),
        *texts(menu(overview, zone, False)),
        tooltip(overview, zone, False),
        json.dumps(core.status()),
        repr(overview),
        *texts(user.alerts.alerts),
    ]
    return "\n".join(shown).encode("utf-8", "replace")


def sign_in(user: Sim, kind: Kind, secret: str, canaries: Canaries) -> None:
    user.sign_in(kind, secret)
    if kind is CODEX:  # the part of its token that is not the same in each
        canaries.add(codex_token(secret, ends=user.clock.now() + timedelta(days=60)).rpartition(".")[2])


@pytest.mark.usefixtures("untouched_logging")
def test_r37_no_piece_of_a_secret_leaks_through_any_answer_of_a_server(sim: Callable[..., Sim]) -> None:
    """Nine providers, sixteen ways to fail that repeat the request, a new token for each; healthy in between."""
    user, canaries = sim(*KINDS), Canaries()
    canaries.add("made-up-refresh-token")
    configure(user.profile_dir / "log", verbose=True)
    log_uncaught()
    core = user.start()
    shown = b""
    for answer in FAILURES.values():
        for kind in KINDS:
            sign_in(user, kind, canaries.new(), canaries)
            user.vendors[kind.provider].answer = answer
        core.click()
        user.run(21 * SECOND, every=21 * SECOND)
        user.run(MINUTE, every=MINUTE)
        shown += outputs(user)
        for kind in KINDS:
            user.vendors[kind.provider].answer = kind.healthy(96)
        core.click()
        user.run(21 * SECOND, every=21 * SECOND)
    asked = sum(len(vendor.asked) for vendor in user.vendors.values())
    sent = {asked.token for vendor in user.vendors.values() for asked in vendor.asked}
    user.stop()

    assert canaries.hits(shown) == []
    assert canaries.in_files(user.profile_dir) == {}
    assert asked > 2 * len(KINDS) * len(FAILURES) / 2
    assert len([token for token in canaries.made if token in sent]) > len(FAILURES)  # they were there to be leaked
    assert "usagetray" in (user.profile_dir / "log" / "usagetray.log").read_text()


MALFORMED = {
    "a line's end": "%s\n", "two lines": "%s\r\nX-Evil: %s", "not ASCII": "%s\u20ac", "a zero": "%s\0",
    "a blank": "%s %s", "surrogate": "%s\udcff", "endless": "%s" * 2000,
}  # fmt: skip


@pytest.mark.usefixtures("untouched_logging")
def test_r37_a_sign_in_that_cannot_be_used_is_never_quoted(sim: Callable[..., Sim]) -> None:
    """Tokens that no header takes; files cut off, of another shape, or no JSON; settings into which a key was typed."""
    user, canaries = sim(*BY_FILE), Canaries(2)
    canaries.add("made-up-refresh-token")
    configure(user.profile_dir / "log", verbose=True)
    core, shown = user.start(), b""
    files = {kind.provider: files_of(user.home, kind) for kind in BY_FILE}

    def look() -> bytes:
        core.click()
        user.run(21 * SECOND, every=21 * SECOND)
        return outputs(user)

    for template in MALFORMED.values():
        for kind in BY_FILE:
            secret = canaries.new()
            user.sign_in(kind, template.replace("%s", secret))
        shown += look()
    for spoil in (lambda text: text[: len(text) * 2 // 3], lambda text: f"[{text}]", lambda text: f"x{text}",
                  lambda text: text.replace('"', "'"), lambda text: text + text):  # fmt: skip
        for kind in BY_FILE:
            user.sign_in(kind, canaries.new())
            for path in files[kind.provider]:
                path.write_text(spoil(path.read_text()))
        shown += look()
        assert set(user.states().values()) == {"credential_malformed"}
    config = user.profile_dir / "config.toml"
    whole = config.read_text()
    for text in ('api_key = "{}"\n', "[providers.deepseek]\nkey = '{}'\n", 'x = "{}\n', "{}\n", '[a."{}"]\nb = 1\n'):
        config.write_text(text.replace("{}", canaries.new().replace('"', "Q")))
        shown += look()
    config.write_text(whole)
    user.stop()

    quoted = [secret for secret in canaries.hits(shown) if secret.startswith("sk-")]
    assert canaries.in_files(user.profile_dir, but=("config.toml",)) == {}
    assert quoted == []


def files_of(home: Path, kind: Kind) -> list[Path]:
    """Where this tool keeps its sign-in."""
    places = {"claude": ".claude/.credentials.json", "codex": ".codex/auth.json", "gemini": ".gemini/oauth_creds.json"}
    return [home / places.get(kind.provider, ".kimi-code/credentials/kimi-code.json")]


DUMP = """#!{python} -IS
import json, os, sys
with open({out!r}, "a") as out:
    out.write(json.dumps([sys.argv, dict(os.environ), sys.stdin.read()]) + "\\n")
"""


def test_r37_no_command_prints_or_hands_on_a_secret(tmp_path: Path) -> None:
    """Keys piped, given by mistake as a word, kept in variables and shell profiles; children see none of them."""
    canaries, home, own = Canaries(3), tmp_path / "home", tmp_path / "own"
    home.mkdir()
    own.mkdir(mode=0o700)
    vendor = Vendor(ManualClock(datetime.now(UTC)), saying(500))
    secrets = {name: canaries.new() for name in ("DEEPSEEK_API_KEY", "ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GH_TOKEN")}
    ends = datetime.now(UTC) + timedelta(days=30)
    for kind in BY_FILE:
        assert kind.file is not None
        kind.file(home, canaries.new(), ends)
    canaries.add("made-up-refresh-token")
    (home / ".bashrc").write_text(
        f"export ANTHROPIC_API_KEY={canaries.new()}\nexport OPENAI_API_KEY='{canaries.new()}'\n"
    )
    settings = {"env": {"ANTHROPIC_AUTH_TOKEN": canaries.new()}, "apiKeyHelper": f"echo {canaries.new()}"}
    (home / ".claude" / "settings.json").write_text(json.dumps(settings))
    dump, child = tmp_path / "child.py", tmp_path / "child.jsonl"
    dump.write_text(DUMP.format(python=sys.executable, out=str(child)))
    dump.chmod(0o700)
    hook = canaries.add("secretpartoftheaddressQz81Lw0")
    allow = "".join(f'[providers.{kind.provider}]\nallow = ["{kind.strategy}"]\n' for kind in KINDS)
    hooks = f'[alerts]\ncommand = ["{dump}"]\nwebhook = "{vendor.origin}/{hook}"\n'
    (own / "config.toml").write_text(f"welcomed = true\n{allow}{hooks}")
    env = {"HOME": str(home), "USAGETRAY_HOME": str(own), "PATH": os.defpath, "LANG": "C.UTF-8", **secrets}
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    typed, said = canaries.new(), b""
    origins = [f"--origin={kind.provider}={vendor.origin}" for kind in KINDS]
    for keychain in ("ok", "missing", "refuses"):
        common = ["--log", *origins, "--keychain", keychain]
        for words, stdin in (
            (["connect", "deepseek", "--yes"], f"{canaries.new()}\n"),
            *(((["connect", "deepseek"], f"{canaries.new()}\n"),
               (["connect", "openrouter", "--yes"], f"{canaries.new()} {canaries.new()}\n{canaries.new()}"),
               (["run", "--headless", "--once"], ""), (["connect", "deepseek", typed], ""),
               (["connect", typed], ""), ([typed], ""),
               (["config", "set", "providers.deepseek.key", typed], ""), (["config", "set", "poll_minutes", typed], ""),
               (["config", "set", typed, "1"], ""), (["disconnect", typed], ""), (["report", typed], ""),
               (["status", "--verbose"], ""), (["doctor"], ""), (["doctor", "--json"], ""), (["providers"], ""),
               (["alerts", "test"], ""), (["status", "--json"], "")) if keychain == "ok" else ()),
        ):  # fmt: skip
            done = subprocess.run(
                [sys.executable, "-m", "usagetray", *common, *words], env=env, input=stdin.encode(), timeout=40,
                capture_output=True, check=False,
            )  # fmt: skip
            found = canaries.hits(done.stdout + done.stderr)
            assert found == [], (words[:2], done.stderr, done.stdout[:2000])
            said += done.stdout + done.stderr
    asked = vendor.asked
    vendor.close()

    children = child.read_bytes() if child.exists() else b""
    assert canaries.hits(children) == []
    assert b'"PATH"' in children
    assert canaries.in_files(own, but=("config.toml",)) == {}
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before
    assert len(asked) > 5
    assert not any(canaries.hits(each.body) or canaries.hits(each.path.replace(hook, "").encode())
                   for each in asked)  # fmt: skip


def test_r37_the_search_finds_each_piece_in_each_form() -> None:
    """A check that finds nothing has to be able to find something."""
    import base64
    from urllib.parse import quote

    canaries = Canaries(4)
    secret = canaries.new()
    known = secret.removeprefix("sk-")
    packed = base64.b64encode(f"x{known}".encode()), base64.urlsafe_b64encode(f"ab{known}y".encode())
    forms = (known, known[5 : 5 + PIECE], quote(known, safe=""), json.dumps(known), known.encode().hex())
    for form in (*forms, *(each.decode() for each in packed)):
        assert canaries.hits(f"before {form} after".encode()) == [secret], form
    assert canaries.hits(b"nothing of the kind" * 50) == []
    assert CLAUDE in KINDS
