"""Whether Azure trains the model as a job asks for, where it asks for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from ftops_catalog import Catalog
from ftops_catalog.errors import BadConfig
from ftops_catalog.model import Model, training_type_key
from ftops_policies.resource import NotKnownError, Resource
from ftops_policies.rule import JOB, Remark, rule, unknown
from ftops_policies.training import at_key

METHODS: Mapping[str, str] = {"supervised": "sft", "dpo": "dpo", "reinforcement": "rft"}
"""The catalog's word for each method of Azure's."""


@rule(
    "training-type-is-offered",
    severity="block",
    applies_to=JOB,
    remedy="Choose a model, a training type and a region of one row of `ftops catalog`.",
    references=(
        "https://learn.microsoft.com/azure/ai-foundry/openai/concepts/models",
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/fine-tuning",
    ),
)
def training_type_is_offered(
    job: Resource, *, catalog: Catalog, now: datetime
) -> Iterator[str | Remark]:
    """A job asks for a model, a method and a training type that Azure offers in its region.

    Azure says no only after the files are uploaded, and where a model's training has ended the
    work on its data was for nothing. What the catalog's sources do not tell is unknown.
    """
    name, kind = job.text("model"), job.text("trainingType")
    if name is None or kind is None:
        raise NotKnownError("The model or the training type")
    model = catalog.find_model(name)
    try:
        key = training_type_key(kind)
    except BadConfig:
        yield at_key(job, "trainingType", f"There is no training type {kind}.")
        return
    if model is None:
        yield at_key(job, "model", unknown(f"The catalog does not know how {name} is trained."))
        return
    method = METHODS.get((job.text("method.type") or "").casefold())
    if method and method not in model.methods:
        yield at_key(job, "method", f"{model.arm_id} is not trained by {method}.")
    ended = model.lifecycle.training_retirement
    if ended and now.date() >= ended:
        yield at_key(job, "model", f"The training of {model.arm_id} has ended on {ended}.")
    yield from _offered(job, model, key, kind)


def _offered(job: Resource, model: Model, key: str, kind: str) -> Iterator[Remark]:
    reach, region = model.training[key], job.text("ftops.region")
    if reach.supported is False:
        yield at_key(job, "trainingType", f"{model.arm_id} has no {kind} training.")
    elif reach.everywhere:
        return
    elif region is None:
        yield at_key(job, "trainingType", unknown("In which region it trains is not known."))
    elif reach.covers(region) is None:
        said = f"The sources do not say whether {region} has {kind} training of {model.arm_id}."
        yield at_key(job, "trainingType", unknown(said))
    elif not reach.covers(region):
        where = ", ".join(reach.regions or ()) or "other regions"
        said = f"{model.arm_id} has {kind} training in {where}, not in {region}."
        yield at_key(job, "trainingType", said)
