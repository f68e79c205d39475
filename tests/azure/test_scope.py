"""What a run may spend and delete: under any cap, among any groups."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as some
from tests.azure.clients import WORDS_MAX, redacted
from tests.azure.purse import Purse, price
from tests.azure.run import Run, buried, mine
from tests.azure.target import TAG

RUN = Run("22222222-2222-2222-2222-222222222222", "swedencentral", "ftopstest0123456789ab")
names = some.sampled_from([RUN.name, RUN.name.upper(), "ftopstest", "production", "rg-ml"])
tags = some.none() | some.dictionaries(
    some.sampled_from([TAG, TAG.upper(), "owner"]), names | some.text(max_size=5), max_size=3
)
group = some.fixed_dictionaries({"name": names | some.text(max_size=8), "tags": tags})
costs = some.none() | some.decimals(allow_nan=True, allow_infinity=True, places=2)


@given(groups=some.lists(group, max_size=8))
def test_only_groups_with_the_tag_of_the_run_are_deleted(groups: list[dict[str, Any]]) -> None:
    chosen = mine(groups, RUN)

    assert chosen == [g["name"] for g in groups if g["tags"] and g["tags"].get(TAG) == RUN.name]
    assert mine([{"name": RUN.name}, {"name": RUN.name, "tags": {}}], RUN) == []


@given(names=some.lists(names, max_size=6))
def test_only_deleted_accounts_of_the_runs_groups_are_purged(names: list[str]) -> None:
    place = "/subscriptions/s/providers/Microsoft.CognitiveServices/locations/l/resourceGroups"
    ids = [f"{place}/{name}/deletedAccounts/a" for name in names]

    chosen = buried([{"id": one} for one in [*ids, "/odd"]], RUN, ["Rg-ML"])

    allowed = {RUN.name, "rg-ml"}
    assert chosen == [one for one, name in zip(ids, names, strict=True) if name.lower() in allowed]


@given(
    cap=some.decimals(min_value=0, max_value=100, places=2), asked=some.lists(costs, max_size=20)
)
def test_no_order_of_prices_takes_more_than_the_cap(
    cap: Decimal, asked: list[Decimal | None]
) -> None:
    purse = Purse(cap)
    given_out = [cost for cost in asked if purse.take(cost)]

    assert sum(filter(None, given_out), Decimal(0)) == purse.taken_usd <= cap
    assert all(cost is not None and cost >= 0 for cost in given_out)


@given(text=some.text() | some.none() | some.integers())
def test_a_price_is_a_number_of_dollars_or_unknown(text: object) -> None:
    found = price(text)

    assert found is None or (found.is_finite() and found >= 0)


def test_prices_that_say_nothing_are_unknown() -> None:
    assert [price(text) for text in ("", "free", "NaN", "-1", "inf", 0)] == [None] * 6
    assert price("0.25") == Decimal("0.25")


@given(before=some.text(max_size=40), secret=some.text("0123456789abcdef", min_size=32))
def test_no_key_gets_into_the_report(before: str, secret: str) -> None:
    said = redacted(f"{before} 1{secret} is not {secret}2 in {RUN.name}", RUN.name)

    assert not re.search(r"[0-9a-f]{24}", said.partition("is not")[2])
    assert RUN.name not in said
    assert not {"|", "\n"} & set(said)
    assert len(said) <= WORDS_MAX + 2
