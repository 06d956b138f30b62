"""Which model a name in a log means.

A name is brought to one form by rules, in order, and then matched exactly or not at all: there is no guess by prefix or
family, because a sibling's price is wrong by a factor of three as easily as not. What is known already stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field, replace
from datetime import date
from types import MappingProxyType

from usagetray.quick_dataclass import dataclass

NOT_A_REQUEST = ("", "<synthetic>")
"""Rows that a client writes by itself: nothing was asked of a model."""

THIRD_PARTY = "third_party"

CLOUD_ID = re.compile(
    r"(?:(?P<place>global|us|eu|apac|jp|au|ca|us-gov)\.)?anthropic\.(?P<id>.+?)(?:-v[0-9]+(?::[0-9]+)?)?"
)
"""Bedrock's ids: "us.anthropic.claude-sonnet-4-5-20250929-v1:0". Without a place before it, it is regional too."""

OPAQUE = "application-inference-profile/"
"""An ARN that ends in the user's own profile: which model that is, it does not tell."""

WITHIN_AWS = re.compile(r"converse|invoke|[a-z]{2}(?:-gov)?-[a-z]+-[0-9]")
"""What LiteLLM puts between "bedrock/" and the id: a way of calling, or a region."""

FAMILY_LAST = re.compile(r"claude-([4-9]|[1-9][0-9])(-[0-9]{1,2})?-(opus|sonnet|haiku|fable|mythos)(?![a-z])(.*)")
""" "claude-4-5-sonnet"; up to the third generation that was the proper order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the rules need to know; all of it comes with the rates."""

    known: frozenset[str] = frozenset()  # canonical ids
    fast: frozenset[str] = frozenset()  # those that have or had a price for fast mode
    aliases: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    routes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """What may stand before a slash, and the platform that it means: "direct", "aws" or "google_cloud"."""

    def knowing(self, known: frozenset[str], fast: frozenset[str]) -> Names:
        return replace(self, known=known, fast=fast)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelName:
    id: str | None  # canonical; None: not known
    shown: str  # for people: the canonical id, or else the name as it was told
    ignored: bool = False  # no request was made
    fast: bool = False  # the name says so; counts only where the usage reports no speed
    regional: bool = False  # a cloud's regional endpoint
    flags: frozenset[str] = frozenset()


def resolve(name: str, names: Names) -> ModelName:
    """The model that is meant, with what its name tells beside it."""
    told = name.strip().lower()
    if told in NOT_A_REQUEST:
        return ModelName(id=None, shown=told, ignored=True)
    if told in names.known:
        return ModelName(id=told, shown=told)
    rest, platforms = _without_route(told, names.routes)
    # "[1m]" asks for the long window and changes no price. It may hide the ends that later rules look at.
    rest = rest.replace("[1m]", "")
    regional = "aws" in platforms
    if match := CLOUD_ID.fullmatch(rest):
        rest, regional = match["id"], match["place"] != "global"
    if "@" in rest:  # Google Cloud's form
        rest = re.sub(r"@(default|latest)$", "", rest).replace("@", "-")
        platforms |= {"google_cloud"}
    is_fast = False
    if rest not in names.known and rest.endswith("-fast"):
        slower = _plain(rest.removesuffix("-fast"), names)
        is_fast = slower in names.fast
        rest = slower if is_fast else rest
    canonical = _plain(rest, names)
    if canonical not in names.known:
        return ModelName(id=None, shown=name.strip())
    flags = {"third_party_platform"} if THIRD_PARTY in platforms else set()
    # A log does not show which endpoint was used; the regional one is dearer.
    flags |= {"assumed_global_endpoint"} if "google_cloud" in platforms else set()
    return ModelName(id=canonical, shown=canonical, fast=is_fast, regional=regional, flags=frozenset(flags))


def _without_route(name: str, routes: Mapping[str, str]) -> tuple[str, frozenset[str]]:
    """The name without what stands before its last slash, and the platforms that this means."""
    before, arn, resource = name.partition("arn:aws")
    if arn and (not before or before.endswith("/")):
        opaque = OPAQUE in resource or "/" not in resource
        return (name if opaque else resource.rpartition("/")[2]), frozenset({"aws"})
    *prefixes, rest = name.split("/")
    platforms: set[str] = set()
    for prefix in prefixes:
        if not ("aws" in platforms and WITHIN_AWS.fullmatch(prefix)):
            platforms.add(routes.get(prefix, THIRD_PARTY))
    return rest, frozenset(platforms)


def _plain(name: str, names: Names) -> str:
    """The name after the rules on spelling, aliases and dates, as far as they are needed to know it."""
    for rule in (_spelled, lambda each: names.aliases.get(each, each), _undated):
        if name in names.known:
            break
        name = rule(name)
    return name


def _spelled(name: str) -> str:
    """Claude ids in the vendor's own spelling: "claude-4.5-sonnet-thinking" is claude-sonnet-4-5."""
    if not name.startswith("claude-"):
        return name
    name = re.sub(r"(?<=[0-9])\.(?=[0-9])", "-", name)
    if match := FAMILY_LAST.fullmatch(name):
        generation, minor, family, rest = match.groups()
        name = f"claude-{family}-{generation}{minor or ''}{rest}"
    name = name.removesuffix("-thinking")
    return re.sub(r"^(claude-(?:opus|sonnet)-4)-0(?![0-9])", r"\1", name)


def _undated(name: str) -> str:
    match = re.fullmatch(r"(.+)-([0-9]{8}|[0-9]{4}-[0-9]{2}-[0-9]{2})", name)
    if match is None:
        return name
    try:
        date.fromisoformat(match[2])
    except ValueError:
        return name
    return match[1]
