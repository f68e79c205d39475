"""History: lifetimes from events that may be missing, doubled or told by two books."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ftops.estate import Account, Deployment, Estate, Unreadable
from ftops.history import Event, Lifetime, Span, fold_lifetimes, ledger_events
from ftops.instant import HOUR
from ftops.ledger import Entry, Kind

START = datetime(2026, 11, 14, tzinfo=UTC)
SPAN = Span(START, START + timedelta(hours=50))
ACCOUNT = Account("/subscriptions/s/resourceGroups/g/providers/P/accounts/a", "a", "g", "westus")
SUBJECT = f"{ACCOUNT.id}/deployments/d"
BODY: dict[str, Any] = {
    "sku": {"name": "Standard", "capacity": 1},
    "properties": {"model": {"name": "gpt-4.1-mini-2025-04-14.ft-" + "a" * 32}},
}

Make = Callable[..., Deployment]


def at(hour: float) -> datetime:
    return START + hour * HOUR


def write(hour: float, body: dict[str, Any] | None = None) -> Event:
    return Event(at(hour), "write", SUBJECT, BODY if body is None else body)


def delete(hour: float, resource: str = SUBJECT) -> Event:
    return Event(at(hour), "delete", resource)


def existing(created: float) -> Estate:
    deployment = Deployment(
        SUBJECT, "d", ACCOUNT, "gpt-4.1.ft-" + "b" * 32, sku="Standard", created_at=at(created)
    )
    return Estate((ACCOUNT,), (deployment,))


GONE = Estate((ACCOUNT,))


def times(lives: tuple[Lifetime, ...]) -> list[tuple[datetime, datetime | None]]:
    return [(life.since, life.until) for life in lives]


def test_made_and_deleted_within_the_span_is_one_lifetime() -> None:
    lives, gaps = fold_lifetimes(GONE, [delete(5), write(2)], SPAN)

    assert times(lives) == [(at(2), at(5))]
    assert lives[0].deployment.sku == "Standard"
    assert lives[0].deployment.account.region == "westus"
    assert gaps == ()


def test_two_books_on_one_deployment_tell_one_lifetime() -> None:
    events = [write(2), write(2.001), delete(5), delete(5.001)]

    lives, _ = fold_lifetimes(GONE, events, SPAN)

    assert times(lives) == [(at(2), at(5))]


def test_deleted_and_made_again_are_two_lifetimes() -> None:
    lives, _ = fold_lifetimes(existing(8), [write(2), delete(5), write(8)], SPAN)

    assert times(lives) == [(at(2), at(5)), (at(8), None)]


def test_what_exists_without_an_event_lives_since_its_creation() -> None:
    lives, gaps = fold_lifetimes(existing(-100), [], SPAN)

    assert times(lives) == [(at(-100), None)]
    assert gaps == ()


def test_a_deletion_alone_tells_of_a_life_from_before() -> None:
    lives, _ = fold_lifetimes(GONE, [delete(5)], SPAN)

    assert times(lives) == [(START, at(5))]
    assert lives[0].deployment.model == ""


def test_a_deletion_with_a_body_tells_when_it_was_made() -> None:
    body = BODY | {"systemData": {"createdAt": "2026-11-13T12:00:00Z"}}

    lives, _ = fold_lifetimes(GONE, [Event(at(5), "delete", SUBJECT, body)], SPAN)

    assert times(lives) == [(at(-12), at(5))]
    assert lives[0].deployment.tuned


def test_a_body_that_comes_late_still_tells_what_it_was() -> None:
    lives, _ = fold_lifetimes(GONE, [write(2, {}), Event(at(5), "delete", SUBJECT, BODY)], SPAN)

    assert lives[0].deployment.sku == "Standard"


def test_a_write_that_changes_the_sku_begins_another_lifetime() -> None:
    other = BODY | {"sku": {"name": "GlobalStandard", "capacity": 1}}

    lives, _ = fold_lifetimes(GONE, [write(2), write(3, other), delete(5)], SPAN)

    assert times(lives) == [(at(2), at(3)), (at(3), at(5))]
    assert [life.deployment.sku for life in lives] == ["Standard", "GlobalStandard"]


def test_a_deleted_account_or_group_ends_what_was_in_it() -> None:
    for parent in (ACCOUNT.id, "/subscriptions/s/resourceGroups/G"):
        lives, gaps = fold_lifetimes(Estate(), [write(2), delete(6, parent)], SPAN)

        assert times(lives) == [(at(2), at(6))]
        assert gaps == ()


def test_a_changed_sku_of_what_exists_is_accounted_for_until_the_change() -> None:
    lives, _ = fold_lifetimes(
        existing(2), [write(2), write(3, BODY | {"sku": {"name": "X"}})], SPAN
    )

    assert times(lives) == [(at(2), at(3)), (at(3), None)]


def test_what_vanished_without_a_trace_is_a_gap_after_its_last_sign_of_life() -> None:
    lives, gaps = fold_lifetimes(GONE, [write(2), write(4)], SPAN)

    assert times(lives) == [(at(2), at(4))]
    assert [(gap.deployment, gap.charge_type) for gap in gaps] == [("d", "hosting")]


def test_a_developer_deployment_ends_by_itself_after_a_day() -> None:
    developer = BODY | {"sku": {"name": "DeveloperTier", "capacity": 1}}

    lives, gaps = fold_lifetimes(GONE, [write(2, developer)], SPAN)

    assert times(lives) == [(at(2), at(26))]
    assert gaps == ()


def test_an_account_that_cannot_be_read_leaves_a_gap_and_not_an_end() -> None:
    hidden = Estate((ACCOUNT,), (), (Unreadable("a", "403"),))

    _, gaps = fold_lifetimes(hidden, [write(2)], SPAN)

    assert "cannot be read" in gaps[0].reason


def test_the_ledger_tells_of_deployments_and_not_of_jobs_or_intents() -> None:
    kinds: tuple[Kind, ...] = ("deployed", "deleting", "deleted", "restored", "submitted", "kept")
    entries = [Entry(kind, at(1), SUBJECT, BODY) for kind in kinds]

    assert [event.operation for event in ledger_events(entries)] == ["write", "delete", "write"]


events = st.lists(
    st.tuples(st.integers(-10, 60), st.sampled_from(["write", "delete", "parent"]), st.booleans()),
    max_size=8,
)


@given(events, st.one_of(st.none(), st.integers(-20, 49)))
def test_lifetimes_never_overlap_whatever_the_events(
    told: list[tuple[int, str, bool]], created: int | None
) -> None:
    found = [
        delete(hour, ACCOUNT.id)
        if kind == "parent"
        else Event(
            at(hour), "write" if kind == "write" else "delete", SUBJECT, BODY if body else {}
        )
        for hour, kind, body in told
    ]
    estate = GONE if created is None else existing(created)

    lives, _ = fold_lifetimes(estate, found, SPAN)

    ends = [life.until or SPAN.until for life in lives]
    assert all(life.since <= end for life, end in zip(lives, ends, strict=True))
    assert all(end <= later.since for end, later in zip(ends, lives[1:], strict=False))
    assert sum(life.until is None for life in lives) == (created is not None)
