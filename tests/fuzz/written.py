"""What people write by hand: settings, prices, plans, what-if files, calls to record, and their shells' profiles."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tests.domain.advice.worked import TODAY, tables
from tests.fuzz.legal import assert_legal
from tests.fuzz.target import Target, scratch
from usagetray import recording
from usagetray.billing import Mode, Scene
from usagetray.domain.advice.what_if import what_if
from usagetray.domain.billing_route import billed, key_of
from usagetray.edges.billing import gathered
from usagetray.edges.json_file import document
from usagetray.edges.plans import plan_table
from usagetray.edges.settings_file import parse_value, set_value, unset_value
from usagetray.edges.shells import fish, plain_lines, posix, powershell
from usagetray.edges.shells.statements import Environment, Statement
from usagetray.edges.tables import rate_table
from usagetray.edges.what_if_file import stated_use
from usagetray.errors import UserError
from usagetray.providers import discover
from usagetray.settings.reading import load
from usagetray.views.advice_json import what_if_json
from usagetray.views.cli.advise import _tiers
from usagetray.views.what_if_text import what_if_text

Parse = Callable[[str, Mapping[str, str]], Iterator[Statement]]

SETTINGS = b"""welcomed = true
show = "left"
times = "clock"

[alerts]
thresholds = [50, 75, 90]
quiet_hours = "22:00-07:00"

[providers.claude]
allow = ["usage_endpoint"]
homes = ["~/.claude-work"]

[[budgets]]
amount = 300
period = "month"
thresholds = [50, 100]

[[rates]]
model = "house-model"
input = "3.00"
output = 15
since = 2026-11-01

