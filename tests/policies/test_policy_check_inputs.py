"""What `ftops policy check` is asked about: what changed, a base, files, a kept listing."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
TODAY = ("--as-of", "2026-11-21T00:00:00Z")
ENV = {key: value for key, value in os.environ.items() if key in {"HOME", "LANG", "PATH"}}
GIT = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The declared part in a folder of a repository, with everything committed on main."""
    root = tmp_path / "infra"
    for name in ("Pulumi.yaml", "__main__.py", "policies/settings.yaml"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    (root / "stacks").mkdir()
    for stack in (ROOT / "stacks").glob("Pulumi.*.yaml"):
        shutil.copy(stack, root / "stacks")
    (root / ".gitignore").write_text(".ftops/\n__pycache__/\n", encoding="utf-8")
    _git(tmp_path, "init", "--quiet", "--initial-branch=main")
    _commit(root)
    return root


def _git(folder: Path, *words: str) -> None:
    person = ("-c", "user.name=ana", "-c", "user.email=ana@example.org")
    subprocess.run(["git", *person, *words], cwd=folder, check=True, env={**ENV, **GIT})


def _commit(root: Path) -> None:
    _git(root, "add", "--all")
    _git(root, "commit", "--quiet", "--message", "as it is")


def _change(project: Path, file: str, old: str, new: str) -> None:
    path = project / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def _check(project: Path, *arguments: str, code: int | None = None) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "ftops", "policy", "check", *arguments, "--output", "json", *TODAY],
        cwd=project,
        env={**ENV, **GIT},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    if code is not None:
        assert done.returncode == code, done.stderr
        return done.stderr
    return json.loads(done.stdout)


def _names(answer: Any) -> list[str]:
    return [each["environment"] for each in answer["environments"]]


def test_since_takes_the_environments_that_changed(project: Path) -> None:
    assert _names(_check(project, "--since", "main")) == []

    _change(project, "stacks/Pulumi.dev.yaml", "capacity: 10", "capacity: 11")
    (project / "docs").mkdir()
    (project / "docs" / "page.md").write_text("# A page\n", encoding="utf-8")
    assert _names(_check(project, "--since", "main")) == ["dev"]
    assert _names(_check(project, "prod", "--since", "main")) == []

    (project / "beside.py").write_text("SIZE = 1\n", encoding="utf-8")
    assert _names(_check(project, "--since", "main")) == ["dev", "prod", "staging"]


def test_a_sweep_that_goes_is_found_in_the_change_that_takes_it_away(project: Path) -> None:
    sweep = project.parent / ".github/workflows/sweep.yml"
    sweep.parent.mkdir(parents=True)
    sweep.write_text(
        "on: {schedule: [{cron: '1 1 * * *'}]}\n"
        "jobs: {dev: {steps: [{run: ftops teardown --idle --environment dev --yes}]}}\n",
        encoding="utf-8",
    )
    asked = "    rules:\n      sweeper-is-scheduled: { parameters: { sweeper_required: true } }\n"
    _change(project, "policies/settings.yaml", "  dev:\n    rules:\n", f"  dev:\n{asked}")
    _commit(project.parent)
    assert _check(project, "dev")["findings"] == []
    sweep.unlink()

    answer = _check(project, "--since", "main", "--base", "main", code=None)
    [gone] = [each for each in answer["findings"] if each["rule"] == "sweeper-is-scheduled"]

    assert _names(answer) == ["dev", "prod", "staging"]
    assert (gone["environment"], gone["change"], gone["file"]) == (
        "dev",
        "new",
        "stacks/Pulumi.dev.yaml",
    )


def test_since_speaks_of_the_branch_and_not_of_what_main_did_meanwhile(project: Path) -> None:
    _git(project, "switch", "--quiet", "--create", "mine")
    _change(project, "stacks/Pulumi.dev.yaml", "capacity: 10", "capacity: 11")
    _commit(project)
    _git(project, "switch", "--quiet", "main")
    _change(project, "stacks/Pulumi.prod.yaml", "capacity: 200", "capacity: 201")
    _commit(project)
    _git(project, "switch", "--quiet", "mine")

    assert _names(_check(project, "--since", "main")) == ["dev"]


def test_a_base_tells_what_is_new_what_is_fixed_and_the_price(project: Path) -> None:
    _change(project, "stacks/Pulumi.dev.yaml", "capacity: 10", "capacity: 1000")
    _commit(project)
    _change(project, "stacks/Pulumi.dev.yaml", "capacity: 1000", "capacity: 10")
    _change(project, "stacks/Pulumi.dev.yaml", "owner: ml-platform", "nobody: ml-platform")
    _change(
        project, "stacks/Pulumi.dev.yaml", "sku: GlobalStandard", "sku: GlobalProvisionedManaged"
    )

    answer = _check(project, "dev", "--base", "main")
    [dev] = answer["environments"]

    assert {each["rule"] for each in answer["fixed"]} == {"capacity-is-bounded"}
    assert ("tags-are-complete", "new") in {(e["rule"], e["change"]) for e in answer["findings"]}
    assert (dev["before_usd_per_hour"], dev["not_compared"]) == ("0", None)
    assert float(dev["usd_per_hour"]) > 0


