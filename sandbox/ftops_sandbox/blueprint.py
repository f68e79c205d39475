"""A world as a file describes it: accounts, tuned models, deployments and their traffic."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ftops_sandbox.errors import BadOrder
from ftops_sandbox.offer import offer
from ftops_sandbox.traffic import Traffic, parse_past, parse_traffic

_GROUP, _REGION, _MODEL = "world", "swedencentral", "gpt-4.1-mini"
_GENERATED_MAX = 20_000
Object = Mapping[str, Any]


@dataclass(frozen=True)
class PlannedDeployment:
    """`model` is a base model's name, or what a tuned model of an account of the file is called.

    `source` names that account, None for the deployment's own.
    """

    name: str
    model: str
    version: str | None
    sku: str
    capacity: int
    created: datetime
    tags: Object
    traffic: Traffic | None
    source: str | None = None


@dataclass(frozen=True)
class PlannedModel:
    """A tuned model: `name` is what deployments of the file call it, `suffix` Azure's."""

    name: str
    base: str
    suffix: str
    created: datetime
    examples: tuple[Object, ...]


@dataclass(frozen=True)
class PlannedAccount:
    """An account with all that it holds."""

    name: str
    group: str
    location: str
    kind: str
    created: datetime
    tags: Object
    properties: Object
    models: tuple[PlannedModel, ...] = field(default=())
    deployments: tuple[PlannedDeployment, ...] = field(default=())


def parse_blueprint(body: Object, now: datetime) -> list[PlannedAccount]:
    """Every account of a file; BadOrder names the place that cannot be read."""
    _only(body, {"accounts", "generate"}, "the file")
    accounts = [
        _account(one, f"accounts[{place}]", now)
        for place, one in enumerate(_list(body, "accounts", "the file"))
    ]
    recipes = body.get("generate") or []
    for place, recipe in enumerate([recipes] if isinstance(recipes, dict) else recipes):
        accounts += _generate(_object(recipe, f"generate[{place}]"), f"generate[{place}]", now)
    if not accounts:
        raise BadOrder('Say "accounts", "generate" or both.')
    return accounts


def _account(given: Any, where: str, now: datetime) -> PlannedAccount:
    one = _object(given, where)
    known = {"name", "group", "location", "kind", "created", "tags", "properties"}
    _only(one, known | {"tuned_models", "deployments"}, where)
    created = _moment(one, where, now, now)
    return PlannedAccount(
        name=_text(one, "name", where),
        group=_text(one, "group", where, _GROUP),
        location=_text(one, "location", where, _REGION),
        kind=_text(one, "kind", where, "OpenAI"),
        created=created,
        tags=_object(one.get("tags") or {}, f"{where}.tags"),
        properties=_object(one.get("properties") or {}, f"{where}.properties"),
        models=tuple(
            _model(model, f"{where}.tuned_models[{place}]", now, created)
            for place, model in enumerate(_list(one, "tuned_models", where))
        ),
        deployments=tuple(
            _deployment(inner, f"{where}.deployments[{place}]", now, created)
            for place, inner in enumerate(_list(one, "deployments", where))
        ),
    )


def _model(given: Any, where: str, now: datetime, usual: datetime) -> PlannedModel:
    one = _object(given, where)
    _only(one, {"name", "model", "suffix", "created", "examples"}, where)
    name = _text(one, "name", where)
    examples = [_object(row, where) for row in _list(one, "examples", where)]
    suffix = _text(one, "suffix", where, name)
    base = _text(one, "model", where, _MODEL)
    return PlannedModel(name, base, suffix, _moment(one, where, now, usual), tuple(examples))


def _deployment(given: Any, where: str, now: datetime, usual: datetime) -> PlannedDeployment:
    one = _object(given, where)
    known = {"name", "model", "version", "sku", "capacity", "created", "tags", "traffic"}
    _only(one, known | {"source"}, where)
    capacity = one.get("capacity", 1)
    if isinstance(capacity, bool) or not isinstance(capacity, int):
        raise BadOrder(f'{where}: "capacity" is {capacity!r}: a whole number.')
    return PlannedDeployment(
        name=_text(one, "name", where),
        model=_text(one, "model", where, _MODEL),
        version=_text(one, "version", where) if one.get("version") else None,
        sku=_text(one, "sku", where, "GlobalStandard"),
        capacity=capacity,
        created=_moment(one, where, now, usual),
        tags=_object(one.get("tags") or {}, f"{where}.tags"),
        traffic=_traffic(one.get("traffic"), f"{where}.traffic", now),
        source=_text(one, "source", where) if one.get("source") else None,
    )


def _traffic(given: Any, where: str, now: datetime) -> Traffic | None:
    if not given:
        return None
    try:
        return parse_traffic(_object(given, where), now)
    except ValueError as error:
        raise BadOrder(f"{where}: {error}") from None


def _generate(recipe: Object, where: str, now: datetime) -> Iterator[PlannedAccount]:
    """Accounts `GROUP-0000…` over all regions and both kinds, each with deployments `d1…`."""
    inner = {"model", "source", "version", "sku", "capacity", "traffic"}
    _only(recipe, inner | {"group", "accounts", "deployments", "created", "tags"}, where)
    group, counts = _text(recipe, "group", where, _GROUP), []
    for name in ("accounts", "deployments"):
        count = recipe.get(name, 1)
        if isinstance(count, bool) or not isinstance(count, int) or count < 0:
            raise BadOrder(f'{where}: "{name}" is {count!r}: how many, as a whole number.')
        counts.append(count)
    if counts[0] * (1 + counts[1]) > _GENERATED_MAX:
        raise BadOrder(f"{where}: that is more than {_GENERATED_MAX} resources.")
    created = _moment(recipe, where, now, now)
    shared = {key: recipe[key] for key in inner if key in recipe}
    regions = offer().regions
    deployments = tuple(
        _deployment({**shared, "name": f"d{n + 1}"}, where, now, created) for n in range(counts[1])
    )
    tags = _object(recipe.get("tags") or {}, f"{where}.tags")
    for number in range(counts[0]):
        kind = ("OpenAI", "AIServices")[number // len(regions) % 2]
        region, name = regions[number % len(regions)], f"{group}-{number:04}"
        yield PlannedAccount(name, group, region, kind, created, tags, {}, deployments=deployments)


def _only(given: Object, known: Iterable[str], where: str) -> None:
    if unknown := sorted(map(str, given.keys() - set(known))):
        raise BadOrder(f"{where}: unknown {unknown[0]!r}; known are {', '.join(sorted(known))}.")


def _object(given: Any, where: str) -> Object:
    if not isinstance(given, dict):
        raise BadOrder(f"{where} is no mapping.")
    return given


def _list(given: Object, name: str, where: str) -> list[Any]:
    found = given.get(name) or []
    if not isinstance(found, list):
        raise BadOrder(f'{where}: "{name}" is no list.')
    return found


def _text(given: Object, name: str, where: str, usual: str | None = None) -> str:
    found = given.get(name, usual)
    if not isinstance(found, str) or not found or "/" in found:
        raise BadOrder(f'{where}: "{name}" is {found!r}: a text without a slash.')
    return found


def _moment(given: Object, where: str, now: datetime, usual: datetime) -> datetime:
    text = given.get("created")
    if text is None:
        return usual
    try:
        return parse_past(str(text), now)
    except ValueError as error:
        raise BadOrder(f"{where}.created: {error}") from None
