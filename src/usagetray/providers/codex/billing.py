"""Codex: what it signs in with, and so who pays.

Source: Codex's documentation, pages "Authentication" and "Non-interactive mode" and its configuration reference, and
openai/codex, `codex-rs/login/src/auth/manager.rs`, as of 2026-11. OPENAI_API_KEY in the environment is not used for
the built-in provider since about version 0.40 (September 2025); `preferred_auth_method` belongs to versions before.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from usagetray.billing import (
    UNASKED,
    BillingRules,
    Claim,
    Document,
    Evidence,
    Look,
    Mode,
    Passed,
    Route,
    Scene,
    Sight,
)

CONFIG, PROJECT, AUTH = "config", "project", "auth"
KEY, TOKEN, OPENAI_KEY = "CODEX_API_KEY", "CODEX_ACCESS_TOKEN", "OPENAI_API_KEY"
BUILT_IN = "openai"
OWN_HOSTS = ("openai.com", "chatgpt.com")
STORED_BY = {"chatgpt": Route.PLAN, "apikey": Route.API_KEY}
FORCED = {"chatgpt": Route.PLAN, "api": Route.API_KEY}


def documents(scene: Scene, look: Look) -> Mapping[str, Document]:
    found = {
        CONFIG: look.toml(scene.join(scene.tool_home, "config.toml")),
        AUTH: look.json(scene.join(scene.tool_home, "auth.json")),
    }
    config = found[CONFIG]
    if scene.place is not None and config is not None:
        trust = config.get("projects", scene.root or scene.place, "trust_level")
        trust = trust or config.get("projects", scene.place, "trust_level")
        place = scene.join(scene.place, ".codex", "config.toml")
        if trust == "trusted" and scene.join(scene.place, ".codex") != scene.tool_home:
            found[PROJECT] = look.toml(place)
    return {name: document for name, document in found.items() if document is not None}


# ---- rungs, from the top -----------------------------------------------------------------------------------


def cloud_session(sight: Sight) -> Claim | None:
    if sight.mode is not Mode.CLOUD:
        return None
    return Claim(route=Route.PLAN, because=(Evidence(source="mode"),), anywhere=True)


def other_provider(sight: Sight) -> Claim | None:
    """A provider of models that the settings choose. One that is described and not chosen means nothing."""
    name, at = _chosen(sight)
    if at is None or name == BUILT_IN:
        return None
    described = [found for each in _configs(sight) if isinstance(found := each.get("model_providers", name), Mapping)]
    table: Mapping[str, object] = described[0] if described else {}
    if table.get("requires_openai_auth") is True:
        return None
    host = _host(table.get("base_url"))
    if _is_below(host, OWN_HOSTS):
        return Claim(route=Route.API_KEY, because=(at,))
    vendor = next((vendor for known, vendor in sight.facts.vendors.items() if _is_below(host, (known,))), "")
    if vendor:
        return Claim(route=Route.OTHER_VENDOR, because=(at,), vendor=vendor)
    says = "names a gateway or a program of your own, and who is billed is decided there"
    return Claim(route=Route.UNKNOWN, because=(at,), says=says)


def _chosen(sight: Sight) -> tuple[str, Evidence | None]:
    """The provider's name in the settings, and where it is chosen; a profile's choice goes before the plain one."""
    for config in _configs(sight):
        named = config.get("profile")
        of_profile = config.get("profiles", named, "model_provider") if isinstance(named, str) else None
        if isinstance(of_profile, str):
            return of_profile, config.at("profiles", str(named), "model_provider")
        plain = config.get("model_provider")
        if isinstance(plain, str):
            return plain, config.at("model_provider")
    return "", None


def _configs(sight: Sight) -> list[Document]:
    return [document for name in (PROJECT, CONFIG) if (document := sight.document(name)) is not None]


def _host(address: object) -> str:
    try:
        return (urlsplit(address).hostname or "") if isinstance(address, str) else ""
    except ValueError:
        return ""


def _is_below(host: str, names: tuple[str, ...]) -> bool:
    return any(host == name or host.endswith(f".{name}") for name in names)


def key(sight: Sight) -> Claim | Passed | None:
    """Documented for runs from a script only."""
    held = sight.env.get(KEY)
    if held is None:
        return None
    if sight.mode in UNASKED:
        return Claim(route=Route.API_KEY, because=(held.at,), sure=not held.perhaps)
    return Passed(at=held.at, why=f"used by `{RULES.headless}` only", sure=False)


def token(sight: Sight) -> Claim | None:
    held = sight.env.get(TOKEN)
    return Claim(route=Route.PLAN, because=(held.at,), sure=False) if held else None


def unused(sight: Sight) -> Passed | None:
    held = sight.env.get(OPENAI_KEY)
    return Passed(at=held.at, why="not used for authentication") if held else None


def contradicted(sight: Sight) -> Claim | None:
    """A forced way of signing in that is not the stored one: Codex signs out at its start."""
    stored = login(sight)
    for config in _configs(sight):
        forced = config.get("forced_login_method")
        if stored is not None and forced in FORCED and stored.route not in (FORCED[forced], Route.UNKNOWN):
            says = "contradicts the stored sign-in: nothing is billed until you sign in anew"
            return Claim(route=Route.UNKNOWN, because=(config.at("forced_login_method"),), says=says)
    return None


def login(sight: Sight) -> Claim | None:
    stored = sight.document(AUTH)
    if stored is None:
        kept = next((each for each in _configs(sight) if each.get("cli_auth_credentials_store")), None)
        if kept is None or kept.get("cli_auth_credentials_store") == "file":
            return None
        at = kept.at("cli_auth_credentials_store")
        return Claim(route=Route.UNKNOWN, because=(at,), says="keeps the sign-in in the key store, which is not read")
    if stored.broken_at is not None:
        at = Evidence(source="login", file=stored.path, line=stored.broken_at)
        return Claim(route=Route.UNKNOWN, because=(at,), says="cannot be read just now")
    mode = stored.get("auth_mode")
    if mode is not None:
        at = stored.at("auth_mode", source="login")
        route = STORED_BY.get(mode, Route.UNKNOWN) if isinstance(mode, str) else Route.UNKNOWN
        return Claim(route=route, because=(at,), says="" if route is not Route.UNKNOWN else "is of an unknown kind")
    if stored.get(OPENAI_KEY) is not None:  # versions of 2025 preferred the tokens
        return Claim(route=Route.API_KEY, because=(stored.at(OPENAI_KEY),), sure=False)
    if stored.get("tokens"):
        return Claim(route=Route.PLAN, because=(stored.at("tokens", source="login"),), sure=False)
    return None


def has_plan(sight: Sight) -> bool:
    stored = sight.document(AUTH)
    return stored is not None and (stored.get("auth_mode") == "chatgpt" or bool(stored.get("tokens")))


RULES = BillingRules(
    tool="Codex",
    headless="codex exec",
    check="`codex login status`",
    programs=("codex",),
    variables=(KEY, TOKEN, OPENAI_KEY),
    credentials=(KEY,),
    documents=documents,
    rungs=(cloud_session, other_provider, key, token, unused, contradicted, login),
    has_plan=has_plan,
    rewritten=(AUTH,),
    vital=(CONFIG, PROJECT),
    reads_sign_in=True,
)
