"""An experiment: named, tagged, with an end of life that repeating does not move."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ftops.estate import Deployment, account_of, parse_deployment
from ftops.experiment import (
    Experiment,
    check_quota,
    cost_of_life,
    is_tuned,
    parse_name,
    parse_ttl,
    tuned_model,
)
from ftops.job import Job
from ftops.quota import Pool
from ftops_catalog.errors import BadUsage, Blocked, Conflict, FtopsError

HEX = "0123456789abcdef" * 2
TUNED = f"gpt-4.1-mini-2025-04-14.ft-{HEX}"
BORN = datetime(2026, 11, 1, tzinfo=UTC)
WANTED = Experiment("try", TUNED, "OpenAI", "Standard", 10, "ana", "dev", ttl=timedelta(hours=24))
ID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a"


def existing(experiment: Experiment = WANTED, **more: Any) -> Deployment:
    body = experiment.body(BORN)
    body["systemData"] = {"createdAt": "2026-11-01T00:00:00Z"}
    body["properties"]["provisioningState"] = "Succeeded"
    return parse_deployment({**body, "name": "try", **more}, account_of(ID))


def test_a_body_has_owner_environment_end_and_maker() -> None:
    assert WANTED.body(BORN)["tags"] == {
        "owner": "ana",
        "environment": "dev",
        "managed-by": "ftops",
        "expires-at": "2026-11-02T00:00:00Z",
    }
    assert WANTED.body(BORN)["properties"]["model"]["version"] == "1"


def test_without_a_time_to_live_there_is_no_end() -> None:
    assert "expires-at" not in replace(WANTED, ttl=None).body(BORN)["tags"]


def test_the_same_again_stands_as_it_is() -> None:
    assert WANTED.stands(existing(), BORN + timedelta(hours=3))


@pytest.mark.parametrize(
    "change",
    [{"capacity": 20}, {"owner": "rui"}, {"ttl": timedelta(hours=48)}, {"environment": "staging"}],
    ids=str,
)
def test_another_wish_is_written(change: dict[str, Any]) -> None:
    assert not replace(WANTED, **change).stands(existing(), BORN + timedelta(hours=3))


def test_a_failed_deployment_does_not_stand() -> None:
    broken = replace(existing(), state="Failed")

    assert not WANTED.stands(broken, BORN + timedelta(hours=3))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"model": TUNED + "-b"}, Conflict),
        ({"sku": "GlobalStandard"}, Conflict),
        ({"ttl": timedelta(hours=2)}, BadUsage),
    ],
    ids=str,
)
def test_a_wish_that_clashes_with_what_exists_is_refused(
    change: dict[str, Any], error: type[FtopsError]
) -> None:
    with pytest.raises(error):
        replace(WANTED, **change).stands(existing(), BORN + timedelta(hours=3))


@pytest.mark.parametrize(
    ("text", "environment", "span"),
    [
        ("24h", "dev", timedelta(hours=24)),
        ("3d", "prod", timedelta(days=3)),
        (None, "prod", None),
    ],
)
def test_a_time_to_live_is_read(text: str | None, environment: str, span: timedelta | None) -> None:
    assert parse_ttl(text, environment) == span


@pytest.mark.parametrize(
    ("text", "environment"),
    [(None, "dev"), (None, "staging"), ("", "dev"), ("", "prod"), ("0h", "dev"), ("soon", "dev")],
)
def test_a_time_to_live_is_never_assumed(text: str | None, environment: str) -> None:
    with pytest.raises(BadUsage):
        parse_ttl(text, environment)


@pytest.mark.parametrize(
    ("text", "model", "name"),
    [
        ("mine", TUNED, "mine"),
        (None, TUNED, "ft-01234567"),
        (None, f"{TUNED}-sarcastic", "sarcastic"),
        (None, f"ftchkpt-{HEX}", "ft-01234567"),
    ],
)
def test_a_deployment_is_named_after_its_model(text: str | None, model: str, name: str) -> None:
    assert parse_name(text, model) == name


@pytest.mark.parametrize("text", ["", "a", "-ab", "a b", "x" * 65, "a/b"])
def test_a_name_that_arm_refuses_is_bad_usage(text: str) -> None:
    with pytest.raises(BadUsage):
        parse_name(text, TUNED)


def test_only_tuned_models_are_experiments() -> None:
    assert is_tuned(TUNED)
    assert is_tuned(f"ftchkpt-{HEX}")
    assert not is_tuned("gpt-4.1-mini")


@pytest.mark.parametrize("status", ["pending", "running", "failed", "succeeded"])
def test_a_job_without_a_model_has_nothing_to_deploy(status: str) -> None:
    with pytest.raises(Blocked):
        tuned_model(Job("ftjob-1", status, "gpt-4.1-mini"))


def test_the_model_of_a_job_is_deployed() -> None:
    job = Job("ftjob-1", "succeeded", "gpt-4.1-mini", fine_tuned_model=TUNED)

    assert tuned_model(job) == TUNED


@pytest.mark.parametrize(
    ("used", "limit", "state"),
    [(0, 10, "free"), (1, 10, "full"), (10, 10, "full"), (None, 10, "unverified")],
)
def test_quota_is_free_full_or_unverified(used: int | None, limit: int, state: str) -> None:
    number = None if used is None else Decimal(used)
    pools = [Pool("swedencentral", "OpenAI.Standard.x-finetune", "", number, Decimal(limit))]

    if state == "full":
        with pytest.raises(Blocked):
            check_quota(pools, "openai.standard.X-finetune", 10)
    else:
        said = check_quota(pools, "OpenAI.Standard.x-finetune", 10)
        assert said.startswith("quota unverified") == (state == "unverified")


def test_a_pool_that_is_not_told_is_unverified() -> None:
    assert check_quota([], "p", 1).startswith("quota unverified")


def test_a_life_costs_its_hours() -> None:
    assert cost_of_life(Decimal("1.70"), timedelta(hours=24)) == Decimal("40.8")
    assert cost_of_life(None, timedelta(hours=24)) is None
    assert cost_of_life(Decimal("1.70"), None) is None
