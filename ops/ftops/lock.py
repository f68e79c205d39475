"""`ftops.lock`: what of a project came from which version of the template."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ftops.template import Answers
from ftops_catalog.errors import BadConfig

NAME = "ftops.lock"
SCHEMA = "ftops/lock/v1"
TEXTS = ("name", "owner", "location", "requirement")
ABOUT = "Written by `ftops init`, read by the next one. Commit it, do not edit it."


@dataclass(frozen=True)
class Offer:
    """What is new for a file that the team edited: the template's text.

    `digest` is the SHA-256 of what was laid beside the file, so that an edited one is told apart.
    """

    text: bytes = field(repr=False)
    digest: str


@dataclass(frozen=True)
class Lock:
    """The version and answers of the last run, and the text that each file grew from.

    The text, not its hash: a merge needs what the two sides have in common. `offers` are those
    that the team has not taken yet; until then a file grew from what `files` says.
    """

    version: str
    answers: Answers
    files: Mapping[str, bytes] = field(repr=False)
    offers: Mapping[str, Offer]


def render_lock(lock: Lock) -> bytes:
    """The lock as JSON, in an order that keeps a commit's diff small."""
    whole = {
        "schema": SCHEMA,
        "about": ABOUT,
        "version": lock.version,
        "answers": lock.answers.as_json(),
        "files": {name: _lines(text) for name, text in sorted(lock.files.items())},
        "offers": {
            name: {"sha256": offer.digest, "text": _lines(offer.text)}
            for name, offer in sorted(lock.offers.items())
        },
    }
    return (json.dumps(whole, indent=1, ensure_ascii=False) + "\n").encode()


def parse_lock(text: bytes) -> Lock:
    """The lock of a project; BadConfig where it is damaged."""
    try:
        return _lock(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadConfig(f"{NAME} cannot be read: {error}", f"git restore {NAME}") from error


def _lock(whole: Mapping[str, Any]) -> Lock:
    if whole["schema"] != SCHEMA:
        raise ValueError(f"its schema is {whole['schema']!r}, not {SCHEMA!r}")
    answers = whole["answers"]
    environments = tuple(answers["environments"])
    texts = [whole["version"], *environments, *(answers[name] for name in TEXTS)]
    if not all(isinstance(each, str) for each in texts):
        raise ValueError("its version and answers are no texts")
    return Lock(
        version=whole["version"],
        answers=Answers(**{**answers, "environments": environments}),
        files={name: _text(lines) for name, lines in whole["files"].items()},
        offers={
            name: Offer(_text(offer["text"]), str(offer["sha256"]))
            for name, offer in whole["offers"].items()
        },
    )


def _lines(text: bytes) -> list[str]:
    return text.decode().splitlines(keepends=True)


def _text(lines: list[str]) -> bytes:
    return "".join(lines).encode()
