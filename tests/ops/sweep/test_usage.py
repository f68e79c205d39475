"""Usage: an absent series is no traffic only where the whole answer can be trusted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftops.answer import rfc3339
from ftops.estate import Account, Deployment
from ftops.metric import parse_readings
from ftops.token_use import fold_tokens
from ftops.usage import REQUEST_METRICS, Usage, Window, fold_usage

NOW = datetime(2026, 11, 21, 8, 20, tzinfo=UTC)
WINDOW = Window(NOW - timedelta(days=15), NOW, timedelta(hours=1))
TEN = datetime(2026, 11, 20, 10, tzinfo=UTC)

Json = dict[str, Any]
Make = Callable[..., Deployment]


def series(deployment: str | None, *points: tuple[datetime, object]) -> Json:
    name = {"name": {"value": "modeldeploymentname"}, "value": deployment}
    data = [{"timeStamp": rfc3339(at), "total": total} for at, total in points]
    return {"metadatavalues": [name] if deployment is not None else [], "data": data}


def metric(name: str, *found: Json, code: str = "Success") -> Json:
    return {"name": {"value": name}, "errorCode": code, "timeseries": list(found)}


def answer(account_id: str, *metrics: Json) -> Json:
    return {"values": [{"resourceid": account_id.upper(), "value": list(metrics)}]}


def usage_of(make: Make, body: object, failures: dict[str, str] | None = None) -> Usage:
    found = make("Sarcasm")
    return fold_usage([found], parse_readings(body), WINDOW, failures or {})[found.key]


def test_a_whole_answer_without_a_series_means_no_calls(make: Make, account: Account) -> None:
    body = answer(account.id, *(metric(name) for name in REQUEST_METRICS))

    found = usage_of(make, body)

    assert (found.complete, found.calls, found.last_call_at) == (True, 0, None)


def test_names_are_compared_without_case_and_the_last_bucket_counts_to_its_end(
    make: Make, account: Account
) -> None:
    points = [(TEN, 2.0), (TEN + timedelta(hours=3), 1), (TEN + timedelta(hours=9), 0)]
    body = answer(
        account.id,
        metric(REQUEST_METRICS[0], series("sarcasm", *points)),
        metric(REQUEST_METRICS[1]),
    )

    found = usage_of(make, body)

    assert found.calls == 3
    assert found.last_call_at == TEN + timedelta(hours=4)


def test_a_call_in_the_bucket_of_now_was_at_latest_now(make: Make, account: Account) -> None:
    body = answer(
        account.id,
        metric(REQUEST_METRICS[0]),
        metric(REQUEST_METRICS[1], series("sarcasm", (NOW.replace(minute=0), 1))),
    )

    assert usage_of(make, body).last_call_at == NOW


def test_the_two_request_metrics_count_the_same_call_once(make: Make, account: Account) -> None:
    both = [metric(name, series("sarcasm", (TEN, 4))) for name in REQUEST_METRICS]

    assert usage_of(make, answer(account.id, *both)).calls == 4


@pytest.mark.parametrize(
    "metrics",
    [
        [],
        [metric(REQUEST_METRICS[0])],
        [metric(REQUEST_METRICS[0]), metric(REQUEST_METRICS[1], code="Throttled")],
        [metric(REQUEST_METRICS[0]), metric(REQUEST_METRICS[1], series(None, (TEN, 1)))],
        [metric(REQUEST_METRICS[0]), metric(REQUEST_METRICS[1], series("x", (TEN, "many")))],
        [metric(REQUEST_METRICS[0]), metric(REQUEST_METRICS[1], series("x", (TEN, -1)))],
    ],
    ids=["nothing", "one metric", "an error code", "no dimension", "a word", "below zero"],
)
def test_anything_less_than_a_whole_answer_proves_nothing(
    make: Make, account: Account, metrics: list[Json]
) -> None:
    found = usage_of(make, answer(account.id, *metrics))

    assert not found.complete
    assert found.reason


def test_calls_in_half_an_answer_are_seen_all_the_same(make: Make, account: Account) -> None:
    half = answer(account.id, metric(REQUEST_METRICS[0], series("sarcasm", (TEN, 4))))

    found = usage_of(make, half)

    assert (found.complete, found.calls) == (False, 4)


def test_an_account_whose_query_failed_is_unknown_for_that_reason(
    make: Make, account: Account
) -> None:
    body = answer(account.id, *(metric(name) for name in REQUEST_METRICS))

    found = usage_of(make, body, {account.key: "Monitor was throttled"})

    assert (found.complete, found.reason) == (False, "Monitor was throttled")


leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
keys = st.sampled_from(
    "values value resourceid name timeseries data total timeStamp metadatavalues errorCode".split()  # noqa: SIM905 - ten words are read more easily than ten strings
)
bodies = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4)
)


@given(bodies)
def test_reading_an_answer_never_fails_whatever_it_holds(body: object) -> None:
    for reading in parse_readings(body):
        for buckets in reading.totals.values():
            assert all(total >= 0 for total in buckets.values())


def test_tokens_are_summed_by_hour_and_a_silent_account_is_a_gap(account: Account) -> None:
    quarter = timedelta(minutes=15)
    readings = parse_readings(
        answer(
            account.id,
            metric("ProcessedPromptTokens", series("D", (TEN, 5), (TEN + quarter, 6))),
            metric("GeneratedTokens", series("d", (TEN, 7))),
        )
    )

    (use,), gaps = fold_tokens([account], readings, {})
    assert (use.hour, use.input, use.output, gaps) == (TEN, 11, 7, ())
    uses, gaps = fold_tokens([account], (), {account.key: "throttled"})
    assert uses == ()
    assert [gap.charge_type for gap in gaps] == ["input", "output"]
