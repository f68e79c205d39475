"""The Pulumi CLI's runs on one stack, through its Automation API, with the policy pack on."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ftops.engine.event import Seen
from ftops.engine.refusal import held, is_left_over, refusal
from ftops.engine.step import Step
from ftops.engine.wire import HIDDEN
from ftops.progress import Progress
from ftops.stack_file import FOLDER
from ftops.target import TO_SANDBOX, Target
from ftops_catalog.errors import NotReady

if TYPE_CHECKING:
    from pulumi import automation
    from pulumi.automation._stack import ImportResource

Result = TypeVar("Result")

COMMAND = "pulumi"
INSTALL = "install the Pulumi CLI: https://www.pulumi.com/docs/install"
PACK = "policies"
PLUGIN = "pulumi-resource-azure-native"
FINDINGS = "Diagnostics:"
"""The head of what Pulumi prints at its end; all before it has been told as it came."""


def find_cli() -> str | None:
    """Where the Pulumi CLI lies on PATH, None where it does not."""
    return shutil.which(COMMAND)


@dataclass(frozen=True)
class Cli:
    """The runs of one stack; every one raises what `refusal` makes of Pulumi's words."""

    root: Path
    stack: automation.Stack
    subscription_id: str
    progress: Progress
    lines: list[str] = field(default_factory=list)

    def preview(self, *, plan: Path | None = None, refresh: bool = False) -> list[Step]:
        """What `up` would do; `plan` is where Pulumi writes its update plan."""
        return self._run(self.stack.preview, foresees=True, **self._planned(plan, refresh=refresh))

    def up(self, *, plan: Path | None = None, refresh: bool = False) -> list[Step]:
        """Does it; with a plan the engine does nothing that the plan does not hold."""
        return self._run(self.stack.up, **self._planned(plan, refresh=refresh))

    def refresh(self) -> None:
        """Takes into the state what the cloud has."""
        self._run(self.stack.refresh, foresees=True)

    def destroy(self) -> list[Step]:
        """Deletes what the state knows, children first."""
        return self._run(self.stack.destroy)

    def state(self) -> Mapping[str, Any]:
        """The stack's deployment as Pulumi exports it, its secrets closed."""
        self.lines.clear()
        return self.patiently(self.stack.export_stack).deployment or {}

    def replace_state(self, deployment: Mapping[str, Any]) -> None:
        """Puts another deployment in the state's place."""
        from pulumi import automation

        self.lines.clear()
        whole = automation.Deployment(version=3, deployment=dict(deployment))
        self.patiently(lambda: self.stack.import_stack(whole))

    def take_in(self, resources: list[ImportResource], names: Mapping[str, str]) -> None:
        """Imports resources that are there already; `names` maps parents' names to URNs."""
        self.lines.clear()
        self.patiently(
            lambda: self.stack.import_resources(
                resources=resources,
                name_table=dict(names),
                protect=False,
                generate_code=False,
                on_output=self.lines.append,
            )
        )

    def outputs(self) -> dict[str, Any]:
        """The program's outputs, secrets hidden."""
        self.lines.clear()
        found = self.patiently(self.stack.outputs)
        return {key: HIDDEN if out.secret else out.value for key, out in found.items()}

    def patiently(self, call: Callable[[], Result]) -> Result:
        """Calls from another thread, so that an interrupt waits for the CLI's own orderly end.

        The terminal interrupts the CLI, too: it finishes what it has begun and writes its state.
        """
        with _pulumi_errors(self.lines, self.stack.name), ThreadPoolExecutor(1) as pool:
            return pool.submit(self._unlocked, call).result()

    def _unlocked(self, call: Callable[[], Result]) -> Result:
        """Calls, and once more after the lock of a dead run was taken away."""
        from pulumi import automation

        try:
            return call()
        except automation.ConcurrentUpdateError as error:
            if not is_left_over(self.lines or str(error).splitlines()):
                raise
        self.progress.say("an earlier run left its lock behind; it is taken away")
        self.stack.cancel()
        return call()

    def _run(
        self, verb: Callable[..., object], *, foresees: bool = False, **options: Any
    ) -> list[Step]:
        """One run, and the engine's events as steps."""
        seen = Seen(self.subscription_id, self.progress, foresees=foresees)

        def call() -> object:
            self.lines.clear()
            say = self.lines.append
            return verb(on_event=seen.note, on_output=say, on_error=say, color="never", **options)

        try:
            self.patiently(call)
        except BaseException:
            self._tell_findings()
            raise
        finally:
            self.progress.forget()
        return seen.steps()

    def _tell_findings(self) -> None:
        """Everything that Pulumi found wrong, since the error can hold one sentence of it."""
        starts = [at for at, line in enumerate(self.lines) if line.strip() == FINDINGS]
        for line in self.lines[starts[0] :] if starts else ():
            if line.strip() and f"using {PLUGIN} from" not in line:
                self.progress.say(line.rstrip())

    def _planned(self, plan: Path | None, *, refresh: bool) -> dict[str, Any]:
        """The options that a preview and its `up` share."""
        packs = [PACK] if (self.root / PACK / "PulumiPolicy.yaml").is_file() else None
        return {
            "policy_packs": packs,
            # Pulumi works in the project's folder, the person anywhere in it.
            "plan": str(plan.resolve()) if plan else None,
            "refresh": refresh or None,
        }


