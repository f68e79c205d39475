"""`ftops deploy` against a running sandbox: gated, priced, made, and seen to answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.ops.conftest import Lab

OWNED = ("--owner", "ana", "--yes", "--sku", "DeveloperTier")
"""That SKU has no hosting fee, so that many tests share one environment's budget."""


def deploy(lab: Lab, job: str, name: str, *options: object) -> dict[str, Any]:
    words = ("deploy", job, name, "--ttl", "24h", *OWNED)
    found: dict[str, Any] = lab.json(*words, *options)["deployment"]
    return found


def test_a_deployment_is_made_owned_priced_and_ready(lab: Lab, trained: str) -> None:
    made = deploy(lab, trained, "made", "--sku", "Standard")

    assert made["ready"] is True
    assert made["unchanged"] is False
    assert made["model"].endswith("-lab")
    assert (made["state"], made["owner"], made["environment"]) == ("Succeeded", "ana", "dev")
    assert made["hosting_usd_per_hour"] == "1.7"
    assert made["hosting_usd_until_expiry"] == "40.8"
    left = datetime.fromisoformat(made["expires_at"]) - lab.sandbox.now()
    assert timedelta(hours=22) < left <= timedelta(hours=24)
    assert [e["kind"] for e in lab.entries() if e["subject"] == made["id"]] == ["deployed"]


def test_the_same_again_changes_nothing(lab: Lab, trained: str) -> None:
    first = deploy(lab, trained, "twice")

    second = deploy(lab, trained, "twice")

    assert second["unchanged"] is True
    assert second["expires_at"] == first["expires_at"]
    assert len([e for e in lab.entries() if e["subject"] == first["id"]]) == 1


def test_a_longer_life_is_written(lab: Lab, trained: str) -> None:
    first = deploy(lab, trained, "longer")

    longer = deploy(lab, trained, "longer", "--ttl", "48h")

    grown = datetime.fromisoformat(longer["expires_at"]) - datetime.fromisoformat(
        first["expires_at"]
    )
    assert timedelta(hours=23) < grown < timedelta(hours=25)
    assert longer["unchanged"] is False


@pytest.mark.parametrize(
    ("options", "code", "part"),
    [
        (("--yes",), 2, "needs a time to live"),
        (("--yes", "--ttl", ""), 2, "--ttl"),
        (("--ttl", "24h"), 2, "waits for a yes"),
        (("--yes", "--ttl", "24h", "--sku", "Standrd"), 4, "Standard"),
        (("--yes", "--ttl", "24h", "--capacity", "5000"), 1, "-finetune has"),
        (("--yes", "--ttl", "24h", "--account", "nobodys"), 2, "oai-lab"),
    ],
    ids=str,
)
def test_a_refused_deployment_is_one_sentence_and_nothing_is_made(
    options: tuple[str, ...], code: int, part: str, lab: Lab, trained: str
) -> None:
    result = lab.ftops("deploy", trained, "refused", *options)

    assert result.exit_code == code
    assert part in result.stderr
    assert "refused" not in lab.deployments()


def test_a_rule_that_blocks_is_shown_and_nothing_is_made(lab: Lab, trained: str) -> None:
    words = ("deploy", trained, "blocked", "--ttl", "24h", "--capacity", 60, *OWNED)

    body = lab.json(*words, exit_code=1)

    assert body["deployment"] is None
    assert [finding["rule"] for finding in body["findings"]] == ["capacity-is-bounded"]
    assert "blocked" not in lab.deployments()


def test_what_prod_serves_is_promoted_and_not_deployed(lab: Lab, trained: str) -> None:
    words = ("deploy", trained, "straight", "--environment", "prod", *OWNED, "--sku", "Standard")

    body = lab.json(*words, exit_code=1)
    said = {finding["rule"]: finding["state"] for finding in body["findings"]}

    assert said["readiness-is-recorded"] == said["baseline-is-measured"] == "broken"
    assert said["protected-where-callers-depend"] == "unknown"
    assert "straight" not in lab.deployments()


def test_a_sku_that_azure_ends_earlier_is_said(lab: Lab, trained: str) -> None:
    result = lab.ftops("deploy", trained, "brief", "--ttl", "48h", *OWNED)

    assert result.exit_code == 0
    assert "24 hours after its creation" in result.stderr


def test_a_name_that_serves_something_else_is_a_conflict(lab: Lab, trained: str) -> None:
    result = lab.ftops("deploy", trained, "base", "--ttl", "24h", *OWNED)

    assert result.exit_code == 4
    assert "base exists and serves gpt-4.1-mini" in result.stderr


def test_a_base_model_is_no_experiment(lab: Lab) -> None:
    result = lab.ftops("deploy", "gpt-4.1-mini", "--ttl", "24h", *OWNED)

    assert result.exit_code == 2
    assert "Pulumi" in result.stderr


def test_a_job_that_still_runs_has_nothing_to_deploy(lab: Lab) -> None:
    job = lab.submit("--suffix", "unfinished")

    result = lab.ftops("deploy", job["id"], "--ttl", "24h", *OWNED)

    assert result.exit_code == 1
    assert f"ftops tune watch {job['id']}" in result.stderr


def test_azure_s_refusal_is_quoted(lab: Lab, trained: str) -> None:
    refusal = {"code": "RequestDisallowedByPolicy", "message": "no deployments today"}
    lab.sandbox.refuse("PUT .*/deployments/unwelcome", 403, times=1, **refusal)

    result = lab.ftops("deploy", trained, "unwelcome", "--ttl", "24h", *OWNED)

    assert result.exit_code == 3
    assert "RequestDisallowedByPolicy" in result.stderr
    assert (
        lab.ftops(
            "deploy", trained, "unwelcome", "--ttl", "24h", "--sku", "DeveloperTier", *OWNED
        ).exit_code
        == 0
    )
