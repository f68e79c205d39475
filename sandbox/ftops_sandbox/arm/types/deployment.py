"""Deployments of base and tuned models: what may be deployed where, by which SKU and how much."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from starlette.responses import JSONResponse, Response

from ftops_sandbox.arm.lifetime import forget, serving_since, watch
from ftops_sandbox.arm.model_choice import Choice, choose
from ftops_sandbox.arm.quota import find_pool, take
from ftops_sandbox.arm.render import show as render
from ftops_sandbox.arm.resource_type import Body, Call, Kept, ResourceType, View, Write
from ftops_sandbox.arm.versions import COGNITIVE
from ftops_sandbox.bearer import Caller
from ftops_sandbox.errors import ArmError
from ftops_sandbox.moment import iso
from ftops_sandbox.offer import midnight, offer
from ftops_sandbox.store import Document
from ftops_sandbox.world import DEPLOYMENT, NOTES, World

# The first version that says whether a deployment is paused.
_STATED_SINCE = "2025-12-01"
_PAUSABLE = ("Standard", "DataZoneStandard", "GlobalStandard")


def check(write: Write) -> Kept:
    """Refuses what Azure would, in its order: model, SKU, lifecycle, counts, quota."""
    account = write.world.account(write.parent)
    assert account is not None, "the engine has looked for the parent"
    region = account.body["location"]
    choice = choose(write, account)
    sku, capacity = _sku(write.body, choice, region)
    _check_lifecycle(write, choice)
    write.body["properties"].pop("deploymentState", None)  # what pause and resume set
    _check_counts(write, choice)
    pool = find_pool(choice.model, sku, region, tuned=choice.tuned)
    held = _held(write, pool.key)
    share = take(write.world, pool, capacity, held)
    notes = {
        "sku": sku,
        "capacity": capacity,
        "version": choice.version,
        "base": f"{choice.model.name}-{choice.model.version}",
        "tuned": choice.tuned,
        "region": region,
        "pool": pool.key,
        "since": serving_since(write, sku, tuned=choice.tuned),
        "paused": bool(write.before and write.before.body[NOTES].get("paused")),
    }
    return Kept(notes, share)


def show(view: View) -> Body:
    """The SKU and version that were settled on, and the limits that follow from capacity."""
    document, notes = view.document, view.document.body[NOTES]
    sent = document.body["properties"]
    model = offer().find(notes["base"])
    requests = (model.requests_per_unit if model else 6) * notes["capacity"]
    capability = model.capability if model else "chatCompletion"
    return {
        "sku": {
            **(document.body.get("sku") or {}),
            "name": notes["sku"],
            "capacity": notes["capacity"],
        },
        "properties": {
            "model": {**sent["model"], "version": notes["version"]},
            "versionUpgradeOption": sent.get("versionUpgradeOption")
            or "OnceNewDefaultVersionAvailable",
            "raiPolicyName": sent.get("raiPolicyName") or "Microsoft.DefaultV2",
            "capabilities": {capability: "true", "area": "US"},
            "currentCapacity": notes["capacity"],
            **_state(view),
            "rateLimits": [
                {"key": "request", "renewalPeriod": 60, "count": requests},
                {"key": "token", "renewalPeriod": 60, "count": notes["capacity"] * 1000},
            ],
        },
    }


def _state(view: View) -> Body:
    if view.api_version and view.api_version < _STATED_SINCE:
        return {}
    return {"deploymentState": "Paused" if view.document.body[NOTES]["paused"] else "Running"}


def written(world: World, document: Document, before: Document | None) -> None:
    """One line of history: bills and metrics are made of these. Its lifetime runs."""
    watch(world, document)
    kind = "deployment.updated" if before else "deployment.created"
    world.record(kind, document.key, _facts(document))


def removed(world: World, document: Document, caller: Caller) -> None:
    """Its hours end here."""
    forget(world, document)
    world.record("deployment.deleted", document.key, {**_facts(document), "by": caller.name})


def pause(call: Call) -> Response:
    """Stops inference; the deployment stays."""
    return _set_paused(call, paused=True)


def resume(call: Call) -> Response:
    """Inference goes on."""
    return _set_paused(call, paused=False)


def list_skus(call: Call) -> Response:
    """The SKUs that this deployment could change to."""
    notes = call.document.body[NOTES]
    model = offer().find(notes["base"])
    skus = model.skus(notes["region"], tuned=notes["tuned"]) if model else ()
    value = [
        {
            "resourceType": DEPLOYMENT,
            "sku": {"name": sku, "capacity": notes["capacity"]},
            "capacity": {"minimum": 1, "maximum": 5000, "step": 1, "default": 10},
        }
        for sku in skus
    ]
    return JSONResponse({"value": value})


def _set_paused(call: Call, *, paused: bool) -> Response:
    document, notes = call.document, call.document.body[NOTES]
    if notes["sku"] not in _PAUSABLE:
        raise ArmError(
            400,
            "InvalidResourceProperties",
            f"A deployment with SKU '{notes['sku']}' cannot be paused or resumed.",
        )
    if notes["paused"] != paused:
        body = {**document.body, NOTES: {**notes, "paused": paused}}
        share = call.world.store.share(DEPLOYMENT, document.key)
        document = call.world.store.put(
            DEPLOYMENT,
            document.key,
            body,
            created=document.created,
            parent=document.parent,
            share=share,
        )
        word = "deployment.paused" if paused else "deployment.resumed"
        call.world.record(word, document.key, _facts(document))
    return JSONResponse(render(TYPE, call.world, document, call.base_url))


def _sku(body: Body, choice: Choice, region: str) -> tuple[str, int]:
    sent: Mapping[str, Any] = body.get("sku") or {}
    given = str(sent.get("name") or "Standard")
    sku = offer().sku(given)
    if sku is None or sku not in choice.model.skus(region, tuned=choice.tuned):
        raise ArmError(
            400,
            "InvalidResourceProperties",
            f"The specified SKU '{given}' of account deployment is not supported by the model "
            f"'{choice.name}' version: '{choice.version}'.",
        )
    return sku, _capacity(sent.get("capacity", 1))


def _capacity(sent: Any) -> int:
    """The Azure CLI sends a text, Pulumi a float; both mean the whole number that they spell."""
    try:
        capacity = int(str(sent).removesuffix(".0"))
    except ValueError:
        capacity = 0
    if capacity < 1 or isinstance(sent, bool):
        raise ArmError(
            400,
            "InvalidResourceProperties",
            f"The specified capacity '{sent}' of account deployment is invalid.",
        )
    return capacity


def _check_lifecycle(write: Write, choice: Choice) -> None:
    end = choice.model.end(tuned=choice.tuned)
    if write.before is None and end and write.now >= midnight(end):
        shown = f"Format:{choice.format},Name:{choice.name},Version:{choice.version}"
        raise ArmError(
            400,
            "ServiceModelDeprecated",
            f"The model '{shown}' has been deprecated since {_us_day(end)}.",
        )


def _check_counts(write: Write, choice: Choice) -> None:
    if write.before is not None:
        return
    there = write.world.deployments(write.parent)
    limits = offer().limits
    tuned = sum(1 for document in there if document.body[NOTES]["tuned"])
    counts = [
        ("Standard deployments", len(there) - tuned, limits["deployments_per_account"]),
        ("Fine-tuned model deployments", tuned, limits["tuned_deployments_per_account"]),
    ]
    label, used, limit = counts[1] if choice.tuned else counts[0]
    if used >= limit:
        raise ArmError(
            400,
            "InsufficientQuota",
            f"This operation require 1 new capacity in quota {label}, which is bigger than the "
            f"current available capacity {limit - used}. The current quota usage is {used} and "
            f"the quota limit is {limit} for quota {label}.",
        )


def _held(write: Write, pool: str) -> float:
    """What this deployment has of the pool already; a change of SKU starts from nothing."""
    if write.before is None or write.before.body[NOTES]["pool"] != pool:
        return 0
    return float(write.before.body[NOTES]["capacity"])


def _facts(document: Document) -> dict[str, Any]:
    notes = document.body[NOTES]
    return {
        "sku": notes["sku"],
        "capacity": notes["capacity"],
        "model": document.body["properties"]["model"]["name"],
        "version": notes["version"],
        "base": notes["base"],
        "tuned": notes["tuned"],
        "region": notes["region"],
        "account": document.parent,
        "name": document.key.rpartition("/")[2],
        "created": iso(document.created),
    }


def _us_day(day: date) -> str:
    return f"{day:%m/%d/%Y} 00:00:00"


TYPE = ResourceType(
    name=DEPLOYMENT,
    api_versions=COGNITIVE,
    example={
        "sku": {"name": "GlobalStandard", "capacity": 1},
        "properties": {
            "model": {"format": "OpenAI", "name": "gpt-4.1-mini", "version": "2025-04-14"}
        },
    },
    create_s=0.4,
    check=check,
    show=show,
    written=written,
    removed=removed,
    actions={"POST pause": pause, "POST resume": resume, "GET skus": list_skus},
)
