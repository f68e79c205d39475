"""What each key allows and all together do not: names twice, names of nothing, keys at odds.

These look at the values as they were written, not at the parts made of them: one wrong key must
not hide what is wrong between two others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Network
from typing import Any

from ftops.declared.account import NAME_LENGTH_MAX
from ftops.declared.deployment import is_tuned
from ftops.declared.stack import OPTIONAL
from ftops.place import Map, Problem, spoken
from ftops.stack_file import KeyPath
from ftops_catalog.hint import did_you_mean
from ftops_policies.readiness import READINESS
from ftops_policies.resource import PURGE_ON_DESTROY

NOTIFICATIONS_MAX = 5
OWN_TAGS = ("environment", "managed-by", PURGE_ON_DESTROY)
OF_TUNED = ("source", "sourceAccount", "baseModel", "readiness")

Values = Mapping[str, Any]
Entry = tuple[KeyPath, Values]


def contradictions(values: Values, where: Map) -> Iterator[Problem]:
    """Every contradiction of a stack file, whatever else is wrong with it."""
    accounts = list(_entries(values, "accounts"))
    identities = [str(each.get("name")) for _, each in _entries(values, "identities")]
    yield from _twice(accounts, where)
    yield from _twice(_entries(values, "identities"), where)
    for path, account in accounts:
        yield from _of_account(path, account, where, values, identities)
    names = _account_names(values)
    for path, assignment in _entries(values, "roleAssignments"):
        yield from _of_assignment(path, assignment, where, names, identities)
    yield from _own_tags(("tags",), values, where)
    yield from _of_top(values, where)


def _of_top(values: Values, where: Map) -> Iterator[Problem]:
    for key in OPTIONAL:
        if values.get(key) == {} and (key,) in where.lines:
            hint = "write at least one of its keys, or leave it out"
            yield Problem(where.place((key,)), f"ftops:{key} is empty", hint)
    if values.get("accounts") in ([], ()):
        place = where.place(("accounts",))
        yield Problem(place, "ftops:accounts is empty", "write a list, one `-` an entry")
    budget = values.get("budget")
    told = values.get("actionGroup") or (isinstance(budget, Mapping) and budget.get("emails"))
    if budget and not told:
        said = "ftops:budget tells nobody"
        yield Problem(where.place(("budget",)), said, "add ftops:actionGroup, or its emails")
    if isinstance(budget, Mapping):
        told_at = [
            *_list(budget.get("thresholds", (50, 80, 100))),
            *_list(budget.get("forecastThresholds", (100,))),
        ]
        if len(told_at) > NOTIFICATIONS_MAX:
            said = f"ftops:budget tells at {len(told_at)} thresholds"
            hint = f"Azure takes {NOTIFICATIONS_MAX} at most, forecasts included"
            yield Problem(where.place(("budget", "thresholds")), said, hint)
    yield from _of_network(values.get("network"), where)


def _of_network(network: object, where: Map) -> Iterator[Problem]:
    """A network is somebody else's or made here, and its subnet lies within it."""
    if not isinstance(network, Mapping):
        return
    ranges = [key for key in ("addressPrefix", "subnetPrefix") if network.get(key)]
    if network.get("subnetId") and ranges:
        said = f"ftops:network has a subnetId, and {ranges[0]} for a network of its own"
        yield Problem(where.place(("network", ranges[0])), said, "keep one of them")
    whole = _range(network.get("addressPrefix", "10.40.0.0/24"))
    part = _range(network.get("subnetPrefix", "10.40.0.0/26"))
    if whole and part and not part.subnet_of(whole):
        said = f"ftops:network: the subnet {part} is not within {whole}"
        yield Problem(where.place(("network", *ranges[-1:])), said, "state both ranges")


