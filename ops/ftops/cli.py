"""The command line: a table of commands, each imported when used, and one error boundary."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import click

from ftops import __version__
from ftops_catalog.errors import CloudRefused, FtopsError

INTERRUPTED = 130
YOUNG_OBJECTS_MAX = 20_000


@dataclass(frozen=True)
class Row:
    """One command: its place in the tree and the line that `--help` shows for it.

    Its module is `ftops.commands.<path with underscores>`, its click command is `command` there.
    """

    path: str
    summary: str

    @property
    def module(self) -> str:
        return f"ftops.commands.{self.path.replace(' ', '_')}"


COMMANDS = (
    Row("doctor", "Tell what is missing on this machine, and where commands would go."),
    Row("demo", "Run the whole loop against a local Azure, echoing every command."),
    Row("init", "Write a project of your own, or upgrade it without touching your edits."),
    Row("plan", "Tell whether an environment would come up, and what it would cost."),
    Row("preview", "Show what an environment would be: a table, JSON, a picture, a plan."),
    Row("up", "Bring an environment up: its account, its base deployments, its tags."),
    Row("destroy", "Take an environment down; what is protected blocks it."),
    Row("catalog", "List what Azure offers: models, regions, SKUs, limits, prices."),
    Row("quota", "Show quota and usage, the pools of tuned models included."),
    Row("quota plan", "Rank the regions where a model could be deployed."),
    Row("data check", "Check a training file, line by line, before anything is paid."),
    Row("data estimate", "Estimate tokens, epochs and the price of training on a file."),
    Row("data approve", "Approve a training file: licence, source, environments, bytes."),
    Row("tune submit", "Upload a training file and start a fine-tuning job."),
    Row("tune watch", "Follow a job to its end: steps, loss, events."),
    Row("tune list", "List fine-tuning jobs with their state, tokens and models."),
    Row("deploy", "Deploy a tuned model with an owner and a time to live."),
    Row("compare", "Ask a base and a tuned deployment the same held-out questions."),
    Row("promote", "Write a tuned model into an environment's stack file, for a pull request."),
    Row("teardown", "Judge every tuned deployment and delete the idle ones."),
    Row("restore", "Bring back a deployment that a teardown removed."),
    Row("cost report", "Report cost by hour, deployment and charge, as table or HTML."),
    Row("policy check", "Judge the environments by the rules, with no cloud at all."),
    Row("policy comment", "Keep one comment on a pull request, edited in place."),
    Row("policy audit", "Judge what exists in the subscription."),
    Row("policy list", "List the rules with their severity."),
    Row("policy explain", "Explain a rule: what must hold, why, what to do."),
    Row("policy new", "Write a rule of your own, with its examples."),
    Row("policy test", "Try the examples of the project's rules."),
    Row("sandbox start", "Start the local Azure."),
    Row("sandbox stop", "Stop the local Azure; its state stays."),
    Row("sandbox status", "Tell whether the local Azure runs, and where."),
    Row("sandbox env", "Print what points every client of this shell at the local Azure."),
    Row("sandbox clock", "Show or move the local Azure's clock."),
    Row("sandbox fault", "Order trouble from the local Azure."),
    Row("sandbox traffic", "Write calls into the local Azure's past."),
    Row("sandbox world load", "Fill the local Azure from a file."),
    Row("sandbox inspect", "Show all that the local Azure holds."),
    Row("sandbox reset", "Empty the local Azure."),
)

GROUPS: Mapping[str, str] = {
    "data": "Check training data and price a job before it starts.",
    "tune": "Submit fine-tuning jobs and follow them.",
    "cost": "Account for hosting, training and tokens by the hour.",
    "policy": "Judge environments by the rules, and know the rules.",
    "sandbox": "Run a local Azure that real clients talk to.",
    "sandbox world": "Fill the local Azure.",
}


class Commands(click.Group):
    """A group whose members are rows of the table, imported only when one is used."""

    def __init__(self, prefix: str = "", **settings: Any) -> None:
        super().__init__(**settings)
        self.prefix = prefix

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        rest = (row.path.removeprefix(self.prefix) for row in self.rows())
        return list(dict.fromkeys(path.split()[0] for path in rest))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        path = self.prefix + cmd_name
        if path in GROUPS:
            return Commands(f"{path} ", name=cmd_name, help=GROUPS[path], no_args_is_help=True)
        if not any(row.path == path for row in self.rows()):
            return None
        command = import_module(Row(path, "").module).command
        assert isinstance(command, click.Command), f"{path} has no command"
        below = any(row.path.startswith(f"{path} ") for row in self.rows())
        return _with_members(command, path) if below else command

    def rows(self) -> list[Row]:
        """The rows of the table that lie under this group."""
        return [row for row in COMMANDS if row.path.startswith(self.prefix)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Help reads the table alone, so that no SDK is imported for it."""
        summaries = {row.path: row.summary for row in COMMANDS} | dict(GROUPS)
        lines = [(name, summaries[self.prefix + name]) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(lines)

    def invoke(self, ctx: click.Context) -> Any:
        """The one boundary: an error a person can act on becomes two lines and an exit code."""
        if not self.prefix:
            _live_shortly()
        try:
            return super().invoke(ctx)
        except FtopsError as error:
            say(error)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            click.echo("Interrupted; the same command can be run again.", err=True)
            ctx.exit(INTERRUPTED)


def _live_shortly() -> None:
    """Lets Python look for garbage less: a command has ended before it would matter."""
    # Python's own 700 makes some 500 collections of a preview, most while an SDK is imported.
    gc.set_threshold(YOUNG_OBJECTS_MAX)
    # At the end it would look through all that was ever imported: a third of a second.
    atexit.register(gc.freeze)


def _with_members(command: click.Command, path: str) -> Commands:
    """A command that does something by itself, and has others below it."""

    def alone(**options: Any) -> None:
        if click.get_current_context().invoked_subcommand is None:
            click.get_current_context().invoke(command, **options)

    return Commands(
        f"{path} ",
        name=command.name,
        help=command.help,
        params=list(command.params),
        callback=alone,
        invoke_without_command=True,
    )


def say(error: FtopsError) -> None:
    """Prints the sentence and the hint on stderr."""
    code = error.azure_code if isinstance(error, CloudRefused) else ""
    quoted = f" ({code})" if code and code not in error.message else ""
    click.echo(f"Error: {error.message}{quoted}", err=True)
    if error.hint:
        click.echo(f"Hint: {error.hint}", err=True)


main = Commands(
    name="ftops",
    help="Azure OpenAI fine-tuning as code: on budget, under policy, on one laptop first.",
    no_args_is_help=True,
    context_settings={"max_content_width": 100},
)
main = click.version_option(__version__, prog_name="ftops", message="%(prog)s %(version)s")(main)
