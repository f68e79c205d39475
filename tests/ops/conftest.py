"""A laboratory: one account on a sandbox of its own, and ftops pointed at it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ftops.cli import main
from ftops.sandbox import SUBSCRIPTION_ID

GROUP = f"/subscriptions/{SUBSCRIPTION_ID}/resourceGroups/rg-lab"
ACCOUNTS = f"{GROUP}/providers/Microsoft.CognitiveServices/accounts"
OWN = Path(str(resources.files("ftops") / "demonstration"))
TRAIN, HELD_OUT = OWN / "sarcastic-train.jsonl", OWN / "sarcastic-held-out.jsonl"
SPEED = 30
"""Seconds of the sandbox's clock per second: a deployment that settles is not waited for."""


@dataclass(frozen=True)
class Lab:
    """A sandbox with an account `oai-lab` in swedencentral and its base deployment `base`."""

    sandbox: Any
    ledger: Path

    def ftops(self, *words: object) -> Result:
        return CliRunner().invoke(main, [str(word) for word in words])

    def json(self, *words: object, exit_code: int = 0) -> dict[str, Any]:
        """The JSON answer of a command that ends as expected."""
        result = self.ftops(*words, "--output", "json")
        assert result.exit_code == exit_code, result.output
        body: dict[str, Any] = json.loads(result.stdout)
        return body

    def make_account(self, name: str) -> None:
        body = {
            "location": "swedencentral",
            "kind": "OpenAI",
            "sku": {"name": "S0"},
            "tags": {"environment": "dev"},
            "properties": {"customSubDomainName": name},
        }
        self.put(f"{ACCOUNTS}/{name}", body)

    def put(self, path: str, body: dict[str, Any]) -> None:
        with self.sandbox.arm() as arm:
            answer = arm.put(path, json=body)
        assert answer.is_success, answer.text

    def deployments(self) -> list[str]:
        with self.sandbox.arm() as arm:
            found = arm.get(f"{ACCOUNTS}/oai-lab/deployments").json()["value"]
        return [each["name"] for each in found]

    def entries(self) -> list[dict[str, Any]]:
        """What the ledger holds."""
        if not self.ledger.exists():
            return []
        return [json.loads(line) for line in self.ledger.read_text(encoding="utf-8").splitlines()]

    def submit(self, *options: object) -> dict[str, Any]:
        words = ("tune", "submit", TRAIN, "--validation", HELD_OUT, "--model", "gpt-4.1-mini")
        job: dict[str, Any] = self.json(*words, *options)["job"]
        return job


@pytest.fixture(scope="module")
def lab(alone: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    made = Lab(alone, tmp_path_factory.mktemp("lab") / "ledger.jsonl")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in alone.env.items():
            patch.setenv(name, value)
        patch.setenv("FTOPS_LEDGER", str(made.ledger))
        patch.setenv("FTOPS_ACCOUNT", "oai-lab")
        made.put(GROUP, {"location": "swedencentral"})
        made.make_account("oai-lab")
        base = {"format": "OpenAI", "name": "gpt-4.1-mini", "version": "2025-04-14"}
        sku = {"name": "GlobalStandard", "capacity": 10}
        alone.advance(minutes=2)
        made.put(
            f"{ACCOUNTS}/oai-lab/deployments/base", {"sku": sku, "properties": {"model": base}}
        )
        alone.ask("POST", "clock", {"speed": SPEED})
        yield made


@pytest.fixture(scope="module")
def trained(lab: Lab) -> str:
    """The id of a job that has succeeded."""
    job = lab.submit("--suffix", "lab")
    lab.sandbox.advance(hours=4)
    return str(job["id"])


@pytest.fixture(scope="session")
def training_lines() -> Callable[[int], str]:
    """The first so many lines of our own training file."""
    lines = TRAIN.read_text(encoding="utf-8").splitlines(keepends=True)
    return lambda count: "".join(lines[:count])
