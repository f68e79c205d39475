"""Pulumi's wire values as plain ones: whole numbers are ints, secrets open, unknowns UNKNOWN."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf.empty_pb2 import Empty  # type: ignore[import-untyped]  # ships no types
from google.protobuf.struct_pb2 import Struct, Value  # type: ignore[import-untyped]  # as above

from ftops_policies.resource import UNKNOWN

__all__ = ["HIDDEN", "Empty", "Json", "Struct", "read_struct", "write_struct"]

Json = dict[str, Any]

# Pulumi's own marks, fixed since its first release (sdk/python/lib/pulumi/runtime/rpc.py).
UNKNOWN_MARK = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the mark of a secret, not one
REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"


HIDDEN = "[secret]"
"""What a person is shown in a secret's place."""


def read_struct(struct: Struct, *, hide: bool = False) -> Json:
    """A message's fields as plain values; nulls are left out, secrets opened or hidden."""
    fields = {name: _read(value, hide=hide) for name, value in struct.fields.items()}
    return {name: value for name, value in fields.items() if value is not None}


def write_struct(values: Mapping[str, Any]) -> Struct:
    """Plain values as a message; UNKNOWN becomes Pulumi's mark for a value not known yet."""
    struct = Struct()
    struct.update(_marked(values))
    return struct


def _read(value: Value, *, hide: bool) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return _opened(read_struct(value.struct_value, hide=hide), hide=hide)
    if kind == "list_value":
        return [_read(item, hide=hide) for item in value.list_value.values]
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "string_value":
        return UNKNOWN if value.string_value == UNKNOWN_MARK else value.string_value
    return value.bool_value if kind == "bool_value" else None


def _opened(values: Json, *, hide: bool) -> Any:
    """What a signed object stands for; any other object is itself."""
    signature = values.get(SIGNATURE)
    if signature == SECRET and hide:
        return HIDDEN
    if signature in {SECRET, OUTPUT}:
        return values.get("value", UNKNOWN if signature == OUTPUT else None)
    if signature == REFERENCE:
        return values.get("id") or values.get("urn")
    return values


def _marked(value: Any) -> Any:
    if value is UNKNOWN:
        return UNKNOWN_MARK
    if isinstance(value, Mapping):
        return {str(name): _marked(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_marked(inner) for inner in value]
    return value
