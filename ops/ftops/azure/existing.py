"""Reads what rules look at: accounts as Azure has them, and what lies in each."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from ftops.audit import Existing
from ftops.azure.arm import Arm
from ftops.azure.body import Body, list_bodies
from ftops.azure.estate import KINDS, READERS
from ftops.azure.session import Session, refusals
from ftops.estate import Scope, Unreadable, parse_account
from ftops_catalog.arm_type import ArmType, read_arm_types
from ftops_catalog.errors import CloudRefused, NotReady
from ftops_policies import Resource, Rule
from ftops_policies.resource import ACCOUNT, DEPLOYMENT

Answer = list[Resource] | Unreadable
LOCK = "Microsoft.Authorization/locks"


def read_existing(session: Session, scope: Scope, rules: Iterable[Rule]) -> Existing:
    """Accounts of kind OpenAI or AIServices with all that lies in them and a rule is about.

    What Azure does not show of an account is in `unreadable`, never left out in silence. What a
    lock stands on or above is protected; of the rest that is not known. Raises CloudRefused where
    Azure does not show the accounts.
    """
    with refusals("listing the accounts"):
        bodies = list_bodies(session.cognitive.accounts.list)
    parts = _parts(rules)
    with Arm(session) as arm, ThreadPoolExecutor(READERS) as pool:
        locked = _locked(arm)
        accounts = [
            _existing(ACCOUNT, found.name, body, locked)
            for body in bodies
            if str(body.get("kind", "")).casefold() in KINDS
            and scope.holds(found := parse_account(body))
        ]
        wanted = [(account, part) for account in accounts for part in parts]
        answers = list(pool.map(lambda pair: _read(arm, pair[0], pair[1], locked), wanted))
    inner = [each for answer in answers if isinstance(answer, list) for each in answer]
    return Existing(
        (*accounts, *inner),
        frozenset({ACCOUNT, *(part.type for part in parts)}),
        tuple(dict.fromkeys(each for each in answers if isinstance(each, Unreadable))),
    )


def _parts(rules: Iterable[Rule]) -> list[ArmType]:
    """What lies right in an account and some rule is about; deployments in any case."""
    named = {kind.casefold() for rule in rules for kind in rule.applies_to} | {
        DEPLOYMENT.casefold()
    }
    depth = ACCOUNT.count("/") + 1
    return [
        record
        for record in read_arm_types().types
        if record.type.casefold() in named
        and record.type.casefold().startswith(f"{ACCOUNT}/".casefold())
        and record.type.count("/") == depth
    ]


def _locked(arm: Arm) -> frozenset[str]:
    """What locks stand on, by lower-case id; none where Azure does not show them."""
    record = read_arm_types().type(LOCK)
    path = f"/subscriptions/{arm.session.target.subscription_id}/providers/{LOCK}"
    try:
        locks = arm.items(path, record.api_version)
    except (CloudRefused, NotReady):
        return frozenset()
    return frozenset(
        str(lock.get("id", "")).casefold().rpartition(f"/providers/{LOCK}/".casefold())[0]
        for lock in locks
    )


def _read(arm: Arm, account: Resource, part: ArmType, locked: frozenset[str]) -> Answer:
    kind = part.type.rpartition("/")[2]
    try:
        bodies = arm.items(f"{account.id}/{kind}", part.api_version)
    except (CloudRefused, NotReady) as error:
        return Unreadable(account.name, error.message)
    names = (str(body.get("name", "")).rpartition("/")[2] for body in bodies)
    return [
        _existing(part.type, name, body, locked, account)
        for name, body in zip(names, bodies, strict=True)
    ]


def _existing(
    arm_type: str, name: str, body: Body, locked: frozenset[str], parent: Resource | None = None
) -> Resource:
    """Either level of a lock keeps from deleting, on the resource or on anything around it."""
    identity = str(body.get("id", ""))
    steps = identity.casefold().split("/")
    above = ("/".join(steps[:end]) for end in range(3, len(steps) + 1, 2))
    protect = True if any(each in locked for each in above) else None
    return Resource(arm_type, name, body, id=identity, parent=parent, protect=protect, exists=True)
