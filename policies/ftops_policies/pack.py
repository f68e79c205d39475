"""The CrossGuard pack: every rule as a policy; a project's `policies/__main__.py` serves it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    PolicyPack,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
    proxy,
)
from pulumi_policy.proxy import UnknownValueError

from ftops_catalog.errors import FtopsError
from ftops_policies import (
    EnvironmentSettings,
    Finding,
    Resource,
    Rule,
    Settings,
    judge,
    judge_whole,
    read_rules,
    read_settings,
)
from ftops_policies.native import Native, find_arm_type, find_parent, native_steps, parse_native
from ftops_policies.resource import UNKNOWN
from ftops_policies.rule import Parameter
from ftops_policies.written import parse_parameters

MARKS: Final = frozenset(
    value for name, value in vars(proxy).items() if name.startswith("UNKNOWN_")
)
STATES: Final = {"unknown": " (not known)", "waived": " (waived)"}
LEVELS: Final = {
    "block": EnforcementLevel.MANDATORY,
    "warn": EnforcementLevel.ADVISORY,
    "info": EnforcementLevel.ADVISORY,
}


@dataclass(frozen=True)
class Door:
    """What the policies of one run share: the settings, and every resource's inputs by URN.

    Stack policies are shown outputs, which lack what ARM does not answer, so the inputs that were
    seen on the way are judged where there are any.
    """

    settings: Settings
    rules: tuple[Rule, ...]
    now: datetime
    inputs: dict[str, Native] = field(default_factory=dict)

    def policies(self) -> list[Policy]:
        """One policy per rule, and two for what a rule's own policy cannot say at its level."""
        others: list[Policy] = [
            StackValidationPolicy(
                name="ftops-block",
                description="Findings that block beyond a rule's own level, and rules that crash.",
                validate=lambda args, report: self._rest(args, report, blocks=True),
                enforcement_level=EnforcementLevel.MANDATORY,
            ),
            StackValidationPolicy(
                name="ftops-advice",
                description="Findings below a rule's own level, and what is not known until up.",
                validate=lambda args, report: self._rest(args, report, blocks=False),
                enforcement_level=EnforcementLevel.ADVISORY,
            ),
        ]
        return [*map(self._policy, self.rules), *others]

    def _policy(self, rule: Rule) -> Policy:
        properties = {name: _schema(value) for name, value in rule.parameters.items()}
        about: dict[str, Any] = {
            "name": rule.id,
            "description": rule.title,
            "enforcement_level": LEVELS[rule.severity],
            "config_schema": PolicyConfigSchema(properties) if properties else None,
            "remediation_steps": rule.remedy,
            "url": next((each for each in rule.references if each.startswith("https")), None),
        }
        # A policy of one resource is shown no other one, so a rule that reads the account, too,
        # is asked about the whole stack.
        if rule.of_environment or "account" in rule.needs:
            return StackValidationPolicy(
                validate=lambda args, report: self._stack(rule, args, report), **about
            )
        return ResourceValidationPolicy(
            validate=lambda args, report: self._resource(rule, args, report),
            remediate=(lambda args: self._remedied(rule, args)) if rule.fix else None,
            **about,
        )

    def _remedied(self, rule: Rule, args: ResourceValidationArgs) -> Any:
        """The inputs with the rule's fix written into them; None where nothing is to be mended."""
        record = find_arm_type(args.resource_type)
        if record is None:
            return None
        # The SDK hands a remediation its marks for unknown values as if they were texts.
        resource = parse_native(record, _marked(args.props), args.urn, UnknownValueError).resource
        environment = self._environment(args.urn, args.stack_tags)
        if not rule.concerns(resource) or not any(
            finding.state == "broken"
            for finding in judge([resource], environment, self.now, rules=(rule,))
        ):
            return None
        for path, value in rule.fix.items():
            _write(args.props, native_steps(record, path), value)
        return args.props

    def _resource(self, rule: Rule, args: ResourceValidationArgs, report: ReportViolation) -> None:
        record = find_arm_type(args.resource_type)
        if record is None:
            return
        protect = args.opts.protect
        native = parse_native(record, args.props, args.urn, UnknownValueError, protect=protect)
        self.inputs[args.urn] = native
        if not rule.concerns(native.resource):
            return
        environment = self._environment(args.urn, args.stack_tags)
        found = self._judge([native.resource], environment, [rule], args.get_config(), report)
        for finding in found:
            if _is_own(finding, rule):
                report(finding.message, None)

    def _stack(self, rule: Rule, args: StackValidationArgs, report: ReportViolation) -> None:
        resources, environment = self._whole(args)
        found = self._judge(resources, environment, [rule], args.get_config(), report)
        for finding in found:
            if _is_own(finding, rule):
                report(finding.message, finding.urn or None)

    def _rest(self, args: StackValidationArgs, report: ReportViolation, *, blocks: bool) -> None:
        resources, environment = self._whole(args)
        own = {rule.id: rule for rule in self.rules}
        for finding in judge_whole(resources, environment, self.now, rules=self.rules):
            rule = own.get(finding.rule)
            if (rule is None or not _is_own(finding, rule)) and finding.blocks is blocks:
                what = STATES.get(finding.state, "")
                report(f"{finding.rule}{what}: {finding.message}", finding.urn or None)

    def _judge(
        self,
        resources: Iterable[Resource],
        environment: EnvironmentSettings,
        rules: Iterable[Rule],
        config: Mapping[str, Any],
        report: ReportViolation,
    ) -> list[Finding]:
        """The findings under the pack's JSON config; a value that does not fit is a violation."""
        try:
            for rule in rules if config else ():
                environment = environment.with_parameters(
                    rule, parse_parameters(rule, config, f"the pack's config of {rule.id}")
                )
        except FtopsError as error:
            report(f"{error.message} {error.hint}", None)
            return []
        return judge(resources, environment, self.now, rules=tuple(rules))

    def _environment(self, urn: str, tags: Mapping[str, str]) -> EnvironmentSettings:
        stack = urn.partition("::")[0].rpartition(":")[2]
        return self.settings.environment(tags.get("environment") or stack)

    def _whole(self, args: StackValidationArgs) -> tuple[list[Resource], EnvironmentSettings]:
        """Every Azure resource of the stack with its parent, and the environment it is."""
        urn = args.resources[0].urn if args.resources else ""
        natives = {each.urn: self._native(each) for each in args.resources}
        known = {urn: native.resource for urn, native in natives.items() if native}
        resources = [
            replace(native.resource, parent=_parent(each, native, known))
            for each in args.resources
            if (native := natives[each.urn])
        ]
        return resources, self._environment(urn, args.stack_tags)

    def _native(self, each: PolicyResource) -> Native | None:
        record = find_arm_type(each.resource_type)
        if record is None:
            return None
        seen = self.inputs.get(each.urn)
        if seen:
            return seen
        protect = each.opts.protect
        return parse_native(record, each.props, each.urn, UnknownValueError, protect=protect)


