"""The ARM table: one record per ARM type and azure-native token, with its path and its shape."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from ftops_catalog.errors import BadConfig
from ftops_catalog.hint import did_you_mean
from ftops_catalog.row import Row, read_rows
from ftops_catalog.source import Origin, parse_origin

TABLE = Path(__file__).with_name("data") / "arm.toml"
PLACEHOLDER = re.compile(r"\{(?P<wide>\+?)(?P<name>\w+)\}")
PROPERTIES = ("kept", "flattened", "none")


@dataclass(frozen=True)
class Shape:
    """How azure-native's object and ARM's differ: what is beside `properties`, what inside.

    `nested` says the same of objects inside `properties` (the subnets of a network), by name.
    `names` has ARM's name where azure-native has one of its own (roleType: type).
    """

    properties: str
    envelope: tuple[str, ...]
    nested: Mapping[str, Shape] = field(default_factory=dict, hash=False)
    names: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class ArmType:
    """One record of the table; its keys are explained at the head of arm.toml."""

    token: str
    type: str
    path: str
    api_version: str
    shape: Shape
    writable: tuple[str, ...]
    read_only: tuple[str, ...]
    write_only: tuple[str, ...]
    id_lists: tuple[str, ...]
    secrets: tuple[str, ...]
    replaces: tuple[str, ...]
    origin: Origin

    @cached_property
    def path_inputs(self) -> tuple[str, ...]:
        """The inputs that fill the path, in its order; the subscription is the caller's."""
        names = (match["name"] for match in PLACEHOLDER.finditer(self.path))
        return tuple(name for name in names if name != "subscriptionId")

    @property
    def name_input(self) -> str:
        """The input that names the resource itself: the last one of the path."""
        return self.path_inputs[-1]

    @cached_property
    def wide_inputs(self) -> tuple[str, ...]:
        """The inputs that fill several segments of the path, like a scope."""
        return tuple(match["name"] for match in PLACEHOLDER.finditer(self.path) if match["wide"])

    @cached_property
    def body_inputs(self) -> tuple[str, ...]:
        """The inputs that go into the body, by azure-native's names."""
        inside = {"kept": ("properties",), "flattened": self.writable, "none": ()}
        return (*self.shape.envelope, *inside[self.shape.properties])

    @cached_property
    def unanswered(self) -> frozenset[str]:
        """Dotted places of inputs that ARM's answer says nothing of."""
        before = "properties." if self.shape.properties == "kept" else ""
        return frozenset((*(f"{before}{place}" for place in self.write_only), *self.read_only))

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Matches an id of this type in any letter case, as ARM compares ids."""
        text, end = "", 0
        for match in PLACEHOLDER.finditer(self.path):
            segment = ".+?" if match["wide"] else "[^/]+"
            text += re.escape(self.path[end : match.start()]) + f"(?P<{match['name']}>{segment})"
            end = match.end()
        return re.compile(text + re.escape(self.path[end:]), re.IGNORECASE)


@dataclass(frozen=True)
class ArmTypes:
    """All records; lookups raise BadConfig with a hint."""

    types: tuple[ArmType, ...]

    def token(self, token: str) -> ArmType:
        """The record of an azure-native token ("azure-native:cognitiveservices:Account")."""
        for record in self.types:
            if record.token == token:
                return record
        hint = did_you_mean(token, [record.token for record in self.types])
        raise BadConfig(f"The ARM table has no token {token!r}.", hint)

    def type(self, name: str) -> ArmType:
        """The record of an ARM type, in any letter case."""
        for record in self.types:
            if record.type.lower() == name.lower():
                return record
        hint = did_you_mean(name, [record.type for record in self.types])
        raise BadConfig(f"The ARM table has no type {name!r}.", hint)

    def resource(self, arm_id: str) -> ArmType:
        """The record whose path an ARM id has."""
        for record in self.types:
            if record.pattern.fullmatch(arm_id):
                return record
        raise BadConfig(
            f"The ARM table has no type for {arm_id!r}.", "Check the id, from /subscriptions on."
        )


@cache
def read_arm_types(path: Path = TABLE) -> ArmTypes:
    """The table of the installed package, read and validated once per process."""
    return parse_arm_types(read_rows(path))


def parse_arm_types(file: Row) -> ArmTypes:
    """A file's records; a token or a type that comes twice is refused."""
    records = tuple(parse_arm_type(row) for row in file.rows("type"))
    for names in ([record.token for record in records], [record.type for record in records]):
        if len(set(names)) < len(names):
            raise file.wrong("a token or a type comes twice")
    file.close()
    return ArmTypes(records)


def parse_arm_type(row: Row) -> ArmType:
    record = ArmType(
        token=row.required("token", str),
        type=row.required("type", str),
        path=row.required("path", str),
        api_version=row.required("api_version", str),
        shape=parse_shape(row),
        writable=row.texts("writable"),
        read_only=row.texts("read_only"),
        write_only=row.texts("write_only"),
        id_lists=row.texts("id_lists"),
        secrets=row.texts("secrets"),
        replaces=row.texts("replaces"),
        origin=parse_origin(row),
    )
    row.close()
    twice = {*record.path_inputs} & {*record.body_inputs}
    if not record.path_inputs or twice:
        raise row.wrong(f"the path of {record.token} names no input, or one of its body")
    return record


def parse_shape(row: Row) -> Shape:
    """A shape's keys; `nested` is a table of shapes, `names` one of texts; both may be absent."""
    properties, envelope = row.word("properties", PROPERTIES), row.texts("envelope")
    nested: dict[str, Shape] = {}
    if "nested" in row.unread:
        inner = row.table("nested")
        for name in inner.unread:
            shape = inner.table(name)
            nested[name] = parse_shape(shape)
            shape.close()
    names: dict[str, str] = {}
    if "names" in row.unread:
        inner = row.table("names")
        names = {name: inner.required(name, str) for name in inner.unread}
    return Shape(properties, envelope, nested, names)
