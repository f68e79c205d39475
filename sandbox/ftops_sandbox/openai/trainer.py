"""The trainer: runs the stand-in's training beside the requests, and keeps what comes of it."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from typing import Any
from weakref import WeakKeyDictionary

from ftops_sandbox.openai.job import Job
from ftops_sandbox.openai.upload import content_of
from ftops_sandbox.standin.answer import Tuned
from ftops_sandbox.standin.example import Turn, parse_examples
from ftops_sandbox.standin.training import Run, sampled, train
from ftops_sandbox.standin.weights import TURNS_KEPT, pack, unpack
from ftops_sandbox.world import World

_MODELS_HELD = 4


@dataclass(frozen=True)
class Curve:
    """The rows of a training: step, train, valid and full_valid scores as mappings or None."""

    rows: tuple[dict[str, Any], ...]

    def at(self, step: int) -> dict[str, Any]:
        """The last row at or before a step; the first one before any."""
        found = [row for row in self.rows if row["step"] <= step]
        return found[-1] if found else self.rows[0]


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

    def model(self, job: Job, epoch: int) -> Tuned:
        """The weights at the end of an epoch; waits for them when they are not there yet."""
        key = f"run/{job.body['id']}/model/{epoch}"
        with self._lock:
            if key in self._models:
                self._models.move_to_end(key)
                return self._models[key]
        model = unpack(self._kept(job, key))
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
        assert data is not None, "training keeps a curve and the models of the last epochs"
        return data

    def _train(self, job: Job) -> None:
        turns = self._turns(job, "training_file")
        run = train(turns, self._turns(job, "validation_file"), job.chosen, job.steps)
        known = tuple(sampled(turns, TURNS_KEPT))
        store = self._world.store
        with store.transaction():
            for point in run.checkpoints:
                key = f"run/{job.body['id']}/model/{point.epoch}"
                store.put_blob(key, pack(Tuned(point.weights, known)))
            store.put_blob(f"run/{job.body['id']}/curve", _curve(run))

    def _turns(self, job: Job, param: str) -> list[Turn]:
        file_id = job.body.get(param)
        if not file_id:
            return []
        examples, _ = parse_examples(content_of(self._world, file_id), job.body["method"])
        return [turn for example in examples for turn in example.turns]


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
