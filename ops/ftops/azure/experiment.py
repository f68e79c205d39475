"""Deploys a tuned model as an experiment: judged, priced, made, and seen to answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from ftops.azure.account import find_account, open_data_plane
from ftops.azure.deployment import create_deployment, find_deployment
from ftops.azure.estate import read_estate
from ftops.azure.job import find_job
from ftops.azure.quota import read_quota
from ftops.azure.readiness import await_ready
from ftops.azure.session import Session
from ftops.estate import Account, Deployment, Estate, root_model
from ftops.experiment import (
    Experiment,
    check_quota,
    is_tuned,
    parse_name,
    parse_ttl,
    tuned_model,
)
from ftops.gate import judge_deployment, wanted_resource
from ftops.job import JOB_ID, LATEST
from ftops.ledger import Entry, Ledger
from ftops.price import PriceBook, Priced, Quote
from ftops_catalog.catalog import Catalog, read_catalog
from ftops_catalog.errors import BadUsage
from ftops_policies import Finding, Settings


@dataclass(frozen=True)
class Request:
    """What `ftops deploy` was asked for, as typed."""

    what: str
    name: str | None
    account: str | None
    sku: str
    capacity: int
    ttl: str | None
    owner: str
    environment: str


@dataclass(frozen=True)
class Proposal:
    """What would be deployed, before anything is touched.

    `found` is a deployment of the same name, `price` that of an hour. `findings` are what the
    rules say, `notes` what could not be verified.
    """

    session: Session
    account: Account
    experiment: Experiment
    found: Deployment | None
    price: Quote
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]

    @property
    def id(self) -> str:
        return f"{self.account.id}/deployments/{self.experiment.name}"

    @property
    def body(self) -> Mapping[str, Any]:
        """ARM's JSON of it; the life of what exists already counts from its creation."""
        created = self.found.created_at if self.found else None
        return self.experiment.body(created or self.session.now)

    @property
    def blocked(self) -> bool:
        return any(finding.blocks for finding in self.findings)

    @property
    def stands(self) -> bool:
        """Whether it is there already, as asked for; raises as `Experiment.stands` does."""
        return self.found is not None and self.experiment.stands(self.found, self.session.now)


def propose(session: Session, request: Request, settings: Settings) -> Proposal:
    """Reads what the request means here and what speaks against it; writes nothing."""
    ttl = parse_ttl(request.ttl, request.environment)
    catalog = read_catalog()
    sku = catalog.sku(request.sku).name
    account = find_account(session, request.account)
    model = resolve(session, account, request.what)
    known = catalog.find_model(root_model(model) or model)
    experiment = Experiment(
        name=parse_name(request.name, model),
        model=model,
        format=(known.format if known else None) or "OpenAI",
        sku=sku,
        capacity=request.capacity,
        owner=request.owner,
        environment=request.environment,
        ttl=ttl,
    )
    return weigh(session, account, experiment, settings, catalog)


def resolve(session: Session, account: Account, what: str) -> str:
    """The tuned model of an id, of a job's id, or of the `latest` job."""
    if JOB_ID.fullmatch(what) or what.casefold() == LATEST:
        return tuned_model(find_job(open_data_plane(session, account), what))
    if is_tuned(what):
        return what
    hint = "base models are declared in stacks/Pulumi.<env>.yaml; tuned ones: ftops tune list"
    raise BadUsage(f"{what!r} is no tuned model and no job", hint)


def weigh(
    session: Session,
    account: Account,
    experiment: Experiment,
    settings: Settings,
    catalog: Catalog,
) -> Proposal:
    """The experiment against what exists, the rules, the quota and the price list."""
    estate = read_estate(session)
    key = f"{account.id}/deployments/{experiment.name}".casefold()
    found = next((each for each in estate.deployments if each.key == key), None)
    base = root_model(experiment.model)
    price = PriceBook(catalog).quote(
        Priced(
            base,
            "hosting",
            sku=experiment.sku,
            region=account.region,
            capacity=experiment.capacity,
        )
    )
    created = found.created_at if found else None
    body = experiment.body(created or session.now)
    wanted = wanted_resource(account, experiment.name, body)
    environment = experiment.environment
    findings = judge_deployment(wanted, estate, environment, settings, session.now)
    unverified = [] if found else quota_notes(session, account, experiment, catalog)
    notes = (*unverified, *blind_spots(estate, price), *short_lives(experiment, catalog))
    return Proposal(session, account, experiment, found, price, tuple(findings), notes)


def quota_notes(
    session: Session, account: Account, experiment: Experiment, catalog: Catalog
) -> list[str]:
    """Raises Blocked where the pool of tuned models has too little left."""
    model = catalog.find_model(root_model(experiment.model) or "")
    if model is None:
        return [f"quota unverified: the catalog does not know the base of {experiment.model}"]
    name = catalog.usage_name(model, experiment.sku, tuned=True)
    pools, _ = read_quota(session, [account.region])
    note = check_quota(pools, name.value, experiment.capacity)
    return [note] if note else []


def blind_spots(estate: Estate, price: Quote) -> Iterator[str]:
    for each in estate.unreadable:
        yield f"the gate did not see the deployments of {each.name}: {each.reason}"
    if price.amount_usd is None:
        yield f"hosting price {price.basis}"


def short_lives(experiment: Experiment, catalog: Catalog) -> Iterator[str]:
    """A SKU that Azure ends before the time to live does."""
    hours = catalog.sku(experiment.sku).lifetime_hours
    if hours and (experiment.ttl is None or experiment.ttl > timedelta(hours=hours)):
        yield f"Azure itself deletes a {experiment.sku} deployment {hours} hours after its creation"


def deploy(proposal: Proposal, ledger: Path) -> Mapping[str, Any]:
    """Makes what was proposed, unless it stands, and returns ARM's JSON once it answers.

    Raises NotReady where ARM calls it made and its data plane does not answer in time.
    """
    session, name = proposal.session, proposal.experiment.name
    if not proposal.stands:
        made = create_deployment(session, proposal.id, proposal.body)
        book = Ledger(ledger, session.target.subscription_id)
        book.append(Entry("deployed", Session(session.target).now, proposal.id, made))
    await_ready(session, proposal.account, name)
    return find_deployment(session, proposal.id) or proposal.body


def hosting_until_end(proposal: Proposal) -> Decimal | None:
    """What an untouched life costs; None where the price or the end is not known."""
    from ftops.experiment import cost_of_life

    return cost_of_life(proposal.price.amount_usd, proposal.experiment.ttl)
