"""Environments judged as their files declare them, and as another revision declared them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ftops.engine.recall import recall_resources, refresh_resources
from ftops.judgement import Judgement, judge_environment
from ftops.review import Review
from ftops.revision import environments_of, find_repository, require_repository
from ftops.stack_file import FOLDER, find_root, list_environments
from ftops_catalog.errors import BadUsage, FtopsError
from ftops_policies import Settings, read_settings

SETTINGS = Path("policies") / "settings.yaml"
PREVIEWS = frozenset({".json", ".plan"})


@dataclass(frozen=True)
class Asked:
    """What is to be judged: environments of a project, and files that Pulumi wrote.

    `since` and `base` are revisions, `fresh` is whether kept listings are left alone,
    `located` whether the files are named from the repository's top.
    """

    root: Path
    environments: tuple[str, ...]
    previews: tuple[Path, ...] = ()
    since: str | None = None
    base: str | None = None
    fresh: bool = False
    located: bool = False


def find_asked(start: Path, words: Sequence[str], since: str | None, base: str | None) -> Asked:
    """What a person means by names of environments, stack files, projects and previews.

    Without any it is every environment of the project around `start`; with `since` those of them
    that the changed files bear on. Raises BadUsage where the words are of several projects.
    """
    files = {word: start / word for word in words if _is_path(word, start)}
    previews = tuple(path for path in files.values() if path.suffix in PREVIEWS)
    places = [path for path in files.values() if path.suffix not in PREVIEWS]
    roots = {find_root(path if path.is_dir() else path.parent).resolve() for path in places}
    if len(roots) > 1:
        raise BadUsage("these are of several projects", "check one project at a time")
    root = roots.pop() if roots else find_root(start).resolve()
    names = dict.fromkeys(word for word in words if word not in files)
    for path in places:
        names |= dict.fromkeys(_environments_in(path, root))
    if not words:
        names = dict.fromkeys(list_environments(root))
    if since is not None:
        bearing = environments_of(require_repository(root).changed(since), list(names))
        names = dict.fromkeys(bearing)
    return Asked(root, tuple(names), previews, since, base)


def _is_path(word: str, start: Path) -> bool:
    return "/" in word or Path(word).suffix in {".yaml", *PREVIEWS} or (start / word).is_dir()


def _environments_in(path: Path, root: Path) -> Iterator[str]:
    """The environment of a stack file, or all of a project's folder; other files are refused."""
    name = path.name.removeprefix("Pulumi.").removesuffix(".yaml")
    if path.is_dir():
        yield from list_environments(root)
    elif path.parent.resolve() == root / FOLDER and path.name == f"Pulumi.{name}.yaml":
        yield name
    else:
        raise BadUsage(
            f"{path} is no stack file, and nothing that Pulumi wrote",
            f"name an environment, {FOLDER}/Pulumi.ENV.yaml, a project's folder or a .json file",
        )


def review(asked: Asked, settings: Settings, now: datetime) -> Review:
    """Everything that was asked for, judged, and compared with the base where there is one."""
    found = [
        _declared(name, asked.root, settings, now, fresh=asked.fresh) for name in asked.environments
    ]
    found += [_previewed(file, asked.root, settings, now) for file in asked.previews]
    prefix = ""
    if asked.located or asked.base is not None:
        repository = find_repository(asked.root)
        prefix = repository.prefix if repository else ""
    if asked.base is None:
        return Review(found, prefix=prefix)
    names = dict.fromkeys(each.environment for each in found)
    before, unread = _before(asked, asked.base, names, now)
    return Review(found, asked.base, before, unread, prefix)


def _declared(
    name: str,
    root: Path,
    settings: Settings,
    now: datetime,
    *,
    fresh: bool,
    store: Path | None = None,
) -> Judgement:
    resources = (refresh_resources if fresh else recall_resources)(name, root, store)
    source = f"{FOLDER}/Pulumi.{name}.yaml"
    return judge_environment(resources, settings.environment(name), now, source)


def _previewed(file: Path, root: Path, settings: Settings, now: datetime) -> Judgement:
    from ftops.preview_file import read_preview_file

    preview = read_preview_file(file)
    stack = f"{FOLDER}/Pulumi.{preview.environment}.yaml"
    source = stack if (root / stack).is_file() else file.name
    environment = settings.environment(preview.environment)
    return judge_environment(preview.resources, environment, now, source)


def _before(
    asked: Asked, base: str, names: Iterable[str], now: datetime
) -> tuple[Mapping[str, Judgement], Mapping[str, str]]:
    """The same environments as the base has them, by its own settings; and why not."""
    before: dict[str, Judgement] = {}
    unread: dict[str, str] = {}
    with require_repository(asked.root).at(base) as folder:
        for name in names:
            if not (folder / FOLDER / f"Pulumi.{name}.yaml").is_file():
                continue
            try:
                settings = read_settings(folder / SETTINGS)
                before[name] = _declared(
                    name, folder, settings, now, fresh=asked.fresh, store=asked.root
                )
            except FtopsError as error:  # a change that mends the base must be able to pass
                unread[name] = error.message.replace(f"{folder}/", "")
    return before, unread
