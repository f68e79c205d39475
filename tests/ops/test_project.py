"""`ftops init`: a project is written once and upgraded later, and no edit of a team is lost."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ftops import __version__
from ftops.lock import NAME, parse_lock
from ftops.merging import merge
from ftops.project import Change, Upgrade, apply, judge, plan
from ftops.template import Answers, check_answers, default_name, render
from ftops_catalog.errors import BadConfig, BadUsage, Conflict, FtopsError

ROOT = Path(__file__).parents[2]
ANSWERS = Answers("tuning", "ml-platform")
ONE, TWO, THREE = b"a\nb\nc\nd\ne\n", b"a\nb\nc\nd\nE\n", b"a\nb\nC\nd\nE\n"
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="merges are git's")


def upgrade(root: Path, wanted: Mapping[str, bytes], version: str = "1.0.0") -> Upgrade:
    """One `ftops init` with a template of the test's own."""
    planned = plan(root, wanted, ANSWERS, version)
    apply(root, planned)
    return planned


def actions(planned: Upgrade) -> dict[str, str]:
    return {change.path: change.action for change in planned.changes}


def contents(root: Path) -> dict[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def init(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ftops", "init", *words]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("origin", "new", "current", "action"),
    [
        (None, b"1", None, "written"),
        (None, b"1", b"1", "unchanged"),
        (None, b"1", b"theirs", "beside"),
        (b"1", b"1", b"1", "unchanged"),
        (b"1", b"2", b"1", "updated"),
        (b"1", b"1", b"theirs", "yours"),
        (b"1", b"2", b"theirs", "beside"),
        (b"1", b"2", b"2", "unchanged"),
        (b"1", b"2", None, "gone"),
        (b"1", None, b"1", "retired"),
        (b"1", None, b"theirs", "retired"),
        (b"1", None, None, "gone"),
    ],
)
def test_what_is_done_about_a_file_follows_from_its_three_sides(
    origin: bytes | None, new: bytes | None, current: bytes | None, action: str
) -> None:
    assert judge(origin, new, current) == action


def test_a_file_that_nobody_edited_is_brought_to_the_new_template(tmp_path: Path) -> None:
    upgrade(tmp_path, {"a/one": ONE})

    assert actions(upgrade(tmp_path, {"a/one": TWO, "two": b"2"})) == {
        "a/one": "updated",
        "two": "written",
    }
    assert contents(tmp_path).keys() == {"a/one", "two", NAME}
    assert (tmp_path / "a/one").read_bytes() == TWO


@needs_git
def test_what_is_new_for_an_edited_file_lies_beside_it_merged(tmp_path: Path) -> None:
    upgrade(tmp_path, {"one": ONE})
    (tmp_path / "one").write_bytes(b"A\nb\nc\nd\ne\n")

    assert actions(upgrade(tmp_path, {"one": TWO})) == {"one": "beside"}
    assert (tmp_path / "one").read_bytes() == b"A\nb\nc\nd\ne\n"
    assert (tmp_path / "one.new").read_bytes() == b"A\nb\nc\nd\nE\n"
    assert actions(upgrade(tmp_path, {"one": TWO})) == {"one": "waiting"}


@needs_git
def test_an_offer_that_was_not_taken_is_in_the_next_one(tmp_path: Path) -> None:
    upgrade(tmp_path, {"one": ONE})
    (tmp_path / "one").write_bytes(b"A\nb\nc\nd\ne\n")
    upgrade(tmp_path, {"one": TWO})
    upgrade(tmp_path, {"one": THREE})

    assert (tmp_path / "one.new").read_bytes() == b"A\nb\nC\nd\nE\n"


@needs_git
def test_an_offer_that_was_taken_or_turned_down_is_not_made_again(tmp_path: Path) -> None:
    upgrade(tmp_path, {"one": ONE, "two": ONE})
    for name in ("one", "two"):
        (tmp_path / name).write_bytes(b"A\nb\nc\nd\ne\n")
    upgrade(tmp_path, {"one": TWO, "two": TWO})
    (tmp_path / "one.new").replace(tmp_path / "one")
    (tmp_path / "two.new").unlink()

    assert actions(upgrade(tmp_path, {"one": TWO, "two": TWO})) == {"one": "yours", "two": "yours"}
    assert not upgrade(tmp_path, {"one": TWO, "two": TWO}).is_due


def test_an_edited_offer_is_left_until_something_newer_comes_and_then_named(
    tmp_path: Path,
) -> None:
    upgrade(tmp_path, {"one": ONE})
    (tmp_path / "one").write_bytes(b"mine")
    upgrade(tmp_path, {"one": TWO})
    (tmp_path / "one.new").write_bytes(b"half merged")

    assert actions(upgrade(tmp_path, {"one": TWO})) == {"one": "waiting"}
    with pytest.raises(Conflict, match=r"one\.new is in the way"):
        upgrade(tmp_path, {"one": THREE})
    assert (tmp_path / "one.new").read_bytes() == b"half merged"


def test_a_file_that_the_team_took_out_does_not_come_back(tmp_path: Path) -> None:
    upgrade(tmp_path, {"one": ONE})
    (tmp_path / "one").unlink()

    assert actions(upgrade(tmp_path, {"one": TWO})) == {"one": "gone"}
    assert not (tmp_path / "one").exists()


def test_a_file_that_the_template_has_no_more_stays(tmp_path: Path) -> None:
    upgrade(tmp_path, {"one": ONE, "two": ONE})

    assert actions(upgrade(tmp_path, {"two": ONE})) == {"one": "retired", "two": "unchanged"}
    assert (tmp_path / "one").read_bytes() == ONE
    assert actions(upgrade(tmp_path, {"two": ONE})) == {"two": "unchanged"}


@pytest.mark.parametrize("way", ["link", "linked folder", "folder", "file for a folder"])
def test_what_is_no_plain_file_is_named_and_nothing_is_written(way: str, tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (outside / "one").write_bytes(ONE)
    match way:
        case "link":
            (root / "a").mkdir()
            (root / "a/one").symlink_to(outside / "one")
        case "linked folder":
            (root / "a").symlink_to(outside)
        case "folder":
            (root / "a/one").mkdir(parents=True)
        case _:
            (root / "a").write_bytes(b"")

    with pytest.raises(Conflict):
        upgrade(root, {"0": b"", "a/one": TWO})
    assert not (root / "0").exists()
    assert (outside / "one").read_bytes() == ONE


def test_a_file_that_changes_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    upgrade(tmp_path, {"one": ONE})
    planned = plan(tmp_path, {"one": TWO}, ANSWERS, "1.0.0")
    (tmp_path / "one").write_bytes(b"just now")

    with pytest.raises(Conflict, match="just been changed"):
        apply(tmp_path, planned)
    assert (tmp_path / "one").read_bytes() == b"just now"


def test_an_older_ftops_does_not_take_a_project_back(tmp_path: Path) -> None:
    upgrade(tmp_path, {"one": TWO}, "1.10.0")

    with pytest.raises(Conflict, match=r"of ftops 1\.10\.0, and this is 1\.9\.0"):
        upgrade(tmp_path, {"one": ONE}, "1.9.0")


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"schema": "other"}', b"\xff", b"[" * 10**5])
def test_a_damaged_lock_is_a_sentence(text: bytes) -> None:
    with pytest.raises(BadConfig, match=r"ftops\.lock cannot be read"):
        parse_lock(text)


def test_without_git_what_is_new_is_the_template_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    merged = merge(b"mine", ONE, TWO, "new")
    assert (merged.content, merged.conflicts) == (TWO, None)


@needs_git
def test_a_conflict_shows_both_sides(tmp_path: Path) -> None:
    upgrade(tmp_path, {"one": ONE})
    (tmp_path / "one").write_bytes(b"a\nb\nc\nd\nmine\n")
    change = upgrade(tmp_path, {"one": TWO}, "2.0.0").changes[0]
    text = (tmp_path / "one.new").read_text()

    assert change.conflicts == 1
    assert "<<<<<<< yours\nmine\n" in text
    assert ">>>>>>> ftops 2.0.0" in text


NAMES = ("one", "two/three", "two/four")
TEXTS = st.lists(st.sampled_from([b"a\n", b"b\n", b"c\n", b"\x00\n", b"\xff"]), max_size=5).map(
    b"".join
)
TEMPLATES = st.dictionaries(
    st.sampled_from(NAMES), st.sampled_from([ONE, TWO, THREE, b""]), min_size=1
)
EDITS = st.tuples(
    st.sampled_from(["write", "delete", "take", "append"]),
    st.sampled_from([*NAMES, *(f"{name}.new" for name in NAMES)]),
    TEXTS,
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(TEMPLATES, st.lists(EDITS, max_size=3)), min_size=1, max_size=5))
def test_no_byte_that_a_team_wrote_is_ever_lost(
    story: list[tuple[dict[str, bytes], list[tuple[str, str, bytes]]]],
) -> None:
    """Whatever is edited between whatever upgrades: init replaces only what init wrote there."""
    with tempfile.TemporaryDirectory() as folder:
        root, own, offered = Path(folder), dict[str, bytes](), dict[str, bytes]()
        for wanted, edits in story:
            for edit in edits:
                _edit(root, *edit)
            before = contents(root)
            try:
                planned = upgrade(root, wanted)
            except FtopsError:
                assert contents(root) == before, "what is refused touches nothing"
                continue
            after = contents(root)
            for name, text in before.items():
                # A text that is the template's as it was last offered is nobody's edit.
                if name != NAME and text not in {own.get(name), offered.get(name)}:
                    assert after.get(name) == text, f"{name} was the team's"
            own |= {name: text for name, text in after.items() if text != before.get(name)}
            # The team may have put there what init was about to put there.
            own |= {
                each.target: each.expected or b"" for each in planned.changes if _is_offer(each)
            }
            offered |= wanted
            assert {*actions(plan(root, wanted, ANSWERS, "1.0.0")).values()} <= {
                *("unchanged", "yours", "waiting", "gone")
            }, "a second run has nothing to do"


