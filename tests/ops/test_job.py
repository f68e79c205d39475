"""A job: read from any answer, one recipe one seed, its progress and its bill."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftops.job import (
    Event,
    Job,
    Recipe,
    billed_tokens,
    choose_job,
    final_loss,
    find_made,
    parse_event,
    parse_job,
    parse_suffix,
    share_done,
)
from ftops_catalog.errors import BadUsage

START = datetime(2026, 11, 1, tzinfo=UTC)
RECIPE = Recipe("gpt-4.1-mini-2025-04-14", "GlobalStandard", "sft", training="a" * 64)
TOLD = {
    "id": "ftjob-1",
    "status": "running",
    "model": RECIPE.model,
    "seed": RECIPE.sown,
    "trainingType": "globalStandard",
    "training_file": "file-1",
    "method": {"type": "supervised"},
    "hyperparameters": {"n_epochs": -1},
    "created_at": int(START.timestamp()),
    "estimated_finish": int(START.timestamp()) + 1000,
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)


@given(more=st.dictionaries(st.sampled_from([*TOLD, "error", "suffix", "finished_at"]), JSON))
def test_a_job_is_read_from_whatever_is_answered(more: dict[str, Any]) -> None:
    job = parse_job({**TOLD, **more})

    assert isinstance(job.status, str)
    assert share_done(job, START) is None or 0 <= (share_done(job, START) or 0) <= 1


@pytest.mark.parametrize(
    "change",
    [
        {"model": "gpt-4.1-nano-2025-04-14"},
        {"training_type": "Standard"},
        {"method": "dpo"},
        {"training": "b" * 64},
        {"validation": "c" * 64},
        {"suffix": "other"},
        {"hyperparameters": {"n_epochs": 2}},
    ],
    ids=str,
)
def test_another_recipe_has_another_seed_and_is_another_job(change: dict[str, Any]) -> None:
    other = replace(RECIPE, **change)

    assert other.sown != RECIPE.sown
    assert find_made(RECIPE, [parse_job(TOLD)], "file-1", "") is not None
    assert find_made(other, [parse_job(TOLD)], "file-1", "") is None


def test_a_seed_of_one_s_own_needs_the_same_files() -> None:
    recipe = replace(RECIPE, seed=7)
    job = parse_job({**TOLD, "seed": 7})

    assert find_made(recipe, [job], "file-1", "") is job
    assert find_made(recipe, [job], "file-2", "") is None
    assert find_made(recipe, [job], "file-1", "file-3") is None


@pytest.mark.parametrize(
    ("status", "found"),
    [
        ("pending", True),
        ("paused", True),
        ("succeeded", True),
        ("failed", False),
        ("cancelled", False),
    ],
)
def test_a_job_that_came_to_nothing_is_started_anew(status: str, found: bool) -> None:  # noqa: FBT001 - a table's column
    job = parse_job({**TOLD, "status": status})

    assert (find_made(RECIPE, [job], "file-1", "") is not None) == found


def test_a_request_states_only_what_was_chosen() -> None:
    bare = RECIPE.request("file-1", "")
    chosen = replace(RECIPE, suffix="s", hyperparameters={"n_epochs": 2}).request(
        "file-1", "file-2"
    )

    assert bare["method"] == {"type": "supervised"}
    assert not {"suffix", "validation_file"} & set(bare)
    assert chosen["method"] == {
        "type": "supervised",
        "supervised": {"hyperparameters": {"n_epochs": 2}},
    }
    assert (chosen["suffix"], chosen["validation_file"]) == ("s", "file-2")


@pytest.mark.parametrize(
    ("seconds", "share"), [(-5, 0.0), (0, 0.0), (250, 0.25), (1000, 1.0), (5000, 1.0)]
)
def test_progress_is_the_share_of_the_estimated_time(seconds: int, share: float) -> None:
    assert share_done(parse_job(TOLD), START + timedelta(seconds=seconds)) == share


def test_progress_is_unknown_where_nobody_estimates() -> None:
    assert share_done(parse_job({**TOLD, "estimated_finish": None}), START) is None


def test_the_last_step_tells_the_final_loss() -> None:
    messages = ["Training started.", "Step 10: training loss=2.50", "Step 20: training loss=1.25"]
    events = [parse_event({"id": text, "message": text}) for text in messages]

    assert final_loss(events[::-1]) == 1.25
    assert final_loss(events[:1]) is None


def test_the_bill_is_the_job_s_or_else_an_event_s() -> None:
    event = Event("e", None, "info", "Training tokens billed: 7223000")

    assert billed_tokens(parse_job({**TOLD, "trained_tokens": 5}), [event]) == 5
    assert billed_tokens(parse_job(TOLD), [event]) == 7223000
    assert billed_tokens(parse_job(TOLD), []) is None


def test_the_error_of_a_job_quotes_azure_s_code() -> None:
    job = parse_job({**TOLD, "error": {"code": "jsonlValidationFailed", "message": "line 3"}})

    assert job.error == "line 3 (jsonlValidationFailed)"


def test_latest_is_the_first_of_the_newest_first() -> None:
    jobs = [Job("ftjob-b", "running", "m"), Job("ftjob-a", "succeeded", "m")]

    assert choose_job(jobs, "latest").id == "ftjob-b"
    assert choose_job(jobs, "FTJOB-A").id == "ftjob-a"
    with pytest.raises(BadUsage):
        choose_job([], "latest")
    with pytest.raises(BadUsage):
        choose_job(jobs, "ftjob-c")


@pytest.mark.parametrize("suffix", ["a.b", "ü", "x" * 41, "a b"])
def test_a_suffix_that_azure_refuses_is_bad_usage(suffix: str) -> None:
    with pytest.raises(BadUsage):
        parse_suffix(suffix)


def test_a_suffix_may_be_left_out() -> None:
    assert parse_suffix(None) == parse_suffix("") == ""
