"""A review: what a change does to the findings and to the price, against where it began."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ftops.judgement import Judgement
from ftops_policies import Finding

Change = Literal["new", "still", "fixed"]


@dataclass(frozen=True)
class Entry:
    """One finding with its name across runs; `change` is None where nothing is compared."""

    environment: str
    fingerprint: str
    finding: Finding
    change: Change | None = None


@dataclass(frozen=True)
class Review:
    """Environments judged, and, where `base` names a revision, the same ones as they were there.

    `before` lacks an environment that the base does not have; `unread` has those that it has and
    that cannot be judged, with the reason: of these nothing is called new or fixed. `prefix` is
    the project's folder inside its repository, empty or with a slash at its end.
    """

    judgements: Sequence[Judgement]
    base: str = ""
    before: Mapping[str, Judgement] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)
    prefix: str = ""

    @property
    def blocks(self) -> bool:
        return any(each.blocks for each in self.judgements)

    def entries(self) -> list[Entry]:
        """What is found now, in the order of the environments and of the findings."""
        return [entry for judgement in self.judgements for entry in self._entries(judgement)]

    def fixed(self) -> list[Entry]:
        """What the base had and is no more."""
        gone = []
        for judgement in self.judgements:
            was = self.before.get(judgement.environment)
            now = judgement.fingerprints()
            for name, each in was.fingerprints().items() if was else ():
                if name not in now:
                    gone.append(Entry(judgement.environment, name, each, "fixed"))
        return gone

    def _entries(self, judgement: Judgement) -> Iterator[Entry]:
        was = self.before.get(judgement.environment)
        known = was.fingerprints() if was else {}
        compared = self.base and judgement.environment not in self.unread
        named = sorted(judgement.fingerprints().items(), key=lambda pair: pair[1].order())
        for name, finding in named:
            change: Change = "still" if name in known else "new"
            yield Entry(judgement.environment, name, finding, change if compared else None)