def _is_offer(change: Change) -> bool:
    lying = hashlib.sha256(change.expected or b"").hexdigest()
    return change.action == "waiting" and change.digest == lying


def _edit(root: Path, what: str, name: str, text: bytes) -> None:
    path = root / name
    if what == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text)
    elif path.is_file() and what == "delete":
        path.unlink()
    elif path.is_file() and what == "append":
        path.write_bytes(path.read_bytes() + text)
    elif path.is_file() and name.endswith(".new"):
        path.replace(root / name.removesuffix(".new"))


@pytest.mark.parametrize(
    ("folder", "name"),
    [("Team Tuning", "team-tuning"), ("42", "ftops"), ("3x-lab_", "x-lab"), ("a" * 60, "a" * 20)],
)
def test_a_project_is_named_like_its_folder(folder: str, name: str) -> None:
    assert default_name(folder) == name


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (Answers("Bad Name", "o"), "--name 'Bad Name'"),
        (Answers("tuning", ""), "--owner"),
        (Answers("tuning", "o\n  x: y"), "--owner"),
        (Answers("tuning", "o", location="atlantis"), "no region 'atlantis'"),
        (Answers("tuning", "o", environments=()), "no template"),
        (Answers("tuning", "o", requirement="a\nb"), "--requirement"),
    ],
)
def test_an_answer_that_cannot_be_used_is_named(answers: Answers, said: str) -> None:
    with pytest.raises(BadUsage, match=said):
        check_answers(answers)


