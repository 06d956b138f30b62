"""A secret goes to the one server it is for: no redirect, look-alike, file or variable leads it anywhere else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.edges.servers import response, serving
from tests.reliability.fake_provider import CLAUDE, CODEX, KIMI, KINDS, Kind
from tests.reliability.sim import MINUTE, TOKEN, Sim
from tests.support import Asked, ok
from usagetray.edges.origins import checked_address, checked_origin, checked_override
from usagetray.errors import UserError
from usagetray.model import Secret
from usagetray.profile import open_profile
from usagetray.providers import discover
from usagetray.providers.contract import Reply
from usagetray.spine.connecting import Connecting, offers

STATUSES = (301, 302, 303, 307, 308)


def carries(request: bytes, token: str = TOKEN) -> bool:
    return token.encode() in request


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.provider)
def test_r38_no_redirect_is_followed_with_a_secret(sim: Callable[..., Sim], kind: Kind) -> None:
    """Five statuses; to another port, another name, plain http by name, without a scheme, with a login, and back.

    Each provider begins at another pair of them, so that all are tried.
    """
    user = sim(kind)
    with serving(response()) as elsewhere:
        targets = (
            f"http://127.0.0.1:{elsewhere.port}/usage",
            f"http://localhost:{elsewhere.port}/usage",
            f"//127.0.0.1:{elsewhere.port}/usage",
            f"http://{user.origins[kind.provider].removeprefix('http://')}@127.0.0.1:{elsewhere.port}/usage",
            f"https://127.0.0.1:{elsewhere.port}/usage",
            f"{user.origins[kind.provider]}/other",
        )
        left = [(status, target) for status in STATUSES for target in targets]
        sent: list[tuple[int, str]] = []

        def reply(asked: Asked) -> Reply:
            status, target = left[(len(sent) + 7 * KINDS.index(kind)) % len(left)]
            sent.append((status, target))
            return Reply(status=status, body=b"{}", headers={"Location": target, "Refresh": f"0;url={target}"})

        user.vendor.answer = reply
        core = user.start()
        for _ in range(20):
            core.click()
            user.run(21 * MINUTE)
            assert all(window["stale"] or window["used_percent"] is None for window in user.account()["windows"])

        assert len(sent) >= 8
        assert elsewhere.requests == []
    assert user.account()["state"] != "fresh"
    assert all("/other" not in asked.path for asked in user.vendor.asked)
    assert all(carries(f"{asked.headers}".encode()) for asked in user.vendor.asked if kind is not CODEX)


LOOKALIKES = (
    "http://provider.example", "http://provider.example:80", "http://localhost:8000", "http://127.0.0.2:8000",
    "http://0.0.0.0:8000", "http://[::]:8000", "http://127.0.0.1", "http://127.0.0.1:80@provider.example",
    "http://provider.example@127.0.0.1:8000", "https://provider.example.", "https://PROVIDER.example",
    "https://provider.example:", "https://provider.example:0443", "https://provider.example:99999",
    "https://provider.example/", "https://provider.example\\@evil.example", "https://user:pass@provider.example",
    "https://provider.example#x", "https://provider.example?x", "https://provider.example%2eevil.example",
    "https://prov\u0131der.example", "https://provider\u3002example", "https://xn--/", "https:provider.example",
    "https:///provider.example", "https://[::1]evil", "ftp://provider.example", "file:///etc/passwd", "javascript:1",
    " https://provider.example", "https://provider.example\n", "https://provider.example\t.evil.example",
    "https://-provider.example", "https://provider-.example", "https://.provider.example", "https://provider..example",
    "https://127.0.0.1@evil.example:443", "http://127.0.0.1:8000.evil.example", "http://127.1:8000", "http://0x7f.1:80",
    "http://2130706433:80", "http://[::ffff:127.0.0.1]:80", "http://127.0.0.1:080", "http://127.0.0.1:-1",
)  # fmt: skip


@pytest.mark.parametrize("text", LOOKALIKES)
def test_r38_a_look_alike_host_is_refused_wherever_an_origin_is_taken(text: str, tmp_path: Path) -> None:
    with pytest.raises(UserError):
        checked_origin(text)
    with pytest.raises(UserError):
        checked_override(text)
    with pytest.raises(UserError):
        open_profile({"HOME": str(tmp_path), "USAGETRAY_HOME": str(tmp_path / "own")}, origins=(f"claude={text}",))


TYPED = (
    *("http://llm.example.com", "https://me:secret@llm.example.com", "https://llm.example.com?x=1", "https://[::1]"),
    *(
        "https://llm.example.com#x",
        "https://llm.example.com/a/../b",
        "https://llm.example.com\\@evil.example",
        "https:/x",
    ),
    *("https://llm.example.com./v1", "//llm.example.com", "https://", "http://localhost.evil.example:8000"),
    *("http://127.0.0.1:8000@evil.example", "https://llm.example.com:0", "https://ll\u043c.example.com"),
)
"""What nobody may type as the address of a server of their own. Letters, blanks and slashes at the end are mended."""


@pytest.mark.parametrize("typed", TYPED)
def test_r38_a_typed_address_that_is_no_safe_one_is_refused_and_no_key_is_kept(
    sim: Callable[..., Sim], typed: str
) -> None:
    user = sim()
    provider = next(each for each in discover() if any(one.address for one in each.strategies))
    offer = next(each for each in offers(provider) if each.key)
    keychain = user.key_store()

    with pytest.raises(UserError) as refused:
        Connecting(user.profile(), provider, keychain).give(
            offer, lambda _: Secret("sk-secret-abcdef"), lambda _: typed
        )

    assert "secret" not in str(refused.value)
    assert user.vault.entries == {}
    with pytest.raises(UserError):
        checked_address(typed)


def test_r38_no_file_of_a_tool_or_project_and_no_variable_steers_a_secret(
    sim: Callable[..., Sim], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Base addresses in settings, dot-env files, login files and variables, all naming somebody else's server."""
    user = sim(CLAUDE, CODEX, KIMI)
    with serving(response()) as evil:
        bad = evil.origin
        home = user.home
        (home / ".claude" / "settings.json").write_text(
            json.dumps({"env": {"ANTHROPIC_BASE_URL": bad, "HTTPS_PROXY": bad}, "apiKeyHelper": f"curl {bad}"})
        )
        (home / ".codex" / "config.toml").write_text(
            f'chatgpt_base_url = "{bad}"\nopenai_base_url = "{bad}"\n[model_providers.x]\nbase_url = "{bad}"\n'
        )
        (home / ".kimi-code" / "config.toml").write_text(f'base_url = "{bad}"\n')
        (home / ".netrc").write_text("default login other password other\n")
        (home / ".env").write_text(f"ANTHROPIC_BASE_URL={bad}\nOPENAI_BASE_URL={bad}\n")
        names = ("ANTHROPIC_BASE_URL", "OPENAI_BASE_URL", "OPENAI_API_BASE", "CODEX_BASE_URL", "KIMI_BASE_URL",
                 "CODE_ASSIST_ENDPOINT", "ANTHROPIC_API_URL", "CLAUDE_CODE_API_BASE_URL", "all_proxy", "ALL_PROXY",
                 "http_proxy", "HTTP_PROXY", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NETRC")  # fmt: skip
        for name in names:
            value = str(home / ".netrc") if name in ("NETRC", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE") else bad
            monkeypatch.setenv(name, value)
            user.environ[name] = value
        for vendor in user.vendors.values():
            healthy = user.kinds[next(p for p, v in user.vendors.items() if v is vendor)].healthy(30)

            def reply(asked: Asked, healthy: Callable[[Asked], Reply] = healthy) -> Reply:
                body = json.loads(healthy(asked).body)
                return ok({**body, "base_url": bad, "next": f"{bad}/more", "links": {"self": bad}})

            vendor.answer = reply
        user.start()
        user.tick()
        user.run(40 * MINUTE)

        assert evil.requests == []
    assert all(vendor.asked for vendor in user.vendors.values())
    assert not any("login" in f"{asked.headers}" for vendor in user.vendors.values() for asked in vendor.asked)
    assert set(user.states().values()) == {"fresh"}
