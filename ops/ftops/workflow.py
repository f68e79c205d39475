"""What a project's GitHub workflows run by the clock, as far as their files tell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ftops_policies.resource import Resource
from ftops_policies.rule import PROJECT

FOLDER = Path(".github") / "workflows"
SWEEP = "ftops teardown"
BYTES_MAX = 1_000_000


def project_resource(root: Path, environment: str) -> Resource:
    """The project as rules on its files see it, once for each environment.

    `workflows` has one entry for each that is scheduled: its file, the commands in it that sweep,
    and whether it calls others, which may. One that cannot be read is `unreadable`.
    """
    folder = _top(root) / FOLDER
    files = sorted(path for path in folder.glob("*.y*ml") if path.suffix in {".yml", ".yaml"})
    read = [entry for path in files if (entry := _workflow(path))]
    return Resource(PROJECT, environment, {"workflows": read})


def _top(root: Path) -> Path:
    """Where GitHub looks for workflows: the repository's top, or the project's own folder."""
    for folder in (root, *root.parents):
        if (folder / ".git").exists():
            return folder
    return root


def _workflow(path: Path) -> dict[str, Any] | None:
    """A scheduled workflow; None for any other."""
    import yaml

    file = (FOLDER / path.name).as_posix()
    try:
        if path.stat().st_size > BYTES_MAX:
            return {"file": file, "unreadable": True}
        whole = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)  # noqa: S506 - makes texts, lists and mappings alone
    except (OSError, ValueError, RecursionError, yaml.YAMLError):
        return {"file": file, "unreadable": True}
    begun = whole.get("on") if isinstance(whole, dict) else None
    if not isinstance(begun, dict) or not begun.get("schedule"):
        return None
    jobs = whole.get("jobs")
    listed = (
        [job for job in jobs.values() if isinstance(job, dict)] if isinstance(jobs, dict) else []
    )
    commands = [line for job in listed for line in _commands(job)]
    return {"file": file, "commands": commands, "calls": any("uses" in job for job in listed)}


def _commands(job: dict[str, Any]) -> Iterator[str]:
    """The lines of a job's scripts that tear down; a line that ends with a backslash goes on."""
    steps = job.get("steps")
    for step in steps if isinstance(steps, list) else ():
        script = step.get("run") if isinstance(step, dict) else None
        for line in str(script or "").replace("\\\n", " ").splitlines():
            command = line.partition("#")[0]
            if SWEEP in command:
                yield " ".join(command.split())
