"""What is wrong with one line: which rule it breaks, in one sentence, and what to do."""

from __future__ import annotations

from dataclasses import dataclass, field

from ftops.dataset.rule import RULE_IDS

PROBLEMS_PER_RULE_MAX = 100
"""Of each rule this many are kept; the rest is counted, or a broken file would fill memory."""


@dataclass(frozen=True)
class Fault:
    """A problem that does not know its line yet."""

    rule: str
    message: str
    fix: str


@dataclass(frozen=True)
class Problem:
    """A fault in its place; `line` counts from 1 and is None for the file as a whole."""

    line: int | None
    rule: str
    message: str
    fix: str
    file: str = ""


@dataclass
class Findings:
    """The problems of one file, the first of each rule kept and all of them counted."""

    file: str
    allowed: frozenset[str] = frozenset()
    problems: list[Problem] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, line: int | None, fault: Fault) -> None:
        """Keeps the fault unless its rule is allowed or has said enough."""
        assert fault.rule in RULE_IDS, f"{fault.rule} is not in the register of data rules"
        if fault.rule in self.allowed:
            return
        seen = self.counts.get(fault.rule, 0)
        self.counts[fault.rule] = seen + 1
        if seen < PROBLEMS_PER_RULE_MAX:
            self.problems.append(Problem(line, fault.rule, fault.message, fault.fix, self.file))

    def sorted(self) -> tuple[Problem, ...]:
        """By line, what speaks of the whole file first."""
        return tuple(sorted(self.problems, key=lambda problem: (problem.line or 0, problem.rule)))
