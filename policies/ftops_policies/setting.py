"""policies/settings.yaml: what each environment allows, typed; a typo is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Final, Literal

from ftops_policies.rule import Parameter, Rule
from ftops_policies.waiver import Waiver

SEVERITIES: Final = ("block", "warn", "info", "off")


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What a rule never sees: a pattern over labels, such as `ftops-dev/*`, and why."""

    resource: str
    reason: str


@dataclass(frozen=True, slots=True)
class RuleSetting:
    """What an environment changes about one rule; None leaves the rule's own severity."""

    severity: Literal["block", "warn", "info", "off"] | None = None
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    exclude: tuple[Exclusion, ...] = ()

    def excludes(self, label: str) -> bool:
        seen = label.casefold()
        return any(fnmatchcase(seen, each.resource.casefold()) for each in self.exclude)


@dataclass(frozen=True, slots=True)
class EnvironmentSettings:
    """What one environment allows; every field has a default that holds where none is written.

    `idle_after`: a tuned deployment without calls for this long is idle (written as `24h`).
    `hosting_usd_per_hour_max`: list price of all tuned deployments together, per hour.
    `capacity_max`: capacity units of one deployment (thousands of tokens per minute, or PTUs).
    `required_tags`: names of tags. `ttl_required`: tuned deployments need the tag `expires-at`.
    `teardown_deletions_max`: how many deployments one teardown may delete; 0 is none.
    `waiver_days_max`: a waiver that ends later than this from now counts as one without an end.
    """

    name: str
    idle_after: timedelta = timedelta(hours=24)
    hosting_usd_per_hour_max: Decimal = Decimal(5)
    capacity_max: int = 50
    required_tags: tuple[str, ...] = ("owner", "environment", "managed-by")
    ttl_required: bool = True
    teardown_deletions_max: int = 10
    waiver_days_max: int = 365
    rules: Mapping[str, RuleSetting] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()

    def rule(self, rule_id: str) -> RuleSetting:
        """What is changed about a rule here; nothing, where nothing is written."""
        return self.rules.get(rule_id, RuleSetting())

    def parameters(self, rule: Rule) -> dict[str, Parameter]:
        """A rule's parameters here.

        The rule's own defaults, over them the environment's field of the same name, over that
        what is written under the rule itself.
        """
        here = {name: getattr(self, name) for name in rule.parameters if name in LIMITS}
        return {**rule.parameters, **here, **self.rule(rule.id).parameters}

    def with_parameters(self, rule: Rule, given: Mapping[str, Parameter]) -> EnvironmentSettings:
        """The same environment with other values for some of a rule's parameters."""
        setting = self.rule(rule.id)
        changed = replace(setting, parameters={**setting.parameters, **given})
        return replace(self, rules={**self.rules, rule.id: changed})


LIMITS: Final = tuple(
    each.name
    for each in fields(EnvironmentSettings)
    if each.name not in {"name", "rules", "waivers"}
)


@dataclass(frozen=True, slots=True)
class Settings:
    """All environments of settings.yaml; one that it does not name has the defaults."""

    defaults: EnvironmentSettings
    environments: Mapping[str, EnvironmentSettings]

    def environment(self, name: str) -> EnvironmentSettings:
        return self.environments.get(name) or replace(self.defaults, name=name)