def test_a_base_that_is_broken_does_not_stop_what_mends_it(project: Path) -> None:
    _change(project, "stacks/Pulumi.dev.yaml", "ftops:location", "ftops:locaton")
    _commit(project)
    _change(project, "stacks/Pulumi.dev.yaml", "ftops:locaton", "ftops:location")

    [dev] = _check(project, "dev", "--base", "main")["environments"]

    assert "locaton" in dev["not_compared"]
    assert dev["before_usd_per_hour"] is None


def test_a_module_of_the_base_is_not_taken_for_the_one_of_today(project: Path) -> None:
    program = project / "__main__.py"
    text = program.read_text(encoding="utf-8")
    reading = (
        'import beside\n\nassert beside.SIZE == int((Path(__file__).parent / "size").read_text())\n'
    )
    program.write_text(text.replace("end_quietly()\n", f"end_quietly()\n{reading}", 1))
    for size in (1, 2):
        (project / "beside.py").write_text(f"SIZE = {size}\n", encoding="utf-8")
        (project / "size").write_text(f"{size}\n", encoding="utf-8")
        if size == 1:
            _commit(project)

    [dev] = _check(project, "dev", "--base", "main")["environments"]

    assert (dev["not_compared"], dev["before_usd_per_hour"]) == (None, "0")


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["--since", "nowhere"], 2, "git knows no revision 'nowhere' here"),
        (["--base", "--upload-pack=x"], 2, "git knows no revision"),
        (["README.md/x.yaml"], 2, "README.md"),
        (["policies/settings.yaml"], 2, "settings.yaml is no stack file"),
        (["nothing.json"], 4, "nothing.json is no preview"),
    ],
)
def test_what_cannot_be_checked_is_a_sentence(
    project: Path, words: list[str], code: int, sentence: str
) -> None:
    assert sentence in _check(project, *words, code=code)


def test_a_stack_file_and_a_folder_are_ways_to_name_environments(project: Path) -> None:
    assert _names(_check(project.parent, "infra/stacks/Pulumi.prod.yaml")) == ["prod"]
    assert _names(_check(project.parent, "infra/")) == ["dev", "prod", "staging"]


def test_outside_a_repository_since_is_refused(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: x\n", encoding="utf-8")
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies/settings.yaml").write_text("", encoding="utf-8")

    assert "is in no git repository" in _check(tmp_path, "--since", "main", code=4)


def _kept(project: Path) -> list[Path]:
    return sorted((project / ".ftops/listings").glob("*.json"))


def test_a_listing_is_kept_for_its_owner_alone_and_taken_while_nothing_changes(
    project: Path,
) -> None:
    first = _check(project, "dev")
    [file] = _kept(project)
    # What is kept is taken: no SDK would find this resource.
    text = file.read_text(encoding="utf-8").replace('"owner": "ml-platform"', '"nobody": "x"')
    file.write_text(text, encoding="utf-8")
    second = _check(project, "dev")
    fresh = _check(project, "dev", "--fresh")

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert first["findings"] == fresh["findings"] == []
    assert {each["rule"] for each in second["findings"]} >= {"tags-are-complete"}
    assert _check(project, "dev")["findings"] == []


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"format": 1}', '{"format": 0}', "\x00"])
def test_a_damaged_listing_is_made_again(project: Path, damage: str) -> None:
    first = _check(project, "dev")
    [file] = _kept(project)
    file.write_text(damage, encoding="utf-8")

    assert _check(project, "dev") == first
    assert json.loads(file.read_text(encoding="utf-8"))["resources"]


def test_whatever_a_program_reads_is_looked_at_again(project: Path) -> None:
    program = project / "__main__.py"
    text = program.read_text(encoding="utf-8")
    reading = 'assert not (Path(__file__).parent / "sizes.json").read_text().strip("1\\n")\n'
    program.write_text(text.replace("end_quietly()\n", f"end_quietly()\n{reading}", 1))
    (project / "sizes.json").write_text("1\n", encoding="utf-8")
    _check(project, "dev")

    (project / "sizes.json").write_text("2\n", encoding="utf-8")

    assert "the program failed at __main__.py" in _check(project, "dev", code=4)


def test_a_check_of_what_is_kept_imports_no_sdk(project: Path) -> None:
    _check(project, "dev")
    code = (
        "import sys\nfrom ftops.cli import main\n"
        "try:\n    main(['policy', 'check', 'dev', '--output', 'json'])\n"
        "except SystemExit:\n    pass\n"
        "print(sorted({m.split('.')[0] for m in sys.modules} & "
        "{'pulumi', 'pulumi_azure_native', 'pydantic', 'google', 'grpc', 'httpx', 'azure'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=project,
        env=ENV,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.splitlines()[-1] == "[]"
