"""The vendors' rules beyond the recorded set-ups: what a small change of one of them turns into."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.billing.made_up import CANARY, CASES, verdict_of
from usagetray.billing import Verdict

KEY = f"sk-ant-api03-{CANARY}-aaaa-0000000000000001"
HOME = "/home/example"
GLOBAL = f"{HOME}/.claude.json"
USER = f"{HOME}/.claude/settings.json"
MANAGED = "/etc/claude-code/managed-settings.json"
LOGIN = {"oauthAccount": {"organizationType": "claude_max"}, "projects": {}}
CHATGPT = {"auth_mode": "chatgpt", "OPENAI_API_KEY": None, "tokens": {"id_token": CANARY}}


def case(**changed: Any) -> dict[str, Any]:
    """Claude Code on Linux, signed in with a plan, asked by a script in a terminal of bash."""
    return {**CASES[0], "mode": "headless", "shell": "bash", "files": {GLOBAL: json.dumps(LOGIN)}, **changed}


def claude(files: dict[str, Any] | None = None, **changed: Any) -> Verdict:
    texts = {path: each if isinstance(each, str) else json.dumps(each) for path, each in (files or {}).items()}
    found = verdict_of(case(files={GLOBAL: json.dumps(LOGIN), **texts}, **changed))
    assert CANARY not in repr(found)
    return found


def codex(files: dict[str, Any] | None = None, **changed: Any) -> Verdict:
    texts = {
        f"{HOME}/.codex/{name}": each if isinstance(each, str) else json.dumps(each)
        for name, each in (files or {}).items()
    }
    found = verdict_of(case(tool="codex", files=texts, **changed))
    assert CANARY not in repr(found)
    return found


def told(found: Verdict) -> tuple[str, str, str | None]:
    return found.route.value, found.certainty.value, found.because[0].variable if found.because else None


# ---- Claude Code -------------------------------------------------------------------------------------------


def test_on_the_vendor_s_computers_the_plan_pays_whatever_is_set() -> None:
    assert told(claude(mode="cloud", process_env={"ANTHROPIC_API_KEY": KEY})) == ("plan", "certain", None)


def test_a_program_built_on_the_sdk_takes_a_key_unasked_and_reads_settings_as_it_likes() -> None:
    settings = {USER: {"env": {"ANTHROPIC_AUTH_TOKEN": CANARY}, "apiKeyHelper": "x"}}

    assert told(claude(settings, mode="sdk", process_env={"ANTHROPIC_API_KEY": KEY}))[::2] == (
        "api_key",
        "ANTHROPIC_API_KEY",
    )


def test_nobody_signed_in_is_no_plan_and_warns_of_nothing() -> None:
    found = claude({GLOBAL: {}}, process_env={})

    assert (told(found), found.would_warn) == (("unknown", "unknown", None), False)


def test_a_stored_console_key_is_billed() -> None:
    assert told(claude({GLOBAL: {"primaryApiKey": KEY}}, process_env={})) == ("api_key", "likely", "primaryApiKey")


def test_a_login_of_another_kind_of_organisation_is_no_plan() -> None:
    found = claude({GLOBAL: {"oauthAccount": {"organizationType": "api_evaluation"}}}, process_env={})

    assert (told(found), found.would_warn) == (("api_key", "likely", "oauthAccount"), False)


def test_a_config_that_is_just_being_written_is_said_to_be_unreadable() -> None:
    found = claude({GLOBAL: '{\n "oauthAccount": {'}, process_env={})

    assert (found.route, found.says, found.because[0].line) == ("unknown", "cannot be read just now", 2)


@pytest.mark.parametrize(
    ("text", "route"), [("TRUE", "cloud"), ("on", "cloud"), ("off", "plan"), ("No", "plan"), ("2", "cloud")]
)
def test_a_cloud_s_switch_is_read_as_its_words_say(text: str, route: str) -> None:
    found = claude(process_env={"CLAUDE_CODE_USE_BEDROCK": text})

    assert found.route == route


def test_a_switch_with_a_word_nobody_documents_is_only_likely_on() -> None:
    assert claude(process_env={"CLAUDE_CODE_USE_BEDROCK": "2"}).certainty == "likely"


def test_a_gateway_the_organisation_dictates_goes_before_everything() -> None:
    found = claude({MANAGED: {"forceLoginMethod": "gateway"}}, process_env={"CLAUDE_CODE_USE_BEDROCK": "1"})

    assert told(found) == ("cloud", "certain", "forceLoginMethod")


def test_a_broken_file_of_the_organisation_leaves_everything_likely_at_most() -> None:
    found = claude({MANAGED: "{,}"}, process_env={})

    assert told(found) == ("plan", "likely", "oauthAccount")
    assert [(each.at.file, each.at.line) for each in found.set_aside] == [(MANAGED, 1)]


def test_a_key_where_the_organisation_dictates_the_login_keeps_it_from_starting() -> None:
    found = claude({MANAGED: {"forceLoginOrgUUID": "o-1"}}, process_env={"ANTHROPIC_API_KEY": KEY})

    assert told(found) == ("unknown", "unknown", "forceLoginOrgUUID")
    assert "does not start" in found.says


def test_two_variables_of_a_federation_name_the_console() -> None:
    both = {"ANTHROPIC_FEDERATION_RULE_ID": "r", "ANTHROPIC_ORGANIZATION_ID": "o"}

    assert told(claude(process_env=both)) == ("api_key", "likely", "ANTHROPIC_FEDERATION_RULE_ID")
    assert claude(process_env={"ANTHROPIC_ORGANIZATION_ID": "o"}).route == "plan"


@pytest.mark.parametrize(("kind", "route"), [("oidc_federation", "api_key"), ("user_oauth", "plan")])
def test_an_active_profile_goes_before_the_login_only_if_it_needs_no_person(kind: str, route: str) -> None:
    folder = f"{HOME}/.config/anthropic"
    files = {f"{folder}/active_config": "work\n", f"{folder}/configs/work.json": {"authentication": {"type": kind}}}

    assert claude(files, process_env={}).route == route


@pytest.mark.parametrize("name", ["../../../etc/passwd", "..", "a/b", "a\\b", "\x00", "x" * 200])
def test_a_profile_s_name_leads_to_no_other_folder(name: str) -> None:
    assert claude({f"{HOME}/.config/anthropic/active_config": name}, process_env={}).route == "plan"


def test_the_settings_of_a_repository_s_root_go_before_those_beside() -> None:
    root = f"{HOME}/src"
    files = {
        f"{root}/.git/HEAD": "ref: refs/heads/main",
        f"{root}/.claude/settings.local.json": {"env": {"ANTHROPIC_AUTH_TOKEN": CANARY}},
        f"{root}/demo/.claude/settings.local.json": {"env": {"ANTHROPIC_AUTH_TOKEN": ""}},
    }

    found = claude(files, process_env={})

    assert found.because[0].file == f"{root}/.claude/settings.local.json"


def test_a_worktree_takes_the_local_settings_of_its_main_checkout() -> None:
    place = f"{HOME}/src/demo"
    files = {
        f"{place}/.git": f"gitdir: {HOME}/main/.git/worktrees/demo\n",
        f"{HOME}/main/.claude/settings.local.json": {"env": {"ANTHROPIC_AUTH_TOKEN": CANARY}},
    }

    assert claude(files, process_env={}).because[0].file == f"{HOME}/main/.claude/settings.local.json"


def test_of_a_key_given_twice_the_last_one_s_line_is_told() -> None:
    text = f'{{\n "env": {{\n  "ANTHROPIC_API_KEY": "",\n  "ANTHROPIC_API_KEY": "{KEY}"\n }}\n}}'

    assert claude({USER: text}, process_env={}).because[0].line == 4


@pytest.mark.parametrize(
    ("address", "route", "vendor"),
    [
        ("https://api.anthropic.com/", "auth_token", ""),
        ("https://API.Anthropic.COM.", "auth_token", ""),
        ("https://notanthropic.com", "unknown", ""),
        ("https://anthropic.com.evil.example", "unknown", ""),
        ("https://evil.example\\@api.anthropic.com", "unknown", ""),
        ("https://user:pw@api.z.ai:443/x", "other_vendor", "Z.ai"),
        ("https://openrouter.ai/api", "other_vendor", "OpenRouter"),
        ("https://api.deepseek.com/anthropic", "other_vendor", "DeepSeek"),
        ("https://dashscope-intl.aliyuncs.com/x", "other_vendor", "Alibaba Coding Plan"),
        ("http://localhost:4000", "unknown", ""),
        ("$GATEWAY", "unknown", ""),
        ("", "auth_token", ""),
    ],
)
def test_where_requests_are_sent_decides_who_is_paid(address: str, route: str, vendor: str) -> None:
    found = claude(process_env={"ANTHROPIC_BASE_URL": address, "ANTHROPIC_AUTH_TOKEN": CANARY})

    assert (found.route, found.vendor) == (route, vendor)


def test_a_login_that_might_go_to_a_foreign_address_is_warned_of() -> None:
    found = claude(process_env={"ANTHROPIC_BASE_URL": "https://api.z.ai/api/anthropic"})

    assert (told(found), found.would_warn) == (("unknown", "unknown", "ANTHROPIC_BASE_URL"), True)


def test_a_key_that_only_a_shell_could_tell_may_have_been_approved_or_not() -> None:
    profile = {f"{HOME}/.bashrc": "export ANTHROPIC_API_KEY=$(pass show key)"}

    assert told(claude(profile, mode="interactive")) == ("unknown", "unknown", "ANTHROPIC_API_KEY")
    assert told(claude(profile)) == ("api_key", "likely", "ANTHROPIC_API_KEY")


def test_a_declined_key_is_set_aside_with_its_reason_and_stays_out_of_sight() -> None:
    kept = {**LOGIN, "customApiKeyResponses": {"approved": [], "rejected": [KEY[-20:]]}}

    found = claude({GLOBAL: kept}, mode="interactive", process_env={"ANTHROPIC_API_KEY": KEY})

    assert (found.route, found.would_warn) == ("plan", True)
    assert [each.why for each in found.set_aside] == ["declined in customApiKeyResponses"]


# ---- profiles and what is around them ----------------------------------------------------------------------


def test_one_level_of_sourced_files_is_followed() -> None:
    files = {f"{HOME}/.bashrc": ". ~/.keys\n", f"{HOME}/.keys": f"\nexport ANTHROPIC_API_KEY={KEY}\n"}

    first = claude(files).because[0]

    assert (first.file, first.line) == (f"{HOME}/.keys", 2)


def test_a_profile_that_reads_itself_ends() -> None:
    assert claude({f"{HOME}/.bashrc": "source ~/.bashrc\n. $HOME/.bashrc\n"}).route == "plan"


def test_an_alias_takes_the_key_away_from_what_is_typed() -> None:
    profile = f"export ANTHROPIC_API_KEY={KEY}\nalias claude='env -u ANTHROPIC_API_KEY claude'\n"

    assert claude({f"{HOME}/.bashrc": profile}).route == "plan"


@pytest.mark.parametrize("words", ["ANTHROPIC_API_KEY= claude", "env ANTHROPIC_API_KEY='' claude"])
def test_an_alias_may_empty_it_as_well(words: str) -> None:
    profile = f'export ANTHROPIC_API_KEY={KEY}\nalias claude="{words}"\n'

    assert claude({f"{HOME}/.bashrc": profile}).route == "plan"


def test_zsh_s_files_lie_where_the_first_of_them_says() -> None:
    files = {
        f"{HOME}/.zshenv": 'export ZDOTDIR="$HOME/.config/zsh"\n',
        f"{HOME}/.config/zsh/.zshrc": f"export ANTHROPIC_API_KEY={KEY}",
    }

    assert claude(files, shell="zsh").because[0].file == f"{HOME}/.config/zsh/.zshrc"


def test_what_bash_reads_along_in_a_profile_of_the_session_is_no_business_of_zsh() -> None:
    files = {
        f"{HOME}/.profile": 'if [ -n "$BASH_VERSION" ]; then . "$HOME/.bashrc"; fi\n',
        f"{HOME}/.bashrc": f"export ANTHROPIC_API_KEY={KEY}\n",
    }

    assert claude(files, shell="zsh").route == "plan"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/etc/environment", f"ANTHROPIC_API_KEY={KEY}"),
        (f"{HOME}/.config/environment.d/10-keys.conf", f"ANTHROPIC_API_KEY={KEY}"),
        (f"{HOME}/.pam_environment", f"ANTHROPIC_API_KEY DEFAULT={KEY}"),
        (f"{HOME}/.profile", f"export ANTHROPIC_API_KEY={KEY}"),
    ],
)
def test_what_the_session_gives_every_program_counts(path: str, text: str) -> None:
    first = claude({path: text}).because[0]

    assert (first.file, first.line) == (path, 1)


def test_a_service_gets_nothing_from_a_shell_s_profiles() -> None:
    profile = {f"{HOME}/.bashrc": f"export ANTHROPIC_API_KEY={KEY}"}

    assert claude(profile, launched_from="service").route == "plan"


def test_a_running_process_s_key_is_traced_to_the_file_that_sets_the_same() -> None:
    files = {f"{HOME}/.bashrc": f"\nexport ANTHROPIC_API_KEY={KEY}"}

    first = claude(files, process_env={"ANTHROPIC_API_KEY": KEY}).because[0]

    assert (first.source, first.file, first.line) == ("process_env", f"{HOME}/.bashrc", 2)


def test_a_key_that_only_new_terminals_will_have_is_told_beside() -> None:
    files = {f"{HOME}/.bashrc": f"export ANTHROPIC_API_KEY={KEY}"}

    found = claude(files, process_env={})

    assert (found.route, found.certainty) == ("plan", "certain")
    assert [each.why for each in found.set_aside] == ["not in this environment; the next terminal gets it"]


CHOSEN, DESCRIBED = 'model_provider = "x"', "[model_providers.x]"


def signed_in(*config: str) -> dict[str, Any]:
    """With ChatGPT, and these lines in the settings."""
    return {"auth.json": CHATGPT, "config.toml": "\n".join(config)}


# ---- Codex -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"auth.json": CHATGPT}, ("plan", "certain", "auth_mode")),
        ({"auth.json": {"auth_mode": "apikey", "OPENAI_API_KEY": KEY}}, ("api_key", "certain", "auth_mode")),
        ({"auth.json": {"auth_mode": "new"}}, ("unknown", "unknown", "auth_mode")),
        ({"auth.json": {"tokens": {"id_token": CANARY}}}, ("plan", "likely", "tokens")),
        ({"auth.json": "{"}, ("unknown", "unknown", None)),
        ({}, ("unknown", "unknown", None)),
        (
            {"config.toml": 'cli_auth_credentials_store = "keyring"'},
            ("unknown", "unknown", "cli_auth_credentials_store"),
        ),
        (signed_in('forced_login_method = "api"'), ("unknown", "unknown", "forced_login_method")),
        (signed_in('forced_login_method = "chatgpt"'), ("plan", "certain", "auth_mode")),
        (signed_in('model_provider = "openai"'), ("plan", "certain", "auth_mode")),
        (signed_in(DESCRIBED, 'base_url = "https://x.example"'), ("plan", "certain", "auth_mode")),
        (signed_in('model_provider = "oss"'), ("unknown", "unknown", "model_provider")),
        (signed_in(CHOSEN, DESCRIBED, "requires_openai_auth = true"), ("plan", "certain", "auth_mode")),
        (
            signed_in(CHOSEN, DESCRIBED, 'base_url = "https://api.openai.com/v1"'),
            ("api_key", "certain", "model_provider"),
        ),
        (
            signed_in('profile = "w"\n[profiles.w]', CHOSEN, DESCRIBED, 'base_url = "https://api.z.ai/v1"'),
            ("other_vendor", "certain", "model_provider"),
        ),
        (signed_in(CHOSEN, DESCRIBED, "base_url = 7"), ("unknown", "unknown", "model_provider")),
        (signed_in(CHOSEN, 'model_providers = "none"'), ("unknown", "unknown", "model_provider")),
        (signed_in("model_provider = "), ("plan", "likely", "auth_mode")),
    ],
)
def test_codex_s_files_decide_as_it_documents(files: dict[str, Any], expected: tuple[str, str, str | None]) -> None:
    assert told(codex(files, process_env={})) == expected


def test_codex_s_key_is_for_runs_from_scripts_and_a_session_is_only_likely_without_it() -> None:
    session = codex({"auth.json": CHATGPT}, mode="interactive", process_env={"CODEX_API_KEY": KEY})

    assert (told(session), session.would_warn) == (("plan", "likely", "auth_mode"), True)
    assert [each.why for each in session.set_aside] == ["used by `codex exec` only"]


def test_a_workspace_s_token_is_the_plan() -> None:
    assert told(codex(process_env={"CODEX_ACCESS_TOKEN": CANARY})) == ("plan", "likely", "CODEX_ACCESS_TOKEN")
