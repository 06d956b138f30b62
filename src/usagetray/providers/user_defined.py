"""A provider that the user describes in a file: a gateway, or a vendor this program does not know yet.

The file says where in the answer each figure stands and in which unit; nothing about it is guessed. Its key is kept
for the address it was given for: another address in the file asks for the key again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from usagetray.errors import Cause, SourceError
from usagetray.model import Money, MoneyKind, MoneyLine, Secret, Snapshot, UsageWindow
from usagetray.providers.contract import Facts, Key, Provider, Strategy, Web
from usagetray.providers.parse import EARLIEST, LATEST, account_of_home, instant_of, number_of, text_of
from usagetray.quick_dataclass import dataclass

STRATEGY_ID = "endpoint"
STEP = re.compile(r"\.?([^\s.\[\]]{1,80})|\[([0-9]{1,3})\]")
MOST_STEPS = 12
MOST_FRACTION = Decimal(10)
"""Overage is real, but a fraction above this is a percentage by mistake."""
MOST_SECONDS = Decimal(400 * 24 * 3600)
MOST_DROPPED = 50

Share = tuple[Decimal, bool]
"""What a share's number is divided by, and whether it says what is left."""
SHARES: Mapping[str, Share] = {
    "percent": (Decimal(100), False),
    "percent_left": (Decimal(100), True),
    "fraction": (Decimal(1), False),
    "fraction_left": (Decimal(1), True),
}
RESETS = ("iso", "epoch_s", "epoch_ms", "seconds_from_now")


