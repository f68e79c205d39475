"""Whether somebody answers for a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from ftops_policies.resource import NotKnownError, Resource
from ftops_policies.rule import TRAINING_FILE, rule

MISSING: Mapping[str, str] = {
    "license": "Its card names no licence.",
    "source": "Its card does not say where it is from.",
    "approved_by": "Its card does not say who approved it.",
    "approved_on": "Its card does not say when it was approved.",
    "sha256": "Its card does not say which bytes were approved.",
}


@rule(
    "training-file-is-approved",
    severity="block",
    applies_to=TRAINING_FILE,
    remedy="Read it, then `ftops data approve FILE --license ID --source WHERE --by YOU`.",
    references=(
        "https://spdx.org/licenses/",
        "https://arxiv.org/abs/1803.09010",
        "https://genai.owasp.org/llmrisk/llm042025-data-and-model-poisoning/",
    ),
)
def training_file_is_approved(
    file: Resource, *, licenses_allowed: tuple[str, ...] = ("*",)
) -> Iterator[str]:
    """A training file has a card with its licence, its source and its approver, for these bytes.

    A model cannot be taken apart into what may be used and what may not, so the question whose
    data it is comes before the training. The card holds the sha256 of what was approved: one
    example added later, by mistake or on purpose, is a file that nobody has approved.
    `licenses_allowed` are patterns over SPDX expressions.
    """
    if file.at("card") is None:
        yield "Nobody has approved it: there is no card beside it."
        return
    written = {key: file.text(f"card.{key}") for key in MISSING}
    yield from (said for key, said in MISSING.items() if written[key] is None)
    licence, approved = written["license"], written["sha256"]
    if licence and not any(_fits(licence, pattern) for pattern in licenses_allowed):
        yield f"Its licence {licence} is not one that is allowed here."
    if approved is None:
        return
    digest = file.text("sha256")
    if digest is None:
        raise NotKnownError("The sha256 of the file")
    if digest.casefold() != approved.casefold():
        yield "It has changed since it was approved."


def _fits(licence: str, pattern: str) -> bool:
    return fnmatchcase(licence.casefold(), pattern.casefold())
