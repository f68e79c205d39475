"""A trained model as bytes: half-precision tables, and the turns as JSON."""

import io
import json
from dataclasses import asdict

import numpy as np

from ftops_sandbox.standin.answer import Tuned
from ftops_sandbox.standin.example import Turn
from ftops_sandbox.standin.network import Weights

TURNS_KEPT = 400


def pack(model: Tuned) -> bytes:
    """The bytes of a model; the same model gives the same bytes."""
    text = {"vocabulary": model.weights.vocabulary, "turns": [asdict(t) for t in model.turns]}
    packed = io.BytesIO()
    halves = {name: table.astype(np.float16) for name, table in model.weights.tables().items()}
    spelled = np.frombuffer(json.dumps(text).encode(), np.uint8)
    np.savez_compressed(packed, text=spelled, **halves)  # type: ignore[arg-type] # tables by name
    return packed.getvalue()


def unpack(data: bytes) -> Tuned:
    """The model that `pack` wrote."""
    with np.load(io.BytesIO(data), allow_pickle=False) as held:
        text = json.loads(held["text"].tobytes())
        names = ("seen", "prompt", "said", "bias", "near")
        tables = {name: held[name].astype(np.float32) for name in names}
    turns = [{**turn, "tool_calls": tuple(turn["tool_calls"])} for turn in text["turns"]]
    weights = Weights(tuple(text["vocabulary"]), **tables)
    return Tuned(weights, tuple(Turn(**turn) for turn in turns))
