"""Which model a deployment asks for: a base model of the region, or a tuned one that exists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ftops_sandbox.arm.resource_type import Write
from ftops_sandbox.errors import ArmError
from ftops_sandbox.offer import Model, base_of_tuned, is_tuned_name, offer
from ftops_sandbox.store import Document


@dataclass(frozen=True)
class Choice:
    """What to deploy; for a tuned model `model` is its base."""

    model: Model
    format: str
    name: str
    version: str
    tuned: bool


def choose(write: Write, account: Document) -> Choice:
    """The model of a deployment's body, or DeploymentModelNotSupported."""
    asked = (write.body.get("properties") or {}).get("model")
    if not isinstance(asked, dict) or not all(
        isinstance(asked.get(key), str) and asked[key] for key in ("format", "name")
    ):
        raise ArmError(
            400,
            "InvalidResourceProperties",
            "The model of account deployment is missing its format or its name.",
        )
    version = str(asked.get("version") or "")
    if is_tuned_name(asked["name"]):
        return _tuned(write, account, asked, version)
    model = offer().find(asked["name"], version, asked["format"])
    known = model and asked["name"].casefold() == model.name.casefold()
    if model is None or not known or account.body["kind"] not in model.kinds:
        raise _unsupported(asked, version)
    if not model.skus(account.body["location"]):
        raise _unsupported(asked, version)
    return Choice(model, model.format, model.name, model.version, tuned=False)


def _tuned(write: Write, account: Document, asked: dict[str, Any], version: str) -> Choice:
    home = str(asked.get("source") or asked.get("sourceAccount") or account.key)
    source = write.world.account(home)
    base = write.world.tuned_model(source.key, asked["name"]) if source else None
    base = base or None
    model = offer().find(base_of_tuned(base) or base) if base else None
    # Azure knows one version of any tuned model.
    if model is None or version not in ("", "1"):
        raise _unsupported(asked, version)
    return Choice(model, asked["format"], asked["name"], "1", tuned=True)


def _unsupported(asked: dict[str, Any], version: str) -> ArmError:
    return ArmError(
        400,
        "DeploymentModelNotSupported",
        f"The model 'Format:{asked['format']},Name:{asked['name']},Version:{version}' is not "
        "supported",
    )
