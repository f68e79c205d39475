"""Serving: from the name in a call to a deployment that answers, or Azure's reason why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ftops_sandbox.errors import OpenAIError
from ftops_sandbox.moment import parse_moment
from ftops_sandbox.offer import is_tuned_name, midnight, offer
from ftops_sandbox.openai.checkpoint import find_model
from ftops_sandbox.openai.job import Job
from ftops_sandbox.store import Document
from ftops_sandbox.world import NOTES, World

# A tuned deployment that Resource Manager calls Succeeded still refuses calls for a while.
WARMING = timedelta(seconds=5)
_CREATING_MAX = timedelta(minutes=2)


@dataclass(frozen=True)
class Serving:
    """A deployment that may be called; `tuned` is the job and step behind it, None for a base."""

    account: Document
    deployment: Document
    tuned: tuple[Job, int] | None

    @property
    def name(self) -> str:
        return self.deployment.key.rpartition("/")[2]

    @property
    def model(self) -> dict[str, Any]:
        model: dict[str, Any] = self.deployment.body["properties"]["model"]
        return model

    @property
    def model_name(self) -> str:
        """As answers name it: dated for a base, whole for a tuned one."""
        name, version = str(self.model["name"]), str(self.model.get("version") or "")
        dated = self.tuned is None and len(version) > 1 and not name.endswith(version)
        return f"{name}-{version}" if dated else name

    @property
    def base_name(self) -> str:
        return str(self.tuned[0].body["base"]) if self.tuned else str(self.model["name"])

    @property
    def capacity(self) -> int:
        return int(self.deployment.body.get("sku", {}).get("capacity") or 1)

    @property
    def requests_per_unit(self) -> int:
        found = offer().find(self.base_name)
        return found.requests_per_unit if found else 6

    @property
    def is_embedding(self) -> bool:
        found = offer().find(self.base_name)
        return found is not None and found.capability == "embeddings"


def find_serving(world: World, account: Document, name: str) -> Serving:
    """The deployment of this name, ready to answer."""
    deployment = world.deployment(account.key, name)
    if deployment is None or world.provisioning_state(deployment) != "Succeeded":
        raise _not_found()
    if deployment.body[NOTES]["paused"]:
        raise OpenAIError(423, "DeploymentPaused", f"The deployment '{name}' is paused.")
    model = deployment.body["properties"]["model"]
    _require_served(world, name, deployment)
    if not is_tuned_name(model["name"]):
        return Serving(account, deployment, None)
    home = str(model.get("source") or model.get("sourceAccount") or account.key)
    tuned = find_model(world, home, model["name"])
    if tuned is None:
        raise _not_found()
    if _is_warming(world, deployment):
        raise OpenAIError(
            400,
            "DeploymentNotReady",
            f"The deployment '{name}' is not ready yet. Please try again in a moment.",
        )
    return Serving(account, deployment, tuned)


def _require_served(world: World, name: str, deployment: Document) -> None:
    """A retired model answers nobody; its deployment stays until somebody deletes it."""
    notes = deployment.body[NOTES]
    model = offer().find(notes["base"])
    end = model.served_until(tuned=notes["tuned"]) if model else None
    if end and world.now() >= midnight(end):
        raise OpenAIError(
            410,
            "ModelRetired",
            f"The model of the deployment '{name}' has been retired since {end:%Y-%m-%d}. Please "
            "deploy another model.",
        )


def _is_warming(world: World, deployment: Document) -> bool:
    settles = parse_moment(deployment.body[NOTES].get("settles") or deployment.created.isoformat())
    created = settles - deployment.created < _CREATING_MAX
    return created and world.now() < settles + WARMING


def _not_found() -> OpenAIError:
    return OpenAIError(
        404,
        "DeploymentNotFound",
        "The API deployment for this resource does not exist. If you created the deployment "
        "within the last 5 minutes, please wait a moment and try again.",
    )
