"""The plan of a job, made when it is created: how much it trains on, how long, and whether."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ftops_sandbox.moment import parse_moment
from ftops_sandbox.openai.schedule import Demand
from ftops_sandbox.openai.trainable import limits
from ftops_sandbox.standin.example import Example, Problem, parse_examples
from ftops_sandbox.standin.tokens import count_tokens
from ftops_sandbox.store import Document

_LINES_NAMED = 10
# Counting is exact up to here; a larger file is counted by an even sample of its examples.
_COUNTED_CHARS_MAX = 4_000_000
_TRAINING_S_MIN, _TRAINING_S_MAX = 480, 14_400
_TOKENS_PER_S = 50
# Reinforcement samples many answers to each prompt; a job may take some 60 hours here.
_SAMPLING_S, _SAMPLING_S_MAX = 30, 216_000
_EFFORT = {"low": 0.5, "medium": 1.0, "high": 2.0}
# What the service takes of a reinforcement file, by the field that names it.
_ITEMS_MAX = {"training_file": "items_max", "validation_file": "validation_items_max"}
_MESSAGE_TOKENS, _EXAMPLE_TOKENS = 3, 3


@dataclass(frozen=True)
class Inspected:
    """What a training file holds; `failure` is the job's error when it cannot be used."""

    examples: int
    tokens: int
    failure: dict[str, Any] | None


def inspect(
    data: bytes, method: str, param: str, example_tokens: int | None, wanted: Sequence[str] = ()
) -> Inspected:
    """Reads a training or validation file to its end; `wanted` as `parse_examples` takes it."""
    examples, problems = parse_examples(data, method, wanted)
    failure = _failure(examples, problems, param) or _crowd(examples, method, param)
    return Inspected(len(examples), _tokens(examples, example_tokens), failure)


def _crowd(examples: list[Example], method: str, param: str) -> dict[str, Any] | None:
    most = limits()[_ITEMS_MAX[param]]
    if method != "reinforcement" or len(examples) <= most:
        return None
    what = param.replace("_", " ")
    message = f"The {what} has {len(examples)} examples, but may have at most {most} examples."
    return {"code": "jsonlValidationFailed", "message": message, "param": param}


def _failure(examples: list[Example], problems: list[Problem], param: str) -> dict[str, Any] | None:
    what = param.replace("_", " ")
    if problems:
        named = [f"Line {found.line}: {found.message}" for found in problems[:_LINES_NAMED]]
        more = len(problems) - len(named)
        named += [f"{more} more lines have problems."] if more else []
        message = f"Validation of the {what} failed for {len(problems)} line(s). " + " ".join(named)
        return {"code": "jsonlValidationFailed", "message": message, "param": param}
    least = limits()["examples_min"]
    if param == "training_file" and len(examples) < least:
        message = (
            f"The {what} has {len(examples)} example(s), but must have at least {least} examples."
        )
        return {"code": "jsonlValidationFailed", "message": message, "param": param}
    return None


def _tokens(examples: list[Example], most: int | None) -> int:
    total = sum(_chars(example) for example in examples)
    every = -(-total // _COUNTED_CHARS_MAX) or 1
    counted = examples[::every]
    tokens = sum(min(_example_tokens(example), most or 2**31) for example in counted)
    return round(tokens * len(examples) / len(counted)) if counted else 0


def _chars(example: Example) -> int:
    return sum(map(len, example.tokens_text))


def _example_tokens(example: Example) -> int:
    texts = example.tokens_text
    return _EXAMPLE_TOKENS + sum(_MESSAGE_TOKENS + count_tokens(text) for text in texts)


def durations(job_id: str, training_s: int) -> dict[str, int]:
    """Seconds of each stage; two jobs alike differ a little, and one job never changes."""
    jitter = zlib.crc32(job_id.encode()) % 60
    return {
        "queue_s": 60 + jitter,
        "prepare_s": 45 + jitter // 2,
        "training_s": training_s,
        "evaluate_s": 60 + jitter,
    }


def training_s(tokens_visited: int) -> int:
    """Seconds of a training on tokens."""
    return min(_TRAINING_S_MAX, _TRAINING_S_MIN + tokens_visited // _TOKENS_PER_S)


def sampling_s(visits: int, resolved: Mapping[str, Any]) -> int:
    """Seconds of a reinforcement training that visits an example so many times."""
    each = _SAMPLING_S * resolved["compute_multiplier"] * _EFFORT[resolved["reasoning_effort"]]
    return min(_SAMPLING_S_MAX, _TRAINING_S_MIN + int(visits * each))


def demand_of(job: Document) -> Demand:
    """The job as the schedule sees it."""
    plan = job.body["plan"]
    cancelled = job.body.get("cancelled_at")
    return Demand(
        identity=job.body["id"],
        created=job.created,
        queue=timedelta(seconds=plan["queue_s"]),
        prepare=timedelta(seconds=plan["prepare_s"]),
        training=timedelta(seconds=plan["training_s"]),
        evaluate=timedelta(seconds=plan["evaluate_s"]),
        developer=job.body["trainingType"] == "developerTier",
        fails=plan["failure"] is not None,
        cancelled=parse_moment(cancelled) if cancelled else None,
        pauses=_ordered(job, "pause"),
        resumes=_ordered(job, "resume"),
        cap=timedelta(seconds=cap) if (cap := plan.get("cap_s")) is not None else None,
    )


def _ordered(job: Document, what: str) -> tuple[datetime, ...]:
    """When a job was told to do something."""
    orders = job.body.get("orders", [])
    return tuple(parse_moment(order["at"]) for order in orders if order["order"] == what)
