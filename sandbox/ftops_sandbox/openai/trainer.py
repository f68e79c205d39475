"""The trainer: runs the stand-in's training beside the requests, and keeps what comes of it."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Collection
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from ftops_sandbox.openai.job import Job, read_jobs
from ftops_sandbox.openai.upload import content_of
from ftops_sandbox.standin.example import Turn, parse_examples
from ftops_sandbox.world import World

if TYPE_CHECKING:  # numpy, which a start need not wait for
    from ftops_sandbox.standin.answer import Tuned
    from ftops_sandbox.standin.training import Run

_MODELS_HELD = 4


@dataclass(frozen=True)
class Curve:
    """The rows of a training: step, train, valid and full_valid scores as mappings or None."""

    rows: tuple[dict[str, Any], ...]

    def at(self, step: int) -> dict[str, Any]:
        """The last row at or before a step; the first one before any."""
        found = [row for row in self.rows if row["step"] <= step]
        return found[-1] if found else self.rows[0]


def scores(job: Job, row: dict[str, Any]) -> dict[str, float]:
    """A row's metrics by the names that events and checkpoints have for them.

    For reinforcement, the reward is the share of the reference's words that were foreseen.
    """
    found: dict[str, float] = {}
    for name in ("train", "valid", "full_valid"):
        if row[name] and not job.by_time:
            found[f"{name}_loss"] = row[name]["loss"]
            found[f"{name}_mean_token_accuracy"] = row[name]["accuracy"]
    if job.by_time:
        found["train_reward_mean"] = row["train"]["accuracy"]
        if valid := row["full_valid"] or row["valid"]:
            found["valid_reward_mean"] = valid["accuracy"]
    return found


class Trainer:
    """One of a world. A result that is missing is computed when it is asked for.

    Training is a pure function of the file, the hyperparameters and the seed, so that a sandbox
    that was stopped half-way comes to the same numbers when it is started again.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._lock = threading.Lock()
        self._running: dict[str, Future[None]] = {}
        self._models: OrderedDict[str, Tuned] = OrderedDict()

    def begin(self, job: Job) -> Future[None]:
        """Starts a job's training unless it runs or has run."""
        identity = job.body["id"]
        with self._lock:
            if identity not in self._running:
                self._running[identity] = self._world.workers.submit(self._train, job)
            return self._running[identity]

    def curve(self, job: Job) -> Curve:
        """The loss curve; waits for it when it is not there yet."""
        data = self._kept(job, f"run/{job.body['id']}/curve")
        return Curve(tuple(json.loads(data)))

    def model(self, job: Job, step: int) -> Tuned:
        """The weights after a step; waits for them when they are not there yet."""
        from ftops_sandbox.standin.weights import unpack

        key = _key(job.body["id"], step, job.steps_an_epoch)
        with self._lock:
            if key in self._models:
                self._models.move_to_end(key)
                return self._models[key]
        model = unpack(self._weights(job, step))
        with self._lock:
            self._models[key] = model
            while len(self._models) > _MODELS_HELD:
                self._models.popitem(last=False)
        return model

    def _kept(self, job: Job, key: str) -> bytes:
        data = self._world.store.get_blob(key)
        if data is None:
            self.begin(job).result()
            data = self._world.store.get_blob(key)
        assert data is not None, "training keeps a curve"
        return data

    def _weights(self, job: Job, step: int) -> bytes:
        """A training keeps its last epochs; what lies before them is trained again, up to there."""
        key = _key(job.body["id"], step, job.steps_an_epoch)
        self._join(job)
        data = self._world.store.get_blob(key)
        if data is None:
            self._train(job, (step,))
            data = self._world.store.get_blob(key)
        assert data is not None, "training keeps the steps that it was asked for"
        return data

    def _join(self, job: Job) -> None:
        """Waits for a training that runs; one that is queued could be queued behind the caller."""
        with self._lock:
            future = self._running.get(job.body["id"])
        if future is not None and (future.running() or future.done()):
            future.result()

    def _train(self, job: Job, snapshots: Collection[int] = ()) -> None:
        from ftops_sandbox.standin.answer import Tuned
        from ftops_sandbox.standin.training import sampled, train
        from ftops_sandbox.standin.weights import TURNS_KEPT, pack

        turns, valid = self._turns(job, "training_file"), self._turns(job, "validation_file")
        parent = self._parent(job)
        start, old = (parent.weights, parent.turns) if parent else (None, ())
        run = train(turns, valid, job.chosen, job.steps, start, snapshots)
        known = tuple(sampled([*old, *turns], TURNS_KEPT))
        found = {point.epoch * job.steps_an_epoch: point.weights for point in run.checkpoints}
        store, identity = self._world.store, job.body["id"]
        with store.transaction():
            for step, weights in (found | run.snapshots).items():
                key = _key(identity, step, job.steps_an_epoch)
                store.put_blob(key, pack(Tuned(weights, known)))
            store.put_blob(f"run/{identity}/curve", _curve(run))

    def _parent(self, job: Job) -> Tuned | None:
        """The tuned model that a job goes on from, trained in this very thread if need be.

        Waiting for another thread could be waiting for one that waits for this one.
        """
        from ftops_sandbox.standin.weights import unpack

        named = job.body.get("parent")
        if not named:
            return None
        account = str(job.document.parent)
        jobs = read_jobs(self._world, account, deleted=True)
        found = next(one for one in jobs if one.body["id"] == named["job"])
        return unpack(self._weights(found, named["step"]))

    def _turns(self, job: Job, param: str) -> list[Turn]:
        file_id = job.body.get(param)
        if not file_id:
            return []
        method, wanted = job.body["method"], job.body.get("wanted", ())
        examples, _ = parse_examples(content_of(self._world, file_id), method, wanted)
        return [turn for example in examples for turn in example.turns]


def _key(identity: str, step: int, steps_an_epoch: int) -> str:
    epoch, more = divmod(step, steps_an_epoch)
    return f"run/{identity}/step/{step}" if more else f"run/{identity}/model/{epoch}"


def _curve(run: Run) -> bytes:
    return json.dumps([asdict(row) for row in run.rows]).encode()


_TRAINERS: WeakKeyDictionary[World, Trainer] = WeakKeyDictionary()
_TRAINERS_LOCK = threading.Lock()


def trainer_of(world: World) -> Trainer:
    """The world's trainer."""
    with _TRAINERS_LOCK:
        if world not in _TRAINERS:
            _TRAINERS[world] = Trainer(world)
        return _TRAINERS[world]
