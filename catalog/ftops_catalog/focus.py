"""FOCUS: the columns that a cost row must have, and Azure's name for the service there."""

from __future__ import annotations

from dataclasses import dataclass

from ftops_catalog.row import Row
from ftops_catalog.source import Origin, parse_origin


@dataclass(frozen=True)
class Focus:
    """One version of the FOCUS specification, as far as a cost row needs it."""

    version: str
    mandatory: tuple[str, ...]
    service_name: str
    service_category: str
    origin: Origin


def parse_focus(file: Row) -> Focus:
    focus = Focus(
        version=file.required("version", str),
        mandatory=file.texts("mandatory"),
        service_name=file.required("service_name", str),
        service_category=file.required("service_category", str),
        origin=parse_origin(file),
    )
    file.close()
    return focus
