"""What a vendor billed, from `connect` to the figure: which days are asked for, page by page, and what is kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.providers import recorded
from tests.support import Asked, ManualClock, Recorder, Reply, Vendor, always, ok, refused
from usagetray.app import build_headless
from usagetray.edges.keychain import Keychain
from usagetray.edges.vaults import MemoryVault
from usagetray.model import Secret
from usagetray.providers import discover
from usagetray.spine.connecting import Connecting, offers
from usagetray.spine.core import Core

ANTHROPIC, OPENAI = "anthropic_admin", "openai_admin"
KEY = "sk-ant-admin01-CANARY-0123456789abcdef"
NEWER_KEY = "sk-ant-admin01-CANARY-fedcba9876543210"
ONE_REQUEST = timedelta(minutes=12)
"""Less than the interval of 15 minutes and a tenth."""
TODAY = date(2026, 11, 20)
HALF_A_DAY = timedelta(hours=12)


class Organisation:
    """Answers like Anthropic's API: a day has the cents given, without further names; others are asked in vain."""

    def __init__(self, cents: Mapping[date, str]) -> None:
        self.cents = dict(cents)
        self.since: list[str] = []  # of each bill that was asked for

    def __call__(self, asked: Asked) -> Reply:
        parts = urlsplit(asked.path)
        if not parts.path.endswith("/cost_report"):
            return refused(403)
        (start,), (end,) = (parse_qs(parts.query)[name] for name in ("starting_at", "ending_at"))
        self.since.append(start[:10])
        first, last = date.fromisoformat(start[:10]), date.fromisoformat(end[:10])
        days = [first + timedelta(days=number) for number in range((last - first).days)]
        return ok({"data": [self.bucket(day) for day in days], "has_more": False, "next_page": None})

    def bucket(self, day: date) -> dict[str, Any]:
        rows = [{"amount": self.cents[day], "currency": "USD", "model": "m"}] if day in self.cents else []
        return {"starting_at": f"{day}T00:00:00Z", "ending_at": f"{day + timedelta(days=1)}T00:00:00Z", "results": rows}


class Desk:
    """One user's profile and key store, and a vendor who reports to an Admin key."""

    def __init__(self, folder: Path, provider: str, answer: Callable[[Asked], Reply], at: datetime) -> None:
        self.folder = folder
        self.provider = next(each for each in discover() if each.id == provider)
        self.clock = ManualClock(at)
        self.vendor = Vendor(self.clock, answer)
        self.keychain = Keychain("usagetray:test", self.clock, vault=MemoryVault("ok"))
        self.core = self._start()
        self.is_closed = False
        self.connect()

    def _start(self) -> Core:
        return build_headless(
            self.folder / "profile",
            clock=self.clock,
            keychain=self.keychain,
            notifier=Recorder(),
            origins={self.provider.id: self.vendor.origin},
        )

    def restart(self) -> None:
        self.core.close()
        self.core = self._start()

    def connect(self, key: str = KEY) -> None:
        (offer,) = offers(self.provider)
        Connecting(self.core.profile, self.provider, self.keychain).give(offer, lambda _: Secret(key))
        self.core.click()

    def run(self, span: timedelta = ONE_REQUEST, *, every: timedelta = timedelta(seconds=30)) -> None:
        ends_at = self.clock.now() + span
        while self.clock.now() < ends_at:
            self.core.tick()
            self.clock.advance(every)

    def account(self) -> dict[str, Any]:
        (found,) = self.core.status()["accounts"]
        return found

    def money(self) -> list[tuple[str, str]]:
        assert all((each["kind"], each["currency"]) == ("billed", "USD") for each in self.account()["money"])
        return [(each["period"], each["amount"]) for each in self.account()["money"]]

    def by(self, name: str) -> dict[str | None, Decimal]:
        """All that was ever billed, by model, key..."""
        found: dict[str | None, Decimal] = {}
        for each in self.core.store.spend(date.min, date.max):
            part = getattr(each.day, name)
            found[part] = found.get(part, Decimal(0)) + each.day.amount.amount
        return found

    @property
    def paths(self) -> list[str]:
        return [urlsplit(each.path).path for each in self.vendor.asked]

    def close(self) -> None:
        """Twice does nothing more: some tests look at what is left."""
        if not self.is_closed:
            self.is_closed = True
            self.core.close()
            self.vendor.close()


