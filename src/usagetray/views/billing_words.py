"""What a tool bills, in words: "billing: plan", "billing: API key, ~/.zshrc line 12". Names and places, no value."""

from __future__ import annotations

from usagetray.billing import Certainty, Evidence, Mode, Route, Verdict
from usagetray.language import tr, tr_later
from usagetray.overview import BillingView
from usagetray.quick_dataclass import dataclass
from usagetray.views.plain import fit, plain
from usagetray.views.problems import Problem
from usagetray.views.words import DEMO

MOST_TITLE, MOST_TEXT = 63, 255
MOST_PLACE = 60
NAMES = {
    Route.PLAN: tr_later("plan"),
    Route.API_KEY: tr_later("API key"),
    Route.AUTH_TOKEN: tr_later("bearer token"),
    Route.CLOUD: tr_later("cloud account"),
    Route.HELPER: tr_later("what apiKeyHelper prints"),
    Route.UNKNOWN: tr_later("unknown"),
}
BILLS = {
    Route.API_KEY: tr_later("an API key"),
    Route.AUTH_TOKEN: tr_later("a bearer token"),
    Route.CLOUD: tr_later("a cloud account"),
    Route.HELPER: tr_later("what apiKeyHelper prints"),
}
ELSEWHERE = {
    "process_env": tr_later("set in this environment"),
    "registry_user": tr_later("your user environment (registry)"),
    "registry_machine": tr_later("the computer’s environment (registry)"),
    "mode": tr_later("whatever is set"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingAlert:
    title: str
    text: str
    urgency: str  # "normal" or "critical"


def line(view: BillingView) -> str | None:
    """What a person's session bills, and a script's where that is something else; None where nobody has looked."""
    return "; ".join(parts(view)) or None


def parts(view: BillingView) -> tuple[str, ...]:
    first, script = _of(view, Mode.INTERACTIVE), _of(view, Mode.HEADLESS)
    if first is None or view.stale:
        return ()
    said = tr("billing: {route}", route=short(first, view))
    if script is None or (script.route, script.because[:1]) == (first.route, first.because[:1]):
        return (said,)
    return said, f"{view.headless}: {short(script, view)}"


def problem(view: BillingView) -> Problem | None:
    """What the popup says where something else than the plan is billed; None where nobody has looked."""
    said = parts(view)
    if not said:
        return None
    title = f"{said[0][:1].upper()}{said[0][1:]}"
    detail = " ".join(f"{each}." for each in (*said[1:], tr("More: usagetray doctor billing")))
    return Problem(title=title, detail=detail, mark="dollar")


def short(verdict: Verdict, view: BillingView) -> str:
    """ "plan", "API key, ~/.zshrc line 12", "Example, set in ~/settings.json line 4"."""
    if verdict.route is Route.PLAN:
        return tr("plan") if verdict.certainty is Certainty.CERTAIN else tr("plan (likely)")
    first = verdict.because[0] if verdict.because else None
    where = place(first, view) if first else ""
    if verdict.route is Route.OTHER_VENDOR:
        return tr("{name}, set in {where}", name=plain(verdict.vendor, 24), where=where)
    named = tr(NAMES[verdict.route])
    if verdict.route is Route.UNKNOWN:
        return f"{named}, {_name(first)} {where}" if first and first.variable else named
    return f"{named}, {where}"


def place(at: Evidence, view: BillingView) -> str:
    """ "~/.zshrc line 12"; what has no file says what it is."""
    if at.file is None or at.source.startswith("registry"):
        return tr(ELSEWHERE.get(at.source, at.source))
    return file_place(at.file, at.line, view.user_home)


def file_place(path: str, number: int | None, home: str) -> str:
    inside = path.startswith((f"{home}/", f"{home}\\")) if home else False
    shown = plain(f"~{path[len(home) :]}" if inside else path, MOST_PLACE)
    return tr("{shown} line {number}", shown=shown, number=number) if number else shown


def reason(verdict: Verdict, view: BillingView) -> str:
    """One sentence on why, and on what is missing to be sure."""
    first = verdict.because[0] if verdict.because else None
    if verdict.route is Route.PLAN:
        if verdict.certainty is Certainty.CERTAIN:
            return tr("Nothing that goes before the plan’s sign-in is set.")
        said = tr("Nothing that goes before it was found; what a launcher gives along would not show.")
        unread = tr("Shell profiles were not read.")
        return said if view.profiles_read else f"{said} {unread}"
    if first is None:
        return f"{verdict.says[:1].upper()}{verdict.says[1:]}." if verdict.says else tr("Nobody knows.")
    named = f"{_name(first)} ({place(first, view)})"
    if verdict.route is Route.UNKNOWN:
        return f"{named} {verdict.says}."
    if verdict.route is Route.OTHER_VENDOR:
        return tr(
            "{named} sends requests to {name}, with its own key: no figure of the plan moves.",
            named=named,
            name=plain(verdict.vendor, 24),
        )
    if first.source == "login":
        return tr("{named} is what you are signed in with.", named=named)
    return tr("{named} goes before the plan’s sign-in.", named=named)


def _name(at: Evidence | None) -> str:
    return plain(at.variable or tr("the file"), 48) if at else ""


def _bills(route: Route) -> str:
    return tr(BILLS[route]) if route in BILLS else ""


def _of(view: BillingView, mode: Mode) -> Verdict | None:
    return next((each for each in view.verdicts if each.mode is mode), None)


# ---- alerts ------------------------------------------------------------------------------------------------


def alert(view: BillingView, verdict: Verdict, *, demo: bool) -> BillingAlert:
    """That something else than the plan is billed now."""
    who = view.tool if verdict.mode is Mode.INTERACTIVE else view.headless
    what = plain(verdict.vendor, 24) if verdict.route is Route.OTHER_VENDOR else _bills(verdict.route)
    title = (
        tr("{who} now bills {what}", who=who, what=what) if what else tr("{who}: unclear what is billed now", who=who)
    )
    text = tr(
        "{reason} If you do not want that, take it out there and open a new terminal. More: usagetray doctor billing.",
        reason=reason(verdict, view),
    )
    prefix = DEMO if demo else ""
    return BillingAlert(
        title=fit(prefix + title, MOST_TITLE), text=fit(text, MOST_TEXT), urgency="critical" if what else "normal"
    )
