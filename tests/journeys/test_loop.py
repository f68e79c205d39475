"""The whole loop, driven as a user would: through the command line and a socket, nothing else."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ftops.reference import find_answer

ROOT = Path(__file__).parents[2]
DATA = ROOT / "ops/ftops/demonstration"
SHARED = ROOT.parent / "shared/datasets"
VERDICTS = {
    "used", "idle", "expired", "young", "grace", "protected", "declared", "leaving", "transition",
    "unknown",
}  # fmt: skip


@dataclass(frozen=True)
class Shell:
    """A shell in the checkout that points at a sandbox of its own."""

    state: Path
    environ: dict[str, str]

    def type(self, *words: str, exit_code: int = 0) -> str:
        """Runs one command as a process of its own and returns what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "ftops", *words],
            cwd=ROOT, env=self.environ, capture_output=True, text=True, timeout=180, check=False,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        assert done.returncode == exit_code, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def ask(self, *words: str, exit_code: int = 0) -> Any:
        """The JSON answer of one command, whose names are the documented ones."""
        answer = json.loads(self.type(*words, "--output", "json", exit_code=exit_code))
        path = answer["schema"].split("/")[1].replace("-", " ")
        known = [re.escape(name).replace(r"\*", "[^.]+") for name in find_answer(path)]
        strange = {
            name
            for name in _names(answer)
            if not any(re.fullmatch(f"{one}(\\[\\])*", name) for one in [*known, "schema", "now"])
        }
        assert not strange, f"{path} answers with names that it does not list: {strange}"
        return answer

    def wait(self, hours: int) -> None:
        self.type("sandbox", "clock", "--state", str(self.state), "--advance", f"{hours}h")


