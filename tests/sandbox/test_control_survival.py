"""What no request and no death of the process may break."""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from tests.conftest import Sandbox

GROUP = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups"
EVERYWHERE = "0.0.0.0"  # noqa: S104 -- what is refused
ACCOUNTS = "/providers/Microsoft.CognitiveServices/accounts"
EAST = {"location": "eastus2"}
HEAD = b" HTTP/1.1\r\nHost: x\r\n"
BYTES = {
    "binary": b"\x00\xff\xfe\r\n\r\n",
    "noise": random.Random(1).randbytes(4000),  # noqa: S311 -- any noise will do
    "a protocol of the future": b"GET / HTTP/9.9\r\n\r\n",
    "no such method": b"FROB /" + HEAD + b"\r\n",
    "two megabytes of header": b"GET /" + HEAD + b"A: " + b"x" * 2_000_000 + b"\r\n\r\n",
    "twenty thousand headers": b"GET /" + HEAD + b"A: x\r\n" * 20_000 + b"\r\n",
    "percents that spell nothing": b"GET /%zz%" + HEAD + b"\r\n",
    "an encoded NUL": b"GET /subscriptions/%00/x" + HEAD + b"\r\n",
    "an encoded NUL for an account": b"GET /_acct/%00/openai/files?api-version=1" + HEAD + b"\r\n",
    "a NUL": b"GET /\x00" + HEAD + b"\r\n",
    "half a character": b"GET /\xe9\xff" + HEAD + b"\r\n",
    "a path of 200 kB": b"GET /" + b"a" * 200_000 + HEAD + b"\r\n",
    "CONNECT": b"CONNECT a:443" + HEAD + b"\r\n",
    "a star": b"OPTIONS *" + HEAD + b"\r\n",
    "a negative length": b"PUT /x" + HEAD + b"Content-Length: -5\r\n\r\n",
    "two lengths": b"PUT /x" + HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
    "a chunk of no size": b"PUT /x" + HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    "a host of no letters": b"GET /subscriptions HTTP/1.1\r\nHost: \xff\xfe\r\n\r\n",
    "a token of no letters": b"GET /x" + HEAD + b"Authorization: Bearer \xff.\xff\r\n\r\n",
    "a web socket": b"GET /x" + HEAD + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
}


def _send(sandbox: Sandbox, data: bytes, *, hang_up: bool = False) -> bytes:
    """What the server says to these bytes, to its end of the connection or of the answer."""
    port = int(sandbox.http.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as wire:
        wire.sendall(data)
        if hang_up:
            wire.shutdown(socket.SHUT_WR)
        said = b""
        while part := wire.recv(65_536):
            said += part
            head, mark, body = said.partition(b"\r\n\r\n")
            length = head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]
            if mark and len(body) >= int(length or 0):
                break
        return said


@pytest.mark.parametrize("data", BYTES.values(), ids=list(BYTES))
def test_any_bytes_get_azures_error(alone: Sandbox, data: bytes) -> None:
    said = _send(alone, data)
    status = int(said.split(b" ", 2)[1])
    error = json.loads(said.partition(b"\r\n\r\n")[2])["error"]

    assert 400 <= status < 500
    assert error["code"]
    assert error["message"]


def test_half_a_request_harms_nobody(alone: Sandbox) -> None:
    head = f"PUT {GROUP}/half?api-version=2021-04-01".encode() + HEAD
    head += f"Authorization: Bearer {alone.token()}\r\n".encode()
    for half in (b"", b"GE", head, head + b'Content-Length: 900\r\n\r\n{"loc'):
        _send(alone, half, hang_up=True)

    with alone.arm() as arm:
        assert arm.get(f"{GROUP}/half").status_code == 404
    log = (Path(alone.running.state) / "sandbox.log").read_text(encoding="utf-8")
    assert "Traceback" not in log


def test_a_body_beyond_azures_limit_is_refused(alone: Sandbox) -> None:
    with alone.arm() as arm:
        answer = arm.put(f"{GROUP}/big", json={**EAST, "tags": {"a": "x" * 5_000_000}})

    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "RequestEntityTooLarge")


