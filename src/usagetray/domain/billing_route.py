"""Which credential pays: a vendor's rungs, tried from the top, on what was found. Names and places out, no value.

The order of the rungs is the vendor's, and stands with its provider; here is what holds for all of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from usagetray.billing import (
    UNASKED,
    BillingFacts,
    BillingRules,
    Certainty,
    Claim,
    Evidence,
    Held,
    Mode,
    Passed,
    Route,
    SetAside,
    Sight,
    Verdict,
)

ASKING = (Mode.INTERACTIVE, Mode.IDE_EXTENSION)
"""Modes in which a person may have declined what a run from a script takes unasked."""


def billed(rules: BillingRules, facts: BillingFacts) -> Verdict:
    """What this start bills, and whether somebody who has a plan should know of it."""
    here, has_plan = _decided(rules, facts)
    warns = here.route is not Route.PLAN
    if not warns and facts.scene.mode in ASKING:
        from_a_script = replace(facts, scene=replace(facts.scene, mode=Mode.HEADLESS))
        warns = _decided(rules, from_a_script)[0].route is not Route.PLAN
    return replace(here, would_warn=has_plan and warns)


def key_of(verdict: Verdict) -> tuple[str, str, str]:
    """What a change is told by: route, file and variable. A line that moved is no change."""
    first = verdict.because[0] if verdict.because else Evidence(source="")
    return verdict.route.value, first.file or "", first.variable or ""


def accepted(provider: str, key: tuple[str, str, str]) -> tuple[str, str, str]:
    """Under which it is remembered that the user bills this on purpose; `key` of `key_of`."""
    return provider, "on purpose", "\n".join(key)


def is_news(former: Sequence[tuple[str, str, str]] | None, now: Verdict) -> bool:
    """Whether this is worth an alert: not the first look, a plan is no longer what pays, and it was not told before.

    `former`: what was known of this tool's modes the last time, by `key_of`; None before the first look.
    """
    changed = former is not None and key_of(now) not in former
    return changed and now.would_warn and now.route is not Route.PLAN


# ---- from the top rung down --------------------------------------------------------------------------------


def _decided(rules: BillingRules, facts: BillingFacts) -> tuple[Verdict, bool]:
    env, aside, is_soft = _in_force(rules, facts)
    sight = Sight(facts=facts, env=env)
    claim, passed = _claimed(rules, sight)
    aside += [SetAside(at=each.at, why=each.why) for each in passed]
    claim = _where_sent(rules, sight, claim)
    claim = _perhaps_loaded(rules, facts, claim)
    aside += _outranked(rules, sight, claim, aside)
    sure = claim.sure and not is_soft and all(each.sure for each in passed)
    sure = sure and not (claim.route is Route.PLAN and _unloaded(rules, facts))
    certainty = Certainty.LIKELY
    if claim.route is Route.UNKNOWN:
        certainty = Certainty.UNKNOWN
    elif claim.anywhere or (sure and facts.environ is not None):
        certainty = Certainty.CERTAIN
    verdict = Verdict(
        mode=facts.scene.mode,
        route=claim.route,
        certainty=certainty,
        because=claim.because,
        set_aside=tuple(aside),
        vendor=claim.vendor,
        says=claim.says,
    )
    return verdict, rules.has_plan(sight)


def _in_force(rules: BillingRules, facts: BillingFacts) -> tuple[dict[str, Held], list[SetAside], bool]:
    """The variables after the settings' own have replaced them, what lost, and whether a guess was needed for it."""
    found = facts.predicted if facts.environ is None else facts.environ
    env = {name: held for name, held in found.items() if not held.is_empty}
    aside = [
        SetAside(at=Evidence(source="file", file=each.path, line=each.broken_at), why="not a valid file, skipped")
        for each in facts.documents.values()
        if each.broken_at is not None
    ]
    is_soft = any(facts.documents[name].broken_at for name in rules.vital if name in facts.documents)
    for block in rules.blocks(facts):
        for name, held in block.variables.items():
            if not block.applies:
                aside += [] if held.is_empty else [SetAside(at=held.at, why=block.why)]
                continue
            former = env.pop(name, None)
            if former is not None and former.at != held.at:
                verb = "cancelled" if held.is_empty else "replaced"
                aside.append(SetAside(at=former.at, why=f"{verb} by {block.path} line {held.at.line}"))
            if not held.is_empty:
                env[name] = held
            elif former is not None and name not in rules.cancels:
                is_soft = True
    return env, aside, is_soft


