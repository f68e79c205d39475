"""A CONNECT proxy that leads Azure's host names to this sandbox and refuses every other host."""

from __future__ import annotations

import asyncio
import contextlib

from ftops_sandbox.host import is_azure

_HEAD_SECONDS_MAX = 10
_CHUNK_BYTES = 65_536
_TLS_PORT = "443"


class Proxy:
    """Fails closed: a misconfigured client gets 403 and cannot reach the real cloud."""

    def __init__(self, tls: tuple[str, int]) -> None:
        self._tls = tls
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client's connection, from CONNECT to the last byte."""
        task = asyncio.current_task()
        assert task is not None, "asyncio runs this as a task"
        self._tasks.add(task)
        try:
            await self._tunnel(reader, writer)
        except asyncio.LimitOverrunError:
            writer.write(_answer("431 Request Header Fields Too Large", "That head is too long.\n"))
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            pass  # a client that went away or never spoke is owed nothing
        except asyncio.CancelledError:
            pass  # the sandbox stops; raised further, asyncio would call it a mistake
        finally:
            self._tasks.discard(task)
            writer.close()

    async def close(self) -> None:
        """Ends every tunnel."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _tunnel(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(_HEAD_SECONDS_MAX):
            head = await reader.readuntil(b"\r\n\r\n")
        method, target, *_ = [*head.split(b"\r\n", 1)[0].decode("latin-1").split(" "), "", ""]
        host, _, port = target.rpartition(":")
        if method != "CONNECT" or port != _TLS_PORT or not is_azure(host):
            writer.write(_refusal(method, target))
            await writer.drain()
            return
        inward, outward = await asyncio.open_connection(*self._tls)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        try:
            await asyncio.gather(_pipe(reader, outward), _pipe(inward, writer))
        finally:
            outward.close()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(_CHUNK_BYTES):
            writer.write(data)
            await writer.drain()
    # A plain close on either side ends the tunnel: TLS has no half-open conversations.
    writer.close()


def _refusal(method: str, target: str) -> bytes:
    text = (
        f"The sandbox's proxy refuses {method[:20]} {target[:200]}: it leads to Azure's own host "
        "names on port 443, by CONNECT, and nowhere else.\n"
    )
    return _answer("403 Forbidden", text)


def _answer(status: str, text: str) -> bytes:
    body = text.encode("ascii", "replace")
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nConnection: close\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
