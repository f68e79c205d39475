"""A resource is read one path at a time; what is not known says so, nothing is copied."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from ftops_policies import UNKNOWN, NotKnownError, Resource
from ftops_policies.resource import DEPLOYMENT

PACKAGE = Path(__file__).parents[2] / "policies/ftops_policies"


class Lazy(Mapping[str, Any]):
    """A body that may be asked for a key and for nothing else, like Pulumi's at preview."""

    def __init__(self, known: Mapping[str, Any]) -> None:
        self.known = known

    def __getitem__(self, key: str) -> Any:
        return self.known[key]

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("nothing may go through all keys")

    def __len__(self) -> int:
        raise AssertionError("nothing may count the keys")

    def __contains__(self, key: object) -> bool:
        raise AssertionError("nothing may ask whether there is a key")


def _resource(body: Mapping[str, Any]) -> Resource:
    return Resource(DEPLOYMENT, "one", body)


def test_a_path_is_read_without_touching_anything_else() -> None:
    lazy = _resource(Lazy({"sku": Lazy({"capacity": 10.0, "name": UNKNOWN})}))

    assert lazy.at("sku.capacity") == 10
    assert isinstance(lazy.at("sku.capacity"), int)
    assert lazy.at("sku.family", "none") == "none"
    assert "sku" not in repr(lazy)


@pytest.mark.parametrize("path", ["sku.name", "sku.name.deeper", "endpoint"])
def test_a_value_that_is_not_known_raises_and_names_its_path(path: str) -> None:
    body = {"sku": {"name": UNKNOWN}, "endpoint": UNKNOWN}

    with pytest.raises(NotKnownError) as gap:
        _resource(body).at(path)

    assert gap.value.what == path


def test_the_mark_of_the_unknown_is_neither_true_nor_false() -> None:
    with pytest.raises(NotKnownError):
        assert UNKNOWN
    assert repr(UNKNOWN) == "UNKNOWN"


def test_lists_are_read_by_place_and_null_is_absent() -> None:
    resource = _resource({"ips": [{"value": "10.0.0.1"}, None], "none": None, "word": "abc"})

    assert resource.at("ips.0.value") == "10.0.0.1"
    assert resource.at("ips.1", "default") == "default"
    assert resource.at("ips.2") is None
    assert resource.at("ips.-1") is None
    assert resource.at("word.0") is None
    assert resource.at("none", 3) == 3
    assert [resource.count(path) for path in ("ips", "word", "none")] == [2, 0, 0]
    assert resource.count("") == 0


def test_a_tag_may_hold_a_dot_and_an_empty_one_is_not_set() -> None:
    resource = _resource({"tags": {"cost.centre": "12", "owner": " ", "count": 3}})

    assert resource.tag("cost.centre") == "12"
    assert resource.tag("owner") is None
    assert resource.tag("count") is None


def test_a_label_is_the_name_below_its_account() -> None:
    account = Resource("Microsoft.CognitiveServices/accounts", "lab", {})

    assert Resource(DEPLOYMENT, "one", {}, parent=account).label == "lab/one"


def test_the_package_refuses_to_be_imported_from_the_projects_root() -> None:
    spec = importlib.util.spec_from_file_location(
        "policies.ftops_policies", PACKAGE / "__init__.py"
    )
    assert spec
    assert spec.loader

    with pytest.raises(ImportError, match="second copy of ftops_policies"):
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
