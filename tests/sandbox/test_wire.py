"""Bytes on a socket, as no client library would send them: refused in shape and in turn."""

from __future__ import annotations

import json
import random
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Sandbox

GROUP = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups"
EAST = {"location": "eastus2"}
HEAD = b" HTTP/1.1\r\nHost: x\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
BYTES = {
    "binary": b"\x00\xff\xfe\r\n\r\n",
    "noise": random.Random(1).randbytes(4000),  # noqa: S311 -- any noise will do
    "a protocol of the future": b"GET / HTTP/9.9\r\n\r\n",
    "no such method": b"FROB /" + HEAD + b"\r\n",
    "percents that spell nothing": b"GET /%zz%" + HEAD + b"\r\n",
    "percents that spell half a character": b"GET /subscriptions/%ff%c3" + HEAD + b"\r\n",
    "an encoded NUL": b"GET /subscriptions/%00/x" + HEAD + b"\r\n",
    "an encoded NUL for an account": b"GET /_acct/%00/openai/files?api-version=1" + HEAD + b"\r\n",
    "a NUL": b"GET /\x00" + HEAD + b"\r\n",
    "a NUL in a header": b"GET /" + HEAD + b"A: \x00\r\n\r\n",
    "half a character": b"GET /\xe9\xff" + HEAD + b"\r\n",
    "CONNECT": b"CONNECT a:443" + HEAD + b"\r\n",
    "a star": b"OPTIONS *" + HEAD + b"\r\n",
    "a negative length": b"PUT /x" + HEAD + b"Content-Length: -5\r\n\r\n",
    "a length in words": b"PUT /x" + HEAD + b"Content-Length: five\r\n\r\n",
    "two lengths": b"PUT /x" + HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
    "a length and chunks": b"PUT /x" + HEAD + b"Content-Length: 5\r\n" + CHUNKED + b"0\r\n\r\n",
    "a chunk of no size": b"PUT /x" + HEAD + CHUNKED + b"zz\r\n",
    "a host of no letters": b"GET /subscriptions HTTP/1.1\r\nHost: \xff\xfe\r\n\r\n",
    "a token of no letters": b"GET /x" + HEAD + b"Authorization: Bearer \xff.\xff\r\n\r\n",
    "a web socket": b"GET /x" + HEAD + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    "a folded header": b"GET /x" + HEAD + b"A: b\r\n c\r\n\r\n",
    "a body beyond what is taken": b"PUT /x" + HEAD + b"Content-Length: 99999999999\r\n\r\n{}",
}
LONG = {
    "a header of 140 kB": b"GET /" + HEAD + b"A: " + b"x" * 140_000 + b"\r\n\r\n",
    "a header without an end": b"GET /" + HEAD + b"A: " + b"x" * 400_000,
    "twenty thousand headers": b"GET /" + HEAD + b"A: x\r\n" * 20_000 + b"\r\n",
    "a path of 200 kB": b"GET /" + b"a" * 200_000 + HEAD + b"\r\n",
}


@pytest.fixture
def quiet(alone: Sandbox) -> Iterator[Sandbox]:
    """A sandbox of this module's own, whose log stays free of tracebacks."""
    yield alone
    assert "Traceback" not in _log(alone)


def _log(sandbox: Sandbox) -> str:
    return (Path(sandbox.running.state) / "sandbox.log").read_text(encoding="utf-8")


def _connect(sandbox: Sandbox, door: str = "http") -> socket.socket:
    port = int(getattr(sandbox.running, door).rpartition(":")[2])
    return socket.create_connection(("127.0.0.1", port), timeout=30)


def _answer(wire: socket.socket) -> tuple[int, bytes]:
    """The status and body of the next answer; (0, b"") when the connection has ended."""
    with wire.makefile("rb") as heard:
        status = heard.readline()
        if not status:
            return 0, b""
        length = 0
        while (line := heard.readline().strip().lower()) != b"":
            name, _, value = line.partition(b":")
            length = int(value) if name == b"content-length" else length
        return int(status.split()[1]), heard.read(length)


