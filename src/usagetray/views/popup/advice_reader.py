"""What the page "Advice" says, worked out by a process of its own: `python -m usagetray.views.popup.advice_reader`.

It goes through every response of three months. Here that would take up to 100 MB, which a process that stays keeps,
and seconds in which the window would stutter.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from usagetray.domain.states import Level
from usagetray.views.popup.advice_spec import AdviceTold
from usagetray.views.popup.spec import Comparison, Heading, Line, Section, Tip, Words

MODULE = "usagetray.views.popup.advice_reader"
KINDS: Mapping[str, type[Line]] = {kind.__name__: kind for kind in (Heading, Words, Comparison, Tip)}


def store_advice(environ: Mapping[str, str]) -> Callable[[], AdviceTold]:
    """Raises where that process fails."""

    def read() -> AdviceTold:
        from usagetray.edges.aside import told_by

        return decoded(told_by(MODULE, environ))

    return read


def main() -> None:
    from usagetray.profile import local_zone, open_profile
    from usagetray.settings.reading import load
    from usagetray.spine.advising import own_advice
    from usagetray.spine.speaking import speak_as_set
    from usagetray.views.popup.advice_content import advice_told

    profile = open_profile(os.environ)
    speak_as_set(load(profile.paths.config_file), os.environ)
    sys.stdout.buffer.write(encoded(advice_told(own_advice(profile), local_zone())))


def encoded(told: AdviceTold) -> bytes:
    sections = [
        (section.key, section.level, [(type(line).__name__, line) for line in section.lines])
        for section in told.sections
    ]
    return msgspec.json.encode((told.footer, sections))


def decoded(told: bytes) -> AdviceTold:
    footer, sections = msgspec.json.decode(told)
    return AdviceTold(sections=tuple(_section(*each) for each in sections), footer=footer)


def _section(key: str, level: Any, lines: list[tuple[str, Any]]) -> Section:
    told = tuple(msgspec.convert(line, KINDS[kind]) for kind, line in lines)
    return Section(key=key, level=Level(level), lines=told)


if __name__ == "__main__":
    main()
