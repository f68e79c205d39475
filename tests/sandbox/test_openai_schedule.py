"""The schedule of a resource's jobs: whatever is ordered, only what was done is ever owed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as some

from ftops_sandbox.openai.schedule import ENDED, Demand, Status, Times, schedule, status_at

START = datetime(2026, 3, 1, tzinfo=UTC)
MOST = {True: 1, False: 2}
ORDERS = ("pause", "pause", "resume", "resume", "cancel")
Demands = dict[str, Demand]
World = tuple[Demands, datetime]


def at(minute: float) -> datetime:
    """A moment of the resource's life."""
    return START + timedelta(minutes=minute)


def _demand(number: int, asked: tuple[int, int, bool, bool, int | None]) -> Demand:
    created, training, developer, fails, cap = asked
    return Demand(
        identity=f"job{number}",
        created=at(created),
        queue=timedelta(minutes=1),
        prepare=timedelta(minutes=1),
        training=timedelta(minutes=training),
        evaluate=timedelta(minutes=1),
        developer=developer,
        fails=fails,
        cancelled=None,
        cap=timedelta(minutes=cap) if cap else None,
    )


asked = some.tuples(
    some.integers(0, 20),
    some.integers(5, 30),
    some.booleans(),
    some.sampled_from([False, False, False, True]),
    some.none() | some.integers(1, 20),
)
orders = some.lists(
    some.tuples(some.integers(3, 60), some.integers(0, 5), some.sampled_from(ORDERS)), max_size=16
)


def _obeyed(demands: Demands, when: datetime, name: str, order: str) -> Demand | None:
    """The demand with an order in it, if the service would take the order then."""
    times = schedule(demands.values(), MOST)[name]
    job = demands[name]
    status = status_at(job, times, when)
    if job.created > when or status in ENDED:
        return None
    if order == "cancel":
        return replace(job, cancelled=when)
    if order == "resume" and status is Status.PAUSED:
        return replace(job, resumes=(*job.resumes, when))
    done = times.trained(when)
    if order == "pause" and status is Status.RUNNING and timedelta(0) < done < job.training:
        return replace(job, pauses=(*job.pauses, when))
    return None


def _lives(wishes: list[tuple[int, int, bool, bool, int | None]], told: object) -> list[World]:
    """The demands after each order that was taken, with the moment of that order."""
    demands = {f"job{place}": _demand(place, wish) for place, wish in enumerate(wishes)}
    worlds = [(demands, START)]
    assert isinstance(told, list)
    for minute, place, order in sorted(told):
        name, when = f"job{place % len(wishes)}", at(minute + 0.25)
        if changed := _obeyed(demands, when, name, order):
            demands = {**demands, name: changed}
            worlds.append((demands, when))
    return worlds


def _seen(demands: Demands, times: dict[str, Times], moment: datetime) -> dict[str, object]:
    """All that a client could be told of the jobs at a moment, their future aside."""
    return {
        name: (status_at(job, times[name], moment), times[name].trained(moment))
        for name, job in demands.items()
        if job.created <= moment
    }


many = some.lists(asked, min_size=1, max_size=6)


@settings(deadline=None)
@given(wishes=many, told=orders)
def test_an_order_changes_nothing_that_has_already_happened(
    wishes: list[tuple[int, int, bool, bool, int | None]], told: list[tuple[int, int, str]]
) -> None:
    worlds = _lives(wishes, told)
    for (before, _), (after, when) in pairwise(worlds):
        old, new = (schedule(world.values(), MOST) for world in (before, after))
        for minute in range(200):
            if at(minute) < when:
                assert _seen(before, old, at(minute)) == _seen(after, new, at(minute))


@settings(deadline=None)
@given(wishes=many, told=orders)
def test_places_are_never_overfull_and_never_empty_while_somebody_waits(
    wishes: list[tuple[int, int, bool, bool, int | None]], told: list[tuple[int, int, str]]
) -> None:
    demands, _ = _lives(wishes, told)[-1]
    times = schedule(demands.values(), MOST)
    for moment in (at(half / 2 + 0.1) for half in range(400)):
        for developer, most in MOST.items():
            mine = [job for job in demands.values() if job.developer is developer]
            holding = {
                job.identity
                for job in mine
                if any(one.began <= moment < one.until for one in times[job.identity].stretches)
            }
            assert len(holding) <= most
            waiting = [
                job
                for job in mine
                if job.identity not in holding
                and not job.fails
                and moment >= times[job.identity].prepared
                and status_at(job, times[job.identity], moment) in (Status.PENDING, Status.RESUMING)
            ]
            assert not waiting or len(holding) == most


@settings(deadline=None)
@given(wishes=many, told=orders)
def test_training_only_grows_and_rests_while_a_job_does(
    wishes: list[tuple[int, int, bool, bool, int | None]], told: list[tuple[int, int, str]]
) -> None:
    demands, _ = _lives(wishes, told)[-1]
    times = schedule(demands.values(), MOST)
    for name, job in demands.items():
        before = timedelta(0)
        for moment in (at(half / 2) for half in range(600)):
            done, status = times[name].trained(moment), status_at(job, times[name], moment)
            assert before <= done <= job.training
            assert done - before <= timedelta(minutes=0.5)
            if status in (Status.PENDING, Status.FAILED):
                assert done == timedelta(0)
            if status is Status.SUCCEEDED:
                assert done == job.training
            before = done


@settings(deadline=None)
@given(wishes=many, told=orders)
def test_a_limit_on_the_cost_stops_a_job_once_and_to_the_second(
    wishes: list[tuple[int, int, bool, bool, int | None]], told: list[tuple[int, int, str]]
) -> None:
    demands, _ = _lives(wishes, told)[-1]
    times = schedule(demands.values(), MOST)
    for name, job in demands.items():
        stops = [one for one in times[name].stretches if one.capped]
        assert len(stops) <= 1
        assert all(times[name].trained(one.until) == job.cap for one in stops)
        if job.cap and not stops:
            far = times[name].trained(at(100_000))
            assert far <= job.cap or job.cap >= job.training
