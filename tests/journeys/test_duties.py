"""Each duty's identity, signed in with real clients: it can do its job, and no more."""

from __future__ import annotations

import io
import json
import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from azure.core.exceptions import HttpResponseError
from azure.identity import ClientAssertionCredential, get_bearer_token_provider
from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient
from azure.mgmt.cognitiveservices.models import (
    Account,
    Deployment,
    DeploymentModel,
    DeploymentProperties,
    Sku,
)
from azure.monitor.querymetrics import MetricsClient
from click.testing import CliRunner
from openai import APIStatusError, AzureOpenAI
from tests.journeys.test_scenarios import SPEED, SUBSCRIPTION, project_of

from ftops.cli import main
from ftops.duty import DUTIES

if TYPE_CHECKING:
    from tests.conftest import Sandbox

TENANT = "11111111-1111-1111-1111-111111111111"
GROUP, ACCOUNT, BASE = "rg-ftops-identities-and-roles", "oai-roles", "gpt-4.1-mini"
WHO = {
    "caller": "id-app",
    "trainer": "id-trainer",
    "deployer": "id-deployer",
    "sweeper": "id-sweeper",
    "reader": "id-report",
}
EVERYBODY = {"read the account", "list deployments"}
MAY = {
    "caller": {"call", "list jobs", "list files"},
    "trainer": {"upload", "list jobs", "list files"},
    "deployer": {"call", "list jobs", "deploy", "delete"},
    "sweeper": {"deploy", "delete", "list accounts", "read metrics"},
    "reader": {"list accounts", "read metrics"},
}
DEPLOYMENT = Deployment(
    sku=Sku(name="GlobalStandard", capacity=1),
    properties=DeploymentProperties(
        model=DeploymentModel(format="OpenAI", name=BASE, version="2025-04-14")
    ),
)
LINE = {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}


@dataclass(frozen=True)
class Person:
    """One identity with every client that it might use."""

    endpoint: str
    client_id: str
    mine: str = field(default_factory=lambda: f"try-{uuid.uuid4().hex[:6]}")

    @cached_property
    def credential(self) -> ClientAssertionCredential:
        return ClientAssertionCredential(TENANT, self.client_id, lambda: "federated")

    @cached_property
    def arm(self) -> CognitiveServicesManagementClient:
        return CognitiveServicesManagementClient(self.credential, SUBSCRIPTION)

    @cached_property
    def plane(self) -> AzureOpenAI:
        scope = "https://cognitiveservices.azure.com/.default"
        return AzureOpenAI(
            azure_endpoint=self.endpoint,
            azure_ad_token_provider=get_bearer_token_provider(self.credential, scope),
            api_version="2025-04-01-preview",
            max_retries=0,
        )

    @property
    def deeds(self) -> dict[str, Callable[[], object]]:
        """What anybody might try, in an order in which what is deployed is deleted."""
        arm, plane, here = self.arm, self.plane, (GROUP, ACCOUNT)
        training = io.BytesIO("\n".join([json.dumps(LINE)] * 10).encode())
        ask: list[Any] = [{"role": "user", "content": "hello"}]
        return {
            "read the account": lambda: arm.accounts.get(*here),
            "list deployments": lambda: list(arm.deployments.list(*here)),
            "list accounts": lambda: list(arm.accounts.list_by_resource_group(GROUP)),
            "read metrics": self._metrics,
            "call": lambda: plane.chat.completions.create(model=BASE, messages=ask),
            "upload": lambda: plane.files.create(file=("t.jsonl", training), purpose="fine-tune"),
            "list files": lambda: plane.files.list().data,
            "list jobs": lambda: plane.fine_tuning.jobs.list().data,
            "deploy": self._deploy,
            "delete": lambda: arm.deployments.begin_delete(*here, self._target).result(),
            "list keys": lambda: arm.accounts.list_keys(*here),
            "change the account": lambda: arm.accounts.begin_update(
                *here, Account(tags={})
            ).result(),
            "delete the account": lambda: arm.accounts.begin_delete(*here).result(),
        }

    @property
    def _target(self) -> str:
        """Its own deployment where it may make one, else the one that must survive."""
        names = [str(each.name) for each in self.arm.deployments.list(GROUP, ACCOUNT)]
        return self.mine if self.mine in names else BASE

    def _deploy(self) -> None:
        begun = self.arm.deployments.begin_create_or_update
        begun(GROUP, ACCOUNT, self.mine, DEPLOYMENT).result()

    def _metrics(self) -> None:
        path = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers"
        client = MetricsClient("https://swedencentral.metrics.monitor.azure.com", self.credential)
        client.query_resources(
            resource_ids=[f"{path}/Microsoft.CognitiveServices/accounts/{ACCOUNT}"],
            metric_namespace="Microsoft.CognitiveServices/accounts",
            metric_names=["AzureOpenAIRequests"],
        )


@pytest.fixture(scope="module")
def outputs(alone: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The scenario of identities and roles, up; this process points at its sandbox."""
    alone.ask("POST", "clock", {"speed": SPEED})
    folders = alone.env["PATH"].split(os.pathsep)
    kept = [folder for folder in folders if not (Path(folder) / "pulumi").exists()]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**alone.env, "PATH": os.pathsep.join(kept)}.items():
            patch.setenv(name, value)
        patch.chdir(project_of(tmp_path_factory.mktemp("duties")))
        words = ["up", "identities-and-roles", "--yes", "--output", "json"]
        done = CliRunner().invoke(main, words)
        assert done.exit_code == 0, done.output
        yield json.loads(done.stdout)["outputs"]


def _tried(deed: Callable[[], object]) -> bool:
    """Whether it was allowed; refused is 401 of the data plane or 403 of the control plane."""
    try:
        deed()
    except (HttpResponseError, APIStatusError) as error:
        if error.status_code == (403 if isinstance(error, HttpResponseError) else 401):
            return False
        raise
    return True


@pytest.mark.parametrize("duty", sorted(DUTIES))
def test_a_duty_can_do_its_job_and_no_more(duty: str, outputs: dict[str, Any]) -> None:
    identity = outputs["identities"][WHO[duty]]
    person = Person(outputs["accounts"][ACCOUNT]["endpoint"], identity["clientId"])
    done = {name for name, deed in person.deeds.items() if _tried(deed)}

    assert done == MAY[duty] | EVERYBODY
