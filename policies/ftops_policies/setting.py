"""policies/settings.yaml: what each environment allows, typed; a typo is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final, Literal

from ftops_catalog.errors import BadConfig
from ftops_catalog.hint import did_you_mean
from ftops_policies.duration import parse_duration
from ftops_policies.rule import Parameter, Rule, parameter_of, read_rules
from ftops_policies.yaml_file import read_yaml

SEVERITIES: Final = ("block", "warn", "info", "off")


@dataclass(frozen=True, slots=True)
class RuleSetting:
    """What an environment changes about one rule; None leaves the rule's own severity.

    `exclude` are patterns over labels, such as `ftops-dev/*`: the rule never sees what they match.
    """

    severity: Literal["block", "warn", "info", "off"] | None = None
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    exclude: tuple[str, ...] = ()

    def excludes(self, label: str) -> bool:
        return any(fnmatchcase(label.casefold(), each.casefold()) for each in self.exclude)


@dataclass(frozen=True, slots=True)
class EnvironmentSettings:
    """What one environment allows; every field has a default that holds where none is written.

    `idle_after`: a tuned deployment without calls for this long is idle (written as `24h`).
    `hosting_usd_per_hour_max`: list price of all tuned deployments together, per hour.
    `capacity_max`: capacity units of one deployment (thousands of tokens per minute, or PTUs).
    `required_tags`: names of tags. `ttl_required`: tuned deployments need the tag `expires-at`.
    `teardown_deletions_max`: how many deployments one teardown may delete; 0 is none.
    """

    name: str
    idle_after: timedelta = timedelta(hours=24)
    hosting_usd_per_hour_max: Decimal = Decimal(5)
    capacity_max: int = 50
    required_tags: tuple[str, ...] = ("owner", "environment", "managed-by")
    ttl_required: bool = True
    teardown_deletions_max: int = 10
    rules: Mapping[str, RuleSetting] = field(default_factory=dict)

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
    each.name for each in fields(EnvironmentSettings) if each.name not in {"name", "rules"}
)


@dataclass(frozen=True, slots=True)
class Settings:
    """All environments of settings.yaml; one that it does not name has the defaults."""

    defaults: EnvironmentSettings
    environments: Mapping[str, EnvironmentSettings]

    def environment(self, name: str) -> EnvironmentSettings:
        return self.environments.get(name) or replace(self.defaults, name=name)


def read_settings(path: Path) -> Settings:
    """The settings in a file; BadConfig names the file, the key and what was meant."""
    return parse_settings(read_yaml(path), str(path))


def parse_settings(value: Any, where: str, rules: Iterable[Rule] | None = None) -> Settings:
    """Settings from YAML's values; `where` is how messages call the source."""
    book = {rule.id: rule for rule in (read_rules() if rules is None else rules)}
    parts = _mapping(value, where)
    _known(parts, ("defaults", "environments"), where)
    defaults = _environment(
        EnvironmentSettings("defaults"), parts.get("defaults"), f"{where}: defaults", book
    )
    named = _mapping(parts.get("environments"), f"{where}: environments")
    return Settings(
        defaults,
        {
            name: _environment(replace(defaults, name=name), written, f"{where}: {name}", book)
            for name, written in named.items()
        },
    )


def _environment(
    under: EnvironmentSettings, value: Any, where: str, book: Mapping[str, Rule]
) -> EnvironmentSettings:
    """What is written, over what holds anyway; a rule's entry is merged field by field."""
    written = _mapping(value, where)
    _known(written, (*LIMITS, "rules"), where)
    limits: dict[str, Any] = {
        name: _limit(getattr(under, name), written[name], f"{where}: {name}")
        for name in LIMITS
        if name in written
    }
    rules = dict(under.rules)
    entries = _mapping(written.get("rules"), f"{where}: rules")
    _known(entries, tuple(book), f"{where}: rules")
    for rule_id, entry in entries.items():
        rules[rule_id] = _rule_setting(
            under.rule(rule_id), entry, f"{where}: {rule_id}", book[rule_id]
        )
    return replace(under, **limits, rules=rules)


def _limit(default: Parameter | timedelta, value: Any, where: str) -> Any:
    if isinstance(default, timedelta):
        parsed = parse_duration(value) if isinstance(value, str) else None
        return _given(parsed, value, where, "a duration such as 24h or 14d")
    return _given(parameter_of(default, value), value, where, _wanted(default))


def _rule_setting(under: RuleSetting, value: Any, where: str, rule: Rule) -> RuleSetting:
    entry = _mapping(value, where)
    _known(entry, ("severity", "parameters", "exclude"), where)
    severity = entry.get("severity", under.severity)
    if severity is False:  # YAML 1.1 reads an unquoted `off` as false
        severity = "off"
    if severity is not None and severity not in SEVERITIES:
        raise BadConfig(
            f"{where}: the severity {severity!r} does not exist.",
            did_you_mean(str(severity), SEVERITIES),
        )
    exclude = parameter_of((), entry.get("exclude", under.exclude))
    written = _mapping(entry.get("parameters"), f"{where}: parameters")
    return RuleSetting(
        severity,
        {**under.parameters, **parse_parameters(rule, written, f"{where}: parameters")},
        tuple(_given(exclude, entry.get("exclude"), f"{where}: exclude", "a list of text")),
    )


def parse_parameters(rule: Rule, written: Mapping[str, Any], where: str) -> dict[str, Parameter]:
    """Values for a rule's parameters, typed as their defaults are."""
    _known(written, tuple(rule.parameters), where)
    return {
        name: _given(
            parameter_of(rule.parameters[name], value),
            value,
            f"{where}: {name}",
            _wanted(rule.parameters[name]),
        )
        for name, value in written.items()
    }


def _given(parsed: Any, value: Any, where: str, wanted: str) -> Any:
    if parsed is None:
        raise BadConfig(f"{where} is {value!r}.", f"Write {wanted}.")
    return parsed


def _wanted(default: Parameter) -> str:
    if isinstance(default, bool):
        return "true or false"
    if isinstance(default, int):
        return "a whole number, 0 or more"
    if isinstance(default, Decimal):
        return "an amount such as 3.40, 0 or more"
    return "a list of text" if isinstance(default, tuple) else "text"


def _mapping(value: Any, where: str) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise BadConfig(f"{where} is not a mapping of names to values.", "Write `name: value`.")
    return value


def _known(written: Iterable[str], known: tuple[str, ...], where: str) -> None:
    for name in written:
        if name not in known:
            hint = did_you_mean(name, known) if known else "Nothing can be set there."
            raise BadConfig(f"{where}: there is no {name!r} here.", hint)