def _names(value: Any, head: str = "") -> Iterator[str]:
    """Every name of a JSON value that holds something: `plan[].deployment`."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _names(inner, f"{head}.{name}" if head else name)
    elif isinstance(value, list):
        for inner in value:
            yield from _names(inner, f"{head}[]")
    else:
        yield head


def _open(state: Path) -> Shell:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("FTOPS_")}
    start = Shell(state, plain)
    begun = json.loads(
        start.type(
            "sandbox", "start", "--state", str(state), "--port", "0", "--at", "-4d", "--detach"
        )
    )
    assert set(begun) == {"pid", "http", "https", "proxy", "ca", "state"}
    exports = json.loads(start.type("sandbox", "env", "--state", str(state), "--output", "json"))
    exports = {name: value for name, value in exports.items() if isinstance(value, str)}
    # The way without a Pulumi CLI is what this journey walks, wherever it runs.
    path = os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"])
    return Shell(state, plain | exports | {"PATH": path})


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    opened = _open(tmp_path / "sandbox")
    yield opened
    opened.type("sandbox", "stop", "--state", str(opened.state))


def _train(shell: Shell, train: Path, suffix: str) -> Any:
    job = shell.ask("tune", "submit", str(train), "--model", "gpt-4.1-mini", "--suffix", suffix)
    shell.wait(hours=3)
    watched = shell.ask("tune", "watch", job["job"]["id"])
    assert watched["job"]["status"] == "succeeded"
    return watched["job"]


def _deploy(shell: Shell, model: str, name: str) -> Any:
    words = ("deploy", model, name, "--environment", "dev", "--owner", "maria", "--ttl", "72h")
    return shell.ask(*words, "--yes")["deployment"]


def test_the_loop_from_data_to_bill(shell: Shell) -> None:
    train, held_out = DATA / "sarcastic-train.jsonl", DATA / "sarcastic-held-out.jsonl"
    checked = shell.ask("data", "check", str(train))
    assert checked["verdict"] == "ok"
    assert checked["examples"] >= 60
    assert shell.ask("policy", "check")["findings"] == []

    first = shell.ask("up", "dev", "--target", "sandbox", "--yes")
    again = shell.ask("up", "dev", "--target", "sandbox", "--yes")
    assert {one["action"] for one in first["resources"]} == {"created"}
    assert {one["action"] for one in again["resources"]} == {"unchanged"}

    job = _train(shell, train, "sarcastic")
    deployed = _deploy(shell, job["id"], "sarcastic")
    assert deployed["ready"] is True
    assert Decimal(deployed["hosting_usd_per_hour"]) == Decimal("1.70")
    compared = shell.ask(
        "compare", "gpt-4.1-mini", "sarcastic", "--data", str(held_out), "--limit", "2"
    )
    assert all(one["base"] != one["tuned"] for one in compared["examples"])

    _tear_down(shell)
    _account(shell, job)
    restored = shell.ask("restore", "sarcastic", "--ttl", "24h")
    assert restored["schema"] == "ftops/restore/v1"
    assert _verdict(shell, "sarcastic")["verdict"] == "young"


def _verdict(shell: Shell, deployment: str) -> Any:
    judged = shell.ask("teardown", "--idle")
    assert all(one["verdict"] in VERDICTS for one in judged["verdicts"])
    (found,) = [one for one in judged["verdicts"] if one["deployment"] == deployment]
    return found


def _tear_down(shell: Shell) -> None:
    assert _verdict(shell, "sarcastic")["verdict"] in {"young", "used"}
    shell.wait(hours=36)
    idle = _verdict(shell, "sarcastic")
    assert idle["verdict"] == "idle"
    assert Decimal(idle["idle_hours"]) >= 24
    checked = shell.ask("teardown", "--idle", "--check", exit_code=1)
    assert {one["state"] for one in checked["outcomes"]} == {"would-delete"}

    swept = shell.ask("teardown", "--idle", "--yes")
    assert [(one["deployment"], one["state"]) for one in swept["outcomes"]] == [
        ("sarcastic", "deleted")
    ]
    assert "sarcastic" not in {
        one["deployment"] for one in shell.ask("teardown", "--idle")["verdicts"]
    }


def _account(shell: Shell, job: Any) -> None:
    words = ("cost", "report", "--by", "hour", "--since", "7d")
    report = shell.ask(*words)
    rows = report["charges"]
    known = [Decimal(row["cost_usd"]) for row in rows if row["cost_usd"] is not None]
    assert sum(known) == Decimal(report["total_usd"])

    hosting = [row for row in rows if row["charge_type"] == "hosting"]
    hours = sum(Decimal(row["quantity"]) for row in hosting)
    assert Decimal(36) <= hours <= Decimal(37)
    assert {row["deployment"] for row in hosting} == {"sarcastic"}
    training = [row for row in rows if row["charge_type"] == "training"]
    assert sum(Decimal(row["quantity"]) for row in training) > 0
    assert job["trained_tokens"] > 0
    printed = list(csv.DictReader(io.StringIO(shell.type(*words, "--output", "csv"))))
    assert len(printed) == len(rows)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared real training files are not here")
@pytest.mark.parametrize("name", ["foundry-gsm8k-chat-train", "azureml-oai-v2-chat-train"])
def test_the_loop_passes_on_a_real_file(shell: Shell, name: str) -> None:
    shell.ask("up", "dev", "--target", "sandbox", "--yes")
    suffix = name.split("-")[1]
    job = _train(shell, SHARED / f"{name}.jsonl", suffix)
    deployed = _deploy(shell, job["fine_tuned_model"], suffix)

    assert deployed["ready"] is True
    shell.wait(hours=30)
    swept = shell.ask("teardown", "--idle", "--yes")
    assert suffix in {one["deployment"] for one in swept["outcomes"] if one["state"] == "deleted"}


@pytest.mark.parametrize(
    ("words", "exit_code", "said"),
    [
        (("data", "check", "no-such-file.jsonl"), 2, "no-such-file.jsonl"),
        (("data", "estimate", str(DATA / "sarcastic-train.jsonl"), "--model", "gpt-9"), 4, "gpt-9"),
        (("up", "production"), 2, "production"),
        (("deploy", "latest", "x", "--environment", "dev", "--yes"), 2, "ttl"),
        (("catalog", "models", "--model", "gpt-4.1-mni"), 4, "gpt-4.1-mini"),
    ],
)
def test_a_mistake_is_answered_with_a_sentence_and_a_hint(
    shell: Shell, words: tuple[str, ...], exit_code: int, said: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ftops", *words],
        cwd=ROOT, env=shell.environ, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == exit_code
    assert said in done.stderr
    assert "Traceback" not in done.stderr
