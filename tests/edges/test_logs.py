"""The log file: private, bounded, and without secrets."""

from __future__ import annotations

import base64
import json
import logging
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest

from usagetray.edges.logs import Masking, PrivateFile, configure
from usagetray.model import Secret

# Of no known shape, and without digits: only its registration can give it away.
CANARY = "quokka wombat+numbat/bilby=dunnart?possum"


pytestmark = pytest.mark.usefixtures("untouched_logging")


def logged(folder: Path) -> str:
    return "".join(file.read_text() for file in sorted(folder.glob("*.log*")))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("sent Bearer abc.def-ghi now", "sent Bearer ••• now"),
        ("{'Authorization': 'Bearer abc'}", "{'Authorization': 'Bearer •••'}"),
        ("x-api-key: abc, next", "x-api-key: •••, next"),
        ('"access_token":"abc"', '"access_token":"•••"'),
        ("key sk-ant-api03-AbCd is bad", "key ••• is bad"),
        ("jwt eyJhbGciOi.eyJzdWIi.c2ln end", "jwt ••• end"),
        ("run 0123456789abcdef0123 end", "run ••• end"),
        ("base64 QWxhZGRpbjpvcGVuIHNlc2FtZQ== end", "base64 ••• end"),
        ("to someone.else@provider.example at once", "to ••• at once"),
        ("GET https://user:pass@a.example/usage?key=abc#x ok", "GET https://a.example/usage?… ok"),
        ("in /home/someone/.config/usagetray", "in ~/.config/usagetray"),
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str, kept: str) -> None:
    assert Masking(home=Path("/home/someone")).mask(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "claude: next attempt in 300 s, input_tokens: 1234567",
        '  File "/usr/lib/python3.11/site-packages/apscheduler/schedulers/base.py", line 12, in run',
        "state secret_store_locked since 2026-11-20T20:00:00+00:00",
        "org.freedesktop.Notifications has no owner, usagetray_providers_claude too",
    ],
)
def test_what_a_reader_of_the_log_needs_is_kept(text: str) -> None:
    assert Masking(home=Path("/home/someone")).mask(text) == text


@pytest.mark.parametrize(
    "form",
    [
        CANARY,
        quote(CANARY, safe=""),
        json.dumps(CANARY),
        CANARY.encode().hex(),
        CANARY.encode().hex().upper(),
        base64.b64encode(CANARY.encode()).decode(),
        base64.b64encode(b"x" + CANARY.encode()).decode(),
        base64.urlsafe_b64encode(b"xy" + CANARY.encode()).decode(),
        *(CANARY[at : at + 12] for at in range(len(CANARY) - 11)),
    ],
)
def test_a_known_secret_is_hidden_in_every_form_and_piece(form: str) -> None:
    """No 12 characters of it, nor of what it was encoded to, are left."""
    masking = Masking()
    masking.register(Secret(CANARY))

    kept = masking.mask(f"before:{form}:after")

    assert kept.startswith("before:")
    assert not any(form[at : at + 12] in kept for at in range(len(form) - 11))


def test_a_short_secret_is_hidden_whole() -> None:
    masking = Masking()
    masking.register(Secret("hunter"))
    masking.register(Secret("abc"))

    assert masking.mask("hunter hunt abc") == "••• hunt abc"


def test_only_the_newest_secrets_are_remembered() -> None:
    """Sixty-four: tokens change every few hours, for weeks."""
    masking = Masking()
    for number in range(65):
        masking.register(Secret(f"secret-{number:03}"))

    assert masking.mask("secret-000 secret-001 secret-064") == "secret-000 ••• •••"


def test_secrets_registered_side_by_side_are_all_hidden() -> None:
    """Sources are asked in threads of their own, and each makes its secret known."""
    masking, secrets = Masking(), [f"secret-of-source-number-{number}" for number in range(48)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda secret: masking.register(Secret(secret)), secrets))
    finally:
        sys.setswitchinterval(interval)

    assert not any(secret in masking.mask(f"said {secret}") for secret in secrets)


def test_a_secret_in_a_traceback_is_hidden_and_its_lines_stay_lines(tmp_path: Path) -> None:
    masking = configure(tmp_path / "log", verbose=False)
    masking.register(Secret(CANARY))
    try:
        int(CANARY)
    except ValueError:
        logging.getLogger("usagetray.edges").exception("failed")

    text = logged(tmp_path / "log")
    assert "ValueError: invalid literal for int() with base 10: '•••'" in text
    assert "Traceback (most recent call last):\n" in text
    assert not any(CANARY[at : at + 12] in text for at in range(len(CANARY) - 11))


def test_a_message_cannot_forge_a_second_line(tmp_path: Path) -> None:
    configure(tmp_path / "log", verbose=False)

    logging.getLogger("usagetray").warning("model %s", "x\n2026-11-20 00:00:00,000 CRITICAL root: forged\x1b[2J")

    assert len(logged(tmp_path / "log").splitlines()) == 1
    assert "\x1b" not in logged(tmp_path / "log")


def test_the_log_is_private_and_never_over_three_mebibytes(tmp_path: Path) -> None:
    """5 MiB of messages."""
    configure(tmp_path / "log", verbose=True)
    log = logging.getLogger("usagetray")
    for _ in range(2700):
        log.debug("word " * 400)

    files = list((tmp_path / "log").iterdir())
    assert sorted(file.name for file in files) == ["usagetray.log", "usagetray.log.1", "usagetray.log.2"]
    assert all(file.stat().st_size <= 1024 * 1024 for file in files)
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "log").stat().st_mode) == 0o700


@pytest.mark.parametrize(("verbose", "expected"), [(False, ["info"]), (True, ["debug", "info"])])
def test_other_peoples_libraries_are_heard_only_when_they_warn(
    tmp_path: Path, verbose: bool, expected: list[str]
) -> None:
    configure(tmp_path / "log", verbose=verbose)

    logging.getLogger("httpx").info("GET address")
    logging.getLogger("some.library").info("chatter")
    logging.getLogger("usagetray.spine.refresh").debug("debug")
    logging.getLogger("usagetray.spine.refresh").info("info")

    assert [line.rpartition(": ")[2] for line in logged(tmp_path / "log").splitlines()] == expected


def test_a_planted_link_and_a_folder_that_cannot_be_had_cost_the_log_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "target"
    target.write_text("mine")
    (tmp_path / "log").mkdir(mode=0o700)
    (tmp_path / "log/usagetray.log").symlink_to(target)

    configure(tmp_path / "log", verbose=False)
    logging.getLogger("usagetray").warning("one")
    configure(target / "log", verbose=False)
    logging.getLogger("usagetray").warning("two")

    assert target.read_text() == "mine"
    assert capsys.readouterr().err == ""


def test_configuring_again_replaces_the_file(tmp_path: Path) -> None:
    configure(tmp_path / "a", verbose=False)
    configure(tmp_path / "b", verbose=False, name="popup")
    logging.getLogger("usagetray").warning("one")

    assert not (tmp_path / "a/usagetray.log").exists()
    assert (tmp_path / "b/popup.log").read_text().count("one") == 1
    assert sum(isinstance(handler, PrivateFile) for handler in logging.getLogger().handlers) == 1
