"""What the policies' tests share: examples read as resources and settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from ftops_policies import UNKNOWN, EnvironmentSettings, Resource, example
from ftops_policies.settings_file import parse_settings


class ExampleLoader(yaml.SafeLoader):
    """Reads `!unknown` as a value that is not known before `up`."""


ExampleLoader.add_constructor("!unknown", lambda _loader, _node: UNKNOWN)


def parse_resources(rows: list[Mapping[str, Any]]) -> list[Resource]:
    return list(example.parse_resources(rows))


def parse_environment(written: Mapping[str, Any] | None = None) -> EnvironmentSettings:
    return parse_settings({"defaults": written}, "the example").environment("example")


def read_examples(path: Path) -> dict[str, Any]:
    examples = yaml.load(path.read_text(encoding="utf-8"), ExampleLoader)  # noqa: S506 - a SafeLoader
    assert isinstance(examples, dict)
    return examples


@pytest.fixture
def now() -> datetime:
    return example.NOW


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
