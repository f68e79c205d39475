"""A picture of an environment as Mermaid text, small enough to be read in a pull request."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ftops.prospect import known, model, region, sku, title
from ftops_policies.resource import ACCOUNT, DEPLOYMENT, RESOURCE_GROUP, Resource

NODES_MAX = 60
"""What still fits a screen; above it like things are folded into one with their count."""

EDGES_MAX = 400
"""Mermaid itself gives up at 500."""

AREAS: Mapping[str, str] = {
    "microsoft.network": "network",
    "microsoft.managedidentity": "identities",
    "microsoft.authorization": "identities",
    "microsoft.insights": "monitoring",
    "microsoft.operationalinsights": "monitoring",
    "microsoft.consumption": "budget",
    "microsoft.keyvault": "keys",
}
"""Where a thing is drawn, by its resource provider; accounts are drawn by region."""

PLAIN = frozenset(" ._-/:,()+")
FOLDS = 4


@dataclass(frozen=True)
class Node:
    """One box: who is in it (ARM ids without case), its lines, the boxes around it."""

    members: tuple[str, ...]
    lines: tuple[str, ...]
    areas: tuple[str, ...]


def render_picture(resources: Sequence[Resource], nodes_max: int = NODES_MAX) -> str:
    """A Mermaid flowchart of what is declared; the same resources give the same text.

    Above `nodes_max` boxes deployments are folded per account, then other things by type, then
    accounts by region, each with its count.
    """
    drawn = sorted(
        (each for each in resources if not each.is_a(RESOURCE_GROUP)),
        key=lambda each: each.id.casefold(),
    )
    for fold in range(FOLDS):
        nodes = list(_nodes(drawn, resources, fold))
        if len(nodes) <= nodes_max:
            break
    lines = ["flowchart LR", *_boxes(nodes), *_edges(drawn, nodes)]
    return "\n".join(lines) + "\n"


def _nodes(drawn: Sequence[Resource], resources: Sequence[Resource], fold: int) -> Iterator[Node]:
    """The boxes at a level of folding, those of one fold put together."""
    groups = {each.id.casefold(): each for each in resources if each.is_a(RESOURCE_GROUP)}
    folded: dict[tuple[Any, ...], list[tuple[Resource, Node]]] = defaultdict(list)
    for each in drawn:
        node = Node((each.id.casefold(),), _lines(each), _areas(each, groups))
        folded[_fold_key(each, node, fold)].append((each, node))
    for members in folded.values():
        if len(members) == 1:
            yield members[0][1]
            continue
        ids = tuple(node.members[0] for _, node in members)
        yield replace(members[0][1], members=ids, lines=tuple(_sum([one for one, _ in members])))


def _fold_key(resource: Resource, node: Node, fold: int) -> tuple[Any, ...]:
    """Things with the same key share a box."""
    account = _account_of(resource)
    if account and fold >= 3:  # noqa: PLR2004 - the last level
        return ("region", node.areas)
    if resource.is_a(DEPLOYMENT) and fold >= 1:
        return ("deployments", account.id.casefold() if account else "", node.areas)
    if account is not resource and fold >= 2:  # noqa: PLR2004 - the level before the last
        return ("type", resource.type.casefold(), node.areas)
    return ("one", resource.id.casefold())


def _account_of(resource: Resource) -> Resource | None:
    while not resource.is_a(ACCOUNT):
        if resource.parent is None:
            return None
        resource = resource.parent
    return resource


def _areas(resource: Resource, groups: Mapping[str, Resource]) -> tuple[str, ...]:
    """The boxes around a thing, from the outside: its group, then its region or its kind."""
    head = "/".join(resource.id.casefold().split("/")[:5])
    outside = (groups[head].name,) if head in groups else ()
    if _account_of(resource):
        return (*outside, region(resource) or "region unknown")
    provider = resource.type.partition("/")[0].casefold()
    return (*outside, AREAS.get(provider, "other"))


def _lines(resource: Resource) -> tuple[str, ...]:
    """What stands in the box of one thing."""
    if resource.is_a(DEPLOYMENT):
        capacity = known(resource, "sku.capacity")
        told = "capacity unknown" if capacity is None else str(capacity)
        return resource.name, model(resource) or "model unknown", f"{sku(resource)} {told}"
    if resource.is_a(ACCOUNT):
        access = known(resource, "properties.publicNetworkAccess")
        network = {"Enabled": "public network", "Disabled": "no public network"}
        kind = f"{known(resource, 'kind')} {sku(resource)}"
        return resource.name, kind, network.get(str(access), "network unknown")
    name = title(resource).removeprefix(f"{resource.parent.label}/" if resource.parent else "")
    return name, resource.type.rpartition("/")[2]


def _sum(resources: Sequence[Resource]) -> Iterator[str]:
    """What stands in a box of several: how many of each type, and the capacity by SKU."""
    counted = Counter(each.type.rpartition("/")[2] for each in resources)
    for kind, count in sorted(counted.items()):
        yield f"{count} {kind}"
    capacities: dict[str, list[Any]] = defaultdict(list)
    for each in resources:
        if each.is_a(DEPLOYMENT):
            capacities[str(sku(each))].append(known(each, "sku.capacity"))
    for name, found in sorted(capacities.items()):
        yield f"{name} {'capacity unknown' if None in found else sum(found)}"


def _boxes(nodes: Sequence[Node]) -> Iterator[str]:
    """Boxes in the boxes around them, by the order in which they come."""
    numbers = {id(node): number for number, node in enumerate(nodes)}
    areas: dict[str, dict[tuple[str, ...], list[Node]]] = {}
    for node in nodes:
        outside = node.areas[0] if len(node.areas) > 1 else ""
        areas.setdefault(outside, {}).setdefault(node.areas[-1:], []).append(node)
    count = 0
    for outside, inner in areas.items():
        indent = "  "
        if outside:
            yield f'  subgraph g{count}["{escape(outside)}"]'
            indent, count = "    ", count + 1
        for (head,), members in inner.items():
            yield f'{indent}subgraph g{count}["{escape(head)}"]'
            count += 1
            for node in members:
                text = "<br/>".join(map(escape, node.lines))
                yield f'{indent}  n{numbers[id(node)]}["{text}"]'
            yield f"{indent}end"
        if outside:
            yield "  end"


def _edges(drawn: Sequence[Resource], nodes: Sequence[Node]) -> list[str]:
    """From what holds to what it holds; dotted from what speaks of a thing to that thing."""
    numbers = {member: number for number, node in enumerate(nodes) for member in node.members}
    edges: dict[tuple[int, int], str] = {}
    for each in drawn:
        own = numbers[each.id.casefold()]
        if each.parent and each.parent.id.casefold() in numbers:
            edges.setdefault((numbers[each.parent.id.casefold()], own), "-->")
        for other in _mentions(each, numbers):
            if (numbers[other], own) not in edges:
                edges.setdefault((own, numbers[other]), "-.->")
    lines = [f"  n{one} {arrow} n{two}" for (one, two), arrow in edges.items() if one != two]
    return lines[:EDGES_MAX]


def _mentions(resource: Resource, numbers: Mapping[str, int]) -> Iterator[str]:
    """The drawn things that a body, or the scope in an id, speaks of."""
    own = resource.id.casefold()
    for text in (own.rpartition("/providers/")[0], *_texts(resource.body)):
        parts = text.casefold().split("/")
        # A subnet speaks of its network: the longest id that is drawn counts.
        for end in range(len(parts), 8, -1):
            found = "/".join(parts[:end])
            if found in numbers and found != own:
                yield found
                break


def _texts(value: Any) -> Iterator[str]:
    """Every text of a body, keys included: identities are named by key."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key)
            yield from _texts(inner)
    elif isinstance(value, Iterable) and not isinstance(value, bytes):
        for inner in value:
            yield from _texts(inner)


def escape(text: str) -> str:
    """A text that Mermaid shows as it is: whatever it might read as its own goes as a number."""
    return "".join(sign if sign.isalnum() or sign in PLAIN else f"#{ord(sign)};" for sign in text)
