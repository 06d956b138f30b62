"""Names from outside are inert, short text in every output, and the shipped code holds none of the dangerous means."""

from __future__ import annotations

import ast
import csv
import dataclasses
import io
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import usagetray
from tests.logs.lines import answer, text
from tests.reliability.fake_provider import CLAUDE, CODEX, KIMI, OPENROUTER
from tests.reliability.sim import MINUTE, Sim
from tests.support import Asked, ManualClock, ok
from usagetray.edges.notify import Sink
from usagetray.profile import local_zone
from usagetray.providers.contract import Reply
from usagetray.recording import log_usage
from usagetray.views.cli import main
from usagetray.views.menu import menu, tooltip
from usagetray.views.popup.content import Wish, page

HOSTILE = {
    "escape sequence": "\x1b[31mred\x1b[0m\x1b]0;title\x07\x9b2J",
    "HTML": "<b onclick=x>bold</b><script>alert(1)</script><img src=http://evil.example/x>",
    "entities": "&lt;b&gt; &#60;i&#62; &amp;amp;",
    "direction": "\u202egnp.exe\u2066a\u2069\u200f",
    "invisible": "a\u200bd\u200d\ufeffm\u2060i\u00adn\u3164",
    "formula": '=HYPERLINK("http://evil.example";"x")',
    "another formula": "@SUM(1+1)*cmd|' /C calc'!A0",
    "a third": "+1-2",
    "a fourth": "-2+3|x",
    "tabbed formula": "\t=1+1",
    "format": "%s%n%(name)s{0}{x!r}{",
    "shell": "$(id)`id`;rm -rf ~ & ${HOME} #[fg=red] %{F#f00} ^fn(x)",
    "lines": "one\r\ntwo\x0bthree\x85four\u2028five\u2029six",
    "endless": "x" * 10_000,
    "endless and wide": "\U0001f469\u200d\U0001f4bb" * 3000,
    "stacked": "e" + "\u0301" * 500,
    "zero": "nul\0byte",
    "path": "../../../etc/passwd",
    "private": "\ue000\ufff9\uffff\U000e0041",
}
LONGEST = 80
DIRECTION = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def acting(line: str) -> list[str]:
    """What in this line could act on whoever shows it, but for what the program itself puts there."""
    found = [f"{unicodedata.name(char, hex(ord(char)))}" for char in line if unicodedata.category(char) in ("Cc", "Cf")]
    found += [
        char for char in line if unicodedata.category(char) in ("Co", "Cs", "Cn", "Zl", "Zp") or char in DIRECTION
    ]
    found += re.findall(r"<\s*/?\s*(?:b|i|a|img|script)\b[^>]*>", line)
    found += re.findall(r"&(?:lt|gt|amp|#\d+);", line)
    found += re.findall(r"x{81,}", line)
    found += [f"{len(run)} marks" for run in re.findall(r"[\u0300-\u036f]+", unicodedata.normalize("NFD", line))
              if len(run) > 3]  # fmt: skip
    return found


HANDLES = {"key", "event", "elsewhere_key", "action", "keys"}
"""Of pages and menus: by which a click finds what it is about; never shown."""


def texts(of: object) -> Iterator[str]:
    """Every text in a tree of dataclasses, tuples and mappings."""
    if isinstance(of, str):
        yield of
    elif dataclasses.is_dataclass(of) and not isinstance(of, type):
        for each in dataclasses.fields(of):
            if each.name not in HANDLES:
                yield from texts(getattr(of, each.name))
    elif isinstance(of, dict):
        for key, value in of.items():
            yield from texts(key)
            yield from texts(value)
    elif isinstance(of, list | tuple | set | frozenset):
        for value in of:
            yield from texts(value)


def claude_of(name: str, used: int) -> Callable[[Asked], Reply]:
    def reply(asked: Asked) -> Reply:
        body = CLAUDE.body(asked.path, used, asked.at + timedelta(hours=3))
        scope = {"model": {"display_name": name}}
        later = (asked.at + timedelta(days=3)).isoformat()
        body["limits"].append({"kind": "weekly_scoped", "percent": used, "resets_at": later, "scope": scope})
        body["limits"].append({"kind": name, "percent": 7, "resets_at": later, "scope": None})
        body[name] = {"utilization": 5, "resets_at": later}
        return ok(body)

    return reply


def codex_of(name: str) -> Callable[[Asked], Reply]:
    def reply(asked: Asked) -> Reply:
        body = CODEX.body(asked.path, 95, asked.at + timedelta(hours=3))
        window = body["rate_limit"]["primary_window"]
        more = {"limit_name": name, "metered_feature": name, "rate_limit": {"primary_window": window}}
        return ok({**body, "plan_type": name, "additional_rate_limits": [more]})

    return reply


