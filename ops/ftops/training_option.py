"""Options of the commands around a training job: which rules, which account, which training."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def allow_option(command: Command) -> Command:
    """Gives a command `--allow RULE`, repeatable, handed over as `allow`."""
    return click.option(
        "--allow",
        multiple=True,
        metavar="RULE",
        help="A data rule that may be broken, by its id; can be given again.",
    )(command)


def home_account_option(command: Command) -> Command:
    """Gives a command `--account NAME`, handed over as `account`."""
    return click.option(
        "--account",
        envvar="FTOPS_ACCOUNT",
        help="The account; can be left out where the subscription has only one.",
    )(command)


def training_type_option(command: Command) -> Command:
    """Gives a command `--training-type`, handed over as `training_type`."""
    return click.option(
        "--training-type",
        type=click.Choice(["Standard", "GlobalStandard", "Developer"], case_sensitive=False),
        default="Standard",
        show_default=True,
        help="Standard keeps data in the region, the others are cheaper and do not.",
    )(command)


def epochs_option(command: Command) -> Command:
    """Gives a command `--epochs N`, handed over as `epochs`."""
    return click.option(
        "--epochs",
        type=click.IntRange(1, 50),
        help="How often the job visits each example; Azure chooses where it is left out.",
    )(command)
