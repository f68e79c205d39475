"""What the policies' tests share: examples read as resources and settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from ftops_policies import UNKNOWN, EnvironmentSettings, Resource
from ftops_policies.resource import ACCOUNT, DEPLOYMENT
from ftops_policies.settings_file import parse_settings

SHORT = {"accounts": ACCOUNT, "deployments": DEPLOYMENT}
NOW = datetime(2026, 11, 21, tzinfo=UTC)


class ExampleLoader(yaml.SafeLoader):
    """Reads `!unknown` as a value that is not known before `up`."""


ExampleLoader.add_constructor("!unknown", lambda _loader, _node: UNKNOWN)


def parse_resources(rows: list[Mapping[str, Any]]) -> list[Resource]:
    """Resources from an example's rows; a parent is named, and stands before its children."""
    made: dict[str, Resource] = {}
    for line, row in enumerate(rows, 1):
        made[row["name"]] = Resource(
            SHORT.get(row["type"], row["type"]),
            row["name"],
            row["body"],
            id=row.get("id", ""),
            parent=made.get(row.get("parent", "")),
            file="stacks/Pulumi.dev.yaml",
            line=line,
        )
    return list(made.values())


def parse_environment(written: Mapping[str, Any] | None = None) -> EnvironmentSettings:
    return parse_settings({"defaults": written}, "the example").environment("example")


def read_examples(path: Path) -> dict[str, Any]:
    examples = yaml.load(path.read_text(encoding="utf-8"), ExampleLoader)  # noqa: S506 - a SafeLoader
    assert isinstance(examples, dict)
    return examples


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def resources_of() -> Callable[[list[Mapping[str, Any]]], list[Resource]]:
    return parse_resources


@pytest.fixture
def environment_of() -> Callable[..., EnvironmentSettings]:
    return parse_environment


@pytest.fixture
def examples_of() -> Callable[[Path], dict[str, Any]]:
    return read_examples


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`example` runs a test once for each case of each rule's file of examples."""
    if "example" not in metafunc.fixturenames:
        return
    cases = []
    for path in sorted((Path(__file__).parent / "examples").glob("*.yaml")):
        for outcome, listed in read_examples(path).items():
            for case in listed:
                named = {**case, "rule": path.stem, "outcome": outcome}
                name = f"{path.stem}: {outcome}: {case['case']}"
                cases.append(pytest.param(named, id=name))
    metafunc.parametrize("example", cases)
