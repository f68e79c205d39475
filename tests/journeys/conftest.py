"""A shell in a copy of the project, pointed at a sandbox of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import Sandbox

ROOT = Path(__file__).parents[2]
FOREIGN = ("AZURE_", "ARM_", "PULUMI_", "FTOPS_")


@dataclass(frozen=True)
class Shell:
    """A shell in a copy of the project after `eval "$(ftops sandbox env)"`, its venv activated."""

    root: Path
    environ: dict[str, str]

    @property
    def stack_file(self) -> Path:
        return self.root / "stacks/Pulumi.dev.yaml"

    def type(self, *words: str, fails: bool = False) -> str:
        """Runs one command and returns all that it said."""
        return self.end(*words, codes=None if fails else (0,))

    def ftops(self, *words: str, code: int = 0) -> str:
        """Runs ftops, which must end with this exit code."""
        return self.end("ftops", *words, codes=(code,))

    def end(self, *words: str, codes: tuple[int, ...] | None) -> str:
        """Runs one command; None stands for any exit code but 0."""
        done = subprocess.run(
            words,
            cwd=self.root,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode in codes if codes else done.returncode != 0, done.stdout
        assert "Traceback" not in done.stdout
        return done.stdout

    def up(self, *options: str, fails: bool = False) -> str:
        """`pulumi up` with the policy pack on."""
        words = ("pulumi", "up", "--yes", "--policy-pack", "policies", *options)
        return self.type(*words, fails=fails)

    def output(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.type("pulumi", "stack", "output", "--json"))
        return found

    def change(self, old: str, new: str, count: int = -1) -> None:
        text = self.stack_file.read_text()
        assert old in text
        self.stack_file.write_text(text.replace(old, new, count))


def _copy(root: Path) -> Path:
    for name in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(ROOT / name, root)
    for folder, files in (("stacks", "*.yaml"), ("policies", "*.*")):
        (root / folder).mkdir()
        for file in (ROOT / folder).glob(files):
            shutil.copy(file, root / folder)
    return root


@pytest.fixture(scope="module")
def shell(alone: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    plain = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    venv = str(Path(sys.executable).parent)
    environ = {**plain, **alone.env}
    environ["PATH"] = os.pathsep.join([venv, environ["PATH"]])
    return Shell(_copy(tmp_path_factory.mktemp("project")), environ)
