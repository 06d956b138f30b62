"""What single providers that are asked with a key do beyond their recorded answers."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.providers import keyed, recorded
from usagetray.errors import Cause, SourceError
from usagetray.model import Snapshot
from usagetray.providers import kimi
from usagetray.providers.contract import Home

AT = datetime(2026, 11, 19, 16, 0, tzinfo=UTC)
OPENROUTER_AT = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)  # a Friday

# ---- MiniMax: what counts mean -----------------------------------------------------------------------------


def plan(calls: int, *, begins: int = 1795100400000) -> dict[str, Any]:
    """A Plus plan whose counts say this of the short window's 1500 calls."""
    answer: dict[str, Any] = recorded.body("minimax", "coding_plan_fresh.json")
    row = answer["model_remains"][0]
    row |= {"current_interval_usage_count": calls, "start_time": begins, "end_time": begins + 18_000_000}
    return answer


def in_a_row(*calls: int, reader: str = "token_plan") -> Snapshot:
    """The last of several answers, each read with what was remembered of the one before."""
    former: tuple[Snapshot, ...] = ()
    for number in calls:
        former = keyed.ask("minimax", reader, plan(number), AT, former)
    return former[0]


def shown(snapshot: Snapshot) -> tuple[float | None, str]:
    (window,) = snapshot.windows
    return window.utilization, window.scope


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        ((300,), (0.8, "uncertain")),
        ((300, 300), (0.8, "uncertain")),
        ((300, 270), (0.82, "")),  # what is left only falls
        ((300, 330), (0.22, "")),  # what is used only rises
        ((300, 330, 330, 345), (0.23, "")),
        ((300, 270, 285), (0.81, "")),  # once it is decided it stays so
    ],
)
def test_two_answers_within_one_window_decide_what_counts_mean(calls: tuple[int, ...], expected: tuple[float, str]):
    """Of 1500 calls: as what is left until something speaks against it."""
    assert shown(in_a_row(*calls)) == expected


def test_a_new_window_decides_nothing():
    """What is left goes up when the window begins anew."""
    before = keyed.ask("minimax", "token_plan", plan(300), AT)

    (after,) = keyed.ask("minimax", "token_plan", plan(1500, begins=1795118400000), AT, before)

    assert shown(after) == (0.0, "uncertain")


def test_an_answer_without_a_count_decides_nothing():
    """The count that is missing is not zero, from which the next one would have risen."""
    silent = plan(300)
    del silent["model_remains"][0]["current_interval_usage_count"]
    silent["model_remains"][0]["current_interval_remaining_percent"] = 20
    before = keyed.ask("minimax", "token_plan", silent, AT)

    (after,) = keyed.ask("minimax", "token_plan", plan(300), AT, before)

    assert shown(after) == (0.8, "uncertain")


def test_each_path_has_a_meaning_of_its_own():
    """Decided at the newer path; at the older one counts are what is left, until they speak for themselves."""
    decided = keyed.ask("minimax", "token_plan", plan(330), AT, keyed.ask("minimax", "token_plan", plan(300), AT))

    (older,) = keyed.ask("minimax", "coding_plan", plan(330), AT, decided)
    (newer,) = keyed.ask("minimax", "token_plan", plan(330), AT, (older,))

    assert shown(older) == (0.78, "")
    assert shown(newer) == (0.22, "")


def test_the_user_can_say_what_counts_mean():
    """For when the bar runs backwards before two answers could tell."""
    (snapshot,) = keyed.ask("minimax", "token_plan", plan(300), AT, (), "counts-mean-used")

    assert shown(snapshot) == (0.2, "")


@pytest.mark.parametrize("memory", ["", "x", "[]", '{"/v1/token_plan/remains": 7}', '{"/v1/token_plan/remains": {}}'])
def test_a_memory_that_cannot_be_read_is_none(memory: str):
    (former,) = keyed.ask("minimax", "token_plan", plan(300), AT)
    object.__setattr__(former, "memory", memory)

    (snapshot,) = keyed.ask("minimax", "token_plan", plan(330), AT, (former,))

    assert shown(snapshot) == (0.78, "uncertain")


def test_models_that_share_the_quota_are_one_row():
    answer = plan(1500)
    answer["model_remains"].append({**answer["model_remains"][0], "model_name": "MiniMax-M2.5"})

    (snapshot,) = keyed.ask("minimax", "coding_plan", answer, AT)

    assert [window.key for window in snapshot.windows] == ["interval"]
    assert snapshot.ignored == ("MiniMax-M2.5 (counted with MiniMax-M2)",)


def test_an_end_that_has_passed_is_not_made_up_anew():
    """60 % used of a window that is over: the reset stays in the past, so that no view shows the figure as current."""
    answer = recorded.body("minimax", "token_plan_unlimited_week.json")
    for row in answer["model_remains"]:
        row["remains_time"] = 0

    (snapshot,) = keyed.ask("minimax", "token_plan", answer, AT + timedelta(hours=9))

    assert snapshot.windows[0].resets_at == datetime(2026, 11, 19, 20, 0, tzinfo=UTC)


