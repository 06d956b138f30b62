"""The language is the settings', else the system's, else English; and a change of it shows at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from usagetray import language
from usagetray.edges.system_language import preferred
from usagetray.language import choose, speak, spoken, tr, tr_n


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    speak("en")


@pytest.mark.parametrize(
    ("setting", "environ", "wanted"),
    [
        ("auto", {"LANG": "de_DE.UTF-8"}, "de"),
        ("auto", {"LANG": "de_AT"}, "de"),
        ("auto", {"LANGUAGE": "fr:de:en", "LANG": "fr_FR.UTF-8"}, "de"),
        ("auto", {"LC_ALL": "C.UTF-8", "LANG": "de_DE.UTF-8"}, "en"),
        ("auto", {"LANG": "fr_FR.UTF-8"}, "en"),
        ("auto", {"LANG": "../../de"}, "en"),
        ("auto", {}, "en"),
        ("en", {"LANG": "de_DE.UTF-8"}, "en"),
        ("de", {"LANG": "en_GB.UTF-8"}, "de"),
    ],
)
def test_the_settings_say_it_and_else_the_system(setting: str, environ: dict[str, str], wanted: str) -> None:
    assert choose(setting, preferred(environ)) == wanted


def test_a_text_follows_the_language_from_one_moment_to_the_next() -> None:
    before = tr("in {span}", span="4 m")

    speak("de")
    german, one, many = (
        tr("just now"),
        tr_n("{count} response", "{count} responses", 1),
        tr_n("{count} response", "{count} responses", 2),
    )
    speak("en")

    assert before == tr("in {span}", span="4 m") == "in 4 m"
    assert (german, one, many) == ("gerade eben", "1 Antwort", "2 Antworten")


def test_a_language_nobody_has_words_for_is_english() -> None:
    speak("tlh")

    assert (spoken(), tr("just now")) == ("en", "just now")


def test_texts_without_words_stay_as_they_are() -> None:
    speak("de")

    assert tr("no such text {here}", here=1) == "no such text 1"
    assert language.inside("Week") == "Week"


def test_nothing_to_say_stays_nothing() -> None:
    """A catalogue has its own head under the empty text."""
    speak("de")

    assert tr("") == ""
