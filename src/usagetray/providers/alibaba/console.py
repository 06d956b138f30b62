"""Alibaba Cloud Coding Plan: asking the web console, with the cookies of the user's own session there.

Source: the console's private call `queryCodingPlanInstanceInfoV2` in mainland China, shapes read on 2026-11-20; no
way is known for international accounts. What is USED is stated, with totals and the next refresh in milliseconds;
the answer is nested differently each time, in part as JSON within text, so the names are looked for wherever they are.
Of several subscriptions the valid one counts, with its own quota and never another's. Refusals come as HTTP 200.
"""

from __future__ import annotations

import json
import uuid
from collections import deque
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from usagetray.errors import Cause, SourceError
from usagetray.model import Account, Secret, Snapshot, UsageWindow
from usagetray.providers.alibaba.counted import CHINA, FIVE_HOURS, ID, SOURCE, WEEK
from usagetray.providers.contract import Facts, Form, Key, Strategy, Web
from usagetray.providers.parse import Answer, decode, instant_of, month_before, part

STRATEGY_ID = "console"
SITE = "https://bailian.console.aliyun.com"
PAGE = f"{SITE}/cn-beijing/?tab=model"
API = "zeldaEasy.broadscope-bailian.codingPlan.queryCodingPlanInstanceInfoV2"
PATH = f"/data/api.json?action=BroadScopeAspnGateway&product=sfm_bailian&api={API}&_v=undefined"
KEY = Key(name="cookie", label="Cookie header of bailian.console.aliyun.com", has_blanks=True)
INSTANCES, QUOTA = "codingPlanInstanceInfos", "codingPlanQuotaInfo"
VALID = ("VALID", "ACTIVE")
CODES = ("code", "statusCode", "status_code")
FINE = ("", "0", "200")
CAUSES = {"ConsoleNeedLogin": Cause.REFUSED, "401": Cause.REFUSED, "403": Cause.NOT_ALLOWED, "429": Cause.RATE_LIMITED}
WINDOWS = (
    ("five_hours", "5 hours", ("per5Hour", "perFiveHour")),
    ("week", "Week", ("perWeek",)),
    ("month", "Month", ("perBillMonth", "perMonth")),
)
DEEPEST, MOST_VALUES = 12, 20_000


def cookie(facts: Facts) -> Secret | None:
    secret = facts.secrets.get(KEY.name)
    return Secret(";".join(each.strip() for each in secret.reveal().split(";"))) if secret else None


def fetch(facts: Facts, web: Web | None) -> tuple[Snapshot, ...]:
    secret = cookie(facts)
    if secret is None or web is None:
        raise SourceError(SOURCE, Cause.NOT_CONNECTED, "there is no cookie")
    cookies = dict(each.partition("=")[::2] for each in secret.reveal().split(";"))
    if not cookies.get("sec_token"):
        raise SourceError(SOURCE, Cause.CREDENTIAL_MALFORMED, "the cookies hold no sec_token")
    token = cookies.get("login_aliyunid_csrf") or cookies.get("csrf")
    headers = {"Origin": SITE, "Referer": PAGE, "X-Requested-With": "XMLHttpRequest"}
    headers |= {"x-xsrf-token": token, "x-csrf-token": token} if token else {}
    form = {
        "params": json.dumps(question(cookies.get("cna"))),
        "region": "cn-beijing",
        "sec_token": cookies["sec_token"],
    }
    return read(facts, web.post_json(PATH, Form(form), bearer=secret, headers=headers, auth="Cookie: {}"))


def question(browser: str | None) -> dict[str, Any]:
    about = {
        "feTraceId": str(uuid.uuid4()),
        "feURL": f"{PAGE}#/efm/coding_plan",
        "protocol": "V2",
        "console": "ONE_CONSOLE",
        "productCode": "p_efm",
        "domain": SITE.removeprefix("https://"),
        "consoleSite": "BAILIAN_ALIYUN",
        "userNickName": "",
        "userPrincipalName": "",
        "xsp_lang": "en-US",
        **({"X-Anonymous-Id": browser} if browser else {}),
    }
    asked = {"commodityCode": "sfm_codingplan_public_cn", "onlyLatestOne": True}
    return {"Api": API, "V": "1.0", "Data": {"queryCodingPlanInstanceInfoRequest": asked, "cornerstoneParam": about}}


