"""A team's project: written once, upgraded later, what the team edited left as it is."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ftops.lock import NAME, Lock, Offer, parse_lock, render_lock
from ftops.merging import merge
from ftops.template import Answers
from ftops.writing import replace_whole
from ftops_catalog.errors import Conflict, NotReady

Action = Literal["written", "updated", "unchanged", "yours", "beside", "waiting", "gone", "retired"]
"""`yours`: edited, and the template has nothing new. `beside`: edited, and what is new lies in a
file of its own. `waiting`: that file is still there. `gone`: the team took the file out.
`retired`: the template has it no more; it stays."""

DUE = frozenset({"written", "updated", "beside", "waiting"})
SUFFIX = ".new"


@dataclass(frozen=True)
class Change:
    """What an upgrade does about one file; `content` goes to `target`, which holds `expected`."""

    path: str
    action: Action
    target: str = ""
    content: bytes | None = field(default=None, repr=False)
    expected: bytes | None = field(default=None, repr=False)
    conflicts: int | None = None
    digest: str = ""


@dataclass(frozen=True)
class Upgrade:
    """Every change, in the order of the paths, and the lock that follows from them."""

    changes: tuple[Change, ...]
    lock: Lock
    before: Lock | None

    @property
    def is_due(self) -> bool:
        return any(change.action in DUE for change in self.changes)


def read_lock(root: Path) -> Lock | None:
    """The lock of a project, None where `ftops init` never ran."""
    content = _read(root, NAME)
    return None if content is None else parse_lock(content)


def plan(root: Path, wanted: Mapping[str, bytes], answers: Answers, version: str) -> Upgrade:
    """What `ftops init` would do in a folder; nothing is written.

    `wanted` is the template, rendered from the answers by this version of ftops. Raises Conflict
    where files of somebody else's are in the way, or the project is of a newer version than this.
    """
    before = read_lock(root)
    if before and _order(before.version) > _order(version):
        raise Conflict(
            f"the project is of ftops {before.version}, and this is {version}",
            "pip install -r requirements.txt, then run it again",
        )
    origins = _origins(root, before) if before else {}
    offers = before.offers if before else {}
    found = {name: _read(root, name) for name in sorted({*wanted, *origins})}
    if before is None:
        _refuse_strangers(root, found, wanted)
    changes = []
    for name, current in found.items():
        sides = Sides(name, origins.get(name), wanted.get(name), current)
        changes.append(_change(root, sides, offers.get(name), f"ftops {version}"))
    return Upgrade(tuple(changes), _follow(changes, origins, wanted, answers, version), before)


def apply(root: Path, upgrade: Upgrade) -> None:
    """Writes what was planned: first what lies beside, at last the lock, each file at once.

    Raises Conflict where a file is no longer as it was planned for; the same command goes on.
    """
    for change in sorted(upgrade.changes, key=lambda each: each.action != "beside"):
        if change.content is not None:
            _write(root, change.target, change.content, change.expected)
    before = _read(root, NAME)
    text = render_lock(upgrade.lock)
    if text != before:
        _write(root, NAME, text, before)


def judge(origin: bytes | None, new: bytes | None, current: bytes | None) -> Action:
    """What is to be done about a file: as it was offered, as it is offered now, as it is."""
    if new is None:
        return "gone" if current is None else "retired"
    if current is None:
        return "written" if origin is None else "gone"
    if current == new:
        return "unchanged"
    if current == origin:
        return "updated"
    return "yours" if new == origin else "beside"


@dataclass(frozen=True)
class Sides:
    """A file as it was offered, as it is offered now, and as it is; None is not there."""

    name: str
    origin: bytes | None = field(repr=False)
    new: bytes | None = field(repr=False)
    current: bytes | None = field(repr=False)


def _origins(root: Path, before: Lock) -> dict[str, bytes]:
    """What each file grew from: an offer that lies there no more has been taken, or turned down."""
    taken = {
        name: offer.text
        for name, offer in before.offers.items()
        if _read(root, name + SUFFIX) is None
    }
    return {**before.files, **taken}


def _follow(
    changes: Sequence[Change],
    origins: Mapping[str, bytes],
    wanted: Mapping[str, bytes],
    answers: Answers,
    version: str,
) -> Lock:
    """The lock after the changes; a file with an offer still grows from what it grew from."""
    open_offers = {
        each.path: Offer(wanted[each.path], each.digest)
        for each in changes
        if each.action in {"beside", "waiting"}
    }
    kept = {name: origins[name] for name in open_offers if name in origins}
    files = {name: text for name, text in wanted.items() if name not in open_offers}
    return Lock(version, answers, {**files, **kept}, open_offers)


def _change(root: Path, sides: Sides, offer: Offer | None, label: str) -> Change:
    action = judge(sides.origin, sides.new, sides.current)
    if action in {"written", "updated"}:
        return Change(sides.name, action, sides.name, sides.new, sides.current)
    if action != "beside" or sides.current is None or sides.new is None:
        return Change(sides.name, action)
    merged = merge(sides.current, sides.origin, sides.new, label)
    if merged.content == sides.current:
        return Change(sides.name, "yours")
    target = sides.name + SUFFIX
    lying = _read(root, target)
    mark = merged.conflicts
    if lying is None or (offer and _digest(lying) == offer.digest and lying != merged.content):
        digest = _digest(merged.content)
        return Change(sides.name, "beside", target, merged.content, lying, mark, digest)
    if lying == merged.content:
        return Change(sides.name, "waiting", target, None, lying, mark, _digest(lying))
    if offer and offer.text == sides.new:
        return Change(sides.name, "waiting", target, None, lying, None, offer.digest)
    raise Conflict(
        f"{target} is in the way: what is new for {sides.name} would go there",
        f"take it into {sides.name} or move it away, then run it again",
    )


def _refuse_strangers(
    root: Path, found: Mapping[str, bytes | None], wanted: Mapping[str, bytes]
) -> None:
    strangers = [name for name, content in found.items() if content not in {None, wanted[name]}]
    if strangers:
        raise Conflict(
            f"{root} has files of its own where the project's would go: {', '.join(strangers)}",
            "move them away, or choose another folder",
        )


def _read(root: Path, name: str) -> bytes | None:
    """A file's bytes, None where nothing lies there; links and folders are not followed."""
    path = root
    for part in name.split("/"):
        path /= part
        if path.is_symlink():
            raise Conflict(f"{path} is a link, and what it leads to is not ours", "move it away")
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except (NotADirectoryError, IsADirectoryError) as error:
        raise Conflict(f"{path} cannot be a file: {error.strerror}", "move it away") from error
    except OSError as error:
        raise NotReady(f"{path} cannot be read: {error.strerror}", "mend its rights") from error


def _write(root: Path, name: str, content: bytes, expected: bytes | None) -> None:
    """Replaces a file as a whole, while it holds what was expected; None is no file."""
    path = root / name
    if _read(root, name) != expected:
        raise Conflict(f"{path} has just been changed", "run the same command again")
    replace_whole(path, content, make_folder=True)


def _digest(content: bytes | None) -> str:
    return hashlib.sha256(content or b"").hexdigest()


def _order(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)[:3]))
