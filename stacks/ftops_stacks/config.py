"""The stack's config as Pulumi hands it to the program, made into an Environment."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env

from ftops.environment import Environment, parse_stack
from ftops.stack_file import PROJECT, StackFile, read_stack_file
from ftops_catalog.catalog import read_catalog
from ftops_catalog.errors import FtopsError


def read_config(root: Path) -> Environment:
    """The environment of the stack that runs.

    What is wrong comes out as a RunError: Pulumi prints its sentence and hint, no traceback.
    """
    try:
        return parse_stack(_stack_file(pulumi.get_stack(), root), read_catalog())
    except FtopsError as error:
        raise pulumi.RunError(f"{error.message}\n{error.hint}".strip()) from error


def _stack_file(stack: str, root: Path) -> StackFile:
    """The config as values, with the lines of the stack file where one lies in its place.

    The values are Pulumi's own: they may come from a flag, a default or an ESC environment.
    """
    try:
        written = read_stack_file(stack, root)
    except FtopsError:
        written = StackFile(stack, f"stacks/Pulumi.{stack}.yaml", {}, {})
    prefix = f"{PROJECT}:"
    # Pulumi's Config has no listing, without which an unknown key could not be seen.
    config = {**get_config_env(), **CONFIG.get()}
    values = {
        key.removeprefix(prefix): parse_value(value)
        for key, value in config.items()
        if key.startswith(prefix)
    }
    return StackFile(stack, written.file, values, written.lines)


def parse_value(text: Any) -> Any:
    """A config value: objects and lists travel as JSON, all else is text."""
    if isinstance(text, str) and text.lstrip()[:1] in {"{", "["}:
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            return text
    return text
