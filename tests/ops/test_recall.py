"""Kept listings: what has not changed is not run again, and nothing else is ever answered."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ftops.engine.recall import FOLDER, KEPT_MAX, recall_resources, refresh_resources
from ftops_catalog.errors import BadConfig, BadUsage
from ftops_policies import Resource
from ftops_policies.resource import ACCOUNT, UNKNOWN

ROOT = Path(__file__).parents[2]
PROGRAM = """
from pathlib import Path
import beside

with Path({runs!r}).open("a", encoding="utf-8") as runs:
    runs.write("x")
Path(__file__).with_name("notes.txt").read_text(encoding="utf-8")
"""
STACK = "stacks/Pulumi.dev.yaml"
# Who it is, Azure alone knows.
UNBORN = """config:
  ftops:identities:
    - name: id-app
  ftops:roleAssignments:
    - {role: caller, identity: id-app}
"""


def _make(root: Path, runs: Path) -> Path:
    """A project of which each run leaves an x; it reads a module and a file of its own."""
    (root / "stacks").mkdir(parents=True)
    shutil.copy(ROOT / "Pulumi.yaml", root)
    stack = (ROOT / STACK).read_text(encoding="utf-8").replace("config:\n", UNBORN)
    (root / STACK).write_text(stack, encoding="utf-8")
    program = (ROOT / "__main__.py").read_text(encoding="utf-8")
    (root / "__main__.py").write_text(program + PROGRAM.format(runs=str(runs)), encoding="utf-8")
    (root / "beside.py").write_text("WORD = 1\n", encoding="utf-8")
    (root / "notes.txt").write_text("one\n", encoding="utf-8")
    return root


@pytest.fixture
def runs(tmp_path: Path) -> Callable[[], int]:
    """How often a program has run."""
    file = tmp_path / "runs"
    return lambda: len(file.read_text(encoding="utf-8")) if file.exists() else 0


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return _make(tmp_path / "project", tmp_path / "runs")


def _told(listed: list[Resource]) -> list[Any]:
    """Everything that a listing says, so that two can be compared."""
    names = ("type", "label", "id", "urn", "file", "line", "protect", "exists")
    return [([getattr(each, name) for name in names], _plain(each.body)) for each in listed]


def _plain(value: Any) -> Any:
    if value is UNKNOWN:
        return "UNKNOWN"
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _kept(root: Path) -> list[Path]:
    return sorted((root / FOLDER).glob("*.json"))


def test_what_has_not_changed_is_not_run_again_and_says_the_same(
    project: Path, runs: Callable[[], int]
) -> None:
    first = recall_resources("dev", project)
    second = recall_resources("dev", project)
    inner = [each for each in second if each.parent]

    assert runs() == 1
    assert _told(second) == _told(first)
    assert inner
    assert all(each.parent in second for each in inner), "a parent is one of the listing's own"
    assert "UNKNOWN" in json.dumps(_told(second))


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (STACK, "capacity: 10", "capacity: 20"),
        (STACK, "# Nothing is stopped", "# Nothing at all is stopped"),
        ("__main__.py", "import beside", "import beside  # again"),
        ("beside.py", "1", "2"),
        ("notes.txt", "one", "two"),
        ("Pulumi.yaml", "name: ftops", "name: ftops "),
    ],
)
def test_a_change_of_what_it_was_made_of_makes_it_anew(
    file: str, old: str, new: str, project: Path, runs: Callable[[], int]
) -> None:
    recall_resources("dev", project)
    text = (project / file).read_text(encoding="utf-8")
    assert old in text
    (project / file).write_text(text.replace(old, new), encoding="utf-8")
    changed = recall_resources("dev", project)

    assert runs() == 2
    assert _told(changed) == _told(refresh_resources("dev", project))


def test_what_went_back_to_what_it_was_is_still_known(
    project: Path, runs: Callable[[], int]
) -> None:
    recall_resources("dev", project)
    (project / "beside.py").write_text("WORD = 2\n", encoding="utf-8")
    recall_resources("dev", project)
    (project / "beside.py").write_text("WORD = 1\n", encoding="utf-8")
    recall_resources("dev", project)

    assert runs() == 2


def test_a_file_that_nothing_reads_changes_nothing(project: Path, runs: Callable[[], int]) -> None:
    recall_resources("dev", project)
    (project / "README.md").write_text("new\n", encoding="utf-8")
    recall_resources("dev", project)

    assert runs() == 1


def _cut(text: str) -> str:
    return text[: len(text) // 2]


def _another_format(text: str) -> str:
    return json.dumps({**json.loads(text), "format": 0})


def _a_lost_parent(text: str) -> str:
    whole = json.loads(text)
    whole["resources"][-1]["parent"] = 10_000
    return json.dumps(whole)


def _an_unknown_field(text: str) -> str:
    whole = json.loads(text)
    whole["resources"][0]["colour"] = "red"
    return json.dumps(whole)


@pytest.mark.parametrize(
    "damage",
    [_cut, _another_format, _a_lost_parent, _an_unknown_field, lambda _: "", lambda _: "[]"],
)
def test_a_damaged_listing_is_made_anew(
    damage: Callable[[str], str], project: Path, runs: Callable[[], int]
) -> None:
    first = recall_resources("dev", project)
    [file] = _kept(project)
    file.write_text(damage(file.read_text(encoding="utf-8")), encoding="utf-8")

    assert _told(recall_resources("dev", project)) == _told(first)
    assert runs() == 2
    recall_resources("dev", project)
    assert runs() == 2, "what was made anew is kept"


def test_two_projects_in_one_store_are_never_each_other_s(
    project: Path, tmp_path: Path, runs: Callable[[], int]
) -> None:
    store = tmp_path / "store"
    other = _make(tmp_path / "other", tmp_path / "runs")
    text = (other / STACK).read_text(encoding="utf-8")
    (other / STACK).write_text(text.replace("oai-ftops-dev", "oai-theirs"), encoding="utf-8")
    for _ in range(2):
        ours, theirs = (recall_resources("dev", each, store) for each in (project, other))
        assert [each.name for each in ours if each.is_a(ACCOUNT)] == ["oai-ftops-dev"]
        assert [each.name for each in theirs if each.is_a(ACCOUNT)] == ["oai-theirs"]

    assert runs() == 2
    assert not (project / FOLDER).exists()


def test_projects_that_differ_in_what_they_read_alone_are_told_apart(
    project: Path, tmp_path: Path, runs: Callable[[], int]
) -> None:
    other = tmp_path / "other"
    shutil.copytree(project, other)
    (other / "notes.txt").write_text("another\n", encoding="utf-8")
    for each in (project, other, project):
        recall_resources("dev", each, tmp_path / "store")

    assert runs() == 3


def test_what_is_kept_is_for_its_owner_alone_and_not_for_ever(project: Path) -> None:
    (project / FOLDER).mkdir(parents=True, mode=0o700)
    for number in range(KEPT_MAX + 6):
        (project / FOLDER / f"{number:064}.json").write_text("{}", encoding="utf-8")
    before = set(_kept(project))
    recall_resources("dev", project)
    [made] = set(_kept(project)) - before

    assert len(_kept(project)) == KEPT_MAX
    assert stat.S_IMODE(made.stat().st_mode) == 0o600


def test_a_store_that_cannot_be_written_keeps_nothing_and_hinders_nothing(
    project: Path, runs: Callable[[], int]
) -> None:
    (project / ".ftops").write_text("in the way", encoding="utf-8")
    first, second = (_told(recall_resources("dev", project)) for _ in range(2))

    assert first == second
    assert runs() == 2


def test_a_program_that_fails_is_not_kept(project: Path, runs: Callable[[], int]) -> None:
    door = project / "__main__.py"
    good = door.read_text(encoding="utf-8")
    door.write_text(f"{good}\nraise ValueError('no')\n", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(BadConfig, match="the program failed"):
            recall_resources("dev", project)

    assert runs() == 2
    assert _kept(project) == []


def test_an_environment_that_is_gone_is_not_answered_from_what_is_kept(project: Path) -> None:
    recall_resources("dev", project)
    (project / STACK).unlink()

    with pytest.raises(BadUsage, match="there is no environment 'dev'"):
        recall_resources("dev", project)