def _range(value: object) -> IPv4Network | None:
    try:
        return IPv4Network(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _of_account(
    path: KeyPath, account: Values, where: Map, values: Values, identities: list[str]
) -> Iterator[Problem]:
    yield from _of_access(path, account, where, values)
    yield from _of_regions(path, account, where)
    yield from _own_tags((*path, "tags"), account, where)
    if account.get("projects") and account.get("kind", "OpenAI") != "AIServices":
        place = where.place((*path, "projects"))
        yield Problem(place, f"{spoken((*path, 'projects'))} want another kind", "kind: AIServices")
    for list_path, key in (
        ((*path, "identity"), "userAssigned"),
        ((*path, "encryption"), "identity"),
    ):
        part = account.get(str(list_path[-1]))
        named = part.get(key) if isinstance(part, Mapping) else None
        for name in named if isinstance(named, list) else [named] if named else []:
            yield from _unknown((*list_path, key), name, identities, where, "identities")
    for key in ("deployments", "raiPolicies", "raiBlocklists", "projects"):
        yield from _twice(_entries(account, key, path), where)
    yield from _of_filters(path, account, where)
    yield from _of_deployments(path, account, where, values)


def _of_regions(path: KeyPath, account: Values, where: Map) -> Iterator[Problem]:
    if account.get("location") and account.get("locations"):
        said = f"{spoken(path)} has both location and locations"
        yield Problem(where.place((*path, "locations")), said, "keep one of them")
    name = account.get("name")
    for region in _list(account.get("locations")):
        if isinstance(name, str) and len(f"{name}-{region}") > NAME_LENGTH_MAX:
            said = f"{spoken((*path, 'name'))} is too long with -{region} at its end"
            hint = f"{NAME_LENGTH_MAX} characters in all"
            yield Problem(where.place((*path, "name")), said, hint)
    if account.get("customSubDomainName") and len(_list(account.get("locations"))) > 1:
        said = f"{spoken(path)} has one customSubDomainName for several locations"
        hint = "leave it out: each gets one of its own"
        yield Problem(where.place((*path, "customSubDomainName")), said, hint)


def _own_tags(path: KeyPath, values: Values, where: Map) -> Iterator[Problem]:
    tags = values.get("tags")
    if not isinstance(tags, Mapping):
        return
    hints = dict.fromkeys(OWN_TAGS, "leave it out")
    # Who sets these for a whole account would approve whatever is deployed there next.
    hints |= dict.fromkeys(READINESS, "write it as `readiness` of the deployment")
    for key in map(str, tags):
        hint = hints.get(key.casefold())  # Azure's names of tags ignore letter case
        if hint:
            said = f"{spoken((*path, key))} is the program's to set"
            yield Problem(where.place((*path, key)), said, hint)


def _of_access(path: KeyPath, account: Values, where: Map, values: Values) -> Iterator[Problem]:
    closed = account.get("publicNetworkAccess", "Disabled") == "Disabled"
    if account.get("networkAcls") and closed:
        said = f"{spoken((*path, 'networkAcls'))} lets nobody in while public access is Disabled"
        yield Problem(where.place((*path, "networkAcls")), said, "publicNetworkAccess: Enabled")
    if account.get("privateEndpoint") is True and not values.get("network"):
        said = f"{spoken((*path, 'privateEndpoint'))} has no network to stand in"
        yield Problem(where.place((*path, "privateEndpoint")), said, "add ftops:network")
    if account.get("allowedFqdnList") and account.get("restrictOutboundNetworkAccess") is False:
        said = f"{spoken((*path, 'allowedFqdnList'))} allows hosts and nothing is restricted"
        hint = "leave restrictOutboundNetworkAccess out"
        yield Problem(where.place((*path, "allowedFqdnList")), said, hint)


def _of_filters(path: KeyPath, account: Values, where: Map) -> Iterator[Problem]:
    lists = [str(each.get("name")) for _, each in _entries(account, "raiBlocklists", path)]
    for place, policy in _entries(account, "raiPolicies", path):
        for inner, use in _entries(policy, "customBlocklists", place):
            name = use.get("blocklistName")
            yield from _unknown((*inner, "blocklistName"), name, lists, where, "raiBlocklists")


def _of_deployments(
    path: KeyPath, account: Values, where: Map, values: Values
) -> Iterator[Problem]:
    policies = [str(each.get("name")) for _, each in _entries(account, "raiPolicies", path)]
    siblings = [str(each.get("name")) for _, each in _entries(account, "deployments", path)]
    accounts = _account_names(values)
    for place, deployment in _entries(account, "deployments", path):
        policy = deployment.get("raiPolicyName")
        if policy and not str(policy).casefold().startswith("microsoft."):
            yield from _unknown((*place, "raiPolicyName"), policy, policies, where, "raiPolicies")
        spill = deployment.get("spilloverDeploymentName")
        yield from _unknown(
            (*place, "spilloverDeploymentName"), spill, siblings, where, "deployments"
        )
        source = deployment.get("source")
        if source and not str(source).startswith("/"):
            yield from _unknown((*place, "source"), source, accounts, where, "accounts")
            yield from _of_source((*place, "source"), source, values, where)
        yield from _own_tags((*place, "tags"), deployment, where)
        yield from _of_lane(place, deployment, where)


def _account_names(values: Values) -> list[str]:
    """What accounts are called: as declared, and with the region where there are several."""
    found = []
    for _, account in _entries(values, "accounts"):
        found += [str(account.get("name"))]
        found += [f"{account.get('name')}-{each}" for each in _list(account.get("locations"))]
    return found


def _of_source(path: KeyPath, source: object, values: Values, where: Map) -> Iterator[Problem]:
    """A model is in the account of one region."""
    for _, account in _entries(values, "accounts"):
        regions = _list(account.get("locations"))
        if str(account.get("name")).casefold() == str(source).casefold() and len(regions) > 1:
            said = f"{spoken(path)} is an account of {len(regions)} regions"
            yield Problem(where.place(path), said, f"write one: {source}-{regions[0]}")


def _of_lane(path: KeyPath, deployment: Values, where: Map) -> Iterator[Problem]:
    """A base model has a version and no source; a tuned one never upgrades itself."""
    model = deployment.get("model")
    if not isinstance(model, str) or not model:
        return
    if is_tuned(model):
        if deployment.get("versionUpgradeOption", "NoAutoUpgrade") != "NoAutoUpgrade":
            said = f"{spoken(path)} is a tuned model, which has no newer version"
            place = where.place((*path, "versionUpgradeOption"))
            yield Problem(place, said, "leave versionUpgradeOption out")
        if deployment.get("source") and deployment.get("sourceAccount"):
            said = f"{spoken(path)} has both source and sourceAccount"
            yield Problem(where.place((*path, "sourceAccount")), said, "keep one of them")
        return
    if not deployment.get("version"):
        said = f"{spoken((*path, 'version'))} is not set"
        yield Problem(where.place((*path, "version")), said, "docs/stack-file.md has every key")
    for key in OF_TUNED:
        if deployment.get(key):
            said = f"{spoken((*path, key))} is for tuned models, and {model} is none"
            yield Problem(where.place((*path, key)), said, "leave it out")


def _of_assignment(
    path: KeyPath, assignment: Values, where: Map, accounts: list[str], identities: list[str]
) -> Iterator[Problem]:
    yield from _unknown((*path, "account"), assignment.get("account"), accounts, where, "accounts")
    named = assignment.get("identity")
    yield from _unknown((*path, "identity"), named, identities, where, "identities")
    if bool(named) == bool(assignment.get("principalId")):
        said = f"{spoken(path)} is for " + ("two principals" if named else "nobody")
        yield Problem(where.place(path), said, "write one of principalId and identity")


def _unknown(
    path: KeyPath, name: object, names: Iterable[str], where: Map, of: str
) -> Iterator[Problem]:
    """A name that stands for nothing of this file."""
    known = [each for each in names if each != "None"]
    if not name or str(name).casefold() in {each.casefold() for each in known}:
        return
    hint = did_you_mean(str(name), known) if known else f"add it to `{of}`"
    yield Problem(where.place(path), f"{spoken(path)}: there is no {name!r} in `{of}`", hint)


def _twice(entries: Iterable[Entry], where: Map) -> Iterator[Problem]:
    seen: dict[str, KeyPath] = {}
    for path, each in entries:
        name = each.get("name")
        if not isinstance(name, str) or not name:
            continue
        if name.casefold() in seen:
            hint = f"the other one is at {where.place((*seen[name.casefold()], 'name'))}"
            yield Problem(where.place((*path, "name")), f"the name {name!r} is used twice", hint)
        seen.setdefault(name.casefold(), path)


def _entries(values: Values, key: str, below: KeyPath = ()) -> Iterator[Entry]:
    """The mappings of a list, each with its path."""
    for index, each in enumerate(_list(values.get(key))):
        if isinstance(each, Mapping):
            yield (*below, key, index), each


def _list(value: object) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []
