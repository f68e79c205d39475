"""Resource Manager's manners: refusals in its words, absolute URLs, pages, headers, conflicts."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from tests.azure.target import Target
    from tests.conftest import Sandbox

SUBSCRIPTION = "/subscriptions/22222222-2222-2222-2222-222222222222"
ACCOUNTS = "/providers/Microsoft.CognitiveServices/accounts"
EXAMPLE = {"location": "swedencentral", "kind": "OpenAI", "sku": {"name": "S0"}}
DEPLOYMENT = {
    "sku": {"name": "GlobalStandard", "capacity": 1},
    "properties": {"model": {"format": "OpenAI", "name": "gpt-4.1-mini"}},
}


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/nowhere", 404, "NotFound"),
        ("/subscriptions/55555555-5555-5555-5555-555555555555", 404, "SubscriptionNotFound"),
        (f"{SUBSCRIPTION}/resourceGroups/absent", 404, "ResourceGroupNotFound"),
        (f"{SUBSCRIPTION}/resourceGroups/absent{ACCOUNTS}/a", 404, "ResourceGroupNotFound"),
        (f"{SUBSCRIPTION}/resourceGroups/absent{ACCOUNTS}", 404, "ResourceGroupNotFound"),
        (
            f"{SUBSCRIPTION}/resourceGroups/g/providers/Microsoft.Nothing/things/t",
            404,
            "InvalidResourceNamespace",
        ),
        (
            f"{SUBSCRIPTION}/resourceGroups/g/providers/Microsoft.CognitiveServices/things/t",
            404,
            "InvalidResourceType",
        ),
        (f"{SUBSCRIPTION}/providers/Microsoft.Nothing", 404, "InvalidResourceNamespace"),
        (
            f"{SUBSCRIPTION}/providers/Microsoft.CognitiveServices/locations/mars/models",
            400,
            "LocationNotAvailableForResourceType",
        ),
    ],
)
@pytest.mark.on_azure(cost_max_usd="0")
def test_what_is_not_there_is_named_in_azures_words(
    arm: httpx.Client, target: Target, path: str, status: int, code: str
) -> None:
    answer = arm.get(path.replace(SUBSCRIPTION, target.subscription))

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


@pytest.mark.on_azure(cost_max_usd="0")
def test_an_absent_account_is_named_with_its_group(arm: httpx.Client, group: str) -> None:
    error = arm.get(f"{group}{ACCOUNTS}/absent").json()["error"]

    assert error["code"] == "ResourceNotFound"
    assert error["message"].startswith(
        "The Resource 'Microsoft.CognitiveServices/accounts/absent' under resource group "
        f"'{group.rpartition('/')[2]}' was not found."
    )


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"location": None}, 400, "LocationRequired"),
        ({"location": "atlantis"}, 400, "LocationNotAvailableForResourceType"),
        ({"kind": "Emotion"}, 400, "InvalidApiSetId"),
        ({"kind": None}, 400, "InvalidApiSetId"),
        ({"sku": {"name": "F9"}}, 400, "InvalidSkuId"),
        ({"sku": None}, 400, "InvalidSkuId"),
        ({"properties": {"restore": True}}, 400, "CanNotRestoreANonExistingResource"),
        ({"properties": {"customSubDomainName": "no dots."}}, 400, "CustomDomainInvalid"),
    ],
)
@pytest.mark.on_azure(cost_max_usd="0")
def test_an_account_that_azure_would_refuse_is_refused(
    arm: httpx.Client, group: str, target: Target, change: dict[str, Any], status: int, code: str
) -> None:
    body = {**EXAMPLE, "location": target.location, **change}
    answer = arm.put(f"{group}{ACCOUNTS}/refused", json=body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert arm.get(f"{group}{ACCOUNTS}/refused").status_code == 404


def test_a_location_is_settled_once(arm: httpx.Client, account: str) -> None:
    same = arm.put(account, json={**EXAMPLE, "location": "Sweden Central"})
    moved = arm.put(account, json={**EXAMPLE, "location": "eastus2"})

    assert same.status_code == 200
    assert (moved.status_code, moved.json()["error"]["code"]) == (409, "InvalidResourceLocation")


def test_writes_on_an_account_that_settles_conflict(
    arm: httpx.Client, group: str, sandbox: Sandbox, unique: Callable[[str], str]
) -> None:
    path = f"{group}{ACCOUNTS}/{unique('busy')}"
    sandbox.ask("POST", "clock", {"speed": 0})
    try:
        arm.put(path, json=EXAMPLE)
        settling = arm.put(f"{path}/deployments/d", json=DEPLOYMENT)
        sandbox.advance(seconds=5)
        first = arm.put(f"{path}/deployments/one", json=DEPLOYMENT)
        second = arm.put(f"{path}/deployments/two", json=DEPLOYMENT)
        gone = arm.delete(f"{path}/deployments/one")
        sandbox.advance(seconds=5)
        later = arm.put(f"{path}/deployments/two", json=DEPLOYMENT)
    finally:
        sandbox.ask("POST", "clock", {"speed": 1})

    codes = [answer.status_code for answer in (settling, first, second, gone, later)]
    assert codes == [409, 201, 409, 409, 201]
    assert second.json()["error"]["code"] == "RequestConflict"
    assert path in second.json()["error"]["message"]


@pytest.mark.proves("GET locations/operationStatuses", client="httpx")
@pytest.mark.proves("GET locations/operationResults", client="httpx")
def test_an_unfinished_answer_says_when_in_milliseconds_alone(
    arm: httpx.Client, group: str, sandbox: Sandbox, unique: Callable[[str], str]
) -> None:
    sandbox.ask("POST", "clock", {"speed": 0})
    try:
        created = arm.put(f"{group}{ACCOUNTS}/{unique('slow')}", json=EXAMPLE)
        by_status = arm.get(created.headers["azure-asyncoperation"])
        by_location = arm.get(created.headers["location"])
    finally:
        sandbox.ask("POST", "clock", {"speed": 1})

    assert by_status.json()["status"] == "Creating"
    assert by_location.status_code == 202
    for answer in (created, by_status, by_location):
        assert int(answer.headers["retry-after-ms"]) <= 1000
        assert "retry-after" not in answer.headers


def test_absolute_urls_have_the_scheme_and_host_of_the_request(
    sandbox: Sandbox, group: str, unique: Callable[[str], str]
) -> None:
    trust = ssl.create_default_context(cafile=sandbox.running.ca)
    tls = "https://localhost:" + sandbox.running.https.rpartition(":")[2]
    headers = {"authorization": f"Bearer {sandbox.token()}"}
    for base in (sandbox.http, tls):
        with httpx.Client(base_url=base, headers=headers, verify=trust, trust_env=False) as client:
            path = f"{group}{ACCOUNTS}/{unique('url')}?api-version=2025-06-01"
            created = client.put(path, json=EXAMPLE)
            page = client.get(f"{SUBSCRIPTION}/resourceGroups?api-version=2021-04-01&$top=1")
            assert created.headers["azure-asyncoperation"].startswith(f"{base}/subscriptions/")
            assert created.json()["properties"]["endpoint"].startswith(f"{base}/_acct/")
            assert "nextLink" not in page.json() or page.json()["nextLink"].startswith(f"{base}/")
    with sandbox.arm() as client:
        name = unique("url")
        body = {**EXAMPLE, "properties": {"customSubDomainName": name}}
        created = client.put(f"{group}{ACCOUNTS}/{name}", json=body)
    assert created.json()["properties"]["endpoint"] == f"https://{name}.openai.azure.com/"


@pytest.mark.proves("GET accounts (list)", client="httpx")
def test_a_list_is_paged_to_its_end_with_every_item_once(alone: Sandbox) -> None:
    wanted = {f"page-{number:03}" for number in range(7)}
    with alone.arm() as arm:
        for name in wanted:
            arm.put(f"{SUBSCRIPTION}/resourceGroups/{name}", json={"location": "eastus2"})
        seen: list[str] = []
        link = f"{SUBSCRIPTION}/resourceGroups?$top=3"
        pages = 0
        while link:
            page = arm.get(link).json()
            seen += [one["name"] for one in page["value"] if one["name"] in wanted]
            link, pages = page.get("nextLink", ""), pages + 1

    assert sorted(seen) == sorted(wanted)
    assert pages >= 3


@pytest.mark.proves("DELETE resourceGroups", client="httpx")
def test_a_group_takes_everything_in_it_along(
    arm: httpx.Client, group: str, account: str, sandbox: Sandbox
) -> None:
    arm.put(f"{account}/deployments/d", json=DEPLOYMENT)
    sandbox.advance(seconds=2)

    deleted = arm.delete(group)
    sandbox.advance(seconds=2)

    assert deleted.status_code == 202
    assert arm.get(deleted.headers["location"]).status_code == 200
    assert arm.get(group).status_code == 404
    assert arm.get(account).json()["error"]["code"] == "ResourceGroupNotFound"


def test_every_answer_carries_azures_headers_and_the_sandboxs_date(
    arm: httpx.Client, group: str
) -> None:
    answer = arm.get(group, headers={"x-ms-client-request-id": "mine"})

    assert answer.headers["x-ms-client-request-id"] == "mine"
    for name in ("date", "x-ms-request-id", "x-ms-correlation-request-id"):
        assert answer.headers[name]
    for word, asked in {"reads": answer, "deletes": arm.delete(f"{group}-absent")}.items():
        assert asked.headers[f"x-ms-ratelimit-remaining-subscription-{word}"]
        assert asked.headers[f"x-ms-ratelimit-remaining-subscription-global-{word}"]


@pytest.mark.proves("GET providers", "GET resources", "GET subscriptions/locations", client="httpx")
@pytest.mark.proves("GET subscriptions", "GET tenants", client="httpx", differs="there is one")
def test_providers_locations_tenants_and_resources_are_listed(
    arm: httpx.Client, group: str, account: str
) -> None:
    provider = arm.get(f"{SUBSCRIPTION}/providers/microsoft.cognitiveservices").json()
    accounts = next(t for t in provider["resourceTypes"] if t["resourceType"] == "accounts")

    assert "preview" not in accounts["apiVersions"][0]
    assert arm.get("/tenants").json()["value"][0]["tenantId"].startswith("1111")
    assert arm.get("/subscriptions").json()["value"][0]["state"] == "Enabled"
    assert arm.get(f"{SUBSCRIPTION}/locations").json()["value"]
    listed = arm.get(f"{group}/resources").json()["value"]
    assert [one["id"] for one in listed] == [account]


KEYS = st.sampled_from(
    [
        "location", "kind", "sku", "name", "capacity", "tags", "properties", "model", "format",
        "version", "source", "customSubDomainName", "restore", "disableLocalAuth", "identity",
        "type", "publicNetworkAccess", "raiPolicyName", "keyName", "id", "etag", "_sandbox",
    ]
)  # fmt: skip
WORDS = st.sampled_from(
    [
        "subscriptions", SUBSCRIPTION.rpartition("/")[2], "resourceGroups", "providers", "a", "..",
        "Microsoft.CognitiveServices", "accounts", "deployments", "locations", "models", "é", "%00",
        "eastus2", "usages", "Microsoft.Insights", "eventtypes", "management", "values", "metadata",
        "endpoints", "deletedAccounts", "operationResults", "listKeys", "_acct", "openai", "skus",
    ]
)  # fmt: skip


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    method=st.sampled_from(["GET", "PUT", "PATCH", "POST", "DELETE", "HEAD", "OPTIONS"]),
    words=st.lists(WORDS, max_size=11),
    body=st.one_of(
        st.none(),
        st.binary(max_size=20),
        st.dictionaries(
            st.sampled_from(["location", "sku", "kind", "properties", "tags", "x"]),
            st.recursive(
                st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
                lambda inner: st.dictionaries(st.text(max_size=5), inner, max_size=2),
                max_leaves=4,
            ),
        ),
    ),
    query=st.sampled_from(
        [
            "",
            "?api-version=2025-06-01",
            "?api-version=2025-06-01&$top=x&$skiptoken=%F0",
            "?$filter=",
        ]
    ),
)
def test_no_request_whatever_is_answered_with_an_accident(
    arm: httpx.Client, method: str, words: list[str], body: Any, query: str
) -> None:
    content = body if isinstance(body, bytes) else None
    sent = body if isinstance(body, dict) else None

    answer = arm.request(method, "/" + "/".join(words) + query, content=content, json=sent)

    assert answer.status_code < 500, answer.text


HOSTILE = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6),
        st.sampled_from(["OpenAI", "gpt-4.1", "S0", "eastus2", "GlobalStandard", "9" * 400, 1e308]),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=8,
)  # fmt: skip


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(method=st.sampled_from(["PUT", "PATCH", "POST"]), body=st.dictionaries(KEYS, HOSTILE))
def test_no_body_whatever_breaks_a_resource_that_exists(
    arm: httpx.Client, account: str, sandbox: Sandbox, method: str, body: dict[str, Any]
) -> None:
    content = json.dumps(body).encode()
    sandbox.advance(seconds=2)
    for path in (account, f"{account}/deployments/d", f"{account}/regenerateKey"):
        answer = arm.request(method, path, content=content)
        assert answer.status_code < 500, answer.text
        assert arm.get(path).status_code < 500


@pytest.mark.parametrize(
    "body",
    [
        b'{"tags": {"a": NaN}}',
        b'{"tags": {"a": 1e999}}',
        b'{"tags": {"a": "\\ud800"}}',
        b'{"tags": ' + b'{"a":' * 500 + b"1" + b"}" * 501,
    ],
)
def test_json_that_could_not_be_shown_again_is_refused(
    arm: httpx.Client, account: str, body: bytes
) -> None:
    answer = arm.patch(account, content=body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "InvalidRequestContent")


def test_a_patch_moves_nothing(arm: httpx.Client, account: str) -> None:
    moved = arm.patch(account, json={"location": "eastus2"})
    unplaced = arm.patch(account, json={"location": None})

    assert (moved.status_code, unplaced.status_code) == (409, 400)
    assert arm.get(account).json()["location"] == "swedencentral"


def test_bytes_that_are_no_request_get_json(sandbox: Sandbox) -> None:
    import socket

    port = int(sandbox.http.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(b"\x16\x03\x01 nonsense\r\n\r\n")
        assert b'"BadRequest"' in line.recv(4096)
