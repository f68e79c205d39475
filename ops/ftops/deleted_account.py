"""An account that was deleted and is still kept by Azure, which holds its name for 48 hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class DeletedAccount:
    """A soft-deleted account; `id` is the ARM id that it had and would have again.

    `deleted` and `purged` are RFC 3339 as Azure writes them, None where it does not tell.
    """

    id: str
    name: str
    group: str
    location: str
    kind: str
    sku: Mapping[str, Any]
    deleted: str | None
    purged: str | None

    @property
    def path(self) -> str:
        """Where it lies while it is deleted; a DELETE of it is the purge."""
        head = self.id.partition("/resourceGroups/")[0]
        return (
            f"{head}/providers/Microsoft.CognitiveServices/locations/{self.location}"
            f"/resourceGroups/{self.group}/deletedAccounts/{self.name}"
        )

    @property
    def sentence(self) -> str:
        """What a person is told of it."""
        since = f" on {self.deleted}" if self.deleted else ""
        until = f" until {self.purged}" if self.purged else " for 48 hours"
        return f"{self.name} was deleted{since} and its name is held{until}"


def parse_deleted(body: Mapping[str, Any]) -> DeletedAccount:
    """One entry of the deletedAccounts list."""
    place, properties = str(body.get("id", "")), body.get("properties") or {}
    group = place.partition("/resourceGroups/")[2].partition("/")[0]
    head, name = place.partition("/providers/")[0], str(body.get("name", ""))
    return DeletedAccount(
        id=f"{head}/resourceGroups/{group}/providers/Microsoft.CognitiveServices/accounts/{name}",
        name=name,
        group=group,
        location=str(body.get("location", "")),
        kind=str(body.get("kind") or "OpenAI"),
        sku=body.get("sku") or {"name": "S0"},
        deleted=properties.get("deletionDate"),
        purged=properties.get("scheduledPurgeDate"),
    )


def in_the_way(
    account_ids: Sequence[str], deleted: Sequence[DeletedAccount]
) -> list[DeletedAccount]:
    """Those of the deleted accounts whose ids are wanted again."""
    wanted = {each.casefold() for each in account_ids}
    return [each for each in deleted if each.id.casefold() in wanted]
