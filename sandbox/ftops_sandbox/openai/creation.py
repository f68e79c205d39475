"""What a job is created from: the request read, checked, and made into what is kept."""

from __future__ import annotations

import re
import zlib
from typing import Any

from ftops_sandbox.cost.rate import training_usd_per_hour
from ftops_sandbox.errors import OpenAIError
from ftops_sandbox.openai import file as files
from ftops_sandbox.openai.checkpoint import find_model
from ftops_sandbox.openai.grader import item_paths, parse_grader
from ftops_sandbox.openai.hyperparameter import Values, parse_hyperparameters, resolve
from ftops_sandbox.openai.job import REINFORCEMENT, read_jobs
from ftops_sandbox.openai.plan import Inspected, durations, inspect, sampling_s, training_s
from ftops_sandbox.openai.schedule import Status
from ftops_sandbox.openai.trainable import TRAINING_TYPES, Trainable, find_trainable, limits
from ftops_sandbox.openai.upload import content_of, read_file
from ftops_sandbox.openai.wire import bad_request, new_id
from ftops_sandbox.store import Document
from ftops_sandbox.world import World

_SUFFIX = re.compile(r"[A-Za-z0-9_-]{1,40}")
_SEED_MAX = 2**31
_PAIRS_MAX, _NAME_MAX, _TEXT_MAX = 16, 64, 512
_METHODS = ("supervised", "dpo", REINFORCEMENT)
# A tuned model's name, where the suffix was left out.
_PLAIN = re.compile(r".+\.ft-(?P<job>[0-9a-f]{32})", re.IGNORECASE)


def parse_creation(world: World, account: Document, body: dict[str, Any]) -> dict[str, Any]:
    """The job as it is kept; 400 for what the service would refuse at once."""
    method = _method(body)
    tier = _training_type(body.get("trainingType", body.get("training_type")))
    trainable, parent = _model(world, account, body.get("model"), tier, method)
    chosen = parse_hyperparameters(body, method)
    reinforcement = _reinforcement(body) if method == REINFORCEMENT else {}
    wanted = list(item_paths(reinforcement.get("grader", {})))
    training, validation = (
        _inspect(world, account, body, (param, method), (trainable, wanted))
        for param in ("training_file", "validation_file")
    )
    identity = new_id("ftjob")
    rate = trainable.learning_rate_multiplier
    plan = {
        "examples": training.examples,
        "tokens": training.tokens,
        "hyperparameters": resolve(chosen, method, training.examples, rate),
        "failure": training.failure or validation.failure,
    }
    kept = {
        "id": identity,
        "model": body["model"],
        "base": trainable.full_name,
        "method": method,
        "trainingType": tier,
        "suffix": _suffix(body.get("suffix")),
        "seed": _seed(body.get("seed"), identity),
        "training_file": body["training_file"],
        "validation_file": body.get("validation_file"),
        "integrations": body.get("integrations"),
        "metadata": _metadata(body.get("metadata")),
        "chosen": chosen,
        "plan": plan | _course(account, (identity, method, tier, trainable), plan),
    }
    more = {"reinforcement": reinforcement, "wanted": wanted} if reinforcement else {}
    return {**kept, **more, **({"parent": parent} if parent else {})}


def check_room(world: World, account: Document, plan: dict[str, Any]) -> None:
    """400 when the resource holds or queues as many jobs as it may, or the job is too large."""
    most = limits()
    jobs = read_jobs(world, account.key)
    visited = plan["tokens"] * plan["hyperparameters"]["n_epochs"]
    if len(jobs) >= most["jobs"]:
        raise OpenAIError(400, "quotaExceeded", f"This resource has {most['jobs']} jobs.")
    if sum(job.status is Status.PENDING for job in jobs) >= most["queued"]:
        raise OpenAIError(400, "quotaExceeded", f"{most['queued']} jobs are queued already.")
    if visited > most["tokens_times_epochs"]:
        raise bad_request("The job would train on more than 2 billion tokens (tokens x epochs).")


def _course(
    account: Document, job: tuple[str, str, str, Trainable], plan: dict[str, Any]
) -> dict[str, Any]:
    """How long each stage takes, and after how much training the job's cost pauses it."""
    identity, method, tier, trainable = job
    resolved: Values = plan["hyperparameters"]
    epochs = int(resolved["n_epochs"])
    if method != REINFORCEMENT:
        return durations(identity, training_s(plan["tokens"] * epochs))
    spans = durations(identity, sampling_s(plan["examples"] * epochs, resolved))
    usd = training_usd_per_hour(trainable.full_name, tier, str(account.body["location"]))
    return {**spans, "cap_s": int(limits()["reinforcement_usd"] / usd * 3600) if usd else None}


def _method(body: dict[str, Any]) -> str:
    given = body.get("method") or {"type": "supervised"}
    name = given.get("type") if isinstance(given, dict) else given
    if name not in _METHODS:
        raise bad_request(f"The method '{name}' is not one of {', '.join(_METHODS)}.")
    return str(name)


