"""A served call as the history keeps it: metrics and bills are made from nothing else."""

from __future__ import annotations

from typing import Any

from ftops_sandbox.openai.serving import Serving
from ftops_sandbox.world import World


def record_call(
    world: World, serving: Serving, status: int, operation: str, usage: dict[str, int], **more: Any
) -> None:
    """One event on the deployment's id; `usage` has prompt, cached and completion tokens."""
    spent = usage.get("prompt", 0) + usage.get("completion", 0)
    body = {
        "status": status,
        "operation": operation,
        "deployment": serving.name,
        "model": serving.model_name,
        "version": str(serving.model.get("version") or ""),
        "region": serving.account.body["location"],
        "sku": serving.deployment.body.get("sku", {}).get("name"),
        "prompt_tokens": usage.get("prompt", 0),
        "cached_tokens": usage.get("cached", 0),
        "completion_tokens": usage.get("completion", 0),
        "tokens": spent,
        **more,
    }
    world.record("call", serving.deployment.key, body)