def _claimed(rules: BillingRules, sight: Sight) -> tuple[Claim, list[Passed]]:
    passed: list[Passed] = []
    for rung in rules.rungs:
        found = rung(sight)
        if isinstance(found, Claim):
            return found, passed
        if found is not None:
            passed.append(found)
    return Claim(route=Route.UNKNOWN, says="nobody is signed in"), passed


def _where_sent(rules: BillingRules, sight: Sight, claim: Claim) -> Claim:
    """The claim where its credential goes to another address than the vendor's own."""
    held = sight.env.get(rules.redirect.variable) if rules.redirect else None
    if rules.redirect is None or held is None or not claim.sent:
        return claim
    host = host_of(held.value.reveal()) if held.value is not None else ""
    if host and within(host, rules.redirect.own):
        return claim
    sure = claim.sure and not held.perhaps
    vendor = vendor_of(host, sight.facts.vendors)
    if vendor and claim.sent == "key":
        because = (held.at, *claim.because)
        return Claim(route=Route.OTHER_VENDOR, because=because, sure=sure, vendor=vendor)
    says = "sends requests to a gateway, and who is billed is decided there"
    if claim.sent == "login":
        says = "names another address, and nobody knows whether the plan’s sign-in is sent there"
    return Claim(route=Route.UNKNOWN, because=(held.at,), says=says)


def _perhaps_loaded(rules: BillingRules, facts: BillingFacts, claim: Claim) -> Claim:
    """A run from a script whose environment nobody knows may have been given what lies in the folder."""
    unseen = facts.environ is None and facts.scene.mode in UNASKED
    found = _unloaded(rules, facts)
    if not (unseen and found) or claim.anywhere or claim.route is not Route.PLAN:
        return claim
    says = "may be loaded by what starts it, and would then be billed without a question"
    return Claim(route=Route.UNKNOWN, because=(found[0].at,), says=says)


def _unloaded(rules: BillingRules, facts: BillingFacts) -> list[Held]:
    return [facts.unloaded[name] for name in rules.credentials if name in facts.unloaded]


def _outranked(rules: BillingRules, sight: Sight, claim: Claim, aside: Sequence[SetAside]) -> list[SetAside]:
    """Credentials that are there, have not decided, and of which nothing was said yet."""
    said = {*claim.because, *(each.at for each in aside)}
    facts = sight.facts
    is_known = facts.environ is not None
    unread = "not in the environment of the session" if is_known else "found, not known to be loaded"
    found = [(sight.env.get(name), "outranked") for name in rules.credentials]
    found += [(each, unread) for each in _unloaded(rules, facts)]
    if facts.environ is not None:
        started = {(each.at.file, each.at.line) for each in facts.environ.values()}
        later = [each for name in rules.credentials if (each := facts.predicted.get(name)) and not each.is_empty]
        why = "not in this environment; the next terminal gets it"
        found += [(each, why) for each in later if (each.at.file, each.at.line) not in started]
    return [SetAside(at=each.at, why=why) for each, why in found if each is not None and each.at not in said]


# ---- addresses ---------------------------------------------------------------------------------------------


def host_of(address: str) -> str:
    """The host of an address, lower case; "" where it has none that could be read."""
    found = re.match(
        r"\s*(?:[a-z][a-z0-9+.-]*:)?//(?:[^/?#@\\]*@)?(\[[0-9a-f:.]+\]|[^/?#:@\\\s]+)", address, re.IGNORECASE
    )
    return found[1].lower().rstrip(".") if found else ""


def within(host: str, names: Sequence[str]) -> bool:
    """One of the names, or below one."""
    return any(host == name or host.endswith(f".{name}") for name in names)


def vendor_of(host: str, vendors: Mapping[str, str]) -> str:
    return next((vendor for name, vendor in vendors.items() if within(host, (name,))), "")
