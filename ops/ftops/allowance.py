"""The allowance: what settings.yaml and the stack files say a teardown may and may not delete."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from ftops.environment import Environment, list_environments, read_environment
from ftops.instant import HOUR, parse_span
from ftops.stack_file import SETTINGS, find_root
from ftops.verdict import Threshold
from ftops_catalog.errors import BadUsage, NotReady
from ftops_policies import EnvironmentSettings, Settings, read_settings

BUILT_IN = Settings(EnvironmentSettings("defaults"), {})


@dataclass(frozen=True)
class Allowance:
    """Thresholds and limits by environment, and the deployments that stack files declare.

    `idle_after` stands over every environment's own where it is given.
    """

    settings: Settings
    declared: frozenset[str] = frozenset()
    idle_after: timedelta | None = None
    grace: timedelta = timedelta(0)
    notes: tuple[str, ...] = ()

    def threshold(self, environment: str | None) -> Threshold:
        own = self.settings.environment(environment or "").idle_after
        return Threshold(self.idle_after or own, self.grace)

    def deletions_max(self, environment: str | None) -> int:
        return self.settings.environment(environment or "").teardown_deletions_max

    @property
    def idle_after_max(self) -> timedelta:
        """The longest threshold there is: usage is read for at least so long."""
        known = [self.settings.defaults, *self.settings.environments.values()]
        return self.idle_after or max(each.idle_after for each in known)


def read_allowance(
    start: Path, subscription_id: str, idle_after: str | None, grace: str | None
) -> Allowance:
    """The allowance of the project that `start` lies in; without a project, the defaults.

    Raises BadConfig where a file of the project is wrong: a stack file that cannot be read may
    declare what would be deleted. Raises BadUsage for a threshold below an hour, since Monitor
    may be minutes late.
    """
    span = parse_span(idle_after, "--idle-after") if idle_after else None
    if span is not None and span < HOUR:
        raise BadUsage(
            f"--idle-after {idle_after} is less than an hour, and metrics may be minutes late",
            "--idle-after 1h or more",
        )
    kept = parse_span(grace, "--grace") if grace else timedelta(0)
    try:
        root = find_root(start)
    except NotReady:
        told = f"No project here: built-in limits hold, since there is no {SETTINGS}."
        return Allowance(BUILT_IN, idle_after=span, grace=kept, notes=(told,))
    if not (root / SETTINGS).exists():
        told = f"Built-in limits hold, since there is no {SETTINGS}."
        return Allowance(BUILT_IN, idle_after=span, grace=kept, notes=(told,))
    environments = [read_environment(name, root) for name in list_environments(root)]
    declared = declared_keys(environments, subscription_id)
    return Allowance(read_settings(root / SETTINGS), declared, span, kept)


def declared_keys(environments: Iterable[Environment], subscription_id: str) -> frozenset[str]:
    """The ARM ids, case folded, of every deployment that a stack file names."""
    return frozenset(
        f"/subscriptions/{subscription_id}/resourceGroups/{environment.resource_group}"
        f"/providers/Microsoft.CognitiveServices/accounts/{account.name}"
        f"/deployments/{deployment.name}".casefold()
        for environment in environments
        for account in environment.accounts
        for deployment in account.deployments
    )
