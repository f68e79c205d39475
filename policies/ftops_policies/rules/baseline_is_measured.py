"""Whether a tuned model was compared with what it was tuned from."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.deployment import is_tuned
from ftops_policies.readiness import BASELINE, EXAMPLES, read_number
from ftops_policies.resource import DEPLOYMENT, Resource
from ftops_policies.rule import rule


@rule(
    "baseline-is-measured",
    severity="block",
    applies_to=DEPLOYMENT,
    remedy="Ask the base the same held-out questions: "
    "`ftops compare BASE TUNED --data FILE --save evaluation.json`, then promote with that file.",
    references=(
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/fine-tuning",
        "https://learn.microsoft.com/azure/well-architected/ai/test",
    ),
)
def baseline_is_measured(
    deployment: Resource, *, baseline_required: bool = False, examples_min: int = 1
) -> Iterator[str]:
    """A tuned deployment says what its base model reached on the same held-out examples.

    A score alone tells nothing: a base model with a good prompt may do as well, and costs nothing
    by the hour. With `baseline_required`, as in prod, both are known, on `examples_min` examples
    or more, since few of them are won by chance.
    """
    if not baseline_required or not is_tuned(deployment):
        return
    written = deployment.tag(BASELINE)
    if written is None:
        yield f"The base model was not measured: there is no tag {BASELINE}."
    elif read_number(deployment, BASELINE) is None:
        yield f"The tag {BASELINE} says {written!r}, which is no number."
    examples = read_number(deployment, EXAMPLES)
    if examples is None or examples < examples_min:
        found = deployment.tag(EXAMPLES) or "no"
        yield f"The evaluation has {found} held-out examples, fewer than {examples_min}."
