"""A waiver: one finding that somebody answers for, with a reason, a ticket and an end."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from ftops_policies.finding import Finding
from ftops_policies.rule import CRASHED, VOID

MISSING: Final = {
    "owner": "nobody owns it",
    "reason": "it gives no reason",
    "ticket": "it names no ticket",
}


@dataclass(frozen=True, slots=True)
class Waiver:
    """What is waived: the finding of one rule about one resource, until an instant.

    `resource` is the finding's own, such as `account/deployment`; empty for what a rule says of
    the environment as a whole. It is no pattern: what is made tomorrow is not waived today.
    """

    rule: str
    resource: str = ""
    owner: str = ""
    reason: str = ""
    ticket: str = ""
    expires: datetime | None = None
    file: str | None = None
    line: int | None = None

    def covers(self, finding: Finding) -> bool:
        """Whether a finding is of this rule and about this resource."""
        same = finding.resource.casefold() == self.resource.casefold()
        return same and finding.rule == self.rule

    def fault(self, now: datetime, days_max: int) -> str:
        """Why it does not hold, in words; empty where it holds."""
        missing = [why for name, why in MISSING.items() if not getattr(self, name).strip()]
        if missing:
            return " and ".join(missing)
        if self.expires is None:
            return "it has no end"
        if self.expires <= now:
            return f"it ended with {self._last_day}"
        if self.expires > now + timedelta(days=days_max):
            return f"it ends with {self._last_day}, more than {days_max} days from now"
        return ""

    @property
    def said(self) -> str:
        """Who waived it and until when, for a reader of the finding."""
        return f"{self.ticket}, {self.owner}, until {self._last_day}: {self.reason}"

    @property
    def _last_day(self) -> str:
        """The last day that it holds on: what ends at midnight does not hold on the next."""
        return f"{self.expires - timedelta(seconds=1):%Y-%m-%d}" if self.expires else "no end"


def waive(
    findings: Iterable[Finding], waivers: Sequence[Waiver], now: datetime, days_max: int
) -> list[Finding]:
    """The same findings; what a waiver that holds covers is of state `waived`, and still there.

    Only what is broken can be waived: what is not known may turn out to be anything.
    """
    holding = [each for each in waivers if not each.fault(now, days_max)]
    return [_waived(finding, holding) for finding in findings]


def _waived(finding: Finding, holding: Sequence[Waiver]) -> Finding:
    if finding.state != "broken":
        return finding
    found = next((each for each in holding if each.covers(finding)), None)
    return replace(finding, state="waived", waiver=found.said) if found else finding


def void_waivers(
    findings: Sequence[Finding],
    waivers: Iterable[Waiver],
    now: datetime,
    days_max: int,
    asked: Collection[str] | None = None,
) -> Iterator[Finding]:
    """A finding that blocks for each waiver that does not hold, or that nothing is left for.

    `findings` are all that the rules named in `asked` say of the whole environment; None is all.
    """
    for waiver in waivers:
        why = waiver.fault(now, days_max)
        told = asked is None or waiver.rule in asked
        if not why and told and not _is_needed(waiver, findings):
            why = "there is no such finding to waive"
        if why:
            about = waiver.resource or "the environment"
            message = f"The waiver of {waiver.rule} for {about} is void: {why}."
            yield Finding(
                VOID, "block", waiver.resource, message, file=waiver.file, line=waiver.line
            )


def _is_needed(waiver: Waiver, findings: Iterable[Finding]) -> bool:
    """Whether it covers something, or its rule crashed and nobody can tell."""
    return any(
        waiver.covers(each)
        or (each.rule == CRASHED and each.resource.casefold() == waiver.resource.casefold())
        for each in findings
    )
