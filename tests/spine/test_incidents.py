"""Status pages of the vendors in use: who is looked at, what is told of it, and what it never does."""

from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.providers.test_recorded import ODD, changed, paths
from tests.support import TICK, Recorder, Vendor, World, always, in_turn, limits, ok, refused
from usagetray.app import build_headless
from usagetray.domain.incidents import Incident, Looked
from usagetray.errors import Cause, SourceError
from usagetray.providers.contract import Reply
from usagetray.spine.core import Core
from usagetray.spine.status_page import read, remembered, written
from usagetray.views.headline import headline
from usagetray.views.icon.picture import IconState
from usagetray.views.menu import menu
from usagetray.views.popup.content import Wish, page
from usagetray.views.status_text import status_text

HERE = Path(__file__).parent / "status_pages"
PARTS = ("rwppv331jlwc", "yyzkbfz2thpt", "claude.ai", "Claude Code", "Claude API")
ALLOWED = 'welcomed = true\n[providers.claude]\nallow = ["usage_endpoint"]\n'


def body(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HERE / f"{name}.json").read_text())
    return found


# ---- one page ----------------------------------------------------------------------------------------------


def test_an_incident_is_told_with_the_parts_that_matter():
    """Claude Code has an incident; claude.ai is slow without one; Console, API and the others work."""
    found = read("Claude", body("trouble"), PARTS)

    assert found == (
        Incident(
            name="Elevated errors on Claude Code",
            status="identified",
            impact="major",
            parts=("Claude Code",),
            since_at=datetime(2026, 11, 20, 18, 18, tzinfo=UTC),
        ),
        Incident(name="claude.ai", status="degraded_performance", impact="minor", parts=("claude.ai",)),
    )


def test_a_calm_page_tells_nothing():
    assert read("Claude", body("calm"), PARTS) == ()


@pytest.mark.parametrize("matters", [("Claude Cowork",), ("examplegov000",), ("nothing",)])
def test_trouble_of_other_parts_is_none(matters: tuple[str, ...]):
    assert read("Claude", body("trouble"), matters) == ()


def test_names_match_by_their_beginning_in_any_case_and_ids_as_they_are():
    trouble = body("trouble")
    for row in trouble["components"]:
        row["id"] = "changed"

    assert [each.parts for each in read("Claude", trouble, ("claude CODE",))] == [("Claude Code",)]
    assert read("Claude", trouble, ("YYZKBFZ2THPT",)) == ()


@pytest.mark.parametrize("status", ["resolved", "postmortem", "completed"])
def test_what_is_over_is_not_told(status: str):
    """The part's own state may lag behind: it is told for itself until it is right again."""
    trouble = body("trouble")
    trouble["incidents"][0]["status"] = status

    assert [each.name for each in read("Claude", trouble, PARTS)] == ["claude.ai", "Claude Code"]


def test_an_incident_that_names_no_part_is_told_only_while_a_part_that_matters_is_out_of_order():
    trouble, calm = body("trouble"), body("calm")
    trouble["incidents"][0]["components"] = []
    calm["incidents"] = trouble["incidents"]

    assert [each.name for each in read("Claude", trouble, PARTS)] == ["Elevated errors on Claude Code"]
    assert read("Claude", calm, PARTS) == ()


def test_a_page_that_leaves_out_its_empty_list_of_incidents_is_read():
    trouble = body("trouble")
    del trouble["incidents"]

    assert [each.status for each in read("Claude", trouble, PARTS)] == ["degraded_performance", "partial_outage"]


@pytest.mark.parametrize("answer", [None, [], "hello", {}, {"status": {"indicator": "major"}}, {"components": "x"}])
def test_what_is_no_status_page_is_bad_data(answer: object):
    with pytest.raises(SourceError) as caught:
        read("Claude", answer, PARTS)

    assert caught.value.cause is Cause.BAD_DATA


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(data=st.data())
def test_no_mutated_page_breaks_anything_and_what_it_tells_is_remembered(data: st.DataObject):
    answer: Any = copy.deepcopy(body("trouble"))
    for _ in range(data.draw(st.integers(1, 3))):
        places = list(paths(answer))
        answer = changed(answer, data.draw(st.sampled_from(places)), data.draw(ODD))
    at = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
    try:
        looked = Looked(at=at, captured_at=at, incidents=read("Claude", answer, PARTS))
    except SourceError:
        return

    assert remembered(written(looked)) == looked


