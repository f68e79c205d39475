"""An Azure region: its name, and what fine-tuning it offers."""

from __future__ import annotations

from dataclasses import dataclass

from ftops_catalog.row import Row
from ftops_catalog.source import Origin, parse_origin


@dataclass(frozen=True)
class Region:
    """One region; `name` is ARM's ("eastus2"), `display` is for people ("East US 2").

    `global_training` holds for most models; `global_training_new4` for the four preview models
    that came with their own list of regions. The standard lists are model names.
    """

    name: str
    display: str
    global_training: bool
    global_training_new4: bool
    standard_training: tuple[str, ...]
    standard_deployment: tuple[str, ...]
    vision_training: bool
    origin: Origin


def parse_region(row: Row) -> Region:
    region = Region(
        name=row.required("name", str),
        display=row.required("display", str),
        global_training=row.required("global_training", bool),
        global_training_new4=row.required("global_training_new4", bool),
        standard_training=row.texts("standard_training"),
        standard_deployment=row.texts("standard_deployment"),
        vision_training=row.required("vision_training", bool),
        origin=parse_origin(row),
    )
    row.close()
    return region


def region_key(name: str) -> str:
    """Both spellings of a region as one: "East US 2" and "eastus2" are the same place."""
    return "".join(name.split()).lower()
