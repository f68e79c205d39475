"""Whether something secret stands where everybody reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from ftops_policies.resource import NotKnownError, Resource
from ftops_policies.rule import ENVIRONMENT, Remark, rule, unknown

TEXTS: Final = (
    "properties.description",
    "properties.displayName",
    "properties.notes",
    "properties.metadata",
)
_SECRET: Final = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\bsk-[\w-]{20,}"
    r"|\beyJ[\w-]{10,}\.[\w-]{10,}\."
    r"|[?&]sig=[\w%+/=-]{20,}"
    r"|\b[A-Za-z0-9]{40,60}JQQJ99[A-Za-z0-9]{12,}"
    r"|[\w~.-]{3}8Q~[\w~.-]{31,}"
    r"|(?i:\b(?:account_?key|shared_?access_?key|api[-_]?key|password|pwd|client[-_]?secret)"
    r"\s*[=:]\s*\S{8,})"
)
_NAME: Final = re.compile(r"(?i)(?:password|secret|token|api[-_]?key|access[-_]?key)$")
_VALUE: Final = re.compile(r"(?=\S*\d)[^\s:/@]{16,}")


@rule(
    "no-secret-in-plain-sight",
    severity="block",
    applies_to=ENVIRONMENT,
    remedy="Take it back where it was made and keep the next one in Key Vault, or need none.",
    references=(
        "https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources",
        "https://learn.microsoft.com/security/benchmark/azure/mcsb-identity-management",
        "https://learn.microsoft.com/azure/well-architected/security/application-secrets",
    ),
)
def no_secret_in_plain_sight(resources: tuple[Resource, ...]) -> Iterator[Remark]:
    """No tag and no description holds a key, a password, a signature or a token.

    Everybody who may read a resource reads its tags, they are in every export and every bill, and
    the stack file that they come from is in the repository for good. What is found is never
    repeated in the finding.
    """
    for resource in resources:
        try:
            yield from _tagged(resource)
            for path in TEXTS:
                if _SECRET.search(resource.text(path) or ""):
                    yield Remark(f"{path} holds what looks like a secret.", about=resource)
        except NotKnownError as gap:
            yield unknown(f"{gap.what} is not known until up.", about=resource)


def _tagged(resource: Resource) -> Iterator[Remark]:
    tags = resource.at("tags")
    for name in tags if isinstance(tags, Mapping) else ():
        try:
            value = resource.text(("tags", name)) or ""
        except NotKnownError as gap:
            yield unknown(f"{gap.what} is not known until up.", about=resource)
            continue
        if _SECRET.search(value) or (_NAME.search(name) and _VALUE.fullmatch(value)):
            yield Remark(f"The tag {name} holds what looks like a secret.", about=resource)
