"""Whether a file has somebody's own data in it."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.resource import Resource
from ftops_policies.rule import TRAINING_FILE, Remark, rule
from ftops_policies.training import seen


@rule(
    "training-file-holds-no-personal-data",
    severity="block",
    applies_to=TRAINING_FILE,
    remedy="Replace it with invented data; what may stay goes into `personal_data_allowed`.",
    references=(
        "https://learn.microsoft.com/azure/ai-foundry/responsible-ai/openai/data-privacy",
        "https://eur-lex.europa.eu/eli/reg/2016/679/oj",
        "https://genai.owasp.org/llmrisk/llm022025-sensitive-information-disclosure/",
    ),
)
def training_file_holds_no_personal_data(
    file: Resource, *, personal_data_allowed: tuple[str, ...] = ()
) -> Iterator[Remark]:
    """A training file holds no e-mail address, phone, card, account or identity number.

    A model says what it was trained on to anybody who asks well, and nothing takes one person's
    data out of its weights again. Looked for is what can be recognised by its form and checked:
    e-mail addresses, phone numbers, card numbers, IBANs, US social security numbers and CPFs.
    Names and addresses are not. The finding has the line and the shape, never the value;
    `personal_data_allowed` are kinds as findings name them, such as `phone number`.
    """
    yield from seen(file, "personal_data", "personal data", personal_data_allowed)