def _reinforcement(body: dict[str, Any]) -> dict[str, Any]:
    """The grader, and the response format where there is one, as they were sent."""
    described = body["method"]
    own = described.get(REINFORCEMENT) if isinstance(described, dict) else None
    own = own if isinstance(own, dict) else {}
    kept = {"grader": parse_grader(own.get("grader"))}
    wanted = own.get("response_format")
    if wanted is None:
        return kept
    if not isinstance(wanted, dict) or not isinstance(wanted.get("type"), str):
        raise bad_request("The property 'method.reinforcement.response_format' has no 'type'.")
    return {**kept, "response_format": wanted}


def _training_type(given: Any) -> str:
    tier = TRAINING_TYPES.get(str(given if given is not None else "standard").casefold())
    if tier is None:
        raise bad_request(
            f"The trainingType '{given}' is not one of Standard, GlobalStandard, Developer."
        )
    return tier


def _model(
    world: World, account: Document, name: Any, tier: str, method: str
) -> tuple[Trainable, dict[str, Any] | None]:
    """The model's row, and the job and step of the tuned model that is to be trained further."""
    if not isinstance(name, str) or not name:
        raise bad_request("The property 'model' is missing.")
    tuned = find_model(world, account.key, _whole_name(world, account, name))
    trainable = find_trainable(str(tuned[0].body["base"]) if tuned else name)
    if trainable is None or method not in trainable.methods:
        what = f" with the method '{method}'" if trainable else ""
        raise bad_request(f"The specified base model '{name}' does not support fine-tuning{what}.")
    region = str(account.body["location"])
    if not trainable.trains(region, tier, world.now().date()):
        spoken = tier[0].upper() + tier[1:]
        raise bad_request(
            f"The specified base model '{name}' does not support fine-tuning with {spoken} "
            f"TrainingType in region '{region}'."
        )
    return trainable, {"job": tuned[0].body["id"], "step": tuned[1]} if tuned else None


def _whole_name(world: World, account: Document, name: str) -> str:
    """A tuned model is also known as `base.ft-{job id}`, without its suffix."""
    match = _PLAIN.fullmatch(name)
    jobs = read_jobs(world, account.key, deleted=True) if match else []
    for job in jobs:
        plain = job.model_name.removesuffix(f"-{job.body.get('suffix')}")
        if plain.casefold() == name.casefold():
            return job.model_name
    return name


def _inspect(
    world: World,
    account: Document,
    body: dict[str, Any],
    asked: tuple[str, str],
    taken: tuple[Trainable, list[str]],
) -> Inspected:
    (param, method), (trainable, wanted) = asked, taken
    file_id = body.get(param)
    if file_id is None and param == "validation_file" and method != REINFORCEMENT:
        return Inspected(0, 0, None)
    if not isinstance(file_id, str) or not file_id:
        raise bad_request(f"The property '{param}' is missing.")
    file = read_file(world, account.key, file_id)
    what = param.replace("_", " ")
    if file is None:
        raise bad_request(f"The specified {what} '{file_id}' does not exist.")
    shown = files.show(world, file)
    if shown["purpose"] != "fine-tune":
        raise bad_request(f"The {what} '{file_id}' was not uploaded for 'fine-tune'.")
    if shown["status"] != "processed":
        raise OpenAIError(
            400,
            "unexpectedEntityState",
            f"The {what} '{file_id}' is not processed, its status is '{shown['status']}'. "
            + str(shown.get("status_details") or "Please try again in a moment."),
        )
    data = content_of(world, file_id)
    return inspect(data, method, param, trainable.example_tokens, wanted)


def _suffix(given: Any) -> str | None:
    if given in (None, ""):
        return None
    if not isinstance(given, str) or not _SUFFIX.fullmatch(given):
        raise bad_request(
            "The suffix may have up to 40 characters, of a-z, A-Z, 0-9, '-' and '_' alone."
        )
    return given


def _metadata(given: Any) -> dict[str, str] | None:
    if given is None:
        return None
    right = isinstance(given, dict) and len(given) <= _PAIRS_MAX
    if not right or not all(_is_pair(name, value) for name, value in given.items()):
        raise bad_request(
            "The metadata may have 16 pairs of texts, of up to 64 and 512 characters."
        )
    return dict(given)


def _is_pair(name: str, value: Any) -> bool:
    return isinstance(value, str) and len(name) <= _NAME_MAX and len(value) <= _TEXT_MAX


def _seed(given: Any, identity: str) -> int:
    if given is None:
        return zlib.crc32(identity.encode()) % _SEED_MAX
    if not isinstance(given, int) or isinstance(given, bool) or not 0 <= given < _SEED_MAX:
        raise bad_request(f"The seed must be a whole number from 0 to {_SEED_MAX - 1}.")
    return given
