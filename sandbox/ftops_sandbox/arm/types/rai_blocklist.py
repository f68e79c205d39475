"""Lists of words that an account's deployments refuse, and adding or taking many at once."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from ftops_sandbox.arm.plant import plant
from ftops_sandbox.arm.render import show as render
from ftops_sandbox.arm.resource_type import Call, ResourceType
from ftops_sandbox.arm.versions import COGNITIVE_2024
from ftops_sandbox.errors import ArmError
from ftops_sandbox.world import ACCOUNT

_NAME = f"{ACCOUNT}/raiBlocklists"
_ITEM = f"{_NAME}/raiBlocklistItems"


def add_items(call: Call) -> Response:
    """`[{"name", "properties"}]`; answers the list itself, as Azure does."""
    for item in call.items:
        name, properties = (
            (item.get("name"), item.get("properties")) if isinstance(item, dict) else (None, None)
        )
        if not isinstance(name, str) or not name or "/" in name or not isinstance(properties, dict):
            raise _bad("Every item has a name and properties.")
    with call.world.store.transaction():
        for item in call.items:
            body = {"properties": item["properties"]}
            key = f"{call.document.key}/raiBlocklistItems/{item['name']}"
            plant(call.world, _ITEM, key, call.document.key, body, call.caller)
    return JSONResponse(render(TYPE, call.world, call.document, call.base_url))


def delete_items(call: Call) -> Response:
    """A list of names; one that is not there is no error."""
    for name in call.items:
        if not isinstance(name, str):
            raise _bad("Every name is a text.")
        call.world.store.delete(_ITEM, f"{call.document.key}/raiBlocklistItems/{name}")
    return Response(status_code=204)


def _bad(message: str) -> ArmError:
    return ArmError(400, "InvalidRequestContent", message)


TYPE = ResourceType(
    name=_NAME,
    api_versions=COGNITIVE_2024,
    example={"properties": {"description": "Words of no use here."}},
    shows_state=False,
    methods=frozenset({"PUT", "DELETE"}),
    delete_s=0.2,
    actions={"POST addRaiBlocklistItems": add_items, "POST deleteRaiBlocklistItems": delete_items},
)
