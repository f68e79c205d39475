"""Resource Manager's paths: scope, provider, types and names, in any letter case."""

from __future__ import annotations

from dataclasses import dataclass

_GROUPS = "resourcegroups"
GROUP_TYPE = "Microsoft.Resources/resourceGroups"


@dataclass(frozen=True)
class Target:
    """What a path points at: a resource when every type has a name, else a collection or action.

    `scope` is the id before the provider ("" for the tenant); names are as the client wrote them.
    """

    scope: str
    namespace: str
    types: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def is_resource(self) -> bool:
        return len(self.types) == len(self.names)

    @property
    def type_name(self) -> str:
        return "/".join((self.namespace, *self.types))

    @property
    def id(self) -> str:
        """The path of the resource; for a group without a provider in it."""
        if self.type_name.casefold() == GROUP_TYPE.casefold():
            return f"{self.scope}/resourceGroups/{self.names[0]}"
        pairs = "".join(f"/{t}/{n}" for t, n in zip(self.types, self.names, strict=False))
        return f"{self.scope}/providers/{self.namespace}{pairs}"

    @property
    def parent(self) -> Target | None:
        """The resource that this one is nested in, None at the top."""
        if len(self.types) <= 1:
            return None
        size = len(self.types) - 1
        return Target(self.scope, self.namespace, self.types[:size], self.names[:size])

    @property
    def subscription_id(self) -> str:
        return _after(self.scope, "subscriptions")

    @property
    def group(self) -> str:
        return _after(self.scope, _GROUPS)


def parse_target(path: str) -> Target | None:
    """The target of a path, or None when it is not a resource path at all."""
    parts = [part for part in path.split("/") if part]
    folded = [part.casefold() for part in parts]
    if "providers" in folded:
        last = len(folded) - 1 - folded[::-1].index("providers")
        rest = parts[last + 1 :]
        if len(rest) < 2:  # noqa: PLR2004 -- a namespace and a type
            return None
        scope = "".join(f"/{part}" for part in parts[:last])
        return Target(scope, rest[0], tuple(rest[1::2]), tuple(rest[2::2]))
    if len(parts) >= 3 and folded[0] == "subscriptions" and folded[2] == _GROUPS:  # noqa: PLR2004 -- /subscriptions/ID/resourceGroups
        scope = f"/subscriptions/{parts[1]}"
        rest = parts[3:]
        types = ("resourceGroups", *rest[1::2])
        return Target(scope, "Microsoft.Resources", types, tuple(rest[0::2]))
    return None


def _after(path: str, word: str) -> str:
    parts = path.split("/")
    folded = [part.casefold() for part in parts]
    at = folded.index(word) + 1 if word in folded else len(parts)
    return parts[at] if at < len(parts) else ""