@pytest.mark.parametrize("kept", [None, "", "x", "[]", "{}", '{"at": "soon"}', "[" * 100_000])
def test_what_a_damaged_disk_left_is_forgotten(kept: str | None):
    assert remembered(kept) is None


# ---- in the program ----------------------------------------------------------------------------------------


class Desk:
    """A user of Claude Code whose vendor has a status page, on a server of its own."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.page = Vendor(world.clock, always(ok(body("trouble"))))
        self.core: Core | None = None

    def start(self, settings: str = ALLOWED) -> Core:
        self.world.configure(settings)
        self.core = build_headless(
            self.world.profile,
            clock=self.world.clock,
            keychain="ok",
            notifier=Recorder(),
            origins={"claude": self.world.vendor.origin, "claude-status": self.page.origin},
        )
        return self.core

    def run(self, span: timedelta, *, every: timedelta | None = None) -> Core:
        """Ticks at which no request is due are left out, unless `every` is given: pages are looked at beside them."""
        assert self.core is not None
        self.world.run(self.core, span, every=every)
        return self.core

    def incidents(self) -> list[dict[str, Any]]:
        assert self.core is not None
        found: list[dict[str, Any]] = self.core.status()["accounts"][0]["incidents"]
        return found

    def close(self) -> None:
        if self.core is not None:
            self.core.close()
        self.page.close()


@pytest.fixture
def desk(world: World) -> Iterator[Desk]:
    made = Desk(world)
    yield made
    made.close()


def gaps(asked: Vendor) -> list[float]:
    times = asked.times()
    return [(after - before).total_seconds() for before, after in itertools.pairwise(times)]


def test_a_page_is_looked_at_every_two_minutes_during_an_incident_and_carries_no_secret(desk: Desk):
    """Only the plain question and who we are: no authorization, no cookie, nothing of the sign-in."""
    desk.start()
    desk.run(timedelta(minutes=12), every=TICK)

    assert 5 <= len(desk.page.asked) <= 8
    assert all(100 <= each <= 145 for each in gaps(desk.page))
    for asked in desk.page.asked:
        assert (asked.method, asked.path, asked.body) == ("GET", "/api/v2/summary.json", b"")
        assert asked.headers["user-agent"].startswith("usagetray/")
        assert set(asked.headers) == {"host", "user-agent", "accept", "accept-encoding", "connection"}
    assert not [asked for asked in desk.world.vendor.asked if "summary" in asked.path]


def test_a_calm_page_is_looked_at_every_five_minutes(desk: Desk):
    desk.page.answer = always(ok(body("calm")))
    desk.start()
    desk.run(timedelta(minutes=31))

    assert 6 <= len(desk.page.asked) <= 8
    assert desk.incidents() == []


@pytest.mark.parametrize(
    "text",
    [
        "welcomed = true\n",
        f"incidents = false\n{ALLOWED}",
        'welcomed = true\n[providers.claude]\nallow = ["program"]\n',
        f"{ALLOWED}enabled = false\n",
    ],
    ids=["nothing allowed", "switched off", "only a program allowed", "provider off"],
)
def test_without_a_server_that_may_be_asked_no_page_is(desk: Desk, text: str):
    """Twenty minutes: who keeps to local files sees no request of ours."""
    desk.start(text)
    desk.run(timedelta(minutes=20))

    assert desk.page.asked == []


def test_a_pretended_vendor_without_a_pretended_page_has_none(world: World):
    """Else a rehearsal would ask the real one."""
    core = world.start()
    world.run(core, timedelta(minutes=10))

    assert core.overview().accounts[0].incidents == ()
    assert "https://status.claude.com" not in core.status()["counters"]["requests"]


def test_it_stands_beside_a_failure_and_not_in_its_place(desk: Desk):
    """The server answers 503: the state is the failure's, the figures stay with their age, the report explains."""
    desk.world.vendor.answer = in_turn(ok(limits(session=42)), refused(503))
    core = desk.start()
    desk.run(timedelta(minutes=20))

    account = core.status()["accounts"][0]
    assert account["state"] == "server_error"
    assert [each["used_percent"] for each in account["windows"]] == [42, 30]
    assert [each["name"] for each in account["incidents"]] == ["Elevated errors on Claude Code", "claude.ai"]
    text = status_text(core.overview(), UTC, left=False)
    assert "Claude has trouble" in text
    assert "◇ Claude reports: Elevated errors on Claude Code" in text
    assert "◇ Claude reports: claude.ai, slow or failing in part" in text


