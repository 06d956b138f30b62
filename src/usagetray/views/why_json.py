"""`usagetray report block --why --json`: percentages of the whole window, 0-100, unrounded; instants in UTC."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from usagetray.domain.forensics import Charged, Part, Why, parts
from usagetray.domain.moments import Moment, moments
from usagetray.domain.weighing import Use
from usagetray.overview import AccountView, WindowView
from usagetray.views.plain import plain
from usagetray.views.report_json import instant
from usagetray.views.words import window_title

Json = dict[str, Any]


def why_json(explained: Sequence[tuple[AccountView, WindowView, Why]]) -> Json:
    return {"windows": [_window(account, window, found) for account, window, found in explained]}


def _window(account: AccountView, window: WindowView, found: Why) -> Json:
    charged = found.charged
    return {
        "provider": plain(account.provider),
        "account": plain(account.account),
        "key": plain(window.key),
        "label": window_title(window),
        "startsAt": instant(found.starts_at),
        "resetsAt": instant(found.resets_at),
        "usedPercent": _percent(found.used),
        "statedAt": instant(found.stated_at),
        "source": plain(window.source),
        "elsewherePercent": _percent(found.elsewhere),
        "canTellElsewhere": found.can_tell,
        "weighedBy": "tokens" if found.by_tokens else "list prices",
        "unpricedModels": [plain(each) for each in found.unpriced],
        "responsesInNoFigureYet": found.waiting,
        "sessions": _sessions(charged),
        "projects": _parts(found.by(lambda use: use.project), "project"),
        "models": _parts(found.by(lambda use: use.model), "model"),
        "apps": _parts(parts([each for each in charged if each.use.app], lambda use: use.app), "app"),
        "steps": [
            {
                "startsAt": instant(step.starts_at),
                "endsAt": instant(step.ends_at),
                "percent": _percent(step.rise),
                "elsewherePercent": _percent(step.elsewhere),
                "sessions": _sessions(step.charged),
            }
            for step in found.steps
        ],
        "moments": [_moment(each) for each in moments(found)],
    }


def _sessions(charged: Sequence[Charged]) -> list[Json]:
    """Each with what its sub-agents took of that."""
    by_agents = {each.name: each.share for each in parts([one for one in charged if one.use.agent], _session)}
    rows = []
    for part in parts(charged, _session):
        session, project, app = part.name.split("\n")
        rows.append(
            {
                "sessionId": plain(session),
                "project": plain(project, 400),
                **({"app": plain(app)} if app else {}),
                "percent": _percent(part.share),
                "bySubAgentsPercent": _percent(by_agents.get(part.name, 0.0)),
                "responses": part.responses,
            }
        )
    return rows


def _session(use: Use) -> str:
    return "\n".join(each.replace("\n", " ") for each in (use.session, use.project, use.app))


def _parts(found: Sequence[Part], name: str) -> list[Json]:
    return [
        {name: plain(each.name, 400), "percent": _percent(each.share), "responses": each.responses} for each in found
    ]


def _moment(found: Moment) -> Json:
    return {
        "at": instant(found.at),
        "endsAt": instant(found.ends_at),
        "percent": _percent(found.share),
        "reason": found.reason.value,
        "project": plain(found.project, 400),
        "sessionId": plain(found.session),
        "model": plain(found.model),
        "responses": found.responses,
        "subAgents": found.agents,
        "promptTokens": found.prompt,
        "pauseSeconds": None if found.pause is None else int(found.pause.total_seconds()),
    }


def _percent(share: float) -> float:
    return round(share * 100, 4)
