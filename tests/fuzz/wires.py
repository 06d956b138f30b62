"""What reaches us through pipes, sockets and spools: verbs, events, the status line hook, orders, notes."""

from __future__ import annotations

import contextlib
import json
import math
import shutil

from tests.fuzz.legal import assert_legal
from tests.fuzz.target import NOW, Target, scratch
from usagetray import statusline
from usagetray.edges import channel, popup, spool
from usagetray.edges.keychain import _parts
from usagetray.edges.store import open_writer
from usagetray.errors import SourceError, UserError
from usagetray.spine import snoozing
from usagetray.views import verbs
from usagetray.views.popup import pipes

TOLD = json.dumps(
    {
        "session_id": "made-up",
        "model": {"id": "claude-opus-4-7"},
        "rate_limits": {
            "five_hour": {"used_percentage": 41.2, "resets_at": 1795210000},
            "seven_day": {"used_percentage": 97, "resets_at": 1795410000},
        },
    }
).encode()
COST = json.dumps(
    {"at": NOW.timestamp() - 60, "until": NOW.timestamp() + 600, "lines": {"/home/x/.claude": "≈ $3.20 today"}}
).encode()


def targets() -> tuple[Target, ...]:
    orders = (
        b'{"of": ["claude", "a", "five_hour"], "until": "2026-11-20T21:00:00+00:00"}',
        b'{"of": ["*", "*", "*"], "until": "2026-11-21T09:00:00+01:00"}',
    )
    verb = b'{"verb": "show", "args": {"what": "claude/a/five_hour"}}'
    return (
        Target("hook-input", "figures finite and from 0 up, a printable line", _hook, (TOLD, b'{"rate_limits": {}}')),
        Target("hook-cost-note", "a short printable text, or none", _cost, (COST,)),
        Target("channel-verb", "one line of JSON, ok or not, never over its length", _verb, (verb,)),
        Target(
            "channel-words",
            "words that lead back to the same verb",
            _words,
            (b"snooze/1h/claude/a%2Fb/five_hour", b"want_back/on/claude/a"),
            is_json=False,
        ),
        Target("popup-event", "an object with the name of an event, or None", _event, (b'{"event": "shown"}',)),
        Target("popup-verb", "an object, or None", _popup_verb, (b'{"verb": "show", "x": 3, "y": 4}',)),
        Target("popup-words", "a sentence without paths", _reason, (b"libxcb-cursor.so.0: cannot open",), False),
        Target("spool-lines", "whole lines without a newline, none too many", _spool, (b"a\nb\n", b"\n\nhalf"), False),
        Target("spool-order", "the order is carried out or dropped, and its file is gone", _order, orders),
        Target("keychain-entry", "a number of parts, or CREDENTIAL_MALFORMED", _entry, (b'{"v": 1, "n": 3}',)),
    )


def _hook(content: bytes) -> None:
    limits = statusline.reduced(content)
    for window in limits.values():
        for value in window.values():
            number = statusline.figure(value)
            assert number is None or (math.isfinite(number) and number >= 0)
    for left in (False, True):
        line = statusline.own_line(limits, NOW.timestamp(), left)
        assert line.isprintable()
        assert len(line) < 120
    json.dumps({"rate_limits": limits}).encode()


def _cost(content: bytes) -> None:
    folder = scratch() / "state" / "spool"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / statusline.COST
    path.write_bytes(content)
    path.chmod(0o600)
    text = statusline.cost_note(str(folder.parent), "/home/x/.claude", NOW.timestamp())
    assert len(text) <= 80
    assert not text or text.isprintable()
    text.encode()


def _verb(content: bytes) -> None:
    def handle(verb: str, args: object) -> str:
        if verb == "show":
            return json.dumps(args)
        raise UserError(f"no verb {verb}")

    said = channel.answer(content, handle)
    assert len(said) <= channel.MOST_ANSWERED
    assert said.endswith(b"\n")
    assert isinstance(json.loads(said)["ok"], bool)
    assert b"its log says why" not in said


def _words(content: bytes) -> None:
    words = verbs.words_of(content.decode(errors="replace"))
    assert verbs.words_of(verbs.verb(*words)) == words


def _event(content: bytes) -> None:
    event = popup._decode(content)
    assert event is None or isinstance(event["event"], str)


def _popup_verb(content: bytes) -> None:
    verb = pipes.decode(content)
    assert verb is None or isinstance(verb, dict)


def _reason(content: bytes) -> None:
    said = popup.reason(1, content.decode(errors="replace").splitlines())
    assert "/" not in said


def _spool(content: bytes) -> None:
    folder = scratch() / "lines"
    folder.mkdir(exist_ok=True)
    (folder / "x.jsonl").write_bytes(content)
    found = spool.read(str(folder), "x")
    assert all(found)
    assert not any(b"\n" in each for each in found)
    assert sum(map(len, found)) <= len(content)


def _order(content: bytes) -> None:
    folder = scratch() / "orders"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "1.json").write_bytes(content)
    with contextlib.closing(open_writer(scratch() / "orders.db")) as store:
        snoozing.take_in(store, folder, NOW)
        for each in snoozing.snoozes(store, NOW):
            assert_legal(each)
            assert each.until_at <= NOW + snoozing.LONGEST
    assert not list(folder.iterdir())


def _entry(content: bytes) -> None:
    with contextlib.suppress(SourceError):
        assert 1 <= _parts(content.decode(errors="replace")) <= 10_000
