"""A preflight says yes only where it knows: every other answer is a no or an open question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftops.deleted_account import DeletedAccount
from ftops.environment import Environment, parse_environment
from ftops.estate import Account, Unreadable, parse_deployment
from ftops.offer import Offer, parse_offer
from ftops.preflight.check import Check
from ftops.preflight.judge import Preflight, judge
from ftops.preflight.placement import Wish, placements, rank
from ftops.preflight.right import gives, needed
from ftops.preflight.surroundings import Permission, Surroundings, nothing_asked
from ftops.price import PriceBook
from ftops.quota import Pool
from ftops_catalog.catalog import read_catalog

CATALOG = read_catalog()
BOOK = PriceBook(CATALOG)
NOW = datetime(2026, 11, 21, tzinfo=UTC)
REGION = "swedencentral"
SUBSCRIPTION = "/subscriptions/22222222-2222-2222-2222-222222222222"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg-ftops-dev"
ACCOUNT_ID = f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/oai-dev"
TUNED = "gpt-4.1-mini-2025-04-14.ft-3c27f78ad2c141719573c550300bb791"
CHECKPOINT = "ftchkpt-3c27f78ad2c141719573c550300bb791"
BASE_POOL, TUNED_POOL = "OpenAI.Standard.gpt4.1-mini", "OpenAI.Standard.gpt4.1-mini-finetune"

MINI = Offer(
    "gpt-4.1-mini",
    "2025-04-14",
    {"standard": BASE_POOL, "globalstandard": "OpenAI.GlobalStandard.gpt4.1-mini"},
    tunable=True,
    training_until=date(2027, 10, 14),
    inference_until=date(2027, 4, 14),
)
ACCOUNT = Account(
    id=ACCOUNT_ID,
    name="oai-dev",
    resource_group="rg-ftops-dev",
    region=REGION,
    kind="OpenAI",
)
ALL = Surroundings(
    accounts=(),
    offers={REGION: (MINI,)},
    pools={
        REGION: (
            Pool(REGION, BASE_POOL, "", Decimal(0), Decimal(100)),
            Pool(REGION, TUNED_POOL, "", Decimal(0), Decimal(10)),
        )
    },
    permissions=(Permission(("*",), ()),),
    domains={"oai-dev": True},
)


def _deployment(name: str = "mini", **keys: Any) -> dict[str, Any]:
    base = {"name": name, "model": "gpt-4.1-mini", "sku": "Standard", "capacity": 10}
    version = {} if ".ft-" in str(keys.get("model", "")) else {"version": "2025-04-14"}
    return {**base, **version, **keys}


def _tuned(name: str = "tuned", **keys: Any) -> dict[str, Any]:
    return _deployment(name, **{"model": TUNED, "capacity": 1, **keys})


def _environment(*deployments: Mapping[str, Any], **keys: Any) -> Environment:
    account = {"name": "oai-dev", "deployments": list(deployments)}
    mapping = {"location": REGION, "accounts": [account], **keys}
    return parse_environment(mapping, CATALOG, "dev")


def _judge(environment: Environment, around: Surroundings = ALL) -> Preflight:
    return judge(environment, around, BOOK, NOW)


def _of(found: Preflight, topic: str, subject: str = "") -> Check:
    return next(c for c in found.checks if c.topic == topic and subject in c.subject)


def _there(name: str, capacity: int, model: str = "gpt-4.1-mini") -> Surroundings:
    body = {
        "id": f"{ACCOUNT_ID}/deployments/{name}",
        "name": name,
        "sku": {"name": "Standard", "capacity": capacity},
        "properties": {"model": {"format": "OpenAI", "name": model, "version": "2025-04-14"}},
    }
    found = parse_deployment(body, ACCOUNT)
    return replace(ALL, accounts=(ACCOUNT,), deployments={ACCOUNT.key: (found,)})


def test_what_azure_confirms_is_ok() -> None:
    found = _judge(_environment(_deployment(), _tuned()))

    assert found.blocked == ()
    # Nothing tells on which day the tuned deployments of a model end, unless the catalog does.
    assert {check.topic for check in found.unverified} <= {"lifecycle"}


def test_of_azure_s_silence_nothing_is_ok_but_what_needs_no_azure() -> None:
    found = _judge(_environment(_deployment(), _tuned()), nothing_asked("nobody was asked"))

    needs_azure = {"model", "training", "quota", "limits", "name", "endpoint", "permission"}
    assert {check.state for check in found.checks if check.topic in needs_azure} == {"UNVERIFIED"}


PARTS = ("accounts", "offers", "pools", "deleted", "permissions", "domains")


@given(st.sets(st.sampled_from(PARTS)), st.integers(1, 200), st.integers(1, 20))
def test_less_knowledge_never_makes_a_yes(hidden: set[str], base: int, tuned: int) -> None:
    environment = _environment(_deployment(capacity=base), _tuned(capacity=tuned))
    silent = Unreadable("Azure", "hidden")
    per_name: dict[str, Any] = {
        "offers": {REGION: silent},
        "pools": {REGION: silent},
        "domains": {},
    }
    around = replace(ALL, **{part: per_name.get(part, silent) for part in hidden})

    whole = {(c.topic, c.subject): c.state for c in _judge(environment).checks}
    for check in _judge(environment, around).checks:
        if check.state == "ok":
            assert whole.get((check.topic, check.subject)) == "ok"


@given(st.lists(st.integers(1, 60), min_size=1, max_size=5), st.integers(0, 100))
def test_the_sum_over_the_environment_is_held_to_what_is_free(
    capacities: list[int], used: int
) -> None:
    declared = [_deployment(f"mini-{n}", capacity=each) for n, each in enumerate(capacities)]
    pool = Pool(REGION, BASE_POOL, "", Decimal(used), Decimal(100))
    found = _judge(_environment(*declared), replace(ALL, pools={REGION: (pool,)}))

    state = _of(found, "quota").state
    assert state == ("ok" if sum(capacities) <= 100 - used else "blocked")


def test_tuned_deployments_draw_from_a_pool_of_their_own() -> None:
    found = _judge(_environment(_deployment(capacity=100), _tuned(capacity=11)))

    assert _of(found, "quota", BASE_POOL).state == "ok"
    assert _of(found, "quota", TUNED_POOL).reason == "11 wanted, 10 of 10 free"
    assert _of(found, "quota", TUNED_POOL).state == "blocked"


def test_what_a_deployment_holds_already_is_not_wanted_again() -> None:
    found = _judge(_environment(_deployment(capacity=60)), _there("mini", 50))

    assert _of(found, "quota").reason == "10 wanted, 100 of 100 free"


def test_an_empty_answer_about_quota_is_not_a_zero() -> None:
    found = _judge(_environment(_deployment()), replace(ALL, pools={REGION: ()}))

    assert _of(found, "quota").state == "UNVERIFIED"


def test_the_models_api_wins_over_the_catalog() -> None:
    gone = replace(ALL, offers={REGION: (replace(MINI, name="gpt-4.1"),)})
    new_sku = replace(MINI, pools={**MINI.pools, "datazonestandard": "OpenAI.DataZoneStandard.x"})
    declared = _environment(_deployment(sku="DataZoneStandard"))

    assert _of(_judge(_environment(_deployment()), gone), "model").state == "blocked"
    assert _of(_judge(declared), "model").state == "blocked"
    assert _of(_judge(declared, replace(ALL, offers={REGION: (new_sku,)})), "model").state == "ok"


def test_a_tuned_model_is_not_served_where_its_base_cannot_be_tuned() -> None:
    around = replace(ALL, offers={REGION: (replace(MINI, tunable=False),)})
    found = _judge(_environment(_deployment(), _tuned()), around)

    assert _of(found, "training", "/mini").state == "ok"
    assert _of(found, "training", "/tuned").state == "blocked"


def test_a_checkpoint_without_its_base_is_an_open_question_and_with_it_is_not() -> None:
    bare = _judge(_environment(_tuned(model=CHECKPOINT, version="1")))
    told = _judge(_environment(_tuned(model=CHECKPOINT, version="1", baseModel="gpt-4.1-mini")))

    assert _of(bare, "model").state == _of(bare, "quota").state == "UNVERIFIED"
    assert _of(told, "quota", TUNED_POOL).state == "ok"


@pytest.mark.parametrize(
    ("day", "state"),
    [(date(2026, 11, 21), "blocked"), (date(2026, 11, 22), "ok"), (None, "ok")],
)
def test_a_model_that_has_retired_is_blocked_on_the_day(day: date | None, state: str) -> None:
    around = replace(ALL, offers={REGION: (replace(MINI, inference_until=day),)})

    assert _of(_judge(_environment(_deployment()), around), "lifecycle").state == state


def test_limits_count_what_is_there_besides() -> None:
    there = _there("another", 1)
    many = [_deployment(f"mini-{number}", capacity=1) for number in range(32)]

    assert _of(_judge(_environment(*many[:31]), there), "limits").state == "ok"
    assert _of(_judge(_environment(*many), there), "limits").state == "blocked"
    assert _of(_judge(_environment(*many)), "limits").reason.startswith("32 of 32")


def test_a_name_that_a_deleted_account_holds_is_blocked_with_the_way_out() -> None:
    ghost = DeletedAccount(ACCOUNT_ID, "oai-dev", "rg-ftops-dev", REGION, "OpenAI", {}, None, None)
    found = _judge(_environment(_deployment()), replace(ALL, deleted=(ghost,)))

    assert _of(found, "name").state == "blocked"
    assert "--restore-deleted" in _of(found, "name").hint


def test_a_sub_domain_that_is_taken_is_blocked() -> None:
    found = _judge(_environment(_deployment()), replace(ALL, domains={"oai-dev": False}))

    assert _of(found, "endpoint").state == "blocked"


@pytest.mark.parametrize(
    ("actions", "not_actions", "action", "given_"),
    [
        (("*",), (), "Microsoft.CognitiveServices/accounts/write", True),
        (("*/read",), (), "Microsoft.CognitiveServices/accounts/write", False),
        (("microsoft.cognitiveservices/*",), (), "Microsoft.CognitiveServices/x/write", True),
        (("*",), ("Microsoft.Authorization/*/Write",), "Microsoft.Authorization/x/write", False),
        ((), (), "Microsoft.CognitiveServices/accounts/write", False),
    ],
)  # fmt: skip
def test_a_permission_is_what_is_given_and_not_taken(
    actions: tuple[str, ...], not_actions: tuple[str, ...], action: str, *, given_: bool
) -> None:
    assert gives([Permission(actions, not_actions)], action) is given_


def test_only_what_the_environment_needs_is_asked_for() -> None:
    plain = _environment(_deployment())
    who = {"principalId": SUBSCRIPTION.rpartition("/")[2]}
    calls = _environment(_deployment(), roleAssignments=[{"role": "caller", **who}])
    sweeps = _environment(_deployment(), roleAssignments=[{"role": "sweeper", **who}])
    given_, made = "roleAssignments/write", "roleDefinitions/write"

    asked = [
        {action.rpartition("Authorization/")[2] for action in needed(each)} & {given_, made}
        for each in (plain, calls, sweeps)
    ]
    # A caller has a built-in role; what a sweeper needs no built-in role has alone.
    assert asked == [set(), {given_}, {given_, made}]


def test_no_permission_at_all_is_no_answer() -> None:
    found = _judge(_environment(_deployment()), replace(ALL, permissions=()))

    assert {c.state for c in found.checks if c.topic == "permission"} == {"UNVERIFIED"}


def test_the_price_is_of_the_whole_and_of_the_change() -> None:
    found = _judge(_environment(_deployment(), _tuned()), _there("tuned", 1, TUNED))

    assert found.bill.usd_per_hour == Decimal("1.7")
    assert found.bill.more_usd_per_hour == 0
    assert _judge(_environment(_tuned())).bill.more_usd_per_hour == Decimal("1.7")


def test_a_price_that_nobody_knows_is_unverified_and_never_a_zero() -> None:
    found = _judge(_environment(_tuned(model=CHECKPOINT, version="1")))

    assert found.bill.unknown == ("oai-dev/tuned",)
    assert _of(found, "price").state == "UNVERIFIED"
    assert _of(found, "price").reason.startswith("at least")


@pytest.mark.parametrize(("days", "state"), [(30, "ok"), (31, "UNVERIFIED")])
def test_a_catalog_older_than_thirty_days_says_so(days: int, state: str) -> None:
    then = datetime.combine(CATALOG.collected, NOW.time(), UTC).timestamp() + days * 86400
    found = judge(_environment(_deployment()), ALL, BOOK, datetime.fromtimestamp(then, UTC))

    assert _of(found, "catalog").state == state


@pytest.mark.parametrize(
    "body",
    [{}, {"model": {}}, {"model": {"skus": "x", "capabilities": [], "deprecation": {"x": 1}}}],
)
def test_an_offer_is_read_from_whatever_azure_answers(body: dict[str, Any]) -> None:
    offer = parse_offer(body)

    assert (offer.tunable, offer.inference_until, dict(offer.pools)) == (None, None, {})


WISH = Wish(CATALOG.model("gpt-4.1-mini"), 50, tuned=False)


def _placed(free: Mapping[str, int]) -> list[tuple[str, str, str]]:
    offers = dict.fromkeys(free, (MINI,))
    pools = {
        region: (Pool(region, BASE_POOL, "", Decimal(0), Decimal(limit)),)
        for region, limit in free.items()
    }
    found = rank(placements(WISH, offers, pools, BOOK), "free")
    return [(each.region, each.sku, each.state) for each in found]


def test_regions_are_ranked_by_what_is_free_and_those_that_do_not_suffice_come_last() -> None:
    found = _placed({"eastus2": 40, REGION: 200, "northcentralus": 60})

    assert [each for each in found if each[1] == "Standard"] == [
        (REGION, "Standard", "ok"),
        ("northcentralus", "Standard", "ok"),
        ("eastus2", "Standard", "blocked"),
    ]
    # No pool was told of for GlobalStandard: it is offered, and nobody knows how much.
    assert {state for _, sku, state in found if sku == "GlobalStandard"} == {"UNVERIFIED"}


def test_a_region_that_does_not_offer_the_model_is_no_placement() -> None:
    assert placements(WISH, {REGION: ()}, {REGION: ()}, BOOK) == []


def test_a_region_that_azure_hides_is_unverified() -> None:
    hidden = {REGION: Unreadable(REGION, "forbidden")}
    found = placements(WISH, hidden, hidden, BOOK)

    assert found
    assert {(each.state, each.free) for each in found} == {("UNVERIFIED", None)}


def test_the_strictest_residency_comes_first_when_asked_for() -> None:
    ample = {
        name: (Pool(name, pool, "", Decimal(0), Decimal(99)) for pool in MINI.pools.values())
        for name in ("eastus2", REGION)
    }
    pools = {name: tuple(each) for name, each in ample.items()}
    found = rank(placements(WISH, dict.fromkeys(pools, (MINI,)), pools, BOOK), "residency")

    assert [each.residency for each in found] == ["region", "region", "anywhere", "anywhere"]
