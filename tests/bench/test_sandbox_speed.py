"""The sandbox's speed through HTTP, beside its own server stack answering a constant."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.bench.load import Request, rate
from tests.conftest import Sandbox, start_sandbox, stop_sandbox

pytestmark = pytest.mark.bench
SUBSCRIPTION = "/subscriptions/22222222-2222-2222-2222-222222222222"
GROUPS = f"{SUBSCRIPTION}/resourceGroups"
ACCOUNTS = "providers/Microsoft.CognitiveServices/accounts"
SKU = {"name": "GlobalStandard", "capacity": 1}
MODEL = {"format": "OpenAI", "name": "gpt-4.1-mini", "version": "2025-04-14"}
DEPLOYMENT = {"sku": SKU, "properties": {"model": MODEL}}
CLIENTS = 8
READS, WRITES = 3_000, 600
SIZES = {"small": 20, "large": 980}
PEER = """
import json, uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
async def constant(request):
    await request.body()
    return JSONResponse({"value": "constant"})
route = Route("/{path:path}", constant, methods=["GET", "PUT"])
server = uvicorn.Config(Starlette(routes=[route]), port=0, log_level="info", access_log=False,
                        loop="uvloop", http="httptools")
uvicorn.Server(server).run()
"""


@dataclass(frozen=True)
class Peer:
    """The same server stack with nothing behind it."""

    port: int


@pytest.fixture(scope="module")
def peer() -> Iterator[Peer]:
    with subprocess.Popen(
        [sys.executable, "-c", PEER], stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        told = next(line for line in process.stderr if "http://127.0.0.1:" in line)
        yield Peer(int(told.partition("http://127.0.0.1:")[2].split()[0]))
        process.terminate()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Sandbox]:
    started = start_sandbox(tmp_path / "s", "--at", "-60d")
    yield started
    stop_sandbox(started)


def _requests(token: str, method: str, paths: list[str], body: Any = None) -> list[Request]:
    sent = json.dumps(body).encode() if body else b""
    return [
        f"{method} {path}?api-version=2025-06-01 HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(sent)}\r\n\r\n".encode()
        + sent
        for path in paths
    ]


def _port(sandbox: Sandbox) -> int:
    return int(sandbox.http.rpartition(":")[2])


def _say(capsys: pytest.CaptureFixture[str], *lines: str) -> None:
    with capsys.disabled():
        print("", *lines, sep="\n")  # noqa: T201 - a benchmark prints


def test_reads_and_writes_stay_as_fast_as_the_world_grows(
    stage: Sandbox, peer: Peer, capsys: pytest.CaptureFixture[str]
) -> None:
    token = stage.token()
    for group, size in SIZES.items():
        world = {"generate": {"group": group, "accounts": size, "deployments": 5}}
        begun = time.perf_counter()
        made = stage.ask("POST", "world", world)
        took = time.perf_counter() - begun
        accounts = [f"{GROUPS}/{group}/{ACCOUNTS}/{group}-{number:04}" for number in range(20)]
        deployments = [f"{account}/deployments/d{n}" for account in accounts for n in range(1, 6)]
        reads = _requests(token, "GET", (deployments * READS)[:READS])
        groups = [f"{GROUPS}/{group}-{number}" for number in range(WRITES)]
        writes = _requests(token, "PUT", groups, {"location": "eastus2"})
        changes = _requests(token, "PUT", (deployments * WRITES)[:WRITES], DEPLOYMENT)
        stage.advance(minutes=5)
        read, written = rate(_port(stage), reads, CLIENTS), rate(_port(stage), writes, CLIENTS)
        changed = rate(_port(stage), changes, CLIENTS)
        bare = rate(peer.port, reads, CLIENTS), rate(peer.port, changes, CLIENTS)
        _say(
            capsys,
            f"{made['created']} more resources, loaded in {took:.2f} s",
            f"  reads {read:.0f}/s, peer {bare[0]:.0f}/s, ratio {read / bare[0]:.2f}",
            f"  new groups {written:.0f}/s, deployments written {changed:.0f}/s, "
            f"peer {bare[1]:.0f}/s, ratio {changed / bare[1]:.2f}",
        )
    begun = time.perf_counter()
    stage.advance(days=30)
    with stage.arm() as arm:
        url: str | None = f"{SUBSCRIPTION}/providers/Microsoft.CognitiveServices/accounts"
        while url:
            url = arm.get(url).json().get("nextLink")
    _say(capsys, f"30 days and every account listed: {time.perf_counter() - begun:.2f} s")


def test_a_start_beside_an_interpreter_that_imports_the_server(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    took: list[float] = []
    for _ in range(5):
        begun = time.perf_counter()
        started = start_sandbox(tmp_path / "s")
        httpx.get(f"{started.http}/_sandbox/status", trust_env=False)
        took.append(time.perf_counter() - begun)
        stop_sandbox(started)
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import uvicorn, starlette.applications"], check=True)
    bare = time.perf_counter() - begun
    _say(
        capsys,
        f"start to first answer: first {took[0]:.2f} s, later {min(took[1:]):.2f} s, "
        f"peer (uvicorn and Starlette imported) {bare:.2f} s",
    )


def test_a_month_in_which_azure_deletes_five_thousand_deployments(
    stage: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    home = {"name": "home", "created": "2d", "tuned_models": [{"name": "m"}]}
    idle = {"accounts": 500, "deployments": 10, "model": "m", "source": "home", "created": "1d"}
    stage.ask("POST", "world", {"accounts": [home], "generate": idle})
    before = stage.ask("GET", "status")["deployments"]
    begun = time.perf_counter()
    stage.advance(days=30)
    took = time.perf_counter() - begun
    left = stage.ask("GET", "status")["deployments"]
    _say(capsys, f"30 days over {before} idle tuned deployments: {took:.2f} s, {left} left")

    assert (before, left) == (5_000, 0)
    assert took < 5
