"""An approval: a file that was looked at, and the card that now lies beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from ftops.dataset.card import Card, card_of, read_card, render_card
from ftops.dataset.check import check_file
from ftops.dataset.scan import scan_file
from ftops.dataset.sighting import Sighting
from ftops.estimate import limits_of
from ftops.writing import write_whole
from ftops_catalog.catalog import read_catalog
from ftops_catalog.errors import Blocked


@dataclass(frozen=True)
class Approval:
    """`unchanged` tells that the card said all of it before; `personal` is what was seen."""

    file: Path
    card: Card
    unchanged: bool
    personal: tuple[Sighting, ...]

    @property
    def path(self) -> Path:
        return card_of(self.file)


def approve(file: Path, card: Card, allowed: frozenset[str]) -> Approval:
    """Writes the card of a file that is fit for training; the same card twice changes nothing.

    Raises Blocked for a file with problems that are not `allowed`, or with a secret.
    """
    check = check_file(file, limits_of(read_catalog()), allowed=allowed)
    if not check.ok:
        first = check.problems[0]
        place = f"line {first.line}" if first.line else "the file"
        message = f"{file} has {check.said}; {place}: {first.message}"
        raise Blocked(message, f"ftops data check {file}")
    scan = scan_file(file)
    if scan.secrets:
        seen = scan.secrets[0]
        raise Blocked(
            f"{file} holds a secret ({seen.kind}) in line {seen.line}: {seen.shape}",
            "revoke it where it was made, and take it out of the file",
        )
    known = read_card(file)
    same = known is not None and replace(known, approved_on=card.approved_on) == card
    if known is not None and same and known.approved_on is not None:
        return Approval(file, known, unchanged=True, personal=scan.personal)
    write_whole(card_of(file), render_card(card, file))
    return Approval(file, card, unchanged=False, personal=scan.personal)
