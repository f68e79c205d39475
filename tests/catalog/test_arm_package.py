"""The ARM table agrees with the installed azure-native package, input by input."""

from __future__ import annotations

import ast
import re
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import pytest

from ftops_catalog import read_catalog
from ftops_catalog.arm_type import ArmType, read_arm_types

TYPES = read_arm_types().types
every_type = pytest.mark.parametrize("record", TYPES, ids=lambda record: record.token)
kept_types = pytest.mark.parametrize(
    "record",
    [record for record in TYPES if record.shape.properties == "kept"],
    ids=lambda record: record.token,
)


def folder(record: ArmType) -> Path:
    """The package's module of the token; read as text, since importing it takes seconds."""
    spec = find_spec("pulumi_azure_native")
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / record.token.split(":")[1]


def classes(path: Path) -> dict[str, ast.ClassDef]:
    tree = ast.parse(path.read_text("utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}


def wire_names(node: ast.ClassDef) -> set[str]:
    """The names that a class's getters have on the wire: `name=` of the getter, or its own."""
    names = set()
    for method in node.body:
        if not isinstance(method, ast.FunctionDef):
            continue
        for decorator in method.decorator_list:
            text = ast.unparse(decorator)
            if text.startswith("pulumi.getter("):
                assert isinstance(decorator, ast.Call)
                names.add(ast.literal_eval(decorator.keywords[0].value))
            elif text == "pulumi.getter":
                names.add(method.name)
    return names


def resource_classes(record: ArmType) -> dict[str, ast.ClassDef]:
    name = record.token.split(":")[2]
    file = "".join(f"_{char.lower()}" if char.isupper() else char for char in name)
    return classes(folder(record) / f"{file.removeprefix('_')}.py")


def arguments(record: ArmType) -> ast.ClassDef:
    """The class of a resource's inputs; another name where an object's has taken the usual one."""
    found, name = resource_classes(record), record.token.split(":")[2]
    return found.get(f"{name}InitArgs") or found[f"{name}Args"]


def property_names(record: ArmType, file: str, suffix: str) -> set[str]:
    """The names of `properties` as it goes in or comes out, of every kind that it may be."""
    owner = arguments(record) if suffix == "Args" else None
    owner = owner or resource_classes(record)[record.token.split(":")[2]]
    getter = next(
        node
        for node in reversed(owner.body)
        if isinstance(node, ast.FunctionDef) and node.name == "properties"
        if suffix == "Response" or any("getter" in ast.unparse(d) for d in node.decorator_list)
    )
    assert getter.returns is not None
    known = classes(folder(record) / file)
    kinds = re.findall(rf"\w+{suffix}\b", ast.unparse(getter.returns))
    return set().union(*(wire_names(known[kind]) for kind in kinds))


def test_the_table_was_made_from_the_installed_package() -> None:
    sources = {source.key: source.version for source in read_catalog().sources}

    assert version("pulumi-azure-native") == sources["A6"]


@every_type
def test_the_inputs_are_the_packages(record: ArmType) -> None:
    assert {*record.path_inputs, *record.body_inputs} == wire_names(arguments(record))


@every_type
def test_properties_are_flattened_where_the_package_answers_no_properties(record: ArmType) -> None:
    answered = wire_names(resource_classes(record)[record.token.split(":")[2]])

    assert ("properties" not in answered) is (record.shape.properties == "flattened")


@every_type
def test_the_api_version_is_the_packages_default(record: ArmType) -> None:
    text = ast.unparse(resource_classes(record)[record.token.split(":")[2]])

    assert f"Uses Azure REST API version {record.api_version}." in text


@every_type
def test_the_package_declares_the_secrets_of_the_table_and_no_others(record: ArmType) -> None:
    text = ast.unparse(resource_classes(record)[record.token.split(":")[2]])

    assert ("additional_secret_outputs" in text) is bool(record.secrets)


@kept_types
def test_the_writable_properties_are_the_packages(record: ArmType) -> None:
    assert {*record.writable} == property_names(record, "_inputs.py", "Args")


@kept_types
def test_what_is_never_answered_is_marked_write_only(record: ArmType) -> None:
    answered = property_names(record, "outputs.py", "Response")

    if answered:
        assert {*record.write_only} == {*record.writable} - answered
    else:
        assert record.token.endswith("Connection"), "the package says nothing of the answer"
        assert record.write_only == ("credentials",)


def test_cognitive_services_uses_the_version_that_the_catalog_names() -> None:
    default = read_catalog().api.arm.pulumi_azure_native_default

    assert {r.api_version for r in TYPES if ":cognitiveservices:" in r.token} == {default}
