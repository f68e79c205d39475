"""The pack is published: by the real CLI, to what stands where Pulumi Cloud would."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import grpc  # type: ignore[import-untyped] # has no types
import pytest
from google.protobuf.empty_pb2 import Empty  # type: ignore[import-untyped] # has no types
from pulumi.runtime.proto import analyzer_pb2_grpc
from tests.policies.server import JsonHandler, serving

from ftops import __version__
from ftops_policies import read_rules

POLICIES = Path(__file__).parents[2] / "policies"


class Cloud(ThreadingHTTPServer):
    """The calls that publishing makes: what is published, its archive, and that it is complete."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Calls)
        self.about: dict[str, Any] = {}
        self.archive = b""
        self.complete = ""


class Calls(JsonHandler, BaseHTTPRequestHandler):
    server: Cloud

    def do_GET(self) -> None:
        self.answer(200, {"githubLogin": "ana", "organizations": [{"githubLogin": "ana"}]})

    def do_POST(self) -> None:
        text = self.body()
        if self.path.endswith("/complete"):
            self.server.complete = self.path
            self.answer(200, {})
            return
        self.server.about = json.loads(text)
        place = f"http://127.0.0.1:{self.server.server_port}/archive"
        self.answer(200, {"version": 1, "uploadURI": place, "requiredHeaders": {}})

    def do_PUT(self) -> None:
        self.server.archive = self.body()
        self.answer(200, {})


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with serving(Cloud()) as server:
        yield server


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """The pack of a new project, with a rule of the project's own."""
    for folder, words in (
        (tmp_path, ("init", "tuning", "--owner", "ana")),
        (tmp_path / "tuning", ("policy", "new", "deployment-is-reviewed")),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "ftops", *words],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    return tmp_path / "tuning" / "policies"


def _serve(folder: Path) -> set[str]:
    """The policies of a pack, started as the engine starts it."""
    words = [sys.executable, "-u", str(folder)]
    process = subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    with grpc.insecure_channel(f"127.0.0.1:{process.stdout.readline().strip()}") as channel:
        told = analyzer_pb2_grpc.AnalyzerStub(channel).GetAnalyzerInfo(Empty())
    process.terminate()
    process.wait()
    process.stdout.close()
    return {each.name for each in told.policies}


@pytest.mark.pulumi
@pytest.mark.skipif(shutil.which("pulumi") is None, reason="the Pulumi CLI is not on PATH")
def test_a_project_publishes_its_pack_with_its_own_rules(
    pack: Path, cloud: Cloud, tmp_path: Path
) -> None:
    env = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_ACCESS_TOKEN": "token",
        "PULUMI_BACKEND_URL": f"http://127.0.0.1:{cloud.server_port}",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }
    words = ["pulumi", "policy", "publish", "ana", "--non-interactive"]
    done = subprocess.run(words, cwd=pack, env=env, capture_output=True, text=True, check=False)
    levels = {each["name"]: each["enforcementLevel"] for each in cloud.about["policies"]}
    own = {rule.id: rule for rule in read_rules()}

    assert done.returncode == 0, done.stderr
    assert (cloud.about["name"], cloud.about["versionTag"]) == ("ftops", __version__)
    assert cloud.complete.endswith(f"/policypacks/ftops/versions/{__version__}/complete")
    assert {"deployment-is-reviewed", "ftops-block", "ftops-advice"} <= levels.keys()
    assert {
        levels[name] for name in levels.keys() & own.keys() if own[name].severity == "block"
    } == {"mandatory"}

    with tarfile.open(fileobj=io.BytesIO(cloud.archive)) as archive:
        archive.extractall(tmp_path / "installed", filter="data")
    installed = tmp_path / "installed" / "package"

    # Nothing beside the archive is needed but what requirements.txt names.
    assert _serve(installed) == set(levels)
    assert f"ftops=={__version__}" in (installed / "requirements.txt").read_text(encoding="utf-8")


def test_our_own_pack_says_what_it_is_installed_with() -> None:
    lines = (POLICIES / "requirements.txt").read_text(encoding="utf-8").splitlines()

    assert f"ftops=={__version__}" in lines
    assert "ftops-block" in _serve(POLICIES)
