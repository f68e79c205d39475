"""Where a job processes what it trains on."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_catalog.errors import BadConfig
from ftops_catalog.model import training_type_key
from ftops_policies.resource import NotKnownError, Resource
from ftops_policies.rule import JOB, Remark, rule, unknown
from ftops_policies.training import at_key


@rule(
    "training-stays-in-its-region",
    severity="block",
    applies_to=JOB,
    remedy="Train by Standard, in a region that trains the model: `ftops catalog`.",
    references=(
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/fine-tuning",
        "https://learn.microsoft.com/azure/ai-foundry/responsible-ai/openai/data-privacy",
    ),
)
def training_stays_in_its_region(
    job: Resource, *, residency_required: bool = False, data_zone_is_enough: bool = False
) -> Iterator[Remark]:
    """Where residency is required, a job trains in its account's region alone.

    Global and Developer training copy the examples, and the weights that come of them, to
    whatever region has capacity. They are cheaper for that reason, and nothing brings the data
    back. A job that states no training type is not judged as Standard, but as unknown.
    """
    if not residency_required:
        return
    kind = job.text("trainingType")
    if kind is None:
        raise NotKnownError("trainingType")
    try:
        key = training_type_key(kind)
    except BadConfig:
        gap = unknown(f"Where {kind} training processes data is in no source.")
        yield at_key(job, "trainingType", gap)
        return
    if key != "standard" and not (key == "data_zone" and data_zone_is_enough):
        said = f"{kind} training processes the examples outside of the account's region."
        yield at_key(job, "trainingType", said)
