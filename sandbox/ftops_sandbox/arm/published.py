"""Whether a type is published in an api-version: what a strict sandbox holds every request to."""

from __future__ import annotations

from ftops_sandbox.arm.path import Target, parse_target
from ftops_sandbox.arm.resource_type import resource_types
from ftops_sandbox.errors import ArmError
from ftops_sandbox.offer import offer

_COGNITIVE = "microsoft.cognitiveservices"
# Operations are polled in a version of long ago, whatever the type's is.
_POLLS = ("operationresults", "operationstatuses")


def require_published(path: str, version: str) -> None:
    """400 in Azure's words for a version that the type of this path is not published in."""
    target = parse_target(path)
    if target is None or any(kind.casefold() in _POLLS for kind in target.types):
        return
    listed = _listed(target)
    if not listed or version.casefold() in listed:
        return
    regions = ", ".join(offer().regions)
    raise ArmError(
        400,
        "NoRegisteredProviderFound",
        f"No registered resource provider found for location 'global' and API version '{version}' "
        f"for type '{'/'.join(target.types)}'. The supported api-versions are "
        f"'{', '.join(listed)}'. The supported locations are '{regions}'.",
    )


def _listed(target: Target) -> tuple[str, ...]:
    """The type's own list, or that of what an action is asked of; () where nothing is known."""
    known = resource_types()
    names = [target.type_name, target.parent.type_name if target.parent else ""]
    for name in names:
        if kind := known.get(name.casefold()):
            return kind.api_versions
    # Models, usages and the like of a region go by the accounts' versions.
    if target.namespace.casefold() == _COGNITIVE:
        return known[f"{_COGNITIVE}/accounts"].api_versions
    return ()
