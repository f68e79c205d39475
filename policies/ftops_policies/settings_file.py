"""Reading policies/settings.yaml: everything typed, every mistake with its line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from ftops_catalog.errors import BadConfig
from ftops_catalog.hint import did_you_mean
from ftops_policies.duration import parse_duration
from ftops_policies.own import join_own_rules
from ftops_policies.rule import Parameter, Rule, parameter_of, read_rules
from ftops_policies.setting import (
    LIMITS,
    SEVERITIES,
    EnvironmentSettings,
    Exclusion,
    RuleSetting,
    Settings,
)
from ftops_policies.waiver import Waiver
from ftops_policies.where import Where
from ftops_policies.written import entries, given, known, mapping, parse_parameters, text, wanted
from ftops_policies.yaml_file import read_lines

EXCLUSION: Final = ("resource", "reason")
WAIVER: Final = ("rule", "resource", "owner", "reason", "ticket", "expires")
EXCLUSIONS: Final = "a list such as [{resource: lab/*, reason: made by hand}]"
WAIVERS: Final = f"a list of entries with {', '.join(WAIVER)}"
Book = Mapping[str, Rule]


def read_settings(path: Path, rules: Iterable[Rule] | None = None) -> Settings:
    """The settings in a file; BadConfig names the file, the line, the key and what was meant.

    Rules of the project's own, which lie beside the file, are known from then on.
    """
    value, lines = read_lines(path)
    if rules is None:
        join_own_rules(path.parent)
    return parse_settings(value, Where(str(path), lines=lines), rules)


def parse_settings(value: Any, where: str | Where, rules: Iterable[Rule] | None = None) -> Settings:
    """Settings from YAML's values; `where` is how messages call the source."""
    place = Where(where) if isinstance(where, str) else where
    book = {rule.id: rule for rule in (read_rules() if rules is None else rules)}
    parts = mapping(value, place)
    known(parts, ("defaults", "environments"), place)
    under = EnvironmentSettings("defaults")
    defaults = _environment(under, parts.get("defaults"), place / "defaults", book)
    environments = place / "environments"
    named = mapping(parts.get("environments"), environments)
    return Settings(
        defaults,
        {
            name: _environment(replace(defaults, name=name), written, environments / name, book)
            for name, written in named.items()
        },
    )


def _environment(
    under: EnvironmentSettings, value: Any, where: Where, book: Book
) -> EnvironmentSettings:
    """What is written, over what holds anyway; a rule's entry is merged field by field."""
    written = mapping(value, where)
    if "waivers" in written and under.name == "defaults":
        raise BadConfig(
            f"{where.said('waivers')}: a waiver is for one environment.",
            "Write it under environments, in the section of the one that it is for.",
        )
    known(written, (*LIMITS, "rules", "waivers"), where)
    limits: dict[str, Any] = {
        name: _limit(getattr(under, name), written[name], where / name)
        for name in LIMITS
        if name in written
    }
    rules = dict(under.rules)
    rules_place = where / "rules"
    rule_entries = mapping(written.get("rules"), rules_place)
    known(rule_entries, tuple(book), rules_place)
    for rule_id, entry in rule_entries.items():
        rules[rule_id] = _rule_setting(
            under.rule(rule_id), entry, rules_place / rule_id, book[rule_id]
        )
    waivers = tuple(
        _waiver(entry, place, book)
        for place, entry in entries(written.get("waivers"), where / "waivers", WAIVERS)
    )
    return replace(under, **limits, rules=rules, waivers=waivers)


def _limit(default: Parameter | timedelta, value: Any, where: Where) -> Any:
    if isinstance(default, timedelta):
        parsed = parse_duration(value) if isinstance(value, str) else None
        return given(parsed, value, where, "a duration such as 24h or 14d")
    return given(parameter_of(default, value), value, where, wanted(default))


def _rule_setting(under: RuleSetting, value: Any, where: Where, rule: Rule) -> RuleSetting:
    entry = mapping(value, where)
    known(entry, ("severity", "parameters", "exclude"), where)
    severity = entry.get("severity", under.severity)
    if severity is False:  # YAML 1.1 reads an unquoted `off` as false
        severity = "off"
    if severity is not None and severity not in SEVERITIES:
        raise BadConfig(
            f"{where.said('severity')}: the severity {severity!r} does not exist.",
            did_you_mean(str(severity), SEVERITIES),
        )
    exclude = under.exclude
    if "exclude" in entry:
        listed = entries(entry["exclude"], where / "exclude", EXCLUSIONS)
        exclude = tuple(_exclusion(each, place) for place, each in listed)
    place = where / "parameters"
    given_here = parse_parameters(rule, mapping(entry.get("parameters"), place), place)
    return RuleSetting(severity, {**under.parameters, **given_here}, exclude)


def _exclusion(entry: Mapping[str, Any], where: Where) -> Exclusion:
    known(entry, EXCLUSION, where)
    found = {name: text(entry.get(name), where / name).strip() for name in EXCLUSION}
    for name, written in found.items():
        if not written:
            raise BadConfig(f"{where}: an exclusion has no {name}.", f"Write {EXCLUSIONS}.")
    return Exclusion(**found)


def _waiver(entry: Mapping[str, Any], where: Where, book: Book) -> Waiver:
    """A waiver as written; what is missing of it is a finding later, a typo is refused here."""
    known(entry, WAIVER, where)
    texts = {name: text(entry.get(name), where / name) for name in WAIVER[:-1]}
    if not texts["rule"]:
        raise BadConfig(f"{where}: a waiver names no rule.", f"Write {WAIVERS}.")
    if texts["rule"] not in book:
        raise BadConfig(
            f"{where.said('rule')}: there is no rule {texts['rule']!r}.",
            did_you_mean(texts["rule"], book),
        )
    return Waiver(
        **texts,
        expires=_end(entry.get("expires"), where / "expires"),
        file="/".join(Path(where.source).parts[-2:]),
        line=where.line,
    )


def _end(value: Any, where: Where) -> datetime | None:
    """The instant of an end; a day counts to its own end in UTC."""
    if value is None:
        return None
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value) if len(value) > 10 else date.fromisoformat(value)  # noqa: PLR2004 - a day has ten characters
        except ValueError:
            value = value or "nothing"
    if isinstance(value, datetime):
        zoned = value.astimezone(UTC) if value.tzinfo else None
        return given(zoned, value.isoformat(), where, "a time zone, too, or a day alone")  # type: ignore[no-any-return] # what was parsed
    if isinstance(value, date) and value < date.max:
        return datetime.combine(value + timedelta(days=1), time(), UTC)
    raise BadConfig(f"{where} is {value!r}.", "Write a day such as 2026-12-31.")
