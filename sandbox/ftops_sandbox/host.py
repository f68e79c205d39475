"""Azure's host names: which the sandbox answers for, and what they say of an account."""

from __future__ import annotations

import re

# Found by running each client: what it asks for when it is configured for public Azure.
NAMES = (
    "management.azure.com",
    "management.core.windows.net",
    "login.microsoftonline.com",
    "login.windows.net",
    "login.microsoft.com",
    "sts.windows.net",
    "graph.microsoft.com",
    "graph.windows.net",
    "prices.azure.com",
)
DATA_SUFFIXES = ("openai.azure.com", "cognitiveservices.azure.com", "services.ai.azure.com")
SUFFIXES = (*DATA_SUFFIXES, "api.cognitive.microsoft.com", "metrics.monitor.azure.com")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def is_azure(host: str) -> bool:
    """Whether a host name (no port) is one that the sandbox stands in for."""
    host = host.casefold().rstrip(".")
    if host in NAMES:
        return True
    label, _, suffix = host.partition(".")
    return suffix in SUFFIXES and bool(_LABEL.fullmatch(label))


def account_name(host: str) -> str | None:
    """The account that a data-plane host name means, or None for any other host."""
    label, _, suffix = host.casefold().partition(":")[0].rstrip(".").partition(".")
    return label if suffix in DATA_SUFFIXES and _LABEL.fullmatch(label) else None
