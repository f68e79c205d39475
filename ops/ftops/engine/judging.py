"""Environments judged as their files declare them, and as another revision declared them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from ftops.dataset.card import card_of
from ftops.engine.subject import Subject, find_subjects, judge_subject, subject_before
from ftops.job_spec import JOBS, bearing, from_root, is_spec, list_job_specs, read_job_spec
from ftops.judgement import Judgement, judge_environment
from ftops.review import Review
from ftops.revision import environments_of, find_repository, require_repository
from ftops.stack_file import FOLDER, find_root, list_environments
from ftops_catalog.catalog import read_catalog
from ftops_catalog.errors import BadUsage, FtopsError
from ftops_policies import Settings, read_rules, read_settings

SETTINGS = Path("policies") / "settings.yaml"
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


def review(asked: Asked, settings: Settings, now: datetime) -> Review:
    """Everything that was asked for, judged, and compared with the base where there is one."""
    subjects = find_subjects(asked)
    found = [judge_subject(each, asked.root, settings, now, fresh=asked.fresh) for each in subjects]
    found += [_previewed(file, asked.root, settings, now) for file in asked.previews]
    prefix = ""
    if asked.located or asked.base is not None:
        repository = find_repository(asked.root)
        prefix = repository.prefix if repository else ""
    if asked.base is None:
        return Review(found, prefix=prefix)
    known = {each.environment for each in subjects}
    previewed = dict.fromkeys(each.environment for each in found[len(subjects) :])
    subjects += [
        Subject(name, whole=True, specs=(), files=()) for name in previewed if name not in known
    ]
    before, unread = _before(asked, asked.base, subjects, now)
    return Review(found, asked.base, before, unread, prefix)


def _previewed(file: Path, root: Path, settings: Settings, now: datetime) -> Judgement:
    from ftops.preview_file import read_preview_file

    preview = read_preview_file(file)
    stack = f"{FOLDER}/Pulumi.{preview.environment}.yaml"
    source = stack if (root / stack).is_file() else file.name
    environment = settings.environment(preview.environment)
    rules = [rule for rule in read_rules() if not rule.of_training]
    return judge_environment(preview.resources, environment, now, source, rules)


def _before(
    asked: Asked, base: str, subjects: Iterable[Subject], now: datetime
) -> tuple[Mapping[str, Judgement], Mapping[str, str]]:
    """The same environments as the base has them, by its own settings; and why not."""
    before: dict[str, Judgement] = {}
    unread: dict[str, str] = {}
    with require_repository(asked.root).at(base) as folder:
        for each in subjects:
            was = subject_before(each, asked.root, folder)
            if not (was.whole or was.specs or was.files):
                continue
            try:
                settings = read_settings(folder / SETTINGS)
                judged = judge_subject(
                    was, folder, settings, now, fresh=asked.fresh, store=asked.root
                )
                before[judged.environment] = judged
            except FtopsError as error:  # a change that mends the base must be able to pass
                unread[each.environment or settings.defaults.name] = error.message.replace(
                    f"{folder}/", ""
                )
    return before, unread
