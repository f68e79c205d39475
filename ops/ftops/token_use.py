"""Token use: what each deployment read and wrote in each hour, as Monitor counted it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from ftops.estate import Account
from ftops.history import Gap
from ftops.instant import hour_of
from ftops.metric import Reading, merge_readings

INPUT_METRIC = "ProcessedPromptTokens"
OUTPUT_METRIC = "GeneratedTokens"
TOKEN_METRICS = (INPUT_METRIC, OUTPUT_METRIC)


@dataclass(frozen=True)
class TokenUse:
    """Tokens that one deployment processed in one hour.

    `cached_input` is part of `input`; None where Monitor does not tell them apart, which none
    of its documented metrics does: then all of it is priced as input, the dearer of the two.
    """

    account_id: str
    deployment: str
    hour: datetime
    input: int = 0
    output: int = 0
    cached_input: int | None = None


def fold_tokens(
    accounts: Iterable[Account], readings: Iterable[Reading], failures: Mapping[str, str]
) -> tuple[tuple[TokenUse, ...], tuple[Gap, ...]]:
    """Token use by account, deployment and hour; an account that did not answer is a gap."""
    merged = merge_readings(readings)
    uses: list[TokenUse] = []
    gaps: list[Gap] = []
    for account in accounts:
        counts: dict[tuple[str, datetime], dict[str, int]] = {}
        for metric in TOKEN_METRICS:
            reading = merged.get((account.key, metric.casefold()))
            reason = failures.get(account.key) or (reading.error if reading else "no answer")
            if reading is None or reason:
                kind = "input" if metric == INPUT_METRIC else "output"
                told = f"unknown: the tokens were not told: {reason}"
                gaps.append(Gap(account.name, "", "", kind, told))
                continue
            for deployment, buckets in reading.totals.items():
                for start, total in buckets.items():
                    hour = counts.setdefault((deployment, hour_of(start)), {})
                    hour[metric] = hour.get(metric, 0) + total
        uses += [
            TokenUse(
                account.id, name, hour, found.get(INPUT_METRIC, 0), found.get(OUTPUT_METRIC, 0)
            )
            for (name, hour), found in counts.items()
            if any(found.values())
        ]
    return tuple(uses), tuple(gaps)


def merge_tokens(
    tokens: Iterable[TokenUse], since: datetime, until: datetime
) -> dict[tuple[str, str], list[TokenUse]]:
    """Token use from `since` to before `until`, by account id and deployment, oldest first.

    Both parts of the key are case folded: Monitor writes names in lower case.
    """

    def owner(use: TokenUse) -> tuple[str, str]:
        return (use.account_id.casefold(), use.deployment.casefold())

    inside = (use for use in tokens if since <= use.hour < until)
    ordered = sorted(inside, key=lambda use: (owner(use), use.hour, use.input, use.output))
    return {key: list(group) for key, group in groupby(ordered, key=owner)}
