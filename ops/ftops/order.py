"""Orders to the local Azure: faults and worlds, from what a user typed to what its door takes."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ftops_catalog.errors import BadUsage

_SPAN = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m)")
_MS = {"ms": 1, "s": 1000, "m": 60_000}
_KEPT = ("status", "code", "times", "rate", "seed")
_EXAMPLE = 'ftops sandbox fault "PUT .*/deployments/" --status 429 --retry-after 2s'


def fault_order(match: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a fault; raises BadUsage for a span that is none or for nothing to do."""
    order = {"match": match} | {key: given[key] for key in _KEPT if given.get(key) is not None}
    if given.get("deed"):
        order[given["deed"]] = True
    for key, option in (("retry_after", "--retry-after"), ("delay", "--delay")):
        if given.get(key) is not None:
            order[f"{key}_ms"] = parse_ms(given[key], option)
    if not order.keys() & {"status", "delay_ms"} and not given.get("deed"):
        raise BadUsage("what trouble is not said: --status, --delay, --drop, ...", _EXAMPLE)
    return order


def parse_ms(text: str, option: str) -> int:
    """`300ms`, `2s`, `1m` in milliseconds; raises BadUsage for anything else."""
    match = _SPAN.fullmatch(text.strip())
    if match is None:
        raise BadUsage(f"{option} {text!r} is not a short span of time", f"{option} 300ms")
    return round(float(match[1]) * _MS[match[2]])


def read_world(file: Path) -> dict[str, Any]:
    """The world that a YAML or JSON file describes; `-` is standard input.

    Raises BadUsage when it is not there, not readable, or no mapping.
    """
    import yaml

    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
        # JSON is read as such: YAML's reader is a hundred times slower.
        found = json.loads(text) if text.lstrip().startswith("{") else yaml.safe_load(text)
        found = json.loads(json.dumps(found, default=_plain, allow_nan=False))
    except OSError as error:
        raise BadUsage(f"{file} cannot be read: {error.strerror}", "give a file") from error
    except (ValueError, TypeError, RecursionError, yaml.YAMLError) as error:
        why = " ".join(str(error).split())
        raise BadUsage(f"{file} is neither YAML nor JSON: {why}", "see docs/sandbox.md") from error
    if not isinstance(found, dict):
        raise BadUsage(f"{file} holds no mapping", "generate: {accounts: 10, deployments: 5}")
    return found


def _plain(value: object) -> str:
    """YAML makes dates of what looks like one; the door takes text."""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
