"""The life of every resource type: each record's own example is created, read, changed, deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest

# The one thing read from inside: which types there are, and an example of each.
from ftops_sandbox.arm.resource_type import ResourceType, resource_types

if TYPE_CHECKING:
    from azure.mgmt.resource.resources import ResourceManagementClient
    from tests.conftest import Sandbox

SUBSCRIPTION = "/subscriptions/22222222-2222-2222-2222-222222222222"
TYPES = [pytest.param(kind, id=kind.name) for kind in resource_types().values()]
NESTED = [
    pytest.param(kind, id=kind.name) for kind in resource_types().values() if kind.parent_name
]
MORTAL = [
    pytest.param(kind, id=kind.name)
    for kind in resource_types().values()
    if "DELETE" in kind.methods
]

Place = Callable[[ResourceType], str]


def _collection(kind: ResourceType, above: str) -> str:
    if not kind.parent_name and kind.scope == "subscription":
        return f"{SUBSCRIPTION}/{kind.name.rpartition('/')[2]}"
    last = kind.name.rpartition("/")[2]
    return f"{above}/{last}" if kind.parent_name else f"{above}/providers/{kind.name}"


def _absent(kind: ResourceType, group: str) -> str:
    """The path of a resource under parents that are not there."""
    parent = resource_types()[kind.parent_name.casefold()] if kind.parent_name else None
    above = _absent(parent, group) if parent else group
    return f"{_collection(kind, above)}/{kind.spell('absent')}"


@pytest.fixture
def place(arm: httpx.Client, group: str, sandbox: Sandbox, unique: Callable[[str], str]) -> Place:
    """Answers the collection of a type, after making whatever it is nested in."""

    def make(kind: ResourceType) -> str:
        if not kind.parent_name:
            return _collection(kind, group)
        parent = resource_types()[kind.parent_name.casefold()]
        path = f"{make(parent)}/{parent.spell(unique('above'))}"
        body = dict(kind.parent_example or parent.example)
        assert arm.put(path, json=body).status_code == parent.created_status
        sandbox.advance(seconds=60)
        return _collection(kind, path)

    return make


@pytest.mark.proves(
    "PUT {every type}",
    "GET {every type}",
    "GET {every type} (list)",
    "PATCH {every type}",
    "DELETE {every type}",
    client="httpx",
)
@pytest.mark.parametrize("kind", TYPES)
def test_a_resource_lives_from_put_to_delete(
    kind: ResourceType,
    place: Place,
    arm: httpx.Client,
    sandbox: Sandbox,
    unique: Callable[[str], str],
) -> None:
    path = f"{place(kind)}/{kind.spell(unique('one'))}"
    name = path.rpartition("/")[2]
    assert arm.get(path).status_code == 404

    created = arm.put(path, json=dict(kind.example))
    assert created.status_code == kind.created_status, created.text
    assert created.json()["name"] == name
    assert created.json()["type"] == kind.name
    sandbox.advance(seconds=60)
    read = arm.get(path)
    assert read.status_code == 200
    if kind.shows_state:
        assert read.json()["properties"]["provisioningState"] == "Succeeded"
    listed = arm.get(path.rpartition("/")[0], params={"$top": "1000"}).json()["value"]
    assert name in [one["name"] for one in listed]
    patched = arm.patch(path, json={"tags": {"seen": "yes"}})
    assert patched.status_code == (200 if "PATCH" in kind.methods else 405)
    if "PATCH" in kind.methods:
        assert patched.json()["tags"] == {"seen": "yes"}
    again = arm.put(path, json=dict(kind.example))
    assert again.status_code == 200
    if "DELETE" not in kind.methods:
        assert arm.delete(path).status_code == 405
        return
    assert arm.delete(path).status_code in (200, 202)
    sandbox.advance(seconds=60)
    assert arm.get(path).status_code == 404


@pytest.mark.proves(
    "PUT {every type}", "GET {every type}", "DELETE {every type}", client="azure-mgmt-resource"
)
@pytest.mark.parametrize("kind", TYPES)
def test_the_sdk_takes_any_type_through_its_life_by_id(
    kind: ResourceType,
    place: Place,
    resources: ResourceManagementClient,
    sandbox: Sandbox,
    unique: Callable[[str], str],
) -> None:
    path, version = f"{place(kind)}/{kind.spell(unique('sdk'))}", kind.api_versions[-1]
    client: Any = resources.resources  # its model of a resource leaves no other body through

    making = client.begin_create_or_update_by_id(path, dict(kind.example), api_version=version)
    sandbox.advance(seconds=60)
    made, read = making.result(), client.get_by_id(path, api_version=version)

    assert (made.id.casefold(), made.type) == (path.casefold(), kind.name)
    assert read.as_dict() == made.as_dict()
    if "DELETE" in kind.methods:
        ending = client.begin_delete_by_id(path, api_version=version)
        sandbox.advance(seconds=60)
        ending.result()
        assert not client.check_existence_by_id(path, api_version=version)


@pytest.mark.parametrize("kind", TYPES)
def test_what_was_sent_comes_back(
    kind: ResourceType, place: Place, arm: httpx.Client, unique: Callable[[str], str]
) -> None:
    path = f"{place(kind)}/{kind.spell(unique('two'))}"

    shown = arm.put(path, json=dict(kind.example)).json()

    def held(sent: object, found: object) -> bool:
        if isinstance(sent, dict) and isinstance(found, dict):
            return all(key in found and held(value, found[key]) for key, value in sent.items())
        return sent == found

    assert held(kind.example, shown), shown


@pytest.mark.parametrize("kind", TYPES)
def test_a_resource_settles_by_the_clock_and_not_by_being_asked(
    kind: ResourceType,
    place: Place,
    arm: httpx.Client,
    sandbox: Sandbox,
    unique: Callable[[str], str],
) -> None:
    path = f"{place(kind)}/{kind.spell(unique('slow'))}"
    created = arm.put(path, json=dict(kind.example))
    if not kind.create_s:
        assert "azure-asyncoperation" not in created.headers
        if not kind.shows_state:
            assert "provisioningState" not in created.json()["properties"]
            return
        assert created.json()["properties"]["provisioningState"] == "Succeeded"
        return
    assert created.json()["properties"]["provisioningState"] == "Creating"
    assert "retry-after" not in created.headers

    sandbox.advance(seconds=kind.create_s + 1)

    assert arm.get(path).json()["properties"]["provisioningState"] == "Succeeded"
    poll = arm.get(created.headers["azure-asyncoperation"])
    assert poll.json()["status"] == "Succeeded"
    assert "retry-after-ms" not in poll.headers


@pytest.mark.parametrize("kind", NESTED)
def test_a_nested_resource_needs_its_parent(
    kind: ResourceType, group: str, arm: httpx.Client
) -> None:
    path = _absent(kind, group)
    answers = {"write": arm.put(path, json=dict(kind.example)), "read": arm.get(path)}
    if "DELETE" in kind.methods:
        answers["delete"] = arm.delete(path)

    for verb, answer in answers.items():
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "ParentResourceNotFound"
        assert f"'{verb}'" in answer.json()["error"]["message"]


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize(
    ("version", "code"),
    [
        (None, "MissingApiVersionParameter"),
        ("2025", "InvalidApiVersionParameter"),
        ("2025-13-01", "InvalidApiVersionParameter"),
        ("latest", "InvalidApiVersionParameter"),
    ],
)
def test_an_api_version_is_required_and_well_formed(
    kind: ResourceType, version: str | None, code: str, group: str, sandbox: Sandbox
) -> None:
    params = {"api-version": version} if version else {}

    with sandbox.arm(api_version=None) as arm:
        answer = arm.get(_absent(kind, group), params=params)

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == code


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("version", ["2026-05-15-preview", "2031-01-01", "2017-04-18"])
def test_any_well_formed_api_version_is_served(
    kind: ResourceType,
    version: str,
    place: Place,
    arm: httpx.Client,
    unique: Callable[[str], str],
) -> None:
    path = f"{place(kind)}/{kind.spell(unique('any'))}"

    answer = arm.put(path, json=dict(kind.example), params={"api-version": version})

    assert answer.status_code == kind.created_status


@pytest.mark.parametrize("kind", TYPES)
def test_letter_case_and_doubled_slashes_do_not_matter(
    kind: ResourceType, place: Place, arm: httpx.Client, unique: Callable[[str], str]
) -> None:
    path = f"{place(kind)}/{kind.spell(unique('Mixed'))}"
    arm.put(path, json=dict(kind.example))

    shouted = arm.get("/" + path.upper().replace("/", "//"))

    assert shouted.status_code == 200, shouted.text
    assert shouted.json()["name"] == path.rpartition("/")[2]


@pytest.mark.parametrize("kind", MORTAL)
def test_deleting_what_is_not_there_is_no_error_but_for_a_group(
    kind: ResourceType, place: Place, arm: httpx.Client
) -> None:
    answer = arm.delete(f"{place(kind)}/{kind.spell('absent')}")

    assert answer.status_code == (404 if kind.name.endswith("resourceGroups") else 204)


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"\xff\xfe", b'{"properties": 3}'])
def test_a_body_that_is_no_object_is_refused(
    kind: ResourceType, body: bytes, place: Place, arm: httpx.Client
) -> None:
    answer = arm.put(f"{place(kind)}/{kind.spell('bad')}", content=body)

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "InvalidRequestContent"


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.proves("PUT accounts", client="httpx")
def test_an_etag_guards_a_write(
    kind: ResourceType,
    place: Place,
    arm: httpx.Client,
    sandbox: Sandbox,
    unique: Callable[[str], str],
) -> None:
    path = f"{place(kind)}/{kind.spell(unique('guarded'))}"
    etag = arm.put(path, json=dict(kind.example)).headers["etag"]
    sandbox.advance(seconds=60)

    stale = arm.put(path, json=dict(kind.example), headers={"if-match": '"other"'})
    taken = arm.put(path, json=dict(kind.example), headers={"if-none-match": "*"})
    fresh = arm.put(path, json=dict(kind.example), headers={"if-match": etag})

    assert (stale.status_code, taken.status_code, fresh.status_code) == (412, 412, 200)
