"""The resources that an environment's program declares, in ARM's shape: no cloud, no CLI."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ftops.engine.origin import origin_of
from ftops.engine.program import Declared, run_program
from ftops.engine.wire import Json
from ftops.environment import Environment, parse_stack
from ftops.place import Place
from ftops.stack_file import StackFile, read_stack_file
from ftops_catalog.arm import ArmRequest, outputs, request
from ftops_catalog.arm_id import above
from ftops_catalog.arm_type import ArmType, read_arm_types
from ftops_catalog.catalog import read_catalog
from ftops_catalog.errors import BadConfig
from ftops_policies.resource import Resource

NOBODY = "00000000-0000-0000-0000-000000000000"
"""Stands for the subscription, the tenant and the caller where nobody is signed in."""


def list_resources(
    environment_name: str, root: Path, subscription_id: str = NOBODY
) -> list[Resource]:
    """Every resource that the program declares for an environment, sorted by ARM id.

    Each has the file and line where a person declared it, if the stack file says so. Raises
    BadUsage or BadConfig for the stack file, BadConfig where the program fails.
    """
    return list_stack(read_stack_file(environment_name, root), root, subscription_id)


def list_stack(stack: StackFile, root: Path, subscription_id: str = NOBODY) -> list[Resource]:
    """The same for a stack file that need not be on disk yet."""
    environment = parse_stack(stack, read_catalog())
    run = run_program(root, stack, Foreseen(subscription_id))
    return resources_of(run.declared, environment, subscription_id)


@dataclass(frozen=True)
class Foreseen:
    """A world that makes nothing: ids follow from names, what only Azure knows stays unknown."""

    subscription_id: str

    def create(self, declared: Declared) -> tuple[str, Mapping[str, Any]]:
        record, sent = arm_request(declared, self.subscription_id)
        name = sent.path.rsplit("/", 1)[-1]
        body = {**sent.body, "id": sent.path, "name": name, "type": record.type}
        # What holds more than was sent, once Azure has answered, is not known as a whole.
        tops = (place.partition(".")[0] for place in record.read_only if "." in place)
        filled = {"properties", *record.shape.nested, *tops}
        return sent.path, {
            key: value for key, value in outputs(record, body).items() if key not in filled
        }

    def invoke(self, token: str, arguments: Json) -> Mapping[str, Any]:
        del arguments
        return client_config(token, self.subscription_id)


def client_config(function: str, subscription_id: str) -> Mapping[str, str]:
    """The answer of getClientConfig; any other function is refused, since none is needed."""
    if function != "azure-native:authorization:getClientConfig":
        raise BadConfig(
            f"the program calls {function}, which has no answer without the Pulumi CLI",
            "install the CLI (https://www.pulumi.com/docs/install) or leave the call out",
        )
    return {
        "subscriptionId": subscription_id,
        "tenantId": NOBODY,
        "clientId": NOBODY,
        "objectId": NOBODY,
    }


def arm_request(declared: Declared, subscription_id: str) -> tuple[ArmType, ArmRequest]:
    """The record and the request of a declared resource; BadConfig names it where there is none."""
    record = read_arm_types().token(declared.token)
    try:
        return record, request(record, declared.inputs, subscription_id)
    except BadConfig as error:
        raise BadConfig(f"{declared.name}: {error.message}", error.hint) from error


def resources_of(
    declared: Sequence[Declared], environment: Environment, subscription_id: str
) -> list[Resource]:
    """Declared resources as rules see them, each with its parent and its line."""
    origin, whole = origin_of(environment), Place(environment.place.file)
    found: dict[str, Resource] = {}
    asked = [(each, *arm_request(each, subscription_id)) for each in declared]
    # By path: a parent comes before its children, and two runs can be compared.
    for each, record, sent in sorted(asked, key=lambda one: one[2].path.casefold()):
        parent = found.get(above(sent.path).casefold())
        place = origin.find(record.type, sent.path, each.name) or _above(parent, whole)
        found[sent.path.casefold()] = Resource(
            type=record.type,
            name=sent.path.rsplit("/", 1)[-1],
            body=sent.body,
            id=sent.path,
            urn=each.urn,
            parent=parent,
            file=place.file,
            line=place.line,
            protect=each.protect,
        )
    return list(found.values())


def _above(parent: Resource | None, whole: Place) -> Place:
    """Where to look for what no key of its own declares: at what it lies in, or in the file."""
    return Place(parent.file, parent.line) if parent and parent.file else whole
