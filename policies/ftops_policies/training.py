"""Jobs and training files as rules read them: amounts, lines of keys, lists of what was seen."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from typing import Final

from ftops_policies.neighbour import places
from ftops_policies.resource import NotKnownError, Resource
from ftops_policies.rule import Remark

SHOWN_MAX: Final = 20
"""A rule names this many places in a file, and counts the others."""

REINFORCEMENT: Final = "reinforcement"
"""Azure's name for the method that is billed by the hour."""


def usd_at(job: Resource, path: str) -> Decimal | None:
    """The amount at a path; None where there is none, or something else."""
    value = job.at(path)
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        amount = Decimal(str(value))
    except ArithmeticError:
        return None
    return amount if amount.is_finite() and amount >= 0 else None


def at_key(job: Resource, key: str, remark: str | Remark) -> Remark:
    """What is said of a job, at the line where a key of it is written, if that is known."""
    said = Remark(remark) if isinstance(remark, str) else remark
    return Remark(said.message, severity=said.severity, state=said.state, line=_line(job, key))


def _line(job: Resource, key: str) -> int | None:
    try:
        line = job.at(("ftops", "lines", key))
    except NotKnownError:
        return None
    return line if isinstance(line, int) and not isinstance(line, bool) and line > 0 else None


def entries(file: Resource, path: str, what: str) -> list[str]:
    """The path of each entry of a list; NotKnownError says `what` nobody knows without it."""
    listed = file.at(path)
    if not isinstance(listed, Sequence) or isinstance(listed, str | bytes):
        raise NotKnownError(what)
    return places(file, path)


def seen(file: Resource, path: str, what: str, allowed: Collection[str] = ()) -> Iterator[Remark]:
    """One sentence for each thing that was seen in a file, at its line, and never what it says."""
    kinds = {kind.casefold() for kind in allowed}
    found = [
        (file.text(f"{each}.kind") or "of no kind", each)
        for each in entries(file, path, f"Whether it holds {what}")
    ]
    counted = [(kind, each) for kind, each in found if kind.casefold() not in kinds]
    for kind, each in counted[:SHOWN_MAX]:
        shape = file.text(f"{each}.shape") or "something"
        yield in_line(file, each, f"it holds {what} ({kind}): {shape}.")
    if len(counted) > SHOWN_MAX:
        yield Remark(f"It holds {what} in {len(counted) - SHOWN_MAX} places more.")


def in_line(file: Resource, entry: str, said: str) -> Remark:
    """A sentence about a line of a file, or about all of it where the entry names no line."""
    line = file.at(f"{entry}.line")
    if not isinstance(line, int) or isinstance(line, bool) or line < 1:
        return Remark(f"{said[:1].upper()}{said[1:]}")
    return Remark(f"In line {line} {said}", line=line)
