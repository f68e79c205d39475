"""An environment is read whole or refused whole, each problem with its place and its way out."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftops.declared.account import Account
from ftops.declared.content_filter import RaiPolicy
from ftops.declared.deployment import Deployment
from ftops.declared.network import Network
from ftops.declared.part import keys
from ftops.declared.stack import Stack
from ftops.environment import Environment, parse_environment, parse_stack, read_environment
from ftops.stack_file import find_root, list_environments, parse_stack_file
from ftops_catalog.catalog import read_catalog
from ftops_catalog.errors import BadConfig, BadUsage, NotReady

ROOT = Path(__file__).parents[2]
CATALOG = read_catalog()
FILE = "stacks/Pulumi.dev.yaml"

TUNED = "gpt-4.1-mini-2025-04-14.ft-3c27f78ad2c141719573c550300bb791"

KEYS = [key for part in (Stack, Account, Deployment, Network, RaiPolicy) for key in keys(part)]

GOOD = """\
config:
  azure-native:location: westus
  ftops:location: swedencentral
  ftops:accounts:
    - name: oai-dev
      deployments:
        - name: mini
          model: gpt-4.1-mini
          version: 2025-04-14
          capacity: 10
  ftops:tags:
    owner: team
    costCenter: 1001
"""


def _parse(text: str) -> Environment:
    return parse_stack(parse_stack_file("dev", FILE, text), CATALOG)


def _refusal(text: str) -> BadConfig:
    with pytest.raises(BadConfig) as caught:
        _parse(text)
    return caught.value


def test_what_is_not_stated_has_the_secure_default() -> None:
    environment = _parse(GOOD)
    account = environment.accounts[0]

    assert environment.resource_group == "rg-ftops-dev"
    assert (account.kind, account.sku, account.location) == ("OpenAI", "S0", "swedencentral")
    assert account.public_network_access == "Disabled"
    assert account.disable_local_auth is True
    assert account.sub_domain is None
    assert account.deployments[0].sku == "GlobalStandard"
    assert account.deployments[0].version_upgrade_option == "NoAutoUpgrade"


def test_every_resource_is_tagged_with_its_environment_and_its_manager() -> None:
    tags = _parse(GOOD).tags

    assert tags == {
        "owner": "team",
        "costCenter": "1001",
        "environment": "dev",
        "managed-by": "pulumi",
    }


def test_an_unquoted_version_is_text_as_pulumi_reads_it() -> None:
    assert _parse(GOOD).accounts[0].deployments[0].version == "2025-04-14"


def test_names_come_out_as_the_catalog_spells_them() -> None:
    text = GOOD.replace("swedencentral", "Sweden Central").replace("gpt-4.1-mini", "GPT-4.1-Mini")
    environment = _parse(text)

    assert environment.location == "swedencentral"
    assert environment.accounts[0].deployments[0].model == "gpt-4.1-mini"


def test_a_thing_knows_the_line_where_it_is_declared() -> None:
    account = _parse(GOOD).accounts[0]

    assert str(account.place) == f"{FILE}:5"
    assert str(account.deployments[0].place) == f"{FILE}:7"


@pytest.mark.parametrize(
    ("old", "new", "line", "said", "hint"),
    [
        ("location: sweden", "location: swden", 3, "no region 'swdencentral'", "swedencentral"),
        ("ftops:accounts", "ftops:acounts", 4, "no key ftops:acounts", "accounts"),
        ("model: gpt-4.1-mini", "model: gpt-4.1-mni", 8, "no model 'gpt-4.1-mni'", "gpt-4.1-mini"),
        ("2025-04-14", "2025-04-15", 9, "no version '2025-04-15'", "2025-04-14"),
        ("version:", "sku: standrd\n          version:", 9, "no SKU 'standrd'", "Standard"),
        ("capacity: 10", "capacity: ten", 10, "capacity is 'ten'", "whole number"),
        ("capacity: 10", "capacity: 0", 10, "capacity is 0", "whole number"),
        ("capacity: 10", "capacity: true", 10, "capacity is True", "whole number"),
        ("          capacity: 10\n", "", 7, "capacity is not set", "docs/stack-file.md"),
        ("name: oai-dev", "name: oai_dev", 5, "name cannot be 'oai_dev'", "a-z"),
        ("name: oai-dev", "name: oai-dev\n      kind: OpenAi", 6, "kind is 'OpenAi'", "OpenAI"),
        ("owner: team", "managed-by: me", 12, "tags.managed-by is the program's", "leave it"),
        ("owner: team", "owner: [a]", 12, "tags.owner is ['a']", "text"),
        ("model: gpt-4.1-mini", f"model: {TUNED}", 9, "version of a tuned model", 'write "1"'),
        ("name: oai-dev", "name: oai-dev\n      disableLocalAuth: no", 6, "is 'no'", "true or"),
    ],
)
def test_a_mistake_is_a_sentence_with_file_line_and_hint(
    old: str, new: str, line: int, said: str, hint: str
) -> None:
    assert old in GOOD
    error = _refusal(GOOD.replace(old, new, 1))
    whole = f"{error.message} {error.hint}"

    assert f"{FILE}:{line}: " in error.message
    assert said in error.message
    assert hint in whole
    assert error.exit_code == 4


def test_all_mistakes_are_reported_at_once() -> None:
    error = _refusal(GOOD.replace("sweden", "swden").replace("4.1-mini", "9").replace("10", "-1"))

    assert error.message.startswith(f"{FILE} has 3 problems:")
    assert error.message.count(f"{FILE}:") == 3


def test_a_name_used_twice_names_the_other_place() -> None:
    text = GOOD.replace(
        "  ftops:tags", "    - name: OAI-dev\n      deployments: []\n  ftops:tags", 1
    )
    error = _refusal(text)

    assert "'OAI-dev' is used twice" in error.message
    assert f"{FILE}:5" in error.hint


def test_whether_a_region_supports_a_model_is_no_error_here() -> None:
    assert _parse(GOOD.replace("swedencentral", "brazilsouth")).location == "brazilsouth"


@pytest.mark.parametrize(
    "text",
    [
        "config: [",
        "config: {a: 1, a: 2}",
        "config: 5",
        "- a list",
        "config: {? [a] : 1}",
        "config: &a {ftops:tags: *a}",
        "a: &a [x,x]\nb: &b [*a,*a]\nconfig: {}\n" + "x: " + "[" * 3000,
        "x" * 1_000_001,
    ],
)
def test_a_file_that_is_no_stack_file_is_refused_with_its_name(text: str) -> None:
    error = _refusal(text)

    assert FILE in error.message
    assert error.hint


def test_an_environment_without_a_file_is_used_wrongly() -> None:
    with pytest.raises(BadUsage, match=r"no environment 'deb'") as caught:
        read_environment("deb", ROOT)

    assert caught.value.hint == "Did you mean dev?"


def test_a_name_cannot_leave_the_folder() -> None:
    with pytest.raises(BadUsage):
        read_environment("../../etc/passwd", ROOT)


def test_the_shipped_environments_are_right_and_differ_as_a_team_s_would() -> None:
    assert list_environments(ROOT) == ["dev", "prod", "staging"]
    dev, prod, staging = (read_environment(name, ROOT) for name in list_environments(ROOT))

    assert {account.public_network_access for account in prod.accounts} == {"Disabled"}
    assert len(prod.accounts) > len(dev.accounts)
    assert dev.accounts[0].deployments != staging.accounts[0].deployments
    assert all(
        account.disable_local_auth for each in (dev, staging, prod) for account in each.accounts
    )


def test_a_project_is_found_from_a_folder_inside_it(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: ftops\n")
    (tmp_path / "a/b").mkdir(parents=True)

    assert find_root(tmp_path / "a/b") == tmp_path


def test_a_folder_outside_a_project_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match=r"no Pulumi\.yaml"):
        find_root(tmp_path)


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.sampled_from(["swedencentral", "gpt-4.1-mini", "2025-04-14", "Standard", "OpenAI", "S0"]),
)
names = st.one_of(st.sampled_from(KEYS), st.text(), st.integers())
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=6)
)


def _outcome(mapping: Mapping[Any, Any]) -> Environment | BadConfig:
    try:
        return parse_environment(mapping, CATALOG, "dev")
    except BadConfig as error:
        return error


@given(st.dictionaries(names, values, max_size=6))
def test_any_mapping_is_an_environment_or_a_bad_config(mapping: Mapping[Any, Any]) -> None:
    outcome = _outcome(mapping)

    if isinstance(outcome, BadConfig):
        assert FILE in outcome.message
        assert outcome.hint
    else:
        assert outcome.location
        assert outcome.accounts


@given(st.text())
def test_any_text_is_a_stack_file_or_a_bad_config(text: str) -> None:
    with suppress(BadConfig):
        assert isinstance(parse_stack_file("dev", FILE, text).config, dict)
