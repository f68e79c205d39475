"""The shipped program in the SDK's own test runtime: what it declares, and how it fails."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from ftops.engine.listing import Foreseen, list_resources
from ftops.engine.program import Declared, run_program
from ftops.stack_file import list_environments, read_stack_file
from ftops_catalog.arm_type import read_arm_types
from ftops_catalog.errors import BadConfig
from ftops_policies.resource import ACCOUNT, DEPLOYMENT, RESOURCE_GROUP, UNKNOWN

ROOT = Path(__file__).parents[2]
SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of one's own: the shipped files, free to be changed."""
    for name in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "stacks").mkdir()
    for file in (ROOT / "stacks").glob("*.yaml"):
        shutil.copy(file, tmp_path / "stacks")
    return tmp_path


def _declared(name: str, root: Path = ROOT) -> list[Declared]:
    return run_program(root, read_stack_file(name, root), Foreseen(SUBSCRIPTION)).declared


def test_a_resource_has_arm_s_shape_and_its_line() -> None:
    group, account, mini, *_ = list_resources("dev", ROOT, SUBSCRIPTION)

    assert [group.type, account.type, mini.type] == [RESOURCE_GROUP, ACCOUNT, DEPLOYMENT]
    assert mini.parent is account
    assert mini.label == "oai-ftops-dev/gpt-4.1-mini"
    assert account.id.endswith(
        "/rg-ftops-dev/providers/Microsoft.CognitiveServices/accounts/oai-ftops-dev"
    )
    assert account.at("properties.disableLocalAuth") is True
    assert account.at("properties.customSubDomainName").startswith("oai-ftops-dev-")
    assert mini.at("sku") == {"name": "GlobalStandard", "capacity": 10}
    assert isinstance(mini.at("sku.capacity"), int)
    assert mini.at("properties.model") == {
        "format": "OpenAI",
        "name": "gpt-4.1-mini",
        "version": "2025-04-14",
    }
    line = (ROOT / "stacks/Pulumi.dev.yaml").read_text().splitlines()[(mini.line or 0) - 1]
    assert line.strip() == "- name: gpt-4.1-mini"
    assert mini.file == "stacks/Pulumi.dev.yaml"


@pytest.mark.parametrize("name", list_environments(ROOT))
def test_every_resource_that_can_carries_the_tags_of_its_environment(name: str) -> None:
    found = list_resources(name, ROOT)
    tagged = [each for each in found if "tags" in read_arm_types().type(each.type).body_inputs]

    assert len(tagged) > len(found) / 2
    for resource in tagged:
        assert resource.tag("environment") == name
        assert resource.tag("managed-by") == "pulumi"
        assert resource.tag("owner")


def test_environments_are_listed_one_after_the_other_in_one_process() -> None:
    first = [list_resources(name, ROOT) for name in list_environments(ROOT)]
    again = [list_resources(name, ROOT) for name in list_environments(ROOT)]

    assert [[each.id for each in one] for one in first] == [
        [each.id for each in one] for one in again
    ]


def test_deployments_of_one_account_are_made_one_at_a_time() -> None:
    class Slow(Foreseen):
        """A world in which making takes a while, and two at once would be seen."""

        busy: set[str] = set()  # noqa: RUF012 - one test, one instance

        def create(self, declared: Declared) -> tuple[str, dict[str, object]]:
            account = str(declared.inputs.get("accountName"))
            if declared.token.endswith(":Deployment"):
                assert account not in self.busy, "Azure would answer 409"
                self.busy.add(account)
                time.sleep(0.02)
                self.busy.discard(account)
            made, outputs = super().create(declared)
            return made, dict(outputs)

    run = run_program(ROOT, read_stack_file("prod", ROOT), Slow(SUBSCRIPTION))

    assert sum(each.token.endswith(":Deployment") for each in run.declared) == 3


def test_what_only_azure_knows_is_not_known_before_up() -> None:
    run = run_program(ROOT, read_stack_file("dev", ROOT), Foreseen(SUBSCRIPTION))
    account = run.outputs["accounts"]["oai-ftops-dev"]

    assert account["endpoint"] is UNKNOWN
    assert account["location"] == "swedencentral"
    assert account["deployments"] == ["gpt-4.1-mini", "gpt-4.1-nano"]


def test_a_stack_file_with_mistakes_is_refused_before_the_program_runs(project: Path) -> None:
    file = project / "stacks/Pulumi.dev.yaml"
    file.write_text(file.read_text().replace("swedencentral", "atlantis"))
    (project / "__main__.py").write_text("raise SystemExit('it ran')\n")

    with pytest.raises(BadConfig, match=r"stacks/Pulumi\.dev\.yaml:5: .*atlantis"):
        list_resources("dev", project)


def test_a_config_that_the_program_refuses_is_its_sentence(project: Path) -> None:
    stack = read_stack_file("dev", project)
    broken = {**stack.config, "location": "atlantis"}

    with pytest.raises(BadConfig, match="no region 'atlantis'") as caught:
        run_program(project, type(stack)("dev", stack.file, broken, stack.lines), Foreseen(""))

    assert caught.value.hint


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("import nothing_of_that_name", "ModuleNotFoundError"),
        ("pulumi.export('x', pulumi.Output.from_input(1).apply(lambda n: n.y))", "AttributeError"),
        ("a b", "SyntaxError"),
    ],
)
def test_a_program_that_fails_says_where(project: Path, line: str, said: str) -> None:
    program = project / "__main__.py"
    program.write_text(f"{program.read_text()}{line}\n")

    with pytest.raises(BadConfig, match=said) as caught:
        list_resources("dev", project)

    assert "the program failed at __main__.py" in caught.value.message


def test_a_type_that_the_table_does_not_have_is_named(project: Path) -> None:
    program = project / "__main__.py"
    more = "pulumi.CustomResource('azure-native:cognitiveservices:Acount', 'x', {'a': 1})\n"
    program.write_text(program.read_text() + more)

    with pytest.raises(BadConfig, match="no token 'azure-native:cognitiveservices:Acount'"):
        list_resources("dev", project)


def test_a_secret_is_listed_as_its_value(project: Path) -> None:
    program = project / "__main__.py"
    more = (
        "from pulumi_azure_native import resources\n"
        "resources.ResourceGroup('more', resource_group_name='more',\n"
        "    location='westus', tags={'owner': pulumi.Output.secret('me')})\n"
    )
    program.write_text(program.read_text() + more)

    groups = [each for each in list_resources("dev", project) if each.is_a(RESOURCE_GROUP)]

    assert [group.tag("owner") for group in groups if group.name == "more"] == ["me"]


def test_an_output_that_is_secret_is_hidden(project: Path) -> None:
    program = project / "__main__.py"
    program.write_text(f"{program.read_text()}pulumi.export('key', pulumi.Output.secret('k'))\n")
    run = run_program(project, read_stack_file("dev", project), Foreseen(SUBSCRIPTION))

    assert run.outputs["key"] == "[secret]"


def test_declared_inputs_are_plain_values() -> None:
    by_token = {each.token.rsplit(":", 1)[-1]: each.inputs for each in _declared("dev")}

    assert by_token["Account"]["sku"] == {"name": "S0"}
    assert by_token["Deployment"]["sku"]["capacity"] == 10