@settings(max_examples=25, deadline=None)
@given(owner=st.text(min_size=1, max_size=40).filter(str.isprintable))
def test_any_owner_is_a_tag_and_no_yaml_of_its_own(owner: str) -> None:
    files = render(check_answers(Answers("tuning", owner)), "1.0.0")

    for name, text in files.items():
        if name.endswith(".yaml"):
            assert yaml.safe_load(text), name
    tags = yaml.safe_load(files["stacks/Pulumi.prod.yaml"])["config"]["ftops:tags"]
    assert tags == {"owner": owner}


def test_the_doors_of_a_new_project_are_those_of_this_repository() -> None:
    files = render(ANSWERS, __version__)

    for name in ("__main__.py", "policies/__main__.py", "policies/PulumiPolicy.yaml"):
        assert files[name] == (ROOT / name).read_bytes(), f"templates/{name}.jinja is behind"


def test_the_stack_files_of_a_new_project_name_a_schema_that_they_keep() -> None:
    files = render(check_answers(Answers("a" * 20, "ana", "eastus2")), "1.0.0")
    schema = json.loads(files["stacks/environment.schema.json"])

    for name in ("dev", "staging", "prod"):
        text = files[f"stacks/Pulumi.{name}.yaml"]
        assert text.startswith(b"# yaml-language-server: $schema=./environment.schema.json\n")
        jsonschema.validate(yaml.safe_load(text), schema)


def test_a_command_writes_a_project_whose_environments_keep_the_rules(tmp_path: Path) -> None:
    done = init("team", "--location", "East US 2", "--output", "json", cwd=tmp_path)
    project = tmp_path / "team"
    words = [sys.executable, "-m", "ftops", "policy", "check", "--output", "json"]
    judged = subprocess.run(words, cwd=project, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert {each["action"] for each in json.loads(done.stdout)["files"]} == {"written"}
    assert judged.returncode == 0, judged.stdout + judged.stderr
    assert {each["severity"] for each in json.loads(judged.stdout)["findings"]} == {"warn"}
    assert f"ftops=={__version__}" in (project / "requirements.txt").read_text().splitlines()
    assert "ftops:location: eastus2" in (project / "stacks/Pulumi.dev.yaml").read_text()
    assert init("team", "--check", cwd=tmp_path).returncode == 0


def test_check_ends_with_one_when_an_upgrade_is_due_and_writes_nothing(tmp_path: Path) -> None:
    init("team", "--environment", "dev", cwd=tmp_path)
    lock = tmp_path / "team" / NAME
    lock.write_text(lock.read_text().replace(f"ftops=={__version__}", "ftops==0.0.1"))
    requirements = tmp_path / "team/requirements.txt"
    requirements.write_text(requirements.read_text().replace(__version__, "0.0.1"))
    before = contents(tmp_path)
    done = init("team", "--check", cwd=tmp_path)

    assert done.returncode == 1
    assert "an upgrade is due: ftops init team" in done.stderr
    assert contents(tmp_path) == before
    assert init("team", cwd=tmp_path).returncode == 0
    assert f"ftops=={__version__}" in requirements.read_text()


def test_a_folder_with_files_in_the_way_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    (tmp_path / "other.txt").write_text("mine")
    done = init(".", cwd=tmp_path)

    assert done.returncode == 4
    assert "README.md" in done.stderr
    assert "other.txt" not in done.stderr
    assert contents(tmp_path).keys() == {"README.md", "other.txt"}


def test_check_of_a_folder_without_a_project_says_so(tmp_path: Path) -> None:
    done = init(".", "--check", cwd=tmp_path)

    assert (done.returncode, done.stdout) == (4, "")
    assert "holds no project" in done.stderr
