"""Another revision of the project, as git has it: what changed since, and all of it as it was."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ftops.stack_file import FOLDER
from ftops_catalog.errors import BadUsage, NotReady

SECONDS_MAX = 120

WORKFLOWS = ".github/workflows"


@dataclass(frozen=True)
class Repository:
    """A project inside a git repository; `prefix` is its folder there, with a slash at its end."""

    root: Path
    prefix: str
    git: str

    def fork(self, revision: str) -> str:
        """The commit at which this one left a revision, or the revision's own where they never met.

        Raises BadUsage where git knows no such revision.
        """
        commit = self._ask(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
        )
        if commit is None:
            raise BadUsage(
                f"git knows no revision {revision!r} here",
                "fetch it first (git fetch origin main; actions/checkout: fetch-depth: 0)",
            )
        return (self._ask("merge-base", commit.strip(), "HEAD") or commit).strip()

    def changed(self, revision: str) -> list[str]:
        """Paths below the project that differ from where this left a revision, new files too.

        GitHub's workflows are at the repository's top, and are named from there.
        """
        fork, top = self.fork(revision), f":(top){WORKFLOWS}"
        differ = ("diff", "--name-only", "-z", "--no-renames")
        others = ("ls-files", "-z", "--others", "--exclude-standard")
        told = (
            self._ask(*differ, "--relative", fork, "--", "."),
            self._ask(*others, "--", "."),
            self._ask(*differ, fork, "--", top),
            self._ask(*others, "--full-name", "--", top),
        )
        return sorted({path for each in told for path in (each or "").split("\0") if path})

    @contextmanager
    def at(self, revision: str) -> Iterator[Path]:
        """The project as it was where this left a revision, in a folder of its own."""
        # From inside a folder git archives that folder alone, named from there.
        words = [self.git, "archive", "--format=tar", self.fork(revision)]
        made = [_run(words, self.root)]
        if self.prefix:
            top = (self._ask("rev-parse", "--show-toplevel") or "").strip()
            made.append(_run([*words, WORKFLOWS], Path(top)))
        with TemporaryDirectory(prefix="ftops-base-") as folder:
            for done in made:
                if done.returncode == 0:  # what was not there is not in the folder
                    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
                        archive.extractall(folder, filter="data")
            yield Path(folder).resolve()

    def _ask(self, *words: str) -> str | None:
        done = _run([self.git, *words], self.root)
        return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None


def find_repository(root: Path) -> Repository | None:
    """The repository that a project lies in; None without git, or where it lies in none."""
    git = shutil.which("git")
    if git is None:
        return None
    done = _run([git, "rev-parse", "--show-prefix"], root)
    prefix = done.stdout.decode("utf-8", "replace").strip()
    return Repository(root, prefix, git) if done.returncode == 0 else None


def require_repository(root: Path) -> Repository:
    """The same; NotReady where there is none."""
    found = find_repository(root)
    if found is None:
        raise NotReady(f"{root} is in no git repository", "leave --since and --base out")
    return found


def environments_of(
    changed: Iterable[str], declared: list[str], beside: Mapping[str, Collection[str]] | None = None
) -> list[str]:
    """The environments that changed files bear on: one by its stack file, all by anything else.

    `beside` has further files that bear on one environment alone, by its name. Pages and tests
    bear on none.
    """
    files = beside or {}
    own = {name: {f"{FOLDER}/Pulumi.{name}.yaml", *files.get(name, ())} for name in declared}
    known = {path for paths in (*own.values(), *files.values()) for path in paths}
    if any(_bears(path) for path in changed if path not in known):
        return declared
    return [name for name, paths in own.items() if not paths.isdisjoint(changed)]


def _bears(path: str) -> bool:
    first, suffix = path.split("/", 1)[0], Path(path).suffix
    if path.startswith(f"{WORKFLOWS}/"):  # a rule looks for what sweeps by the clock
        return True
    if first in {"docs", "tests"} or first.startswith("."):
        return False
    gone = path.startswith(f"{FOLDER}/Pulumi.") and suffix == ".yaml"
    return not gone and suffix in {".py", ".yaml", ".yml", ".json", ".toml", ".txt"}


def _run(words: list[str], folder: Path) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            words, cwd=folder, capture_output=True, check=False, timeout=SECONDS_MAX
        )
    except subprocess.TimeoutExpired as error:
        raise NotReady(f"git did not answer in {SECONDS_MAX} seconds", "try it again") from error