Make = Callable[..., Desk]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Makes a desk at 12:00 UTC of a day, by default the twentieth."""
    for name in ("ANTHROPIC_ADMIN_KEY", "OPENAI_ADMIN_KEY", "USAGETRAY_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    made: list[Desk] = []

    def make(provider: str, answer: Callable[[Asked], Reply], day: date = TODAY) -> Desk:
        made.append(Desk(tmp_path, provider, answer, datetime(day.year, day.month, day.day, 12, tzinfo=UTC)))
        return made[-1]

    yield make
    for each in made:
        each.close()


def pages(provider: str, files: Mapping[str, str]) -> Callable[[Asked], Reply]:
    """Recorded pages by the end of the path, with "?" and the cursor after it; else 404."""

    def answer(asked: Asked) -> Reply:
        parts = urlsplit(asked.path)
        cursor = parse_qs(parts.query).get("page")
        name = parts.path.rpartition("/")[2] + (f"?{cursor[0]}" if cursor else "")
        return ok(recorded.body(provider, files[name])) if name in files else refused(404)

    return answer


RECORDED = {
    "cost_report": "cost_report.json",
    "messages": "usage_report_messages_page1.json",
    "messages?page_MjAyNi0xMS0xOVQwMDowMDowMFo=": "usage_report_messages_page2.json",
    "me": "organization_me.json",
    "workspaces": "workspaces.json",
    "api_keys": "api_keys.json",
}

# ---- what is asked, and what is said -----------------------------------------------------------------------


def test_cents_are_shown_as_dollars_today_and_this_month(desk: Make):
    """123.78912 cents today; with 193.425 yesterday 317.21412 this month, as text and to the cent."""
    one = desk(ANTHROPIC, pages(ANTHROPIC, RECORDED))

    one.run()

    assert one.money() == [("today", "1.24"), ("month", "3.17")]
    assert one.account()["state"] == "fresh"
    assert one.account()["label"] == "Example Org"
    assert [each["as_of"] for each in one.account()["money"]] == ["2026-11-20T12:00:00Z"] * 2
    assert one.by("model") == {
        "claude-opus-5": Decimal("1.89175"),
        None: Decimal("0.0425"),
        "claude-sonnet-5": Decimal("1.2378912"),
    }
    assert one.by("workspace") == {"wrkspc_01EXAMPLEBBBBBBBBBBBBBBB": Decimal("1.92175"), None: Decimal("1.2503912")}
    assert one.core.store.spend_names(ANTHROPIC, "default")["wrkspc_01EXAMPLEBBBBBBBBBBBBBBB"] == "Claude Code"


def test_the_key_goes_in_the_vendors_own_header(desk: Make):
    one = desk(ANTHROPIC, pages(ANTHROPIC, RECORDED))

    one.run()

    for asked in one.vendor.asked:
        assert (asked.headers["x-api-key"], asked.headers["anthropic-version"]) == (KEY, "2023-06-01")
        assert "authorization" not in asked.headers
        assert asked.headers["user-agent"].startswith("usagetray/")
        assert KEY not in asked.path


def test_a_bill_of_two_pages_is_added_up_from_both(desk: Make):
    """12.50 and 0.0000004123 as text on the first page, zero and a missing amount on the second."""
    files = {"costs": "costs_string_amounts_page1.json", "costs?page_FAKE_CURSOR_2": "costs_string_amounts_page2.json"}
    one = desk(OPENAI, pages(OPENAI, files), date(2026, 11, 5))

    one.run()

    assert one.money() == [("today", "0.00"), ("month", "12.50")]
    assert sum(one.by("line_item").values()) == Decimal("12.500000412300")
    assert one.by("model") == {"gpt-5.5": Decimal("12.50"), "gpt-5.6-luna": Decimal("0.0000004123"), None: 0}
    first, second = (parse_qs(urlsplit(each.path).query) for each in one.vendor.asked)
    assert first == {
        "start_time": [str(int(datetime(2026, 10, 6, tzinfo=UTC).timestamp()))],
        "end_time": [str(int(datetime(2026, 11, 6, tzinfo=UTC).timestamp()))],
        "bucket_width": ["1d"],
        "limit": ["31"],
        "group_by": ["line_item", "project_id", "api_key_id"],
    }
    assert second == {**first, "page": ["page_FAKE_CURSOR_2"]}
    assert {each.token for each in one.vendor.asked} == {KEY}


def test_a_month_of_numbers_is_added_up_exactly(desk: Make):
    """1.2345 and 0.75, then 3.1 and 0.02 on the day that is not over: 5.1045, 5.10 to the cent."""
    one = desk(OPENAI, pages(OPENAI, {"costs": "costs_month.json"}), date(2026, 11, 3))

    one.run()

    assert one.money() == [("today", "3.12"), ("month", "5.10")]
    assert sum(one.by("kind").values()) == Decimal("5.1045")


def test_a_cursor_that_comes_again_ends_the_bill(desk: Make):
    """The only page names a next one, which is the same: two requests, and its day counts once."""
    body = recorded.body(ANTHROPIC, "cost_report_ungrouped.json")
    one = desk(ANTHROPIC, lambda asked: ok(body) if "cost_report" in asked.path else refused(403), date(2026, 11, 19))

    one.run()

    assert one.money() == [("today", "1.93"), ("month", "1.93")]
    assert one.paths.count("/v1/organizations/cost_report") == 2


def test_a_bill_that_never_ends_is_no_bill(desk: Make):
    """Forty pages, each with a new cursor: what is left out may be the better part."""

    def endless(asked: Asked) -> Reply:
        page = int(parse_qs(urlsplit(asked.path).query).get("page", ["0"])[0])
        return ok({"data": [], "has_more": True, "next_page": str(page + 1)})

    one = desk(OPENAI, endless)

    one.run(timedelta(seconds=20))

    assert len(one.vendor.asked) == 40
    assert one.account()["state"] == "bad_data"


# ---- days and time -----------------------------------------------------------------------------------------


def test_after_the_first_bill_only_the_last_three_days_are_asked_for_again(desk: Make):
    """31 days at first, then the bill and the usage report: two requests each time; the sum still holds all."""
    organisation = Organisation({date(2026, 11, 1): "1000", date(2026, 11, 18): "50", TODAY: "25.4"})
    one = desk(ANTHROPIC, organisation)
    one.run()
    first = len(one.vendor.asked)

    organisation.cents |= {date(2026, 11, 1): "999999", date(2026, 11, 18): "60", TODAY: "30.5"}
    one.run(timedelta(minutes=10))

    assert organisation.since == ["2026-10-21", "2026-11-18"]
    assert len(one.vendor.asked) - first == 2
    assert one.money() == [("today", "0.31"), ("month", "10.91")]


def test_after_a_rest_the_days_since_are_asked_for(desk: Make):
    """Off for six days, over the end of a month: the last answer's open days and all since."""
    organisation = Organisation({date(2026, 11, 27): "100", date(2026, 11, 29): "200", date(2026, 12, 1): "300"})
    one = desk(ANTHROPIC, organisation, date(2026, 11, 27))
    one.run()

    one.clock.jump(timedelta(days=6))
    one.restart()
    one.run()

    assert organisation.since == ["2026-10-28", "2026-11-25"]
    assert one.money() == [("today", "0.00"), ("month", "3.00")]
    assert one.by("day")[date(2026, 11, 29)] == Decimal("2.00")


