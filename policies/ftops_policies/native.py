"""azure-native's inputs as ARM would see them: a lazy view that copies nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload

from ftops_catalog.arm_type import ArmType, Shape, read_arm_types
from ftops_policies.resource import UNKNOWN, NotKnownError, Resource

_PLAIN = Shape("kept", ())


@dataclass(frozen=True, slots=True, eq=False)
class ArmView(Mapping[str, Any]):
    """A mapping in ARM's shape over one in azure-native's, read key by key.

    `gap` is what the mapping below raises for a value that is not known yet; it becomes UNKNOWN.
    `inside` marks the view that stands for `properties` where azure-native flattens them.
    """

    below: Mapping[str, Any]
    shape: Shape
    gap: type[Exception]
    inside: bool = False

    def __getitem__(self, key: str) -> Any:
        if not self._flat or self.inside:
            own = self._own(key)
            if self._flat and own in self.shape.envelope:
                raise KeyError(key)
            return self._view(own, self.shape.nested.get(own, _PLAIN))
        if key == "properties":
            return ArmView(self.below, self.shape, self.gap, inside=True)
        if key not in self.shape.envelope:
            raise KeyError(key)
        return self._view(key, _PLAIN)

    def __iter__(self) -> Iterator[str]:
        for key in self.below:
            if not self._flat or (key in self.shape.envelope) is not self.inside:
                yield key if self._flat and not self.inside else self.shape.names.get(key, key)
        if self._flat and not self.inside:
            yield "properties"

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _own(self, key: str) -> str:
        """azure-native's name of what ARM calls so; its own names ARM does not know."""
        for own, arms in self.shape.names.items():
            if key == arms:
                return own
            if key == own:
                raise KeyError(key)
        return key

    @property
    def _flat(self) -> bool:
        return self.shape.properties == "flattened"

    def _view(self, key: str, shape: Shape) -> Any:
        try:
            return _seen(self.below[key], shape, self.gap)
        except self.gap:
            return UNKNOWN


@dataclass(frozen=True, slots=True, eq=False)
class ArmList(Sequence[Any]):
    """A list seen the same way, element by element."""

    below: Sequence[Any]
    shape: Shape
    gap: type[Exception]

    @overload
    def __getitem__(self, place: int) -> Any: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Any]: ...
    def __getitem__(self, place: int | slice) -> Any:
        try:
            return _seen(self.below[place], self.shape, self.gap)
        except self.gap:
            return UNKNOWN

    def __len__(self) -> int:
        return len(self.below)


def _seen(value: Any, shape: Shape, gap: type[Exception]) -> Any:
    if isinstance(value, Mapping):
        return ArmView(value, shape, gap)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ArmList(value, shape, gap)
    return value


def find_arm_type(token: str) -> ArmType | None:
    """The ARM table's record of a token; None for a resource that is not Azure's, or not known."""
    return next((record for record in read_arm_types().types if record.token == token), None)


def native_steps(record: ArmType, path: str) -> tuple[str, ...]:
    """The keys by which azure-native calls a path of ARM's JSON, such as `properties.a`."""
    steps = path.split(".")
    if record.shape.properties == "flattened" and steps[0] == "properties":
        steps = steps[1:]
    own = {arms: name for name, arms in record.shape.names.items()}
    return (own.get(steps[0], steps[0]), *steps[1:])


@dataclass(frozen=True, slots=True)
class Native:
    """A resource with what azure-native says of its place: the name and the input of its parent.

    `parent_name` is None where the type has no parent, or the name is not known yet.
    """

    resource: Resource
    parent_input: str
    parent_name: str | None


def parse_native(
    record: ArmType,
    inputs: Mapping[str, Any],
    urn: str,
    gap: type[Exception],
    *,
    protect: bool | None = None,
) -> Native:
    """A resource from what azure-native was given; its name is Azure's, or Pulumi's until known."""
    plain = Resource(record.type, urn.rpartition("::")[2], ArmView(inputs, _PLAIN, gap))
    name = _text(plain, record.name_input) or plain.name
    parent_input = record.path_inputs[-2] if record.type.count("/") > 1 else ""
    return Native(
        Resource(record.type, name, ArmView(inputs, record.shape, gap), urn=urn, protect=protect),
        parent_input,
        _text(plain, parent_input) if parent_input else None,
    )


def find_parent(
    child: Native, upon: Iterable[Resource], everything: Iterable[Resource]
) -> Resource | None:
    """The resource in which a child lies, by ARM's rule: the type `a/b/c` lies in an `a/b`.

    `upon` is what the input that names the parent depends on; where it does not tell, the name
    does. None where neither points at one resource alone.
    """
    kind = child.resource.type.rpartition("/")[0]
    for pool in (upon, everything if child.parent_name else ()):
        found = [each for each in pool if each.is_a(kind)]
        if child.parent_name:
            found = [each for each in found if each.name == child.parent_name]
        if len(found) == 1:
            return found[0]
    return None


def _text(resource: Resource, name: str) -> str | None:
    try:
        return resource.text(name)
    except NotKnownError:
        return None
