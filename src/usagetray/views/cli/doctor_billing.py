"""`usagetray doctor billing`: which credential a tool bills that is started here, in this terminal and this folder."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from usagetray.billing import Certainty, Evidence, Mode, Route, SetAside, Verdict
from usagetray.overview import BillingView
from usagetray.profile import Profile
from usagetray.settings.reading import load
from usagetray.spine.billing import here
from usagetray.spine.own_providers import known
from usagetray.views.billing_json import route
from usagetray.views.billing_words import file_place, place, reason, short
from usagetray.views.cli import out, out_json
from usagetray.views.plain import plain

SCHEMA = 1
WIDTH = 80
MOST_ASIDE = 12


def run(profile: Profile, mask: Callable[[str], str], *, as_json: bool) -> int:
    """Ends with 1 where somebody who has a plan would pay otherwise."""
    known_ = known(profile)
    settings = known_.in_settings(load(profile.paths.config_file))
    folder = Path.cwd()
    views = here(known_.providers, settings, profile.environ, profile.clock.now(), folder)
    warns = any(each.would_warn for view in views for each in view.verdicts)
    if as_json:
        routes = [route(verdict, view) for view in views for verdict in view.verdicts]
        out_json(_masked({"schema": SCHEMA, "ok": not warns, "folder": plain(folder, 400), "routes": routes}, mask))
    elif not views:
        out("Neither of the tools whose billing it knows was used on this computer.")
    else:
        out("\n\n".join(_section(view, folder, mask) for view in views))
    return 1 if warns else 0


def _masked(value: Any, mask: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {key: _masked(inner, mask) for key, inner in value.items()}
    if isinstance(value, list):
        return [_masked(inner, mask) for inner in value]
    return mask(value) if isinstance(value, str) else value


def _section(view: BillingView, folder: Path, mask: Callable[[str], str]) -> str:
    lines = [mask(f"{view.tool}, started in {file_place(str(folder), None, view.user_home)} from this terminal")]
    side = max(len(view.typed), len(view.headless))
    for verdict in view.verdicts:
        command = view.typed if verdict.mode is Mode.INTERACTIVE else view.headless
        mark = "!" if verdict.would_warn and verdict.route is not Route.PLAN else "+"
        sure = ", likely" if verdict.certainty is Certainty.LIKELY and verdict.route is not Route.PLAN else ""
        lines.append(mask(f"  {mark} {command:<{side}}  billing: {short(verdict, view)}{sure}"))
        lines += _wrapped(mask(reason(verdict, view)), "      ")
        if advice := _advice(verdict, view):
            lines += _wrapped(mask(advice), "      ")
    aside = dict.fromkeys(each for verdict in view.verdicts for each in verdict.set_aside)
    if aside:
        lines.append("  Found, and not deciding:")
        lines += [line for each in list(aside)[:MOST_ASIDE] for line in _wrapped(mask(_aside(each, view)), "    - ")]
    if not view.profiles_read:
        lines += _wrapped(
            "Shell profiles and .env files were not read, so no line in them can be named: "
            f"usagetray connect {view.provider} --only shell-profiles",
            "  ",
        )
    lines += _wrapped(f"To see it for yourself, in this terminal: {view.check}.", "  ")
    return "\n".join(lines)


def _aside(each: SetAside, view: BillingView) -> str:
    named = plain(each.at.variable) if each.at.variable else ""
    why = plain(each.why.replace(f"{view.user_home}/", "~/"), 160)
    return f"{named}{', ' * bool(named)}{place(each.at, view)}: {why}"


def _advice(verdict: Verdict, view: BillingView) -> str:
    """What gives the plan back its turn. The program itself changes nothing of it."""
    if not verdict.would_warn or verdict.route is Route.PLAN or not verdict.because:
        return ""
    first = verdict.because[0]
    name = plain(first.variable) if first.variable else ""
    if not name or first.source in ("login", "mode"):
        return ""
    steps = [f"take it out of {place(first, view)}"] if first.file else []
    if first.source == "process_env":
        steps.append(f"in this terminal {_unset(name)}")
    elif not first.source.startswith("registry"):
        steps.append("open a new terminal")
    once = f"; for one run: env -u {name} {view.headless}" if _is_variable(first) and sys.platform != "win32" else ""
    return f"To bill the plan: {', '.join(steps)}{once}."


def _is_variable(at: Evidence) -> bool:
    return at.source == "process_env" and (at.variable or "").isupper()


def _unset(name: str) -> str:
    return f"Remove-Item Env:{name}" if sys.platform == "win32" else f"unset {name} (fish: set -e {name})"


def _wrapped(text: str, start: str) -> Sequence[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=start,
        subsequent_indent=" " * len(start),
        break_long_words=False,
        break_on_hyphens=False,
    )
