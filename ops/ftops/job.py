"""A fine-tuning job: what is asked for, what the data plane says of it, how far it is."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ftops_catalog.errors import BadConfig, BadUsage
from ftops_catalog.model import training_type_key

LATEST = "latest"
JOB_ID = re.compile(r"ftjob-[0-9a-f]{32}", re.IGNORECASE)
SUFFIX = re.compile(r"[A-Za-z0-9_-]{1,40}")
ENDED = frozenset({"succeeded", "failed", "cancelled"})
FAILED = frozenset({"failed", "cancelled"})
METHODS: Mapping[str, str] = {"sft": "supervised", "dpo": "dpo"}
"""Azure's word for each method that ftops submits; reinforcement needs a grader as well."""
HYPERPARAMETERS = ("n_epochs", "batch_size", "learning_rate_multiplier")
BILLED = re.compile(r"Training tokens billed: (\d+)")
STEP = re.compile(r"Step (\d+): training loss=([0-9.eE+-]+)")
SEED_BITS = 0x7FFFFFFF


@dataclass(frozen=True)
class Job:
    """A job as the data plane shows it; `body` is its own JSON, kept whole.

    Times are None where they are not told; `trained_tokens` is None until Azure bills.
    """

    id: str
    status: str
    model: str
    training_file: str = ""
    validation_file: str = ""
    training_type: str = ""
    method: str = "supervised"
    suffix: str = ""
    seed: int | None = None
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)
    created_at: datetime | None = None
    finished_at: datetime | None = None
    estimated_finish: datetime | None = None
    trained_tokens: int | None = None
    fine_tuned_model: str = ""
    error: str = ""
    body: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def ended(self) -> bool:
        return self.status in ENDED

    @property
    def succeeded(self) -> bool:
        return self.status == "succeeded" and bool(self.fine_tuned_model)


@dataclass(frozen=True)
class Event:
    """One line of a job's story; `step` and `loss` where it reports on training."""

    id: str
    at: datetime | None
    level: str
    message: str
    step: int | None = None
    loss: float | None = None


@dataclass(frozen=True)
class Recipe:
    """What a job is made of. `training` and `validation` are sha256 of the files' bytes.

    None leaves a hyperparameter to Azure; a `seed` of None is derived from all the rest, so that
    the same recipe is the same job wherever it is submitted from.
    """

    model: str
    training_type: str
    method: str
    training: str
    validation: str = ""
    suffix: str = ""
    seed: int | None = None
    hyperparameters: Mapping[str, float] = field(default_factory=dict)

    @property
    def sown(self) -> int:
        """The seed that is sent."""
        if self.seed is not None:
            return self.seed
        kind = training_type_key(self.training_type)
        texts = [self.model, kind, self.method, self.training, self.validation, self.suffix]
        parts = [texts, sorted(self.hyperparameters.items())]
        digest = hashlib.sha256(json.dumps(parts).encode()).digest()
        return int.from_bytes(digest[:4], "big") & SEED_BITS

    def request(self, training_file: str, validation_file: str) -> dict[str, Any]:
        """The body of the call that creates the job."""
        kind = METHODS[self.method]
        method: dict[str, Any] = {"type": kind}
        if self.hyperparameters:
            method[kind] = {"hyperparameters": dict(self.hyperparameters)}
        body: dict[str, Any] = {
            "model": self.model,
            "training_file": training_file,
            "seed": self.sown,
            "method": method,
            "trainingType": self.training_type,
        }
        optional = {"validation_file": validation_file, "suffix": self.suffix}
        return body | {key: value for key, value in optional.items() if value}

    def made(self, job: Job, training_file: str, validation_file: str) -> bool:
        """Whether the job came of this recipe: same files, model, method, seed and all stated.

        A derived seed already speaks for the files' bytes, whatever ids they were uploaded under.
        """
        asked = job.hyperparameters
        files = (job.training_file, job.validation_file)
        return (
            (self.seed is None or files == (training_file, validation_file))
            and job.model.casefold() == self.model.casefold()
            and same_training_type(job.training_type, self.training_type)
            and job.method == METHODS[self.method]
            and job.suffix == self.suffix
            and job.seed == self.sown
            and all(asked.get(name) == value for name, value in self.hyperparameters.items())
        )


def find_made(
    recipe: Recipe, jobs: Iterable[Job], training_file: str, validation_file: str
) -> Job | None:
    """The newest job of the same recipe that runs, waits or has succeeded.

    The files are the ids under which the same bytes are uploaded, "" for none.
    """
    return next(
        (
            job
            for job in jobs
            if job.status not in FAILED and recipe.made(job, training_file, validation_file)
        ),
        None,
    )