# ---- OpenRouter --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reset", "at", "resets_at"),
    [
        ("daily", OPENROUTER_AT, datetime(2026, 11, 21, tzinfo=UTC)),
        ("weekly", OPENROUTER_AT, datetime(2026, 11, 23, tzinfo=UTC)),
        ("weekly", datetime(2026, 11, 23, 0, 0, tzinfo=UTC), datetime(2026, 11, 30, tzinfo=UTC)),
        ("monthly", OPENROUTER_AT, datetime(2026, 12, 1, tzinfo=UTC)),
        ("monthly", datetime(2026, 12, 31, 23, 59, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
        (None, OPENROUTER_AT, None),
        ("yearly", OPENROUTER_AT, None),
    ],
)
def test_a_limit_begins_anew_at_midnight_utc(reset: str | None, at: datetime, resets_at: datetime | None):
    answer = recorded.body("openrouter", "key_limited.json")
    answer["data"]["limit_reset"] = reset

    (snapshot,) = keyed.ask("openrouter", "key", answer, at)

    assert snapshot.windows[0].resets_at == resets_at


def test_the_masked_key_is_not_taken_over():
    """It still holds a dozen characters of the key."""
    (snapshot,) = keyed.ask("openrouter", "key", recorded.body("openrouter", "key_limited.json"), OPENROUTER_AT)

    assert "sk-or" not in repr(snapshot)


@pytest.mark.parametrize("cause", [Cause.NOT_ALLOWED, Cause.TIMEOUT, Cause.SERVER_ERROR, Cause.BAD_DATA])
def test_a_balance_that_cannot_be_had_hides_nothing_else(cause: Cause):
    (snapshot,) = keyed.ask("openrouter", "credits", SourceError("x", cause), OPENROUTER_AT)

    assert len(snapshot.money) == 3


# ---- LiteLLM -----------------------------------------------------------------------------------------------


def test_a_user_s_id_cannot_lead_to_another_path():
    """It is put into the address as text, whatever it holds."""
    body = recorded.body("litellm", "key_info.json")
    body["info"]["user_id"] = "../x?user_id=other&a=#/ü"
    vendor = keyed.Vendor({"/key/info": body})
    known = keyed.known("litellm", "key", OPENROUTER_AT)

    keyed.strategy_of("litellm", "key").fetch(known, vendor)

    assert vendor.asked[1] == "/user/info?user_id=..%2Fx%3Fuser_id%3Dother%26a%3D%23%2F%C3%BC"


def test_sums_stay_exact():
    answer = {"info": {"spend": 0.1, "max_budget": 0.30000000000000004}}

    (snapshot,) = keyed.ask("litellm", "key", answer, OPENROUTER_AT)

    assert snapshot.money[0].limit is not None
    assert snapshot.money[0].limit.amount == Decimal("0.30000000000000004")


# ---- Kimi's own sign-in ------------------------------------------------------------------------------------


def sign_in(folder: Path, **fields: object) -> Home:
    written = {**recorded.body("kimi", "cli_credentials.json"), "access_token": keyed.KEY, **fields}
    place = folder / ".kimi-code" / "credentials" / "kimi-code.json"
    place.parent.mkdir(parents=True)
    place.write_text(json.dumps(written))
    return Home(path=folder / ".kimi-code", is_default=True)


def ask_by_sign_in(home: Home, now: datetime) -> tuple[Snapshot, ...]:
    one = recorded.strategy(kimi.PROVIDER, "sign_in")
    vendor = keyed.Vendor({"/coding/v1/usages": recorded.body("kimi", "usages_weekly.json")})
    return one.fetch(recorded.facts(one, home, now=now), vendor)


def test_kimi_s_sign_in_is_read_and_its_token_sent(tmp_path: Path):
    """Until 20:10, when it runs out."""
    (snapshot,) = ask_by_sign_in(sign_in(tmp_path), datetime(2026, 11, 19, 20, 0, tzinfo=UTC))

    assert [window.utilization for window in snapshot.windows] == [0.06, 0.31]


@pytest.mark.parametrize(
    ("fields", "cause"),
    [
        ({"expires_at": 1795118400}, Cause.EXPIRED),
        ({"access_token": None}, Cause.NOT_CONNECTED),
        ({"access_token": ""}, Cause.NOT_CONNECTED),
        ({"access_token": 7}, Cause.CREDENTIAL_MALFORMED),
    ],
)
def test_a_sign_in_that_cannot_be_used_is_not_tried(tmp_path: Path, fields: dict[str, object], cause: Cause):
    with pytest.raises(SourceError) as caught:
        ask_by_sign_in(sign_in(tmp_path, **fields), datetime(2026, 11, 19, 20, 0, tzinfo=UTC))

    assert caught.value.cause is cause


def test_without_a_sign_in_there_is_nothing_to_ask_with(tmp_path: Path):
    with pytest.raises(SourceError) as caught:
        ask_by_sign_in(Home(path=tmp_path, is_default=True), AT)

    assert caught.value.cause is Cause.NOT_CONNECTED


# ---- all of them -------------------------------------------------------------------------------------------

MINE = ("kimi", "litellm", "minimax", "openrouter", "zai")
PAIRS = [(provider, reader) for provider in MINE for reader in keyed.readers(provider)]


@pytest.mark.parametrize(("provider", "reader"), [pair for pair in PAIRS if pair[1] not in ("credits", "user", "team")])
@pytest.mark.parametrize(
    "answer", [None, [], "hello", 17, {}, {"data": {}}, {"data": []}, {"error": {"message": "no"}}]
)
def test_an_answer_of_another_shape_is_bad_data(provider: str, reader: str, answer: object):
    """And no empty success, which would take the place of figures."""
    with pytest.raises(SourceError) as caught:
        keyed.ask(provider, reader, answer, AT)

    assert caught.value.cause is Cause.BAD_DATA


@pytest.mark.parametrize(("provider", "reader"), PAIRS)
@pytest.mark.parametrize("answer", [None, {}, [keyed.KEY], {"error": keyed.KEY}])
def test_no_key_stands_in_what_is_said(provider: str, reader: str, answer: object):
    try:
        said = repr(keyed.ask(provider, reader, answer, AT))
    except SourceError as error:
        said = f"{error} {error!r} {error.detail}"

    assert keyed.KEY[8:20] not in said
