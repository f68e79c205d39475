"""An environment: what should exist in one stack, typed, every name of it known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftops.place import Map, Place, Problem
from ftops.stack_file import KeyPath, StackFile, list_environments, read_stack_file
from ftops_catalog.errors import BadConfig

if TYPE_CHECKING:
    from pydantic import BaseModel

    from ftops.declared.account import Account
    from ftops.declared.identity import Identity, RoleAssignment
    from ftops.declared.monitoring import ActionGroup, Budget, Diagnostics
    from ftops.declared.network import Network
    from ftops.declared.part import Part
    from ftops.declared.stack import Stack
    from ftops_catalog.catalog import Catalog

__all__ = [
    "Environment",
    "list_environments",
    "parse_environment",
    "parse_stack",
    "read_environment",
]

MANAGED_BY = "pulumi"


@dataclass(frozen=True)
class Environment:
    """Everything one stack file declares, with what it leaves out filled in.

    `accounts` has one entry per account and region; `tags` go on every resource.
    """

    name: str
    location: str
    workload: str
    resource_group: str
    accounts: tuple[Account, ...]
    identities: tuple[Identity, ...]
    role_assignments: tuple[RoleAssignment, ...]
    network: Network | None
    diagnostics: Diagnostics | None
    action_group: ActionGroup | None
    budget: Budget | None
    tags: Mapping[str, str]
    protect: bool
    retain_on_delete: bool
    purge_on_destroy: bool
    place: Place = field(compare=False)

    def called(self, kind: str) -> str:
        """The name of a thing that the stack file does not name: `vnet-ftops-prod`."""
        return f"{kind}-{self.workload}-{self.name}"

    def accounts_called(self, name: str) -> tuple[Account, ...]:
        """The account of a name; all its regions where it was declared once for several."""
        wanted = name.casefold()
        exact = tuple(each for each in self.accounts if each.name.casefold() == wanted)
        spread = (
            each for each in self.accounts if each.name.casefold() == f"{wanted}-{each.location}"
        )
        return exact or tuple(spread)

    def tags_of(self, account: Account) -> dict[str, str]:
        """The environment's tags and the account's own."""
        return {**account.tags, **self.tags}


def read_environment(name: str, root: Path, catalog: Catalog | None = None) -> Environment:
    """The environment of `stacks/Pulumi.<name>.yaml` under `root`.

    Raises BadUsage where there is no such file, BadConfig with every problem of it otherwise.
    """
    from ftops_catalog.catalog import read_catalog

    return parse_stack(read_stack_file(name, root), catalog or read_catalog())


def parse_stack(stack: StackFile, catalog: Catalog) -> Environment:
    """The environment of a stack file that has been read; problems carry its lines."""
    return parse_environment(stack.config, catalog, stack.name, stack)


def parse_environment(
    mapping: Mapping[str, Any], catalog: Catalog, name: str, origin: StackFile | None = None
) -> Environment:
    """An environment from the keys of a stack's config, without their `ftops:` prefix.

    `origin` tells where each key is written. Raises BadConfig with all problems at once. Whether
    a region supports a model is a rule's business, not an error here.
    """
    from pydantic import ValidationError

    from ftops.declared.contradiction import contradictions
    from ftops.declared.problem import problems_of
    from ftops.declared.stack import Stack

    file = origin.file if origin else f"stacks/Pulumi.{name}.yaml"
    where = Map(file, origin.lines if origin else {})
    problems: list[Problem] = []
    try:
        stack = Stack.model_validate(dict(mapping), context={"catalog": catalog})
    except ValidationError as error:
        found = error.errors(include_url=False)
        problems += problems_of(found, Stack, where)
    problems += contradictions(mapping, where)
    if problems:
        raise _bad_config(problems)
    _place(stack, where, ())
    return _environment(stack, name, where)


def _environment(stack: Stack, name: str, where: Map) -> Environment:
    own = {"environment": name, "managed-by": MANAGED_BY}
    return Environment(
        name=name,
        location=stack.location,
        workload=stack.workload,
        resource_group=stack.resource_group or f"rg-{stack.workload}-{name}",
        accounts=tuple(each for account in stack.accounts for each in _spread(account, stack)),
        identities=stack.identities,
        role_assignments=stack.role_assignments,
        network=stack.network,
        diagnostics=stack.diagnostics,
        action_group=stack.action_group,
        budget=stack.budget,
        tags={**stack.tags, **own},
        protect=stack.protect,
        retain_on_delete=stack.retain_on_delete,
        purge_on_destroy=stack.purge_on_destroy,
        place=where.place(("resourceGroup" if stack.resource_group else "location",)),
    )


def _spread(account: Account, stack: Stack) -> Iterator[Account]:
    """The account once in each of its regions."""
    if not account.locations:
        yield account.model_copy(update={"location": account.location or stack.location})
    for location in account.locations:
        name = f"{account.name}-{location}"
        yield account.model_copy(update={"location": location, "name": name, "locations": ()})


def _place(part: BaseModel, where: Map, path: KeyPath) -> None:
    """Tells every part of a stack where it is written."""
    from ftops.declared.part import Part, keys

    if not isinstance(part, Part):
        return
    named = "name" in type(part).model_fields and path
    part.put(where.place((*path, "name") if named else path))
    for key, name in keys(type(part)).items():
        value = getattr(part, name)
        for step, each in _parts(key, value):
            _place(each, where, (*path, *step))


def _parts(key: str, value: Any) -> Iterator[tuple[KeyPath, Part]]:
    from ftops.declared.part import Part

    if isinstance(value, Part):
        yield (key,), value
    if isinstance(value, tuple):
        for index, each in enumerate(value):
            if isinstance(each, Part):
                yield (key, index), each


def _bad_config(problems: Sequence[Problem]) -> BadConfig:
    ordered = sorted(problems, key=lambda each: (each.place.line or 0, each.message))
    first = ordered[0]
    if len(ordered) == 1:
        return BadConfig(f"{first.place}: {first.message}", first.hint)
    lines = "\n".join(f"  {each.place}: {each.message} - {each.hint}" for each in ordered)
    return BadConfig(
        f"{first.place.file} has {len(ordered)} problems:\n{lines}",
        "mend them and run the same command again",
    )
