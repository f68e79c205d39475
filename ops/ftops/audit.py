"""An audit: the rules over what exists, each asked only about what was read for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from ftops.estate import Unreadable, tag
from ftops_policies import Finding, Resource, Settings, judge, read_rules
from ftops_policies.resource import ACCOUNT

NOT_READ = "not-read"
"""The id of the finding for what Azure did not show: nobody can say that it holds."""


@dataclass(frozen=True)
class Existing:
    """What was read: resources of these types, and whose parts Azure did not show."""

    resources: tuple[Resource, ...]
    types: frozenset[str]
    unreadable: tuple[Unreadable, ...] = ()


@dataclass(frozen=True)
class Audit:
    """Findings by environment, "" for what no tag places; `not_asked` are rules that need more."""

    findings: tuple[tuple[str, Finding], ...]
    not_asked: tuple[str, ...]

    @property
    def blocks(self) -> bool:
        return any(finding.blocks for _, finding in self.findings)


@dataclass(frozen=True, slots=True, eq=False)
class Watched(Resource):
    """A resource that notes which types a rule looks for among all of them."""

    asked: set[str] = field(default_factory=set, repr=False)

    def is_a(self, arm_type: str) -> bool:
        self.asked.add(arm_type.casefold())
        # Not super(): a dataclass with slots is another class than the one written here.
        return Resource.is_a(self, arm_type)


def audit(existing: Existing, settings: Settings, now: datetime) -> Audit:
    """The rules over what was read, by the settings and waivers of each environment's tag.

    A rule on an environment as a whole that looks for types which were not read is not asked:
    its answer would be about half of the picture. It is in `not_asked`, neither yes nor no.
    """
    known = frozenset(each.casefold() for each in existing.types)
    alone = tuple(
        rule for rule in read_rules() if any(each.casefold() in known for each in rule.applies_to)
    )
    whole = [rule for rule in read_rules() if rule.of_environment]
    found: list[tuple[str, Finding]] = []
    unasked = {rule.id for rule in read_rules()} - {rule.id for rule in (*alone, *whole)}
    for name, listed in _by_environment(existing.resources).items():
        here = settings.environment(name) if name else settings.defaults
        found += [(name, each) for each in judge(listed, here, now, rules=alone)]
        asked: set[str] = set()
        watched = [_watched(each, asked) for each in listed]
        for rule in whole:
            asked.clear()
            said = judge(watched, here, now, rules=(rule,))
            if asked <= known:
                found += [(name, each) for each in said]
            else:
                unasked.add(rule.id)
        found += [(name, each) for each in _unread(listed, existing.unreadable)]
    return Audit(tuple(found), tuple(sorted(unasked)))


def _by_environment(resources: Iterable[Resource]) -> dict[str, list[Resource]]:
    """Each with the environment of its own tag, or else of what it lies in."""
    found: dict[str, list[Resource]] = {}
    for each in resources:
        name, place = None, each
        while name is None:
            name = _environment(place)
            if name is None and place.parent is None:
                name = ""
            place = place.parent or place
        found.setdefault(name, []).append(each)
    return dict(sorted(found.items()))


def _environment(resource: Resource) -> str | None:
    tags = resource.body.get("tags")
    return tag(tags, "environment") if isinstance(tags, dict) else None


def _watched(resource: Resource, asked: set[str]) -> Watched:
    parent = _watched(resource.parent, asked) if resource.parent else None
    return Watched(
        resource.type,
        resource.name,
        resource.body,
        id=resource.id,
        parent=parent,
        protect=resource.protect,
        exists=resource.exists,
        declared=resource.declared,
        asked=asked,
    )


def _unread(listed: Sequence[Resource], unreadable: Iterable[Unreadable]) -> list[Finding]:
    names = {each.name.casefold() for each in listed if each.is_a(ACCOUNT)}
    plain = Finding(NOT_READ, "block", "", "", state="unknown")
    return [
        replace(plain, resource=each.name, message=f"Azure did not show it: {each.reason}")
        for each in unreadable
        if each.name.casefold() in names
    ]
