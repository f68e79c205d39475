"""A waiver hides one finding for a while; when it does not hold it blocks by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftops_catalog.errors import BadConfig
from ftops_policies import (
    EnvironmentSettings,
    Finding,
    Resource,
    Rule,
    Waiver,
    judge,
    judge_whole,
    read_settings,
)
from ftops_policies.resource import ACCOUNT
from ftops_policies.rule import ENVIRONMENT, Registry, Remark, unknown
from ftops_policies.waiver import void_waivers, waive

NOW = datetime(2026, 11, 21, tzinfo=UTC)
GOOD = Waiver(
    "says-no",
    "lab",
    owner="ana",
    reason="the vendor mends it",
    ticket="OPS-12",
    expires=NOW + timedelta(days=30),
    file="policies/settings.yaml",
    line=9,
)

rules = st.sampled_from(["says-no", "says-never", "rule-crashed"])
labels = st.sampled_from(["", "lab", "LAB", "yard", "lab/base"])
findings = st.builds(
    Finding,
    rules,
    st.sampled_from(["block", "warn", "info"]),
    labels,
    st.text(max_size=3),
    st.sampled_from(["broken", "unknown"]),
)
waivers = st.builds(
    Waiver,
    rules,
    labels,
    owner=st.sampled_from(["", "ana"]),
    reason=st.sampled_from(["", "why"]),
    ticket=st.sampled_from(["", "OPS-1"]),
    expires=st.none() | st.sampled_from([NOW - timedelta(1), NOW, NOW + timedelta(9)]),
)


def _rules() -> tuple[Rule, ...]:
    registry = Registry()

    def says_no(account: Resource) -> Iterator[str]:
        """Nothing holds."""
        yield f"{account.name} is wrong."

    def says_never(resources: tuple[Resource, ...]) -> Iterator[str | Remark]:
        """Nothing holds of the whole."""
        yield "All is wrong."
        yield unknown("Something is not known.", about=resources[0])

    for check, about in ((says_no, ACCOUNT), (says_never, ENVIRONMENT)):
        registry.rule(
            check.__name__.replace("_", "-"),
            severity="block",
            applies_to=about,
            remedy="",
            references=(),
        )(check)
    return registry.rules()


def _judge(*given: Waiver, now: datetime = NOW) -> list[Finding]:
    listed = [Resource(ACCOUNT, name, {}) for name in ("lab", "yard")]
    environment = EnvironmentSettings("dev", waivers=given)
    return judge_whole(listed, environment, now, rules=_rules())


def _blocking(found: list[Finding]) -> set[tuple[str, str]]:
    return {(each.rule, each.resource) for each in found if each.blocks}


def test_a_waiver_takes_the_block_from_one_finding_which_stays_in_sight() -> None:
    found = _judge(GOOD)
    waived = [each for each in found if each.state == "waived"]

    assert _blocking(found) == {("says-no", "yard"), ("says-never", "")}
    assert [(each.rule, each.resource) for each in waived] == [("says-no", "lab")]
    assert waived[0].waiver == "OPS-12, ana, until 2026-12-20: the vendor mends it"
    assert waived[0].as_json()["state"] == "waived"


def test_a_waiver_of_a_rule_that_is_not_asked_here_may_be_needed_elsewhere() -> None:
    environment = EnvironmentSettings("dev", waivers=(GOOD, replace(GOOD, owner="")))
    asked = [rule for rule in _rules() if rule.id != GOOD.rule]
    found = judge_whole([Resource(ACCOUNT, "lab", {})], environment, NOW, rules=asked)

    assert [each.message for each in found if each.rule == "waiver-is-void"] == [
        "The waiver of says-no for lab is void: nobody owns it."
    ]


def test_a_waiver_without_a_resource_is_for_the_environment_as_a_whole() -> None:
    found = _judge(replace(GOOD, rule="says-never", resource=""))

    assert _blocking(found) == {("says-no", "lab"), ("says-no", "yard")}
    assert {each.state for each in found if each.rule == "says-never"} == {"waived", "unknown"}


@pytest.mark.parametrize(
    ("waiver", "why"),
    [
        (replace(GOOD, owner=" "), "nobody owns it"),
        (replace(GOOD, reason=""), "it gives no reason"),
        (replace(GOOD, ticket="", owner=""), "nobody owns it and it names no ticket"),
        (replace(GOOD, expires=None), "it has no end"),
        (replace(GOOD, expires=NOW), "it ended with 2026-11-20"),
        (replace(GOOD, expires=NOW + timedelta(days=400)), "more than 365 days from now"),
    ],
)
def test_a_waiver_that_does_not_hold_hides_nothing_and_blocks(waiver: Waiver, why: str) -> None:
    found = _judge(waiver)
    [void] = [each for each in found if each.rule == "waiver-is-void"]

    assert ("says-no", "lab") in _blocking(found)
    assert void.blocks
    assert why in void.message
    assert (void.file, void.line) == ("policies/settings.yaml", 9)


@pytest.mark.parametrize("resource", ["shed", "lab/base", "l*", ""])
def test_a_waiver_that_nothing_is_left_for_blocks(resource: str) -> None:
    found = _judge(replace(GOOD, resource=resource))
    [void] = [each for each in found if each.rule == "waiver-is-void"]

    assert void.blocks
    assert "there is no such finding to waive" in void.message


def test_a_waiver_of_what_is_not_known_yet_waits() -> None:
    found = _judge(replace(GOOD, rule="says-never", resource="lab"))

    assert "waiver-is-void" not in {each.rule for each in found}
    assert ("says-never", "lab", "unknown") in {(e.rule, e.resource, e.state) for e in found}


def test_a_part_of_an_environment_says_nothing_of_waivers_without_use() -> None:
    environment = EnvironmentSettings("dev", waivers=(GOOD,))

    assert judge([], environment, NOW, rules=_rules()[1:]) == []


@given(st.lists(findings, max_size=6), st.lists(waivers, max_size=4))
def test_a_waiver_never_hides_another_finding(found: list[Finding], given: list[Waiver]) -> None:
    after = waive(found, given, NOW, 365)

    assert len(after) == len(found)
    for before, now in zip(found, after, strict=True):
        assert replace(now, state=before.state, waiver="") == before
        if now.state == "waived":
            assert before.state == "broken"
            assert any(
                (each.rule, each.resource.casefold()) == (before.rule, before.resource.casefold())
                and not each.fault(NOW, 365)
                for each in given
            )


@given(st.lists(findings, max_size=6), st.lists(waivers, max_size=4))
def test_each_waiver_holds_for_something_or_is_a_finding(
    found: list[Finding], given: list[Waiver]
) -> None:
    after = waive(found, given, NOW, 365)
    void = {each.message for each in void_waivers(after, given, NOW, 365)}

    for each in given:
        of_this = [one for one in after if each.covers(one)]
        named = any(message.startswith(f"The waiver of {each.rule} for") for message in void)
        assert of_this or named or any(one.rule == "rule-crashed" for one in found)
        assert named or not each.fault(NOW, 365)


def test_waivers_are_read_with_their_lines_and_a_day_lasts_to_its_end(tmp_path: Path) -> None:
    file = tmp_path / "policies" / "settings.yaml"
    file.parent.mkdir()
    file.write_text(
        """\
environments:
  prod:
    waivers:
      - rule: key-access-is-off
        resource: oai-ftops-prod
        owner: ana
        reason: the old client has no tokens
        ticket: 812
        expires: 2026-12-31
      - {rule: tags-are-complete, expires: "2027-01-01T12:00:00+01:00"}
""",
        encoding="utf-8",
    )
    first, second = read_settings(file).environment("prod").waivers

    assert first.expires == datetime(2027, 1, 1, tzinfo=UTC)
    assert (first.ticket, first.file, first.line) == ("812", "policies/settings.yaml", 4)
    assert second.expires == datetime(2027, 1, 1, 11, tzinfo=UTC)
    assert second.line == 10
    assert read_settings(file).environment("dev").waivers == ()


def test_a_typo_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text("environments:\n  dev:\n    waivers:\n      - rul: x\n", encoding="utf-8")

    with pytest.raises(BadConfig, match=r"settings\.yaml:4: dev: waivers: 0: there is no 'rul'"):
        read_settings(file)
