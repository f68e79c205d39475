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


def state_option(command: Command) -> Command:
    """Gives a `sandbox` command `--state DIR`, handed over as `state`."""
    option = click.option(
        "--state",
        type=click.Path(file_okay=False, path_type=Path),
        default=Path(".ftops/sandbox"),
        show_default=True,
        help="The folder that holds the local Azure's state.",
    )
    return option(command)
