"""Bringing an environment up with the Pulumi CLI: preview, a question, then `up`, policies on."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ftops.engine.listing import arm_request
from ftops.engine.program import Declared
from ftops.engine.step import Action, Approve, Raised, Step, Tell
from ftops.engine.wire import HIDDEN
from ftops.stack_file import FOLDER
from ftops.target import TO_SANDBOX, Target
from ftops_catalog.errors import BadConfig, Blocked, CloudRefused, Conflict, FtopsError, NotReady

if TYPE_CHECKING:
    from pulumi import automation

Result = TypeVar("Result")

CLI = "pulumi"
PACK = "policies"
PLUGIN = "pulumi-resource-azure-native"

ACTIONS: Mapping[str, Action] = {
    "create": "created",
    "update": "updated",
    "same": "unchanged",
    "replace": "replaced",
    "delete": "deleted",
    "import": "created",
}


def find_cli() -> str | None:
    """Where the Pulumi CLI lies on PATH, None where it does not."""
    return shutil.which(CLI)


def bring_up(name: str, root: Path, target: Target, approve: Approve, tell: Tell) -> Raised:
    """Runs `pulumi preview`, asks, then `pulumi up`; Pulumi's own words go to `tell`.

    Raises Blocked where the policy pack says no, Conflict where another run holds the stack,
    CloudRefused where Azure or Pulumi does.
    """
    if target.is_sandbox and shutil.which(PLUGIN) is None:
        raise NotReady(f"{PLUGIN}, the sandbox's stand-in, is not on PATH", TO_SANDBOX)
    # The sandbox's backend makes a salt for every stack; only dev's is worth keeping in the tree.
    kept = _unchanged(root / FOLDER / f"Pulumi.{name}.yaml") if target.is_sandbox else nullcontext()
    with kept:
        cli = Cli(root, Talk(tell), target.subscription_id)
        stack = cli.patiently(lambda: _select(name, root))
        approve(cli.run(stack.preview))
        try:
            steps = cli.run(stack.up)
        except Conflict:
            if not _is_left_over(cli.talk.lines):
                raise
            cli.patiently(stack.cancel)
            steps = cli.run(stack.up)
        outputs = cli.patiently(stack.outputs)
    shown = {key: HIDDEN if output.secret else output.value for key, output in outputs.items()}
    return Raised(steps, shown)


@dataclass(frozen=True)
class Cli:
    """The CLI's runs, on a project's folder and with its policy pack."""

    root: Path
    talk: Talk
    subscription_id: str

    def run(self, verb: Callable[..., object]) -> list[Step]:
        """`preview` or `up`, and the engine's events as steps."""
        packs = [PACK] if (self.root / PACK / "PulumiPolicy.yaml").is_file() else None
        seen = Seen(self.subscription_id)
        say = self.talk.say
        self.talk.clear()
        self.patiently(
            lambda: verb(on_event=seen.note, on_output=say, on_error=say, policy_packs=packs)
        )
        return seen.steps()

    def patiently(self, call: Callable[[], Result]) -> Result:
        """Calls from another thread, so that an interrupt waits for the CLI's own orderly end.

        The terminal interrupts the CLI, too: it finishes what it has begun and writes its state.
        """
        with _pulumi_errors(self.talk), ThreadPoolExecutor(1) as pool:
            return pool.submit(call).result()


def _is_left_over(lines: list[str]) -> bool:
    """Whether the lock that Pulumi names is of a process of this machine that is no more."""
    held = re.search(r"created by \S+@(\S+) \(pid (\d+)\)", "\n".join(lines))
    if not held or held.group(1) != platform.node():
        return False
    try:
        os.kill(int(held.group(2)), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _select(name: str, root: Path) -> automation.Stack:
    """The stack, made where the backend has none of that name yet.

    Only calls that the CLI itself answers are used: the Automation API's own reading of project
    and stack settings knows nothing of `stackConfigDir` and would drop it when it saves.
    """
    from pulumi import automation

    # The program and the pack run on this Python, activated or not.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    options = automation.LocalWorkspaceOptions(env_vars={"PATH": path})
    return automation.create_or_select_stack(name, work_dir=str(root), opts=options)


@dataclass
class Talk:
    """What Pulumi says while it works; the lines are kept to find out why it stopped."""

    tell: Tell
    lines: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        line = text.rstrip()
        self.lines.append(line)
        self.tell(line)

    def clear(self) -> None:
        self.lines.clear()


@dataclass
class Seen:
    """The engine's events, as steps."""

    subscription_id: str
    found: dict[str, Step] = field(default_factory=dict)

    def note(self, event: automation.EngineEvent) -> None:
        about = event.resource_pre_event or event.res_outputs_event
        if about is None or not about.metadata.type.startswith("azure-native:"):
            return
        action = ACTIONS.get(about.metadata.op.value)
        state = about.metadata.new or about.metadata.old
        if action and state:
            self.found[state.urn] = self._step(state, action)

    def _step(self, state: automation.events.StepEventStateMetadata, action: Action) -> Step:
        declared = Declared(state.type, state.urn.rsplit("::", 1)[-1], state.urn, _known(state))
        try:
            record, sent = arm_request(declared, self.subscription_id)
        except BadConfig:
            # A program may hold resources that the table does not have: Pulumi knows them.
            return Step(state.type, declared.name, state.id or "", action)
        arm_id = state.id or sent.path
        return Step(record.type, arm_id.rsplit("/", 1)[-1], arm_id, action)

    def steps(self) -> list[Step]:
        return sorted(self.found.values(), key=lambda step: step.id.casefold())


def _known(state: automation.events.StepEventStateMetadata) -> dict[str, Any]:
    """A resource's inputs without what the engine adds for itself."""
    return {key: value for key, value in (state.inputs or {}).items() if not key.startswith("__")}


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
def _pulumi_errors(talk: Talk) -> Iterator[None]:
    from pulumi import automation

    try:
        yield
    except automation.ConcurrentUpdateError as error:
        raise Conflict("another run holds this stack", "wait for it, or: pulumi cancel") from error
    except automation.InvalidVersionError as error:
        raise NotReady(f"the Pulumi CLI cannot be used: {error}", "install a newer one") from error
    except automation.CommandError as error:
        raise _refusal(talk.lines or str(error).splitlines()) from error


def _refusal(lines: list[str]) -> FtopsError:
    """The sentence of a run that failed, out of what Pulumi said."""
    text = "\n".join(lines)
    if "[mandatory]" in text:
        rules = sorted(set(re.findall(r"\[mandatory\]\s+(\S+)", text)))
        return Blocked(f"the policy pack says no: {', '.join(rules)}", "ftops policy check ENV")
    errors = [found.group(1) for line in lines if (found := _ERROR.match(line))]
    sentence = (errors or [line.strip() for line in lines if line.strip()] or ["no word"])[0]
    if "already existing resource" in sentence:
        return Conflict(
            f"pulumi: {sentence}; it was made without the Pulumi CLI, so no state knows it",
            "empty the sandbox (ftops sandbox reset), or pulumi import it",
        )
    hint = re.search(r"^\s*Hint: (.+)$", text, re.MULTILINE)
    code = re.search(r"\(([A-Z][A-Za-z]+)\)$", sentence)
    return CloudRefused(
        f"pulumi: {sentence}",
        hint.group(1) if hint else "mend the cause and run the same command again",
        azure_code=code.group(1) if code else "",
    )


_ERROR = re.compile(r"\s*error: (?!update failed|preview failed|an unhandled error)(.+)")
