"""The sandbox's speed through HTTP, beside its own server stack answering a constant."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.bench.conftest import Figure, Tell
from tests.bench.load import Request, rate
from tests.conftest import START_SECONDS_MAX, Sandbox, start_sandbox, stop_sandbox

pytestmark = pytest.mark.bench
SUBSCRIPTION = "/subscriptions/22222222-2222-2222-2222-222222222222"
GROUPS = f"{SUBSCRIPTION}/resourceGroups"
ACCOUNTS = "providers/Microsoft.CognitiveServices/accounts"
SKU = {"name": "GlobalStandard", "capacity": 1}
MODEL = {"format": "OpenAI", "name": "gpt-4.1-mini", "version": "2025-04-14"}
DEPLOYMENT = {"sku": SKU, "properties": {"model": MODEL}}
CLIENTS = 8
READS, WRITES = 3_000, 600
SIZES = (20, 1_000)
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
        bound = threading.Timer(START_SECONDS_MAX, process.kill)
        bound.start()
        told = next((line for line in process.stderr if "http://127.0.0.1:" in line), "")
        bound.cancel()
        assert told, "the peer ended before it answered"
        yield Peer(int(told.partition("http://127.0.0.1:")[2].split()[0]))
        process.kill()  # asked politely, it would wait for whoever is still connected


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


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _rows_alone(path: Path, count: int) -> tuple[float, float]:
    """Seconds to write that many rows of a deployment's size into SQLite, and to delete them."""
    rows = [(f"{GROUPS}/{number}", json.dumps(DEPLOYMENT) * 4) for number in range(count)]

    def each(statement: str, values: Sequence[tuple[str, ...]]) -> float:
        def run() -> None:
            with db:
                db.executemany(statement, values)

        return _timed(run)

    with closing(sqlite3.connect(path)) as db:
        db.execute("create table rows (key text primary key, body text) without rowid")
        written = each("insert into rows values (?, ?)", rows)
        return written, each("delete from rows where key = ?", [(key,) for key, _ in rows])


def _pages(arm: httpx.Client) -> None:
    url: str | None = f"{SUBSCRIPTION}/{ACCOUNTS}"
    while url:
        url = arm.get(url).json().get("nextLink")


@pytest.mark.parametrize("size", SIZES)
def test_reads_and_writes_in_a_world_of_this_size(
    stage: Sandbox, peer: Peer, tell: Tell, tmp_path: Path, size: int
) -> None:
    token = stage.token()
    world = {"generate": {"group": "bench", "accounts": size, "deployments": 5}}
    loaded = _timed(lambda: stage.ask("POST", "world", world))
    accounts = [f"{GROUPS}/bench/{ACCOUNTS}/bench-{number:04}" for number in range(20)]
    deployments = [f"{account}/deployments/d{n}" for account in accounts for n in range(1, 6)]
    reads = _requests(token, "GET", (deployments * READS)[:READS])
    groups = [f"{GROUPS}/bench-{number}" for number in range(WRITES)]
    writes = _requests(token, "PUT", groups, {"location": "eastus2"})
    changes = _requests(token, "PUT", (deployments * WRITES)[:WRITES], DEPLOYMENT)
    stage.advance(minutes=5)
    of = f"{size * 5:,} deployments"
    for what, sent in (("reads", reads), ("new groups", writes), ("deployments written", changes)):
        ours, theirs = rate(_port(stage), sent, CLIENTS), rate(peer.port, sent, CLIENTS)
        tell(Figure(f"{what} among {of}", ours, theirs, "/s", "the server stack, a constant"))
    rows = _rows_alone(tmp_path / "rows", size * 6)
    tell(Figure(f"load {of}", loaded, rows[0], "s", "as many rows into SQLite"))
    with stage.arm() as arm:
        stage.advance(days=30)
        pages = _requests(token, "GET", ["/"] * -(-size // 200))
        took, bare = _timed(lambda: _pages(arm)), len(pages) / rate(peer.port, pages, 1)
    tell(Figure(f"all accounts of {of}, by pages", took, bare, "s", "as many constants"))


def test_a_start_beside_an_interpreter_that_imports_the_server(tmp_path: Path, tell: Tell) -> None:
    def start() -> None:
        started = start_sandbox(tmp_path / "s")
        begun.append(started)
        httpx.get(f"{started.http}/_sandbox/status", trust_env=False, timeout=60)

    begun: list[Sandbox] = []
    imports = [sys.executable, "-c", "import uvicorn, starlette.applications"]
    for what in ("first", "second", "third"):
        took = _timed(start)
        stop_sandbox(begun.pop())
        bare = _timed(lambda: subprocess.run(imports, check=True, timeout=START_SECONDS_MAX))
        tell(
            Figure(f"{what} start to first answer", took, bare, "s", "uvicorn, Starlette imported")
        )


def test_a_month_in_which_azure_deletes_five_thousand_deployments(
    stage: Sandbox, tell: Tell, tmp_path: Path
) -> None:
    home = {"name": "home", "created": "2d", "tuned_models": [{"name": "m"}]}
    idle = {"accounts": 500, "deployments": 10, "model": "m", "source": "home", "created": "1d"}
    stage.ask("POST", "world", {"accounts": [home], "generate": idle})
    before = stage.ask("GET", "status")["deployments"]
    took = _timed(lambda: stage.advance(days=30))
    left = stage.ask("GET", "status")["deployments"]
    rows = _rows_alone(tmp_path / "rows", before)
    what = f"30 days that end {before:,} idle tuned deployments"
    tell(Figure(what, took, rows[1], "s", "as many rows out of SQLite"))

    assert (before, left) == (5_000, 0)
