"""Hyperparameters: what a request may say, and what the service makes of `auto`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ftops_sandbox.openai.wire import bad_request

Values = dict[str, float | str]

_NOTHING: Values = {}
_AUTO = ("auto", -1, None)
# OpenAI's published rule: about a hundred examples seen, at least, and 25,000 at most.
_TARGET_EPOCHS, _VISITS_MIN, _VISITS_MAX, _EPOCHS_MAX = 3, 100, 25_000, 25
_BATCH_SHARE, _BATCH_MAX = 0.002, 256
_LIMITS = {
    "n_epochs": (1, 50),
    "batch_size": (1, 256),
    "learning_rate_multiplier": (0.0, 1000.0),
    "beta": (0.0, 2.0),
    "prompt_loss_weight": (0.0, 1.0),
    "eval_interval": (1, 25),
    "eval_samples": (1, 10),
    "compute_multiplier": (0.125, 8.0),
}
_WHOLE = ("n_epochs", "batch_size", "eval_interval", "eval_samples")
_SHARED = ("n_epochs", "batch_size", "learning_rate_multiplier")
_OF_METHOD = {
    "supervised": (*_SHARED, "prompt_loss_weight"),
    "dpo": (*_SHARED, "beta"),
    "reinforcement": (
        *_SHARED,
        "eval_interval",
        "eval_samples",
        "compute_multiplier",
        "reasoning_effort",
    ),
}
_EFFORTS = ("low", "medium", "high")
# As published for reinforcement, but for the multiplier: what is published is out of its range.
_REINFORCEMENT: Values = {
    "eval_interval": 1,
    "eval_samples": 5,
    "compute_multiplier": 1.0,
    "reasoning_effort": "medium",
}


def parse_hyperparameters(body: Mapping[str, Any], method: str) -> Values:
    """What was chosen, without what was left to the service; the method's own wins.

    Reinforcement takes the method's own alone, as published.
    """
    chosen: dict[str, Any] = {}
    described = body.get("method")
    own = described.get(method) if isinstance(described, dict) else None
    outer = {} if method == "reinforcement" else body
    for source in (outer, own if isinstance(own, dict) else {}):
        given = source.get("hyperparameters")
        if given is None:
            continue
        if not isinstance(given, dict):
            raise bad_request("'hyperparameters' is not an object.")
        chosen |= given
    if chosen.get("reasoning_effort") == "default":
        del chosen["reasoning_effort"]
    kept = {name: value for name, value in chosen.items() if value not in _AUTO}
    return {name: _value(name, value, method) for name, value in kept.items()}


def _value(name: str, value: Any, method: str) -> float | str:
    if name not in _OF_METHOD[method]:
        raise bad_request(f"The hyperparameter '{name}' is not supported by '{method}'.")
    if name != "reasoning_effort":
        return _number(name, value)
    if value not in _EFFORTS:
        raise bad_request(f"The hyperparameter '{name}' must be one of {', '.join(_EFFORTS)}.")
    return str(value)


def _number(name: str, value: Any) -> float:
    least, most = _LIMITS[name]
    whole = name in _WHOLE
    right = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
    if not right or not least <= value <= most or value == 0:
        kind = "whole number" if whole else "number"
        raise bad_request(
            f"The hyperparameter '{name}' must be 'auto' or a {kind} up to {most:g}, above 0."
            if least == 0
            else f"The hyperparameter '{name}' must be 'auto' or a {kind} from {least} to {most}."
        )
    return int(value) if whole else float(value)


def resolve(
    chosen: Mapping[str, float | str],
    method: str,
    examples: int,
    learning_rate_multiplier: float,
) -> Values:
    """All values, `auto` decided from the number of examples."""
    return {
        "n_epochs": _epochs(examples),
        "batch_size": max(1, min(_BATCH_MAX, round(examples * _BATCH_SHARE))),
        "learning_rate_multiplier": learning_rate_multiplier,
        **(_REINFORCEMENT if method == "reinforcement" else _NOTHING),
        **chosen,
    }


def _epochs(examples: int) -> int:
    if examples * _TARGET_EPOCHS < _VISITS_MIN:
        return min(_EPOCHS_MAX, _VISITS_MIN // max(1, examples))
    if examples * _TARGET_EPOCHS > _VISITS_MAX:
        return max(1, _VISITS_MAX // examples)
    return _TARGET_EPOCHS


def unresolved(chosen: Mapping[str, float | str]) -> Values:
    """As shown before the job runs: -1 is Azure's `auto`."""
    return {"n_epochs": -1, "batch_size": -1, **chosen}