def test_a_month_that_is_over_is_kept_when_its_readings_are_pruned(desk: Make):
    one = desk(ANTHROPIC, Organisation({TODAY: "1234.5"}))
    one.run()

    one.core.store.prune(one.clock.now() + timedelta(days=1000))
    one.restart()

    assert one.by("day")[TODAY] == Decimal("12.345")


def test_after_midnight_utc_yesterdays_sum_is_not_todays(desk: Make):
    """The vendor does not answer any more; the month's sum stays, with its age."""
    one = desk(ANTHROPIC, Organisation({TODAY: "100"}))
    one.run()
    one.vendor.answer = always(refused(503))

    one.run(HALF_A_DAY, every=timedelta(minutes=5))

    assert one.money() == [("month", "1.00")]
    assert one.account()["state"] == "server_error"


def test_a_day_that_became_free_is_free(desk: Make):
    """A correction to nothing: the day has no rows any more."""
    organisation = Organisation({TODAY: "100"})
    one = desk(ANTHROPIC, organisation)
    one.run()

    organisation.cents.clear()
    one.run(timedelta(minutes=20))

    assert one.money() == [("today", "0.00"), ("month", "0.00")]


# ---- what can go wrong -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("provider", "file", "state", "words"),
    [
        (ANTHROPIC, "error_admin_401.json", "signed_out", "It needs an organisation’s Admin key (sk-ant-admin…)."),
        (OPENAI, "error_401.json", "signed_out", "It needs an organisation’s Admin key (sk-admin-…)."),
        (OPENAI, "error_403.json", "not_allowed", "It needs an organisation’s Admin key (sk-admin-…)."),
    ],
)
def test_a_key_of_another_kind_is_refused_in_words_that_help(
    desk: Make, provider: str, file: str, state: str, words: str
):
    said = recorded.body(provider, file)
    one = desk(provider, always(Reply(status=said["status"], body=json.dumps(said["body"]).encode())))

    one.run(timedelta(minutes=30), every=timedelta(seconds=30))

    assert one.account()["state"] == state
    assert words in one.account()["state_text"]
    assert f"usagetray connect {provider}" in one.account()["state_text"]
    assert len(one.vendor.asked) <= 2


