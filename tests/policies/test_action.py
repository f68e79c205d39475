"""The action on a sample pull request: its own scripts, a real git, and GitHub's comments API."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.policies.server import JsonHandler, serving

from ftops.comment import MARKER

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / ".github/scripts"
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))


class GitHub(ThreadingHTTPServer):
    """The part of GitHub that keeps comments; `status` other than 200 refuses to write."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Comments)
        self.comments: list[dict[str, Any]] = []
        self.status = 200

    def say(self, body: str, kind: str) -> None:
        self.comments.append({"id": len(self.comments), "body": body, "user": {"type": kind}})


class Comments(JsonHandler, BaseHTTPRequestHandler):
    server: GitHub

    def do_GET(self) -> None:
        page = int(re.findall(r"&page=(\d+)", self.path)[0])
        self.answer(200, self.server.comments[(page - 1) * 100 : page * 100])

    def do_POST(self) -> None:
        if self.server.status != 200:
            self.answer(self.server.status, {"message": "no"})
            return
        self.server.say(self._body(), "Bot")
        self.answer(200, self.server.comments[-1])

    def do_PATCH(self) -> None:
        self.server.comments[int(self.path.rpartition("/")[2])]["body"] = self._body()
        self.answer(200, {})

    def _body(self) -> str:
        return str(json.loads(self.body())["body"])


@pytest.fixture
def github() -> Iterator[GitHub]:
    with serving(GitHub()) as server:
        yield server


@pytest.fixture
def checkout(tmp_path: Path) -> dict[str, str]:
    """A pull request's one commit, cloned from a repository with the branch that it is for."""
    origin, checkout = tmp_path / "origin", tmp_path / "checkout"
    for name in ("Pulumi.yaml", "__main__.py", "policies/settings.yaml", "stacks"):
        target = origin / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("ftops_stacks", "*.json")
            shutil.copytree(ROOT / name, target, ignore=ignored)
        else:
            shutil.copy(ROOT / name, target)
    env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    _git(origin, env, "init", "--quiet", "--initial-branch=main")
    _commit(origin, env)
    _git(origin, env, "switch", "--quiet", "--create", "mine")
    stack = origin / "stacks/Pulumi.prod.yaml"
    text = stack.read_text(encoding="utf-8")
    stack.write_text(text.replace("capacity: 200", "capacity: 2000", 1), encoding="utf-8")
    _commit(origin, env)
    _git(
        tmp_path,
        env,
        *("clone", "--quiet", "--depth=1", "--branch=mine", origin.as_uri(), str(checkout)),
    )
    return env


@pytest.fixture
def runner(tmp_path: Path, github: GitHub, checkout: dict[str, str]) -> dict[str, str]:
    """What a runner's steps see."""
    env = checkout
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/ftops").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ftops "$@"\n')
    (tmp_path / "bin/ftops").chmod(0o755)
    return {
        **env,
        "PATH": f"{tmp_path / 'bin'}{os.pathsep}{env['PATH']}",
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_API_URL": f"http://127.0.0.1:{github.server_port}",
        "GITHUB_REPOSITORY": "org/repo",
        "GITHUB_REF": "refs/pull/7/merge",
        "GITHUB_BASE_REF": "main",
        "GITHUB_TOKEN": "token",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
        "ENVIRONMENTS": "prod",
        "BASE": "main",
        "SARIF": "findings.sarif",
    }


def _git(folder: Path, env: dict[str, str], *words: str) -> None:
    person = ("-c", "user.name=ana", "-c", "user.email=ana@example.org")
    subprocess.run(["git", *person, *words], cwd=folder, check=True, env=env)


def _commit(folder: Path, env: dict[str, str]) -> None:
    _git(folder, env, "add", "--all")
    _git(folder, env, "commit", "--quiet", "--message", "as it is")