def _all(wire: socket.socket) -> bytes:
    """What is said to the end of the connection."""
    said = b""
    try:
        while part := wire.recv(65_536):
            said += part
    except ConnectionResetError:  # it hung up while we were still talking
        pass
    return said


def _statuses(said: bytes) -> list[int]:
    return [int(part[1:4]) for part in said.split(b"HTTP/1.1")[1:]]


def _put(sandbox: Sandbox, name: str, *headers: str) -> bytes:
    lines = [f"PUT {GROUP}/{name}?api-version=2021-04-01 HTTP/1.1", "Host: x", *headers]
    return "\r\n".join([*lines, f"Authorization: Bearer {sandbox.token()}", "\r\n"]).encode()


@pytest.mark.parametrize("data", BYTES.values(), ids=list(BYTES))
def test_any_bytes_get_azures_error(quiet: Sandbox, data: bytes) -> None:
    with _connect(quiet) as wire:
        wire.sendall(data)
        status, body = _answer(wire)
    error = json.loads(body)["error"]

    assert 400 <= status < 500
    assert error["code"]
    assert error["message"]


@pytest.mark.parametrize("data", LONG.values(), ids=list(LONG))
def test_a_head_that_is_too_long_is_a_431(quiet: Sandbox, data: bytes) -> None:
    with _connect(quiet) as wire:
        wire.sendall(data)
        status, body = _answer(wire)

    assert status == 431
    assert json.loads(body)["error"]["code"] == "RequestHeaderFieldsTooLarge"
    with _connect(quiet) as wire:
        wire.sendall(b"GET /subscriptions" + HEAD + b"\r\n")
        assert _answer(wire)[0] == 401


def test_the_proxy_says_431_too(quiet: Sandbox) -> None:
    with _connect(quiet, "proxy") as wire:
        wire.sendall(b"CONNECT a:443 HTTP/1.1\r\nA: " + b"x" * 70_000)
        assert _answer(wire)[0] == 431


def test_half_a_request_harms_nobody(quiet: Sandbox) -> None:
    half = _put(quiet, "half", "Content-Length: 900") + b'{"loc'
    for sent in (b"", b"GE", half[:60], half):
        with _connect(quiet) as wire:
            wire.sendall(sent)
            wire.shutdown(socket.SHUT_WR)
            assert _answer(wire)[0] in (0, 400)

    with quiet.arm() as arm:
        assert arm.get(f"{GROUP}/half").status_code == 404


@pytest.mark.parametrize("chunks", [b"5\r\nhe", b"zz\r\n", b"3\r\n{}}\r\nQ\r\n"])
def test_a_body_that_goes_wrong_under_way_is_not_kept(quiet: Sandbox, chunks: bytes) -> None:
    with _connect(quiet) as wire:
        wire.sendall(_put(quiet, "wrong", "Transfer-Encoding: chunked") + chunks)
        wire.shutdown(socket.SHUT_WR)
        assert _answer(wire)[0] in (0, 400)

    with quiet.arm() as arm:
        assert arm.get(f"{GROUP}/wrong").status_code == 404


def test_requests_in_one_breath_are_answered_in_turn(quiet: Sandbox) -> None:
    body = json.dumps(EAST).encode()
    put = _put(quiet, "breath", f"Content-Length: {len(body)}") + body
    with _connect(quiet) as wire:
        wire.sendall(b"GET /tenants" + HEAD + b"\r\n" + put + put + b"\x00 what is this?\r\n\r\n")
        said = _all(wire)

    assert _statuses(said) == [401, 201, 200, 400]


