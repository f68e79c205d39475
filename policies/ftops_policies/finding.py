"""What a rule says about a resource, and where a person can change it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

Severity = Literal["block", "warn", "info"]
State = Literal["broken", "unknown", "waived"]

_MILDEST_FIRST: Final[tuple[Severity, ...]] = ("info", "warn", "block")


def milder(one: Severity, other: Severity) -> Severity:
    """The one of two severities that stops less."""
    return min(one, other, key=_MILDEST_FIRST.index)


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence of one rule.

    `state` is `broken`, or `unknown` when what the rule asks for is not known yet: that is never
    a pass. It is `waived` where a waiver holds, and `waiver` then says whose. `resource` is a label
    such as `account/deployment`, empty for the environment as a whole. `file` and `line` are None
    where the resource was declared in no file.
    """

    rule: str
    severity: Severity
    resource: str
    message: str
    state: State = "broken"
    file: str | None = None
    line: int | None = None
    urn: str = ""
    waiver: str = ""

    @property
    def blocks(self) -> bool:
        """Whether this finding alone makes the answer no."""
        return self.severity == "block" and self.state == "broken"

    @property
    def rank(self) -> int:
        """0 for what blocks, then what is wrong and milder, last what is not known or waived."""
        worst_first = len(_MILDEST_FIRST) - 1 - _MILDEST_FIRST.index(self.severity)
        return worst_first if self.state == "broken" else len(_MILDEST_FIRST)

    @property
    def place(self) -> str:
        """Where a person changes it, such as `stacks/Pulumi.dev.yaml:12`."""
        return f"{self.file}:{self.line}" if self.line else self.file or ""

    @property
    def mark(self) -> str:
        """One word for it: its severity, or why that does not count."""
        return self.severity if self.state == "broken" else self.state

    @property
    def sentence(self) -> str:
        """What is said, and of what."""
        return f"{self.resource}: {self.message}" if self.resource else self.message

    def order(self) -> tuple[Any, ...]:
        """The key that puts findings in the order of the files they are about."""
        place = (self.file or "", self.line or 0, self.resource)
        said = (self.rule, self.state, self.message, self.severity, self.urn, self.waiver)
        return (*place, *said)

    def as_json(self) -> dict[str, str | int | None]:
        """The finding as programs read it."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "state": self.state,
            "resource": self.resource,
            "file": self.file,
            "line": self.line,
            "message": self.message,
            "waiver": self.waiver or None,
        }