def named(user: Sim, name: str) -> None:
    """Whoever owns this machine is called like that, and so is their plan."""
    login = {
        "accountUuid": "00000000-0000-4000-8000-00000000000a",
        "emailAddress": f"{name}@example.invalid",
        "organizationName": name,
        "organizationType": name,
        "organizationRateLimitTier": name,
    }
    (user.home / ".claude.json").write_text(json.dumps({"oauthAccount": login}))


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_r40_a_name_is_inert_in_popup_tooltip_menu_notification_and_status(
    sim: Callable[..., Sim], name: str, tmp_path: Path
) -> None:
    """Of an account, its organisation, plan, models, keys and limits, in the answers of four providers."""
    user = sim(CLAUDE, CODEX, KIMI, OPENROUTER)
    named(user, name)
    user.notifier = Sink(tmp_path / "alerts.jsonl", user.clock.now)
    user.vendors["claude"].answer = claude_of(name, 96)
    user.vendors["codex"].answer = codex_of(name)
    person = {"user": {"nickname": name, "membership": {"level": name}}}
    user.vendors["kimi"].answer = lambda asked: ok(
        {**KIMI.body(asked.path, 60, asked.at + timedelta(hours=3)), **person}
    )
    user.vendors["openrouter"].answer = lambda asked: ok(
        {"data": {"label": name, "usage": 5, "limit": 10, "total_credits": 20, "total_usage": 10}}
    )
    core = user.start()
    user.tick()
    user.run(MINUTE)

    overview = core.overview()
    shown = [
        *texts(page(overview, user.clock.now(), local_zone(), Wish())),
        *texts(menu(overview, local_zone(), False)),
        *tooltip(overview, local_zone(), False).split("\n"),
        *texts(json.loads(json.dumps(user.status()))),
    ]
    announced = [json.loads(line) for line in (tmp_path / "alerts.jsonl").read_text().splitlines()]
    assert announced
    lines = [line for each in (*shown, *texts(announced)) for line in each.split("\n")]  # a row's hint has several
    assert {each: acting(each) for each in lines if acting(each)} == {}
    assert not any("one\n" in each or "five\n" in each for each in shown)
    assert all(window["state"] for account in user.accounts() for window in account["windows"])


VERBS = (
    *("status", "status --verbose", "status --json", *(f"bar {kind}" for kind in ("waybar", "polybar", "i3blocks"))),
    *("bar tmux", "bar xbar", "bar json"),
    *("alerts list", "alerts list --json", "doctor", "doctor --json", "providers", "providers --json"),
    *(f"report {kind}{form}" for kind in ("daily", "session", "project", "model", "block", "app")
      for form in ("", " --json", " --csv")),
    *(f"export {what} --format {form}" for what in ("usage", "readings", "alerts") for form in ("csv", "json")),
    *("report block --why", "advise", "advise --json", "why"),
)  # fmt: skip


@pytest.fixture
def machine(tmp_path: Path, sim: Callable[..., Sim], monkeypatch: pytest.MonkeyPatch) -> Sim:
    """All names at once: each is a project, a model, a session, an agent and an app; the account's is a mixture."""
    now = datetime.now(UTC)
    user = Sim(tmp_path / "real", CLAUDE, CODEX, clock=ManualClock(now - timedelta(minutes=3)))
    mixture = "".join(each[:20] for each in HOSTILE.values())
    named(user, mixture)
    user.vendors["claude"].answer = claude_of(mixture, 96)
    user.vendors["codex"].answer = codex_of("<b>\u202e=1+1")
    folder = user.home / ".claude" / "projects"
    for number, name in enumerate(HOSTILE.values()):
        log = folder / f"-p{number}" / "s.jsonl"
        log.parent.mkdir(parents=True)
        stamp = (now - timedelta(minutes=30 + number)).isoformat().replace("+00:00", "Z")
        told = [
            answer(f"m{number}-{n}", 50, request=f"r{number}-{n}", cwd=f"/work/{name}", session=name, model=name,
                   agent=agent, timestamp=stamp, gitBranch=name, version=name)
            for n, agent in enumerate((None, name))
        ]  # fmt: skip
        log.write_bytes(text(*told))
    for name, value in {"HOME": str(user.home), "USAGETRAY_HOME": str(user.profile_dir), "PATH": ""}.items():
        monkeypatch.setenv(name, value)
    for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME", "XDG_CONFIG_HOME", "DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for name in HOSTILE.values():
        log_usage(model=name, usage={"input_tokens": 3, "output_tokens": 2}, app=name, task=name)
    user.notifier = Sink(tmp_path / "alerts.jsonl", user.clock.now)
    user.start()
    user.tick()
    user.run(MINUTE, every=MINUTE)
    user.close()
    return user


