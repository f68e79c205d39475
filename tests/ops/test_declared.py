"""What all of a stack file may say: names that stand for nothing, keys at odds, whole examples."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from ftops.declared.page import render_page
from ftops.declared.part import keys
from ftops.declared.schema import render_schema, stack_schema
from ftops.declared.stack import Stack
from ftops.environment import Environment, parse_environment, parse_stack
from ftops.stack_file import list_environments, parse_stack_file, read_stack_file
from ftops_catalog.catalog import read_catalog
from ftops_catalog.errors import BadConfig

ROOT = Path(__file__).parents[2]
CATALOG = read_catalog()
FILE = "stacks/Pulumi.full.yaml"
JOB = "3c27f78ad2c141719573c550300bb791"
SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
ELSEWHERE = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers"

UPGRADING = "capacity: 1\n          versionUpgradeOption: OnceCurrentVersionExpired\n"

FULL = f"""\
config:
  ftops:location: swedencentral
  ftops:workload: support
  ftops:identities:
    - name: id-caller
    - name: id-keys
  ftops:network:
    addressPrefix: 10.9.0.0/24
    subnetPrefix: 10.9.0.0/27
  ftops:diagnostics:
    retentionInDays: 30
  ftops:actionGroup:
    emails: [ml@contoso.com]
  ftops:budget:
    amount: 900
    startDate: "2026-11-01"
  ftops:protect: true
  ftops:roleAssignments:
    - role: caller
      identity: id-caller
      account: oai-support
    - role: cognitive services openai user
      principalId: {SUBSCRIPTION}
  ftops:accounts:
    - name: oai-support
      locations: [swedencentral, North Central US]
      privateEndpoint: true
      identity:
        userAssigned: [id-keys]
      encryption:
        keyVaultUri: https://kv-support.vault.azure.net
        keyName: openai
        identity: id-keys
      raiBlocklists:
        - name: names
          items:
            - name: one
              pattern: secret
      raiPolicies:
        - name: strict
          contentFilters:
            - name: Hate
              source: Prompt
              severityThreshold: Low
          customBlocklists:
            - blocklistName: names
              source: Prompt
      deployments:
        - name: mini
          model: gpt-4.1-mini
          version: "2025-04-14"
          capacity: 10
          raiPolicyName: strict
        - name: tuned
          model: gpt-4.1-mini-2025-04-14.ft-{JOB}
          source: oai-lab
          sku: Standard
          capacity: 1
    - name: oai-lab
      kind: AIServices
      publicNetworkAccess: Enabled
      networkAcls:
        ipRules: [203.0.113.0/24]
      projects:
        - name: triage
