"""Resource Graph's refusals: one outer sentence, the reason in the details."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ftops_sandbox.errors import ArmError
from ftops_sandbox.moment import iso

_INVALID = (
    "Query is invalid. Please refer to the documentation for the Azure Resource Graph service and "
    "fix the error before retrying."
)


class QueryError(Exception):
    """What is wrong with a query, and at which word of it."""

    def __init__(
        self, message: str, token: str = "", *, place: int = -1, known: bool = True
    ) -> None:
        super().__init__(message)
        self.token = token
        self.place = place
        self.known = known

    def details(self, text: str) -> list[dict[str, Any]]:
        """Azure's two entries; a construct that only the sandbox cannot read is named so."""
        line, column = -1, -1
        if self.place >= 0:
            before = text[: self.place]
            line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1)
        return [
            {"code": "InvalidQuery", "message": _INVALID},
            {
                "code": "ParserFailure" if self.known else "InvalidQueryLanguage",
                "message": str(self),
                "line": line,
                "characterPositionInLine": column,
                "token": self.token,
            },
        ]


def unsupported(what: str, token: str, place: int) -> QueryError:
    """For what Azure may well read, and the sandbox does not."""
    return QueryError(
        f"The sandbox does not read the {what} '{token}'.", token, place=place, known=False
    )


def refusal(
    now: datetime,
    code: str,
    details: list[dict[str, Any]],
    status: int = 400,
    headers: Mapping[str, str] | None = None,
) -> ArmError:
    """The answer around the details."""
    message = (
        f"Please provide below info when asking for support: timestamp = {iso(now)}, "
        f"correlationId = {uuid.uuid4()}."
    )
    return ArmError(status, code, message, details=details, headers=headers)
