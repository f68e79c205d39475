"""The JSON schema of a stack file, for editors and for whoever writes one by program."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ftops.declared.description import descriptions, parts
from ftops.declared.stack import Stack
from ftops.stack_file import PROJECT
from ftops_catalog.catalog import Catalog, read_catalog

Json = dict[str, Any]

FILE = Path("stacks") / "environment.schema.json"
"""Where the schema lies in a project; stack files name it in their first line."""


def stack_schema() -> Json:
    """JSON Schema 2020-12 of a whole stack file; other projects' keys may be anything."""
    own = _plain(Stack.model_json_schema(by_alias=True))
    defined = own.pop("$defs", {})
    _describe(own, defined)
    _offer(own, defined, read_catalog())
    prefixed = {f"{PROJECT}:{key}": value for key, value in own["properties"].items()}
    names = "|".join(own["properties"])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An environment of ftops: stacks/Pulumi.<env>.yaml",
        "type": "object",
        "required": ["config"],
        "properties": {
            "config": {
                "type": "object",
                "required": [f"{PROJECT}:{key}" for key in own["required"]],
                "properties": prefixed,
                "patternProperties": {f"^{PROJECT}:(?!({names})$)": False},
            },
        },
        "$defs": defined,
    }


def _describe(own: Json, defined: Json) -> None:
    """Each key's text, which an editor shows beside it."""
    for path, part in parts(Stack):
        schema = defined[part.__name__] if path else own
        for name, said in descriptions(part).items():
            key = part.model_fields[name].alias or name
            schema["properties"][key] = {"description": said, **schema["properties"][key]}


def _offer(own: Json, parts: Json, catalog: Catalog) -> None:
    """Names that an editor can complete; others are not refused here, as spellings differ."""
    regions = [region.name for region in catalog.regions]
    deployment = parts["Deployment"]["properties"]
    for schema, names in (
        (own["properties"]["location"], regions),
        (parts["Account"]["properties"]["location"], regions),
        (parts["Account"]["properties"]["locations"]["items"], regions),
        (deployment["model"], sorted({model.name for model in catalog.models})),
        (deployment["sku"], [sku.name for sku in catalog.skus]),
    ):
        schema["anyOf"] = [{"enum": names}, {"type": schema.pop("type")}]


def _plain(schema: Any) -> Any:
    """Without what says nothing to a person: titles made of keys, and null beside a type."""
    if isinstance(schema, list):
        return [_plain(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    kinds = [each for each in schema.get("anyOf", []) if each != {"type": "null"}]
    if len(kinds) == 1:
        schema = {**{key: each for key, each in schema.items() if key != "anyOf"}, **kinds[0]}
    kept = {key: each for key, each in schema.items() if not _empty(key, each)}
    return {key: _plain(each) for key, each in kept.items()}


def _empty(key: str, value: Any) -> bool:
    if key == "title":
        return isinstance(value, str)
    return key == "default" and value in (None, "", [], {})


def render_schema() -> str:
    """The schema's file, the same on every machine."""
    return json.dumps(stack_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(render_schema(), encoding="utf-8")
