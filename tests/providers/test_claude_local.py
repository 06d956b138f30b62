"""Claude's figures from this machine: its own kept reading, its logs, its status line, and the sign-in file."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.providers import recorded
from tests.providers.recorded import NOW, TOKEN, Recorded, claude_home, facts, strategy
from usagetray.errors import Cause, SourceError
from usagetray.model import Snapshot, UsageWindow
from usagetray.providers.claude import PROVIDER, endpoint, identity, lockout
from usagetray.providers.contract import Home

ME = "11111111-1111-4111-8111-111111111111"
OTHER = "99999999-9999-4999-8999-999999999999"


def cached(home: Home, now: datetime = NOW) -> tuple[Snapshot, ...]:
    one = strategy(PROVIDER, "cached")
    return one.fetch(facts(one, home, now=now), None)


def test_the_kept_reading_carries_its_own_time_and_account(tmp_path: Path):
    """Fetched 18:40:00 UTC, three windows, a Max 5x plan of a personal organisation."""
    (snapshot,) = cached(claude_home(tmp_path))

    assert snapshot.captured_at == datetime.fromtimestamp(1795200000.123, UTC)
    assert snapshot.account.id == ME
    assert (snapshot.account.label, snapshot.account.plan) == ("Personal", "Max 5x")
    assert [window.key for window in snapshot.windows] == ["five_hour", "seven_day", "seven_day_model:fable"]
    assert [round(share.share, 2) for share in snapshot.shares] == [0.88, 0.09, 0.03, 0.0]


def test_the_kept_reading_of_an_account_signed_out_since_is_nobodys(tmp_path: Path):
    """The reading says one uuid, the sign-in another."""
    login = {"accountUuid": OTHER, "organizationName": "Example GmbH"}

    assert cached(claude_home(tmp_path, login=login)) == ()


def test_a_config_file_caught_half_written_is_bad_data(tmp_path: Path):
    """The next tick reads it again."""
    home = claude_home(tmp_path)
    config = tmp_path / ".claude.json"
    config.write_text(config.read_text()[:500])

    with pytest.raises(SourceError) as caught:
        cached(home)

    assert caught.value.cause is Cause.BAD_DATA


def test_no_config_file_means_not_connected(tmp_path: Path):
    """Nothing is there to be read."""
    with pytest.raises(SourceError) as caught:
        cached(Home(path=tmp_path / ".claude", is_default=True))

    assert caught.value.cause is Cause.NOT_CONNECTED


@pytest.mark.parametrize("name", [".claude.json", ".config.json"])
def test_another_home_keeps_its_config_inside(name: str, tmp_path: Path):
    """Named by a variable: `<home>/.claude.json`, in the older layout `<home>/.config.json`."""
    claude_home(tmp_path)
    home = tmp_path / "work"
    home.mkdir()
    (tmp_path / ".claude.json").rename(home / name)

    (snapshot,) = cached(Home(path=home, is_default=False))

    assert snapshot.account.id == ME


@pytest.mark.parametrize(
    ("kind", "tier", "seat", "plan"),
    [
        ("claude_max", "default_claude_max_5x", None, "Max 5x"),
        ("max", "default_claude_max_20x", None, "Max 20x"),
        ("max", None, None, "Max"),
        ("claude_pro", "default_claude_ai", None, "Pro"),
        (None, "default_claude_pro", None, "Pro"),
        ("claude_team", "default_raven", "team_tier_1", "Team premium"),
        ("claude_team", "default_raven", "team_standard", "Team standard"),
        ("claude_enterprise", None, None, "Enterprise"),
        ("prospect", "auto_api_evaluation", None, None),
    ],
)
def test_a_plan_is_named_from_the_kind_or_the_tier(
    kind: str | None, tier: str | None, seat: str | None, plan: str | None
):
    """What neither names stays unknown; "prospect" is no "pro"."""
    assert identity.plan(kind, tier, seat) == plan


# ---- lockouts ----------------------------------------------------------------------------------------------


def logs(folder: Path, *texts: str) -> Home:
    home = claude_home(folder)
    place = home.path / "projects" / "-src-demo"
    place.mkdir(parents=True)
    for number, text in enumerate(texts):
        (place / f"{number}.jsonl").write_text(text)
    return home


def locked(home: Home, now: datetime) -> dict[str, UsageWindow]:
    one = strategy(PROVIDER, "lockout")
    snapshots = one.fetch(facts(one, home, now=now), None)
    assert {snapshot.account.id for snapshot in snapshots} <= {ME}
    return {window.key: window for snapshot in snapshots for window in snapshot.windows}


def until(refusals: str, stop: str) -> str:
    """The recorded log as it was before the line that contains `stop`."""
    return "".join(
        line for line in refusals.splitlines(keepends=True) if f'"timestamp":"{stop}' > line[line.find('"timestamp"') :]
    )


REFUSALS = (recorded.HERE / "claude" / "logs" / "refusals.jsonl").read_text()


def test_refusals_lock_their_windows_until_their_resets(tmp_path: Path):
    """At 12:58: the session until 14:00, the week until 24 Nov 17:00; overload and throttling lock nothing."""
    found = locked(logs(tmp_path, until(REFUSALS, "2026-11-20T12:58")), datetime(2026, 11, 20, 12, 58, tzinfo=UTC))

    assert {key: window.resets_at for key, window in found.items()} == {
        "five_hour": datetime(2026, 11, 20, 14, 0, tzinfo=UTC),
        "seven_day": datetime(2026, 11, 21, 8, 0, tzinfo=UTC),
    }
    assert all(window.utilization == 1.0 for window in found.values())
    assert found["five_hour"].captured_at == datetime(2026, 11, 20, 12, 52, tzinfo=UTC)


def test_a_real_answer_in_any_log_ends_a_lockout(tmp_path: Path):
    """The other log has an answer from 18:32, after every refusal."""
    ordinary = (recorded.HERE / "claude" / "logs" / "ordinary.jsonl").read_text()
    home = logs(tmp_path, until(REFUSALS, "2026-11-20T12:58"), ordinary)

    assert locked(home, datetime(2026, 11, 20, 19, 0, tzinfo=UTC)) == {}


def test_a_lockout_ends_with_its_reset(tmp_path: Path):
    """At 14:00:01 the session of 14:00 is back, the week is not."""
    home = logs(tmp_path, until(REFUSALS, "2026-11-20T12:58"))

    assert set(locked(home, datetime(2026, 11, 20, 14, 0, 1, tzinfo=UTC))) == {"seven_day"}


def refusal(text: str, **more: Any) -> dict[str, Any]:
    return {"message": {"model": "<synthetic>", "content": [{"type": "text", "text": text}]}, **more}


@pytest.mark.parametrize(
    ("text", "key", "resets_at"),
    [
        ("You've hit your session limit · resets 9:50pm (Asia/Saigon)", "five_hour", "2026-11-20T14:50Z"),
        ("You’ve hit your weekly limit · resets Nov 24 at 6pm (Europe/Paris)", "seven_day", "2026-11-24T17:00Z"),
        ("You've hit your weekly limit · resets Nov 24, 6:30pm (Europe/Paris)", "seven_day", "2026-11-24T17:30Z"),
        (
            "You've hit your Opus limit · resets Mon 12:00am (America/New_York)",
            "seven_day_model:opus",
            "2026-11-23T05:00Z",
        ),
        (
            "You've reached your weekly Opus limit · resets Mon 12:00am (America/New_York)",
            "seven_day_model:opus",
            "2026-11-23T05:00Z",
        ),
        ("You've hit your limit · resets 2pm (Europe/London)", "five_hour", "2026-11-20T14:00Z"),
        ("You've hit your limit · resets 8am (Europe/London)", "seven_day", "2026-11-21T08:00Z"),
        ("Limit reached · resets 11:30am (Europe/London)", "seven_day", "2026-11-21T11:30Z"),
        ("Claude AI usage limit reached|1795183200", "five_hour", "2026-11-20T14:00Z"),
    ],
)
def test_the_texts_of_all_years_name_window_and_reset(text: str, key: str, resets_at: str):
    """Refused at 12:44:34 UTC on Friday 20 Nov 2026; clock times are those of the named zone."""
    window = lockout.refused(refusal(text), datetime(2026, 11, 20, 12, 44, 34, tzinfo=UTC))

    assert window is not None
    assert (window.key, window.resets_at) == (key, datetime.fromisoformat(resets_at))


@pytest.mark.parametrize(
    "record",
    [
        refusal("You've hit your Opus limit · resets Mon 12:00am"),
        refusal("You've hit your session limit · resets 9:50pm (Middle/Earth)"),
        refusal("You've hit your session limit · resets 13:99pm (Europe/Paris)"),
        refusal("You've hit your org's monthly spend limit · your session limit resets 3:20pm (Europe/Paris)"),
        refusal("API Error: 529 Overloaded. This is a server-side issue, usually temporary"),
        refusal("API Error: Request rejected (429) · Rate limited. Please try again later."),
        refusal("", quotaLimits={"status": "rejected", "resetsAt": 1795183200, "rateLimitType": "overage"}),
        refusal("", quotaLimits={"status": "rejected", "resetsAt": "never", "rateLimitType": "five_hour"}),
        refusal("", quotaLimits={"status": "allowed_warning", "resetsAt": 1795183200, "rateLimitType": "five_hour"}),
        {"message": None},
        {"message": {"content": [17]}},
    ],
)
def test_other_refusals_lock_nothing(record: dict[str, Any]):
    """No reset that can be placed, or no limit of the plan."""
    assert lockout.refused(record, datetime(2026, 11, 20, 12, 44, tzinfo=UTC)) is None


# ---- the status line ---------------------------------------------------------------------------------------

WEEK_ENDS = int(datetime(2026, 11, 24, 17, 0, tzinfo=UTC).timestamp())


def spooled(folder: Path, *lines: dict[str, Any], config: object = None) -> tuple[Snapshot, ...]:
    home = claude_home(folder, config=config)
    (folder / "spool").mkdir()
    written = [json.dumps({"home": str(home.path), **line}) for line in lines]
    (folder / "spool" / "statusline.jsonl").write_text("half a li\n" + "\n".join(written) + "\n")
    one = strategy(PROVIDER, "status_line")
    return one.fetch(facts(one, home), None)


def told(
    minutes_ago: float, used: object, ends_in_h: float, account: str | None = ME, week: object = 61
) -> dict[str, Any]:
    resets_at = int((NOW + timedelta(hours=ends_in_h)).timestamp())
    return {
        "at": (NOW - timedelta(minutes=minutes_ago)).timestamp(),
        "account": account,
        "rate_limits": {
            "five_hour": {"used_percentage": used, "resets_at": resets_at},
            "seven_day": {"used_percentage": week, "resets_at": WEEK_ENDS},
        },
    }


def figures(snapshots: tuple[Snapshot, ...]) -> list[tuple[str, str, float | None, float]]:
    """(account, window, share, minutes old), sorted."""
    return sorted(
        (
            one.account.id,
            window.key,
            window.utilization,
            (NOW - (window.captured_at or one.captured_at)) / timedelta(minutes=1),
        )
        for one in snapshots
        for window in one.windows
    )


def test_a_lower_figure_of_an_older_session_does_not_count(tmp_path: Path):
    """42 % five minutes ago, then 38 % of the same window from a session that slept."""
    found = spooled(tmp_path, told(5, 42, 3), told(1, 38, 3))

    assert figures(found) == [(ME, "five_hour", 0.42, 5), (ME, "seven_day", 0.61, 1)]


def test_a_lower_figure_counts_in_a_later_window(tmp_path: Path):
    """98 % of the window before, 3 % of the one that ends five hours later."""
    found = spooled(tmp_path, told(90, 98, -1), told(1, 3, 4))

    assert (ME, "five_hour", 0.03, 1) in figures(found)


def test_a_window_that_has_not_begun_replaces_one_that_ended(tmp_path: Path):
    """98 % until an hour ago, then 0 % without a reset."""
    before, after = told(90, 98, -1), told(1, 0, 0)
    after["rate_limits"]["five_hour"]["resets_at"] = None

    assert (ME, "five_hour", 0.0, 1) in figures(spooled(tmp_path, before, after))


def test_the_former_accounts_figures_under_a_new_sign_in_are_dropped(tmp_path: Path):
    """After a change of account an open session repeats both resets of the former one."""
    found = spooled(tmp_path, told(9, 42, 3, OTHER), told(5, 43, 3, ME), told(1, 7, 4, ME, week=12))

    assert figures(found) == [
        (ME, "five_hour", 0.07, 1),
        (ME, "seven_day", 0.12, 1),
        (OTHER, "five_hour", 0.42, 9),
        (OTHER, "seven_day", 0.61, 9),
    ]


def test_a_line_without_an_account_belongs_to_the_only_one_known(tmp_path: Path):
    """Nobody but the one signed in has been seen in this home."""
    assert {one.account.id for one in spooled(tmp_path, told(1, 42, 3, None))} == {ME}


def test_a_line_without_an_account_is_nobodys_where_two_are_known(tmp_path: Path):
    """It could be either's."""
    found = spooled(tmp_path, told(9, 10, 2, OTHER), told(1, 42, 3, None))

    assert figures(found) == [(OTHER, "five_hour", 0.1, 9), (OTHER, "seven_day", 0.61, 9)]


