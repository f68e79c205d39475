"""Whether an environment may serve the model at all."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from ftops_policies.resource import DEPLOYMENT, NotKnownError, Resource
from ftops_policies.rule import rule


@rule(
    "model-is-approved",
    severity="block",
    applies_to=DEPLOYMENT,
    remedy="Deploy an approved model, or add it to `models_allowed` or `makers_allowed`.",
    references=(
        "Azure Policy aafe3651-cb78-4f68-9f81-e7e41509110f",
        "https://learn.microsoft.com/azure/ai-foundry/how-to/model-deployment-policy",
    ),
)
def model_is_approved(
    deployment: Resource,
    *,
    makers_allowed: tuple[str, ...] = ("OpenAI",),
    models_allowed: tuple[str, ...] = ("*",),
) -> Iterator[str]:
    """A deployment serves a model whose maker and name the environment allows.

    Another maker's model has other terms, other safety work and another place where prompts go.
    `makers_allowed` are Azure's model formats (OpenAI, Microsoft, Mistral AI); `models_allowed`
    are patterns over names such as `gpt-4.1*`, which tuned models match by their base.
    """
    name = deployment.text("properties.model.name")
    maker = deployment.text("properties.model.format")
    if name is None:
        raise NotKnownError("The model's name")
    if maker is None or not _matches(maker, makers_allowed):
        yield f"Models of the maker {maker or 'that is not named'} are not approved here."
    if not _matches(name, models_allowed):
        yield f"The model {name} is not approved here."


def _matches(text: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(text.casefold(), pattern.casefold()) for pattern in patterns)
