"""`ftops preview` offline: no CLI, no cloud, no sign-in, and the same answer every time."""

from __future__ import annotations

import csv
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ftops.cli import main

ROOT = Path(__file__).parents[2]
FOREIGN = ("AZURE_", "ARM_", "PULUMI_", "FTOPS_")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in a shell that points nowhere, on a machine without the Pulumi CLI."""
    for name in [name for name in os.environ if name.startswith(FOREIGN)]:
        monkeypatch.delenv(name)
    folders = os.environ["PATH"].split(os.pathsep)
    kept = [folder for folder in folders if not (Path(folder) / "pulumi").exists()]
    monkeypatch.setenv("PATH", os.pathsep.join(kept))
    monkeypatch.chdir(tmp_path)
    for file in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(ROOT / file, tmp_path)
    (tmp_path / "stacks").mkdir()
    shutil.copy(ROOT / "stacks/Pulumi.dev.yaml", tmp_path / "stacks")
    return tmp_path


def _preview(*words: str, exit_code: int = 0) -> Result:
    done = CliRunner().invoke(main, ["preview", *words], catch_exceptions=False)
    assert done.exit_code == exit_code, done.output
    assert "Traceback" not in done.stderr
    return done


def test_what_is_declared_is_told_with_its_line(project: Path) -> None:
    answer: dict[str, Any] = json.loads(_preview("dev", "--output", "json").stdout)
    found = {each["name"]: each for each in answer["resources"]}
    mini = found["oai-ftops-dev/gpt-4.1-mini"]
    line = (project / "stacks/Pulumi.dev.yaml").read_text().splitlines()[mini["line"] - 1]

    assert answer["schema"] == "ftops/preview/v1"
    assert (answer["source"], answer["target"], answer["plan"]) == ("program", None, None)
    assert {each["action"] for each in answer["resources"]} == {"declared"}
    assert (mini["region"], mini["model"]) == ("swedencentral", "gpt-4.1-mini 2025-04-14")
    assert (mini["sku"], mini["capacity"]) == ("GlobalStandard", 10)
    assert mini["file"] == "stacks/Pulumi.dev.yaml"
    assert "name: gpt-4.1-mini" in line
    assert found["rg-ftops-dev"]["sku"] is None


def test_people_get_a_table_and_sheets_get_csv(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del project
    monkeypatch.setenv("COLUMNS", "200")
    rows = list(csv.DictReader(_preview("dev", "--output", "csv").stdout.splitlines()))
    table = _preview("dev").stdout

    assert {row["action"] for row in rows} == {"declared"}
    assert rows[0]["type"] == "Microsoft.Resources/resourceGroups"
    assert rows[0]["capacity"] == ""
    assert "resources are declared" in table
    assert "oai-ftops-dev/gpt-4.1-mini" in table


def test_the_picture_goes_where_it_is_asked_for(project: Path) -> None:
    _preview("dev", "--picture", "dev.md")
    _preview("dev", "--picture", "dev.mmd")
    plain = _preview("dev", "--picture", "-").stdout

    assert plain.startswith("flowchart LR\n")
    assert (project / "dev.mmd").read_text() == plain
    assert (project / "dev.md").read_text() == f"```mermaid\n{plain}```\n"


@pytest.mark.parametrize(
    ("words", "exit_code", "message", "hint"),
    [
        (["prd"], 2, "there is no environment 'prd'", ""),
        (["dev", "--picture", "-", "--output", "json"], 2, "both want stdout", "--picture FILE"),
        (["dev", "--picture", "no/such/folder.md"], 2, "cannot be written", "--picture FILE"),
        (["dev", "--target", "sandbox"], 2, "an offline preview asks no target", "--engine"),
        (["dev", "--engine"], 4, "this shell points at no subscription", "ftops sandbox start"),
    ],
)
def test_a_wrong_word_is_one_sentence(
    project: Path, words: list[str], exit_code: int, message: str, hint: str
) -> None:
    del project
    done = _preview(*words, exit_code=exit_code)

    assert message in done.stderr
    assert hint in done.stderr


@pytest.mark.parametrize("words", [["--engine"], ["--save-plan", "plan.json"]])
def test_without_the_cli_it_names_what_to_install(
    project: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.setenv("AZURE_SUBSCRIPTION_ID", "s")
    done = _preview("dev", *words, exit_code=4)

    assert "the Pulumi CLI is not on PATH" in done.stderr
    assert "https://www.pulumi.com/docs/install" in done.stderr
    assert not (project / "plan.json").exists()


def test_a_mistake_in_the_stack_file_is_told_with_its_line(project: Path) -> None:
    file = project / "stacks/Pulumi.dev.yaml"
    file.write_text(file.read_text().replace("swedencentral", "swedencentrl"))
    done = _preview("dev", exit_code=4)

    assert "stacks/Pulumi.dev.yaml:" in done.stderr
    assert "swedencentral" in done.stderr
