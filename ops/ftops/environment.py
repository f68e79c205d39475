"""An environment: what should exist in one stack, typed, every name of it known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ftops.section import Place, Problem, Section
from ftops.stack_file import StackFile, list_environments, read_stack_file
from ftops_catalog.catalog import Catalog
from ftops_catalog.errors import BadConfig
from ftops_catalog.model_id import parse_model_id

__all__ = [
    "Account",
    "Deployment",
    "Environment",
    "list_environments",
    "parse_environment",
    "parse_stack",
    "read_environment",
]

KINDS = ("OpenAI", "AIServices")
ACCOUNT_SKUS = ("S0",)
ACCESS = ("Disabled", "Enabled")
UPGRADES = ("NoAutoUpgrade", "OnceCurrentVersionExpired", "OnceNewDefaultVersionAvailable")
MANAGED_BY = "pulumi"
OWN_TAGS = {"environment", "managed-by"}

# 57 characters leave room for the salt of the sub-domain, which Azure ends at 64.
ACCOUNT_NAME = r"[A-Za-z0-9][A-Za-z0-9-]{0,55}[A-Za-z0-9]"
SUB_DOMAIN = r"[a-z0-9][a-z0-9-]{0,62}[a-z0-9]"
DEPLOYMENT_NAME = r"[A-Za-z0-9][A-Za-z0-9_.-]{1,63}"
GROUP_NAME = r"[\w.()-]{0,89}[\w()-]"
VERSION = r"[A-Za-z0-9][A-Za-z0-9._-]*"


@dataclass(frozen=True)
class Deployment:
    """A base model served under a name; capacity is in units of the SKU.

    `version_upgrade_option` is always stated, since Azure's own default changes models silently.
    """

    name: str
    model: str
    version: str
    model_format: str
    sku: str
    capacity: int
    version_upgrade_option: str
    place: Place = field(compare=False)


@dataclass(frozen=True)
class Account:
    """One Azure OpenAI or AI Services account.

    `sub_domain` is the globally unique first part of its endpoint, None where the program is to
    make one from the name and the subscription. Deployments are in the order in which they are
    made: Azure takes one change of an account at a time.
    """

    name: str
    location: str
    kind: str
    sku: str
    sub_domain: str | None
    public_network_access: str
    disable_local_auth: bool
    deployments: tuple[Deployment, ...]
    place: Place = field(compare=False)


@dataclass(frozen=True)
class Environment:
    """Everything one stack file declares; `tags` go on every resource of it."""

    name: str
    location: str
    resource_group: str
    accounts: tuple[Account, ...]
    tags: Mapping[str, str]
    place: Place = field(compare=False)


def read_environment(name: str, root: Path, catalog: Catalog | None = None) -> Environment:
    """The environment of `stacks/Pulumi.<name>.yaml` under `root`.

    Raises BadUsage where there is no such file, BadConfig with every problem of it otherwise.
    """
    from ftops_catalog.catalog import read_catalog

    return parse_stack(read_stack_file(name, root), catalog or read_catalog())


def parse_stack(stack: StackFile, catalog: Catalog) -> Environment:
    """The environment of a stack file that has been read; problems carry its lines."""
    return parse_environment(stack.config, catalog, stack.name, stack)


def parse_environment(
    mapping: Mapping[str, Any], catalog: Catalog, name: str, origin: StackFile | None = None
) -> Environment:
    """An environment from the keys of a stack's config, without their `ftops:` prefix.

    `origin` tells where each key is written. Raises BadConfig with all problems at once. Whether
    a region supports a model is a rule's business, not an error here.
    """
    file = origin.file if origin else f"stacks/Pulumi.{name}.yaml"
    problems: list[Problem] = []
    section = Section(mapping, file, origin.lines if origin else {}, problems)
    location = section.known("location", catalog.region)
    environment = Environment(
        name=name,
        location=location,
        resource_group=section.text(
            "resourceGroup",
            f"rg-ftops-{name}",
            shape=GROUP_NAME,
            say="up to 90 of a-z 0-9 - _ . ()",
        ),
        accounts=tuple(
            _account(each, catalog, location)
            for each in section.sections("accounts", required=True)
        ),
        tags={**_tags(section), "environment": name, "managed-by": MANAGED_BY},
        place=section.place("resourceGroup" if "resourceGroup" in mapping else "location"),
    )
    section.close()
    problems.extend(_twice((account.name, account.place) for account in environment.accounts))
    if problems:
        raise _bad_config(problems)
    return environment


def _tags(section: Section) -> dict[str, str]:
    tags = section.texts("tags")
    for key in OWN_TAGS & tags.keys():
        section.note("tags", f"ftops:tags.{key} is the program's to set", "leave it out", key)
    return tags


def _account(section: Section, catalog: Catalog, location: str) -> Account:
    account = Account(
        name=section.text("name", shape=ACCOUNT_NAME, say="2 to 57 of a-z 0-9 -"),
        location=section.known("location", catalog.region, location),
        kind=section.word("kind", KINDS, "OpenAI"),
        sku=section.word("sku", ACCOUNT_SKUS, "S0"),
        sub_domain=section.text(
            "customSubDomainName", "", shape=SUB_DOMAIN, say="2 to 64 of a-z 0-9 -"
        )
        or None,
        public_network_access=section.word("publicNetworkAccess", ACCESS, "Disabled"),
        disable_local_auth=section.flag("disableLocalAuth", default=True),
        deployments=tuple(_deployment(each, catalog) for each in section.sections("deployments")),
        place=section.place("name"),
    )
    section.close()
    section.problems.extend(_twice((each.name, each.place) for each in account.deployments))
    return account


def _deployment(section: Section, catalog: Catalog) -> Deployment:
    model, version, model_format = _model(section, catalog)
    deployment = Deployment(
        name=section.text("name", shape=DEPLOYMENT_NAME, say="2 to 64 of a-z 0-9 - _ ."),
        model=model,
        version=version,
        model_format=model_format,
        sku=section.known("sku", catalog.sku, "GlobalStandard"),
        capacity=section.count("capacity"),
        version_upgrade_option=section.word("versionUpgradeOption", UPGRADES, UPGRADES[0]),
        place=section.place("name"),
    )
    section.close()
    return deployment


def _model(section: Section, catalog: Catalog) -> tuple[str, str, str]:
    """Name, version and format of a base model, as the catalog spells them."""
    name = section.text("model")
    version = section.text("version", shape=VERSION, say='a version in quotes: "2025-04-14"')
    if not name:
        return name, version, ""
    if parse_model_id(name).tuned:
        section.note("model", f"{section.name('model')} is a tuned model", "ftops deploy serves it")
        return name, version, ""
    named = [model for model in catalog.models if model.name.casefold() == name.casefold()]
    found = [model for model in named if model.version in {None, version}]
    if found:
        return found[0].name, version, found[0].format or "OpenAI"
    try:
        catalog.model(name, version or None)
        section.note("model", f"{section.name('model')} holds a version", "write it as `version`")
    except BadConfig as error:
        if version or not named:
            section.note_error("version" if named else "model", error)
    return name, version, ""


def _twice(named: Iterable[tuple[str, Place]]) -> Iterator[Problem]:
    seen: dict[str, Place] = {}
    for name, place in named:
        if name and name.casefold() in seen:
            hint = f"the other one is at {seen[name.casefold()]}"
            yield Problem(place, f"the name {name!r} is used twice", hint)
        seen.setdefault(name.casefold(), place)


def _bad_config(problems: list[Problem]) -> BadConfig:
    first = problems[0]
    if len(problems) == 1:
        return BadConfig(f"{first.place}: {first.message}", first.hint)
    lines = "\n".join(f"  {each.place}: {each.message} - {each.hint}" for each in problems)
    return BadConfig(
        f"{first.place.file} has {len(problems)} problems:\n{lines}",
        "mend them and run the same command again",
    )
