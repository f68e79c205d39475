"""Whether a file may be trained on in an environment, and in this one alone."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.resource import NotKnownError, Resource
from ftops_policies.rule import TRAINING_FILE, rule
from ftops_policies.training import entries


@rule(
    "training-file-is-of-its-environment",
    severity="block",
    applies_to=TRAINING_FILE,
    remedy="Approve it for the environment, or set `sharing_allowed` where one file may serve all.",
    references=(
        "https://learn.microsoft.com/azure/well-architected/security/segmentation",
        "https://learn.microsoft.com/azure/cloud-adoption-framework/ready/considerations/environments",
    ),
)
def training_file_is_of_its_environment(
    file: Resource, *, sharing_allowed: bool = False
) -> Iterator[str]:
    """A training file is approved for the environment that trains on it, and for no other.

    Customers' data of prod are read by everybody who may read dev, once they lie there; and what
    somebody made up for a trial does not belong into a model that customers talk to. A file
    without a card is the business of training-file-is-approved.
    """
    if file.at("card") is None:
        return
    here = file.text("environment")
    if here is None:
        raise NotKnownError("The environment that trains on it")
    named = [file.text(each) for each in entries(file, "card.environments", "Whom it is for")]
    approved = sorted({each.casefold() for each in named if each})
    if here.casefold() not in approved:
        yield f"It is approved for {' and '.join(approved) or 'no environment'}, not for {here}."
    if len(approved) > 1 and not sharing_allowed:
        yield f"It is shared by {' and '.join(approved)}."