def _run(env: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words,
        cwd=Path(env["RUNNER_TEMP"]) / "checkout",
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


def _outputs(env: dict[str, str]) -> dict[str, str]:
    text = Path(env["GITHUB_OUTPUT"]).read_text(encoding="utf-8")
    return dict(line.split("=", 1) for line in text.splitlines())


def _check(env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return _run(env, "bash", str(SCRIPTS / "check.sh"))


def test_a_pull_request_is_annotated_summed_up_and_commented_once(
    runner: dict[str, str], github: GitHub
) -> None:
    checked = _check(runner)
    outputs = _outputs(runner)
    summary = Path(runner["GITHUB_STEP_SUMMARY"]).read_text(encoding="utf-8")
    sarif = Path(runner["RUNNER_TEMP"]) / "checkout" / "findings.sarif"
    github.say("<!-- ftops policy check -->\nquoted by somebody", "User")
    for number in range(120):
        github.say(f"comment {number}", "User")
    runs = [_run(runner, "ftops", "policy", "comment", outputs["comment"]) for _ in range(2)]
    ours = [each for each in github.comments if each["user"]["type"] == "Bot"]

    assert checked.returncode == 0, checked.stderr
    assert "::error file=stacks/Pulumi.prod.yaml,line=" in checked.stdout
    assert outputs["blocks"] == "true"
    assert "**New (1)**" in summary
    assert json.loads(sarif.read_text(encoding="utf-8"))["version"] == "2.1.0"
    assert [run.returncode for run in runs] == [0, 0], runs[0].stderr
    assert [each["body"] for each in ours] == [summary]
    assert github.comments[0]["body"].endswith("quoted by somebody")


def test_a_fork_without_the_right_to_comment_is_told_and_fails_nothing(
    runner: dict[str, str], github: GitHub
) -> None:
    comment = Path(runner["RUNNER_TEMP"]) / "comment.md"
    comment.write_text("<!-- ftops policy check -->\n### all is well\n", encoding="utf-8")
    github.status = 403

    done = _run(runner, "ftops", "policy", "comment", str(comment), "--output", "json")

    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("::notice::GitHub refused the comment (403)")
    assert json.loads(done.stdout)["action"] == "refused"
    assert github.comments == []


@pytest.mark.parametrize(
    ("text", "changed", "code", "sentence"),
    [
        ("### all is well\n", {}, 2, "comment.md is no comment of ours"),
        (f"{MARKER}\n", {"GITHUB_REF": "refs/heads/main"}, 2, "about no pull request"),
        (f"{MARKER}\n", {"GITHUB_TOKEN": ""}, 4, "GITHUB_TOKEN is not set"),
        (f"{MARKER}\n", {"GITHUB_API_URL": "http://127.0.0.1:9"}, 4, "GitHub did not answer"),
        (f"{MARKER}\n", {"STATUS": "422"}, 3, "GitHub refused the comment (422)"),
    ],
)
def test_a_comment_that_cannot_be_kept_is_a_sentence(
    runner: dict[str, str],
    github: GitHub,
    text: str,
    changed: dict[str, str],
    code: int,
    sentence: str,
) -> None:
    comment = Path(runner["RUNNER_TEMP"]) / "comment.md"
    comment.write_text(text, encoding="utf-8")
    github.status = int(changed.get("STATUS", 200))

    done = _run({**runner, **changed}, "ftops", "policy", "comment", str(comment))

    assert (done.returncode, "Traceback" in done.stderr) == (code, False)
    assert sentence in done.stderr
    assert github.comments == []


def test_what_is_no_answer_ends_the_step(runner: dict[str, str]) -> None:
    done = _check({**runner, "ENVIRONMENTS": "prd"})

    outputs = _outputs(runner)

    assert done.returncode == 2
    assert "Did you mean prod?" in done.stderr
    assert outputs["blocks"] == "true"
    text = Path(outputs["comment"]).read_text(encoding="utf-8")
    assert text.startswith(f"{MARKER}\n### ftops policy check: no answer\n")
    assert "Did you mean prod?" in text


@pytest.mark.parametrize("broken", [False, True])
def test_a_called_workflow_sums_up_and_comments_as_the_action_does(
    runner: dict[str, str], github: GitHub, *, broken: bool
) -> None:
    path = ROOT / ".github/workflows/judge.yml"
    steps = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]["judge"]["steps"]
    script = next(step["run"] for step in steps if step.get("name") == "Summarize")
    if broken:
        file = Path(runner["RUNNER_TEMP"]) / "checkout/stacks/Pulumi.dev.yaml"
        file.write_text("config: [\n", encoding="utf-8")

    _git(
        Path(runner["RUNNER_TEMP"]) / "checkout",
        runner,
        *("fetch", "--quiet", "--depth=1", "origin", "+refs/heads/main:refs/remotes/origin/main"),
    )
    done = _run(runner, "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script)
    summary = Path(runner["GITHUB_STEP_SUMMARY"]).read_text(encoding="utf-8")

    assert done.returncode == 0, done.stderr
    assert [each["body"] for each in github.comments] == [summary]
    assert summary.startswith(f"{MARKER}\n### ftops policy check: ")
    assert ("no answer" in summary) is broken
    assert ("stacks/Pulumi.dev.yaml" in summary) is broken
    assert ("**New (1)**" in summary) is not broken


def test_the_action_says_what_each_input_is_for_and_uses_it() -> None:
    steps = json.dumps(ACTION["runs"]["steps"])

    assert all(each.get("description") for each in ACTION["inputs"].values())
    assert [name for name in ACTION["inputs"] if f"inputs.{name}" not in steps] == []


def test_this_repository_uses_its_own_action_on_pull_requests() -> None:
    text = (ROOT / ".github/workflows/policy.yml").read_text(encoding="utf-8")
    workflow = yaml.load(text, yaml.BaseLoader)  # noqa: S506 - texts alone: `on` is a word
    job = workflow["jobs"]["rules"]

    assert list(workflow["on"]) == ["pull_request"], "never pull_request_target"
    assert {"uses": "./"} in job["steps"]
    assert job["permissions"] == {"contents": "read", "pull-requests": "write"}


def test_the_hook_looks_at_what_can_change_an_answer() -> None:
    [hook] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    files = re.compile(hook["files"])

    for name in ("stacks/Pulumi.dev.yaml", "infra/policies/settings.yaml", "__main__.py"):
        assert files.search(name), name
    assert not files.search("docs/policies.md")
    assert hook["entry"].split()[:3] == ["ftops", "policy", "check"]
