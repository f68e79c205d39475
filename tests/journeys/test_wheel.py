"""The distribution, built and installed without network, works outside the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "catalog/ftops_catalog",
    "stacks/ftops_stacks",
    "policies/ftops_policies",
    "ops/ftops",
    "sandbox/ftops_sandbox",
)


@dataclass(frozen=True)
class Installed:
    """ftops as pipx leaves it: a venv of its own, a folder elsewhere, an empty environment."""

    scripts: Path
    wheel: Path
    home: Path

    def environ(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        path = os.pathsep.join([str(self.scripts), "/usr/bin", "/bin"])
        return {"HOME": str(self.home), "PATH": path, **(more or {})}

    def type(
        self, *words: str, folder: Path | None = None, more: Mapping[str, str] | None = None
    ) -> str:
        """Runs one command and returns what it printed."""
        done = subprocess.run(
            [self.scripts / words[0], *words[1:]],
            cwd=folder or self.home,
            env=self.environ(more),
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    words = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(words, cwd=ROOT, capture_output=True, check=True)
    return next(folder.glob("ftops-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel alone in a venv; what it depends on is borrowed from the tests' own."""
    home = tmp_path_factory.mktemp("home")
    venv = tmp_path_factory.mktemp("pipx") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    python = venv / "bin/python"
    offline = ["--no-deps", "--no-index", "--no-compile", "--disable-pip-version-check"]
    words = [sys.executable, "-m", "pip", "--python", str(python), "install", *offline, str(wheel)]
    subprocess.run(words, capture_output=True, check=True)
    purelib = next((venv / "lib").glob("python*/site-packages"))
    # A path in a .pth file is added as it is: the .pth files there, our editable one's among
    # them, are not read.
    (purelib / "borrowed.pth").write_text(_dependencies(), encoding="utf-8")
    return Installed(venv / "bin", wheel, home)


def _dependencies() -> str:
    import click

    return f"{Path(click.__file__).parents[1]}\n"


@pytest.fixture(scope="module")
def project(installed: Installed) -> Path:
    installed.type("ftops", "init", "team", "--environment", "dev", "--owner", "ana")
    return installed.home / "team"


@pytest.fixture(scope="module")
def shell(installed: Installed, project: Path) -> Iterator[dict[str, str]]:
    """The variables of a sandbox that the installed ftops started."""
    begun = installed.type("ftops", "sandbox", "start", "--port", "0", "--detach", folder=project)
    assert json.loads(begun)["http"]
    told = installed.type("ftops", "sandbox", "env", "--output", "json", folder=project)
    values = json.loads(told)
    yield {name: value for name, value in values.items() if name.isupper() or "_proxy" in name}
    installed.type("ftops", "sandbox", "stop", folder=project)


def test_the_wheel_holds_every_file_of_the_packages(wheel: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", *PACKAGES], cwd=ROOT, capture_output=True, text=True, check=True
    )
    files = {
        name.partition("/")[2] for name in listed.stdout.split("\0") if (ROOT / name).is_file()
    }
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())

    assert files - {""} <= packed


def test_what_is_run_is_the_wheel(installed: Installed) -> None:
    code = "import ftops, ftops_catalog, ftops_sandbox, ftops_stacks; print(ftops.__file__)"
    told = installed.type("python", "-c", code)

    assert Path(told.strip()).is_relative_to(installed.scripts.parent)


@pytest.mark.parametrize(
    "words", [("--help",), ("--version",), ("catalog",), ("init", "--help"), ("up", "--help")]
)
def test_an_installed_command_answers_anywhere(
    words: tuple[str, ...], installed: Installed
) -> None:
    assert installed.type("ftops", *words)


def test_a_new_project_keeps_the_rules(installed: Installed, project: Path) -> None:
    told = installed.type("ftops", "policy", "check", "--output", "json", folder=project)

    # Nobody can know the budget and the network of a project that begins: it is warned.
    assert {each["severity"] for each in json.loads(told)["findings"]} == {"warn"}


def test_a_new_project_comes_up_on_the_sandbox(
    installed: Installed, project: Path, shell: dict[str, str]
) -> None:
    more = {**shell, "PATH": installed.environ()["PATH"]}
    words = ("ftops", "up", "dev", "--target", "sandbox", "--yes", "--output", "json")
    answer: dict[str, Any] = json.loads(installed.type(*words, folder=project, more=more))

    assert {step["action"] for step in answer["resources"]} == {"created"}
    assert "oai-team-dev" in answer["outputs"]["accounts"]


def test_the_pack_of_a_new_project_starts(installed: Installed, project: Path) -> None:
    """The engine starts it so, and reads the port of its gRPC door."""
    with subprocess.Popen(
        [installed.scripts / "python", "-u", "policies"],
        cwd=project,
        env=installed.environ(),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        port = process.stdout.readline().strip()
        process.terminate()

    assert port.isdigit()


def test_the_demo_runs_where_there_is_no_project(installed: Installed, tmp_path: Path) -> None:
    told = installed.type("ftops", "demo", folder=tmp_path)

    assert "$ ftops init" in told
    assert (tmp_path / ".ftops/demo/cost.html").is_file()
    assert {path.name for path in tmp_path.iterdir()} == {".ftops"}
