"""Claude (Pro, Max, Team, Enterprise): the five-hour and weekly limits that Claude Code and claude.ai share.

Strategies in order of preference: what Claude Code tells its status line, what it keeps for itself, what its
logs say about being locked out, and, only if the user allows it, Anthropic's usage endpoint.
"""

from usagetray.providers.claude import (
    billing,
    cached,
    counting,
    endpoint,
    hook,
    identity,
    lockout,
    program,
    rehearsal,
    status_line,
)
from usagetray.providers.contract import HomeRule, Provider, StatusPage

PROVIDER = Provider(
    id=identity.PROVIDER_ID,
    name="Claude",
    homes=HomeRule(env="CLAUDE_CONFIG_DIR", default="~/.claude", also=("~/.config/claude",)),
    strategies=(status_line.STRATEGY, cached.STRATEGY, lockout.STRATEGY, program.STRATEGY, endpoint.STRATEGY),
    signs=(identity.CONFIG, lockout.LOGS),
    activity=(lockout.LOGS,),
    logs=counting.LOGS,
    hooks=(hook.HOOK,),
    billing=billing.RULES,
    vendor="anthropic",
    reads="Reads Claude Code’s own usage file and session logs. Your sign-in is never touched.",
    rehearsal=rehearsal.REHEARSAL,
    status_page=StatusPage(
        origin="https://status.claude.com",
        components=("rwppv331jlwc", "yyzkbfz2thpt", "claude.ai", "Claude Code", "Claude API"),
    ),
)