def test_every_view_shows_it(desk: Desk):
    core = desk.start()
    desk.run(timedelta(minutes=1))
    shown = core.overview()

    assert headline(shown).picture.state is IconState.INCIDENT
    assert any("◇ Claude reports: Elevated errors" in line.text for line in menu(shown, UTC, left=False))
    lines = [line for section in page(shown, shown.generated_at, UTC, Wish()).sections for line in section.lines]
    assert [line.mark for line in lines if getattr(line, "key", "").endswith("/incident0")] == ["diamond"]
    assert "Identified, since 18:18." in status_text(shown, UTC, left=False).replace("\u202f", " ")


def test_a_warning_comes_before_an_incident_on_the_icon(desk: Desk):
    desk.world.vendor.answer = always(ok(limits(session=80)))
    core = desk.start()
    desk.run(timedelta(minutes=1))

    assert headline(core.overview()).picture.state is IconState.WARNING


def test_maintenance_is_told_without_a_mark_on_the_icon(desk: Desk):
    answer = body("calm")
    answer["components"][0]["status"] = "under_maintenance"
    desk.page.answer = always(ok(answer))
    core = desk.start()
    desk.run(timedelta(minutes=1))

    assert [each["impact"] for each in desk.incidents()] == ["maintenance"]
    assert headline(core.overview()).picture.state is IconState.NORMAL


@pytest.mark.parametrize(
    "failing",
    [
        Reply(status=302, body=b"", headers={"Location": "/elsewhere"}),
        Reply(status=200, body=b"<!doctype html><p>status", headers={"Content-Type": "text/html"}),
        Reply(status=503, body=b""),
        Reply(status=200, body=b"{}"),
    ],
    ids=["redirect", "page", "error", "another shape"],
)
def test_a_page_that_fails_changes_nothing_but_the_age_of_its_word(desk: Desk, failing: Reply):
    """After 16 minutes it is stale, says so, and leaves the icon; a redirect is not followed."""
    desk.page.answer = in_turn(ok(body("trouble")), failing)
    core = desk.start()
    desk.run(timedelta(minutes=18))

    assert {each["stale"] for each in desk.incidents()} == {True}
    assert {asked.path for asked in desk.page.asked} == {"/api/v2/summary.json"}
    assert headline(core.overview()).picture.state is IconState.NORMAL
    text = status_text(core.overview(), UTC, left=False)
    assert "Claude reported: Elevated errors on Claude Code" in text
    assert core.status()["accounts"][0]["state"] == "fresh"


def test_it_is_over_when_the_page_says_so_and_a_restart_remembers(desk: Desk):
    desk.start()
    desk.run(timedelta(minutes=1))
    assert desk.core is not None
    desk.core.close()
    asked = len(desk.page.asked)

    desk.start()
    assert len(desk.incidents()) == 2
    desk.run(timedelta(seconds=20))
    assert len(desk.page.asked) == asked
    desk.page.answer = always(ok(body("calm")))
    desk.run(timedelta(minutes=3))

    assert desk.incidents() == []


def test_a_page_that_hangs_holds_up_nothing(desk: Desk):
    """It would answer after a minute of real time; the figures come at once."""
    desk.page.delay_s = 60
    core = desk.start()
    core.look()
    core.refresh.settle(5)

    assert [each["used_percent"] for each in core.status()["accounts"][0]["windows"]] == [42, 30]
    desk.page.over.set()


def test_hostile_words_are_shown_as_plain_text(desk: Desk):
    answer = body("trouble")
    answer["incidents"][0]["name"] = "\x1b[31mred\u202e <b>bold</b> " + "x" * 500
    answer["incidents"][0]["status"] = "\u200fidentified\n"
    desk.page.answer = always(ok(answer))
    core = desk.start()
    desk.run(timedelta(minutes=1))

    text = status_text(core.overview(), UTC, left=False)
    assert not set(text) & set("\x1b\u202e\u200f")
    assert len(desk.incidents()[0]["name"]) <= 80
