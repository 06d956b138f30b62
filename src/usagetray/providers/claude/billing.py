"""Claude: what Claude Code signs in with, and so who pays.

Source: Claude Code's documentation, pages "Authentication" (precedence, profiles), "Environment variables", "Settings
files and precedence" and "Settings reference" (`env`, `apiKeyHelper`), and its support article on keys in the
environment, as of 2026-11. A claim is sure only where they say it; approvals (`customApiKeyResponses`) are undocumented
and written by many tools. `apiKeyHelper` is never run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from usagetray.billing import (
    UNASKED,
    BillingFacts,
    BillingRules,
    Block,
    Claim,
    Document,
    Evidence,
    Held,
    Look,
    Mode,
    Passed,
    Redirect,
    Route,
    Rung,
    Scene,
    Sight,
)
from usagetray.model import Secret

GLOBAL, USER, SHARED, BESIDE, LOCAL, MANAGED, PROFILE = (
    *("global", "user", "shared", "local beside", "local", "managed", "profile"),
)
SETTINGS = (USER, SHARED, BESIDE, LOCAL, MANAGED)
"""The weakest first. What lies with a project waits until its folder is trusted."""
OF_PROJECT = (SHARED, BESIDE, LOCAL)
MANAGED_PLACES = {
    "macos": ("/Library/Application Support/ClaudeCode", "managed-settings.json"),
    "windows": (r"C:\Program Files\ClaudeCode", "managed-settings.json"),
}
CLOUDS = ("CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_VERTEX", "CLAUDE_CODE_USE_FOUNDRY")
ON, OFF = ("1", "true", "yes", "on"), ("0", "false", "no", "off", "")
AWS = ("ANTHROPIC_AWS_WORKSPACE_ID", "ANTHROPIC_AWS_API_KEY")
TOKEN, KEY, SETUP_TOKEN = "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN"
HELPER = "apiKeyHelper"
BASE_URL = "ANTHROPIC_BASE_URL"
NAMED_PROFILE = "ANTHROPIC_PROFILE"
FEDERATION = ("ANTHROPIC_FEDERATION_RULE_ID", "ANTHROPIC_ORGANIZATION_ID")
APPROVED_BY = 20
"""Characters at the end of a key by which its approval is remembered."""


# ---- files -------------------------------------------------------------------------------------------------


def documents(scene: Scene, look: Look) -> Mapping[str, Document]:
    own = scene.tool_home
    beside_home = scene.join(scene.above(own), ".claude.json")
    # The older layout is used where it still exists.
    kept = look.json(scene.join(own, ".config.json"))
    kept = kept or look.json(beside_home if scene.is_default_home else scene.join(own, ".claude.json"))
    user = scene.join(own, "settings.json")
    found = {
        GLOBAL: kept,
        USER: look.json(user),
        MANAGED: look.json(
            scene.join(*MANAGED_PLACES.get(scene.system, ("/etc/claude-code", "managed-settings.json")))
        ),
        PROFILE: _active_profile(scene, look),
    }
    if scene.place is not None:
        shared = scene.join(scene.place, ".claude", "settings.json")
        found[SHARED] = look.json(shared) if shared != user else None
        found[BESIDE] = look.json(scene.join(scene.place, ".claude", "settings.local.json"))
        if scene.root is not None and scene.root != scene.place:
            found[LOCAL] = look.json(scene.join(scene.root, ".claude", "settings.local.json"))
    return {name: document for name, document in found.items() if document is not None}


def _active_profile(scene: Scene, look: Look) -> Document | None:
    """The sign-in profile of Anthropic's own tools that holds where no variable names one."""
    folder = scene.join(scene.home, ".config", "anthropic")
    if scene.system == "windows":
        folder = scene.join(scene.folders.get("APPDATA") or scene.join(scene.home, "AppData", "Roaming"), "Anthropic")
    elif scene.folders.get("XDG_CONFIG_HOME"):
        folder = scene.join(scene.folders["XDG_CONFIG_HOME"], "anthropic")
    name = (look.text(scene.join(folder, "active_config")) or "").strip() or "default"
    is_name = re.fullmatch(r"[A-Za-z0-9_.-]{1,100}", name) is not None and name.strip(".") != ""
    return look.json(scene.join(folder, "configs", f"{name}.json")) if is_name else None


