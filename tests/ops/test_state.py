"""What the exported state tells: protection, and what a crash left half done."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ftops.engine.refusal import held, is_left_over, refusal
from ftops.engine.state import pending, pending_labels, protected, retained, settled
from ftops_catalog.errors import Blocked, CloudRefused, Conflict, FtopsError

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
TOKEN = "azure-native:cognitiveservices:Deployment"
PATH = (
    "/subscriptions/s/resourceGroups/rg/providers/Microsoft.CognitiveServices"
    "/accounts/oai/deployments/chat"
)


def _resource(name: str, token: str = TOKEN, **more: object) -> dict[str, Any]:
    inputs = {"resourceGroupName": "rg", "accountName": "oai", "deploymentName": name}
    urn = f"urn:pulumi:dev::ftops::{token}::oai/{name}"
    return {"urn": urn, "type": token, "custom": True, "inputs": inputs, **more}


def _state(*operations: dict[str, Any]) -> dict[str, Any]:
    return {"resources": [_resource("base", id="b")], "pending_operations": list(operations)}


def test_what_is_protected_and_what_is_retained_is_named() -> None:
    state = {
        "resources": [
            _resource("a", protect=True),
            _resource("b", retainOnDelete=True),
            _resource("c", protect=False),
        ]
    }

    assert protected(state) == ["oai/a"]
    assert retained(state) == ["oai/b"]
    assert (protected({}), retained({}), pending({}, "s")) == ([], [], [])


def test_what_was_being_created_is_looked_for_at_its_arm_id() -> None:
    state = _state({"type": "creating", "resource": _resource("chat")})
    (found,) = pending(state, "s")

    assert (found.kind, found.label, found.path) == ("creating", "oai/chat", PATH)
    assert pending_labels(state) == ["oai/chat"]


def test_what_the_arm_table_does_not_know_has_no_path() -> None:
    strange = _resource("x", "random:index:Pet")

    assert pending(_state({"type": "creating", "resource": strange}), "s")[0].path is None


def test_what_was_found_is_in_the_state_as_if_made_in_peace() -> None:
    state = _state({"type": "creating", "resource": _resource("chat")})
    (found,) = pending(state, "s")
    body = {"id": PATH, "name": "chat", "sku": {"name": "Standard", "capacity": 1}}
    whole = settled(state, [(found, body)], [], NOW)
    made = whole["resources"][-1]

    assert [each["urn"] for each in whole["resources"]] == [
        _resource("base")["urn"],
        _resource("chat")["urn"],
    ]
    assert (made["id"], made["outputs"]["sku"]["capacity"]) == (PATH, 1)
    assert made["inputs"] == _resource("chat")["inputs"]
    assert made["created"] == "2026-11-21T08:00:00Z"
    assert "pending_operations" not in whole


def test_what_was_not_found_is_made_by_the_next_run_and_what_nobody_knows_stays() -> None:
    gone = {"type": "creating", "resource": _resource("chat")}
    strange = {"type": "creating", "resource": _resource("x", "random:index:Pet")}
    state = _state(gone, strange)
    whole = settled(state, [], [each for each in pending(state, "s") if not each.path], NOW)

    assert whole["resources"] == state["resources"]
    assert whole["pending_operations"] == [strange]


def test_what_the_state_has_already_is_not_in_it_twice() -> None:
    state = _state({"type": "creating", "resource": _resource("base")})
    (found,) = pending(state, "s")

    assert settled(state, [(found, {"id": "b"})], [], NOW)["resources"] == state["resources"]


LOCK = "file:///x/locks/dev.json: created by ann@far (pid 7) at 2026-11-21T06:00:00Z"


def test_whose_run_holds_the_stack_is_told() -> None:
    error = held(["error: the stack is currently locked by 1 lock(s).", f"  {LOCK}"])

    assert error.message == (
        "another run holds this stack: ann on far, process 7 since 2026-11-21T06:00:00Z"
    )
    assert "pulumi cancel" in error.hint
    assert not is_left_over([LOCK]), "a process of another machine is not ours to judge"
    assert held(["no word"]).message == "another run holds this stack"


@pytest.mark.parametrize(
    ("lines", "kind", "message"),
    [
        (
            ["  [mandatory]  capacity-is-bounded", "  error: preview failed"],
            Blocked,
            "the policy pack says no: capacity-is-bounded",
        ),
        (
            ["    error: resource urn:x violates plan: properties changed"],
            Conflict,
            "pulumi: resource urn:x violates plan: properties changed",
        ),
        (
            ["  error: update failed", "  error: oai: no (InsufficientQuota)", "  Hint: less"],
            CloudRefused,
            "pulumi: oai: no (InsufficientQuota)",
        ),
        ([], CloudRefused, "pulumi: no word"),
    ],
)
def test_a_run_that_failed_is_one_sentence(
    lines: list[str], kind: type[FtopsError], message: str
) -> None:
    error = refusal(lines, "dev")

    assert isinstance(error, kind)
    assert error.message == message
    assert error.hint
