"""Azure's published examples as requests to send, and its published schemas to hold answers to."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft4Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

Json = dict[str, Any]
SPECS: Final = Path(__file__).parents[2].parent / "shared" / "azure-specs"
ABSENT: Final = "Azure's published specifications are not at hand"
COGNITIVE: Final = "cognitiveservices"
SWAGGER: Final = f"{COGNITIVE}/cognitiveservices-2024-10-01-nearest-complete-swagger.json"
COLLECTIONS: Final = frozenset(
    [
        "accounts",
        "deployments",
        "deletedAccounts",
        "raiPolicies",
        "projects",
        "connections",
        "commitmentPlans",
        "privateEndpointConnections",
        "raiContentFilters",
        "accountAssociations",
    ]
)
"""The last words of paths that list what can also be asked for one by one."""

_LATER: Final = {
    "CreateProject": ("put", "/projects/{projectName}", "project"),
    "CreateProjectMin": ("put", "/projects/{projectName}", "project"),
    "UpdateProjects": ("patch", "/projects/{projectName}", "project"),
    "GetProject": ("get", "/projects/{projectName}", ""),
    "ListProjects": ("get", "/projects", ""),
    "DeleteProject": ("delete", "/projects/{projectName}", ""),
    "create": ("put", "/connections/{connectionName}", "body"),
}
"""What the 2024-10-01 swagger does not have: method, path below an account, body."""
MONITOR: Final = {
    "ResourceUri": {"name": "resourceUri", "in": "path"},
    **{each: {"name": each.lower(), "in": "query"} for each in
       ("Region", "Top", "OrderBy", "MetricNamespace", "RollUpBy", "Filter", "Interval")},
    "Aggregations": {"name": "aggregation", "in": "query"},
}  # fmt: skip
"""Parameters of a document of Monitor's that is not at hand."""
_ACCOUNT: Final = (
    "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
    "/providers/Microsoft.CognitiveServices/accounts/{accountName}"
)


@dataclass(frozen=True)
class Example:
    """One published request: where it goes, what it carries, what may come back."""

    name: str
    method: str
    path: str
    given: Json
    query: Json
    body: Any
    answers: dict[int, Json | None] = field(repr=False)
    document: str = field(repr=False)

    @property
    def operation(self) -> str:
        """The operation in the words of the parity table."""
        return f"{self.method} {_worded(self.path, self.method)}"

    def named(self, **names: Any) -> Example:
        """The same request about other things: values of its path, query and body by name."""
        given = {**self.given, **{key: names[key] for key in names if key in self.given}}
        query = {key: names.get(key, value) for key, value in self.query.items()}
        return replace(self, given=given, query=query)

    @property
    def url(self) -> str:
        return re.sub(r"\{([^}]+)\}", lambda one: str(self.given[one[1]]), self.path)


def example(folder: str, swagger: str, name: str) -> Example:
    """The example of that file name, with the operation of the swagger that refers to it."""
    text = (SPECS / folder / f"{name}.json").read_text(encoding="utf-8")
    given: Json = json.loads(text)["parameters"]
    method, path, operation = _operation(swagger, name.rpartition("/")[2])
    parameters = [_resolved(swagger, one) for one in operation["parameters"]]
    parameters += [{"name": "body", "in": "body"}] if "requestBody" in operation else []
    query = {one["name"]: given[one["name"]] for one in parameters
             if one["in"] == "query" and one["name"] in given}  # fmt: skip
    names = [one["name"] for one in parameters if one["in"] == "body"]
    body = given.get(names[0], given.get("body")) if names else None
    answers = {int(code): _schema(answer) for code, answer in operation["responses"].items()
               if code.isdigit()}  # fmt: skip
    return Example(name, method.upper(), path, given, query, body, answers, swagger)


def paths(swagger: str) -> list[str]:
    """The paths of a swagger; none where it is not at hand."""
    return sorted(_read(swagger)["paths"]) if (SPECS / swagger).exists() else []


def refers(swagger: str, name: str) -> bool:
    """Whether a swagger says which operation that example is of."""
    try:
        _operation(swagger, name)
    except LookupError:
        return False
    return True


def problems(asked: Example, status: int, answer: Any) -> list[str]:
    """What of an answer is not as published; nothing when all of it is."""
    if status not in asked.answers:
        return [f"{status} is none of {sorted(asked.answers)}: {answer}"]
    schema = asked.answers[status]
    if schema is None or schema.get("type") == "file":
        return []
    text = json.dumps(_opened(schema)).replace('"#/', f'"{asked.document}#/')
    return _faults(Draft4Validator(json.loads(text), registry=_registry()), answer)


def resource_problems(answer: Json) -> list[str]:
    """What of a resource is not in its published 2025-06-01 type: unknown or mistyped.

    `systemData` and `etag` belong to every resource.
    """
    if "id" not in answer:
        return []
    types = _bicep()
    wanted = f"{answer.get('type', '')}@2025-06-01".casefold()
    index = next((each["body"] for each in types if each.get("name", "").casefold() == wanted
                  and each["$type"] == "ResourceType"), None)  # fmt: skip
    if index is None:
        return []
    schema = {**index, "definitions": {str(n): _converted(each) for n, each in enumerate(types)}}
    schema["$ref"] = f"#/definitions/{index['$ref'].rpartition('/')[2]}"
    shown = {key: value for key, value in answer.items() if key not in {"etag", "systemData"}}
    return _faults(Draft4Validator(schema), shown)