def _write(sandbox: Sandbox, name: str, kept: list[str]) -> None:
    """Writes accounts until the sandbox is gone; each that was acknowledged is kept."""
    with sandbox.arm() as arm:
        for number in range(10_000):
            path = f"{GROUP}/kill{ACCOUNTS}/{name}-{number}"
            body = {**EAST, "kind": "OpenAI", "sku": {"name": "S0"}, "properties": {}}
            body["location"] = ("eastus2", "westus", "uksouth", "italynorth")[number % 4]
            try:
                if arm.put(path, json=body).status_code == 201:
                    kept.append(path.casefold())
            except httpx.TransportError:
                return


def test_a_kill_amid_writes_loses_nothing_and_leaves_no_half(tmp_path: Path) -> None:
    from tests.conftest import start_sandbox, stop_sandbox

    first = start_sandbox(tmp_path / "s")
    with first.arm() as arm:
        arm.put(f"{GROUP}/kill", json=EAST)
    kept: list[str] = []
    writers = [threading.Thread(target=_write, args=(first, f"w{n}", kept)) for n in range(4)]
    for writer in writers:
        writer.start()
    while len(kept) < 40:
        assert first.process.poll() is None
    os.kill(first.process.pid, signal.SIGKILL)
    for writer in writers:
        writer.join()
    first.plain.close()
    first.process.wait()

    second = start_sandbox(tmp_path / "s")
    dump = second.ask("GET", "state")
    stop_sandbox(second)
    there = {one["id"].casefold() for one in dump["documents"][ACCOUNTS.split("/", 2)[2]]}
    created = {e["subject"] for e in dump["events"] if e["kind"] == "account.created"}
    named = {one["body"]["id"].casefold() for one in dump["documents"]["account.name"]}

    assert set(kept) <= there
    # An account is one write of several rows: all of them are there, or none.
    assert there == created == named


def test_a_full_disk_is_said_and_what_was_kept_stays(tmp_path: Path) -> None:
    from tests.conftest import start_sandbox, stop_sandbox

    sandbox = start_sandbox(tmp_path / "s")
    room = (tmp_path / "s/sandbox.db-wal").stat().st_size + 2_000_000
    resource.prlimit(sandbox.process.pid, resource.RLIMIT_FSIZE, (room, room))
    with sandbox.arm() as arm:
        answers = []
        for number in range(40):
            tags = {"t": "x" * 50_000}
            answers.append(arm.put(f"{GROUP}/full{number}", json={**EAST, "tags": tags}))
        refused = [answer for answer in answers if answer.status_code != 201]
        kept = [answer.json()["name"] for answer in answers if answer.status_code == 201]
        read = arm.get(f"{GROUP}/{kept[0]}")
    stop_sandbox(sandbox)
    again = start_sandbox(tmp_path / "s")
    with again.arm() as arm:
        shown = {one["name"] for one in arm.get(GROUP).json()["value"]}
    stop_sandbox(again)

    assert {answer.status_code for answer in refused} == {503}
    assert "cannot keep its state" in refused[0].json()["error"]["message"]
    assert read.status_code == 200
    assert shown == set(kept)


def _start(*options: str) -> dict[str, str]:
    """A start that is expected to be refused, and its one line."""
    command = [sys.executable, "-m", "ftops_sandbox", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 4, done.stdout
    assert "Traceback" not in done.stderr
    error: dict[str, str] = json.loads(done.stdout)["error"]
    return error


def test_an_address_that_others_reach_needs_a_word(tmp_path: Path) -> None:
    from tests.conftest import start_sandbox, stop_sandbox

    state = str(tmp_path / "s")
    refused = _start("--state", state, "--listen", EVERYWHERE)
    strange = _start("--state", state, "--listen", "everywhere")
    exposed = start_sandbox(tmp_path / "s", "--listen", EVERYWHERE, "--expose")
    with exposed.arm() as arm:
        answered = arm.get("/tenants").status_code
    stop_sandbox(exposed)

    assert refused["code"] == "NotLoopback"
    assert "published" in refused["message"]
    assert strange["code"] == "BadAddress"
    assert answered == 200


def test_a_state_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "sandbox.db").write_bytes(b"not a database, whatever its name says" * 100)

    refused = _start("--state", str(tmp_path))

    assert refused["code"] == "StateUnusable"
    assert str(tmp_path) in refused["message"]