[[rates]]
model = "other"
like = "claude-opus-4-7"
"""
PLANS = json.dumps(
    {
        "plans": [
            {
                "vendor": "anthropic",
                "plan_id": "house",
                "name": "House",
                "fee": "100",
                "currency": "USD",
                "period": "month",
                "checked": "2026-11-20",
                "multiplier": {"base_plan": "pro", "session": "5", "weekly_range": ["2", "4"]},
                "fee_range": [20, 30.5],
            }
        ]
    }
).encode()
WHAT_IF = json.dumps(
    {
        "usage": {
            "per": "month",
            "models": [
                {"model": "gpt-5", "prompt_tokens": 4000000, "output_tokens": 50000, "read_share": 0.7},
                {"model": "claude-opus-4-7", "tokens": {"input": 10, "output": 20, "cache_read": 5}},
            ],
        },
        "plans": ["pro", "max_5x", {"name": "Club", "fee": 10, "multiple": 2}],
        "owned": "pro",
        "value": {"hour_usd": 80, "hours_saved_month": 10},
        "hybrid": {"api_low_usd": 5, "api_high_usd": "20"},
        "what_if": {"prompt_cut": 0.3, "route_to": ["gpt-5-mini"], "batch_share": 0.5},
    }
).encode()
CALLS = (
    b'{"model": "gpt-5.5", "usage": {"input_tokens": 10, "output_tokens": 5}}',
    b'{"prompt_tokens": 10, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 4}}',
    b'{"usageMetadata": {"promptTokenCount": 7, "candidatesTokenCount": 3}, "modelVersion": "gemini-2.5-pro"}',
    b'{"id": "msg_1", "model": "claude-opus-4-7", "usage": {"input_tokens": 1, "cache_creation":'
    b' {"ephemeral_5m_input_tokens": 3}, "output_tokens": 9}}',
)
POSIX = b"""if [ -n "$X" ]; then export EXAMPLE_KEY="a${HOME}b"; fi
alias tool='EXAMPLE_KEY=v tool'
case $TERM in xterm) export A=1;; esac
cat <<EOF
export EXAMPLE_KEY=inside
EOF
f() { export EXAMPLE_KEY=$'v\\'w'; }
. ~/.other; source "$HOME/x"; set -a; EXAMPLE_KEY=$(cat key); unset -v A
"""
FISH = b"""set -gx EXAMPLE_KEY "v $HOME"
if test -n "$X"
    set -x EXAMPLE_KEY 'w'; set -e A
end
function f; set -Ux EXAMPLE_KEY x; end
SETUVAR --export EXAMPLE_KEY:v\\x20w
"""
POWERSHELL = b"""$env:EXAMPLE_KEY = "v $HOME"
[Environment]::SetEnvironmentVariable('EXAMPLE_KEY', 'w')
if ($true) { $env:EXAMPLE_KEY = @'
x
'@ }
Remove-Item Env:EXAMPLE_KEY <# why #>; Set-Item -Path Env:EXAMPLE_KEY -Value v
"""


def targets() -> tuple[Target, ...]:
    price = "prices finite and from 0 up; a sentence for each mistake, the rest holds"
    return (
        Target("settings", "settings as they may be, a sentence for each mistake; never an exception", _settings,
               (SETTINGS, b"show = 7\n"), is_json=False),
        Target("settings-rates", price, _rates, (SETTINGS[SETTINGS.index(b"[[rates]]"):],), is_json=False),
        Target("settings-edit", "SettingsError, or the key stands in the file and the rest as it stood", _edit,
               (SETTINGS, b"# why\nshow = 'left'\n"), is_json=False),
        Target("settings-value", "any TOML value, else the text", _value, (b"[50, 75]", b"left", b"true", b"{a=1}")),
        Target("plans", price, _plans, (PLANS,)),
        Target("what-if", "UserError, or an answer of finite figures in JSON and in words", _what_if, (WHAT_IF,)),
        Target("recorded-call", "ValueError, nothing, or counts from 0 up", _call, CALLS),
        *(
            Target(f"shell-{name}", "statements of whole lines, in time; never an exception", _shell(parse), (seed,),
                   is_json=False)
            for name, parse, seed in SHELLS
        ),
        Target("shell-documents", "evidence with lines, or none; no value but as a Secret", _documents,
               (b'{"apiKeyHelper": "x", "env": {"EXAMPLE": "v"}}', b'model_provider = "x"\n[model_providers.x]\n')),
    )  # fmt: skip


def _settings(content: bytes) -> None:
    path = scratch() / "config.toml"
    path.write_bytes(content)
    found = load(path)
    assert_legal(found)
    assert all(0 < share <= 1 for share in found.thresholds("claude", "a"))


def _rates(content: bytes) -> None:
    path = scratch() / "rates.toml"
    path.write_bytes(content)
    table = rate_table(load(path).rates, today=TODAY)
    assert_legal(table.problems)
    for model in ("house-model", "other", "claude-opus-4-7", "gpt-5"):
        if (name := table.name(model).id) and (card := table.card(name, TODAY)):
            assert_legal(card.row.base)


def _edit(content: bytes) -> None:
    path = scratch() / "edited.toml"
    path.write_bytes(content)
    with contextlib.suppress(UserError):
        set_value(path, "show", "left")
        after = load(path)
        assert after.show_left, path.read_bytes()
        set_value(path, "alerts.thresholds", [50, 80])
        assert load(path).alerts.thresholds == (0.5, 0.8)
        unset_value(path, "show")


def _value(content: bytes) -> None:
    with contextlib.suppress(UnicodeDecodeError):
        parse_value(content.decode())


def _plans(content: bytes) -> None:
    path = scratch() / "plans.json"
    path.write_bytes(content)
    table = plan_table(path)
    assert len(table.plans) >= 1
    assert_legal(table)


def _what_if(content: bytes) -> None:
    with contextlib.suppress(UserError, UnicodeDecodeError):
        read = document("use.json", content.decode("utf-8-sig"))
        stated = stated_use(read, tables())
        assert_legal(stated)
        assert_legal(read.problems)
        found = what_if(stated, tables().models, _tiers(tables()))
        json.dumps(what_if_json(found, read.problems), allow_nan=False)
        "".join(str(each) for each in what_if_text(found, read.problems)).encode()


def _call(content: bytes) -> None:
    try:
        usage: Any = json.loads(content)
    except (ValueError, RecursionError):
        return
    with contextlib.suppress(ValueError):
        event = recording.event_of(
            model="", usage=usage, counts={}, app="fuzz", task="", at=None, tier="", speed="", geo="", can_wait=False,
            id_="",
        )  # fmt: skip
        if event is not None:
            assert_legal(event)
            recording.own_calls.line_of(event)


# ---- shells -------------------------------------------------------------------------------------------------


def _stored(text: str, known: Mapping[str, str]) -> Iterator[Statement]:
    del known
    return fish.stored(text)


SHELLS: tuple[tuple[str, Parse, bytes], ...] = (
    ("posix", posix.statements, POSIX),
    ("fish", fish.statements, FISH),
    ("fish-stored", _stored, FISH),
    ("powershell", powershell.statements, POWERSHELL),
    ("plain", plain_lines.statements, b"EXAMPLE_KEY=v\nA=${HOME}/x # y\n"),
)


def _shell(parse: Parse) -> Callable[[bytes], None]:
    def run(content: bytes) -> None:
        text = content.decode(errors="replace")
        environment = Environment(["EXAMPLE_KEY", "A"])
        for statement in parse(text, {"HOME": "/home/example"}):
            assert 1 <= statement.line <= text.count("\n") + 1 + text.count("\r")
            environment.take(statement, "profile")
        for held in environment.exported().values():
            assert held.value is None or isinstance(held.value.reveal(), str)

    return run


class OneText:
    """Every file of a home holds the same."""

    def __init__(self, content: str) -> None:
        self._content = content

    def text(self, path: str) -> str | None:
        del path
        return self._content

    def names(self, folder: str) -> tuple[str, ...]:
        del folder
        return ("a.conf",)

    def registry(self, hive: str) -> Mapping[str, str]:
        del hive
        return {}


def _documents(content: bytes) -> None:
    files = OneText(content.decode(errors="replace"))
    for provider in discover():
        if provider.billing is not None:
            for shell in ("zsh", "fish", "powershell"):
                scene = Scene(
                    mode=Mode.INTERACTIVE,
                    system="linux",
                    home="/home/x",
                    tool_home="/home/x/.tool",
                    place="/home/x/p",
                    root="/home/x/p",
                    terminal_shell=shell,
                )
                found = gathered(provider.billing, scene, files, profiles=True, vendors={})
                verdict = billed(provider.billing, found)
                assert_legal(key_of(verdict))
