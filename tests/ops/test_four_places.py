"""A rule with a mistake and files that are wrong, in each place where rules are judged."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc  # type: ignore[import-untyped] # has no types
import pytest
from google.protobuf.json_format import ParseDict  # type: ignore[import-untyped] # has no types
from google.protobuf.struct_pb2 import Struct  # type: ignore[import-untyped] # has no types
from pulumi.runtime.proto import analyzer_pb2 as wire
from pulumi.runtime.proto import analyzer_pb2_grpc
from tests.ops.conftest import Lab

TOKEN = "azure-native:cognitiveservices:Deployment"
URN = f"urn:pulumi:dev::ftops::{TOKEN}::one"
RULE = '''\
"""A rule with a mistake in it."""

from ftops_policies import rule


@rule(
    "{id}",
    severity="warn",
    applies_to="Microsoft.CognitiveServices/accounts/deployments",
    remedy="Mend the rule.",
    references=("https://example.org",),
)
def {name}(deployment):
    """Nothing can be divided by nothing."""
    yield str(1 / 0)
'''
BIG = {"name": "Standard", "capacity": 900}
MODEL = {"format": "OpenAI", "name": "gpt-4.1-mini", "version": "2025-04-14"}
BLOCKED = {"rule-crashed", "capacity-is-bounded"}
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(lab: Lab) -> Run:
    """A command in a folder, in a process of its own: rules stay in the process that read them."""
    del lab

    def run(folder: Path, *words: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *map(str, words)],
            cwd=folder,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def project(run: Run, tmp_path: Path) -> Path:
    done = run(tmp_path, "-m", "ftops", "init", "tuning", "--owner", "ana", "--location", "eastus2")
    assert done.returncode == 0, done.stderr
    return tmp_path / "tuning"


def _write_rule(project: Path, name: str) -> None:
    file = project / f"policies/rules/{name.replace('-', '_')}.py"
    file.parent.mkdir(exist_ok=True)
    file.write_text(RULE.format(id=name, name=file.stem), encoding="utf-8")


def _grow(project: Path) -> None:
    file = project / "stacks/Pulumi.dev.yaml"
    text = file.read_text(encoding="utf-8")
    assert "capacity: 10" in text
    file.write_text(text.replace("capacity: 10", "capacity: 900", 1), encoding="utf-8")


def _findings(done: subprocess.CompletedProcess[str]) -> set[str]:
    assert "Traceback" not in done.stderr
    assert done.returncode == 1, done.stderr
    found = json.loads(done.stdout)["findings"]
    [crash] = {each["message"] for each in found if each["rule"] == "rule-crashed"}
    assert crash == "The rule number-is-whole raised ZeroDivisionError: division by zero"
    blocking = {each["rule"] for each in found if each["severity"] == "block"}
    return blocking & (BLOCKED | {"key-access-is-off"})


@contextmanager
def _serving(project: Path) -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    words = [sys.executable, "-u", str(project / "policies")]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    with grpc.insecure_channel(f"127.0.0.1:{process.stdout.readline().strip()}") as channel:
        yield analyzer_pb2_grpc.AnalyzerStub(channel)
    process.terminate()
    process.wait()
    process.stdout.close()


def _said(answer: wire.AnalyzeResponse) -> dict[str, tuple[int, str]]:
    return {each.policyName: (each.enforcementLevel, each.message) for each in answer.diagnostics}


def test_a_check_blocks_where_a_rule_crashes_and_asks_the_others(run: Run, project: Path) -> None:
    _write_rule(project, "number-is-whole")
    _grow(project)

    done = run(project, "-m", "ftops", "policy", "check", "dev", "--output", "json")

    assert _findings(done) == BLOCKED


def test_an_audit_blocks_where_a_rule_crashes_and_asks_the_others(run: Run, project: Path) -> None:
    _write_rule(project, "number-is-whole")
    words = ("-m", "ftops", "policy", "audit", "--account", "oai-lab", "--output", "json")

    assert _findings(run(project, *words)) == {"rule-crashed", "key-access-is-off"}


def test_nothing_is_deployed_where_a_rule_crashes_and_the_others_are_asked(
    run: Run, project: Path, lab: Lab, trained: str
) -> None:
    _write_rule(project, "number-is-whole")
    words = ("deploy", trained, "crashed", "--ttl", "24h", "--owner", "ana", "--yes")

    done = run(project, "-m", "ftops", *words, "--capacity", 60, "--output", "json")

    assert _findings(done) == BLOCKED
    assert "crashed" not in lab.deployments()


def test_the_pack_blocks_where_a_rule_crashes_and_asks_the_others(project: Path) -> None:
    _write_rule(project, "number-is-whole")
    inputs: dict[str, Any] = {"accountName": "lab", "sku": BIG, "properties": {"model": MODEL}}
    body = ParseDict(inputs, Struct())
    alone = wire.AnalyzeRequest(type=TOKEN, name="one", urn=URN, properties=body)
    one = wire.AnalyzerResource(type=TOKEN, name="one", urn=URN, properties=body)
    with _serving(project) as pack:
        said = _said(pack.Analyze(alone))
        whole = _said(pack.AnalyzeStack(wire.AnalyzeStackRequest(resources=[one])))

    assert said["capacity-is-bounded"][0] == wire.MANDATORY
    level, message = whole["ftops-block"]
    assert level == wire.MANDATORY
    assert "rule-crashed: The rule number-is-whole raised ZeroDivisionError" in message


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ("defaults: {capacity_mx: 1}\n", "Did you mean capacity_max?"),
        ("defaults: [\n", "settings.yaml"),
        ("defaults: {rules: {capacity-is-bound: {severity: off}}}\n", "capacity-is-bounded"),
        (None, "Two rules are called key-access-is-off."),
    ],
)
def test_wrong_settings_and_a_double_id_are_one_sentence_in_every_place(
    run: Run, project: Path, settings: str | None, sentence: str
) -> None:
    if settings is None:
        _write_rule(project, "key-access-is-off")
    else:
        (project / "policies/settings.yaml").write_text(settings, encoding="utf-8")

    for words in ("policy check dev", "policy audit", "deploy latest x --ttl 24h --yes"):
        done = run(project, "-m", "ftops", *words.split())
        assert (done.returncode, done.stdout) == (4, ""), done.stderr
        _is_one_sentence(done.stderr, sentence)
    # The engine has codes of its own: a pack that ends before it serves is a failed run.
    done = run(project, project / "policies")
    assert done.returncode == 1
    _is_one_sentence(done.stderr, sentence)


def _is_one_sentence(told: str, sentence: str) -> None:
    assert sentence in told
    assert "Traceback" not in told
    assert len(told.splitlines()) <= 2, "a sentence, and what to do"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("config: [\n", "stacks/Pulumi.dev.yaml:"),
        ("\x00", "stacks/Pulumi.dev.yaml"),
        ("- a\n", "stacks/Pulumi.dev.yaml"),
    ],
)
def test_a_stack_file_that_cannot_be_read_is_one_sentence(
    run: Run, project: Path, text: str, sentence: str
) -> None:
    (project / "stacks/Pulumi.dev.yaml").write_text(text, encoding="utf-8")

    for output in ("table", "json", "sarif", "github", "markdown", "junit"):
        done = run(project, "-m", "ftops", "policy", "check", "dev", "--output", output)
        assert (done.returncode, done.stdout) == (4, ""), done.stderr
        _is_one_sentence(done.stderr, sentence)
