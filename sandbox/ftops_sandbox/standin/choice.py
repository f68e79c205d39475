"""What is chosen before a training begins; numpy is not needed to say it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Hyperparameters:
    """Resolved values; `auto` has been decided before training begins."""

    n_epochs: int
    batch_size: int
    learning_rate_multiplier: float
    seed: int
    eval_interval: int = 10


def steps_total(examples: int, chosen: Hyperparameters) -> int:
    return -(-examples // chosen.batch_size) * chosen.n_epochs