def test_a_body_longer_than_any_head_is_none_when_it_comes_in_one_read(quiet: Sandbox) -> None:
    body = json.dumps({**EAST, "tags": {"long": "x" * 150_000}}).encode()
    put = _put(quiet, "whole", f"Content-Length: {len(body)}") + body
    with _connect(quiet) as wire:
        statuses = []
        for _ in range(20):
            wire.sendall(put)
            statuses.append(_answer(wire)[0])

    assert set(statuses) <= {200, 201, 400}


def test_what_follows_a_body_is_not_part_of_it(quiet: Sandbox) -> None:
    body = json.dumps(EAST).encode()
    with _connect(quiet) as wire:
        wire.sendall(_put(quiet, "longer", f"Content-Length: {len(body)}") + body + b"}}}}\r\n\r\n")
        said = _all(wire)

    assert _statuses(said) == [201, 400]


def test_a_client_that_asks_before_it_sends_is_told_to_go_on(quiet: Sandbox) -> None:
    body = json.dumps(EAST).encode()
    head = _put(quiet, "asked", f"Content-Length: {len(body)}", "Expect: 100-continue")
    with _connect(quiet) as wire:
        wire.sendall(head)
        assert wire.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        wire.sendall(body)
        assert _answer(wire)[0] == 201


def test_a_body_in_chunks_is_a_body(quiet: Sandbox) -> None:
    body = json.dumps(EAST).encode()
    with _connect(quiet) as wire:
        wire.sendall(_put(quiet, "chunks", "Transfer-Encoding: chunked"))
        for byte in body:
            wire.sendall(b"1\r\n" + bytes([byte]) + b"\r\n")
        wire.sendall(b"0\r\n\r\n")
        assert _answer(wire)[0] == 201


def test_a_client_that_dribbles_is_not_waited_for_and_holds_nobody_up(quiet: Sandbox) -> None:
    begun = time.monotonic()
    with _connect(quiet) as wire, _connect(quiet, "proxy") as tunnel:
        for one in (wire, tunnel):
            one.sendall(b"GET / HT")
        with quiet.arm() as arm:
            assert arm.get("/tenants").status_code == 200
        status, body = _answer(wire)
        left = _answer(tunnel)
    took = time.monotonic() - begun

    assert (status, json.loads(body)["error"]["code"]) == (408, "RequestTimeout")
    assert left == (0, b"")
    assert 5 < took < 60


def test_what_is_no_tls_ends_at_the_tls_door(quiet: Sandbox) -> None:
    for data in (b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x00\x05hello", b"\x00" * 100):
        with _connect(quiet, "https") as wire:
            wire.sendall(data)
            wire.shutdown(socket.SHUT_WR)
            assert not _all(wire).startswith(b"HTTP")


def test_a_body_beyond_azures_limit_is_refused(quiet: Sandbox) -> None:
    with quiet.arm() as arm:
        answer = arm.put(f"{GROUP}/big", json={**EAST, "tags": {"a": "x" * 5_000_000}})

    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "RequestEntityTooLarge")


def test_a_stop_waits_for_nobody_and_leaves_no_traceback(tmp_path: Path) -> None:
    from tests.conftest import start_sandbox

    sandbox = start_sandbox(tmp_path / "s")
    sandbox.refuse("GET /tenants", delay_ms=500_000)
    with _connect(sandbox) as half, _connect(sandbox) as slow, _connect(sandbox, "proxy") as tunnel:
        half.sendall(_put(sandbox, "half", "Content-Length: 900") + b"{")
        slow.sendall(b"GET /tenants" + HEAD + b"\r\n")
        tunnel.sendall(b"CONNECT management.azure.com:443 HTTP/1.1\r\n\r\n")
        assert tunnel.recv(100).startswith(b"HTTP/1.1 200")
        time.sleep(0.2)
        sandbox.plain.close()
        sandbox.process.send_signal(signal.SIGTERM)
        assert sandbox.process.wait(timeout=20) == 0

    assert "Traceback" not in _log(sandbox)
