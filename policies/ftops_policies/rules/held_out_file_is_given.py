"""Whether anybody will know what a job has learnt."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.resource import Resource
from ftops_policies.rule import JOB, Remark, rule
from ftops_policies.training import at_key


@rule(
    "held-out-file-is-given",
    severity="block",
    applies_to=JOB,
    remedy="Keep some examples out of the training file and name theirs as `validation_file`.",
    references=(
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/fine-tuning",
        "https://developers.google.com/machine-learning/crash-course/overfitting/dividing-datasets",
    ),
)
def held_out_file_is_given(job: Resource) -> Iterator[Remark]:
    """A job names a validation file beside its training file, and not the same one.

    The training loss falls whatever is learnt, by heart included. Only examples that the job
    does not train on show whether it got better, and where a later epoch made it worse.
    """
    training, held_out = job.text("training_file"), job.text("validation_file")
    if held_out is None:
        yield at_key(job, "training_file", "It names no file of held-out examples.")
    elif held_out == training:
        yield at_key(job, "validation_file", "It validates on the file that it trains on.")
