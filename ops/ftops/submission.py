"""A submission: a checked file, its price, and the recipe of the job that comes of both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ftops.answer import rfc3339
from ftops.dataset.check import Check
from ftops.dataset.form import METHODS as METHOD_OF
from ftops.job import METHODS, Job
from ftops_catalog.errors import BadUsage, Blocked


def choose_method(check: Check, wanted: str | None) -> str:
    """The training method of a file's format.

    Raises BadUsage where another was asked for, Blocked for a format that ftops cannot submit.
    """
    method = METHOD_OF.get(check.format) if check.format else None
    if method is None or method not in METHODS:
        shown = check.format or "unknown"
        hint = "ftops submits chat files (sft) and preference files (dpo); see docs/data.md"
        raise Blocked(f"a job cannot be started on a file of the format {shown}", hint)
    if wanted and wanted != method:
        raise BadUsage(f"a {check.format} file trains by {method}", f"--method {method}")
    return method


def show_job(job: Job, **more: Any) -> Mapping[str, Any]:
    """A job as programs read it; what is not known is null."""
    moments = {"created_at": job.created_at, "finished_at": job.finished_at}
    return {
        "id": job.id,
        "status": job.status,
        "model": job.model,
        "method": job.method,
        "training_type": job.training_type or None,
        "suffix": job.suffix or None,
        "seed": job.seed,
        "hyperparameters": dict(job.hyperparameters),
        "training_file": job.training_file,
        "validation_file": job.validation_file or None,
        **{key: rfc3339(at) if at else None for key, at in moments.items()},
        "estimated_finish": rfc3339(job.estimated_finish) if job.estimated_finish else None,
        "trained_tokens": job.trained_tokens,
        "fine_tuned_model": job.fine_tuned_model or None,
        "error": job.error or None,
        **more,
    }
