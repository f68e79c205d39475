"""One process, three doors, on loopback: plain http, TLS, and the CONNECT proxy."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from ftops_sandbox.certificate import Certificate
from ftops_sandbox.protocol import Protocol
from ftops_sandbox.proxy import Proxy

LOOPBACK = "127.0.0.1"
EVERYWHERE = "0.0.0.0"  # noqa: S104 -- asked for by name, and only with --expose
READY_FILE = "sandbox.json"
_GRACE_S = 2


@dataclass(frozen=True)
class Doors:
    """Bound sockets; they listen from the first moment, so no client is ever refused."""

    http: socket.socket
    https: socket.socket
    proxy: socket.socket


def open_doors(host: str, port: int) -> Doors:
    """Binds all three to one IPv4 address, the first to `port` (0 picks); OSError when taken."""
    return Doors(_bind(host, port), _bind(host, 0), _bind(host, 0))


async def serve(app: Starlette, doors: Doors, certificate: Certificate, state: Path) -> None:
    """Serves until asked to stop; prints one JSON line and writes STATE/sandbox.json when ready."""
    stopped = asyncio.Event()
    app.state.stop = stopped.set
    plain, tls = _server(app), _server(app, certificate)
    proxy = Proxy(_reached(doors.https))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    tunnels = await asyncio.start_server(proxy.serve, sock=doors.proxy)
    serving = [
        asyncio.create_task(plain.serve(sockets=[doors.http])),
        asyncio.create_task(tls.serve(sockets=[doors.https])),
    ]
    await asyncio.gather(plain.ready.wait(), tls.ready.wait())
    _announce(doors, certificate, state)
    await stopped.wait()
    (state / READY_FILE).unlink(missing_ok=True)
    tunnels.close()
    plain.should_exit = tls.should_exit = True
    await proxy.close()
    await asyncio.gather(*serving)


class _Quiet(uvicorn.Server):
    """Says when it answers, and leaves signals to `serve`, which has two of these to stop."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


def _server(app: Starlette, certificate: Certificate | None = None) -> _Quiet:
    config = uvicorn.Config(
        app,
        http=Protocol,
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,  # the answer's Date is the sandbox's clock
        timeout_keep_alive=60,
        timeout_graceful_shutdown=_GRACE_S,
        ssl_certfile=certificate.leaf if certificate else None,
    )
    return _Quiet(config)


def _bind(host: str, port: int) -> socket.socket:
    # asyncio switches Nagle's algorithm off for sockets that say TCP, else each answer waits 40 ms.
    door = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((host, port))
        door.listen(1024)
    except OSError:
        door.close()
        raise
    return door


def _reached(door: socket.socket) -> tuple[str, int]:
    """Where a client of this machine finds a door; one on every address is on loopback too."""
    host, port = door.getsockname()
    return (LOOPBACK if host == EVERYWHERE else host, port)


def _announce(doors: Doors, certificate: Certificate, state: Path) -> None:
    address: Callable[[str, socket.socket], str] = lambda scheme, door: (  # noqa: E731 -- one shape
        "{}://{}:{}".format(scheme, *_reached(door))
    )
    ready = {
        "pid": os.getpid(),
        "http": address("http", doors.http),
        "https": address("https", doors.https),
        "proxy": address("http", doors.proxy),
        "ca": str(certificate.ca),
        "state": str(state),
    }
    line = json.dumps(ready)
    partial = state / f"{READY_FILE}.partial"
    partial.write_text(line + "\n", encoding="utf-8")
    partial.replace(state / READY_FILE)
    print(line, flush=True)  # noqa: T201 -- whoever started us waits for this line
