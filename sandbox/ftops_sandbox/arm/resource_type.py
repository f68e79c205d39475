"""One record per resource type: what the generic engine must know to serve it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Literal

from starlette.responses import Response
from starlette.routing import BaseRoute

from ftops_sandbox.arm import types
from ftops_sandbox.bearer import Caller
from ftops_sandbox.store import Document, Share
from ftops_sandbox.world import World

Body = dict[str, Any]


@dataclass(frozen=True)
class Write:
    """A body about to be kept: checks may refuse it, and answer what to keep beside it."""

    world: World
    id: str
    parent: str
    body: Body
    before: Document | None
    caller: Caller
    now: datetime

    @property
    def name(self) -> str:
        return self.id.rpartition("/")[2]


@dataclass(frozen=True)
class View:
    """A document about to be shown; `base_url` is the scheme and host that the client used.

    `api_version` is the one that was asked in, "" for the newest.
    """

    world: World
    document: Document
    base_url: str
    api_version: str = ""


@dataclass(frozen=True)
class Call:
    """An action on a resource, such as listKeys; `items` is the body where that is a list."""

    world: World
    document: Document
    body: Body
    caller: Caller
    base_url: str
    items: Sequence[Any] = ()


Action = Callable[[Call], Response | Awaitable[Response]]


@dataclass(frozen=True)
class Kept:
    """What the sandbox keeps beside a body: notes for later, and a share of a quota pool."""

    notes: Mapping[str, Any] = field(default_factory=dict)
    share: Share | None = None


def _keep_nothing(_write: Write) -> Kept:
    return Kept()


def _show_nothing(_view: View) -> Body:
    return {}


def _do_nothing(_world: World, _document: Document, _caller: Caller) -> None:
    return


def _as_it_is(word: str) -> str:
    return word


WRITES = frozenset({"PUT", "PATCH", "DELETE"})


@dataclass(frozen=True)
class ResourceType:
    """`name` is `Namespace/type[/type]`; `scope` is where the outermost type lives.

    A type of scope "any" is an extension: it hangs on a subscription, a group or any resource.
    `example` is a body that a create accepts: the contract test writes it, under a name that
    `spell` makes of a word, and under a parent that has `parent_example`. Times are seconds on
    the sandbox's clock. `check` refuses a write by raising ArmError and answers what to keep.
    `show` answers computed properties. `written` and `removed` run in the write's transaction.
    `actions` maps `METHOD name` to its handler; `find` lists, where it is not simply what lies at
    the scope: it is given the scope and the query. Without `shows_stamps` there is no etag and no
    systemData, as in a resource group; without `shows_state` no provisioningState.
    """

    name: str
    api_versions: tuple[str, ...]
    example: Mapping[str, Any]
    scope: Literal["subscription", "group", "any"] = "group"
    tracked: bool = False
    create_s: float = 0.0
    delete_s: float = 0.0
    shows_stamps: bool = True
    shows_state: bool = True
    methods: frozenset[str] = WRITES
    created_status: int = 201
    spell: Callable[[str], str] = _as_it_is
    parent_example: Mapping[str, Any] | None = None
    find: Callable[[World, str, Mapping[str, str]], list[Document]] | None = None
    check: Callable[[Write], Kept] = _keep_nothing
    show: Callable[[View], Body] = _show_nothing
    written: Callable[[World, Document, Document | None], None] = (
        lambda _world, _document, _before: None
    )
    removed: Callable[[World, Document, Caller], None] = _do_nothing
    actions: Mapping[str, Action] = field(default_factory=dict)
    routes: tuple[BaseRoute, ...] = ()

    @property
    def namespace(self) -> str:
        return self.name.partition("/")[0]

    @property
    def parent_name(self) -> str | None:
        """The type that this one is nested in, None at the top."""
        above = self.name.rpartition("/")[0]
        return above if "/" in above else None


@cache
def resource_types() -> Mapping[str, ResourceType]:
    """Every `TYPE` in `arm/types/`, by its folded name: adding a type is adding a file."""
    found: dict[str, ResourceType] = {}
    for module in pkgutil.iter_modules(types.__path__):
        kind = importlib.import_module(f"{types.__name__}.{module.name}").TYPE
        assert isinstance(kind, ResourceType), f"{module.name} has no TYPE"
        assert kind.name.casefold() not in found, f"two files describe {kind.name}"
        found[kind.name.casefold()] = kind
    return found
