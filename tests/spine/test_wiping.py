"""Keys and wiping: every account's goes, others' stay, and a locked store loses nobody the way back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import PatientKeychain
from usagetray.edges.files import PROFILE_VARIABLE
from usagetray.edges.keychain import Keychain
from usagetray.edges.vaults import MemoryVault
from usagetray.model import Secret
from usagetray.profile import Profile, open_profile
from usagetray.providers import discover
from usagetray.spine.wiping import Kind, found, wipe

SETTINGS = """
welcomed = true
[providers.deepseek]
allow = ["balance"]
[providers.deepseek.accounts.work]
allow = ["balance"]
[providers.litellm]
allow = ["spend"]
address = "https://llm.example.com"
"""


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    home = tmp_path / "home"
    home.mkdir()
    made = open_profile({"HOME": str(home), PROFILE_VARIABLE: str(tmp_path / "profile")})
    made.paths.config_file.parent.mkdir(mode=0o700)
    made.paths.config_file.write_text(SETTINGS)
    return made


def keychain(profile: Profile, kind: str, names: tuple[str, ...]) -> tuple[Keychain, MemoryVault]:
    vault = MemoryVault("ok")
    made = PatientKeychain("ours", profile.clock, vault)
    for name in names:
        made.set(name, Secret("k" * 2500))
    vault.kind = kind
    if kind == "locked":
        vault.unlocked.clear()
    return made, vault


def names(profile: Profile) -> tuple[str, ...]:
    return tuple(each.place for each in found(profile, discover()) if each.kind is Kind.KEY)


def test_the_keys_of_all_accounts_go_and_those_of_other_programs_stay(profile: Profile) -> None:
    """Also one that was left behind by a store that had not answered, of a provider that is not allowed any more."""
    given = names(profile)
    assert {each.partition("/")[0] for each in given} == {"deepseek", "deepseek@work", "litellm"}
    assert any("llm.example.com" in each for each in given)
    keys, vault = keychain(profile, "ok", (*given, "kimi/api_key"))
    vault.write("another program", given[0], "theirs")

    left = wipe(profile, discover(), keys)

    assert left == ()
    assert vault.entries == {("another program", given[0]): "theirs"}
    assert not profile.paths.config_file.parent.exists()


@pytest.mark.parametrize("kind", ["locked", "refuses"])
def test_a_store_that_does_not_answer_is_told_and_the_settings_stay_to_try_again(profile: Profile, kind: str) -> None:
    keys, vault = keychain(profile, kind, names(profile))

    left = wipe(profile, discover(), keys)

    assert {each.item.place for each in left} == set(names(profile))
    assert "unlock it and run this again" in left[0].why
    assert profile.paths.config_file.exists()
    vault.kind = "ok"
    vault.unlocked.set()
    assert wipe(profile, discover(), Keychain("ours", profile.clock, vault=vault)) == ()
    assert vault.entries == {}


def test_without_a_key_store_nothing_was_ever_kept_there(profile: Profile) -> None:
    keys, _ = keychain(profile, "missing", ())

    assert wipe(profile, discover(), keys) == ()
    assert not profile.paths.config_file.exists()
