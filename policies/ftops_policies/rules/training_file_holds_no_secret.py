"""Whether a file has a key or a password in it."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.resource import Resource
from ftops_policies.rule import TRAINING_FILE, Remark, rule
from ftops_policies.training import seen


@rule(
    "training-file-holds-no-secret",
    severity="block",
    applies_to=TRAINING_FILE,
    remedy="Revoke it where it was made, then replace it in the file with an invented one.",
    references=(
        "https://learn.microsoft.com/azure/well-architected/security/application-secrets",
        "https://genai.owasp.org/llmrisk/llm022025-sensitive-information-disclosure/",
        "https://cwe.mitre.org/data/definitions/798.html",
    ),
)
def training_file_holds_no_secret(file: Resource) -> Iterator[Remark]:
    """A training file holds no key, token, signature, private key or password.

    Logs and support conversations are full of them. One that was trained on can be asked for,
    lies in every checkpoint, and has left the account with the file. The finding has the line
    and the shape, never the value.
    """
    yield from seen(file, "secrets", "a secret")