def blocks(facts: BillingFacts) -> tuple[Block, ...]:
    """The `env` objects of settings files. A program built on the SDK chooses itself which files it reads."""
    if facts.scene.mode is Mode.SDK:
        return ()
    found = []
    for name in SETTINGS:
        document = facts.documents.get(name)
        env = document.get("env") if document else None
        if document is None or not isinstance(env, Mapping):
            continue
        held = {
            variable: Held(value=Secret(_text(value)), at=document.at("env", variable), in_settings=True)
            for variable, value in env.items()
            if variable in VARIABLES and isinstance(value, str | int | float)
        }
        applies = name not in OF_PROJECT or _is_trusted(facts)
        found.append(Block(path=document.path, variables=held, applies=applies, why="folder not trusted yet"))
    return tuple(found)


def _text(value: str | float) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def _is_trusted(facts: BillingFacts) -> bool:
    """A run from a script never asks, and takes project settings from the start."""
    kept = facts.documents.get(GLOBAL)
    asked = kept.get("projects", facts.scene.place or "", "hasTrustDialogAccepted") if kept else None
    return facts.scene.mode in UNASKED or asked is True


# ---- rungs, from the top -----------------------------------------------------------------------------------


def cloud_session(sight: Sight) -> Claim | None:
    """On Anthropic's computers the subscription pays, whatever variables say."""
    if sight.mode is not Mode.CLOUD:
        return None
    return Claim(route=Route.PLAN, because=(Evidence(source="mode"),), anywhere=True)


def desktop_app(sight: Sight) -> Claim | None:
    """It signs in by itself; there is a report of a key that was billed all the same (anthropics/claude-code#53638)."""
    if sight.mode is not Mode.DESKTOP_APP:
        return None
    found = login(sight)
    return found and Claim(route=found.route, because=found.because, sure=False)


def gateway(sight: Sight) -> Claim | None:
    managed = sight.document(MANAGED)
    if managed is None:
        return None
    if managed.get("forceLoginMethod") == "gateway":
        return Claim(route=Route.CLOUD, because=(managed.at("forceLoginMethod"),))
    if managed.get("forceLoginGatewayUrl"):
        return Claim(route=Route.CLOUD, because=(managed.at("forceLoginGatewayUrl"),))
    return None


def cloud(name: str) -> Rung:
    def rung(sight: Sight) -> Claim | Passed | None:
        held = sight.env.get(name)
        if held is None:
            return None
        text = held.value.reveal().strip().lower() if held.value is not None else None
        if text in OFF:
            return Passed(at=held.at, why="switched off")
        # Nothing says what any other text means.
        return Claim(route=Route.CLOUD, because=(held.at,), sure=text in ON and not held.perhaps)

    return rung


def aws(sight: Sight) -> Claim | None:
    held = next((sight.env[name] for name in AWS if name in sight.env), None)
    return Claim(route=Route.CLOUD, because=(held.at,), sure=False) if held else None


def forbidden(sight: Sight) -> Claim | None:
    """Where an organisation dictates the login, a session with any other credential does not start."""
    managed = sight.document(MANAGED)
    dictated = [name for name in ("forceLoginMethod", "forceLoginOrgUUID") if managed and managed.get(name)]
    others = [sight.env[name].at for name in (TOKEN, KEY) if name in sight.env]
    others += [found] if (found := _helper(sight)) else []
    if managed is None or not dictated or not others:
        return None
    says = "forbids the credential that is set: Claude Code does not start until it is taken away"
    return Claim(route=Route.UNKNOWN, because=(managed.at(dictated[0]), *others), says=says)


def token(sight: Sight) -> Claim | None:
    held = sight.env.get(TOKEN)
    if held is None:
        return None
    return Claim(route=Route.AUTH_TOKEN, because=(held.at,), sure=not held.perhaps, sent="key")


def key(sight: Sight) -> Claim | Passed | None:
    """Taken unasked by a run from a script; else only once the user has approved it."""
    held = sight.env.get(KEY)
    if held is None:
        return None
    billed = Claim(route=Route.API_KEY, because=(held.at,), sure=not (held.perhaps or held.in_settings), sent="key")
    if sight.mode in UNASKED:
        return Claim(route=Route.API_KEY, because=(held.at,), sure=not held.perhaps, sent="key")
    kept = sight.document(GLOBAL)
    end = held.value.reveal().strip()[-APPROVED_BY:] if held.value is not None else None
    if end is not None and end in _texts(kept, "approved"):
        return billed
    if end is not None and end in _texts(kept, "rejected"):
        return Passed(at=held.at, why="declined in customApiKeyResponses", sure=billed.sure)
    says = f"has not been approved or declined yet; `{RULES.headless}` already bills it"
    return Claim(route=Route.UNKNOWN, because=(held.at,), says=says)


