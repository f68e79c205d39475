"""`ftops policy check` of jobs and their files: with their environment, or by themselves."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ftops.dataset.card import Card, card_of, digest_of, render_card

ROOT = Path(__file__).parents[2]
OWN = ROOT / "ops/ftops/demonstration"
TODAY = ("--as-of", "2026-11-21T00:00:00Z")
ENV = {key: value for key, value in os.environ.items() if key in {"HOME", "LANG", "PATH"}}
GIT = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}

SPEC = """\
environment: dev
model: gpt-4.1-mini
training_file: ../data/train.jsonl
validation_file: ../data/held-out.jsonl
training_type: Standard
epochs: 3
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with the declared part, one approved job of dev, and all of it committed."""
    for folder in ("policies", "stacks", "jobs", "data"):
        (tmp_path / folder).mkdir()
    for name in ("Pulumi.yaml", "__main__.py", "policies/settings.yaml"):
        shutil.copy(ROOT / name, tmp_path / name)
    for stack in (ROOT / "stacks").glob("Pulumi.*.yaml"):
        shutil.copy(stack, tmp_path / "stacks")
    (tmp_path / "jobs/sarcastic.yaml").write_text(SPEC, encoding="utf-8")
    for name in ("train", "held-out"):
        path = tmp_path / f"data/{name}.jsonl"
        path.write_bytes((OWN / f"sarcastic-{name}.jsonl").read_bytes())
        _approve(path, "dev")
    (tmp_path / ".gitignore").write_text(".ftops/\n__pycache__/\n", encoding="utf-8")
    _git(tmp_path, "init", "--quiet", "--initial-branch=main")
    _commit(tmp_path)
    return tmp_path


def _approve(path: Path, *environments: str) -> None:
    card = Card("MIT", "our own", "ana", None, environments, digest_of(path))
    text = render_card(card, path).replace("approved_on: null", "approved_on: 2026-11-20")
    card_of(path).write_text(text, encoding="utf-8")


def _git(folder: Path, *words: str) -> None:
    person = ("-c", "user.name=ana", "-c", "user.email=ana@example.org")
    subprocess.run(["git", *person, *words], cwd=folder, check=True, env={**ENV, **GIT})


def _commit(root: Path) -> None:
    _git(root, "add", "--all")
    _git(root, "commit", "--quiet", "--message", "as it is")


def _change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def _run(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "ftops", "policy", "check", *words, *TODAY],
        cwd=project, env={**ENV, **GIT}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return done


def _check(project: Path, *words: str, code: int = 0) -> Any:
    done = _run(project, *words, "--output", "json")
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout)


def _said(answer: Any) -> set[tuple[str, str, str | None, int | None]]:
    return {
        (each["environment"], each["rule"], each["file"], each["line"])
        for each in answer["findings"]
    }


def test_a_job_that_keeps_the_rules_has_no_findings(project: Path) -> None:
    answer = _check(project, "jobs/sarcastic.yaml")

    assert answer["findings"] == []
    [dev] = answer["environments"]
    assert (dev["environment"], dev["source"], dev["resources"]) == (
        "dev",
        "jobs/sarcastic.yaml",
        3,
    )


def test_what_blocks_names_the_line_of_the_spec_or_of_the_file(project: Path) -> None:
    _change(project / "jobs/sarcastic.yaml", "epochs: 3", "epochs: 50\nbudget_usd: 0.50")
    with (project / "data/train.jsonl").open("a", encoding="utf-8") as stream:
        stream.write('{"messages": [{"role": "user", "content": "Who?"}, ')
        stream.write('{"role": "assistant", "content": "maria.silva@uol.com.br"}]}\n')

    answer = _check(project, "jobs/sarcastic.yaml", code=1)

    assert _said(answer) == {
        ("dev", "training-cost-is-within-limit", "jobs/sarcastic.yaml", 7),
        ("dev", "training-file-holds-no-personal-data", "data/train.jsonl", 99),
        ("dev", "training-file-is-approved", "data/train.jsonl", None),
    }
    assert "maria" not in json.dumps(answer)


def test_a_whole_environment_is_judged_with_its_jobs(project: Path) -> None:
    _change(project / "jobs/sarcastic.yaml", "Standard", "GlobalStandard")
    _change(project / "jobs/sarcastic.yaml", "environment: dev", "environment: prod")

    everything, dev = _check(project, code=1), _check(project, "dev")

    assert {
        ("prod", "training-stays-in-its-region", "jobs/sarcastic.yaml", 5),
        ("prod", "training-file-is-of-its-environment", "data/train.jsonl", None),
    } <= _said(everything)
    assert {each[0] for each in _said(everything)} == {"prod"}
    assert dev["findings"] == []


def test_a_file_by_itself_is_judged_under_the_defaults_or_what_is_named_beside_it(
    project: Path,
) -> None:
    card_of(project / "data/train.jsonl").unlink()

    alone = _check(project, "data/train.jsonl", code=1)
    beside = _check(project, "dev", "data/train.jsonl")
    other = _check(project, "jobs/sarcastic.yaml", "data/held-out.jsonl", "data/train.jsonl")

    assert {(each["environment"], each["severity"]) for each in alone["findings"]} == {
        ("defaults", "block")
    }
    assert {(each["environment"], each["severity"]) for each in beside["findings"]} == {
        ("dev", "warn")
    }
    assert [each["resources"] for each in other["environments"]] == [3]


def test_since_takes_a_job_by_its_spec_its_data_and_its_card(project: Path) -> None:
    def names(*words: str) -> list[str]:
        answer = json.loads(_run(project, *words, "--since", "main", "--output", "json").stdout)
        return [each["environment"] for each in answer["environments"]]

    assert names() == names("jobs/sarcastic.yaml") == []
    for path, old, new in (
        (project / "jobs/sarcastic.yaml", "epochs: 3", "epochs: 2"),
        (card_of(project / "data/held-out.jsonl"), "ana", "bob"),
        (project / "data/train.jsonl", "window seat", "good seat"),
    ):
        _change(path, old, new)
        assert names() == names("jobs/sarcastic.yaml") == ["dev"], path
        assert names("prod") == []
        _change(path, new, old)
        assert names() == []


def test_a_base_tells_what_a_changed_job_brings(project: Path) -> None:
    _change(project / "jobs/sarcastic.yaml", "epochs: 3", "epochs: 3\nbudget_usd: 0.01")

    answer = _check(project, "jobs/sarcastic.yaml", "--base", "main", code=1)

    assert [(each["rule"], each["change"]) for each in answer["findings"]] == [
        ("training-cost-is-within-limit", "new")
    ]
    _commit(project)
    _change(project / "jobs/sarcastic.yaml", "0.01", "1000")
    _git(project, "branch", "--quiet", "other", "HEAD")
    fixed = _check(project, "jobs/sarcastic.yaml", "--base", "other")["fixed"]
    assert [each["rule"] for each in fixed] == ["training-cost-is-within-limit"]


def test_a_waiver_of_a_job_holds_for_it_and_is_not_void_elsewhere(project: Path) -> None:
    _change(project / "jobs/sarcastic.yaml", "epochs: 3", "epochs: 3\nbudget_usd: 0.01")
    waiver = (
        "\n    waivers:\n      - rule: training-cost-is-within-limit\n        resource: sarcastic\n"
        "        owner: ana\n        reason: once\n        ticket: OPS-1\n"
        "        expires: 2026-12-31\n    rules:"
    )
    _change(project / "policies/settings.yaml", "\n    rules:", waiver)
    (project / "jobs/other.yaml").write_text(SPEC, encoding="utf-8")

    for words in (("dev",), ("jobs/sarcastic.yaml",)):
        assert [each["state"] for each in _check(project, *words)["findings"]] == ["waived"]
    assert _check(project, "jobs/other.yaml")["findings"] == []


def test_sarif_points_into_spec_and_data(project: Path) -> None:
    _change(project / "jobs/sarcastic.yaml", "epochs: 3", "epochs: 3\nbudget_usd: 0.01")

    whole = json.loads(_run(project, "jobs/sarcastic.yaml", "--output", "sarif").stdout)
    [place] = whole["runs"][0]["results"][0]["locations"]

    assert place["physicalLocation"]["artifactLocation"]["uri"] == "jobs/sarcastic.yaml"
    assert place["physicalLocation"]["region"]["startLine"] == 7


@pytest.mark.parametrize(
    ("words", "change", "code", "sentence"),
    [
        (["jobs/nope.yaml"], "", 2, "there is no file jobs/nope.yaml"),
        (["nope.jsonl"], "", 2, "there is no file"),
        (["jobs/sarcastic.yaml"], "modell: x", 4, "there is no key modell"),
        (["dev"], "modell: x", 4, "Did you mean model?"),
    ],
)
def test_what_cannot_be_judged_is_a_sentence(
    project: Path, words: list[str], change: str, code: int, sentence: str
) -> None:
    with (project / "jobs/sarcastic.yaml").open("a", encoding="utf-8") as stream:
        stream.write(change)
    done = _run(project, *words)

    assert done.returncode == code
    assert sentence in done.stderr


def test_a_card_with_a_typo_or_a_licence_that_is_none_is_refused_with_its_line(
    project: Path,
) -> None:
    card = card_of(project / "data/train.jsonl")
    _change(card, "license:", "licence:")
    assert "Did you mean license?" in _run(project, "jobs/sarcastic.yaml").stderr
    _change(card, "licence:", "license:")
    _change(card, "MIT", "Mine")
    done = _run(project, "jobs/sarcastic.yaml")

    assert done.returncode == 4
    assert "train.card.yaml:2" in done.stderr
    assert "no licence that SPDX lists" in done.stderr


def test_a_rule_of_the_project_s_own_is_asked_about_jobs(project: Path) -> None:
    (project / "policies/rules").mkdir()
    (project / "policies/rules/job_has_a_suffix.py").write_text(
        '"""Whether a tuned model can be told from others."""\n'
        "from ftops_policies import rule\n"
        "from ftops_policies.rule import JOB\n\n\n"
        '@rule("job-has-a-suffix", severity="block", applies_to=JOB, remedy="r", references=())\n'
        "def job_has_a_suffix(job):\n"
        '    """A job has a suffix."""\n'
        '    if job.text("suffix") is None:\n'
        '        yield "It has no suffix."\n',
        encoding="utf-8",
    )

    assert ("dev", "job-has-a-suffix", "jobs/sarcastic.yaml", 2) in _said(
        _check(project, "jobs/sarcastic.yaml", code=1)
    )
    assert [each["rule"] for each in _check(project, "dev", code=1)["findings"]] == [
        "job-has-a-suffix"
    ]


def test_jobs_of_a_project_that_declares_nothing_yet_are_judged(project: Path) -> None:
    shutil.rmtree(project / "stacks")

    answer = _check(project)

    assert [each["source"] for each in answer["environments"]] == ["jobs/sarcastic.yaml"]
    assert {each["state"] for each in answer["findings"]} == {"unknown"}


def test_what_pulumi_wrote_voids_no_waiver_of_a_job(project: Path) -> None:
    waiver = (
        "\n    waivers:\n      - rule: training-cost-is-within-limit\n        resource: sarcastic\n"
        "        owner: ana\n        reason: once\n        ticket: OPS-1\n"
        "        expires: 2026-12-31\n    rules:"
    )
    _change(project / "policies/settings.yaml", "\n    rules:", waiver)
    token = "azure-native:resources:ResourceGroup"
    new = {"type": token, "inputs": {"resourceGroupName": "rg-ftops-dev"}}
    step = {"op": "create", "urn": f"urn:pulumi:dev::ftops::{token}::rg", "newState": new}
    (project / "dev.json").write_text(json.dumps({"steps": [step]}), encoding="utf-8")

    answer = json.loads(_run(project, "dev.json", "--output", "json").stdout)
    rules = {each["rule"] for each in answer["findings"]}

    assert "tags-are-complete" in rules
    assert "waiver-is-void" not in rules
    void = _check(project, "dev", code=1)["findings"]
    assert [each["rule"] for each in void] == ["waiver-is-void"]
