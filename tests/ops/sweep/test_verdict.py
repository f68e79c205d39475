"""Judging: a table of what is held of what, and properties of every possible judgement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftops.answer import rfc3339
from ftops.estate import Account, Deployment, Estate
from ftops.usage import Usage, Window
from ftops.verdict import DELETED_BY, Threshold, Verdict, Word, judge, judge_one

NOW = datetime(2026, 11, 21, 8, 20, tzinfo=UTC)
WINDOW = Window(NOW - timedelta(days=15), NOW, timedelta(hours=1))
DAY = Threshold(timedelta(hours=24))
QUIET = Usage(WINDOW)
BLIND = Usage(WINDOW, complete=False, reason="Azure Monitor did not answer")

Make = Callable[..., Deployment]


def called(**ago: float) -> Usage:
    return Usage(WINDOW, calls=3, last_call_at=NOW - timedelta(**ago))


def tags(**given: str) -> dict[str, dict[str, str]]:
    return {"tags": {name.replace("_", "-"): value for name, value in given.items()}}


def verdict(deployment: Deployment, usage: Usage | None, threshold: Threshold = DAY) -> Verdict:
    return judge_one(deployment, usage, threshold, NOW, frozenset())


CASES: list[tuple[str, dict[str, Any], Usage | None, Word]] = [
    ("called an hour ago", {}, called(hours=1), "used"),
    ("called just within the limit", {}, called(hours=23, minutes=59), "used"),
    ("called exactly the limit ago", {}, called(hours=24), "idle"),
    ("never called", {}, QUIET, "idle"),
    ("an hour old, never called", {"created_at": NOW - timedelta(hours=1)}, QUIET, "young"),
    ("made in the future", {"created_at": NOW + timedelta(hours=1)}, QUIET, "young"),
    ("past its time to live", tags(expires_at=rfc3339(NOW - timedelta(hours=1))), QUIET, "expired"),
    (
        "past its time to live although young",
        {"created_at": NOW - timedelta(hours=3)}
        | tags(expires_at=rfc3339(NOW - timedelta(hours=1))),
        QUIET,
        "expired",
    ),
    (
        "past its time to live although called",
        tags(expires_at=rfc3339(NOW - timedelta(hours=1))),
        called(hours=2),
        "expired",
    ),
    ("within its time to live", tags(expires_at=rfc3339(NOW + timedelta(hours=1))), QUIET, "idle"),
    ("a time to live without a zone", tags(expires_at="2026-11-01T00:00:00"), QUIET, "unknown"),
    ("an empty time to live", tags(expires_at=""), QUIET, "unknown"),
    ("no answer from Monitor", {}, BLIND, "unknown"),
    ("no answer, and past its time", tags(expires_at="2026-11-01T00:00:00Z"), BLIND, "unknown"),
    ("half an answer, with calls", {}, replace(called(hours=1), complete=False), "used"),
    ("half an answer, with old calls", {}, replace(called(days=2), complete=False), "unknown"),
    ("usage never read", {}, None, "unknown"),
    ("of an unknown age", {"created_at": None}, QUIET, "unknown"),
    ("failed to be made", {"state": "Failed"}, QUIET, "unknown"),
    ("without a state", {"state": ""}, QUIET, "unknown"),
    ("in a state nobody knows", {"state": "Dreaming"}, QUIET, "unknown"),
    ("being made", {"state": "Creating"}, QUIET, "transition"),
    ("accepted", {"state": "Accepted"}, None, "transition"),
    ("being deleted", {"state": "Deleting"}, QUIET, "leaving"),
    ("tagged as protected", tags(protected="true"), QUIET, "protected"),
    ("tagged as protected, in words", tags(ftops_protect="until the fair"), QUIET, "protected"),
    ("tagged as protected, empty", tags(ftops_protect=""), QUIET, "protected"),
    ("tagged as not protected", tags(protected="false"), QUIET, "idle"),
    ("of production", tags(environment="prod"), QUIET, "protected"),
    ("of Production", tags(Environment="Production"), QUIET, "protected"),
    ("managed by Pulumi", tags(managed_by="pulumi"), QUIET, "declared"),
    ("managed by ftops", tags(managed_by="ftops"), QUIET, "idle"),
    ("a base model", {"model": "gpt-4.1-mini"}, QUIET, "declared"),
    ("a checkpoint", {"model": "ftchkpt-3c27f78ad2c141719573c550300bb791"}, QUIET, "idle"),
]


@pytest.mark.parametrize(
    ("changes", "usage", "word"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_each_kind_of_deployment_has_its_verdict(
    make: Make, changes: dict[str, Any], usage: Usage | None, word: Word
) -> None:
    found = verdict(make(**changes), usage)

    assert found.verdict == word, found.reason
    assert found.reason.endswith(".")
    assert found.deletes == (word in {"idle", "expired"})


def test_a_deployment_that_a_stack_file_names_is_declared(make: Make) -> None:
    deployment = make("in-stack")
    estate = Estate((deployment.account,), (deployment,))

    found = judge(estate, {deployment.key: QUIET}, lambda _: DAY, NOW, frozenset({deployment.key}))

    assert [each.verdict for each in found] == ["declared"]


def test_a_grace_period_announces_before_it_deletes(make: Make) -> None:
    announced = Threshold(timedelta(hours=24), grace=timedelta(hours=12))

    assert verdict(make(), called(hours=30), announced).verdict == "grace"
    assert verdict(make(), called(hours=37), announced).verdict == "idle"
    expired = make(**tags(expires_at=rfc3339(NOW - timedelta(hours=1))))
    assert verdict(expired, QUIET, announced).verdict == "grace"
    assert "11 h" in verdict(expired, QUIET, announced).reason


def test_a_window_shorter_than_the_limit_proves_nothing(make: Make) -> None:
    short = Usage(Window(NOW - timedelta(hours=20), NOW, timedelta(hours=1)))

    assert verdict(make(), short).verdict == "unknown"


def test_idle_time_counts_from_the_last_call_and_never_before_creation(make: Make) -> None:
    assert str(verdict(make(), called(hours=30)).idle_hours) == "30.0"
    assert str(verdict(make(), QUIET).idle_hours) == "72.0"
    assert verdict(make(), BLIND).idle_hours is None


def test_an_environment_is_judged_by_its_own_threshold(make: Make) -> None:
    dev, staging = make("a", **tags(environment="dev")), make("b", **tags(environment="staging"))
    limits = {"dev": DAY, "staging": Threshold(timedelta(hours=48))}
    usage = {each.key: called(hours=30) for each in (dev, staging)}

    found = judge(Estate((), (staging, dev)), usage, lambda name: limits[str(name)], NOW)

    assert [(each.deployment.name, each.verdict) for each in found] == [
        ("a", "idle"),
        ("b", "used"),
    ]


def test_a_paused_deployment_says_that_its_fee_is_not_known_to_stop(make: Make) -> None:
    assert "paused" in verdict(make(running="Paused"), QUIET).reason


moments = st.timedeltas(timedelta(days=-50), timedelta(days=40)).map(lambda span: NOW + span)
tag_values = st.one_of(
    st.sampled_from(["", "true", "false", "prod", "dev", "pulumi", "2026-11-01T00:00:00Z"]),
    st.text(max_size=8),
    moments.map(rfc3339),
)
tag_names = st.sampled_from(
    ["expires-at", "environment", "managed-by", "protected", "ftops-protect", "owner"]
)
models = st.sampled_from(["gpt-4.1-mini", "gpt-4.1.ft-" + "a" * 32, "ftchkpt-" + "b" * 32, ""])
states = st.sampled_from(["Succeeded", "succeeded", "Failed", "Deleting", "Creating", "", "?"])
spans = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=40))
windows = st.builds(lambda span: Window(NOW - span, NOW, timedelta(hours=1)), spans)
usages = st.one_of(
    st.none(),
    st.builds(
        Usage,
        windows,
        st.integers(0, 10),
        st.one_of(st.none(), moments.filter(lambda moment: moment <= NOW)),
        st.booleans(),
        st.just("a reason"),
    ),
)
KEY = "/subscriptions/s/resourcegroups/g/accounts/a/deployments/d"
deployments = st.builds(
    Deployment,
    id=st.just(KEY),
    name=st.just("d"),
    account=st.builds(
        Account,
        st.just("/subscriptions/s/resourceGroups/g/accounts/a"),
        st.just("a"),
        st.just("g"),
        st.just("swedencentral"),
        tags=st.dictionaries(tag_names, tag_values, max_size=2),
    ),
    model=models,
    tags=st.dictionaries(tag_names, tag_values, max_size=4),
    created_at=st.one_of(st.none(), moments),
    state=states,
    running=st.sampled_from(["", "Running", "Paused"]),
)
thresholds = st.builds(
    Threshold,
    st.timedeltas(timedelta(hours=1), timedelta(days=20)),
    st.sampled_from([timedelta(0), timedelta(hours=9)]),
)


@given(deployments, usages, thresholds, st.sampled_from([frozenset(), frozenset({KEY})]))
def test_judging_is_total_and_deletes_only_what_is_proven(
    deployment: Deployment, usage: Usage | None, threshold: Threshold, declared: frozenset[str]
) -> None:
    found = judge_one(deployment, usage, threshold, NOW, declared)

    assert found.verdict in get_args(Word)
    assert found.reason.strip()
    if not found.deletes:
        return
    assert found.verdict in DELETED_BY
    assert deployment.tuned
    assert deployment.state.casefold() == "succeeded"
    assert not declared
    assert usage is not None
    assert usage.complete
    assert deployment.created_at is not None
    assert (deployment.environment or "").casefold() != "prod"
    assert deployment.tag("ftops-protect") in {None, "false"}
    if found.verdict == "idle":
        assert NOW - deployment.created_at >= threshold.idle_after
        assert usage.last_call_at is None or NOW - usage.last_call_at >= threshold.idle_after


@given(deployments, usages, thresholds)
def test_judging_twice_says_the_same(
    deployment: Deployment, usage: Usage | None, threshold: Threshold
) -> None:
    first = judge_one(deployment, usage, threshold, NOW, frozenset())

    assert judge_one(deployment, usage, threshold, NOW, frozenset()) == first
