"""A reviewed plan is applied as it is, taken up where it was left, or refused in one sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftops.engine.update_plan import UpdatePlan, choose_plan, read_plan
from ftops_catalog.errors import BadConfig, BadUsage, Conflict, FtopsError

URN = "urn:pulumi:dev::ftops::azure-native:cognitiveservices:Account::"
REVIEWED, FRESH = Path("reviewed.json"), Path("fresh.json")


def _entry(step: str, **inputs: object) -> dict[str, Any]:
    goal = {"type": "t", "name": "n", "inputDiff": {"adds": inputs}, "provider": "one::id"}
    return {"goal": goal, "steps": [step], "state": {"etag": "1"}, "seed": "a"}


def _plan(
    file: Path, config: dict[str, Any] | None = None, **entries: dict[str, Any]
) -> UpdatePlan:
    return UpdatePlan(file, config or {}, {f"{URN}{name}": each for name, each in entries.items()})


def test_what_differs_from_run_to_run_is_no_change() -> None:
    later = _entry("create", a=1) | {"seed": "b", "state": {"etag": "2"}}
    later["goal"] = later["goal"] | {"provider": "another::id"}
    reviewed = _plan(REVIEWED, oai=_entry("create", a=1))

    assert choose_plan(reviewed, _plan(FRESH, oai=later), "dev") == REVIEWED


def test_what_was_done_already_is_left_out() -> None:
    reviewed = _plan(REVIEWED, one=_entry("create"), two=_entry("create"), old=_entry("delete"))
    left = _plan(FRESH, one=_entry("same"), two=_entry("create"))

    assert choose_plan(reviewed, left, "dev") == FRESH


@pytest.mark.parametrize(
    ("reviewed", "fresh", "sentence"),
    [
        ({"a": _entry("same")}, {"a": _entry("create")}, "a was same, now create"),
        ({"a": _entry("create", x=1)}, {"a": _entry("create", x=2)}, "a is create otherwise"),
        ({}, {"a": _entry("create")}, "a was nothing, now create"),
        ({"a": _entry("create")}, {}, "a was create, now nothing"),
        ({"a": _entry("delete")}, {"a": _entry("same")}, "a was delete, now same"),
        ({"a": _entry("update")}, {"a": _entry("replace")}, "a was update, now replace"),
        (
            {},
            {name: _entry("create") for name in "abcde"},
            (
                "a was nothing, now create, b was nothing, now create, c was nothing, now create"
                " and 2 more"
            ),
        ),
    ],
)
def test_what_was_not_reviewed_is_refused_by_name(
    reviewed: dict[str, Any], fresh: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(Conflict) as refused:
        choose_plan(_plan(REVIEWED, **reviewed), _plan(FRESH, **fresh), "dev")

    assert refused.value.message == f"the plan no longer holds: {sentence}"
    assert refused.value.hint == "ftops preview dev --save-plan FILE"


def test_a_changed_stack_file_is_refused_even_where_nothing_would_change() -> None:
    with pytest.raises(Conflict, match="ftops:tags of the stack file changed since"):
        choose_plan(
            _plan(REVIEWED, {"ftops:tags": {"a": "b"}, "ftops:location": "x"}),
            _plan(FRESH, {"ftops:tags": {"a": "c"}, "ftops:location": "x"}),
            "dev",
        )


def test_a_secret_that_was_closed_again_is_the_same_secret() -> None:
    reviewed = _plan(REVIEWED, {"ftops:key": {"ciphertext": "v1:one"}})
    fresh = _plan(FRESH, {"ftops:key": {"ciphertext": "v1:two"}})

    assert choose_plan(reviewed, fresh, "dev") == REVIEWED


STEPS = st.sampled_from(["same", "create", "update", "delete", "replace"])
ENTRIES = st.dictionaries(st.sampled_from("abc"), st.builds(_entry, STEPS, x=st.integers(0, 1)))


@given(ENTRIES, ENTRIES)
def test_nothing_happens_that_was_not_reviewed(before: dict[str, Any], now: dict[str, Any]) -> None:
    try:
        choose_plan(_plan(REVIEWED, **before), _plan(FRESH, **now), "dev")
    except Conflict:
        return

    for name, entry in now.items():
        assert entry["steps"] == ["same"] or entry == before[name]
    for name, entry in before.items():
        assert name in now or entry["steps"] == ["delete"]


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        (None, BadUsage, "there is no plan file"),
        ("", BadConfig, "is not a plan that Pulumi wrote"),
        ("[]", BadConfig, "is not a plan that Pulumi wrote"),
        ('{"version": 3, "deployment": {}}', BadConfig, "is not a plan that Pulumi wrote"),
        ("[" * 100_000, BadConfig, "is not a plan that Pulumi wrote"),
        ("\udcff", BadConfig, "is not a plan that Pulumi wrote"),
        ('{"manifest": {}, "resourcePlans": {"a": 1}}', BadConfig, "not a plan that Pulumi"),
        ('{"manifest": {}, "resourcePlans": {}}', BadConfig, "is a plan of nothing, not of dev"),
        (
            json.dumps({"manifest": {}, "resourcePlans": {URN.replace("dev", "prod"): {}}}),
            BadConfig,
            "is a plan of prod, not of dev",
        ),
    ],
)
def test_a_file_that_is_no_plan_of_the_environment_is_refused(
    tmp_path: Path, content: str | None, error: type[FtopsError], message: str
) -> None:
    file = tmp_path / "plan.json"
    if content is not None:
        file.write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(error) as refused:
        read_plan(file, "dev")

    assert message in refused.value.message
    assert refused.value.hint == "ftops preview dev --save-plan FILE"
