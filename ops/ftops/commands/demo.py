"""`ftops demo`: the whole loop against a local Azure, every command echoed as it runs."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from importlib.resources import files as resources
from pathlib import Path

import click

from ftops.demo import Files, Step, closing, founding, is_project, opening, script
from ftops_catalog.errors import Blocked

DATA = "data"
BASE = "gpt-4.1-mini"


@click.command()
@click.option(
    "--state",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".ftops/demo"),
    show_default=True,
    help="The folder of the demo's sandbox, ledger and report; it is emptied first.",
)
@click.option("--keep", is_flag=True, help="Leave the sandbox up at the end.")
def command(state: Path, *, keep: bool) -> None:
    """Run the whole loop against a local Azure, echoing every command.

    Checks data, prices it, brings an environment up, trains, deploys, compares, lets the
    deployment go idle, tears it down and reports the cost. Every line that starts with $ can be
    typed again. Where the working directory holds no project, one is written for it. Nothing is
    left running, and nothing is written outside the working directory.

    \b
    Examples:
      ftops demo
      ftops demo --keep
    """
    started = time.monotonic()
    files = _files(state)
    _empty(files)
    try:
        _run(opening(files), os.environ)
        environ = _environ(files)
        if files.project:
            _run(founding(files.project), environ)
            click.secho(f"\n$ cd {shlex.quote(str(files.project))}", bold=True)
        for step in script(files, BASE):
            _run(step, environ, files.project)
    finally:
        if not keep:
            _run(closing(files), os.environ)
    _end(files, time.monotonic() - started, keep=keep)


def _files(state: Path) -> Files:
    data = Path(str(resources("ftops") / "demonstration"))
    here = Path.cwd()
    data = data.relative_to(here) if data.is_relative_to(here) else data
    project = None
    if not is_project(here):
        # Its commands run in the project's folder, from where a relative path leads elsewhere.
        data, state = data.resolve(), state.resolve()
        project = state / "project"
    return Files(data / "sarcastic-train.jsonl", data / "sarcastic-held-out.jsonl", state, project)


def _empty(files: Files) -> None:
    if files.state.exists():
        subprocess.run(
            [sys.executable, "-m", *closing(files).line.split()], capture_output=True, check=False
        )
        shutil.rmtree(files.state)


def _environ(files: Files) -> Mapping[str, str]:
    words = ["sandbox", "env", "--state", str(files.state), "--output", "json"]
    done = subprocess.run(
        [sys.executable, "-m", "ftops", *words], capture_output=True, text=True, check=True
    )
    exports = {
        name: value for name, value in json.loads(done.stdout).items() if isinstance(value, str)
    }
    return {**os.environ, **exports}


def _run(step: Step, environ: Mapping[str, str], folder: Path | None = None) -> None:
    click.secho(f"\n# {step.why}", fg="cyan")
    click.secho(f"$ {step.line}", bold=True)
    sys.stdout.flush()
    words = [sys.executable, "-m", "ftops", *step.words]
    exit_code = subprocess.run(words, env=dict(environ), cwd=folder, check=False).returncode
    if exit_code:
        raise Blocked(f"the demo stopped: `{step.line}` ended with exit code {exit_code}")


def _end(files: Files, seconds: float, *, keep: bool) -> None:
    click.secho(f"\nThe whole loop took {seconds:.0f} s.", fg="green")
    click.echo(f"The cost report: {files.report}  (open it in a browser)")
    click.echo("\nWhat to try next:")
    if keep:
        click.echo(f'  eval "$(ftops sandbox env --state {files.state})"')
        click.echo("  ftops restore sarcastic --ttl 24h")
    if files.project:
        click.echo("  ftops init my-team; cd my-team")
    click.echo('  ftops sandbox start --detach; eval "$(ftops sandbox env)"; ftops up dev')
    click.echo("  ftops data check your-own.jsonl")
    click.echo("  ftops policy check; then break a rule in stacks/Pulumi.dev.yaml and look again")
