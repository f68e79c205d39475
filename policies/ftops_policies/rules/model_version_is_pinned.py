"""Whether a deployment says which version of its model it serves."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.deployment import is_tuned
from ftops_policies.resource import DEPLOYMENT, Resource
from ftops_policies.rule import rule

TUNED_VERSION = "1"


@rule(
    "model-version-is-pinned",
    severity="block",
    applies_to=DEPLOYMENT,
    remedy='Write the version, in quotes: `version: "2025-04-14"`; a tuned model\'s is "1".',
    references=(
        "https://learn.microsoft.com/azure/ai-foundry/openai/concepts/model-versions",
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/fine-tuning-deploy",
    ),
)
def model_version_is_pinned(deployment: Resource) -> Iterator[str]:
    """A deployment names the version of its model.

    Without one Azure takes what is its default on that day: two environments made a month apart
    serve different models under one name, and an evaluation of the one says nothing of the other.
    A tuned model has no version but "1".
    """
    version = deployment.text("properties.model.version")
    if is_tuned(deployment):
        if version not in {None, TUNED_VERSION}:
            yield f'A tuned model has the version "1", and this says {version}.'
    elif version is None:
        yield "The deployment names no version, so Azure chooses one."
    elif version.casefold() in {"latest", "default", "auto"}:
        yield f"The version {version} is none that stays the same."
