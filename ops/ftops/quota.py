"""Quota: what a subscription may use in a region, pool by pool, tuned models' pools included."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from ftops.estate import text_at, value_at

TUNED_SUFFIX = "-finetune"


@dataclass(frozen=True)
class Pool:
    """One quota of a region; `used` and `limit` are None where Azure gives no number.

    The unit is the pool's own: thousands of tokens per minute for most, deployments for some.
    """

    region: str
    name: str
    meaning: str
    used: Decimal | None
    limit: Decimal | None

    @property
    def free(self) -> Decimal | None:
        """What is left, never below zero: Azure may lower a limit below what is in use."""
        if self.used is None or self.limit is None:
            return None
        return max(self.limit - self.used, Decimal(0))

    @property
    def tuned(self) -> bool:
        return self.name.casefold().endswith(TUNED_SUFFIX)


def parse_pool(body: Mapping[str, Any], region: str) -> Pool:
    """One item of a usages answer, whatever it holds."""
    return Pool(
        region=region,
        name=text_at(body, "name", "value"),
        meaning=text_at(body, "name", "localizedValue"),
        used=_number(value_at(body, "currentValue")),
        limit=_number(value_at(body, "limit")),
    )


def of_model(pools: Iterable[Pool], model: str) -> list[Pool]:
    """The pools of one model, its tuned ones included.

    Pools write `gpt4.1-mini` where models are called `gpt-4.1-mini`, so hyphens do not count.
    """
    wanted = model.casefold().replace("-", "")
    return [pool for pool in pools if _model_key(pool.name).replace("-", "") == wanted]


def _model_key(name: str) -> str:
    """`gpt4.1-mini` of `OpenAI.Standard.gpt4.1-mini-finetune`."""
    _, _, rest = name.casefold().partition(".")
    return rest.partition(".")[2].removesuffix(TUNED_SUFFIX)


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    if not number.is_finite():
        return None
    return Decimal(int(number)) if number == int(number) else number
