"""Azure's published specifications as schemathesis takes them: whole, with real names in them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.sandbox import spec

Json = dict[str, Any]
EXAMPLES: Final = int(os.environ.get("FTOPS_FUZZ_EXAMPLES", "3"))
"""How many of each operation; more, and other ones each time, where the variable says so."""
SAMPLED: Final = "FTOPS_FUZZ_EXAMPLES" not in os.environ
SWAGGERS: Final = (
    spec.SWAGGER,
    "openai-data-plane/authoring-2024-10-21/azureopenai.json",
    "openai-data-plane/authoring-2024-10-01-preview/azureopenai.json",
    "openai-data-plane/inference-2024-10-21/inference.json",
    "monitor-metrics/resource-manager-2024-02-01/metrics_API.json",
    "monitor-metrics/resource-manager-2024-02-01/metricDefinitions_API.json",
    "monitor-metrics/metrics-batch-data-plane-2024-02-01/metricBatch.json",
    "activity-log/2015-04-01/activityLogs_API.json",
    "costmanagement/2024-08-01/costmanagement.json",
    "resourcegraph/2024-04-01/resourcegraph.json",
)


@dataclass
class _Bundle:
    """A document and what it refers to in others, which it is given names for."""

    home: Path
    real: Mapping[str, str]
    found: dict[tuple[str, str], Any] = field(default_factory=dict)

    def walk(self, node: Any, where: str) -> Any:
        if isinstance(node, list):
            return [self.walk(one, where) for one in node]
        if not isinstance(node, dict):
            return node
        if isinstance(node.get("$ref"), str):
            return self._reference(node["$ref"], where)
        kept = {key: self.walk(one, where) for key, one in node.items() if key != "x-ms-examples"}
        name = kept.get("name")
        if kept.get("in") in ("path", "query") and isinstance(name, str) and name in self.real:
            kept["enum"] = [self.real[name]]
            kept.pop("pattern", None)
        return kept

    def _reference(self, text: str, where: str) -> Json:
        document, _, pointer = text.partition("#/")
        document = document or where
        if not document:
            return {"$ref": text}
        kind = pointer.partition("/")[0]
        name = re.sub(r"\W", "_", f"{document}_{pointer}")
        if (kind, name) not in self.found:
            self.found[kind, name] = {}
            self.found[kind, name] = self.walk(self._target(document, pointer, kind), document)
        return {"$ref": f"#/{kind}/{name}"}

    def _target(self, document: str, pointer: str, kind: str) -> Json:
        shared = re.search(r"common-types/resource-management/(.+)", document)
        path = spec.SPECS / "common-types" / shared[1] if shared else self.home / document
        found: Any = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        for step in pointer.split("/"):
            found = found.get(step, {})
        if found or kind != "parameters":
            return dict(found)
        known = spec.MONITOR[pointer.rpartition("/")[2].removesuffix("Parameter")]
        return {**known, "type": "string", "required": known["in"] == "path"}


def bundled(swagger: str, real: Mapping[str, str]) -> Json:
    """A specification in one piece; parameters that `real` names have that value alone."""
    document = json.loads((spec.SPECS / swagger).read_text(encoding="utf-8"))
    version = str(document["info"]["version"])
    bundle = _Bundle((spec.SPECS / swagger).parent, {"api-version": version, **real})
    whole: Json = bundle.walk(document, "")
    for (kind, name), value in bundle.found.items():
        whole.setdefault(kind, {})[name] = value
    return whole
