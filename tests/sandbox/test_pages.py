"""Pages of long lists: each thing once, in order, whatever the size of a page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from tests.conftest import Sandbox

SUBSCRIPTION = "/subscriptions/22222222-2222-2222-2222-222222222222"
ACCOUNTS = "providers/Microsoft.CognitiveServices/accounts"
LOG = f"{SUBSCRIPTION}/providers/Microsoft.Insights/eventtypes/management/values"


@pytest.fixture(scope="module")
def arm(alone: Sandbox) -> Iterator[httpx.Client]:
    """Two groups of accounts whose names interleave, and a network among them."""
    for group in ("one", "one-more"):
        alone.ask("POST", "world", {"generate": {"group": group, "accounts": 60, "deployments": 2}})
    with alone.arm() as client:
        body = {
            "location": "eastus2",
            "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}},
        }
        network = f"{SUBSCRIPTION}/resourceGroups/one/providers/Microsoft.Network/virtualNetworks/n"
        made = client.put(network, params={"api-version": "2024-05-01"}, json=body)
        assert made.status_code == 201, made.text
        yield client


def _walk(arm: httpx.Client, path: str, **query: str) -> list[list[Any]]:
    """Every page of a list, by its nextLink."""
    page = arm.get(path, params=query).json()
    pages = [page["value"]]
    while link := page.get("nextLink"):
        page = arm.get(link).json()
        pages.append(page["value"])
    return pages


@pytest.mark.parametrize(
    ("path", "count"),
    [
        (f"{SUBSCRIPTION}/{ACCOUNTS}", 120),
        (f"{SUBSCRIPTION}/resourceGroups/one/{ACCOUNTS}", 60),
        (f"{SUBSCRIPTION}/resourceGroups/ONE/resources", 61),
        (f"{SUBSCRIPTION}/resources", 121),
        (f"{SUBSCRIPTION}/resourceGroups/one/{ACCOUNTS}/one-0003/deployments", 2),
    ],
)
def test_pages_of_any_size_hold_each_resource_once_in_order(
    arm: httpx.Client, path: str, count: int
) -> None:
    whole = [one["id"] for one in _walk(arm, path)[0]]
    by_seven = _walk(arm, path, **{"$top": "7"})
    by_one = _walk(arm, path, **{"$top": "1"})[: count + 1] if count < 10 else []

    assert len(whole) == count
    assert whole == sorted(whole, key=str.casefold)
    assert [one["id"] for page in by_seven for one in page] == whole
    assert {len(page) for page in by_seven[:-1]} <= {7}
    assert [one["id"] for page in by_one for one in page] == (whole if by_one else [])


@pytest.mark.parametrize("asked", ["", " and status eq 'Succeeded'"])
def test_pages_of_the_activity_log_hold_each_entry_once_newest_first(
    arm: httpx.Client, alone: Sandbox, asked: str
) -> None:
    since = alone.now().isoformat().replace("+00:00", "Z").split(".")[0]
    for number in range(20):
        arm.put(f"{SUBSCRIPTION}/resourceGroups/log-{number}", json={"location": "eastus2"})
    wanted = f"eventTimestamp ge '{since}'{asked}"
    log = {"$filter": wanted, "api-version": "2015-04-01"}
    whole = [entry["eventDataId"] for page in _walk(arm, LOG, **log) for entry in page]
    by_seven = _walk(arm, LOG, **log, **{"$top": "7"})
    entries = [entry for page in by_seven for entry in page]
    times = [entry["eventTimestamp"] for entry in entries]

    assert len(whole) >= 20
    assert [entry["eventDataId"] for entry in entries] == whole
    assert len(set(whole)) == len(whole)
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize("token", ["####", "eA==", "LTEgLTE=", "OTk5OTk5OTk5OTk5OTk5OTk5OTkgMQ=="])
def test_a_token_of_nobodys_making_is_an_empty_page_or_refused(
    arm: httpx.Client, alone: Sandbox, token: str
) -> None:
    since = alone.now().isoformat().replace("+00:00", "Z")
    log = {"$filter": f"eventTimestamp ge '{since}'", "api-version": "2015-04-01"}

    for path, query in ((LOG, log), (f"{SUBSCRIPTION}/{ACCOUNTS}", {})):
        answer = arm.get(path, params={**query, "$skiptoken": token})
        assert answer.status_code in (200, 400), answer.text
        assert answer.is_success or answer.json()["error"]["code"]
