"""The gate of `ftops tune submit`: what the rules block is not uploaded, specs are kept to."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.ops.conftest import ACCOUNTS, HELD_OUT, TRAIN

from ftops.azure.account import find_account, open_data_plane
from ftops.azure.session import open_session
from ftops.azure.submission import Order, propose, submit
from ftops.job_request import JobRequest
from ftops_catalog.errors import Conflict
from ftops_policies import read_settings

if TYPE_CHECKING:
    from tests.ops.conftest import Lab

ROOT = Path(__file__).parents[2]
MODEL = ("--model", "gpt-4.1-mini")
SECRET = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
SPEC = """\
environment: dev
model: gpt-4.1-mini
training_file: ../data/train.jsonl
validation_file: ../data/held-out.jsonl
training_type: GlobalStandard
suffix: spec
epochs: 2
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with approved data and one job."""
    for folder in ("policies", "stacks", "jobs", "data"):
        (tmp_path / folder).mkdir()
    for name in ("Pulumi.yaml", "policies/settings.yaml", "stacks/Pulumi.dev.yaml"):
        shutil.copy(ROOT / name, tmp_path / name)
    for path, name in ((TRAIN, "train"), (HELD_OUT, "held-out")):
        shutil.copy(path, tmp_path / f"data/{name}.jsonl")
        shutil.copy(path.with_name(f"{path.stem}.card.yaml"), tmp_path / f"data/{name}.card.yaml")
    (tmp_path / "jobs/sarcastic.yaml").write_text(SPEC, encoding="utf-8")
    return tmp_path


def _uploads() -> list[str]:
    session = open_session()
    client = open_data_plane(session, find_account(session, "oai-lab"))
    return [file.filename for file in client.files.list(purpose="fine-tune")]


def _add(path: Path, answer: str) -> None:
    messages = [{"role": "user", "content": "Well?"}, {"role": "assistant", "content": answer}]
    with path.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps({"messages": messages}) + "\n")


def _change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_spec_is_submitted_as_it_is_written_and_once(lab: Lab, project: Path) -> None:
    first = lab.json("tune", "submit", project / "jobs/sarcastic.yaml")
    again = lab.json("tune", "submit", project / "jobs/sarcastic.yaml")
    job: dict[str, Any] = first["job"]

    assert first["findings"] == []
    assert (job["suffix"], job["training_type"]) == ("spec", "globalStandard")
    assert job["hyperparameters"]["n_epochs"] == 2
    assert job["validation_file"]
    assert (again["job"]["id"], again["job"]["reused"]) == (job["id"], True)


def test_an_option_stands_over_what_a_spec_says(lab: Lab, project: Path) -> None:
    words = ("--epochs", 1, "--suffix", "typed", "--training-type", "Standard")
    job = lab.json("tune", "submit", project / "jobs/sarcastic.yaml", *words)["job"]

    assert (job["suffix"], job["training_type"]) == ("typed", "standard")
    assert job["hyperparameters"]["n_epochs"] == 1


def test_a_secret_is_not_uploaded_and_not_repeated(lab: Lab, tmp_path: Path) -> None:
    path = tmp_path / "leaking.jsonl"
    shutil.copy(TRAIN, path)
    _add(path, f"Use {SECRET}, but tell nobody.")
    line = path.read_text(encoding="utf-8").count("\n")

    answer = lab.json("tune", "submit", path, *MODEL, exit_code=1)
    shown = lab.ftops("tune", "submit", path, *MODEL)

    assert answer["job"] is None
    assert ("training-file-holds-no-secret", "block", line) in {
        (each["rule"], each["severity"], each["line"]) for each in answer["findings"]
    }
    assert shown.exit_code == 1
    assert "is not submitted" in shown.stdout
    assert SECRET not in json.dumps(answer) + shown.output
    assert not any(name.startswith("leaking") for name in _uploads())


def test_somebodys_data_and_a_change_after_approval_are_said_in_dev_and_block_elsewhere(
    lab: Lab, project: Path
) -> None:
    lab.put(
        f"{ACCOUNTS}/oai-nobodys",
        {
            "location": "swedencentral",
            "kind": "OpenAI",
            "sku": {"name": "S0"},
            "properties": {"customSubDomainName": "oai-nobodys"},
        },
    )
    _add(project / "data/train.jsonl", "Ask maria.silva@uol.com.br.")
    spec = project / "jobs/sarcastic.yaml"

    dev = lab.json("tune", "submit", spec, "--suffix", "changed")
    other = lab.json(
        "tune", "submit", project / "data/train.jsonl", *MODEL, "--account", "oai-nobodys",
        exit_code=1,
    )  # fmt: skip

    assert {(each["rule"], each["severity"]) for each in dev["findings"]} == {
        ("training-file-is-approved", "warn"),
        ("training-file-holds-no-personal-data", "warn"),
    }
    assert {each["rule"]: each["state"] for each in other["findings"]} == {
        "held-out-file-is-given": "broken",
        "training-file-holds-no-personal-data": "broken",
        "training-file-is-approved": "broken",
        "training-file-is-of-its-environment": "unknown",
    }


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("epochs: 2", "budget_usd: 0.01", 1, "more than its budget of 0.01 USD"),
        ("epochs: 2", "region: eastus2", 4, "the job is for eastus2, and oai-lab is of sweden"),
        ("environment: dev", "environment: prod", 4, "for prod, and oai-lab is of dev"),
        ("epochs: 2", "epoch: 2", 4, "Did you mean epochs?"),
        ("epochs: 2", "method: dpo", 2, "a chat file trains by sft"),
    ],
)
def test_a_spec_that_does_not_fit_is_a_sentence_and_uploads_nothing(
    old: str, new: str, code: int, said: str, lab: Lab, project: Path
) -> None:
    shutil.copy(ROOT / "stacks/Pulumi.prod.yaml", project / "stacks")
    (project / "data/train.jsonl").rename(project / "data/unfit.jsonl")
    (project / "data/train.card.yaml").rename(project / "data/unfit.card.yaml")
    _change(project / "jobs/sarcastic.yaml", "train.jsonl", "unfit.jsonl")
    _change(project / "jobs/sarcastic.yaml", old, new)
    before = _uploads()

    result = lab.ftops("tune", "submit", project / "jobs/sarcastic.yaml", "--output", "csv")

    assert result.exit_code == code, result.output
    assert said in result.output
    assert "Traceback" not in result.output
    assert _uploads() == before


def test_a_reinforcement_job_is_judged_and_not_submitted(lab: Lab, project: Path) -> None:
    rows = [
        {"messages": [{"role": "user", "content": f"{each} + 1?"}], "target": each}
        for each in range(24)
    ]
    for name, part in (("rft", rows[:12]), ("rft-held-out", rows[12:])):
        text = "".join(f"{json.dumps(row)}\n" for row in part)
        (project / f"data/{name}.jsonl").write_text(text, encoding="utf-8")
    spec = project / "jobs/graded.yaml"
    spec.write_text(
        "environment: dev\nmodel: o4-mini\nmethod: rft\n"
        "grader: {type: string_check, name: g, operation: eq, input: a, reference: b}\n"
        "training_file: ../data/rft.jsonl\nvalidation_file: ../data/rft-held-out.jsonl\n",
        encoding="utf-8",
    )

    judged = lab.json("policy", "check", spec, exit_code=1)
    refused = lab.ftops("tune", "submit", spec)

    states = {(each["rule"], each["state"]) for each in judged["findings"]}
    assert ("reinforcement-is-capped", "broken") in states
    assert ("training-cost-is-within-limit", "unknown") in states
    assert refused.exit_code == 1
    assert "a job cannot be started on a file of the format rft" in refused.stderr


def test_a_file_that_changes_after_it_was_judged_is_not_uploaded(lab: Lab, project: Path) -> None:
    path = project / "data/train.jsonl"
    order = Order(
        JobRequest("late", "gpt-4.1-mini", path), "oai-lab", again=False, ledger=lab.ledger
    )
    settings = read_settings(project / "policies/settings.yaml")
    proposal = propose(open_session(), order, settings, project)
    before = _uploads()
    _add(path, SECRET)

    with pytest.raises(Conflict, match="has just been changed"):
        submit(proposal, print)
    assert _uploads() == before


def test_without_a_model_a_file_is_not_enough(lab: Lab) -> None:
    result = lab.ftops("tune", "submit", TRAIN)

    assert result.exit_code == 2
    assert "--model gpt-4.1-mini" in result.stderr
