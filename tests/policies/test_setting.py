"""Settings are typed, an environment changes only what it names, a typo is refused."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftops_catalog.errors import BadConfig
from ftops_policies import (
    EnvironmentSettings,
    Exclusion,
    RuleSetting,
    Settings,
    read_rules,
    read_settings,
)
from ftops_policies.duration import parse_duration
from ftops_policies.rule import parameter_of
from ftops_policies.settings_file import parse_settings

SHIPPED = Path(__file__).parents[2] / "policies/settings.yaml"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.yaml"


def _read(file: Path, text: str) -> Settings:
    file.write_text(text, encoding="utf-8")
    return read_settings(file)


def test_the_shipped_settings_are_what_other_commands_count_on() -> None:
    settings = read_settings(SHIPPED)
    idle = {name: settings.environment(name).idle_after for name in ("dev", "staging", "prod")}

    assert idle == {
        "dev": timedelta(hours=24),
        "staging": timedelta(hours=48),
        "prod": timedelta(days=14),
    }
    assert settings.environment("prod").teardown_deletions_max == 0
    assert settings.environment("prod").rule("public-network-is-off").severity is None
    assert settings.environment("dev").rule("public-network-is-off").severity == "off"


def test_an_environment_that_is_not_named_has_the_defaults(file: Path) -> None:
    settings = _read(file, "defaults: {capacity_max: 7}")

    assert settings.environment("lab").capacity_max == 7
    assert settings.environment("lab").name == "lab"


def test_an_environment_changes_only_what_it_names(file: Path) -> None:
    settings = _read(
        file,
        """
        defaults:
          hosting_usd_per_hour_max: 3.40
          rules:
            capacity-is-bounded:
              {exclude: [{resource: "lab/*", reason: by hand}], parameters: {capacity_max: 5}}
        environments:
          dev:
            idle_after: 90m
            rules: {capacity-is-bounded: {severity: warn}, tags-are-complete: {severity: off}}
        """,
    )
    dev = settings.environment("dev")

    assert dev.idle_after == timedelta(minutes=90)
    assert dev.hosting_usd_per_hour_max == Decimal("3.40")
    assert dev.rule("capacity-is-bounded") == RuleSetting(
        "warn", {"capacity_max": 5}, (Exclusion("lab/*", "by hand"),)
    )
    assert dev.rule("tags-are-complete").severity == "off"
    assert settings.environment("prod").rule("capacity-is-bounded").severity is None


@pytest.mark.parametrize(
    ("text", "sentence", "hint"),
    [
        ("default: {}", "there is no 'default' here", "Did you mean defaults?"),
        ("defaults: {idle_afer: 24h}", "no 'idle_afer'", "Did you mean idle_after?"),
        ("defaults: {idle_after: 24}", "idle_after is 24", "a duration such as 24h or 14d"),
        ("defaults: {idle_after: soon}", "idle_after is 'soon'", "a duration"),
        ("defaults: {capacity_max: -1}", "capacity_max is -1", "a whole number"),
        ("defaults: {ttl_required: 1}", "ttl_required is 1", "true or false"),
        ("defaults: {required_tags: owner}", "required_tags is 'owner'", "a list of text"),
        ("defaults: {hosting_usd_per_hour_max: much}", "is 'much'", "an amount such as 3.40"),
        ("defaults: {rules: {capacity-bounded: {}}}", "no 'capacity-bounded'", "Did you mean"),
        (
            "environments: {dev: {rules: {key-access-is-off: {severity: blck}}}}",
            "the severity 'blck' does not exist",
            "Did you mean block?",
        ),
        (
            "environments: {dev: {rules: {key-access-is-off: {parameters: {x: 1}}}}}",
            "there is no 'x' here",
            "Nothing can be set there.",
        ),
        (
            "defaults: {rules: {capacity-is-bounded: {parameters: {capacity_mx: 1}}}}",
            "there is no 'capacity_mx' here",
            "Did you mean capacity_max?",
        ),
        (
            "defaults: {rules: {capacity-is-bounded: {exclude: all}}}",
            "exclude is 'all'",
            "a list such as [{resource: lab/*, reason: made by hand}]",
        ),
        (
            "defaults: {rules: {capacity-is-bounded: {exclude: [{resource: lab}]}}}",
            "an exclusion has no reason",
            "a list such as",
        ),
        (
            "defaults: {rules: {capacity-is-bounded: {exclude: [{resource: lab, reson: x}]}}}",
            "no 'reson'",
            "Did you mean reason?",
        ),
        ("defaults: {waivers: []}", "for one environment", "under environments"),
        ("environments: {dev: {waivers: all}}", "waivers is 'all'", "a list of entries"),
        ("environments: {dev: {waivers: [{owner: a}]}}", "names no rule", "a list of entries"),
        (
            "environments: {dev: {waivers: [{rule: key-access-is-of}]}}",
            "no rule 'key-access-is-of'",
            "Did you mean key-access-is-off?",
        ),
        (
            "environments: {dev: {waivers: [{rule: key-access-is-off, expire: x}]}}",
            "no 'expire'",
            "Did you mean expires?",
        ),
        (
            "environments: {dev: {waivers: [{rule: key-access-is-off, expires: soon}]}}",
            "expires is 'soon'",
            "a day such as 2026-12-31",
        ),
        (
            "environments: {e: {waivers: [{rule: tags-are-complete, expires: 2026-12-31 10:00}]}}",
            "expires is '2026-12-31T10:00:00'",
            "a time zone",
        ),
        ("- dev", "is not a mapping", "name: value"),
        ("environments: {1: {}}", "is not a mapping of names", "name: value"),
        ("defaults: {}\ndefaults: {}", "line 2: 'defaults' is written twice", "Keep one"),
        ("defaults: [", "line 1", "YAML"),
        ("defaults: {idle_after: 2026-13-45}", "it is not YAML", "YAML"),
        ("defaults: " + "[" * 2000, "it is not YAML", "YAML"),
    ],
)
def test_a_mistake_is_refused_with_its_place_and_what_was_meant(
    file: Path, text: str, sentence: str, hint: str
) -> None:
    with pytest.raises(BadConfig) as refusal:
        _read(file, text)

    assert sentence in refusal.value.message
    assert str(file) in refusal.value.message
    assert hint in refusal.value.hint


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match=r"absent\.yaml cannot be read"):
        read_settings(tmp_path / "absent.yaml")
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadConfig, match=r"binary\.yaml cannot be read"):
        read_settings(tmp_path / "binary.yaml")


def test_an_empty_file_is_all_defaults(file: Path) -> None:
    assert _read(file, "").environment("dev").idle_after == timedelta(hours=24)


def test_a_parameter_may_be_changed_for_one_rule_alone() -> None:
    rule = next(rule for rule in read_rules() if rule.id == "capacity-is-bounded")
    plain = EnvironmentSettings("dev", capacity_max=7)

    assert plain.parameters(rule) == {"capacity_max": 7}
    assert plain.with_parameters(rule, {"capacity_max": 3}).parameters(rule) == {"capacity_max": 3}
    assert plain.with_parameters(rule, {}).parameters(rule) == {"capacity_max": 7}


words = st.sampled_from(
    [
        "defaults",
        "environments",
        "dev",
        "rules",
        "capacity-is-bounded",
        "severity",
        "parameters",
        "capacity_max",
        "idle_after",
        "exclude",
        "block",
        "24h",
    ]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | words,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(words | st.integers(), inner),
    max_leaves=12,
)


@given(values)
def test_whatever_is_written_is_read_or_refused_with_a_sentence(value: object) -> None:
    said = ["here", "a hint"]
    try:
        parse_settings(value, "here")
    except BadConfig as refusal:
        said = [refusal.message, refusal.hint]

    assert said[0].startswith("here")
    assert said[1]


def test_settings_may_be_read_for_other_rules() -> None:
    with pytest.raises(BadConfig, match="no 'key-access-is-off'"):
        parse_settings({"defaults": {"rules": {"key-access-is-off": {}}}}, "here", rules=[])


@pytest.mark.parametrize(
    ("default", "value", "parsed"),
    [
        (1, 2.0, 2),
        (1, 2.5, None),
        (1, "2", None),
        (1, True, None),
        (True, False, False),
        ("a", "b", "b"),
        ("a", 1, None),
        (Decimal(1), "1.10", Decimal("1.10")),
        (Decimal(1), 1.1, Decimal("1.1")),
        (Decimal(1), "NaN", None),
        (Decimal(1), -1, None),
        (Decimal(1), [1], None),
        (("a",), ["b", "c"], ("b", "c")),
        (("a",), ["b", 1], None),
    ],
)
def test_a_value_has_the_type_of_its_default(
    default: object, value: object, parsed: object
) -> None:
    assert parameter_of(default, value) == parsed  # type: ignore[arg-type] # a table of all types


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("90s", timedelta(seconds=90)),
        ("90m", timedelta(minutes=90)),
        (" 24h", timedelta(hours=24)),
        ("14d", timedelta(days=14)),
        ("2w", timedelta(weeks=2)),
        ("24", None),
        ("h", None),
        ("-1h", None),
        ("1h30m", None),
        ("1.5h", None),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, duration: timedelta | None) -> None:
    assert parse_duration(text) == duration
