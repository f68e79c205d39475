"""Bringing an environment up with the Pulumi CLI: preview, a question, then `up`, policies on."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftops.engine.listing import arm_request
from ftops.engine.program import Declared
from ftops.engine.step import Action, Approve, Raised, Step, Tell
from ftops.target import TO_SANDBOX, Target
from ftops_catalog.errors import BadConfig, Blocked, CloudRefused, Conflict, NotReady

if TYPE_CHECKING:
    from pulumi import automation

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
    talk = Talk(tell)
    with _pulumi_errors(talk):
        stack = _select(name, root)
        packs = [PACK] if (root / PACK / "PulumiPolicy.yaml").is_file() else None
        foreseen = Seen(target.subscription_id)
        stack.preview(
            on_event=foreseen.note, on_output=talk.say, on_error=talk.say, policy_packs=packs
        )
        approve(foreseen.steps())
        done = Seen(target.subscription_id)
        talk.clear()
        stack.up(on_event=done.note, on_output=talk.say, on_error=talk.say, policy_packs=packs)
        outputs = {key: output.value for key, output in stack.outputs().items()}
    return Raised(done.steps(), outputs)


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


def _refusal(lines: list[str]) -> Blocked | CloudRefused:
    """The sentence of a run that failed, out of what Pulumi said."""
    text = "\n".join(lines)
    if re.search(r"\[mandatory\]|policy violation|Policy Violation", text):
        rules = sorted(set(re.findall(r"\[mandatory\]\s+(\S+)", text)))
        named = f": {', '.join(rules)}" if rules else ""
        return Blocked(f"the policy pack says no{named}", "ftops policy check names file and line")
    said = [line.strip() for line in lines if re.match(r"\s*error:", line)]
    sentence = (said or [line for line in lines if line.strip()] or ["no reason given"])[0]
    code = re.search(r"\(([A-Z][A-Za-z]+)\)", text)
    return CloudRefused(
        f"pulumi: {sentence.removeprefix('error:').strip()}",
        "what was made stays; mend the cause and run the same command again",
        azure_code=code.group(1) if code else "",
    )
