"""How a row of models.toml becomes a Model, its regions resolved against the region table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ftops_catalog.model import Lifecycle, Model, Reach
from ftops_catalog.region import Region
from ftops_catalog.row import Row
from ftops_catalog.source import parse_origin

GLOBAL_LISTS = ("global_training", "global_training_new4")


def parse_model(row: Row, regions: Sequence[Region]) -> Model:
    model_format = row.optional("format", str)
    deploy_skus = row.texts_or_none("deploy_skus")
    standard, ptu = row.texts_or_none("standard_deploy_regions"), row.texts_or_none("ptu_regions")
    where = {"Standard": standard, "ProvisionedManaged": ptu}
    model = Model(
        name=row.required("name", str),
        version=row.optional("version", str),
        format=model_format,
        methods=row.texts("methods"),
        modality=row.optional("modality", str),
        training=parse_training(row, regions),
        deployment=deployment(deploy_skus, where, openai=model_format == "OpenAI"),
        deploy_skus=deploy_skus,
        standard_deploy_regions=standard,
        ptu_regions=ptu,
        max_example_tokens=row.optional("max_example_tokens", int),
        rft_cost_cap_usd=row.money_or_none("rft_cost_cap_usd"),
        data_format=row.optional("data_format", str),
        serving=row.texts_or_none("serving") or (),
        gated=row.optional("gated", bool) or False,
        preview=row.optional("preview", bool) or False,
        legacy=row.optional("legacy", bool) or False,
        lifecycle=parse_lifecycle(row),
        origin=parse_origin(row),
    )
    row.close()
    return model


def parse_training(row: Row, regions: Sequence[Region]) -> Mapping[str, Reach]:
    """Standard training has its own list, Global that of its projects; of the rest, none."""
    flags = row.table("training")
    listed = row.word("global_training", GLOBAL_LISTS)
    excluded = row.texts_or_none("global_excluded_regions") or ()
    projects = tuple(
        region.name for region in regions if getattr(region, listed) and region.name not in excluded
    )
    where = {"standard": row.texts("training_regions"), "global": projects}
    kinds = ("standard", "data_zone", "global", "developer")
    training = {kind: Reach(flags.required(kind, bool), where.get(kind)) for kind in kinds}
    flags.close()
    return training


def deployment(
    skus: tuple[str, ...] | None,
    where: Mapping[str, tuple[str, ...] | None],
    *,
    openai: bool,
) -> Mapping[str, Reach] | None:
    """Where each SKU serves the tuned model; None where the sources name no SKU at all.

    Tuned OpenAI models go to every Azure OpenAI region on GlobalStandard and DeveloperTier
    (source D10); of other publishers' models and of data zones no source names the regions.
    """
    if skus is None:
        return None
    everywhere = ("GlobalStandard", "DeveloperTier") if openai else ()
    return {
        sku: Reach(supported=True, regions=where.get(sku), everywhere=sku in everywhere)
        for sku in skus
    }


def parse_lifecycle(row: Row) -> Lifecycle:
    """The row's lifecycle; a model without one has no published day."""
    life = row.table("lifecycle") if "lifecycle" in row.unread else Row({}, row.where)
    lifecycle = Lifecycle(
        status=life.optional("status", str),
        ga=life.day_or_none("ga"),
        retirement=life.day_or_none("retirement"),
        training_retirement=life.day_or_none("training_retirement"),
        deployment_retirement=life.day_or_none("deployment_retirement"),
        base_closed=life.day_or_none("base_closed"),
        note=life.optional("note", str) or "",
    )
    life.close()
    return lifecycle
