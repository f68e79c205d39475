"""The project's program, run in the SDK's own test runtime: no CLI, no state, no network.

What its resources meet is a World: one that only foresees, or one that makes them.
"""

from __future__ import annotations

import asyncio
import contextvars
import json
import runpy
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ftops.engine.wire import Json
from ftops.stack_file import PROJECT, StackFile
from ftops_catalog.errors import BadConfig, FtopsError

if TYPE_CHECKING:
    from pulumi.runtime.mocks import MockMonitor

DOOR = "__main__.py"


@dataclass(frozen=True)
class Declared:
    """A resource as the program declares it: its azure-native token and inputs, wire names.

    `parent` is the URN of what holds it in the program, empty where nobody asked. `protect` is
    Pulumi's option.
    """

    token: str
    name: str
    urn: str
    inputs: Json = field(repr=False)
    parent: str = ""
    protect: bool | None = None


class World(Protocol):
    """What the program's resources meet."""

    def create(self, declared: Declared) -> tuple[str, Mapping[str, Any]]:
        """The id and the outputs of a resource; called from several threads."""

    def invoke(self, token: str, arguments: Json) -> Mapping[str, Any]:
        """What a function such as `azure-native:authorization:getClientConfig` answers."""


@dataclass
class Run:
    """One run: what was declared, in order, and the stack's outputs; None is not known yet."""

    world: World
    declared: list[Declared] = field(default_factory=list)
    outputs: Json = field(default_factory=dict)
    failure: FtopsError | None = None
    stopped: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def create(self, declared: Declared) -> tuple[str, Mapping[str, Any]]:
        """Hands a resource to the world; after a failure the rest stays unknown and unmade."""
        with self.lock:
            self.declared.append(declared)
        if self.failure or self.stopped.is_set():
            return "", {}
        try:
            return self.world.create(declared)
        except FtopsError as error:
            # Raised inside the SDK it would come out as several tracebacks.
            self.failure = self.failure or error
            return "", {}

    def invoke(self, token: str, arguments: Json) -> Mapping[str, Any]:
        try:
            return self.world.invoke(token, arguments)
        except FtopsError as error:
            self.failure = self.failure or error
            return {}


def run_program(
    root: Path, stack: StackFile, world: World, stopped: threading.Event | None = None
) -> Run:
    """Runs the program of a project for one stack; `stopped` is set when it ends, however.

    Raises what the world raised, or BadConfig where the program itself fails.
    """
    run = Run(world, stopped=stopped or threading.Event())
    with _importable(root), asyncio.Runner() as runner:
        # A context of its own: the SDK keeps its stack, its root and its config in one.
        runner.run(_run(run, root, stack), context=contextvars.copy_context())
    if run.failure:
        raise run.failure
    return run


async def _run(run: Run, root: Path, stack: StackFile) -> None:
    import pulumi
    from pulumi.runtime import run_in_stack, set_all_config, set_mocks
    from pulumi.runtime.settings import ROOT, SETTINGS

    from ftops.engine.monitor import NoMocks, make_monitor

    set_all_config(dict(_config(stack)))
    monitor: MockMonitor = make_monitor(run)
    # As a preview: what the world leaves open is unknown to the program, not empty.
    set_mocks(NoMocks(), project=PROJECT, stack=stack.name, preview=True, monitor=monitor)
    # What set_mocks leaves as an earlier run in this process had it, its pending outputs included.
    SETTINGS.outputs, SETTINGS.lock = set(), threading.Lock()
    # set_mocks makes a root that takes no outputs; run_in_stack makes the one of a real run.
    ROOT.set(None)
    try:
        await run_in_stack(lambda: _execute(root / DOOR))
    except pulumi.RunError as error:
        message, _, hint = str(error).partition("\n")
        run.failure = run.failure or BadConfig(message, hint)
    except FtopsError as error:
        run.failure = run.failure or error
    except Exception as error:  # noqa: BLE001 - a person's program may raise anything
        run.failure = run.failure or _broken(error, root)
    finally:
        run.stopped.set()


def _execute(door: Path) -> None:
    runpy.run_path(str(door), run_name="__main__")


def _config(stack: StackFile) -> Iterator[tuple[str, str]]:
    """The stack's config as Pulumi hands it over: text as it is, all else as JSON."""
    for key, value in stack.config.items():
        yield f"{PROJECT}:{key}", value if isinstance(value, str) else json.dumps(value)


def _broken(error: Exception, root: Path) -> BadConfig:
    """Where in the program it went wrong; frames outside the project are not a person's to mend."""
    place = DOOR
    trace = error.__traceback__
    while trace:
        file = Path(trace.tb_frame.f_code.co_filename)
        if file.is_relative_to(root) and ".venv" not in file.parts:
            place = f"{file.relative_to(root)}:{trace.tb_lineno}"
        trace = trace.tb_next
    said = str(error).strip().splitlines()
    why = f"{type(error).__name__}: {said[0]}" if said else type(error).__name__
    return BadConfig(f"the program failed at {place}: {why}", "mend the program and run it again")


@contextmanager
def _importable(root: Path) -> Iterator[None]:
    """Lets the program import what lies beside it, as Pulumi's own start does."""
    sys.path.insert(0, str(root))
    try:
        yield
    finally:
        sys.path.remove(str(root))