"""


def _parse(text: str) -> Environment:
    return parse_stack(parse_stack_file("full", FILE, text), CATALOG)


def _refusal(text: str) -> BadConfig:
    with pytest.raises(BadConfig) as caught:
        _parse(text)
    return caught.value


def test_an_account_of_several_regions_is_one_in_each() -> None:
    environment = _parse(FULL)

    assert [(each.name, each.location) for each in environment.accounts] == [
        ("oai-support-swedencentral", "swedencentral"),
        ("oai-support-northcentralus", "northcentralus"),
        ("oai-lab", "swedencentral"),
    ]
    assert len(environment.accounts_called("OAI-support")) == 2


def test_what_is_not_named_is_called_after_the_workload() -> None:
    environment = _parse(FULL)

    assert environment.resource_group == "rg-support-full"
    assert environment.called("vnet") == "vnet-support-full"


def test_a_tuned_deployment_has_a_root_a_version_and_no_upgrade() -> None:
    tuned = _parse(FULL).accounts[0].deployments[1]

    assert tuned.tuned
    assert (tuned.root_model, tuned.model_format) == ("gpt-4.1-mini-2025-04-14", "OpenAI")
    assert tuned.version_upgrade_option == "NoAutoUpgrade"


def test_a_built_in_role_comes_out_as_azure_spells_it() -> None:
    assert _parse(FULL).role_assignments[1].role == "Cognitive Services OpenAI User"


def test_a_part_knows_the_line_where_it_is_declared() -> None:
    policy = _parse(FULL).accounts[0].rai_policies[0]

    line = FULL.splitlines().index("        - name: strict") + 1
    assert str(policy.place) == f"{FILE}:{line}"


@pytest.mark.parametrize(
    ("old", "new", "said", "hint"),
    [
        ("identity: id-caller", "identity: id-calr", "no 'id-calr' in `identities`", "id-caller"),
        ("account: oai-support", "account: oai", "no 'oai' in `accounts`", "oai-lab"),
        ("raiPolicyName: strict", "raiPolicyName: strct", "'strct' in `raiPolicies`", "strict"),
        ("blocklistName: names", "blocklistName: nmes", "`raiBlocklists`", "names"),
        ("source: oai-lab", "source: oai-lb", "'oai-lb' in `accounts`", "oai-lab"),
        ("userAssigned: [id-keys]", "userAssigned: [id-kys]", "`identities`", "id-keys"),
        ("kind: AIServices", "kind: OpenAI", "projects want another kind", "AIServices"),
        ("publicNetworkAccess: Enabled", "sku: S0", "lets nobody in", "Enabled"),
        ("  ftops:protect: true\n", "  ftops:protect: maybe\n", "is 'maybe'", "true or false"),
        ("      - name: triage", "      - name: _x", "cannot be '_x'", "a-z"),
        ("role: caller", "role: calller", "no role 'calller'", "caller"),
        ("      principalId:", "      identity: id-caller\n      principalId:", "two prin", "one"),
        ("emails: [ml@contoso.com]", "emails: [ml]", "cannot be 'ml'", "ml@contoso.com"),
        ("    emails: [ml@contoso.com]\n", "    shortName: x\n", "emails is not set", "stack-file"),
        ('"2026-11-01"', '"2026-11-02"', "cannot be '2026-11-02'", "first day"),
        ("10.9.0.0/27", "10.8.0.0/27", "is not within 10.9.0.0/24", "both ranges"),
        ("10.9.0.0/27", "10.9.0.1/27", "cannot be '10.9.0.1/27'", "10.40.0.0/24"),
        ("source: Prompt\n              sev", "source: In\n              sev", "is 'In'", "Prompt"),
        ("capacity: 1\n", UPGRADING,
         "no newer version", "leave"),
        ('version: "2025-04-14"\n', "source: oai-lab\n", "version is not set", "stack-file"),
        ('version: "2025-04-14"\n', "source: oai-lab\n", "for tuned models", "leave it out"),
        ("source: oai-lab", "source: oai-support", "of 2 regions", "oai-support-swedencentral"),
        ("amount: 900", "amount: 900\n    thresholds: [1, 2, 3, 4, 5]", "6 thresholds", "at most"),
        ("locations: [", "location: swedencentral\n      locations: [", "both location", "one of"),
        ("    - name: id-keys", "    - name: id-caller", "'id-caller' is used twice", "at stacks"),
    ],
)  # fmt: skip
def test_what_is_at_odds_is_a_sentence_with_a_hint(
    old: str, new: str, said: str, hint: str
) -> None:
    assert old in FULL
    error = _refusal(FULL.replace(old, new, 1))
    whole = f"{error.message} {error.hint}"

    assert said in error.message
    assert hint in whole
    assert f"{FILE}:" in error.message


@pytest.mark.parametrize("key", ["network", "diagnostics", "actionGroup", "budget"])
def test_an_empty_mapping_is_a_mistake_in_a_file_and_nothing_from_pulumi(key: str) -> None:
    accounts = "  ftops:accounts:\n    - name: oai-dev\n"
    written = f"config:\n  ftops:location: swedencentral\n  ftops:{key}: {{}}\n{accounts}"
    handed = {"location": "swedencentral", "accounts": [{"name": "oai-dev"}], key: {}}

    assert f"ftops:{key} is empty" in _refusal(written).message
    environment = parse_environment(handed, CATALOG, "dev")
    assert (environment.network, environment.budget) == (None, None)


@pytest.mark.parametrize("key", ["account: oai-support\n", "source: oai-lab\n"])
def test_an_account_of_several_regions_may_be_named_with_its_region(key: str) -> None:
    assert key in FULL
    name = key.partition(":")[0]

    assert _parse(FULL.replace(key, f"{name}: oai-support-swedencentral\n"))


def test_a_wrong_key_does_not_hide_what_is_at_odds() -> None:
    text = FULL.replace("amount: 900", "amount: much").replace("source: oai-lab", "source: nobody")
    error = _refusal(text)

    assert "has 2 problems" in error.message
    assert "amount is 'much'" in error.message
    assert "no 'nobody' in `accounts`" in error.message


def test_pulumi_yaml_declares_every_key_and_no_other() -> None:
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))["config"]

    assert list(declared) == [f"ftops:{key}" for key in keys(Stack)]
    required = {key for key, each in declared.items() if "default" not in each}
    assert required == {"ftops:location", "ftops:accounts"}


def test_the_page_of_keys_is_the_models_own() -> None:
    page = (ROOT / "docs/stack-file.md").read_text(encoding="utf-8")

    assert page == render_page(), "make docs"


def test_the_schema_of_editors_is_the_models_own() -> None:
    file = ROOT / "stacks/environment.schema.json"

    assert file.read_text(encoding="utf-8") == render_schema(), "make docs"


def _against_schema(name: str, values: dict[str, Any]) -> list[str]:
    schema = stack_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    prefixed = {"config": {f"ftops:{key}": value for key, value in values.items()}}
    found = jsonschema.Draft202012Validator(schema).iter_errors(prefixed)
    return [f"{name}: {error.message}" for error in found]


def test_editors_find_nothing_wrong_with_the_shipped_environments_and_the_full_one() -> None:
    stacks = {name: read_stack_file(name, ROOT).config for name in list_environments(ROOT)}
    stacks["full"] = parse_stack_file("full", FILE, FULL).config

    assert [_against_schema(name, dict(stack)) for name, stack in stacks.items()] == [[]] * 4


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("workload: support", "workloads: support"),
        ("capacity: 10", "capacity: ten"),
        ("name: triage", "nme: triage"),
        ("kind: AIServices", "kind: AiServices"),
        ("startDate", "start"),
    ],
)
def test_editors_mark_what_ftops_would_refuse(old: str, new: str) -> None:
    text = FULL.replace(old, new, 1)

    assert _against_schema("full", dict(parse_stack_file("full", FILE, text).config))
    _refusal(text)


def test_a_shipped_stack_file_names_the_schema_in_its_first_line() -> None:
    for name in list_environments(ROOT):
        text = (ROOT / "stacks" / f"Pulumi.{name}.yaml").read_text(encoding="utf-8")
        assert text.startswith("# yaml-language-server: $schema=./environment.schema.json\n")


def test_the_schema_is_json_that_names_its_version() -> None:
    schema = json.loads(render_schema())

    assert schema["$schema"].endswith("2020-12/schema")
