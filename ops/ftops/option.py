"""Options that several commands share, each with one spelling and one help text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def ledger_option(command: Command) -> Command:
    """Gives a command `--ledger PATH`, handed over as `ledger`."""
    option = click.option(
        "--ledger",
        type=click.Path(dir_okay=False, path_type=Path),
        default=Path(".ftops/ledger.jsonl"),
        envvar="FTOPS_LEDGER",
        show_default=True,
        help="The append-only file of what was deployed, deleted and restored.",
    )
    return option(command)


def account_option(command: Command) -> Command:
    """Gives a command `--account NAME`, handed over as `account`."""
    return click.option("--account", help="Only this account.")(command)


def group_option(command: Command) -> Command:
    """Gives a command `--resource-group NAME`, handed over as `resource_group`."""
    return click.option("--resource-group", help="Only this resource group.")(command)
