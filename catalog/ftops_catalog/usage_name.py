"""The name of a quota pool in the usages API: SKU, model key, and whether it is for tuned ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from ftops_catalog.row import Row
from ftops_catalog.source import Origin, parse_origin

Known = TypeVar("Known", str, int)

TUNED_SUFFIX = "-finetune"


@dataclass(frozen=True)
class UsageName:
    """A pool's name; `verified` is False for one that follows the pattern but was never seen."""

    value: str
    verified: bool


@dataclass(frozen=True)
class UsageNames:
    """What is known of the pools: names seen live, the models' keys, limits seen (unit: 1K TPM)."""

    pattern: str
    unit: str
    localized_prefix: str
    verified: tuple[str, ...]
    model_keys: Mapping[str, tuple[str, Origin]]
    observed_limits: Mapping[str, tuple[int, Origin]]
    origin: Origin

    def find(self, model: str, sku: str, *, tuned: bool) -> UsageName:
        """The pool of a model on a SKU; a model without a key of its own is its own key."""
        key = self.model_keys[model][0] if model in self.model_keys else model
        value = f"OpenAI.{sku}.{key}{TUNED_SUFFIX if tuned else ''}"
        return UsageName(value, value in self.verified)


def parse_usage_names(file: Row) -> UsageNames:
    names = UsageNames(
        pattern=file.required("pattern", str),
        unit=file.required("unit", str),
        localized_prefix=file.required("localized_prefix", str),
        verified=file.texts("verified"),
        origin=parse_origin(file),
        model_keys=dict(parse_pair(row, "model", "key", str) for row in file.rows("model_key")),
        observed_limits=dict(
            parse_pair(row, "usage_name", "limit", int) for row in file.rows("observed_limit")
        ),
    )
    file.close()
    return names


def parse_pair(
    row: Row, name: str, key: str, kind: type[Known]
) -> tuple[str, tuple[Known, Origin]]:
    pair = row.required(name, str), (row.required(key, kind), parse_origin(row))
    row.close()
    return pair
