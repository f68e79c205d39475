"""What the code has and what it says of itself are one list: commands and variables."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from ftops.cli import COMMANDS, GROUPS
from ftops.reference import find_answer, find_command
from ftops.variable import VARIABLES

ROOT = Path(__file__).parents[2]
PATHS = [row.path for row in COMMANDS]
SILENT = {"sandbox env", "sandbox start", "demo"}
"""Commands whose output is a contract of its own (shell lines, one object, other commands)."""


@pytest.mark.parametrize("path", PATHS)
def test_a_command_has_help_and_an_example(path: str) -> None:
    command = find_command(path)

    assert command.help, f"{path} says nothing of itself"
    assert f"ftops {path}" in command.help, f"{path} shows no example of itself"
    assert "\\b" not in command.help, f"{path} has a raw docstring; click never sees its mark"


@pytest.mark.parametrize("path", PATHS)
def test_a_command_takes_output(path: str) -> None:
    options = {name for param in find_command(path).params for name in param.opts}

    assert "--output" in options or path in SILENT


@pytest.mark.parametrize("path", PATHS)
def test_a_command_lists_the_names_of_its_json(path: str) -> None:
    assert find_answer(path) or path in SILENT


@pytest.mark.parametrize("path", PATHS)
def test_every_option_has_help(path: str) -> None:
    for param in find_command(path).params:
        if isinstance(param, click.Option):
            assert param.help, f"{path} {param.opts[0]} has no help"


def test_every_group_has_a_command() -> None:
    assert all(any(path.startswith(f"{group} ") for path in PATHS) for group in GROUPS)


def test_no_command_file_is_off_the_table() -> None:
    files = {path.stem for path in (ROOT / "ops/ftops/commands").glob("*.py")} - {"__init__"}

    assert files == {path.replace(" ", "_") for path in PATHS}


def test_every_variable_of_ours_is_in_the_register() -> None:
    known = {variable.name for variable in VARIABLES}
    for path in (ROOT / "ops").rglob("*.py"):
        used = set(re.findall(r"\bFTOPS_[A-Z_]+\b", path.read_text(encoding="utf-8")))
        assert used <= known, f"{path.name} uses {used - known}"


def test_help_imports_no_sdk() -> None:
    heavy = "azure|openai|pulumi|pydantic|rich|duckdb|tiktoken|jinja2|httpx|yaml|numpy"
    code = (
        "import sys\nfrom ftops.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print([m for m in sys.modules if m.split('.')[0] in '{heavy}'.split('|')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[]"