def read(facts: Facts, body: Any) -> tuple[Snapshot, ...]:
    """Pure: the answer in, our words out; nothing where no plan is valid."""
    objects = tuple(unfolded(body))
    _check(objects[:1] if any(INSTANCES in each for each in objects) else objects)
    found = next((each for each in objects if isinstance(each.get(INSTANCES), list)), None)
    if found is None:
        raise SourceError(SOURCE, Cause.BAD_DATA, "no subscription is named in the answer")
    answer = Answer(found)
    rows = answer.rows(INSTANCES)
    row = next((each for each in rows if each.text("status") in VALID), None)
    row = row or next((each for each in rows if not each.text("status") and _ends_later(each, facts)), None)
    if row is None:
        return ()
    quota = row.sub(QUOTA)
    if quota is None and len(rows) == 1:  # with several it might be another one's
        quota = Answer(next((each[QUOTA] for each in objects if isinstance(each.get(QUOTA), dict)), {}))
    windows = _windows(quota) if quota else ()
    dropped = dict.fromkeys((*answer.dropped, *(quota.dropped if quota else ())))
    return (
        Snapshot(
            provider_id=ID,
            strategy_id=STRATEGY_ID,
            account=Account(id="default", plan=row.text(row.pick("planName", "instanceName", "packageName"))),
            captured_at=facts.now,
            windows=windows,
            dropped=tuple(dropped),
        ),
    )


def unfolded(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in an answer, from the outside in, also those that are written as text."""
    waiting, left = deque([(value, 0)]), MOST_VALUES
    while waiting and left:
        here, depth = waiting.popleft()
        left -= 1
        if isinstance(here, str) and here.lstrip()[:1] in ("{", "["):
            here = decode(here)
        if isinstance(here, dict):
            yield here
        below = here.values() if isinstance(here, dict) else here if isinstance(here, list) else ()
        if depth < DEEPEST:
            waiting += [(each, depth + 1) for each in below if isinstance(each, dict | list | str)]


def _check(objects: tuple[dict[str, Any], ...]) -> None:
    """Raises what a refusal in an answer means."""
    for said in objects:
        for name in CODES:
            code = str(said.get(name, "")) if isinstance(said.get(name), str | int) else ""
            if code not in FINE:
                cause = Cause.NOT_ALLOWED if "NotAuthorised" in code else CAUSES.get(code, Cause.BAD_DATA)
                raise SourceError(SOURCE, cause, "the console wants a login" if cause is Cause.REFUSED else "refused")


def _ends_later(row: Answer, facts: Facts) -> bool:
    at = instant_of(f"{row.text('endTime') or ''}+08:00")
    return at is not None and at > facts.now.astimezone(CHINA)


def _windows(quota: Answer) -> tuple[UsageWindow, ...]:
    found = []
    for key, label, names in WINDOWS:
        spent, total, reset = (
            quota.pick(*(f"{each}{what}" for each in names))
            for what in ("UsedQuota", "TotalQuota", "QuotaNextRefreshTime")
        )
        used, resets_at = part(quota.number(spent), quota.number(total)), quota.instant(reset)
        if used is None and resets_at is None:
            continue
        length: timedelta | None = {"five_hours": FIVE_HOURS, "week": WEEK}.get(key)
        if length is None and resets_at is not None:
            length = resets_at - month_before(resets_at)
        found.append(UsageWindow(key=key, label=label, utilization=used, resets_at=resets_at, length=length))
    return tuple(found)


STRATEGY = Strategy(
    id=STRATEGY_ID,
    label="Alibaba’s console",
    needs=(KEY,),
    fetch=fetch,
    consent=(
        "For experts, and for accounts of mainland China. Keeps the cookies of your session at "
        "bailian.console.aliyun.com in your system’s key store and sends them to bailian-cs.console.aliyun.com, and "
        "nowhere else, every 15 minutes, to ask how much of your plan is used. These cookies open your WHOLE cloud "
        "account: whoever has them can do all you can. They end within hours or days, and then it stops. Without "
        "this, requests are counted from your own logs. The header must hold sec_token=…; if it does not, put "
        "SEC_TOKEN of the page’s source behind it as “; sec_token=…”."
    ),
    origin="https://bailian-cs.console.aliyun.com",
    poll_every=timedelta(minutes=15),
    when_refused="The console does not answer this for your account.",
    credential=cookie,
)