def same_training_type(one: str, other: str) -> bool:
    try:
        return training_type_key(one or "standard") == training_type_key(other)
    except BadConfig:
        return False


def parse_suffix(text: str | None) -> str:
    """A suffix as Azure takes it; BadUsage for anything else."""
    if text and not SUFFIX.fullmatch(text):
        hint = "use up to 40 of a-z, A-Z, 0-9, - and _"
        raise BadUsage(f"--suffix {text!r} is no suffix for a model's name", hint)
    return text or ""


def parse_job(body: Mapping[str, Any]) -> Job:
    """A job from the data plane's JSON, whatever it holds: what is absent stays unknown."""
    method = body.get("method")
    kind = method.get("type") if isinstance(method, Mapping) else None
    tokens = body.get("trained_tokens")
    seed = body.get("seed")
    return Job(
        id=_text(body, "id"),
        status=_text(body, "status"),
        model=_text(body, "model"),
        training_file=_text(body, "training_file"),
        validation_file=_text(body, "validation_file"),
        training_type=_text(body, "trainingType"),
        method=kind if isinstance(kind, str) else "supervised",
        suffix=_text(body, "suffix"),
        seed=seed if type(seed) is int else None,
        hyperparameters=_hyperparameters(body),
        created_at=_moment(body.get("created_at")),
        finished_at=_moment(body.get("finished_at")),
        estimated_finish=_moment(body.get("estimated_finish")),
        trained_tokens=tokens if type(tokens) is int else None,
        fine_tuned_model=_text(body, "fine_tuned_model"),
        error=_error(body.get("error")),
        body=body,
    )


def parse_event(body: Mapping[str, Any]) -> Event:
    message = _text(body, "message")
    said = STEP.search(message)
    return Event(
        id=_text(body, "id"),
        at=_moment(body.get("created_at")),
        level=_text(body, "level") or "info",
        message=message,
        step=int(said[1]) if said else None,
        loss=_number(said[2]) if said else None,
    )


def final_loss(events: Iterable[Event]) -> float | None:
    """The loss of the last step that reported one."""
    steps = [event for event in events if event.step is not None and event.loss is not None]
    return max(steps, key=lambda event: event.step or 0).loss if steps else None


def billed_tokens(job: Job, events: Iterable[Event]) -> int | None:
    """What Azure bills for: the job says it, or the event that is the bill's only trace."""
    if job.trained_tokens is not None:
        return job.trained_tokens
    bills = [match for event in events if (match := BILLED.search(event.message))]
    return int(bills[-1][1]) if bills else None


def share_done(job: Job, now: datetime) -> float | None:
    """How much of its estimated time a job has behind it, 0 to 1; None where nobody estimates."""
    if job.ended:
        return 1.0
    if job.created_at is None or job.estimated_finish is None:
        return None
    whole = (job.estimated_finish - job.created_at).total_seconds()
    done = (now - job.created_at).total_seconds()
    return min(1.0, max(0.0, done / whole)) if whole > 0 else None


def choose_job(jobs: Sequence[Job], name: str) -> Job:
    """The job of an id, or the newest for `latest`; BadUsage where there is none."""
    if name == LATEST:
        if not jobs:
            raise BadUsage("there is no fine-tuning job yet", "ftops tune submit FILE --model M")
        return jobs[0]
    found = next((job for job in jobs if job.id.casefold() == name.casefold()), None)
    if found is None:
        raise BadUsage(f"there is no fine-tuning job {name} in this account", "ftops tune list")
    return found


def _text(body: Mapping[str, Any], key: str) -> str:
    value = body.get(key)
    return value if isinstance(value, str) else ""


def _moment(value: object) -> datetime | None:
    if type(value) is not int or not 0 < value < 1 << 34:
        return None
    return datetime.fromtimestamp(value, UTC)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _hyperparameters(body: Mapping[str, Any]) -> dict[str, Any]:
    """Both places where a job tells them; the method's own wins."""
    method = body.get("method")
    kind = method.get("type") if isinstance(method, Mapping) else None
    own = method.get(kind) if isinstance(method, Mapping) else None
    inner = own.get("hyperparameters") if isinstance(own, Mapping) else None
    merged: dict[str, Any] = {}
    for source in (body.get("hyperparameters"), inner):
        if isinstance(source, Mapping):
            merged |= {key: value for key, value in source.items() if value is not None}
    return merged


def _error(value: object) -> str:
    if not isinstance(value, Mapping):
        return ""
    code, message = _text(value, "code"), _text(value, "message")
    return f"{message} ({code})" if code and message else message or code
