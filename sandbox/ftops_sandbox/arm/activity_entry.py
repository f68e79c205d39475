"""The Activity Log's entries: written once for every write, read by the log's own route."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import Any

from ftops_sandbox.arm.path import Target
from ftops_sandbox.bearer import Caller
from ftops_sandbox.world import World

KIND = "activity"
_VERBS = {"PUT": "write", "PATCH": "write", "DELETE": "delete", "POST": "action"}


class Journal:
    """The entries of one request: they share a correlation id, as Azure's do."""

    def __init__(
        self, world: World, target: Target, method: str, caller: Caller, sent: Any = None
    ) -> None:
        self._world = world
        self._sent = sent
        self._target = target
        self._caller = caller
        self._operation = f"{target.type_name}/{_VERBS[method]}"
        self._correlation_id = str(uuid.uuid4())

    def write(self, status: str, properties: dict[str, Any], time: datetime | None = None) -> None:
        """One entry; status is Started, Accepted, Succeeded or Failed."""
        body = {
            "operation": self._operation,
            "status": status,
            "caller": self._caller.name,
            "claims": self._caller.claims,
            "correlation_id": self._correlation_id,
            "event_id": str(uuid.uuid4()),
            "resource_id": self._target.id,
            "resource_type": self._target.type_name,
            "provider": self._target.namespace,
            "group": self._group(),
            "properties": properties,
        }
        self._world.record(KIND, self._target.id, body, time)

    def ended(self, status_code: int, answer: Any, finishes: datetime | None = None) -> None:
        """Accepted now and Succeeded at `finishes` where it takes time, else Succeeded now."""
        self._started()
        properties = {"statusCode": _word(status_code)}
        if answer:
            properties["responseBody"] = json.dumps(answer)
        lasts = finishes is not None and finishes > self._world.now()
        if lasts:
            self.write("Accepted", properties)
            properties = {"statusCode": _word(200)}
        self.write("Succeeded", properties, finishes if lasts else None)

    def failed(self, status_code: int, error: Any) -> None:
        """The last entry of a write that was refused."""
        self._started()
        message = json.dumps(error)
        self.write("Failed", {"statusCode": _word(status_code), "statusMessage": message})

    def _started(self) -> None:
        """The first entry carries the request's body as text, as Azure's does."""
        sent = {"requestbody": json.dumps(self._sent)} if self._sent else {}
        self.write("Started", sent)

    def _group(self) -> str:
        if self._target.types[0].casefold() == "resourcegroups":
            return self._target.names[0]
        return self._target.group


def _word(status_code: int) -> str:
    words = {200: "OK", 201: "Created", 202: "Accepted", 204: "NoContent", 400: "BadRequest"}
    words |= {404: "NotFound", 409: "Conflict", 412: "PreconditionFailed"}
    return words.get(status_code, str(status_code))
