"""The life of one resource on the sandbox's ARM, as the real azure-native would lead it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ftops.azure.arm import Arm
from ftops.engine.change import live_inputs
from ftops.engine.listing import Foreseen
from ftops.engine.program import Declared
from ftops.engine.wire import Json
from ftops_catalog.arm import ETAG, guarded, outputs, path_inputs, request
from ftops_catalog.arm_type import ArmType, read_arm_types
from ftops_catalog.errors import BadConfig, CloudRefused, Conflict, FtopsError
from ftops_policies.resource import UNKNOWN

PREFIX = "azure-native:"
ACTIONS: Mapping[str, tuple[str, str]] = {
    "cognitiveservices:listAccountKeys": ("Account", "listKeys"),
    "storage:listStorageAccountKeys": ("StorageAccount", "listKeys"),
    "operationalinsights:getWorkspaceSharedKeys": ("Workspace", "sharedKeys"),
}
"""Functions that are a POST on a resource: the resource, and what is posted to."""


class PartlyMadeError(Exception):
    """ARM took a resource and could not finish it: it is there, and it is not right."""

    def __init__(self, made: str, state: Mapping[str, Any], reason: str) -> None:
        super().__init__(reason)
        self.made = made
        self.state = state
        self.reason = reason


@dataclass(frozen=True)
class Provider:
    """Every call is by token or id, with plain inputs and outputs; errors are FtopsError."""

    arm: Arm
    subscription_id: str

    def check(self, token: str, inputs: Json) -> tuple[str, str] | None:
        """The input that is wrong and why, None where all is well."""
        try:
            record = read_arm_types().token(token)
            if not any(inputs.get(name) is UNKNOWN for name in record.path_inputs):
                request(record, _given(inputs), self.subscription_id)
        except BadConfig as error:
            named = [name for name in _names(token) if name in error.message]
            return (named or [""])[0], f"{error.message} {error.hint}"
        return None

    def foresee(self, token: str, inputs: Json) -> Mapping[str, Any]:
        """The outputs that are known before a resource is made."""
        try:
            declared = Declared(token, "", "", _given(inputs))
            return Foreseen(self.subscription_id).create(declared)[1]
        except BadConfig:
            return _given(inputs)

    def create(self, token: str, inputs: Json) -> tuple[str, Mapping[str, Any]]:
        """Makes a resource; as with the real provider, one that is there must be imported."""
        record = read_arm_types().token(token)
        sent = request(record, _given(inputs), self.subscription_id)
        if self.arm.get(sent.path, sent.api_version) is not None:
            raise Conflict(
                f"cannot create already existing resource {sent.path!r}",
                f"take it into the state with `pulumi import {token} NAME ID`, or delete it",
            )
        return self._put(record, sent.path, sent.body)

    def update(self, token: str, inputs: Json) -> Mapping[str, Any]:
        """Writes a resource anew where it stands."""
        record = read_arm_types().token(token)
        sent = request(record, _given(inputs), self.subscription_id)
        wants_etag = ETAG in record.shape.envelope
        found = self.arm.get(sent.path, sent.api_version) if wants_etag else None
        return self._put(record, sent.path, guarded(record, sent.body, found))[1]

    def read(self, token: str, arm_id: str, old: Json) -> tuple[Json, Mapping[str, Any]] | None:
        """A resource's inputs and outputs as ARM has them, None where it is gone."""
        record = read_arm_types().token(token)
        path_inputs(record, arm_id)
        found = self.arm.get(arm_id, record.api_version)
        if found is None:
            return None
        return live_inputs(record, old, found), outputs(record, found)

    def delete(self, token: str, arm_id: str) -> None:
        self.arm.delete(arm_id, read_arm_types().token(token).api_version)

    def invoke(self, token: str, arguments: Json) -> Mapping[str, Any]:
        """getClientConfig, the keys of what has some, and the get of every type of the table."""
        module, _, function = token.removeprefix(PREFIX).partition(":")
        if function == "getClientConfig":
            return self._client_config()
        name, action = ACTIONS.get(f"{module}:{function}", (function.removeprefix("get"), ""))
        if not action and name == function:
            raise BadConfig(f"the sandbox's azure-native has no function {token}")
        record = read_arm_types().token(f"{PREFIX}{module}:{name}")
        # Beside the names there may be a mere wish, such as what else to answer (`expand`).
        named = {key: value for key, value in arguments.items() if key in record.path_inputs}
        sent = request(record, named, self.subscription_id)
        if action:
            return self.arm.post(f"{sent.path}/{action}", record.api_version)
        found = self.arm.get(sent.path, sent.api_version)
        if found is None:
            raise CloudRefused(f"{sent.path} was not found", azure_code="ResourceNotFound")
        return outputs(record, found)

    def _put(
        self, record: ArmType, path: str, body: Mapping[str, Any]
    ) -> tuple[str, Mapping[str, Any]]:
        try:
            found = self.arm.put(path, record.api_version, body)
        except FtopsError as error:
            left = self.arm.get(path, record.api_version)
            if left is None or _state(left) != "Failed":
                raise
            state = outputs(record, left)
            raise PartlyMadeError(str(left.get("id", path)), state, error.message) from error
        return str(found.get("id", path)), outputs(record, found)

    def _client_config(self) -> Mapping[str, str]:
        return {
            "subscriptionId": self.subscription_id,
            "tenantId": os.environ.get("AZURE_TENANT_ID", ""),
            "clientId": os.environ.get("AZURE_CLIENT_ID", ""),
            "objectId": os.environ.get("AZURE_CLIENT_ID", ""),
        }


def _given(inputs: Json) -> Json:
    """The inputs without the engine's own marks."""
    return {name: value for name, value in inputs.items() if not name.startswith("__")}


def _names(token: str) -> tuple[str, ...]:
    try:
        record = read_arm_types().token(token)
    except BadConfig:
        return ()
    return (*record.path_inputs, *record.body_inputs)


def _state(body: Mapping[str, Any]) -> str:
    return str((body.get("properties") or {}).get("provisioningState", ""))
