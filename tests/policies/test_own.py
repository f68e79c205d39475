"""Rules of a project's own: written by `policy new`, tried by `policy test`, asked everywhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ftops_catalog.errors import BadConfig
from ftops_policies import read_rules
from ftops_policies.example import Example, read_examples

ROOT = Path(__file__).parents[2]
DOUBLE = """
from ftops_policies import rule

@rule("key-access-is-off", severity="block", applies_to="x", remedy="", references=())
def key_access_is_off(account):
    yield ""
"""
ENV = {key: value for key, value in os.environ.items() if key in {"HOME", "LANG", "PATH"}}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A team's project with a rule that `policy new` wrote."""
    folder = tmp_path_factory.mktemp("team")
    assert _ftops(folder, "init", "tuning", "--owner", "ana").returncode == 0
    done = _ftops(folder / "tuning", "policy", "new", "deployment-is-reviewed")
    assert done.returncode == 0, done.stderr
    return folder / "tuning"


def _ftops(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ftops", *words],
        cwd=folder,
        env=ENV,
        capture_output=True,
        text=True,
        check=False,
    )


def _json(folder: Path, *words: str) -> Any:
    return json.loads(_ftops(folder, *words, "--output", "json").stdout)


def test_what_new_writes_passes_its_examples_and_is_asked(written: Path) -> None:
    tried = _json(written, "policy", "test")
    check = _json(written, "policy", "check", "dev")
    listed = _json(written, "policy", "list")

    assert [each["passed"] for each in tried["examples"]] == [True, True, True]
    assert tried["untold"] == []
    assert "deployment-is-reviewed" in {each["rule"] for each in check["findings"]}
    assert "deployment-is-reviewed" in {each["rule"] for each in listed["rules"]}
    assert _ftops(written, "policy", "explain", "deployment-is-reviewed").returncode == 0


def test_the_pack_has_the_rule_too(written: Path) -> None:
    code = (
        "from pathlib import Path\nfrom datetime import UTC, datetime\n"
        "from ftops_policies.pack import Door\nfrom ftops_policies import *\n"
        "door = Door(read_settings(Path('policies/settings.yaml')), read_rules(), "
        "datetime.now(UTC))\nprint([policy.name for policy in door.policies()])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=written,
        env=ENV,
        capture_output=True,
        text=True,
        check=True,
    )

    assert "'deployment-is-reviewed'" in done.stdout


def test_new_overwrites_nothing_and_wants_a_name_that_says_what_holds(written: Path) -> None:
    for words, code, sentence in (
        (("deployment-is-reviewed",), 4, "already"),
        (("key-access-is-off",), 4, "there is a rule key-access-is-off already"),
        (("Reviewed",), 2, "'Reviewed' is no rule's id"),
    ):
        done = _ftops(written, "policy", "new", *words)
        assert (done.returncode, sentence in done.stderr) == (code, True), done.stderr


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("def (", "a_is_b.py:1 is no rule: SyntaxError"),
        ("\n\n1 / 0\n", "a_is_b.py:3 is no rule: ZeroDivisionError"),
        (
            DOUBLE,
            "a_is_b.py: Two rules are called key-access-is-off.",
        ),
    ],
)
def test_a_file_that_is_no_rule_is_named_with_its_line(
    tmp_path: Path, text: str, sentence: str
) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: x\n", encoding="utf-8")
    (tmp_path / "policies/rules").mkdir(parents=True)
    (tmp_path / "policies/settings.yaml").write_text("", encoding="utf-8")
    (tmp_path / "policies/rules/a_is_b.py").write_text(text, encoding="utf-8")

    done = _ftops(tmp_path, "policy", "check")

    assert done.returncode == 4, done.stderr
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_an_example_that_comes_out_otherwise_says_how() -> None:
    rows = ({"type": "accounts", "name": "lab", "body": {"properties": {}}},)
    rules = [rule for rule in read_rules() if rule.id == "key-access-is-off"]

    def why(outcome: str, says: str = "", severity: str = "block") -> str:
        return Example("key-access-is-off", outcome, "c", rows, {}, says, severity).try_on(rules)

    assert why("breaks", "Keys open") == ""
    assert why("holds").startswith("it does not hold: Keys open this account")
    assert "wanted block, unknown: ......; the rule says block, broken: Keys" in why("unknown")
    assert "wanted warn, broken" in why("breaks", "Keys", "warn")
    assert "wanted block, broken: ...Doors..." in why("breaks", "Doors")


@pytest.mark.parametrize(
    "text",
    [
        "- a",
        "hold: []",
        "holds: [{case: 1, resources: []}, 2]",
        "holds: [{resources: [{type: accounts, name: x}]}]",
        "holds: [{case: a, resources: [{type: accounts, name: x, body: 1}]}]",
        "holds: [{case: a, resources: [], sys: x}]",
        "holds: [",
    ],
)
def test_a_file_that_holds_no_examples_is_a_sentence(tmp_path: Path, text: str) -> None:
    file = tmp_path / "a-is-b.yaml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(BadConfig, match=r"a-is-b\.yaml holds no examples"):
        read_examples(file)
