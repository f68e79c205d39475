"""Cognitive Services accounts of the kinds OpenAI and AIServices."""

from __future__ import annotations

import re
import secrets
import uuid
from typing import Any

from starlette.responses import JSONResponse, Response

from ftops_sandbox.arm import availability, capacity, content_filter, deleted_account, model_list
from ftops_sandbox.arm.quota import count_share
from ftops_sandbox.arm.render import show as render
from ftops_sandbox.arm.resource_type import (
    Body,
    Call,
    Kept,
    ResourceType,
    View,
    Write,
    resource_types,
)
from ftops_sandbox.arm.versions import COGNITIVE
from ftops_sandbox.bearer import Caller
from ftops_sandbox.errors import ArmError
from ftops_sandbox.host import is_azure
from ftops_sandbox.identity import show_identity
from ftops_sandbox.moment import iso
from ftops_sandbox.store import Document
from ftops_sandbox.world import ACCOUNT, NOTES, World

_KINDS = ("OpenAI", "AIServices")
_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]{1,63}")
_SUBDOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
_CONNECTION = f"{ACCOUNT}/privateEndpointConnections"
_ZONES = ("privatelink.cognitiveservices.azure.com", "privatelink.services.ai.azure.com")
_APIS = (
    "OpenAI Language Model Instance API",
    "OpenAI Dall-E API",
    "OpenAI Whisper API",
    "OpenAI Model Scaleset API",
)


def check(write: Write) -> Kept:
    """Refuses what Azure would; a first write, or a restore, brings the keys."""
    _check_body(write)
    deleted = deleted_account.find_deleted(write.world, write.id)
    restore = bool((write.body.get("properties") or {}).pop("restore", False))
    if deleted is not None and write.before is None:
        return _restored(write, deleted, restore=restore)
    if restore and write.before is None:
        raise ArmError(
            400,
            "CanNotRestoreANonExistingResource",
            f"An existing resource with ID '{write.id}' was not found among the deleted ones.",
        )
    _check_subdomain(write)
    share = count_share(write.world, write.body, fresh=write.before is None)
    if write.before is None:
        return Kept({"keys": {"key1": _key(), "key2": _key()}}, share)
    return Kept(share=share)


def show(view: View) -> Body:
    """Endpoints, and what Azure adds of its own."""
    document, sent = view.document, view.document.body.get("properties") or {}
    endpoint = _endpoint(view)
    computed: Body = {
        "properties": {
            "endpoint": endpoint,
            "endpoints": dict.fromkeys(_APIS, endpoint),
            "internalId": uuid.uuid5(uuid.NAMESPACE_URL, document.key.casefold()).hex,
            "dateCreated": iso(document.created),
            "isMigrated": False,
            "callRateLimit": {"rules": []},
            "capabilities": [{"name": "VirtualNetworks"}, {"name": "CustomerManagedKey"}],
            "privateEndpointConnections": _connections(view),
            "publicNetworkAccess": sent.get("publicNetworkAccess") or "Enabled",
        }
    }
    return computed | show_identity(view.world, document)


def written(world: World, document: Document, before: Document | None) -> None:
    """Makes the account findable by the names that its data plane goes by."""
    properties = document.body.get("properties") or {}
    pointer = {"id": document.key}
    if subdomain := properties.get("customSubDomainName"):
        world.store.put("subdomain", subdomain, pointer, created=document.created)
    name = document.key.rpartition("/")[2]
    world.store.put("account.name", name, pointer, created=document.created)
    facts = {key: document.body.get(key) for key in ("kind", "location", "sku", "tags")}
    if before is not None:
        world.record("account.updated", document.key, facts)
    else:
        restored = deleted_account.find_deleted(world, document.key) is not None
        deleted_account.forget(world, document.key)
        world.record("account.restored" if restored else "account.created", document.key, facts)


def removed(world: World, document: Document, caller: Caller) -> None:
    """A deleted account keeps its name and its data for 48 hours."""
    deleted_account.keep_deleted(world, document)
    world.record("account.deleted", document.key, {"by": caller.name})


def list_keys(call: Call) -> Response:
    """Both keys, unless key access is off."""
    if (call.document.body.get("properties") or {}).get("disableLocalAuth"):
        raise ArmError(
            400,
            "BadRequest",
            "Failed to list key. disableLocalAuth is set to be true",
        )
    return JSONResponse(call.document.body[NOTES]["keys"])


def regenerate_key(call: Call) -> Response:
    """A new key in place of the one named; the other stays."""
    which = str(call.body.get("keyName", "")).casefold()
    if which not in ("key1", "key2"):
        raise ArmError(400, "InvalidKeyName", "The keyName is either 'Key1' or 'Key2'.")
    document = call.document
    keys = {**document.body[NOTES]["keys"], which: _key()}
    body = {**document.body, NOTES: {**document.body[NOTES], "keys": keys}}
    call.world.store.put(
        ACCOUNT,
        document.key,
        body,
        created=document.created,
        parent=document.parent,
        share=call.world.store.share(ACCOUNT, document.key),
    )
    return JSONResponse(keys)


