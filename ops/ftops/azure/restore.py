"""Brings a deleted deployment back, journaled before it acts."""

from __future__ import annotations

from ftops.azure.account import find_account
from ftops.azure.deployment import ArmCloud, create_deployment, find_deployment
from ftops.azure.readiness import await_ready
from ftops.azure.session import Session
from ftops.estate import account_of
from ftops.ledger import Entry, Ledger
from ftops.restoration import Restoration
from ftops_catalog.errors import CloudRefused, Conflict

REASONS = {
    "InsufficientQuota": "ftops quota shows what is free",
    "DeploymentModelNotSupported": "the tuned model is gone from its account; ftops tune list",
    "ResourceNotFound": "the account is gone; ftops up ENV brings it up again",
    "ParentResourceNotFound": "the account is gone; ftops up ENV brings it up again",
}


def restore(session: Session, wanted: Restoration, ledger: Ledger) -> None:
    """Makes the deployment again and waits until its data plane answers.

    Raises Conflict where it exists already, CloudRefused with Azure's own code where the quota,
    the model or the account is not there any more.
    """
    with ledger.held():
        if find_deployment(session, wanted.deployment_id) is not None:
            raise Conflict(
                f"{wanted.name} exists already on {wanted.account}",
                "ftops teardown --idle shows what is held of it",
            )
        now = ArmCloud(session).now()
        ledger.append(Entry("restoring", now, wanted.deployment_id, reason=wanted.model))
        try:
            body = create_deployment(session, wanted.deployment_id, wanted.body)
        except CloudRefused as error:
            account = account_of(wanted.deployment_id).name
            hint = REASONS.get(error.azure_code, f"az cognitiveservices account show -n {account}")
            raise CloudRefused(error.message, hint, azure_code=error.azure_code) from error
        ledger.append(Entry("restored", ArmCloud(session).now(), wanted.deployment_id, body))
    await_ready(session, find_account(session, wanted.account), wanted.name)
