"""`ftops doctor` on the sandbox: each way to sign in is tried, and what is refused is not ok."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from ftops.project import apply, plan
from ftops.template import Answers, render

ANSWERS = Answers("tuning", "ana", environments=("dev",))
GITHUB_TOKEN = "of-the-workflow"


class Workflow(BaseHTTPRequestHandler):
    """The service of a workflow that gives its jobs a token of their own."""

    def do_GET(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        known = self.headers["Authorization"] == f"Bearer {GITHUB_TOKEN}"
        fits = asked == {"job": ["1"], "audience": ["api://AzureADTokenExchange"]}
        self.send_response(200 if known and fits else 403)
        self.end_headers()
        self.wfile.write(b'{"value": "an.assertion.signed"}')

    def log_message(self, *_: object) -> None:
        """Keeps the test's output to itself."""


@pytest.fixture(scope="module")
def workflow() -> Iterator[dict[str, str]]:
    """The variables of a job that may ask for a token."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Workflow) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield {
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"http://127.0.0.1:{server.server_port}/token?job=1",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": GITHUB_TOKEN,
            "ARM_USE_OIDC": "true",
        }
        server.shutdown()
        thread.join()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    apply(tmp_path, plan(tmp_path, render(ANSWERS, "1.0.0"), ANSWERS, "1.0.0"))
    return tmp_path


def examine(
    alone: Any, project: Path, *, without: tuple[str, ...] = (), **more: str
) -> tuple[int, dict[str, dict[str, Any]]]:
    """The exit code and the conditions by name, in a shell that points at the sandbox."""
    plain = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
    environ = {**plain, **alone.env, **more}
    done = subprocess.run(
        [sys.executable, "-m", "ftops", "doctor", "--output", "json"],
        cwd=project,
        env={name: value for name, value in environ.items() if name not in without},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    answer = json.loads(done.stdout)
    return done.returncode, {each["condition"]: each for each in answer["conditions"]}


def test_a_shell_on_the_sandbox_lacks_nothing(alone: Any, project: Path) -> None:
    exit_code, found = examine(alone, project)

    assert exit_code == 0
    assert {each["state"] for each in found.values()} <= {"ok", "warn"}
    assert {name for name, each in found.items() if each["state"] == "warn"} <= {"pulumi"}
    assert "client secret" in found["sign-in"]["found"]
    assert found["pulumi sign-in"]["found"] == "a token by client secret"
    assert found["providers"]["state"] == "ok"
    assert found["state"]["found"].endswith("(by PULUMI_BACKEND_URL)")


def test_oidc_of_a_workflow_is_tried_with_the_workflows_own_token(
    alone: Any, project: Path, workflow: dict[str, str]
) -> None:
    _, found = examine(alone, project, without=("ARM_CLIENT_SECRET",), **workflow)

    assert found["pulumi sign-in"]["state"] == "ok"
    assert found["pulumi sign-in"]["found"] == "a token by oidc"


def test_oidc_that_gets_no_token_is_not_ok(
    alone: Any, project: Path, workflow: dict[str, str]
) -> None:
    wrong = {**workflow, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "of another"}
    exit_code, found = examine(alone, project, without=("ARM_CLIENT_SECRET",), **wrong)

    assert exit_code == 1
    assert found["pulumi sign-in"]["state"] == "missing"
    assert "gave no token: 403" in found["pulumi sign-in"]["found"]


def test_a_workload_identity_is_named(alone: Any, project: Path) -> None:
    file = project / "token"
    file.write_text("an.assertion.signed", encoding="utf-8")
    more = {
        "AZURE_FEDERATED_TOKEN_FILE": str(file),
        "ARM_USE_OIDC": "true",
        "ARM_OIDC_TOKEN_FILE_PATH": str(file),
    }
    _, found = examine(alone, project, without=("AZURE_CLIENT_SECRET", "ARM_CLIENT_SECRET"), **more)

    assert found["sign-in"]["state"] == "ok"
    assert "by OIDC (workload identity)" in found["sign-in"]["found"]
    assert found["pulumi sign-in"]["found"] == "a token by oidc"


def test_a_managed_identity_is_named(alone: Any, project: Path) -> None:
    more = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": alone.http, "ARM_USE_MSI": "true"}
    secrets = ("AZURE_CLIENT_SECRET", "ARM_CLIENT_SECRET")
    _, found = examine(alone, project, without=secrets, **more)

    assert "by managed identity" in found["sign-in"]["found"]
    assert found["pulumi sign-in"]["found"] == "a token by managed identity"


def test_a_sign_in_that_is_refused_is_unverified_and_says_what_the_shell_shows(
    alone: Any, project: Path
) -> None:
    exit_code, found = examine(alone, project, AZURE_CLIENT_SECRET="no", ARM_CLIENT_SECRET="no")

    assert exit_code == 1
    for name in ("sign-in", "pulumi sign-in", "providers", "accounts"):
        assert found[name]["state"] == "UNVERIFIED", found[name]
    assert "this shell shows a client secret" in found["sign-in"]["found"]


def test_providers_that_may_not_be_listed_are_unverified(alone: Any, project: Path) -> None:
    alone.refuse(
        "GET /subscriptions/[^/]+/providers", 403, code="AuthorizationFailed", message="No."
    )
    exit_code, found = examine(alone, project)
    alone.heal()

    assert exit_code == 1
    assert found["providers"]["state"] == "UNVERIFIED"
