"""HTTP as it comes over the wire: what is no request is refused in JSON, and in its turn."""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_HEAD_BYTES_MAX = 64 * 2**10
_HEAD_SECONDS_MAX = 10
_LINGER_SECONDS = 1


class _HeadTooLargeError(Exception):
    """The parser turns it into an error of its own."""


class Protocol(HttpToolsProtocol):
    """Hands the connection to the application, which drops it when a fault says so.

    Answers go out in the order of their requests, so what is refused here waits for what came
    before on the connection; nothing is read after it.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._in_head, self._head_bytes, self._ended = True, 0, False
        self._refusal = b""
        self._watch: asyncio.TimerHandle | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        self._set_watch(on=False)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refusal:
            return
        was_in_head, self._ended = self._in_head, False
        super().data_received(data)
        # A request that came whole, body included, in one read is no head either.
        if was_in_head and self._in_head and not self._ended and not self._refusal:
            # One header over many reads: the parser tells of it when it is whole.
            self._head_bytes += len(data)
            if self._head_bytes > _HEAD_BYTES_MAX:
                self.send_400_response("")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._head_bytes = True, 0
        self._set_watch(on=True)
        ends: dict[object, object] = {"abort": self._abort, "close": self.transport.close}
        self.scope["extensions"] = {"sandbox.transport": ends}

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value) + len(": \r\n"))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._set_watch(on=False)
        super().on_headers_complete()
        self._in_head = False

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._in_head, self._head_bytes, self._ended = True, 0, True

    def send_400_response(self, msg: str) -> None:
        """Bytes that are no request, or too many of them."""
        if self._in_head and self._head_bytes > _HEAD_BYTES_MAX:
            self._refuse(431, f"The request's head is longer than {_HEAD_BYTES_MAX} bytes.")
        else:
            self._refuse(400, msg)

    def on_response_complete(self) -> None:
        last = not self.pipeline
        super().on_response_complete()
        if last and self._refusal:
            self._say_refusal()

    def shutdown(self) -> None:
        """Whoever has not sent all of a request by now is not waited for."""
        super().shutdown()
        if self.cycle is not None and self.cycle.more_body:
            self.transport.abort()

    def _abort(self) -> None:
        self.cycle.disconnected = True
        self.transport.abort()

    def _count(self, size: int) -> None:
        self._head_bytes += size
        if self._head_bytes > _HEAD_BYTES_MAX:
            raise _HeadTooLargeError

    def _refuse(self, status: int, message: str) -> None:
        self._set_watch(on=False)
        self._refusal = _spelled(status, message)
        newest = self.cycle
        if not self._in_head and newest is not None and not newest.response_complete:
            # The body went wrong under way: this is the answer to that very request.
            if newest.response_started:
                self.transport.close()
                return
            waiting = bool(self.pipeline) and self.pipeline[0][0] is newest
            if waiting:
                self.pipeline.popleft()
            newest.disconnected = True
            newest.message_event.set()
            if waiting:
                return
        elif newest is not None and not newest.response_complete:
            return
        self._say_refusal()

    def _say_refusal(self) -> None:
        if self.transport.is_closing():
            return
        self.transport.write(self._refusal)
        if self.transport.can_write_eof():
            # Closed at once, what is still on its way here would wipe out the answer over there.
            self.transport.write_eof()
            self._watch = self.loop.call_later(_LINGER_SECONDS, self.transport.close)
        else:
            self.transport.close()

    def _set_watch(self, *, on: bool) -> None:
        """A head must come within some seconds: a connection that dribbles is closed."""
        if self._watch is not None:
            self._watch.cancel()
        self._watch = self.loop.call_later(_HEAD_SECONDS_MAX, self._end_wait) if on else None

    def _end_wait(self) -> None:
        if not self.transport.is_closing():
            self._refuse(408, f"The request's head took longer than {_HEAD_SECONDS_MAX} seconds.")


def _spelled(status: int, message: str) -> bytes:
    phrase = HTTPStatus(status).phrase
    code = phrase.title().replace(" ", "")
    text = json.dumps({"error": {"code": code, "message": message}})
    return (
        f"HTTP/1.1 {status} {phrase}\r\ncontent-type: application/json\r\nconnection: close\r\n"
        f"content-length: {len(text)}\r\n\r\n{text}"
    ).encode()
