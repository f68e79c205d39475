"""The two error shapes of Azure's planes; handlers raise them and one handler renders each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response


class ArmError(Exception):
    """Resource Manager's `{"error": {"code", "message"[, "target"][, "details"]}}`."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        target: str | None = None,
        *,
        details: list[dict[str, Any]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.target = target
        self.details = details
        self.headers = dict(headers or {})

    def body(self) -> dict[str, Any]:
        """The JSON that Azure would answer."""
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.target is not None:
            error["target"] = self.target
        if self.details is not None:
            error["details"] = self.details
        return {"error": error}


class OpenAIError(Exception):
    """The data plane's `{"error": {"code", "message"[, "param", "type", "inner_error"]}}`.

    Azure leaves out what it has nothing to say about; so does this.
    """

    def __init__(  # noqa: PLR0913 -- the fields of one JSON shape
        self,
        status: int,
        code: str | None,
        message: str,
        param: str | None = None,
        *,
        type: str | None = None,  # noqa: A002 -- the field's name on the wire
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.param = param
        self.type = type
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})

    def body(self) -> dict[str, Any]:
        """The JSON that Azure would answer."""
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.type is not None:
            error |= {"type": self.type, "param": self.param}
        elif self.param is not None:
            error["param"] = self.param
        return {"error": error | self.extra}


class BadOrder(ValueError):
    """An order at the sandbox's own door that cannot be followed; its text says why."""


async def render_error(_request: Request, error: Exception) -> Response:
    """Either error as the JSON of its plane."""
    assert isinstance(error, ArmError | OpenAIError), "only the planes' own errors come here"
    return JSONResponse(error.body(), error.status, error.headers)
