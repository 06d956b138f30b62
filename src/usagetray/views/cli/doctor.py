"""`usagetray doctor`: why something is not shown, and what to do about it. Ends with 1 when something is wrong."""

from __future__ import annotations

import argparse
import re
import textwrap
from collections.abc import Callable, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from usagetray import __version__
from usagetray.edges.crashes import Crash
from usagetray.edges.hidden import HIDDEN
from usagetray.edges.logs import Masking
from usagetray.spine.doctoring import Examination, examine
from usagetray.spine.own_providers import known
from usagetray.spine.reading import make_keychain
from usagetray.views.cli import doctor_billing, doctor_cost, doctor_wipe, out, out_json
from usagetray.views.cli.doctor_words import Finding, findings
from usagetray.views.cli.opening import opened
from usagetray.views.plain import plain

SCHEMA = 1
MARKS = {"ok": "+", "note": "-", "wrong": "!"}
WIDTH = 80
MOST_LINE = 300
"""Characters of a line of a breakdown's report."""


def run(arguments: argparse.Namespace) -> int:
    profile = opened(arguments)
    if arguments.wipe:
        return doctor_wipe.run(profile, asks=not arguments.yes)
    mask = _masking(profile.environ, profile.paths.profile) if arguments.report else _unmasked
    if arguments.part == "billing":
        return doctor_billing.run(profile, mask, as_json=arguments.json)
    if arguments.part == "cost":
        return doctor_cost.run(profile, mask, as_json=arguments.json)
    seen = examine(profile, known(profile).providers, make_keychain(profile), __version__)
    found = findings(seen)
    if arguments.json:
        out_json(_masked({**_as_json(seen, found), "crashes": _crashes(seen, whole=arguments.report)}, mask))
    else:
        out(_as_text(seen, found, mask))
        if arguments.report and seen.crashes:
            out(f"\nThe last breakdown\n{_told(seen.crashes[0], mask)}")
    return 1 if any(each.grade == "wrong" for each in found) else 0


# ---- without names -----------------------------------------------------------------------------------------


def _unmasked(text: str) -> str:
    return text


def _masking(environ: Mapping[str, str], profile: Path | None) -> Callable[[str], str]:
    """Hides the home folder, the user's name, and whatever looks like a key, an address or an identity."""
    home = environ.get("HOME", "")
    masking = Masking(Path(home) if home else None)
    names = {environ.get("USER", ""), environ.get("LOGNAME", ""), Path(home).name} - {"", "root", "user"}

    def mask(text: str) -> str:
        if profile is not None:
            text = text.replace(str(profile), "$USAGETRAY_HOME")
        text = re.sub(r"/(?:home|Users)/[^/\s,;:()]+", "~", masking.mask(text))
        for name in names:
            text = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", HIDDEN, text)
        return text

    return mask


def _masked(value: Any, mask: Callable[[str], str]) -> Any:
    if isinstance(value, Mapping):
        return {key: _masked(inner, mask) for key, inner in value.items()}
    if isinstance(value, list):
        return [_masked(inner, mask) for inner in value]
    return mask(value) if isinstance(value, str) else value


# ---- text --------------------------------------------------------------------------------------------------


def _as_text(seen: Examination, found: tuple[Finding, ...], mask: Callable[[str], str]) -> str:
    """Masked piece by piece, for a line break could tear apart what is to be hidden."""
    wrong = [each for each in found if each.grade == "wrong"]
    lines = [_summary(len(wrong), is_off=seen.has_desktop and not seen.tray_runs)]
    for each in wrong:
        lines += _wrapped(mask(f"{each.topic}: {each.text}"), "  ! ")
    for topic, group in groupby(found, key=lambda each: each.topic):
        lines += ["", mask(plain(topic, 200))]
        for each in group:
            lines += _wrapped(mask(each.text), f"  {MARKS[each.grade]} ")
            for particular in each.about:
                lines += _wrapped(mask(particular), "      ")
    lines += ["", "Places", *(f"  {name}: {mask(plain(place, 200))}" for name, place in seen.places.items())]
    session = [f"{name}={mask(plain(text))}" for name, text in seen.session.items()]
    lines += ["", "Versions", *_wrapped(", ".join(_versions(seen)), "  "), *_wrapped(", ".join(session), "  ")]
    return "\n".join(lines)


def _told(crash: Crash, mask: Callable[[str], str]) -> str:
    return "\n".join(f"  {plain(mask(line), MOST_LINE)}" for line in crash.text.splitlines())


def _summary(wrong: int, *, is_off: bool) -> str:
    if not wrong:
        return "Nothing is wrong" + (", but the tray is not running: start it with `usagetray`." if is_off else ".")
    return "One thing is wrong:" if wrong == 1 else f"{wrong} things are wrong:"


def _wrapped(text: str, start: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=start,
        subsequent_indent=" " * len(start),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _versions(seen: Examination) -> list[str]:
    packages = [f"{name} {version or 'not installed'}" for name, version in seen.packages.items()]
    return [f"usagetray {seen.version}", f"Python {seen.python}", plain(seen.system), *packages]


def _crashes(seen: Examination, *, whole: bool) -> list[dict[str, Any]]:
    """`whole`: with the text of the last one."""
    found = [
        {"at": each.at.isoformat(), "process": plain(each.process, 20), "file": plain(each.path, 300)}
        for each in seen.crashes
    ]
    return [{**each, "text": seen.crashes[0].text} if whole and not place else each for place, each in enumerate(found)]


# ---- JSON --------------------------------------------------------------------------------------------------


def _as_json(seen: Examination, found: tuple[Finding, ...]) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "ok": not any(each.grade == "wrong" for each in found),
        "findings": [
            {"topic": plain(each.topic, 200), "grade": each.grade, "text": each.text, "about": list(each.about)}
            for each in found
        ],
        "sources": [
            {
                "provider": tool.provider,
                "home": plain(tool.home, 200) if tool.home else None,
                "enabled": tool.enabled,
                "used_here": tool.used_here,
                "strategy": source.strategy,
                "consent": source.consent,
                "now": source.now.value if source.now else None,
                "state": source.state.value,
                "figures_at": source.figures_at.isoformat() if source.figures_at else None,
                "next_at": source.next_at.isoformat() if source.next_at else None,
                "dropped": [plain(name) for name in source.dropped],
                "ignored": [plain(name) for name in source.ignored],
            }
            for tool in seen.tools
            for source in tool.sources
        ],
        "store": {
            "exists": seen.store.exists,
            "schema": seen.store.schema,
            "bytes": seen.store.size,
            "problem": plain(seen.store.problem) if seen.store.problem else None,
            "free_bytes": seen.store.free,
            "set_aside": [plain(name) for name in seen.store.set_aside],
        },
        "tray_runs": seen.tray_runs,
        "seams": {name: plain(value, 200) for name, value in seen.seams.items()},
        "places": {name: plain(place, 200) for name, place in seen.places.items()},
        "versions": {"usagetray": seen.version, "python": seen.python, "system": plain(seen.system), **seen.packages},
        "session": {name: plain(text) for name, text in seen.session.items()},
    }