@contextmanager
def open_cli(
    name: str, root: Path, target: Target, progress: Progress, *, make: bool = True
) -> Iterator[Cli | None]:
    """The CLI on a stack, made where the backend has none of that name; None if not `make`.

    Raises NotReady without the CLI, and on the sandbox without its stand-in on PATH.
    """
    if not find_cli():
        raise NotReady("the Pulumi CLI is not on PATH", INSTALL)
    if target.is_sandbox and shutil.which(PLUGIN) is None:
        raise NotReady(f"{PLUGIN}, the sandbox's stand-in, is not on PATH", TO_SANDBOX)
    # The sandbox's backend makes a salt for every stack; only dev's is worth keeping in the tree.
    kept = _unchanged(root / FOLDER / f"Pulumi.{name}.yaml") if target.is_sandbox else nullcontext()
    with kept:
        with _pulumi_errors([], name), ThreadPoolExecutor(1) as pool:
            stack = pool.submit(_select, name, root, make=make).result()
        yield Cli(root, stack, target.subscription_id, progress) if stack else None


def _select(name: str, root: Path, *, make: bool) -> automation.Stack | None:
    """The stack, by calls that the CLI itself answers.

    The Automation API's own reading of project and stack settings knows nothing of
    `stackConfigDir` and would drop it when it saves.
    """
    from pulumi import automation

    # The program and the pack run on this Python, activated or not.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    options = automation.LocalWorkspaceOptions(env_vars={"PATH": path})
    if make:
        return automation.create_or_select_stack(name, work_dir=str(root), opts=options)
    try:
        return automation.select_stack(name, work_dir=str(root), opts=options)
    except automation.StackNotFoundError:
        return None


@contextmanager
def _unchanged(file: Path) -> Iterator[None]:
    """Puts a file back as it was."""
    before = file.read_bytes()
    try:
        yield
    finally:
        if file.read_bytes() != before:
            file.write_bytes(before)


@contextmanager
def _pulumi_errors(lines: list[str], name: str) -> Iterator[None]:
    from pulumi import automation

    try:
        yield
    except automation.ConcurrentUpdateError as error:
        raise held(lines or str(error).splitlines()) from error
    except automation.InvalidVersionError as error:
        raise NotReady(f"the Pulumi CLI cannot be used: {error}", "install a newer one") from error
    except automation.CommandError as error:
        raise refusal(lines or str(error).splitlines(), name) from error