def test_where_nobody_is_known_the_home_stands_for_the_account(tmp_path: Path):
    """No sign-in in the config file, none in the lines."""
    found = spooled(tmp_path, told(1, 42, 3, None), config={"numStartups": 1})

    assert {one.account.id for one in found} == {"default"}


def test_lines_of_another_home_another_clock_or_last_month_do_not_count(tmp_path: Path):
    """Another folder; an hour ahead of our clock; nine days old."""
    strange = {**told(1, 99, 3), "home": "/elsewhere"}

    assert spooled(tmp_path, strange, told(-60, 98, 3), told(9 * 24 * 60, 97, 3)) == ()


def test_before_the_first_line_the_status_line_is_not_connected(tmp_path: Path):
    """No spool at all."""
    one = strategy(PROVIDER, "status_line")
    with pytest.raises(SourceError) as caught:
        one.fetch(facts(one, claude_home(tmp_path)), None)

    assert caught.value.cause is Cause.NOT_CONNECTED


# ---- the sign-in -------------------------------------------------------------------------------------------


def sign_in(**fields: object) -> str:
    ends = int((NOW + timedelta(hours=4)).timestamp() * 1000)
    return json.dumps(
        {"claudeAiOauth": {"accessToken": TOKEN, "expiresAt": ends, "scopes": ["user:profile"], **fields}}
    )


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (None, Cause.NOT_CONNECTED),
        ("", Cause.CREDENTIAL_MALFORMED),
        (sign_in()[:60], Cause.CREDENTIAL_MALFORMED),
        ("[]", Cause.CREDENTIAL_MALFORMED),
        ('{"claudeAiOauth": "x"}', Cause.CREDENTIAL_MALFORMED),
        (sign_in(accessToken=17), Cause.CREDENTIAL_MALFORMED),
        (sign_in(accessToken="two\nlines"), Cause.CREDENTIAL_MALFORMED),
        ("{}", Cause.NOT_CONNECTED),
        (json.dumps(recorded.body("claude", "credentials_mcp_only.json")), Cause.NOT_CONNECTED),
        (json.dumps(recorded.body("claude", "credentials_empty_token.json")), Cause.NOT_CONNECTED),
        (json.dumps(recorded.body("claude", "credentials_setup_token.json")), Cause.NOT_ALLOWED),
        (sign_in(scopes="user:inference user:file_upload"), Cause.NOT_ALLOWED),
        (sign_in(expiresAt=int((NOW + timedelta(seconds=60)).timestamp() * 1000)), Cause.EXPIRED),
        (sign_in(expiresAt=str(int(NOW.timestamp() * 1000))), Cause.EXPIRED),
    ],
)
def test_a_sign_in_that_cannot_work_is_told_without_a_request(text: str | None, cause: Cause, tmp_path: Path):
    """Missing, malformed, empty, without the right, or ending within a minute."""
    home = claude_home(tmp_path)
    if text is not None:
        (home.path / ".credentials.json").write_text(text)
    one = strategy(PROVIDER, "usage_endpoint")
    server = Recorded(recorded.body("claude", "oauth_usage_normal.json"))

    with pytest.raises(SourceError) as caught:
        one.fetch(facts(one, home), server)

    assert caught.value.cause is cause
    assert server.asked == []
    assert endpoint.credential(facts(one, home)) is None
    assert TOKEN[:12] not in str(caught.value)


