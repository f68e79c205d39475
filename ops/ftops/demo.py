"""The demo's script: which commands are run, in which order, and why."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MODEL = "gpt-4.1-mini"
TUNED = "sarcastic"
REGION = "swedencentral"


@dataclass(frozen=True)
class Step:
    """One command of the demo: what it is for, and the line a person would type."""

    why: str
    line: str

    @property
    def words(self) -> Sequence[str]:
        """The line's words after `ftops`."""
        return shlex.split(self.line)[1:]


@dataclass(frozen=True)
class Files:
    """What the demo reads and writes; what it writes lies below the working directory.

    `project` is where a project is made for it, None where the working directory has one.
    """

    train: Path
    held_out: Path
    state: Path
    project: Path | None = None

    @property
    def report(self) -> Path:
        return self.state / "cost.html"


def is_project(folder: Path) -> bool:
    """Whether a folder has what the demo's commands read."""
    read = ("Pulumi.yaml", "__main__.py", "stacks/Pulumi.dev.yaml", "policies/settings.yaml")
    return all((folder / name).is_file() for name in read)


def founding(project: Path) -> Step:
    line = f"ftops init {_quoted(project)} --name demo --environment dev"
    return Step("Write a project, since there is none here.", line)


def opening(files: Files) -> Step:
    """The sandbox starts in the past, so that the days to come end before today."""
    at = f"ftops sandbox start --state {_quoted(files.state)} --port 0 --at -3d --detach"
    return Step("Start a local Azure, three days ago.", at)


def closing(files: Files) -> Step:
    return Step("Stop the local Azure.", f"ftops sandbox stop --state {_quoted(files.state)}")


def script(files: Files, base: str) -> tuple[Step, ...]:
    """The loop, in the order in which a team would meet it. `base` is a base deployment's name."""
    train, held_out, report = map(_quoted, (files.train, files.held_out, files.report))
    clock = f"ftops sandbox clock --state {_quoted(files.state)}"
    return (
        Step("Is the training data any good?", f"ftops data check {train}"),
        Step(
            "What will it cost?", f"ftops data estimate {train} --model {MODEL} --region {REGION}"
        ),
        Step("Do the environments keep the rules?", "ftops policy check"),
        Step("Bring the dev environment up.", "ftops up dev --target sandbox --yes"),
        Step(
            "Train.",
            f"ftops tune submit {train} --validation {held_out} --model {MODEL} --suffix {TUNED}",
        ),
        Step("From here on, one second is two minutes.", f"{clock} --speed 120"),
        Step("Follow the job to its end.", "ftops tune watch latest"),
        Step("Back to ordinary time.", f"{clock} --speed 1"),
        Step(
            "Deploy the tuned model: from here on it costs money.",
            f"ftops deploy latest {TUNED} --environment dev --owner you --ttl 72h --yes",
        ),
        Step(
            "Is it different from its base?",
            f"ftops compare {base} {TUNED} --data {held_out} --limit 3",
        ),
        Step("A day and a half pass, and nobody calls it.", f"{clock} --advance 36h"),
        Step("What is idle? This is a dry run: nothing is deleted.", "ftops teardown --idle"),
        Step("Tear it down.", "ftops teardown --idle --yes"),
        Step(
            "What did all that cost?",
            f"ftops cost report --by day --since 3d --html {report}",
        ),
    )


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))
