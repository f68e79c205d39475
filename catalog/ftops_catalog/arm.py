"""From azure-native's inputs to an ARM request, and from ARM's answer back; pure both ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ftops_catalog.arm_type import PLACEHOLDER, ArmType, Shape
from ftops_catalog.errors import BadConfig
from ftops_catalog.hint import did_you_mean

Json = Mapping[str, Any]
GONE = object()
ETAG = "eTag"


@dataclass(frozen=True)
class ArmRequest:
    """What a PUT of a resource sends; GET and DELETE take the same path and version."""

    path: str
    api_version: str
    body: Json


def request(record: ArmType, inputs: Json, subscription_id: str) -> ArmRequest:
    """The request that azure-native would make of these inputs (camelCase wire names).

    Raises BadConfig for an input that the type does not have, or a path input that is missing.
    """
    given = {name: value for name, value in inputs.items() if value is not None}
    known = (*record.path_inputs, *record.body_inputs)
    for name in given:
        if name not in known:
            raise BadConfig(f"{record.token} has no input {name!r}.", did_you_mean(name, known))
    path = fill(record, {"subscriptionId": subscription_id, **given})
    body = {name: value for name, value in given.items() if name in record.body_inputs}
    for place in record.id_lists:
        body = edit(body, place.split("."), ids_to_map)
    return ArmRequest(path, record.api_version, whole(fold(record.shape, body)))


def outputs(record: ArmType, arm_body: Json) -> Json:
    """A resource's outputs as azure-native names them: id, name, type, azureApiVersion, the rest.

    What ARM answers beyond the known version is kept: a reader may have use for it.
    """
    return {**unfold(record.shape, arm_body), "azureApiVersion": record.api_version}


def inputs_from(record: ArmType, arm_body: Json) -> Json:
    """The inputs that would make this resource: for read, refresh and import.

    Only what can be written comes back: ARM's own state (provisioningState, endpoints) is left
    out, and so is what was never answered. Raises BadConfig if the id is not of this type.
    """
    flat = unfold(record.shape, arm_body)
    body = {name: flat[name] for name in record.body_inputs if flat.get(name) is not None}
    if "properties" in body:
        properties = body.pop("properties")
        kept = {name: properties[name] for name in record.writable if name in properties}
        body |= {"properties": kept} if kept else {}
    for place in record.read_only:
        body = edit(body, place.split("."), lambda _: GONE)
    for place in record.id_lists:
        body = edit(body, place.split("."), map_to_ids)
    return {**path_inputs(record, str(arm_body.get("id", ""))), **body}


def guarded(record: ArmType, body: Json, found: Json | None) -> Json:
    """The body of an update, with the eTag of what is there where Azure wants it in the body."""
    etag = found.get(ETAG) if found and ETAG in record.shape.envelope else None
    return {ETAG: etag, **body} if etag else body


def path_inputs(record: ArmType, arm_id: str) -> dict[str, str]:
    """The inputs that an ARM id holds; a scope keeps its leading slash."""
    match = record.pattern.fullmatch(arm_id)
    if match is None:
        raise BadConfig(f"{arm_id!r} is not the id of a {record.type}.", f"Like {record.path}.")
    found = {name: match[name] for name in record.path_inputs}
    return found | {name: f"/{found[name]}" for name in record.wide_inputs}


def fill(record: ArmType, values: Json) -> str:
    """The path with its placeholders filled; a value cannot smuggle in another segment."""
    path = record.path
    for match in PLACEHOLDER.finditer(record.path):
        name, wide = match["name"], bool(match["wide"])
        value = values.get(name)
        text = value.strip("/") if isinstance(value, str) and wide else value
        if not isinstance(text, str) or not text:
            raise BadConfig(f"{record.token} needs {name}, not {value!r}.", f"Set {name}.")
        segments = text.split("/")
        if any(mark in text for mark in "?#{}") or {"", ".", ".."} & {*segments}:
            raise BadConfig(f"{name} is {value!r}, which no path can hold.", f"Rename {name}.")
        if len(segments) > 1 and not wide:
            raise BadConfig(f"{name} is {value!r}, which holds a slash.", f"Set {name} to a name.")
        path = path.replace(match[0], text)
    return path


def fold(shape: Shape, flat: Json) -> dict[str, Any]:
    """azure-native's object as ARM's: what is not in the envelope goes into `properties`."""
    turned = each_nested(shape, flat, fold)
    if shape.properties != "flattened":
        return renamed(turned, shape.names)
    beside = {name: value for name, value in turned.items() if name in shape.envelope}
    inside = {name: value for name, value in turned.items() if name not in shape.envelope}
    return {**beside, "properties": renamed(inside, shape.names)} if inside else beside


def unfold(shape: Shape, body: Json) -> dict[str, Any]:
    """ARM's object as azure-native's; where both levels have a name, the outer one stands."""
    back = {arms: own for own, arms in shape.names.items()}
    if shape.properties != "flattened":
        return each_nested(shape, renamed(body, back), unfold)
    inside = each_nested(shape, renamed(body.get("properties") or {}, back), unfold)
    return {**inside, **{name: value for name, value in body.items() if name != "properties"}}


def renamed(values: Json, names: Mapping[str, str]) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in values.items()}


def each_nested(
    shape: Shape, values: Json, turn: Callable[[Shape, Json], dict[str, Any]]
) -> dict[str, Any]:
    """The values with every nested object turned, one or a list of them.

    What is no object is left as it is: a value may not be known yet.
    """
    turned = dict(values)
    for name, inner in shape.nested.items():
        value = turned.get(name)
        if isinstance(value, Mapping):
            turned[name] = turn(inner, value)
        elif isinstance(value, list):
            turned[name] = [turn(inner, i) if isinstance(i, Mapping) else i for i in value]
    return turned


def edit(body: dict[str, Any], place: list[str], change: Callable[[Any], Any]) -> dict[str, Any]:
    """A copy of the body with the value at a dotted place changed, or taken out if GONE."""
    name, *rest = place
    if name not in body:
        return body
    value = body[name]
    if rest:
        value = edit(dict(value), rest, change) if isinstance(value, Mapping) else value
    else:
        value = change(value)
    others = {key: kept for key, kept in body.items() if key != name}
    return others if value is GONE else {**others, name: value}


def ids_to_map(value: Any) -> Any:
    """ARM keeps user-assigned identities as a map from id to an empty object."""
    return {identity: {} for identity in value} if isinstance(value, list) else value


def map_to_ids(value: Any) -> Any:
    return sorted(value) if isinstance(value, Mapping) else value


def whole(value: Any) -> Any:
    """The value with whole floats as ints: every number in a Pulumi program is a double."""
    if isinstance(value, Mapping):
        return {name: whole(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [whole(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
