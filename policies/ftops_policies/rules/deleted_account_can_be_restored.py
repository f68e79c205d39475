"""Whether an account that was taken down can come back."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.resource import ACCOUNT, PURGE_ON_DESTROY, Resource
from ftops_policies.rule import rule


@rule(
    "deleted-account-can-be-restored",
    severity="block",
    applies_to=ACCOUNT,
    remedy="Take `ftops:purgeOnDestroy` out of the stack file; "
    "`ftops destroy --purge` purges once.",
    references=(
        "https://learn.microsoft.com/azure/ai-services/manage-resources",
        "https://learn.microsoft.com/azure/well-architected/service-guides/azure-openai",
    ),
)
def deleted_account_can_be_restored(
    account: Resource, *, purge_allowed: bool = False
) -> Iterator[str]:
    """An account that is destroyed stays restorable for the 48 hours that Azure keeps it.

    Azure gives a deleted account back with its files, jobs and tuned models, unless it was
    purged; a tuned model that is purged can only be trained again. `purgeOnDestroy` in a stack
    file purges, and marks its accounts by a tag. Where all is made to be thrown away,
    `purge_allowed` frees the name and the quota at once.
    """
    if purge_allowed:
        return
    written = (account.tag(PURGE_ON_DESTROY) or "").casefold()
    if written == "true":
        yield f"It would be purged when it is destroyed: its tag {PURGE_ON_DESTROY} is true."
