"""Codex (ChatGPT plans): five-hour, weekly and other limits, from its own session files or, by consent, its server."""

from usagetray.providers.codex import billing, counting, endpoint, rehearsal, sessions
from usagetray.providers.contract import HomeRule, Provider, StatusPage

PROVIDER = Provider(
    id=sessions.PROVIDER_ID,
    name="Codex",
    homes=HomeRule(env="CODEX_HOME", default="~/.codex"),
    strategies=(sessions.STRATEGY, endpoint.STRATEGY),
    signs=(sessions.SESSIONS, sessions.ARCHIVED),
    activity=(sessions.SESSIONS,),
    logs=counting.LOGS,
    billing=billing.RULES,
    vendor="openai",
    reads="Reads Codex’s own session files. No network, and your sign-in is never touched.",
    rehearsal=rehearsal.REHEARSAL,
    status_page=StatusPage(origin="https://status.openai.com", components=("Codex",)),
)