def list_link_resources(call: Call) -> Response:
    """What a private endpoint may be made for: the account, and the zones of its names."""
    kind = call.document.body["kind"]
    zones = [] if kind == "OpenAI" else list(_ZONES)
    value = {
        "id": f"{call.document.key}/privateLinkResources/account",
        "name": "account",
        "type": f"{ACCOUNT}/privateLinkResources",
        "properties": {
            "groupId": "account",
            "displayName": "Cognitive Services API (account)",
            "requiredMembers": ["default"],
            "requiredZoneNames": [*zones, "privatelink.openai.azure.com"],
        },
    }
    return JSONResponse({"value": [value]})


def _connections(view: View) -> list[Body]:
    found = view.world.store.list(_CONNECTION, view.document.key)
    kind = resource_types()[_CONNECTION.casefold()]
    return [render(kind, view.world, one, view.base_url) for one in found]


def _check_body(write: Write) -> None:
    kind, sku = write.body.get("kind"), write.body.get("sku") or {}
    if write.body["location"] == "global" or kind not in _KINDS:
        raise ArmError(
            400,
            "InvalidApiSetId",
            f"The account type '{kind or ''}' is either invalid or unavailable in given region.",
        )
    if str(sku.get("name", "")).casefold() != "s0":
        raise ArmError(
            400,
            "InvalidSkuId",
            f"The sku '{sku.get('name', '')}' is either invalid or unavailable in given region.",
        )
    if not _NAME.fullmatch(write.name):
        raise ArmError(
            400,
            "InvalidAccountName",
            f"Account name '{write.name}' is invalid: 2 to 64 letters, digits, '_', '.' or '-'.",
        )
    if write.before and write.before.body["kind"] != kind:
        raise ArmError(400, "AccountKindNotChangeable", "The kind of an account cannot change.")


def _check_subdomain(write: Write) -> None:
    name = (write.body.get("properties") or {}).get("customSubDomainName")
    if name is None:
        return
    if not isinstance(name, str) or not _SUBDOMAIN.fullmatch(name):
        raise ArmError(
            400, "CustomDomainInvalid", f"The subdomain name '{name}' is not a valid host label."
        )
    holder = write.world.store.get("subdomain", name)
    if holder and holder.body["id"].casefold() != write.id.casefold():
        deleted_account.list_deleted(write.world)
        if write.world.store.get("subdomain", name):
            raise ArmError(
                409,
                "CustomDomainInUse",
                f"Please pick a different name. The subdomain name '{name}' is not available as "
                "it's already used by a resource.",
            )


def _restored(write: Write, deleted: Document, *, restore: bool) -> Kept:
    if not restore:
        raise ArmError(
            409,
            "FlagMustBeSetForRestore",
            f"An existing resource with ID '{write.id}' has been soft-deleted. To restore the "
            "resource, you must specify 'restore' to be 'true' in the property. If you don't "
            "want to restore existing resource, please purge it first.",
        )
    kept: dict[str, Any] = {key: v for key, v in deleted.body.items() if key != NOTES}
    write.body.clear()
    write.body.update(kept)
    # A recording shows that a restore has Succeeded in its first answer.
    share = count_share(write.world, write.body, fresh=True)
    return Kept({"keys": deleted.body[NOTES]["keys"], "settles": iso(write.now)}, share)


def _endpoint(view: View) -> str:
    body = view.document.body
    subdomain = (body.get("properties") or {}).get("customSubDomainName")
    if not is_azure(view.base_url.partition("://")[2]):
        return f"{view.base_url}/_acct/{subdomain or view.document.key.rpartition('/')[2]}/"
    if not subdomain:
        return f"https://{body['location']}.api.cognitive.microsoft.com/"
    suffix = "openai.azure.com" if body["kind"] == "OpenAI" else "cognitiveservices.azure.com"
    return f"https://{subdomain}.{suffix}/"


def _key() -> str:
    return secrets.token_hex(16)


TYPE = ResourceType(
    name=ACCOUNT,
    api_versions=COGNITIVE,
    example={
        "location": "eastus2",
        "kind": "OpenAI",
        "sku": {"name": "S0"},
        "tags": {"owner": "example"},
        "properties": {},
    },
    tracked=True,
    create_s=1.0,
    check=check,
    show=show,
    written=written,
    removed=removed,
    actions={
        "POST listKeys": list_keys,
        "POST regenerateKey": regenerate_key,
        "GET models": model_list.list_account_models,
        "GET skus": model_list.list_account_skus,
        "GET usages": model_list.list_account_usages,
        "GET privateLinkResources": list_link_resources,
    },
    routes=(
        *model_list.routes,
        *capacity.routes,
        *availability.routes,
        *content_filter.routes,
        *deleted_account.routes,
    ),
)
