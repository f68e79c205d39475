"""A stack file of one's own, and what the shipped program declares for it."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ftops.engine.listing import Foreseen, resources_of
from ftops.engine.program import Declared, Run, run_program
from ftops.environment import Environment, parse_stack
from ftops.stack_file import StackFile, read_stack_file
from ftops_catalog.catalog import read_catalog
from ftops_policies.resource import Resource

ROOT = Path(__file__).parents[2]
SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
HEAD = "config:\n  ftops:location: swedencentral\n  ftops:tags: {owner: me}\n"


@dataclass
class Watched:
    """A world in which making takes a moment: what was made when, and what was made meanwhile."""

    foreseen: Foreseen
    begun: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    busy: set[str] = field(default_factory=set)
    clashes: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def create(self, declared: Declared) -> tuple[str, Mapping[str, Any]]:
        account = str(declared.inputs.get("accountName", ""))
        with self.lock:
            self.begun.append(declared.name)
            if account and account in self.busy:
                self.clashes.append(declared.name)
            self.busy |= {account}
        time.sleep(0.005)
        with self.lock:
            self.busy -= {account}
            self.ended.append(declared.name)
        return self.foreseen.create(declared)

    def invoke(self, token: str, arguments: dict[str, Any]) -> Mapping[str, Any]:
        return self.foreseen.invoke(token, arguments)

    def before(self, first: str, second: str) -> bool:
        """Whether the second was begun only when the first was there."""
        return self.ended.index(first) < self.begun.index(second)


@dataclass(frozen=True)
class Made:
    """What a stack file came to: its environment, and its resources in ARM's shape."""

    environment: Environment
    run: Run
    world: Watched
    resources: tuple[Resource, ...]

    def one(self, kind: str, label: str = "") -> Resource:
        """The resource of a type's last words, and of a label where there are several."""
        found = [
            each
            for each in self.resources
            if each.type.endswith(f"/{kind}") and (not label or each.label == label)
        ]
        assert len(found) == 1, [each.label for each in found]
        return found[0]

    def count(self, kind: str) -> int:
        return sum(each.type.endswith(f"/{kind}") for each in self.resources)


Declare = Callable[[str], Made]


@pytest.fixture
def declare(tmp_path: Path) -> Declare:
    """Runs the shipped program for a stack file that has these lines besides owner and region."""
    for name in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "stacks").mkdir()

    def run(lines: str) -> Made:
        file = tmp_path / "stacks/Pulumi.test.yaml"
        file.write_text(HEAD + lines)
        stack: StackFile = read_stack_file("test", tmp_path)
        environment = parse_stack(stack, read_catalog())
        world = Watched(Foreseen(SUBSCRIPTION))
        ran = run_program(tmp_path, stack, world)
        found = resources_of(ran.declared, environment, SUBSCRIPTION)
        return Made(environment, ran, world, tuple(found))

    return run
