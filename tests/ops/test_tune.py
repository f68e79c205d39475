"""`ftops tune` against a running sandbox: one recipe is one job, followed to its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ftops.azure.account import find_account, open_data_plane
from ftops.azure.session import open_session

if TYPE_CHECKING:
    from openai import OpenAI
    from tests.ops.conftest import Lab

WORDS = ("tune", "submit")


def data_plane() -> OpenAI:
    session = open_session()
    return open_data_plane(session, find_account(session, "oai-lab"))


def uploads() -> list[str]:
    return [file.filename for file in data_plane().files.list(purpose="fine-tune")]


def test_the_same_recipe_is_one_job_and_one_upload(lab: Lab) -> None:
    first = lab.submit("--suffix", "once")
    files = uploads()

    second = lab.submit("--suffix", "once")

    assert (first["reused"], second["reused"]) == (False, True)
    assert first["id"] == second["id"]
    assert first["status"] == "pending"
    assert sorted(uploads()) == sorted(files)


def test_another_recipe_is_another_job_on_the_same_upload(lab: Lab) -> None:
    first = lab.submit("--suffix", "recipe")

    second = lab.submit("--suffix", "recipe", "--epochs", 2)

    assert first["id"] != second["id"]
    assert first["training_file"] == second["training_file"]
    assert second["hyperparameters"]["n_epochs"] == 2


def test_again_starts_the_same_job_once_more(lab: Lab) -> None:
    first = lab.submit("--suffix", "again", "--seed", 7)

    again = lab.submit("--suffix", "again", "--seed", 7, "--again")
    latest = lab.submit("--suffix", "again", "--seed", 7)

    assert first["id"] != again["id"]
    assert again["seed"] == 7
    assert latest["reused"]


def test_a_job_carries_its_training_type(lab: Lab) -> None:
    job = lab.submit("--suffix", "cheap", "--training-type", "Developer")

    assert job["training_type"] == "developerTier"
    assert job["estimated_usd"] is not None


def test_bad_data_is_not_uploaded(lab: Lab, tmp_path: Path) -> None:
    path = tmp_path / "never-uploaded.jsonl"
    path.write_text('{"question": 1}\n', encoding="utf-8")

    result = lab.ftops(*WORDS, path, "--model", "gpt-4.1-mini")

    assert result.exit_code == 1
    assert "ftops data check" in result.stderr
    assert not any(name.startswith("never-uploaded") for name in uploads())


@pytest.mark.parametrize(
    ("options", "code", "part"),
    [
        (("--suffix", "with.dot"), 2, "with.dot"),
        (("--method", "dpo"), 2, "trains by sft"),
        (("--allow", "no-such"), 2, "no-such"),
        (("--model", "gpt-4.1-minni"), 4, "gpt-4.1-minni"),
        (("--model", "o4-mini"), 1, "is not trained on chat files"),
        (("--account", "nobodys"), 2, "oai-lab"),
        (("--validation", "absent.jsonl"), 2, "absent.jsonl"),
    ],
)
def test_a_wrong_submission_is_one_sentence(
    options: tuple[str, ...],
    code: int,
    part: str,
    lab: Lab,
    training_lines: Callable[[int], str],
    tmp_path: Path,
) -> None:
    path = tmp_path / "train.jsonl"
    path.write_text(training_lines(20), encoding="utf-8")

    result = lab.ftops(*WORDS, path, "--model", "gpt-4.1-mini", *options)

    assert result.exit_code == code
    assert part in result.stderr
    assert "Traceback" not in result.output


def test_a_watched_job_ends_with_its_loss_its_bill_and_its_model(lab: Lab, trained: str) -> None:
    result = lab.ftops("tune", "watch", trained)
    job = lab.json("tune", "watch", trained)["job"]

    assert result.exit_code == 0
    assert "Training tokens billed" in result.stderr
    assert job["status"] == "succeeded"
    assert job["fine_tuned_model"].endswith("-lab")
    assert job["final_loss"] > 0
    assert job["billed_tokens"] == job["trained_tokens"] > 0
    assert float(job["training_usd"]) == pytest.approx(job["billed_tokens"] * 6.05e-6)


def test_the_ledger_has_a_job_s_start_and_end_once(lab: Lab, trained: str) -> None:
    for _ in range(2):
        lab.json("tune", "watch", trained)

    kinds = [each["kind"] for each in lab.entries() if each["subject"].endswith(trained)]
    assert kinds == ["submitted", "trained"]


def test_a_job_that_azure_refuses_to_train_ends_with_one_and_its_reason(
    lab: Lab, tmp_path: Path, training_lines: Callable[[int], str]
) -> None:
    path = tmp_path / "few.jsonl"
    path.write_text(training_lines(5), encoding="utf-8")
    allow = ("--allow", "examples-are-enough")
    job = lab.json(*WORDS, path, "--model", "gpt-4.1-mini", *allow)["job"]
    lab.sandbox.advance(hours=1)

    result = lab.ftops("tune", "watch", job["id"])

    assert result.exit_code == 1
    assert "jsonlValidationFailed" in result.stderr


def test_a_cancelled_job_ends_with_one_and_is_started_anew(lab: Lab) -> None:
    job = lab.submit("--suffix", "cancelled")
    data_plane().fine_tuning.jobs.cancel(job["id"])

    assert lab.ftops("tune", "watch", job["id"]).exit_code == 1
    assert lab.submit("--suffix", "cancelled")["id"] != job["id"]


def test_a_job_is_followed_while_it_runs(lab: Lab) -> None:
    job = lab.submit("--suffix", "follow", "--epochs", 1)
    command = [sys.executable, "-m", "ftops", "tune", "watch", job["id"]]

    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ) as watch:
        assert watch.stderr is not None
        first = [watch.stderr.readline() for _ in range(2)]
        lab.sandbox.advance(hours=4)
        watch.communicate(timeout=60)

    assert "ftops sandbox clock" in first[0]
    assert "Job enqueued" in first[1]
    assert watch.returncode == 0


def test_an_interrupted_watch_leaves_the_job_running_and_says_so(lab: Lab) -> None:
    job = lab.submit("--suffix", "interrupted")
    command = [sys.executable, "-m", "ftops", "tune", "watch", job["id"]]

    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ) as watch:
        assert watch.stderr is not None
        while "Job enqueued" not in watch.stderr.readline():
            pass
        watch.send_signal(signal.SIGINT)
        _, rest = watch.communicate(timeout=60)

    assert watch.returncode == 130
    assert f"{job['id']} goes on without you" in rest
    assert data_plane().fine_tuning.jobs.retrieve(job["id"]).status in {"pending", "running"}


def test_the_newest_job_is_listed_first(lab: Lab) -> None:
    job = lab.submit("--suffix", "newest")
    lab.sandbox.advance(seconds=2)

    jobs = lab.json("tune", "list")["jobs"]

    created = [each["created_at"] for each in jobs]
    assert created == sorted(created, reverse=True)
    assert job["id"] in {each["id"] for each in jobs}


def test_a_job_that_nobody_has_is_bad_usage(lab: Lab) -> None:
    result = lab.ftops("tune", "watch", f"ftjob-{0:032x}")

    assert result.exit_code == 2
    assert "ftops tune list" in result.stderr


def test_throttling_is_waited_for(lab: Lab) -> None:
    lab.sandbox.refuse("GET .*/fine_tuning/jobs", 429, times=2, retry_after_ms=10)

    assert lab.ftops("tune", "list").exit_code == 0


def test_of_several_accounts_one_must_be_named(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.make_account("oai-second")
    monkeypatch.delenv("FTOPS_ACCOUNT")

    result = lab.ftops("tune", "list")

    assert result.exit_code == 2
    assert "oai-lab, oai-second" in result.stderr
    assert lab.ftops("tune", "list", "--account", "OAI-second").exit_code == 0
