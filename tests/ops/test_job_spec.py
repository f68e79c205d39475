"""A job spec: one job as a file, all of its mistakes told at once, each with its line."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ftops.job_request import read_subjects, request_of
from ftops.job_spec import JobSpec, list_job_specs, read_job_spec
from ftops_catalog import read_catalog
from ftops_catalog.errors import BadConfig, BadUsage, FtopsError
from ftops_policies.rule import JOB, TRAINING_FILE

ROOT = Path(__file__).parents[2]
OWN = ROOT / "ops/ftops/demonstration"
CATALOG = read_catalog()

WHOLE = """\
environment: dev
model: gpt-4.1-mini
training_file: ../data/train.jsonl
validation_file: ../data/held-out.jsonl
training_type: GlobalStandard
method: sft
suffix: sarcastic
epochs: 3
batch_size: 4
learning_rate_multiplier: 0.1
seed: 7
budget_usd: 25.50
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with environments dev and prod, and the demonstration's data."""
    for folder in ("stacks", "jobs", "data"):
        (tmp_path / folder).mkdir()
    for name in ("dev", "prod"):
        (tmp_path / f"stacks/Pulumi.{name}.yaml").write_text("config: {}\n", encoding="utf-8")
    for name in ("train", "held-out"):
        (tmp_path / f"data/{name}.jsonl").write_bytes(
            (OWN / f"sarcastic-{name}.jsonl").read_bytes()
        )
    return tmp_path


def _read(project: Path, text: str) -> JobSpec:
    path = project / "jobs/sarcastic.yaml"
    path.write_text(text, encoding="utf-8")
    return read_job_spec(path, project, CATALOG)


def _problems(project: Path, text: str) -> list[str]:
    with pytest.raises(BadConfig) as raised:
        _read(project, text)
    return [line.strip() for line in f"{raised.value.message} - {raised.value.hint}".splitlines()]


def test_what_a_spec_says_is_azure_s_request_and_what_is_known_besides(project: Path) -> None:
    spec = _read(project, WHOLE)
    job, train, held_out = read_subjects(request_of(spec, "swedencentral"), project, CATALOG)
    known = job.body["ftops"]

    assert (job.type, job.name, job.file, job.line) == (JOB, "sarcastic", "jobs/sarcastic.yaml", 2)
    assert {key: value for key, value in job.body.items() if key != "ftops"} == {
        "model": "gpt-4.1-mini",
        "training_file": "data/train.jsonl",
        "validation_file": "data/held-out.jsonl",
        "suffix": "sarcastic",
        "seed": 7,
        "trainingType": "GlobalStandard",
        "method": {
            "type": "supervised",
            "supervised": {
                "hyperparameters": {
                    "n_epochs": 3,
                    "batch_size": 4,
                    "learning_rate_multiplier": 0.1,
                }
            },
        },
    }
    assert (known["environment"], known["region"]) == ("dev", "swedencentral")
    assert known["budget_usd"] == Decimal("25.5")
    assert isinstance(known["estimate_usd"], Decimal)
    assert known["lines"]["trainingType"] == 5
    assert [each.type for each in (train, held_out)] == [TRAINING_FILE] * 2
    assert train.body["problems"] == train.body["secrets"] == train.body["personal_data"] == []
    assert train.body["examples"] == 98
    assert "card" not in train.body


def test_a_reinforcement_job_carries_its_grader_and_no_price(project: Path) -> None:
    grader = "{type: string_check, name: g, operation: eq, input: a, reference: b}"
    rows = [
        f'{{"messages": [{{"role": "user", "content": "{n} + 1?"}}], "target": {n}}}'
        for n in range(24)
    ]
    (project / "data/rft.jsonl").write_text("\n".join(rows[:12]), encoding="utf-8")
    (project / "data/rft-held-out.jsonl").write_text("\n".join(rows[12:]), encoding="utf-8")
    text = (
        "environment: dev\nmodel: o4-mini\nmethod: rft\nbudget_usd: 100\n"
        "training_file: ../data/rft.jsonl\nvalidation_file: ../data/rft-held-out.jsonl\n"
        f"grader: {grader}\n"
    )
    job, train, _ = read_subjects(request_of(_read(project, text), ""), project, CATALOG)

    assert job.body["method"]["type"] == "reinforcement"
    assert job.body["method"]["reinforcement"]["grader"]["type"] == "string_check"
    assert "estimate_usd" not in job.body["ftops"]
    assert train.body["format"] == "rft"


