"""A deployment that a stack file declares: a base model, or a tuned one of the production lane."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, PrivateAttr, ValidationInfo, field_validator

from ftops.declared.part import (
    Count,
    Fits,
    Part,
    ResourceId,
    Sku,
    TagValue,
    catalog_of,
    quoted,
    wrong,
)
from ftops.declared.readiness import Readiness
from ftops_catalog.errors import BadConfig
from ftops_catalog.model_id import parse_model_id

CHECKPOINT = r"ftchkpt-[0-9a-f]{32}"
TUNED_VERSION = "1"
"""The version of every tuned model and checkpoint."""

DeploymentName = Annotated[
    str, Fits(r"[A-Za-z0-9][A-Za-z0-9_.-]{1,63}", "2 to 64 of a-z 0-9 - _ .")
]
Version = Annotated[str, Fits(r"[A-Za-z0-9][A-Za-z0-9._-]*", 'a version in quotes: "2025-04-14"')]
Upgrade = Literal["NoAutoUpgrade", "OnceCurrentVersionExpired", "OnceNewDefaultVersionAvailable"]


class Deployment(Part):
    """A model served under a name; a tuned one has the account where it was tuned as `source`."""

    name: DeploymentName
    """What callers name."""
    model: str
    """A model of the catalog, a tuned model's id (MODEL.ft-JOB) or a checkpoint's (ftchkpt-ID)."""
    base_model: str | None = None
    """What a checkpoint was tuned from, which its id does not tell; quota and price follow it."""
    version: Version = ""
    """Pinned and in quotes; a tuned model's is always "1" and need not be said."""
    sku: Sku = "GlobalStandard"
    """The deployment type, such as Standard, GlobalStandard or DataZoneStandard."""
    capacity: Count
    """In units of the SKU: thousands of tokens per minute, or PTUs."""
    version_upgrade_option: Upgrade = "NoAutoUpgrade"
    """Always stated: Azure's own default lets a model change under its callers."""
    source: str | None = None
    """Where a tuned model was made: an account of this file, or an account's id."""
    source_account: ResourceId | None = None
    """The same for an account of another tenant."""
    rai_policy_name: str | None = None
    """The content filter: one of the account's own, or one of Microsoft's."""
    spillover_deployment_name: DeploymentName | None = None
    """Which deployment of the account takes what a provisioned one cannot."""
    readiness: Readiness | None = None
    """Who approved a tuned model, on what evidence; `ftops promote` writes it."""
    tags: dict[str, TagValue] = Field(default={})
    """Tags of this deployment, besides the account's; `units-approved-by` for provisioned units."""

    _format: str = PrivateAttr(default="OpenAI")

    @property
    def tuned(self) -> bool:
        return is_tuned(self.model)

    @property
    def model_format(self) -> str:
        """Who makes the model, in Azure's spelling."""
        return self._format

    @property
    def root_model(self) -> str | None:
        """The base model that this is, or was tuned from; None for a checkpoint of unsaid base."""
        if re.fullmatch(CHECKPOINT, self.model):
            return self.base_model
        return parse_model_id(self.model).root

    @field_validator("model", "base_model")
    @classmethod
    def _model(cls, value: str | None, info: ValidationInfo) -> str | None:
        """A base model as the catalog spells it; an id as it is, its root known."""
        if value is None or re.fullmatch(CHECKPOINT, value):
            return value
        catalog = catalog_of(info)
        asked = parse_model_id(value)
        named = {
            model.name for model in catalog.models if model.name.casefold() == value.casefold()
        }
        if named:
            return named.pop()
        try:
            catalog.model(asked.root)
        except BadConfig as error:
            raise quoted(error) from error
        if not asked.tuned:
            raise wrong("{key} {value} holds a version", "write it as `version`")
        return value

    @field_validator("version")
    @classmethod
    def _version(cls, value: str, info: ValidationInfo) -> str:
        """One that the catalog has for this model."""
        model = info.data.get("model")
        if model is None or not value:
            return value
        if is_tuned(model):
            if value != TUNED_VERSION:
                raise wrong("{key} of a tuned model is {value}", f'write "{TUNED_VERSION}"')
            return value
        try:
            catalog_of(info).model(model, value)
        except BadConfig as error:
            raise quoted(error) from error
        return value

    def model_post_init(self, context: object) -> None:
        catalog = context.get("catalog") if isinstance(context, dict) else None
        found = catalog.find_model(self.root_model, None) if catalog and self.root_model else None
        if found is None and catalog:
            found = catalog.find_model(self.model, self.version)
        self._format = (found.format if found else None) or "OpenAI"


def is_tuned(model: str) -> bool:
    """Whether an id is a tuned model's or a checkpoint's."""
    return bool(re.fullmatch(CHECKPOINT, model)) or parse_model_id(model).tuned