@pytest.mark.parametrize(("status", "state"), [(429, "rate_limited"), (500, "server_error"), (529, "server_error")])
def test_trouble_keeps_the_last_figures(desk: Make, status: int, state: str):
    one = desk(ANTHROPIC, Organisation({TODAY: "100"}))
    one.run()
    one.vendor.answer = always(refused(status))

    one.run(timedelta(minutes=25))

    assert one.account()["state"] == state
    assert one.money() == [("today", "1.00"), ("month", "1.00")]


def test_a_wait_is_kept_also_where_only_the_usage_report_asks_for_it(desk: Make):
    """The bill is answered, the second question is not, for two hours: nothing is asked in that time."""
    organisation = Organisation({TODAY: "100"})
    one = desk(
        ANTHROPIC,
        lambda asked: organisation(asked) if "cost_report" in asked.path else refused(429, retry_after="7200"),
    )

    one.run(timedelta(minutes=110), every=timedelta(seconds=30))

    assert len(one.vendor.asked) == 2
    assert one.account()["state"] == "rate_limited"


def test_a_refused_usage_report_costs_the_keys_and_nothing_else(desk: Make):
    one = desk(ANTHROPIC, pages(ANTHROPIC, {"cost_report": "cost_report.json"}))

    one.run()

    assert one.money() == [("today", "1.24"), ("month", "3.17")]
    assert one.by("key") == {None: Decimal("3.1721412")}
    assert one.account()["state"] == "fresh"


def test_names_are_asked_for_once_and_again_only_for_somebody_new(desk: Make):
    """Refused at first: not asked every 15 minutes, but when another workspace appears."""
    costs = recorded.body(ANTHROPIC, "cost_report.json")
    one = desk(ANTHROPIC, lambda asked: ok(costs) if "cost_report" in asked.path else refused(403))
    one.run(timedelta(minutes=45))
    assert one.paths.count("/v1/organizations/workspaces") == 1

    costs["data"][2]["results"][0]["workspace_id"] = "wrkspc_01NEW"
    one.run(timedelta(minutes=45))

    assert one.paths.count("/v1/organizations/workspaces") == 2


def test_another_key_asks_for_everything_anew(desk: Make):
    """It may be another organisation's: nothing told to the former one is taken for known."""
    organisation = Organisation({TODAY: "100"})
    one = desk(ANTHROPIC, organisation)
    one.run()

    one.connect(NEWER_KEY)
    one.run()

    assert organisation.since == ["2026-10-21", "2026-10-21"]


def test_the_key_is_in_no_file(desk: Make, tmp_path: Path):
    """Of answers, refusals and trouble; in the log neither, although it says what was asked."""
    one = desk(ANTHROPIC, pages(ANTHROPIC, RECORDED))
    one.run()
    for status in (403, 500, 429, 401):
        one.vendor.answer = always(refused(status))
        one.core.click()
        one.run(timedelta(minutes=2))
    one.close()

    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 2
    assert [
        path for path in files if any(KEY[at : at + 12].encode() in path.read_bytes() for at in range(15, 26))
    ] == []
