"""A dataset card: whose data a file holds, who approved it, for which environments, which bytes."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ftops.dataset.line import open_lines
from ftops_catalog.errors import BadConfig, FtopsError

KEYS = ("license", "source", "approved_by", "approved_on", "environments", "sha256")
SUFFIX = ".card.yaml"
LICENCES = "write an SPDX expression: MIT, CC-BY-4.0, or LicenseRef-Internal for terms of your own"


@dataclass(frozen=True)
class Card:
    """What stands in `train.card.yaml` beside `train.jsonl`; `sha256` is of what was approved.

    What is not written is empty, and `approved_on` then None.
    """

    license: str
    source: str
    approved_by: str
    approved_on: date | None
    environments: tuple[str, ...]
    sha256: str

    def as_json(self) -> dict[str, Any]:
        day = self.approved_on.isoformat() if self.approved_on else None
        return {**asdict(self), "approved_on": day, "environments": list(self.environments)}


def card_of(file: Path) -> Path:
    """Where the card of a file lies."""
    return file.with_name(f"{file.stem}{SUFFIX}")


def digest_of(file: Path) -> str:
    """The sha256 of a file's bytes, in hex; BadUsage where there is no such file."""
    with open_lines(file) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_card(file: Path) -> Card | None:
    """The card beside a training file; None where there is none.

    Raises BadConfig with the card's line for a key or a licence that does not exist.
    """
    from ftops_policies.where import Where
    from ftops_policies.written import given, known, mapping, text
    from ftops_policies.yaml_file import read_lines

    path = card_of(file)
    if not path.exists():
        return None
    value, lines = read_lines(path)
    where = Where(str(path), lines=lines)
    written = mapping(value, where)
    known(written, KEYS, where)
    texts = {key: text(written.get(key), where / key).strip() for key in KEYS[:3] + KEYS[5:]}
    named = written.get("environments", [])
    listed = isinstance(named, list) and all(isinstance(each, str) for each in named)
    try:
        licence = parse_license(texts["license"]) if texts["license"] else ""
    except FtopsError as error:
        raise BadConfig(f"{where.said('license')}: {error.message}", error.hint) from error
    return Card(
        license=licence,
        source=texts["source"],
        approved_by=texts["approved_by"],
        approved_on=_day(written.get("approved_on"), where / "approved_on"),
        environments=tuple(
            given(named if listed else None, named, where / "environments", "a list of names")
        ),
        sha256=texts["sha256"].lower(),
    )


def _day(value: Any, where: object) -> date | None:
    """A day as YAML or a person writes it."""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            value = value or None
    if value is None or isinstance(value, date):
        return value
    raise BadConfig(f"{where} is {value!r}.", "Write a day such as 2026-12-31.")


def parse_license(text: str) -> str:
    """An SPDX licence expression as its list spells it; BadConfig for anything else."""
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    try:
        return str(canonicalize_license_expression(text))
    except InvalidLicenseExpression as error:
        raise BadConfig(f"{text!r} is no licence that SPDX lists", LICENCES) from error


def render_card(card: Card, file: Path) -> str:
    """The card as YAML."""
    import yaml

    head = f"# The card of {file.name}: ftops data approve writes it, the policies read it.\n"
    return head + str(
        yaml.safe_dump(card.as_json(), sort_keys=False, allow_unicode=True, width=1000)
    )
