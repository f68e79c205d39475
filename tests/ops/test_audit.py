"""The rules over what exists: on the sandbox over ARM, and by themselves."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ftops.audit import Existing, audit
from ftops.estate import Unreadable
from ftops_policies import EnvironmentSettings, Finding, Resource, RuleSetting, Settings, Waiver
from ftops_policies.resource import ACCOUNT, DEPLOYMENT

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 21, tzinfo=UTC)
TYPES = frozenset({ACCOUNT, DEPLOYMENT})
PLAIN = Settings(EnvironmentSettings("defaults"), {})


def _account(name: str = "lab", environment: str | None = "dev", **properties: Any) -> Resource:
    tags = {"environment": environment} if environment else {}
    return Resource(
        ACCOUNT, name, {"location": "swedencentral", "tags": tags, "properties": properties}
    )


def _deployment(account: Resource, name: str = "base", capacity: int = 10) -> Resource:
    model = {"name": "gpt-4.1-mini", "version": "2025-04-14", "format": "OpenAI"}
    sku = {"name": "GlobalStandard", "capacity": capacity}
    return Resource(DEPLOYMENT, name, {"sku": sku, "properties": {"model": model}}, parent=account)


def _said(existing: Existing, settings: Settings = PLAIN) -> set[tuple[str, str, str]]:
    return {
        (name, each.rule, each.resource) for name, each in audit(existing, settings, NOW).findings
    }


def test_what_exists_is_judged_by_the_settings_of_its_tag() -> None:
    dev, prod = _account("one", "dev"), _account("two", "PROD")
    eased = EnvironmentSettings("dev", rules={"key-access-is-off": RuleSetting("off")})
    settings = Settings(PLAIN.defaults, {"dev": eased})
    existing = Existing((dev, prod, _deployment(dev, capacity=900)), TYPES)

    said = _said(existing, settings)

    assert ("PROD", "key-access-is-off", "two") in said
    assert ("dev", "key-access-is-off", "one") not in said
    assert ("dev", "capacity-is-bounded", "one/base") in said


def test_what_no_tag_places_has_the_defaults() -> None:
    assert ("", "key-access-is-off", "lab") in _said(Existing((_account("lab", None),), TYPES))


def test_a_rule_that_looks_for_what_was_not_read_is_neither_yes_nor_no() -> None:
    found = audit(Existing((_account(),), TYPES), PLAIN, NOW)

    assert "environment-has-a-budget" in found.not_asked
    assert "hosting-is-within-budget" not in found.not_asked
    assert not {finding.rule for _, finding in found.findings} & set(found.not_asked)


def test_what_azure_does_not_show_is_not_known() -> None:
    existing = Existing((_account(),), TYPES, (Unreadable("lab", "403"), Unreadable("far", "403")))
    found = [each for _, each in audit(existing, PLAIN, NOW).findings if each.rule == "not-read"]

    assert [(each.resource, each.state, each.blocks) for each in found] == [
        ("lab", "unknown", False)
    ]


def test_a_waiver_holds_for_what_exists_and_one_for_something_else_is_not_void() -> None:
    waiver = Waiver(
        "key-access-is-off", "lab", "ana", "why", "OPS-1", datetime(2026, 12, 1, tzinfo=UTC)
    )
    other = Waiver(
        "tags-are-complete", "shed", "ana", "why", "OPS-2", datetime(2026, 12, 1, tzinfo=UTC)
    )
    dev = EnvironmentSettings("dev", waivers=(waiver, other))
    found: list[Finding] = [
        each
        for _, each in audit(
            Existing((_account(),), TYPES), Settings(dev, {"dev": dev}), NOW
        ).findings
    ]

    assert [each.state for each in found if each.rule == "key-access-is-off"] == ["waived"]
    assert "waiver-is-void" not in {each.rule for each in found}


def test_a_thousand_accounts_are_judged_in_seconds() -> None:
    accounts = [_account(f"oai-{number}", f"team-{number % 20}") for number in range(1000)]
    inner = [_deployment(each, f"d{place}") for each in accounts for place in range(5)]

    begun = time.process_time()
    found = audit(Existing((*accounts, *inner), TYPES), PLAIN, NOW)

    assert len(found.findings) > 1000
    assert time.process_time() - begun < 30


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_an_audit_reads_accounts_and_what_lies_in_them(lab: Any, here: None) -> None:
    del here
    answer = lab.json("policy", "audit", "--account", "oai-lab", exit_code=1)
    said = {(each["rule"], each["resource"]) for each in answer["findings"]}

    assert answer["schema"] == "ftops/policy-audit/v1"
    assert answer["accounts"] == 1
    assert answer["unreadable"] == []
    assert ("key-access-is-off", "oai-lab") in said
    assert ("tags-are-complete", "oai-lab/base") in said
    assert not [each for each in answer["findings"] if each["rule"] == "rule-crashed"]


def test_an_audit_that_is_not_shown_everything_ends_with_one_and_says_so(
    lab: Any, here: None
) -> None:
    del here
    fault = {
        "match": "GET .*/accounts/oai-lab/deployments",
        "status": 403,
        "times": 9,
        "code": "AuthorizationFailed",
        "message": "may not read",
    }
    lab.sandbox.ask("POST", "faults", fault)
    answer = lab.json("policy", "audit", "--account", "oai-lab", exit_code=1)
    lab.sandbox.ask("DELETE", "faults")

    assert [each["name"] for each in answer["unreadable"]] == ["oai-lab"]
    assert ("not-read", "unknown") in {(each["rule"], each["state"]) for each in answer["findings"]}


def test_rules_are_listed_as_an_environment_has_them(lab: Any, here: None) -> None:
    del here
    plain, dev = lab.json("policy", "list"), lab.json("policy", "list", "dev")
    severity = {each["rule"]: each["severity"] for each in dev["rules"]}

    assert len(plain["rules"]) == len(dev["rules"]) > 30
    assert severity["public-network-is-off"] == "off"
    assert {each["rule"]: each["severity"] for each in plain["rules"]}[
        "public-network-is-off"
    ] == "block"
    assert "Did you mean dev?" in lab.ftops("policy", "list", "devv").output


def test_a_rule_is_explained_and_a_typo_is_answered(lab: Any) -> None:
    body = lab.json("policy", "explain", "capacity-is-bounded")

    assert body["parameters"] == {"capacity_max": 50}
    assert body["remedy"]
    assert "Capacity is" in lab.ftops("policy", "explain", "capacity-is-bounded").output
    wrong = lab.ftops("policy", "explain", "capacity-bounded")
    assert (wrong.exit_code, "Did you mean capacity-is-bounded?" in wrong.output) == (2, True)


def test_what_should_have_ended_and_still_exists_is_found_with_what_it_has_cost(
    lab: Any, trained: str, here: None
) -> None:
    del here
    options = ("--ttl", "1h", "--yes", "--owner", "ana", "--sku", "Standard")
    assert lab.ftops("deploy", trained, "overdue", *options).exit_code == 0
    lab.sandbox.advance(hours=30)
    found = lab.json("policy", "audit", "--account", "oai-lab", exit_code=1)["findings"]
    [late] = [each for each in found if each["rule"] == "deployment-past-its-end-is-gone"]

    assert (late["resource"], late["state"], late["severity"]) == (
        "oai-lab/overdue",
        "broken",
        "block",
    )
    assert late["message"].endswith("and has cost 49.30 USD at list price since.")
