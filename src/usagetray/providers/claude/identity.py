"""Claude: whose figures these are, from Claude Code's global config file (which holds no token)."""

from __future__ import annotations

import re

from usagetray.errors import Cause, SourceError
from usagetray.model import Account
from usagetray.providers.contract import Facts, LocalFile
from usagetray.providers.parse import Answer, decode

PROVIDER_ID = "claude"
SOURCE = "Claude"
PERSONAL = re.compile(r"\S+@\S+['’]s Organization", re.IGNORECASE)
"""What Anthropic names the organisation of somebody who has none; it would show an e-mail address."""
KINDS = {"max": "Max", "team": "Team", "enterprise": "Enterprise", "pro": "Pro"}
SEATS = {"team_standard": "standard", "team_tier_1": "premium"}


CONFIG = LocalFile(
    name="config",
    # The default installation keeps the file beside its folder, every other one inside.
    place=lambda home: home.path.parent / ".claude.json" if home.is_default else home.path / ".claude.json",
)
OLD_CONFIG = LocalFile(name="old_config", place=lambda home: home.path / ".config.json")
"""An older layout; where it still exists Claude Code uses it."""
NEEDS = (CONFIG, OLD_CONFIG)


def config(facts: Facts) -> Answer | None:
    """The global config file; None if there is none.

    Raises `BAD_DATA` when it cannot be read as a whole: it is rewritten often, and half of it names nobody.
    """
    file = facts.file(OLD_CONFIG.name) or facts.file(CONFIG.name)
    if file is None:
        return None
    body = decode(file.content)
    if not isinstance(body, dict):
        raise SourceError(SOURCE, Cause.BAD_DATA, "the config file is no JSON object just now")
    return Answer(body)


def account(config_file: Answer | None) -> Account | None:
    """The account that is signed in; None if nobody is."""
    login = config_file.sub("oauthAccount") if config_file else None
    if login is None:
        return None
    uuid = login.text("accountUuid")
    if uuid is None:
        return None
    organisation = login.text("organizationName")
    return Account(
        id=uuid,
        label="Personal" if organisation and PERSONAL.fullmatch(organisation) else organisation,
        plan=plan(login.text("organizationType"), login.text("organizationRateLimitTier"), login.text("seatTier")),
    )


def plan(kind: str | None, tier: str | None = None, seat: str | None = None) -> str | None:
    """ "Max 5x" from `claude_max` and `default_claude_max_5x`; None if neither names a plan we know."""
    tier_words = _words(tier)
    for words in (_words(kind), tier_words):
        for word, label in KINDS.items():
            if word in words:
                size = tier_words[tier_words.index("max") + 1 :] if word == "max" and "max" in tier_words else []
                extra = size[0] if size and re.fullmatch(r"\d{1,3}x", size[0]) else SEATS.get(seat or "")
                return f"{label} {extra}" if extra else label
    return None


def _words(text: str | None) -> list[str]:
    return re.split(r"[^a-z0-9]+", text.lower()) if text else []
