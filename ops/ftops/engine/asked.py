"""What a person asked to have judged: environments, jobs, files, and since or against when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ftops.dataset.card import card_of
from ftops.job_spec import JOBS, bearing, from_root, is_spec, list_job_specs, read_job_spec
from ftops.revision import environments_of, require_repository
from ftops.stack_file import FOLDER, SETTINGS, find_root, list_environments
from ftops_catalog.catalog import read_catalog
from ftops_catalog.errors import BadUsage

PREVIEWS = frozenset({".json", ".plan"})
DATA = ".jsonl"


@dataclass(frozen=True)
class Asked:
    """What is to be judged: environments of a project, and files that Pulumi wrote.

    `jobs` are job specs and `files` training files that were named by themselves. `since` and
    `base` are revisions, `fresh` is whether kept listings are left alone, `located` whether the
    files are named from the repository's top.
    """

    root: Path
    environments: tuple[str, ...]
    previews: tuple[Path, ...] = ()
    since: str | None = None
    base: str | None = None
    fresh: bool = False
    located: bool = False
    jobs: tuple[Path, ...] = ()
    files: tuple[Path, ...] = ()


def find_asked(start: Path, words: Sequence[str], since: str | None, base: str | None) -> Asked:
    """What a person means by names of environments and jobs, and by paths of whatever is judged.

    Without any it is every environment of the project around `start`; with `since` those of them
    that the changed files bear on. Raises BadUsage where the words are of several projects.
    """
    files = {word: start / word for word in words if _is_path(word, start)}
    previews = tuple(path for path in files.values() if path.suffix in PREVIEWS)
    data = tuple(path for path in files.values() if path.suffix == DATA)
    jobs = tuple(path for path in files.values() if _is_job(path))
    places = [path for path in files.values() if path not in {*previews, *data}]
    roots = {find_root(path if path.is_dir() else path.parent).resolve() for path in places}
    if len(roots) > 1:
        raise BadUsage("these are of several projects", "check one project at a time")
    root = roots.pop() if roots else find_root(start).resolve()
    names = dict.fromkeys(word for word in words if word not in files)
    for path in places:
        names |= {} if path in jobs else dict.fromkeys(_environments_in(path, root))
    if not words:
        names = dict.fromkeys(list_environments(root))
        # Where nothing is declared yet, a job can be of any environment.
        jobs = () if names else tuple(list_job_specs(root))
    resolved = [tuple(path.resolve() for path in paths) for paths in (jobs, data)]
    asked = Asked(root, tuple(names), previews, since, base, jobs=resolved[0], files=resolved[1])
    return asked if since is None else _changed(asked, since)


def _changed(asked: Asked, since: str) -> Asked:
    """What of it differs from a revision, or is made of something that does."""
    changed = require_repository(asked.root).changed(since)
    catalog = read_catalog()
    named = [read_job_spec(path, asked.root, catalog) for path in asked.jobs]
    listed = list_job_specs(asked.root) if asked.environments else []
    specs = [*named, *(read_job_spec(path, asked.root, catalog) for path in listed)]
    by_job = bearing(specs, asked.root)
    names = environments_of(changed, list(asked.environments), by_job)
    jobs = [
        spec.path
        for spec in named
        if environments_of(changed, [spec.keys.environment], bearing([spec], asked.root))
    ]
    files = [
        path
        for path in asked.files
        if not {from_root(each, asked.root) for each in (path, card_of(path))}.isdisjoint(changed)
    ]
    return replace(asked, environments=tuple(names), jobs=tuple(jobs), files=tuple(files))


def _is_path(word: str, start: Path) -> bool:
    known = {".yaml", DATA, *PREVIEWS}
    return "/" in word or Path(word).suffix in known or (start / word).is_dir()


def _is_job(path: Path) -> bool:
    """Whether a path is meant as a job spec: YAML that lies where nothing else of ours does."""
    elsewhere = path.parent.name in {FOLDER, SETTINGS.parent.name} or path.name == "Pulumi.yaml"
    return is_spec(path) and not elsewhere and (path.is_file() or path.parent.name == JOBS)


def _environments_in(path: Path, root: Path) -> Iterator[str]:
    """The environment of a stack file, or all of a project's folder; other files are refused."""
    name = path.name.removeprefix("Pulumi.").removesuffix(".yaml")
    if path.is_dir():
        yield from list_environments(root)
    elif path.parent.resolve() == root / FOLDER and path.name == f"Pulumi.{name}.yaml":
        yield name
    else:
        raise BadUsage(
            f"{path} is no stack file, no job spec, and nothing that Pulumi wrote",
            f"name an environment, {FOLDER}/Pulumi.ENV.yaml, {JOBS}/JOB.yaml, a project's folder,"
            " a .jsonl or a .json file",
        )
