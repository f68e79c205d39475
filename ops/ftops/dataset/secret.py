"""Secrets in a text: keys by the shapes that their makers gave them.

Those of other makers are detect-secrets' own, run only where a text holds what such a key begins
with; Azure's newer ones are ours. What is merely random is no secret here: prose is full of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from detect_secrets.plugins.base import BasePlugin

AWS = ("aws_secret", "AWS_SECRET", "aws_session", "AWS_SESSION", "awsSecret")
GITLAB = ("glpat-", "gldt-", "glft-", "glsoat-", "glrt-", "glcbt-", "glimt-", "glptt-", "glagent-")
MAKERS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "aws.AWSKeyDetector": ("AWS key", ("AKIA", "ASIA", "ABIA", "ACCA", "A3T", *AWS)),
    "azure_storage_key.AzureStorageKeyDetector": ("Azure Storage key", ("AccountKey=",)),
    "github_token.GitHubTokenDetector": ("GitHub token", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_")),
    "gitlab_token.GitLabTokenDetector": ("GitLab token", (*GITLAB, "gloas-", "GR1348941")),
    "jwt.JwtTokenDetector": ("signed token (JWT)", ("eyJ",)),
    "npm.NpmDetector": ("npm token", ("_authToken",)),
    "openai.OpenAIDetector": ("OpenAI key", ("T3BlbkFJ",)),
    "private_key.PrivateKeyDetector": ("private key", ("PRIVATE KEY", "PuTTY-User-Key-File")),
    "pypi_token.PypiTokenDetector": ("PyPI token", ("pypi-",)),
    "sendgrid.SendGridDetector": ("SendGrid key", ("SG.",)),
    "slack.SlackDetector": ("Slack token", ("xox", "hooks.slack.com")),
    "stripe.StripeDetector": ("Stripe key", ("k_live_",)),
    "telegram_token.TelegramBotTokenDetector": ("Telegram token", (":AA",)),
}
"""By detector of detect-secrets: the kind, and what a text holds that can have one."""

OWN: Mapping[str, tuple[str, re.Pattern[str]]] = {
    "Azure key": ("JQQJ99", re.compile(r"(?<!\w)[A-Za-z0-9]{40,60}JQQJ99[A-Za-z0-9]{12,40}")),
    "Entra client secret": ("8Q~", re.compile(r"(?<![\w~.-])[\w~.-]{3}8Q~[\w~.-]{31,40}")),
    "shared access signature": ("sig=", re.compile(r"[?&]sig=[\w%+/=-]{20,200}")),
    "connection string": ("AccessKey=", re.compile(r"SharedAccessKey=[\w+/=]{20,200}")),
    "OpenAI key": ("sk-", re.compile(r"(?<![\w-])sk-(?:proj|svcacct|admin)-[\w-]{40,200}")),
    "Hugging Face token": ("hf_", re.compile(r"(?<!\w)hf_[A-Za-z]{34}(?!\w)")),
    "GitHub token": ("github_pat_", re.compile(r"(?<!\w)github_pat_\w{60,100}")),
}
"""By kind: what a text holds that can have one, and its pattern."""

IN_ADDRESS = re.compile(r"://[^\s:/@\0]{1,60}:([^\s:/@{}<>$\0]{1,80})@")

NAMES = ("password", "passwd", "pwd", "senha", "key", "token", "secret")
ASSIGNED = re.compile(
    r"(?<![a-z])(?:password|passwd|pwd|senha|api[-_ ]?key|access[-_]?token|client[-_]?secret)"
    r"[\"']?\s{0,3}[=:]\s{0,3}[\"'`]?(?=[^\s\"'`]{0,60}\d)(?=[^\s\"'`]{0,60}[a-z])"
    r"([^\s\"'`,;<>{}()\[\]$*\0]{8,80})",
    re.IGNORECASE,
)
EXAMPLE = re.compile(r"(?i)your|example|sample|changeme|placeholder|xxx|12345|abc123|demo|test")
"""What a value that people choose has in it when it stands for another one."""

PUBLISHED = re.compile(r"(?i)example|sample|x{6}")
"""What a maker's key has in it when it is documentation's."""


def find_secrets(text: str) -> Iterator[tuple[str, str]]:
    """The kind and the value of each secret in a text."""
    for name, (kind, marks) in MAKERS.items():
        if any(mark in text for mark in marks):
            found = _detector(name).analyze_string(text)
            yield from ((kind, value) for value in found if not PUBLISHED.search(value))
    for kind, (mark, pattern) in OWN.items():
        if mark in text:
            yield from ((kind, match[0]) for match in pattern.finditer(text))
    yield from ((kind, value) for kind, value in _chosen(text) if not EXAMPLE.search(value))


def _chosen(text: str) -> Iterator[tuple[str, str]]:
    """Secrets that a person chose: no form tells them, only where they stand."""
    lower = text.lower()
    if any(name in lower for name in NAMES):
        yield from (("password or key", match[1]) for match in ASSIGNED.finditer(text))
    if "://" in text:
        yield from (("password in an address", match[1]) for match in IN_ADDRESS.finditer(text))


@cache
def _detector(name: str) -> BasePlugin:
    module, _, detector = name.partition(".")
    made: BasePlugin = getattr(import_module(f"detect_secrets.plugins.{module}"), detector)()
    return made
