"""Pulumi's update plan in a file: written by a preview, reviewed, and applied or refused."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ftops.engine.cli import Cli
from ftops.engine.step import Step
from ftops_catalog.errors import BadConfig, BadUsage, Conflict

Json = Mapping[str, Any]

BYTES_MAX = 200_000_000
NEW_PLAN = "ftops preview {name} --save-plan FILE"
SAME = ["same"]
CIPHERTEXT = "ciphertext"
NOTHING: Json = {}


@dataclass(frozen=True)
class UpdatePlan:
    """What a plan file says: the config it was made of, and by URN what would be done."""

    file: Path
    config: Json
    resources: Mapping[str, Json]

    @property
    def stacks(self) -> set[str]:
        """The environments that its URNs name: `urn:pulumi:<stack>::<project>::...`."""
        return {urn.split("::")[0].removeprefix("urn:pulumi:") for urn in self.resources}


def write_plan(cli: Cli, file: Path) -> list[Step]:
    """Writes the plan of what `up` would do, readable for its owner alone.

    The cloud is read anew first, so that the plan speaks of what is there. An older plan is
    replaced only once the new one is whole. Raises BadUsage where the file cannot be written.
    """
    try:
        handle, made = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    except OSError as error:
        raise BadUsage(f"{file} cannot be written: {error.strerror}", "--save-plan FILE") from error
    os.close(handle)
    draft = Path(made)
    try:
        steps = cli.preview(plan=draft, refresh=True)
        draft.chmod(0o600)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    return steps


@contextmanager
def fresh_plan(cli: Cli) -> Iterator[tuple[UpdatePlan, list[Step]]]:
    """The plan that would be written now, for as long as it is needed, and its steps."""
    with tempfile.TemporaryDirectory(prefix="ftops-plan-") as folder:
        file = Path(folder) / "plan.json"
        steps = cli.preview(plan=file, refresh=True)
        yield read_plan(file, cli.stack.name), steps


def read_plan(file: Path, name: str) -> UpdatePlan:
    """The plan of an environment; BadUsage or BadConfig where the file holds none of it."""
    hint = NEW_PLAN.format(name=name)
    if not file.is_file():
        raise BadUsage(f"there is no plan file {file}", hint)
    try:
        if file.stat().st_size > BYTES_MAX:
            raise BadConfig(f"{file} is too large for a plan", hint)
        whole = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise BadConfig(f"{file} is not a plan that Pulumi wrote: not JSON", hint) from error
    plan = parse_plan(file, whole)
    if plan is None:
        raise BadConfig(f"{file} is not a plan that Pulumi wrote", hint)
    if plan.stacks != {name}:
        others = ", ".join(sorted(plan.stacks)) or "nothing"
        raise BadConfig(f"{file} is a plan of {others}, not of {name}", hint)
    return plan


def parse_plan(file: Path, whole: object) -> UpdatePlan | None:
    """A plan out of its JSON; None where it is something else."""
    if not isinstance(whole, dict):
        return None
    found, config = whole.get("resourcePlans"), whole.get("config") or {}
    if not isinstance(found, dict) or not isinstance(config, dict) or "manifest" not in whole:
        return None
    if not all(isinstance(each, dict) for each in found.values()):
        return None
    return UpdatePlan(file, config, found)


def choose_plan(reviewed: UpdatePlan, fresh: UpdatePlan, name: str) -> Path:
    """The file to apply: the reviewed one, or what is left of it after an interrupted run.

    Raises Conflict where anything would be done now that was not reviewed.
    """
    hint = NEW_PLAN.format(name=name)
    if _plain(reviewed.config) != _plain(fresh.config):
        changed = sorted(
            key
            for key in reviewed.config.keys() | fresh.config.keys()
            if _plain(reviewed.config.get(key)) != _plain(fresh.config.get(key))
        )
        raise Conflict(
            f"the plan no longer holds: {', '.join(changed)} of the stack file changed since", hint
        )
    urns = reviewed.resources.keys() | fresh.resources.keys()
    differing = [urn for urn in sorted(urns) if not _equal(reviewed, fresh, urn)]
    strange = [urn for urn in differing if not _is_done(reviewed, fresh, urn)]
    if strange:
        told = ", ".join(_difference(reviewed, fresh, urn) for urn in strange[:3])
        more = f" and {len(strange) - 3} more" if len(strange) > 3 else ""  # noqa: PLR2004 - shown
        raise Conflict(f"the plan no longer holds: {told}{more}", hint)
    return fresh.file if differing else reviewed.file


def _equal(one: UpdatePlan, other: UpdatePlan, urn: str) -> bool:
    return _core(one.resources.get(urn)) == _core(other.resources.get(urn))


def _is_done(reviewed: UpdatePlan, fresh: UpdatePlan, urn: str) -> bool:
    """Whether nothing is left to do of what was reviewed for a resource."""
    before, now = reviewed.resources.get(urn), fresh.resources.get(urn)
    if now is None:
        # A reviewed deletion that has happened; anything else went out of the program.
        return before is not None and before.get("steps") == ["delete"]
    return before is not None and now.get("steps") == SAME and before.get("steps") != ["delete"]


def _core(entry: Json | None) -> object:
    """What of an entry says what will be done; ids, etags and seeds differ from run to run."""
    if entry is None:
        return None
    goal = entry.get("goal") or {}
    said = (
        "type",
        "name",
        "inputDiff",
        "parent",
        "protect",
        "retainOnDelete",
        "deleteBeforeReplace",
    )
    return entry.get("steps"), {name: _plain(goal[name]) for name in said if name in goal}


def _plain(value: Any) -> Any:
    """A value without ciphertexts, which differ each time that the same secret is closed."""
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items() if key != CIPHERTEXT}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value


def _difference(reviewed: UpdatePlan, fresh: UpdatePlan, urn: str) -> str:
    before, now = _said(reviewed.resources.get(urn)), _said(fresh.resources.get(urn))
    name = urn.rsplit("::", 1)[-1]
    return f"{name} is {now} otherwise" if before == now else f"{name} was {before}, now {now}"


def _said(entry: Json | None) -> str:
    return "+".join((entry or NOTHING).get("steps") or ["nothing"])
