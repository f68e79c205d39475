"""Metrics of a Cognitive Services account: what each is called, and what an event adds to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ftops_sandbox.openai.job import Job
from ftops_sandbox.store import Event

NAMESPACE = "Microsoft.CognitiveServices/accounts"
_OK = 200
_SHARED = ("Region", "ModelDeploymentName", "ModelName", "ModelVersion")
_TIERS = ("ServiceTierRequest", "ServiceTierResponse")
_REQUESTS = (
    "ApiName",
    "OperationName",
    *_SHARED,
    "StreamType",
    "StatusCode",
    "IsSpillover",
    *_TIERS,
)
_TOKENS = ("ApiName", "FeatureName", "UsageChannel", *_SHARED, *_TIERS)
_TRAINING = ("ApiName", "ModelDeploymentName", "FeatureName", "UsageChannel", "Region")

Value = Callable[[Mapping[str, Any]], float | None]


@dataclass(frozen=True)
class Sample:
    """One thing that was measured, with all of its dimensions."""

    time: datetime
    body: Mapping[str, Any]
    dimensions: Mapping[str, str]


@dataclass(frozen=True)
class Metric:
    """`value` gives what a sample adds, None when it is none of this metric's business."""

    name: str
    title: str
    description: str
    dimensions: tuple[str, ...]
    value: Value
    primary: str = "Total"
    unit: str = "Count"


def _one(body: Mapping[str, Any]) -> float | None:
    return 1.0 if "operation" in body else None


def _sum(*names: str) -> Value:
    def value(body: Mapping[str, Any]) -> float | None:
        if body.get("status") != _OK:
            return None
        return float(sum(body.get(name, 0) for name in names))

    return value


def _hours(body: Mapping[str, Any]) -> float | None:
    hours: float | None = body.get("training_hours")
    return hours


def _available(body: Mapping[str, Any]) -> float | None:
    return 100.0 if "operation" in body else None


def _nothing(_body: Mapping[str, Any]) -> float | None:
    return None


_PROMPT, _COMPLETION = "prompt_tokens", "completion_tokens"


def _active(body: Mapping[str, Any]) -> float | None:
    total = _sum(_PROMPT, _COMPLETION)(body)
    return None if total is None else total - body.get("cached_tokens", 0)


METRICS = (
    Metric(
        "AzureOpenAIRequests",
        "Azure OpenAI Requests",
        "Number of calls made to the Azure OpenAI API over a period of time.",
        _REQUESTS,
        _one,
    ),
    Metric("ModelRequests", "Model Requests", "Number of calls made to a model.", _REQUESTS, _one),
    Metric(
        "ProcessedPromptTokens",
        "Processed Prompt Tokens",
        "Number of prompt tokens processed (input).",
        _TOKENS,
        _sum(_PROMPT),
    ),
    Metric(
        "GeneratedTokens",
        "Generated Completion Tokens",
        "Number of tokens generated (output).",
        _TOKENS,
        _sum(_COMPLETION),
    ),
    Metric(
        "TokenTransaction",
        "Processed Inference Tokens",
        "Number of inference tokens processed (input and output).",
        _TOKENS,
        _sum(_PROMPT, _COMPLETION),
    ),
    Metric(
        "FineTunedTrainingHours",
        "Processed FineTuned Training Hours",
        "Number of training hours processed on a tuned model.",
        _TRAINING,
        _hours,
    ),
    Metric(
        "ActiveTokens",
        "Active Tokens",
        "Tokens processed, less those that came from the cache.",
        (*_SHARED, *_TIERS),
        _active,
    ),
    Metric("InputTokens", "Input Tokens", "Tokens read by a model.", _TOKENS, _sum(_PROMPT)),
    Metric(
        "OutputTokens", "Output Tokens", "Tokens written by a model.", _TOKENS, _sum(_COMPLETION)
    ),
    Metric("TotalTokens", "Total Tokens", "Tokens in all.", _TOKENS, _sum(_PROMPT, _COMPLETION)),
    Metric(
        "ModelAvailabilityRate",
        "Model Availability Rate",
        "Share of calls that were not answered with a server error.",
        _SHARED,
        _available,
        "Average",
        "Percent",
    ),
    Metric(
        "AzureOpenAIProvisionedManagedUtilizationV2",
        "Provisioned-managed Utilization V2",
        "Share of the provisioned throughput that is used.",
        ("StreamType", *_SHARED),
        _nothing,
        "Average",
        "Percent",
    ),
)


def find_metric(name: str) -> Metric | None:
    """By name, in any letter case."""
    return next((m for m in METRICS if m.name.casefold() == name.strip().casefold()), None)


def sample_of_call(event: Event) -> Sample:
    body = event.body
    dimensions = {
        "ApiName": "Azure OpenAI",
        "OperationName": str(body["operation"]),
        "FeatureName": "Inference",
        "UsageChannel": "Data plane",
        "Region": str(body["region"]),
        "ModelDeploymentName": str(body["deployment"]),
        "ModelName": str(body["model"]),
        "ModelVersion": str(body["version"]),
        "StreamType": "Streaming" if body.get("stream") else "Non-Streaming",
        "StatusCode": str(body["status"]),
        "IsSpillover": "False",
        "ServiceTierRequest": "default",
        "ServiceTierResponse": "default",
    }
    return Sample(event.time, body, dimensions)


def sample_of_job(job: Job, region: str) -> Sample | None:
    """The hours that were trained, at the moment when the job ended and they were owed."""
    finished = job.times.finished
    if job.trained is None or finished is None:
        return None
    hours = job.trained.total_seconds() / 3600
    dimensions = {
        "ApiName": "Azure OpenAI",
        "ModelDeploymentName": job.body["base"],
        "FeatureName": "FineTuning",
        "UsageChannel": "Data plane",
        "Region": region,
    }
    return Sample(finished, {"training_hours": hours}, dimensions)