def _schema(answer: Json) -> Json | None:
    """Where version 2 and version 3 of the notation have it."""
    content = answer.get("content", {}).get("application/json", {})
    found: Json | None = answer.get("schema") or content.get("schema")
    return found


def _worded(path: str, method: str) -> str:
    tail = re.split(r"/providers/Microsoft\.(?:CognitiveServices|Insights)/", path)[-1].strip("/")
    tail = tail.rpartition("/providers/Microsoft.")[2].removeprefix("providers/Microsoft.")
    if not path.startswith(("/subscriptions", "/providers", "/{resourceUri}", "/{scope}")):
        tail = re.sub(r"\{deployment-id\}", "{deployment}", f"openai{path}")
        return re.sub(r"\{[a-z-]+-id\}", "{id}", tail)
    tail = tail.replace("eventtypes/management/values", "activityLogs")
    if "metrics" in path and path.startswith("/subscriptions"):
        return "metrics:getBatch" if "getBatch" in path else "metrics (of a region)"
    words = [part for part in tail.split("/") if not part.startswith("{")]
    if words[-1] == "deletedAccounts":
        words = words[-1:]
    many = method == "GET" and not tail.endswith("}") and words[-1] in COLLECTIONS
    return "/".join(words) + (" (list)" if many else "")


@cache
def _read(document: str) -> Json:
    found: Json = json.loads((SPECS / document).read_text(encoding="utf-8"))
    return found


def _operation(swagger: str, name: str) -> tuple[str, str, Json]:
    if name in _LATER and swagger == SWAGGER:
        method, tail, body = _LATER[name]
        asked = [{"name": "api-version", "in": "query"}, {"name": body, "in": "body"}]
        codes = {"put": (200, 201, 202), "patch": (200, 202), "get": (200,)}
        answers: Json = {str(code): {} for code in codes.get(method, (200, 202, 204))}
        return method, f"{_ACCOUNT}{tail}", {"parameters": asked, "responses": answers}
    for path, methods in _read(swagger)["paths"].items():
        for method, operation in methods.items():
            known = operation.get("x-ms-examples", {}).values()
            if any(one["$ref"].endswith(f"/{name}.json") for one in known):
                return method, path, operation
    raise LookupError(f"{swagger} refers to no example {name}")


def _resolved(swagger: str, parameter: Json) -> Json:
    if "$ref" not in parameter:
        return parameter
    where, _, pointer = parameter["$ref"].partition("#/")
    document: Any = _read(swagger) if not where else _found(where)
    for step in pointer.split("/"):
        document = document.get(step) if document else None
    return document or MONITOR[pointer.rpartition("/")[2].removesuffix("Parameter")]


def _found(where: str) -> Json | None:
    found = re.search(r"common-types/resource-management/(.+)", where)
    path = f"common-types/{found[1]}" if found else ""
    return _read(path) if path and (SPECS / path).exists() else None


@cache
def _registry() -> Registry[Any]:
    def retrieve(uri: str) -> Resource[Any]:
        found = re.search(r"common-types/resource-management/(.+)", uri)
        inside = f"common-types/{found[1]}" if found else uri
        known = (SPECS / inside).exists()
        return DRAFT4.create_resource(_opened(_read(inside)) if known else {})

    return Registry(retrieve=retrieve)  # type: ignore[call-arg]  # its attrs class hides the alias


def _opened(schema: Any) -> Any:
    """A schema whose enumerations are as open, and whose values may be null, as Azure says."""
    if isinstance(schema, list):
        return [_opened(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "commonMonitoringTypes" in str(schema.get("$ref")):  # that document is not at hand
        return {}
    opened = {key: _opened(value) for key, value in schema.items()}
    if (schema.get("x-ms-enum") or {}).get("modelAsString"):
        opened.pop("enum", None)
    if (schema.get("nullable") or schema.get("x-nullable")) and isinstance(schema.get("type"), str):
        opened["type"] = [schema["type"], "null"]
    return opened


@cache
def _bicep() -> list[Json]:
    path = SPECS / COGNITIVE / "bicep-types-2025-06-01/types.json"
    found: list[Json] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _converted(each: Json) -> Json:
    def refer(to: Json) -> Json:
        return {"$ref": f"#/definitions/{to['$ref'].rpartition('/')[2]}"}

    if each["$type"] == "ObjectType":
        known = {name: refer(one["type"]) for name, one in each["properties"].items()}
        more = each.get("additionalProperties")
        return {"type": "object", "properties": known,
                "additionalProperties": refer(more) if more else False}  # fmt: skip
    if each["$type"] == "ArrayType":
        return {"type": "array", "items": refer(each["itemType"])}
    if each["$type"] == "UnionType":
        return {"anyOf": [refer(one) for one in each["elements"]]}
    if each["$type"] == "StringLiteralType":
        return {"enum": [each["value"]]}
    if each["$type"] == "StringType":
        bounds: Json = {
            key: each[key] for key in ("pattern", "minLength", "maxLength") if key in each
        }
        return {"type": "string", **bounds}
    plain = {"IntegerType": "integer", "BooleanType": "boolean"}
    return {"type": plain[each["$type"]]} if each["$type"] in plain else {}


def _faults(validator: Draft4Validator, answer: Any) -> list[str]:
    """A null counts as absent: Azure's own examples carry it where their schema says text."""
    faults = [one for one in validator.iter_errors(answer) if one.instance is not None]
    return [f"{one.json_path}: {one.message[:300]}" for one in faults]
