"""Judging resources by all rules: pure, total and in a stable order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ftops_catalog import Catalog, read_catalog
from ftops_policies.finding import Finding, Severity, milder
from ftops_policies.resource import NotKnownError, Resource
from ftops_policies.rule import CRASHED, Remark, Rule, read_rules
from ftops_policies.setting import EnvironmentSettings, Settings
from ftops_policies.waiver import void_waivers, waive


@dataclass(frozen=True, slots=True)
class Facts:
    """What rules may know besides the resources: the environment's settings, `now`, the catalog."""

    environment: EnvironmentSettings
    now: datetime
    catalog: Catalog


def judge(
    resources: Iterable[Resource],
    environment: EnvironmentSettings,
    now: datetime,
    *,
    rules: Sequence[Rule] | None = None,
    catalog: Catalog | None = None,
) -> list[Finding]:
    """What every rule says about an environment's resources; the order of them changes nothing.

    `now` is aware (UTC). Never raises for what a resource holds: what is not known becomes a
    finding of state `unknown`, and a rule that raises becomes the finding `rule-crashed`.
    """
    seen = sorted(resources, key=lambda resource: (resource.type, resource.label, resource.urn))
    facts = Facts(environment, now, catalog or read_catalog())
    book = read_rules() if rules is None else rules
    kinds: dict[str, list[Resource]] = {}
    for resource in seen:
        kinds.setdefault(resource.type.casefold(), []).append(resource)
    found = {
        finding for rule in book for finding in _judge_one(rule, _shown(rule, seen, kinds), facts)
    }
    waived = waive(found, environment.waivers, now, environment.waiver_days_max)
    return sorted(waived, key=Finding.order)


def judge_whole(
    resources: Iterable[Resource],
    environment: EnvironmentSettings,
    now: datetime,
    *,
    rules: Sequence[Rule] | None = None,
    catalog: Catalog | None = None,
) -> list[Finding]:
    """What `judge` finds and, since nothing is left out, every waiver that is void.

    A waiver of a rule that is not among `rules` may still be needed where that one is asked.
    """
    book = read_rules() if rules is None else rules
    found = judge(resources, environment, now, rules=book, catalog=catalog)
    asked = {rule.id for rule in book}
    void = void_waivers(found, environment.waivers, now, environment.waiver_days_max, asked)
    return sorted({*found, *void}, key=Finding.order)


def gate(
    resource: Resource,
    environment: str,
    settings: Settings,
    now: datetime,
    existing: Iterable[Resource] = (),
) -> list[Finding]:
    """What the rules say about a resource that is about to be made beside `existing` ones.

    Findings about the existing resources alone are left out: they are not this request's doing.
    What is unknown of them to a rule on the environment stays: it leaves that rule unanswered.
    """
    beside = [each for each in existing if each.label != resource.label]
    findings = judge([*beside, resource], settings.environment(environment), now)
    together = {rule.id for rule in read_rules() if rule.of_environment}
    return [
        finding
        for finding in findings
        if finding.resource in ("", resource.label)
        or (finding.state == "unknown" and finding.rule in together)
    ]


def _shown(
    rule: Rule, seen: Sequence[Resource], kinds: Mapping[str, Sequence[Resource]]
) -> list[Resource]:
    """What a rule is about: everything, or what is of its types."""
    if rule.of_environment:
        return list(seen)
    named = dict.fromkeys(each.casefold() for each in rule.applies_to)
    shown = [resource for kind in named for resource in kinds.get(kind, ())]
    return [each for each in shown if each.exists] if rule.of_estate else shown


def _judge_one(rule: Rule, shown: Sequence[Resource], facts: Facts) -> Iterator[Finding]:
    setting = facts.environment.rule(rule.id)
    severity = setting.severity or rule.severity
    if severity == "off":
        return
    if setting.exclude:
        shown = [resource for resource in shown if not setting.excludes(resource.label)]
    given = _given(rule, facts)
    if rule.of_environment:
        yield from _ask(rule, severity, tuple(shown), given)
        return
    for resource in shown:
        yield from _ask(rule, severity, resource, given)


def _ask(
    rule: Rule,
    severity: Severity,
    subject: Resource | tuple[Resource, ...],
    given: Mapping[str, Any],
) -> list[Finding]:
    about = subject if isinstance(subject, Resource) else None
    said: list[Finding] = []
    try:
        account = {"account": _account(about)} if "account" in rule.needs else {}
        for sentence in rule.check(subject, **given, **account):
            remark = sentence if isinstance(sentence, Remark) else Remark(sentence)
            said.append(_finding(rule.id, severity, about, remark))
    except NotKnownError as gap:
        remark = Remark(f"{gap.what} is not known until up.", state="unknown")
        said.append(_finding(rule.id, severity, about, remark))
    except Exception as crash:  # noqa: BLE001 - one rule's mistake must not silence the others
        remark = Remark(f"The rule {rule.id} raised {type(crash).__name__}: {crash}")
        said.append(_finding(CRASHED, "block", about, remark))
    return said


def _given(rule: Rule, facts: Facts) -> dict[str, Any]:
    given: dict[str, Any] = facts.environment.parameters(rule)
    if "now" in rule.needs:
        given["now"] = facts.now
    if "catalog" in rule.needs:
        given["catalog"] = facts.catalog
    return given


def _account(about: Resource | None) -> Resource:
    if about is None or about.parent is None:
        raise NotKnownError("The account that it belongs to")
    return about.parent


def _finding(rule_id: str, severity: Severity, about: Resource | None, remark: Remark) -> Finding:
    place = remark.about or about
    return Finding(
        rule=rule_id,
        severity=milder(severity, remark.severity or severity),
        resource=place.label if place else "",
        message=remark.message,
        state=remark.state,
        file=place.file if place else None,
        line=remark.line or (place.line if place else None),
        urn=place.urn if place else "",
    )
