"""Plans: only what was judged idle or expired, and never more than allowed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import get_args

import pytest

from ftops.estate import Deployment
from ftops.outcome import foretell
from ftops.plan import Plan, plan, require_bounded
from ftops.verdict import Verdict, Word
from ftops_catalog.errors import Blocked

Make = Callable[..., Deployment]


def test_a_plan_holds_what_is_idle_or_expired_and_nothing_else(make: Make) -> None:
    verdicts = [Verdict(make(word), word, "Because.") for word in get_args(Word)]

    found = plan(verdicts, lambda _: 10)

    assert sorted(item.deployment for item in found.items) == ["expired", "idle"]
    assert {item.action for item in found.items} == {"delete"}


def test_a_plan_beyond_its_limit_is_blocked_and_names_the_environment(make: Make) -> None:
    tagged = {"environment": "dev"}
    verdicts = [Verdict(make(str(n), tags=tagged), "idle", "Because.") for n in range(3)]

    found = plan(verdicts, lambda name: {"dev": 2}[str(name)])

    with pytest.raises(Blocked, match=r"deletes 3 in dev \(at most 2\)"):
        require_bounded(found)
    require_bounded(plan(verdicts, lambda _: 3))


def test_each_environment_has_its_own_limit(make: Make) -> None:
    limits = {"dev": 1, None: 0}
    one = Verdict(make("a", tags={"environment": "dev"}), "idle", "Because.")
    other = Verdict(make("b"), "idle", "Because.")

    assert plan([one], lambda name: limits[name]).refusal == ""
    assert (
        "1 in no environment (at most 0)" in plan([one, other], lambda name: limits[name]).refusal
    )


def test_savings_are_known_only_where_every_price_is(make: Make) -> None:
    priced = Verdict(make("a"), "idle", "Because.", hosting_usd_per_hour=Decimal("1.70"))
    unpriced = replace(priced, hosting_usd_per_hour=None)

    assert plan([priced, priced], lambda _: 9).saved_usd_per_day == Decimal("81.6")
    assert plan([priced, unpriced], lambda _: 9).saved_usd_per_day is None
    assert Plan().saved_usd_per_day == 0


def test_a_dry_run_foretells_every_item(make: Make) -> None:
    found = plan([Verdict(make("a"), "idle", "Because.")], lambda _: 9)

    assert [(each.deployment, each.state) for each in foretell(found)] == [("a", "would-delete")]