def _marked(value: Any) -> Any:
    """Inputs as plain values, with UNKNOWN in the place of each mark."""
    if isinstance(value, str):
        return UNKNOWN if value in MARKS else value
    if isinstance(value, Mapping):
        return {key: _marked(value[key]) for key in value}
    if isinstance(value, Sequence):
        return [_marked(each) for each in value]
    return value


def _write(inputs: Any, steps: Sequence[str], value: Any) -> None:
    """Sets a value in the SDK's lazy inputs; what is not known on the way stays as it is."""
    for step in steps[:-1]:
        try:
            inner = inputs[step]
        except KeyError:
            inner = None
        if inner is None:
            inputs[step] = {}
            inner = inputs[step]
        inputs = inner
    inputs[steps[-1]] = value


def _parent(each: PolicyResource, native: Native, known: Mapping[str, Resource]) -> Resource | None:
    upon = each.property_dependencies.get(native.parent_input, [])
    named = [known[other.urn] for other in upon if other.urn in known]
    return find_parent(native, named, known.values())


def _is_own(finding: Finding, rule: Rule) -> bool:
    """Whether the rule's own policy says it: at the rule's level, about something known."""
    level = LEVELS[finding.severity] is LEVELS[rule.severity]
    return finding.rule == rule.id and finding.state == "broken" and level


def _schema(default: Parameter) -> dict[str, Any]:
    """The type of a parameter as JSON schema.

    Not its default: the engine would send that as configured, over what settings.yaml says.
    """
    if isinstance(default, tuple):
        return {"type": "array", "items": {"type": "string"}}
    if isinstance(default, bool):
        return {"type": "boolean"}
    if isinstance(default, int):
        return {"type": "integer", "minimum": 0}
    return {"type": ["number", "string"] if isinstance(default, Decimal) else "string"}


def serve(settings: Path, now: datetime) -> None:
    """Serves the pack until the engine ends it; settings that are wrong end it with a sentence.

    `now` is when the run began: one preview or `up` is judged as of one instant.
    """
    try:
        asked = read_settings(settings)
        rules = tuple(rule for rule in read_rules() if rule.of_program)
        door = Door(asked, rules, now)
    except FtopsError as error:
        sys.exit(f"{error.message} {error.hint}")
    PolicyPack("ftops", policies=door.policies(), enforcement_level=EnforcementLevel.MANDATORY)
