"""What a promotion would change for its environment, judged before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ftops.engine.listing import list_stack
from ftops.engine.recall import recall_resources
from ftops.judgement import Judgement, judge_environment
from ftops.review import Entry, Review
from ftops.stack_file import parse_stack_file
from ftops_policies import EnvironmentSettings, read_rules


@dataclass(frozen=True)
class Weighed:
    """An environment as it is and as it would be, as `ftops policy check` judges it."""

    before: Judgement
    after: Judgement

    @property
    def new(self) -> Sequence[Entry]:
        """What would be found that is not found now."""
        return [each for each in self._review().entries() if each.change == "new"]

    @property
    def fixed(self) -> Sequence[Entry]:
        """What would be found no more."""
        return self._review().fixed()

    @property
    def blocks(self) -> bool:
        return any(each.finding.blocks for each in self.new)

    def _review(self) -> Review:
        return Review([self.after], "now", {self.before.environment: self.before})


def weigh(
    root: Path, file: str, text: str, environment: EnvironmentSettings, now: datetime
) -> Weighed:
    """An environment of a project judged, and judged again with `text` in its stack file's place.

    Raises BadConfig where the program or the text fails.
    """
    name = environment.name
    stack = parse_stack_file(name, file, text)
    # Jobs and the project's other files are as they were.
    rules = [rule for rule in read_rules() if rule.of_program]
    before = judge_environment(recall_resources(name, root), environment, now, file, rules)
    after = judge_environment(list_stack(stack, root), environment, now, file, rules)
    return Weighed(before, after)