def _texts(kept: Document | None, name: str) -> list[object]:
    found = kept.get("customApiKeyResponses", name) if kept else None
    return found if isinstance(found, list) else []


def helper(sight: Sight) -> Claim | None:
    at = _helper(sight)
    is_of_project = any(document.path == (at and at.file) for name in OF_PROJECT if (document := sight.document(name)))
    return Claim(route=Route.HELPER, because=(at,), sure=not is_of_project, sent="key") if at else None


def _helper(sight: Sight) -> Evidence | None:
    if sight.mode is Mode.SDK:
        return None
    for name in reversed(SETTINGS):
        document = sight.document(name)
        if document is not None and (name not in OF_PROJECT or _is_trusted(sight.facts)):
            found = document.get(HELPER)
            if isinstance(found, str):
                return document.at(HELPER) if found.strip() else None
    return None


def setup_token(sight: Sight) -> Claim | None:
    held = sight.env.get(SETUP_TOKEN)
    return Claim(route=Route.PLAN, because=(held.at,), sure=not held.perhaps, sent="key") if held else None


def profile(sight: Sight) -> Claim | None:
    """A sign-in profile of the console: named by a variable, or the active one of a kind that needs no person.

    An active one of a person ranks below a login that works. That the console's organisation pays is inferred.
    """
    named = sight.env.get(NAMED_PROFILE)
    federated = [sight.env[name].at for name in FEDERATION if name in sight.env]
    because = (named.at,) if named else tuple(federated) if len(federated) == len(FEDERATION) else ()
    active = sight.document(PROFILE)
    if not because and active is not None and active.get("authentication", "type") == "oidc_federation":
        because = (active.at("authentication", "type"),)
    return Claim(route=Route.API_KEY, because=because, sure=False, sent="login") if because else None


def login(sight: Sight) -> Claim | None:
    kept = sight.document(GLOBAL)
    if kept is not None and kept.broken_at is not None:
        at = Evidence(source="login", file=kept.path, line=kept.broken_at)
        return Claim(route=Route.UNKNOWN, because=(at,), says="cannot be read just now")
    signed_in = kept.get("oauthAccount") if kept else None
    if kept is not None and isinstance(signed_in, Mapping):
        at = kept.at("oauthAccount", source="login")
        kind = signed_in.get("organizationType")
        is_plan = kind is None or (isinstance(kind, str) and kind.startswith("claude_"))
        return Claim(route=Route.PLAN if is_plan else Route.API_KEY, because=(at,), sure=is_plan, sent="login")
    if kept is not None and kept.get("primaryApiKey"):
        return Claim(route=Route.API_KEY, because=(kept.at("primaryApiKey", source="login"),), sure=False, sent="login")
    active = sight.document(PROFILE)
    if active is not None and active.get("authentication", "type") == "user_oauth":
        return Claim(route=Route.API_KEY, because=(active.at("authentication", "type"),), sure=False, sent="login")
    return None


def has_plan(sight: Sight) -> bool:
    found = login(sight)
    return found is not None and found.route is Route.PLAN


VARIABLES = (*CLOUDS, *AWS, TOKEN, KEY, SETUP_TOKEN, NAMED_PROFILE, *FEDERATION, BASE_URL)

RULES = BillingRules(
    tool="Claude Code",
    headless="claude -p",
    check="type /status in a session, or `claude auth status --json`",
    programs=("claude",),
    variables=VARIABLES,
    credentials=(*CLOUDS, TOKEN, KEY),
    documents=documents,
    blocks=blocks,
    cancels=CLOUDS,
    rungs=(
        *(cloud_session, desktop_app, gateway, *(cloud(name) for name in CLOUDS), aws, forbidden),
        *(token, key, helper, setup_token, profile, login),
    ),
    has_plan=has_plan,
    rewritten=(GLOBAL,),
    vital=(MANAGED,),
    redirect=Redirect(variable=BASE_URL, own=("anthropic.com",)),
)