def test_a_method_that_the_file_does_not_train_by_is_a_problem_of_the_file(project: Path) -> None:
    spec = _read(project, WHOLE.replace("sft", "dpo"))
    _, train, _ = read_subjects(request_of(spec, ""), project, CATALOG)

    assert [each["message"] for each in train.body["problems"]] == [
        "a chat file trains by sft, and the job says dpo"
    ]


def test_every_mistake_is_told_with_its_line_and_what_was_meant(project: Path) -> None:
    told = _problems(
        project,
        "enviroment: dev\nmodel: gpt-4.1-minni\ntraining_type: Globl\nmethod: rft\n"
        "training_file: nope.jsonl\nepochs: 0\nseed: x\nsuffix: a.b\nbudget_usd: -1\n"
        "allow: [example-is-uniqe]\ngrader: {type: string_chek}\n",
    )

    assert told[0] == "jobs/sarcastic.yaml has 12 problems:"
    assert [line.partition(": ")[0].rpartition(":")[2] for line in told[1:13]] == [
        *("1", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"),
    ]
    for part in (
        "there is no key enviroment - Did you mean environment?",
        "no model 'gpt-4.1-minni' to fine-tune - Did you mean gpt-4.1-mini?",
        "there is no file 'nope.jsonl'",
        "Did you mean example-is-unique?",
        "epochs is 0 - write a number from 1 to 50",
    ):
        assert any(part in line for line in told), part


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("dev", "dve", "jobs/sarcastic.yaml:1: there is no environment 'dve' - Did you mean dev?"),
        ("25.50", "nan", "budget_usd is 'nan' - write an amount in USD, such as 25.50"),
        ("25.50", "true", "budget_usd is True"),
        ("method: sft", "grader: {type: multi}", "grader is set, and method is not rft"),
        ("seed: 7", "seed: 7.5", "jobs/sarcastic.yaml:11: seed is 7.5"),
        ("seed: 7", "epochs: 7", "jobs/sarcastic.yaml:11: epochs is written twice"),
        ("seed: 7", "seed: [", "this is not YAML"),
    ],
)
def test_one_mistake_is_one_sentence(project: Path, old: str, new: str, said: str) -> None:
    assert said in _problems(project, WHOLE.replace(old, new))[0]


def test_a_file_that_is_no_mapping_or_not_there_is_refused(project: Path) -> None:
    assert "is no job spec" in _problems(project, "- one\n")[0]
    with pytest.raises(BadUsage, match=r"there is no file jobs/absent\.yaml"):
        read_job_spec(project / "jobs/absent.yaml", project, CATALOG)


def test_a_card_in_the_folder_of_jobs_is_no_job(project: Path) -> None:
    _read(project, WHOLE)
    (project / "jobs/train.card.yaml").write_text("license: MIT\n", encoding="utf-8")

    assert [path.name for path in list_job_specs(project)] == ["sarcastic.yaml"]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from([*yaml.safe_load(WHOLE), "grader", "allow"]), values))
def test_whatever_a_spec_says_it_is_read_or_refused_in_sentences(
    tmp_path_factory: pytest.TempPathFactory, written: dict[str, Any]
) -> None:
    path = tmp_path_factory.mktemp("any") / "job.yaml"
    path.write_text(yaml.safe_dump(written, allow_unicode=True), encoding="utf-8")

    with pytest.raises(FtopsError) as raised:  # no training file is ever there
        read_job_spec(path, path.parent, CATALOG)
    assert raised.value.exit_code == 4
    assert raised.value.hint
