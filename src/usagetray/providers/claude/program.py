"""Claude: asking the user's own `claude` program, by the control request its own editor extension uses.

Source: `get_usage` on the program's stream-json wire; "experimental" in the vendor's own types, seen August to
November 2026. It costs no tokens and no message; the program uses its own sign-in, which we never see.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from usagetray.errors import Cause, SourceError
from usagetray.model import Snapshot
from usagetray.providers.claude import identity
from usagetray.providers.claude.limits import of_control_response, stated
from usagetray.providers.contract import Facts, Program, Strategy, Web
from usagetray.providers.parse import Answer, account_of_home, decode

ID = "program"
REQUEST = "usage-1"
CLAUDE = Program(
    name="claude",
    places=(
        "~/.local/bin/claude",
        "~/.claude/local/claude",
        "/opt/homebrew/bin/claude",
        "/usr/local/bin/claude",
        "~/.npm-global/bin/claude",
        "~/.local/bin/claude.exe",
        "~/AppData/Roaming/npm/claude.cmd",
    ),
    # Folders, no secrets: where it keeps its sign-in, and the shell that it does not start without on Windows.
    environ=("CLAUDE_SECURESTORAGE_CONFIG_DIR", "CLAUDE_CODE_GIT_BASH_PATH"),
)
ARGUMENTS = (
    *("-p", "--input-format", "stream-json", "--output-format", "stream-json", "--verbose"),
    # No settings: start hooks and plugins of the user must not fire because we look at a number.
    *("--setting-sources", "", "--strict-mcp-config", "--no-session-persistence", "--disable-slash-commands"),
)
TOLD = b"".join(
    json.dumps(line).encode() + b"\n"
    for line in (
        {"type": "control_request", "request_id": "init-1", "request": {"subtype": "initialize"}},
        # Without `skip_behaviors` the program reads a week of transcripts first.
        {
            "type": "control_request",
            "request_id": REQUEST,
            "request": {"subtype": "get_usage", "skip_behaviors": True},
        },
    )
)


def is_answer(line: bytes) -> bool:
    body = decode(line) if b"control_response" in line else None
    response = body.get("response") if isinstance(body, dict) and body.get("type") == "control_response" else None
    return isinstance(response, dict) and response.get("request_id") == REQUEST


def fetch(facts: Facts, web: Web | None) -> tuple[Snapshot, ...]:
    del web
    run = facts.programs.get(CLAUDE.name)
    if run is None:
        raise SourceError(identity.SOURCE, Cause.NOT_CONNECTED, "the claude program was not found")
    account = identity.account(identity.config(facts)) or account_of_home(facts.home)
    # Set to the default folder itself, the variable would make the program look for another sign-in.
    environ = {} if facts.home.is_default else {"CLAUDE_CONFIG_DIR": str(facts.home.path)}
    body = decode(run(ARGUMENTS, TOLD, is_answer, environ))
    response = Answer(body).sub("response")
    if response is None or response.text("subtype") != "success":
        raise SourceError(identity.SOURCE, Cause.BAD_DATA, "this version of claude does not know the question")
    answer, kind = of_control_response(body)
    if answer is None and response.flag("response", "rate_limits_available") is False:
        return ()  # no plan stands behind the sign-in: it was asked and has answered, only there is nothing to show
    if answer is None:
        raise SourceError(identity.SOURCE, Cause.BAD_DATA, "the answer has another shape")
    planned = replace(account, plan=account.plan or identity.plan(kind))
    return (stated(ID, planned, facts.now, answer, may_be_empty=False),)


STRATEGY = Strategy(
    id=ID,
    label="the claude program",
    needs=(*identity.NEEDS, CLAUDE),
    fetch=fetch,
    consent=(
        "Starts your own claude program for some seconds to ask it for its limits: when you refresh, and at most "
        "every 15 minutes while you use Claude Code. It uses its own sign-in, which usagetray does not see; it "
        "costs no message and no tokens."
    ),
    poll_every=timedelta(minutes=15),
    clicks_apart=timedelta(minutes=3),
    only_in_use=True,
)
