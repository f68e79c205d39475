"""Environments judged as their files declare them, and as another revision declared them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from ftops.engine.asked import Asked
from ftops.engine.subject import Subject, find_subjects, judge_subject, subject_before
from ftops.judgement import Judgement, judge_environment
from ftops.review import Review
from ftops.revision import find_repository, require_repository
from ftops.stack_file import FOLDER, SETTINGS
from ftops_catalog.errors import FtopsError
from ftops_policies import Settings, read_rules, read_settings


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
