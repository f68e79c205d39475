"""Whether Azure may put another model under a deployment's callers."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.deployment import is_tuned
from ftops_policies.resource import DEPLOYMENT, Resource
from ftops_policies.rule import rule


@rule(
    "model-does-not-change-by-itself",
    severity="block",
    applies_to=DEPLOYMENT,
    remedy="Set `versionUpgradeOption: NoAutoUpgrade`, or allow another in `upgrades_allowed`.",
    references=(
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/working-with-models",
        "https://learn.microsoft.com/azure/ai-foundry/openai/concepts/model-versions",
    ),
    fix={"properties.versionUpgradeOption": "NoAutoUpgrade"},
)
def model_does_not_change_by_itself(
    deployment: Resource, *, upgrades_allowed: tuple[str, ...] = ("NoAutoUpgrade",)
) -> Iterator[str]:
    """A deployment states how its model is upgraded, in a way that the environment allows.

    Where nothing is stated, Azure moves a deployment to the new default version once there is
    one, and what callers were tested against is gone overnight. A tuned model has no newer
    version to move to, so whatever Azure shows for it says nothing.
    """
    if is_tuned(deployment):
        return
    option = deployment.text("properties.versionUpgradeOption")
    if option is None:
        yield "No `versionUpgradeOption` is set, so Azure changes the model when it likes."
    elif option.casefold() not in {each.casefold() for each in upgrades_allowed}:
        yield f"The model changes by itself: `versionUpgradeOption` is {option}."
