"""Whether a job costs what somebody agreed to."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ftops_policies.resource import Resource
from ftops_policies.rule import JOB, Remark, rule, unknown
from ftops_policies.training import at_key, usd_at


@rule(
    "training-cost-is-within-limit",
    severity="block",
    applies_to=JOB,
    remedy="Train on fewer examples or epochs or a smaller model, or raise `training_usd_max`.",
    references=(
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/fine-tuning-cost-management",
        "https://learn.microsoft.com/azure/well-architected/cost-optimization/set-spending-guardrails",
    ),
)
def training_cost_is_within_limit(
    job: Resource, *, training_usd_max: Decimal = Decimal(100)
) -> Iterator[Remark]:
    """A job is estimated to cost no more than its environment's limit, and than its own budget.

    Training is billed by the token times the epochs, and one digit too many in either is paid
    in full: the job is not stopped half way. A price that no source gives is unknown, not zero.
    """
    estimate = usd_at(job, "ftops.estimate_usd")
    if estimate is None:
        yield at_key(job, "model", unknown("What its training costs is not known."))
        return
    cost = f"It costs about {estimate:,.2f} USD{_guess(job)}"
    budget = usd_at(job, "ftops.budget_usd")
    if estimate > training_usd_max:
        limit = f"more than the limit of {training_usd_max:f} USD"
        yield at_key(job, "model", f"{cost}, {limit}.")
    if budget is not None and estimate > budget:
        yield at_key(job, "budget_usd", f"{cost}, more than its budget of {budget:f} USD.")


def _guess(job: Resource) -> str:
    """How often each example counts, where the job leaves that to Azure."""
    epochs, method = job.at("ftops.epochs"), job.text("method.type") or ""
    stated = job.at(("method", method, "hyperparameters", "n_epochs"))
    return f" by a guess of {epochs} epochs" if isinstance(epochs, int) and not stated else ""
