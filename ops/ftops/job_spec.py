"""A job spec, `jobs/*.yaml`: one fine-tuning job as a file that can be reviewed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ftops.dataset.card import SUFFIX, card_of
from ftops.place import Map, Problem
from ftops.stack_file import KeyPath, list_environments, parse_values
from ftops_catalog.errors import BadConfig, BadUsage

if TYPE_CHECKING:
    from ftops.declared.job import JobKeys
    from ftops_catalog.catalog import Catalog

JOBS = "jobs"
PAGE = "docs/tune.md"


@dataclass(frozen=True)
class JobSpec:
    """A spec that holds no mistake: `file` as seen from the project, `keys` what it says."""

    path: Path
    file: str
    keys: JobKeys
    lines: Mapping[KeyPath, int] = field(repr=False)

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def training(self) -> Path:
        return self.path.parent / self.keys.training_file

    @property
    def validation(self) -> Path | None:
        held_out = self.keys.validation_file
        return self.path.parent / held_out if held_out else None

    def files(self) -> list[Path]:
        """The files that it trains and validates on."""
        return [path for path in (self.training, self.validation) if path]

    def line(self, key: str) -> int | None:
        return self.lines.get((key,))


def is_spec(path: Path) -> bool:
    """Whether a path is written as a job spec's is; a dataset card is none."""
    return path.suffix in {".yaml", ".yml"} and not path.name.endswith(SUFFIX)


def list_job_specs(root: Path) -> list[Path]:
    """The job specs of a project, sorted."""
    return sorted(path for path in (root / JOBS).glob("*.y*ml") if is_spec(path))


def from_root(path: Path, root: Path) -> str:
    """A path as a person in the project's folder would type it."""
    return Path(os.path.relpath(path, root)).as_posix()


def bearing(specs: Iterable[JobSpec], root: Path) -> dict[str, set[str]]:
    """By environment the files that bear on it through a job: specs, data and their cards."""
    found: dict[str, set[str]] = {}
    for spec in specs:
        paths = {spec.path, *spec.files(), *map(card_of, spec.files())}
        found.setdefault(spec.keys.environment, set()).update(
            from_root(path, root) for path in paths
        )
    return found


def read_job_spec(path: Path, root: Path, catalog: Catalog) -> JobSpec:
    """The spec in a file, of a project; BadConfig names all that is wrong with it, by line.

    Raises BadUsage where there is no such file.
    """
    from pydantic import ValidationError

    from ftops.declared.job import JobKeys, contradictions
    from ftops.declared.problem import problems_of

    file = from_root(path, root)
    values, lines = parse_values(file, _read(path, file))
    where = Map(file, lines, prefix="", page=PAGE)
    if not isinstance(values, Mapping):
        raise BadConfig(f"{file} is no job spec", f"write `key: value` lines; see {PAGE}")
    problems: list[Problem] = list(contradictions(values, where))
    context = {
        "catalog": catalog,
        "environments": list_environments(root),
        "folder": path.parent,
    }
    try:
        keys = JobKeys.model_validate(dict(values), context=context)
    except ValidationError as error:
        problems += problems_of(error.errors(include_url=False), JobKeys, where)
    if problems:
        raise _bad_config(file, problems)
    return JobSpec(path, file, keys, lines)


def _read(path: Path, file: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadUsage(f"there is no file {file}", "name a job spec, or a .jsonl file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfig(f"{file} cannot be read: {error}", "check the file") from error


def _bad_config(file: str, problems: list[Problem]) -> BadConfig:
    ordered = sorted(problems, key=lambda each: (each.place.line or 0, each.message))
    if len(ordered) == 1:
        return BadConfig(f"{ordered[0].place}: {ordered[0].message}", ordered[0].hint)
    lines = "\n".join(f"  {each.place}: {each.message} - {each.hint}" for each in ordered)
    return BadConfig(
        f"{file} has {len(ordered)} problems:\n{lines}",
        "mend them and run the same command again",
    )