@dataclass(frozen=True, slots=True)
class At:
    """Where in the answer a value stands: "data.limits[0].used"."""

    text: str
    steps: tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowRule:
    """One limit: a share as it is, or counts of which two make one."""

    key: str
    label: str
    length: timedelta | None
    share: At | None = None
    unit: str = ""  # a key of SHARES, with `share`
    used: At | None = None
    remaining: At | None = None
    limit: At | Decimal | None = None
    reset: At | None = None
    reset_as: str = ""  # one of RESETS, with `reset`
    locks: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyRule:
    kind: MoneyKind
    label: str
    used: At | None
    limit: At | Decimal | None
    balance: At | None
    parts: Decimal  # of the currency's unit that the numbers count: 100 for cents
    currency: str | At
    period: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One file, read and found right."""

    id: str
    name: str
    file: str  # its name, for the consent
    origin: str
    path: str
    auth: str  # in the form of `contract.BEARER`
    every: timedelta
    windows: tuple[WindowRule, ...]
    money: tuple[MoneyRule, ...]


def at(text: str) -> At:
    """A path of names and [n], parted by dots. Raises ValueError for anything else."""
    steps: list[str | int] = []
    place = 0
    while place < len(text):
        found = STEP.match(text, place)
        # A dot stands between two steps: not at the beginning, and not left out before a name.
        if found is None or (found[1] and bool(steps) != text.startswith(".", place)):
            raise ValueError(text)
        steps.append(found[1] if found[1] else int(found[2]))
        place = found.end()
    if not 1 <= len(steps) <= MOST_STEPS:
        raise ValueError(text)
    return At(text, tuple(steps))


def provider_of(declared: Declared) -> Provider:
    """An ordinary provider with one source."""
    key = Key(name=f"key@{declared.origin}", label="Key")

    def secret(facts: Facts) -> Secret | None:
        return facts.secrets.get(key.name)

    def fetch(facts: Facts, web: Web | None) -> tuple[Snapshot, ...]:
        given = secret(facts)
        if given is None or web is None:
            raise SourceError(declared.name, Cause.NOT_CONNECTED, "there is no key for this address")
        return (snapshot(declared, web.get_json(declared.path, bearer=given, auth=declared.auth), facts),)

    host = declared.origin.partition("://")[2]
    return Provider(
        id=declared.id,
        name=declared.name,
        homes=None,
        strategies=(
            Strategy(
                id=STRATEGY_ID,
                label=declared.name,
                needs=(key,),
                fetch=fetch,
                consent=(
                    f"Keeps your key in your system’s key store and sends it to {host}, and nowhere else, every "
                    f"{declared.every // timedelta(minutes=1)} minutes, as {declared.file} says. The key is never "
                    "written to a file or a log; if the file names another address, it is asked for again."
                ),
                origin=declared.origin,
                poll_every=declared.every,
                credential=secret,
            ),
        ),
    )


# ---- the answer --------------------------------------------------------------------------------------------


def snapshot(declared: Declared, body: Any, facts: Facts) -> Snapshot:
    """The answer in our words. Raises BAD_DATA where nothing stands in any of the places the file names."""
    answer = _Answer(body)
    windows = tuple(_window(rule, answer, facts.now) for rule in declared.windows)
    money = tuple(line for rule in declared.money if (line := _money(rule, answer)) is not None)
    if not money and all(window.utilization is None and window.resets_at is None for window in windows):
        names = ", ".join(name[:40] for name in answer.dropped[:5])
        raise SourceError(declared.name, Cause.BAD_DATA, f"nothing could be read where {declared.file} says: {names}")
    return Snapshot(
        provider_id=declared.id,
        strategy_id=STRATEGY_ID,
        account=account_of_home(facts.home),
        captured_at=facts.now,
        windows=windows,
        money=money,
        dropped=tuple(answer.dropped),
    )


class _Answer:
    """Values by their places; what is absent, or of another kind, is noted: the file said that it is there."""

    def __init__(self, body: object) -> None:
        self._body = body
        self.dropped: list[str] = []

    def raw(self, place: At) -> object:
        """None for null; what is not there is noted too."""
        here = self._body
        for step in place.steps:
            is_item = isinstance(step, int) and isinstance(here, list) and step < len(here)
            is_field = isinstance(step, str) and isinstance(here, dict) and step in here
            if not (is_item or is_field):
                self.drop(place)
                return None
            here = here[step]  # type: ignore[index]
        return here

    def number(self, place: At | Decimal | None) -> Decimal | None:
        if place is None or isinstance(place, Decimal):
            return place
        value = self.raw(place)
        number = number_of(value)
        if number is None and value is not None:
            self.drop(place)
        return number

    def drop(self, place: At) -> None:
        if place.text not in self.dropped and len(self.dropped) < MOST_DROPPED:
            self.dropped.append(place.text)


def _window(rule: WindowRule, answer: _Answer, now: datetime) -> UsageWindow:
    share = _share(rule, answer)
    return UsageWindow(
        key=rule.key,
        label=rule.label,
        utilization=None if share is None else round(float(share), 9),
        resets_at=_reset(rule, answer, now),
        length=rule.length,
        locks=rule.locks,
    )


def _share(rule: WindowRule, answer: _Answer) -> Decimal | None:
    """Used, of all there is; None where the answer does not say, or says what cannot be."""
    if rule.share is not None:
        number = answer.number(rule.share)
        if number is None:
            return None
        divisor, is_left = SHARES[rule.unit]
        share = number / divisor
        if share > (1 if is_left else MOST_FRACTION):
            answer.drop(rule.share)
            return None
        return 1 - share if is_left else share
    used, remaining, limit = (answer.number(each) for each in (rule.used, rule.remaining, rule.limit))
    if limit is None and used is not None and remaining is not None:
        limit = used + remaining
    if limit is not None and used is None and remaining is not None and remaining <= limit:
        used = limit - remaining
    if used is None or limit is None:
        return None
    if not limit or used / limit > MOST_FRACTION * 100:
        if isinstance(rule.limit, At):
            answer.drop(rule.limit)
        return None
    return used / limit


def _reset(rule: WindowRule, answer: _Answer, now: datetime) -> datetime | None:
    """In the unit the file states. A zero means that none is known."""
    value = answer.raw(rule.reset) if rule.reset else None
    number = number_of(value)
    if rule.reset is None or value is None or number == 0:
        return None
    found: datetime | None = None
    if rule.reset_as == "iso":
        found = instant_of(value) if isinstance(value, str) and number is None else None
    elif number is not None and rule.reset_as == "seconds_from_now":
        found = now + timedelta(seconds=float(number)) if number <= MOST_SECONDS else None
    elif number is not None:
        seconds = number / 1000 if rule.reset_as == "epoch_ms" else number
        is_believable = EARLIEST.timestamp() <= seconds < LATEST.timestamp()
        found = datetime.fromtimestamp(float(seconds), UTC) if is_believable else None
    if found is None:
        answer.drop(rule.reset)
    return found


def _money(rule: MoneyRule, answer: _Answer) -> MoneyLine | None:
    currency = _currency(rule.currency, answer)
    amounts = [answer.number(each) for each in (rule.used, rule.limit, rule.balance)]
    if currency is None or (amounts[0] is None and amounts[2] is None):
        return None  # a limit alone says nothing of its use
    used, limit, balance = (
        None if each is None else Money(amount=each / rule.parts, currency=currency) for each in amounts
    )
    is_spent = balance is not None and not balance.amount
    return MoneyLine(
        kind=rule.kind,
        label=rule.label,
        used=used,
        limit=limit,
        balance=balance,
        period=rule.period,
        disabled_reason="spent" if is_spent else None,
    )


def _currency(wanted: str | At, answer: _Answer) -> str | None:
    if isinstance(wanted, str):
        return wanted
    said = (text_of(answer.raw(wanted)) or "").upper()
    if not re.fullmatch(r"[A-Z]{3}", said):
        answer.drop(wanted)
        return None
    return said