@pytest.mark.parametrize(
    "fields", [{}, {"expiresAt": None}, {"expiresAt": 0}, {"scopes": None}, {"scopes": "user:profile x"}]
)
def test_a_working_sign_in_is_sent_once_with_the_header_it_needs(fields: dict[str, object], tmp_path: Path):
    """An end or rights that are not stated do not stop the request."""
    home = claude_home(tmp_path)
    (home.path / ".credentials.json").write_text(sign_in(**fields))
    one = strategy(PROVIDER, "usage_endpoint")
    server = Recorded(recorded.body("claude", "oauth_usage_normal.json"))

    (snapshot,) = one.fetch(facts(one, home), server)

    assert server.asked == [("/api/oauth/usage", TOKEN, {"anthropic-beta": "oauth-2025-04-20"})]
    assert (snapshot.account.id, snapshot.captured_at) == (ME, NOW)


def test_reading_leaves_the_tools_files_as_they_were(tmp_path: Path):
    """Bytes, times and the list of files before and after all four strategies."""
    home = claude_home(tmp_path, token=TOKEN)
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.rglob("*") if path.is_file()}

    for one in PROVIDER.strategies:
        try:
            one.fetch(facts(one, home), Recorded(recorded.body("claude", "oauth_usage_normal.json")))
        except SourceError as error:
            assert error.cause is Cause.NOT_CONNECTED  # noqa: PT017 - two of the four have nothing here

    after = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.rglob("*") if path.is_file()}
    assert after == before


def test_what_starts_a_program_or_asks_a_server_needs_consent():
    """Only the endpoint reads a secret and has an origin to send it to."""
    assert [one.id for one in PROVIDER.strategies if one.consent] == ["program", "usage_endpoint"]
    assert [one.id for one in PROVIDER.strategies if one.origin] == ["usage_endpoint"]
