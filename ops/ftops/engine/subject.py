"""What is judged under one name: an environment as declared, its jobs, files of examples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ftops.engine.asked import Asked
from ftops.engine.recall import recall_resources, refresh_resources
from ftops.job_spec import JobSpec, from_root, list_job_specs, read_job_spec
from ftops.judgement import Judgement, judge_environment, judge_training
from ftops.stack_file import FOLDER
from ftops.workflow import project_resource
from ftops_catalog.catalog import read_catalog
from ftops_catalog.errors import FtopsError
from ftops_policies import Resource, Settings


@dataclass(frozen=True)
class Subject:
    """One judgement's worth: `whole` is whether the environment itself is judged as well.

    `environment` is "" for files that nobody says the environment of; the defaults hold there.
    `source` is what a person opens first.
    """

    environment: str
    whole: bool
    specs: tuple[JobSpec, ...]
    files: tuple[Path, ...]

    def source(self, root: Path) -> str:
        if self.whole:
            return f"{FOLDER}/Pulumi.{self.environment}.yaml"
        return self.specs[0].file if self.specs else from_root(self.files[0], root)


def find_subjects(asked: Asked) -> list[Subject]:
    """Everything that was asked for, each environment once.

    An environment that is judged whole has its jobs with it. A file is judged under each
    environment that is named beside it, by itself or by a job, unless a job there has it already.
    """
    named = [read_job_spec(path, asked.root, read_catalog()) for path in asked.jobs]
    specs = named + (_of_project(asked.root, named) if asked.environments else [])
    whole = set(asked.environments)
    names = [*asked.environments, *(each.keys.environment for each in named)]
    found = []
    for name in dict.fromkeys(names):
        own = tuple(each for each in specs if each.keys.environment == name)
        had = {path.resolve() for each in own for path in each.files()}
        files = tuple(path for path in asked.files if path.resolve() not in had)
        found.append(Subject(name, name in whole, own, files))
    return found or ([Subject("", whole=False, specs=(), files=asked.files)] if asked.files else [])


def _of_project(root: Path, known: Sequence[JobSpec]) -> list[JobSpec]:
    read = {each.path.resolve() for each in known}
    return [
        read_job_spec(path, root, read_catalog())
        for path in list_job_specs(root)
        if path.resolve() not in read
    ]


def subject_before(subject: Subject, root: Path, folder: Path) -> Subject:
    """The same as `folder` has it: without what is not there, or was no spec yet.

    What a job was trained on is often in no repository; such a job is new to the comparison.
    """
    beside = {from_root(each.path, root) for each in subject.specs}
    paths = [folder / file for file in beside]
    if subject.whole:
        paths = [*paths, *list_job_specs(folder)]
    specs = [
        each
        for each in _readable(dict.fromkeys(paths), folder)
        if each.keys.environment == subject.environment
    ]
    files = (folder / from_root(path, root) for path in subject.files)
    whole = subject.whole and (folder / FOLDER / f"Pulumi.{subject.environment}.yaml").is_file()
    return Subject(
        subject.environment, whole, tuple(specs), tuple(path for path in files if path.is_file())
    )


def _readable(paths: Iterable[Path], folder: Path) -> Iterator[JobSpec]:
    for path in paths:
        try:
            yield read_job_spec(path, folder, read_catalog())
        except FtopsError:
            continue


def judge_subject(
    subject: Subject,
    root: Path,
    settings: Settings,
    now: datetime,
    *,
    fresh: bool,
    store: Path | None = None,
) -> Judgement:
    """What the rules say of it, by the settings of its environment."""
    name, source = subject.environment, subject.source(root)
    here = settings.environment(name) if name else settings.defaults
    training = _training(subject, root)
    if not subject.whole:
        return judge_training(training, here, now, source)
    listed = (refresh_resources if fresh else recall_resources)(name, root, store)
    return judge_environment([*listed, *training, project_resource(root, name)], here, now, source)


def _training(subject: Subject, root: Path) -> list[Resource]:
    if not subject.specs and not subject.files:
        return []
    from ftops.dataset.check import check_file
    from ftops.estimate import limits_of
    from ftops.job_request import file_subject, read_subjects, request_of

    catalog = read_catalog()
    found: list[Resource] = []
    for spec in subject.specs:
        region = spec.keys.region or _region(subject.environment, root)
        found += read_subjects(request_of(spec, region), root, catalog)
    for path in subject.files:
        check = check_file(path, limits_of(catalog))
        found.append(file_subject(check, subject.environment, root))
    return found


def _region(name: str, root: Path) -> str:
    """The region of an environment whose accounts are all in one; "" where nobody can tell."""
    from ftops.environment import read_environment

    if not (root / FOLDER / f"Pulumi.{name}.yaml").is_file():
        return ""
    regions = {account.location for account in read_environment(name, root).accounts}
    return regions.pop() or "" if len(regions) == 1 else ""
