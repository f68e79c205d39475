"""The bill's arithmetic, against a second one that goes event by event."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftops_sandbox.cost.bill import Row, bill
from ftops_sandbox.cost.tariff import read_key, units
from ftops_sandbox.cost.use import TRAINING, measure
from ftops_sandbox.prices.meter import price_list
from ftops_sandbox.store import Event

START = datetime(2026, 3, 1, tzinfo=UTC)
END = START + timedelta(days=10)
ACCOUNT = "/subscriptions/s/resourcegroups/rg/providers/microsoft.cognitiveservices/accounts/a"
# One region's part of the price list.
METERS = tuple(row for row in price_list() if row["armRegionName"] == "swedencentral")
# US dollars there, as published: hosting an hour, input, cached and output a million.
RATES = {
    "Standard": ("1.7", "0.484", "0.121", "1.936"),
    "GlobalStandard": ("1.7", "0.4", "0.1", "1.6"),
    "DeveloperTier": ("0", "0.4", "0.1", "1.6"),
}
TRAINING_RATES = {"standard": "6.05", "globalStandard": "5.0", "developerTier": "2.5"}

moments = st.integers(0, int((END - START).total_seconds()) - 1).map(
    lambda second: START + timedelta(seconds=second)
)
names = st.sampled_from(["one", "two"])
lives = st.tuples(
    moments,
    st.sampled_from(["deployment.created", "deployment.updated", "deployment.deleted"]),
    names,
    st.sampled_from(sorted(RATES)),
)
calls = st.tuples(moments, st.just("call"), names, st.integers(0, 90_000), st.integers(0, 9_000))
trainings = st.tuples(
    moments,
    st.just(TRAINING),
    st.sampled_from(sorted(TRAINING_RATES)),
    st.integers(0, 5_000_000),
)
histories = st.lists(st.one_of(lives, calls, trainings), max_size=30)


def _event(seq: int, told: tuple[Any, ...]) -> Event:
    time, kind, name, *rest = told
    if kind == TRAINING:
        body = {
            "account": ACCOUNT,
            "region": "swedencentral",
            "base": "gpt-4.1-mini-2025-04-14",
            "training_type": name,
            "by_time": False,
            "count": rest[0],
        }
        return Event(seq, time, kind, f"{ACCOUNT}/jobs/{seq}", body)
    if kind == "call":
        body = {
            "status": 200,
            "prompt_tokens": rest[0] + rest[0] // 3,
            "cached_tokens": rest[0] // 3,
            "completion_tokens": rest[1],
        }
    else:
        body = {
            "sku": rest[0],
            "capacity": 1,
            "base": "gpt-4.1-mini-2025-04-14",
            "tuned": True,
            "region": "swedencentral",
        }
    return Event(seq, time, kind, f"{ACCOUNT}/deployments/{name}", body)


def _events(history: list[tuple[Any, ...]]) -> list[Event]:
    return [_event(seq, told) for seq, told in enumerate(sorted(history, key=lambda one: one[0]))]


def _second_bill(events: list[Event]) -> Decimal:
    """The same sum, going from event to event with what is deployed between them."""
    total, last = Decimal(0), START
    deployed: dict[str, str] = {}
    million = Decimal(1_000_000)
    for event in [*events, Event(-1, END, "end", "", {})]:
        hours = Decimal((event.time - last).total_seconds()) / 3600
        total += sum((hours * Decimal(RATES[sku][0]) for sku in deployed.values()), Decimal(0))
        last, body = event.time, event.body
        if event.kind == TRAINING:
            total += body["count"] * Decimal(TRAINING_RATES[body["training_type"]]) / million
        elif event.kind == "deployment.deleted":
            deployed.pop(event.subject, None)
        elif event.kind.startswith("deployment."):
            deployed[event.subject] = body["sku"]
        elif event.subject in deployed:
            _, fresh, cached, out = map(Decimal, RATES[deployed[event.subject]])
            total += (body["prompt_tokens"] - body["cached_tokens"]) * fresh / million
            total += body["cached_tokens"] * cached / million
            total += body["completion_tokens"] * out / million
    return total


def _sums(rows: list[Row]) -> dict[tuple[Any, ...], int]:
    return {(row.day, row.account, row.meter["meterId"]): row.count for row in rows}


@settings(max_examples=60)
@given(histories)
def test_the_total_is_that_of_a_second_computation(history: list[tuple[Any, ...]]) -> None:
    events = _events(history)
    total = sum((row.cost for row in bill(events, METERS, START, END)), Decimal(0))

    assert abs(total - _second_bill(events)) < Decimal("1e-12")


@settings(max_examples=60)
@given(histories, moments)
def test_a_window_cut_in_two_has_the_bill_of_the_whole(
    history: list[tuple[Any, ...]], cut: datetime
) -> None:
    events = _events(history)
    whole = _sums(bill(events, METERS, START, END))
    first = _sums(bill(events, METERS, START, cut))
    second = _sums(bill(events, METERS, cut, END))

    assert whole == {
        place: first.get(place, 0) + second.get(place, 0) for place in first.keys() | second
    }


@given(histories)
def test_what_is_billed_later_never_changes_what_was_billed(
    history: list[tuple[Any, ...]],
) -> None:
    events = _events(history)
    middle = START + timedelta(days=5)
    early = [event for event in events if event.time < middle]

    assert bill(early, METERS, START, middle) == bill(events, METERS, START, middle)


@given(histories)
def test_every_token_of_a_call_is_measured_once(history: list[tuple[Any, ...]]) -> None:
    events = _events(history)
    spent = sum(
        event.body["prompt_tokens"] + event.body["completion_tokens"]
        for event in events
        if event.kind == "call"
    )
    tokens = sum(
        use.count
        for use in measure(events, START, END)
        if use.key is None or use.key.what in ("input", "cached", "output")
    )

    assert tokens == spent


def test_every_meter_is_understood_but_the_graders() -> None:
    unread = {row["skuName"] for row in price_list() if read_key(row) is None}

    assert all(units(row) > 0 for row in price_list())
    assert all("grader" in name or "grdr" in name for name in unread), unread


def test_no_two_meters_of_a_region_count_the_same() -> None:
    keys = [key for meter in price_list() if (key := read_key(meter)) and key.what != "grader"]

    assert len(keys) == len(set(keys)) > 500


def _deployed(sku: str, base: str, *, tuned: bool, capacity: int = 1) -> list[Event]:
    body = {
        "sku": sku,
        "capacity": capacity,
        "base": base,
        "tuned": tuned,
        "region": "swedencentral",
    }
    call = {"status": 200, "prompt_tokens": 1000, "cached_tokens": 0, "completion_tokens": 0}
    subject = f"{ACCOUNT}/deployments/d"
    return [
        Event(1, START, "deployment.created", subject, body),
        Event(2, START, "call", subject, call),
    ]


@pytest.mark.parametrize(
    ("sku", "base", "tuned", "dollars"),
    [
        ("GlobalStandard", "gpt-4.1-mini-2025-04-14", "tuned", "408.0004"),
        ("Standard", "gpt-4o-2024-08-06", "tuned", "408.00275"),
        ("DeveloperTier", "gpt-4.1-2025-04-14", "tuned", "0.002"),
        ("GlobalStandard", "gpt-4.1-mini-2025-04-14", "base", "0"),
        ("ProvisionedManaged", "gpt-4.1-2025-04-14", "base", "960"),
        ("DataZoneStandard", "gpt-4.1-2025-04-14", "tuned", "0"),
        ("GlobalStandard", "gpt-oss-20b-1", "tuned", "0"),
    ],
)
def test_ten_days_of_each_sku_cost_what_is_published(
    sku: str, base: str, tuned: str, dollars: str
) -> None:
    events = _deployed(sku, base, tuned=tuned == "tuned", capacity=2)
    rows = bill(events, METERS, START, END)

    assert sum((row.cost for row in rows), Decimal(0)) == Decimal(dollars)


def test_reinforcement_is_billed_by_the_hour() -> None:
    body = {
        "account": ACCOUNT,
        "region": "swedencentral",
        "base": "o4-mini-2025-04-16",
        "training_type": "standard",
        "by_time": True,
        "count": 90 * 60 * 1_000_000,
    }
    [row] = bill([Event(1, START, TRAINING, "j", body)], METERS, START, END)

    assert row.cost == Decimal("181.5")
