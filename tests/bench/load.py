"""Load: ready-made requests over several connections, cheap enough not to be what is measured."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from typing import cast

import uvloop

Request = bytes
_SECONDS_MAX = 120


class _Client(asyncio.Protocol):
    """One connection: sends its next request when the last is answered."""

    def __init__(self, feed: Iterator[Request], done: asyncio.Future[None]) -> None:
        self._feed, self._done = feed, done
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own is no subclass
        self._send()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, mark, body = self._received.partition(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]
        if not mark or len(body) < int(length or 0):
            return
        if not head.split(b" ", 2)[1].startswith(b"2"):
            self._done.set_exception(AssertionError(self._received.decode()))
            return
        self._received = b""
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(exc or ConnectionError("the server closed a connection"))

    def _send(self) -> None:
        assert self._transport is not None
        request = next(self._feed, None)
        if request is not None:
            self._transport.write(request)
            return
        self._done.set_result(None)
        self._transport.close()


def rate(port: int, requests: Sequence[Request], clients: int) -> float:
    """Answers per second; AssertionError with the answer for one that is no success.

    TimeoutError where they take longer than two minutes.
    """
    return uvloop.run(asyncio.wait_for(_rate(port, requests, clients), _SECONDS_MAX))


async def _rate(port: int, requests: Sequence[Request], clients: int) -> float:
    feed, loop = iter(requests), asyncio.get_running_loop()
    begun = time.perf_counter()
    ends = [loop.create_future() for _ in range(clients)]
    for end in ends:
        await loop.create_connection(
            lambda end=end: _Client(feed, end),  # type: ignore[misc] # mypy knows no defaults here
            "127.0.0.1",
            port,
        )
    await asyncio.gather(*ends)
    return len(requests) / (time.perf_counter() - begun)