def test_r40_a_name_is_inert_in_every_verb_s_text_csv_and_json(
    machine: Sim, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong: dict[str, Any] = {}
    ran = 0
    for verb in VERBS:
        try:
            status = main(verb.split())
        except SystemExit as ended:
            status = int(ended.code or 0)
        said = capsys.readouterr()
        if status == 2:
            continue
        ran += 1
        assert "Traceback" not in said.err, verb
        found = [each for line in (said.out + said.err).splitlines() for each in acting(line)]
        if "csv" in verb:
            cells = [cell for row in csv.reader(io.StringIO(said.out)) for cell in row]
            assert cells, verb
            found += [cell for cell in cells if cell[:1] in "=+-@\t\r" and cell and not _is_number(cell)]
        elif "json" in verb and said.out.strip():
            found += [each for value in texts(json.loads(said.out)) for each in acting(value)]
        if found:
            wrong[verb] = sorted(set(found))[:6]
    assert wrong == {}
    assert ran >= len(VERBS) - 3


def _is_number(cell: str) -> bool:
    return re.fullmatch(r"[+-]?[0-9][0-9.,%]*", cell) is not None


# ---- constructs -------------------------------------------------------------------------------------------------

SHELL_OF_ITS_OWNER = "statusline_former.py"
"""Runs the status line command that the user had before, through the shell it was written for."""
FORBIDDEN_IMPORTS = {"pickle", "_pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "yaml", "imp", "dbm"}
FORBIDDEN_NAMES = {"eval", "exec", "__import__", "compile", "mktemp", "tempnam", "tmpnam", "popen", "execfile"}
FORBIDDEN_ATTRIBUTES = {
    *("os.system", "os.popen", "tempfile.mktemp", "ssl._create_unverified_context", "ssl.CERT_NONE"),
    *("builtins.eval", "builtins.exec", "asyncio.create_subprocess_shell", "subprocess.getoutput"),
    *(
        "subprocess.getstatusoutput",
        "os.popen2",
        "commands.getoutput",
        "ssl.wrap_socket",
        "http.server",
        "socketserver",
    ),
}


SHARED = re.compile(r"/tmp(/.*)?|/var/tmp(/.*)?|/dev/shm(/.*)?")
"""Folders in which anybody may have put anything."""


def dangers(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Anything of the kinds that shipped code is to be free of, also under another name."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {each.asname or each.name: each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {each.asname or each.name: f"{node.module}.{each.name}" for each in node.names}
    for whole in names.values():
        if whole.partition(".")[0] in FORBIDDEN_IMPORTS:
            yield 0, f"import {whole}"
        if whole in FORBIDDEN_ATTRIBUTES:
            yield 0, whole
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Name) and names.get(called.id, called.id).rpartition(".")[2] in FORBIDDEN_NAMES:
                yield node.lineno, called.id
            for keyword in node.keywords:
                value = keyword.value.value if isinstance(keyword.value, ast.Constant) else "computed"
                bad = {"shell": value is not False, "verify": value is False, "check_hostname": value is False}
                if bad.get(keyword.arg or ""):
                    yield node.lineno, f"{keyword.arg}={value}"
        elif isinstance(node, ast.Attribute):
            whole = ast.unparse(node)
            head, _, rest = whole.partition(".")
            if f"{names.get(head, head)}.{rest}" in FORBIDDEN_ATTRIBUTES:
                yield node.lineno, whole
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Attribute) and target.attr in ("check_hostname", "verify_mode"):
                    yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and SHARED.fullmatch(node.value):
            yield node.lineno, node.value


def test_r40_shipped_code_holds_no_construct_that_runs_or_trusts_what_it_is_given() -> None:
    """No pickles, no eval, no shell, no unverified certificate, no name in a shared temporary folder."""
    root = Path(usagetray.__file__).parent
    files = sorted(root.rglob("*.py"))
    found = [
        f"{path.relative_to(root)}:{line}: {what}"
        for path in files
        for line, what in dangers(ast.parse(path.read_text(encoding="utf-8")))
        if not (path.name == SHELL_OF_ITS_OWNER and what.startswith("shell="))
    ]

    assert len(files) > 200
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "import pickle", "from marshal import loads as l", "import yaml", "eval('1')", "import os as o; o.system('x')",
        "from builtins import exec as e; e('')", "import subprocess; subprocess.run('x', shell=True)",
        "x.check_hostname = False",
        "import tempfile; tempfile.mktemp()", "import ssl; c.verify_mode = ssl.CERT_NONE", "httpx.Client(verify=False)",
        "open('/tmp/name')", "import http.server",
    ],
)  # fmt: skip
def test_r40_the_scan_sees_each_of_them(code: str) -> None:
    assert list(dangers(ast.parse(code)))
