"""Regions as Resource Manager takes them: `East US 2` and `eastus2` are the same."""

from __future__ import annotations

from ftops_sandbox.arm.path import GROUP_TYPE, Target
from ftops_sandbox.arm.resource_type import Body, ResourceType
from ftops_sandbox.errors import ArmError
from ftops_sandbox.offer import offer
from ftops_sandbox.store import Document


def region_name(text: str) -> str:
    """A region's canonical name."""
    return text.replace(" ", "").casefold()


def settle_location(kind: ResourceType, target: Target, body: Body, before: Document | None) -> str:
    """The location to keep; refused where missing, unknown, or other than before."""
    given = str(body.get("location") or "")
    if not given:
        raise ArmError(
            400, "LocationRequired", "The location property is required for this definition."
        )
    location = region_name(given)
    if before and before.body["location"] != location:
        raise _moved(kind, target, before, location)
    known = ("global", *offer().regions)
    if location not in known:
        raise _unavailable(kind, given)
    return location


def _moved(kind: ResourceType, target: Target, before: Document, location: str) -> ArmError:
    here, name = before.body["location"], target.names[-1]
    if kind.name == GROUP_TYPE:
        return ArmError(
            409,
            "InvalidResourceGroupLocation",
            f"Invalid resource group location '{location}'. The Resource group already exists in "
            f"location '{here}'.",
        )
    return ArmError(
        409,
        "InvalidResourceLocation",
        f"The resource '{name}' already exists in location '{here}' in resource group "
        f"'{target.group}'. A resource with the same name cannot be created in location "
        f"'{location}'. Please select a new resource name.",
    )


def _unavailable(kind: ResourceType, given: str) -> ArmError:
    listed = ",".join(offer().regions)
    if kind.name == GROUP_TYPE:
        return ArmError(
            400,
            "LocationNotAvailableForResourceGroup",
            f"The provided location '{given}' is not available for resource group. List of "
            f"available regions is '{listed}'.",
        )
    return ArmError(
        400,
        "LocationNotAvailableForResourceType",
        f"The provided location '{given}' is not available for resource type '{kind.name}'. List "
        f"of available regions for the resource type is '{listed}'.",
    )
