"""After an update, and after going back from one: no verb harms what another version left."""

from __future__ import annotations

from tests.cli.conftest import Computer
from tests.store.test_upgrades import newer

VERBS = {
    "the status": ("status",),
    "the status as it is kept": ("status", "--no-scan", "--json"),
    "a check": ("status", "--check", "--warning", "80"),
    "a report": ("report", "daily"),
    "a report as it is kept": ("report", "block", "--no-scan"),
    "advice": ("advise",),
    "reading logs": ("index",),
    "reading logs anew": ("index", "--rebuild"),
    "checking the ledger": ("index", "--verify"),
    "an export": ("export", "readings"),
    "alerts": ("alerts",),
    "a run without a desktop": ("run", "--headless", "--once"),
    "its own cost": ("doctor", "cost"),
    "the providers": ("providers",),
    "the tray": (),
}


def test_every_verb_refuses_a_newer_store_in_one_sentence_and_leaves_it_as_it_is(computer: Computer) -> None:
    path = computer.profile / "usagetray.db"
    before = newer(path)

    for what, words in VERBS.items():
        said = computer.run(*words)
        last = said.err.strip().splitlines()[-1]
        assert said.status == 1, what
        assert last.startswith("usagetray: The history was written by a newer usagetray (its schema is"), (what, said)
        assert said.out == "", what
    assert "was written by a newer usagetray" in computer.run("bar", "waybar").json["tooltip"]
    assert "was written by a newer usagetray" in " ".join(computer.run("doctor").out.split())
    assert path.read_bytes() == before
    assert not (computer.profile / "state" / "crashes").exists() or not list(
        (computer.profile / "state" / "crashes").glob("crash-*")
    )


# ---- settings ----------------------------------------------------------------------------------------------


def test_settings_of_another_version_are_read_as_far_as_they_are_known_and_kept_whole(computer: Computer) -> None:
    """Keys nobody knows any more, or yet, stay where they are when another one is set."""
    computer.write_config(
        'show = "left"\nfrom_the_future = "kept"\n[providers.claude]\nenabled = true\nallow = ["usage_endpoint"]\n'
        "[alerts]\nthresholds = [60, 80]\n[a_section_of_later]\nx = 1\n"
    )

    assert computer.run("config", "get", "show").out == '"left"\n'
    assert computer.run("config", "get", "alerts.thresholds").out == "[60, 80]\n"
    assert computer.run("config", "get", "providers.claude.allow").out == '["usage_endpoint"]\n'
    assert computer.run("config", "set", "alerts.locked", "false").status == 0

    text = computer.config.read_text()
    assert 'from_the_future = "kept"' in text
    assert "[a_section_of_later]\nx = 1" in text
